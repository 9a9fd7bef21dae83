// Promises: what the program is told to keep to in one world. The program gets them as its
// configuration, the checker holds it to them.
#pragma once

#include <cstdint>
#include <optional>

#include "core/money.h"
#include "executor/executor.h"
#include "risk/limits.h"
#include "sim/rng.h"

namespace signalbus::sim {

struct Promises {
  executor::Policy times = {};
  int requests_per_minute = 200;
  // Limits; absent: none.
  std::optional<Money> order_notional = std::nullopt;
  std::optional<Money> day_notional = std::nullopt;
  std::optional<std::int64_t> day_orders = std::nullopt;
  std::optional<std::int64_t> open_orders = std::nullopt;

  /// Each limit is set in some worlds, so tight that it refuses now and then.
  static Promises sample(Rng& rng, Money cash);
  /// As configuration.
  risk::RiskLimits limits() const;
};

}  // namespace signalbus::sim
