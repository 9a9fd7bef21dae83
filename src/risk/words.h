// The words of breaches: value, limit, where the limit was set. Internal to risk/.
#pragma once

#include <string>
#include <string_view>

#include "core/decimal.h"
#include "core/money.h"
#include "risk/limits.h"

namespace signalbus::risk {

/// " (config.yaml:12)", or nothing.
std::string set_at(const std::string& origin);

/// "5%"
std::string percent_text(Ratio ratio);

/// 1e-6 USD as text.
std::string usd(Int128 raw);

/// "<what> is above risk.<key> <limit> (config.yaml:12)"
std::string above(const std::string& what, std::string_view key, const std::string& limit,
                  const std::string& origin);

/// "<what> is not known, needed by risk.<key> (config.yaml:12); ...": a limit that cannot be
/// checked refuses.
std::string not_known(const std::string& what, std::string_view key, const std::string& origin);

/// quantity (1e-9 shares, signed) x price as 1e-6 USD, away from zero: never less than it is.
Int128 value_up(Int128 quantity, Price price);

/// Whether amount > ratio x of, exactly; both amounts in the same unit, at most 1e28 of it.
bool is_above(Int128 amount, Ratio ratio, Int128 of);

inline Int128 size_of(Int128 value) { return value < 0 ? -value : value; }

}  // namespace signalbus::risk
