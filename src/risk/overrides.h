// Overrides: permission to pass one rule once, for a while, with a reason.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "book/orders.h"
#include "core/result.h"

namespace signalbus::risk {

inline constexpr std::int64_t kOverrideSecondsDefault = 1'800;
inline constexpr std::int64_t kOverrideSecondsMax = 86'400;

/// Ok when a person may let a breach of that rule pass; `rule` with or without "risk.". kUsage,
/// with the reason, for rules that nobody may pass and for names that no rule has.
Status check_may_override(std::string_view rule);

/// A permission ready to be recorded. kUsage as above, for an empty reason, and for a duration
/// outside 1 s to one day.
Result<Override> make_override(std::string_view rule, std::string_view reason,
                               const std::string& by, Instant at, std::int64_t seconds);

/// "the next order above risk.max_share_per_order passes once, until 2025-08-29T14:30:00Z".
std::string describe(const Override& permission);

}  // namespace signalbus::risk
