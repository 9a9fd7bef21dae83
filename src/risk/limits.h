// RiskLimits: the pre-trade limits of the `risk:` block, each remembering where it was set.
#pragma once

#include <optional>
#include <string>

#include "core/money.h"

namespace signalbus::risk {

/// A limit and its place ("config.yaml:12"), which every refusal names.
template <class T>
struct Limit {
  T value;
  std::string origin;
};

enum class OnOrderBreach {
  kSkip,       ///< That order is skipped, the rest goes on.
  kRefusePlan  ///< One breach refuses everything.
};

/// An absent limit is not checked; live mode requires every one (settings/ sees to it).
struct RiskLimits {
  std::optional<Limit<Quantity>> max_share_per_order;
  std::optional<Limit<Money>> max_notional_per_order;
  std::optional<Limit<Money>> max_total_notional;  ///< Buys plus sells of one batch.
  std::optional<Limit<Ratio>> price_tolerance;     ///< Market against reference price: 0.01 is 1 %.
  std::optional<Limit<Ratio>> min_cash_buffer;     ///< Of equity without foreign positions.
  std::optional<Limit<bool>> reject_if_price_missing;  ///< True: a missing price refuses the batch.
  OnOrderBreach on_order_breach = OnOrderBreach::kSkip;
};

}  // namespace signalbus::risk
