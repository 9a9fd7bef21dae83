// PlanPolicy: every setting that M2's decision depends on. Plain values; `settings/` fills them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "book/plan.h"
#include "core/ids.h"
#include "core/money.h"

namespace signalbus::planning {

/// What happens to holdings that no target names.
enum class ForeignPositions {
  kAuto,   ///< Ours are sold; what only the broker knows is kept and listed.
  kKeep,   ///< Everything the journal does not know is kept.
  kSell,   ///< Everything is sold.
  kRefuse  ///< A holding the journal does not know refuses the plan.
};

/// Deviations up to the band are not worth a trade. Both set: the narrower one decides.
struct NoTradeBand {
  std::optional<Ratio> absolute;  ///< Of the portfolio: 0.005 is half a percent point.
  std::optional<Ratio> relative;  ///< Of the target weight: 0.25 is a quarter of it.
  bool trade_to_edge = false;     ///< Trade only to the edge of the band, not to the target.

  bool on() const { return absolute || relative; }
};

struct BracketPolicy {
  Ratio take_profit;  ///< Above the reference price: 0.02 is 2 %.
  Ratio stop_loss;    ///< Below it.
};

struct PlanPolicy {
  Ratio cash_buffer = Ratio::zero();           ///< risk.min_cash_buffer_pct, never invested.
  int quantity_decimals = 4;                   ///< 0..9; orders are cut to these.
  Money min_order_notional = Money::whole(1);  ///< Smaller orders are skipped; exits are exempt.
  OrderType order_type = OrderType::kMarket;
  Ratio collar = Ratio::from_raw(40'000'000);  ///< What a market buy may cost above its price: 4 %.
  std::optional<BracketPolicy> bracket_on_buy;  ///< execution.mode_on_buy: bracket.
  TimeInForce time_in_force = TimeInForce::kDay;
  NoTradeBand band;
  std::optional<Ratio> max_turnover;                  ///< One-way, of equity: (buys + sells) / 2.
  Ratio min_coverage = Ratio::from_raw(250'000'000);  ///< Least priced part of the target weight.
  std::optional<std::int64_t> max_price_age_seconds;
  ForeignPositions foreign_positions = ForeignPositions::kAuto;
  bool allow_liquidation = false;         ///< Empty targets may sell everything.
  bool allow_short = false;               ///< weights.allow_short.
  bool refuse_missing_price = false;      ///< risk.reject_if_price_missing.
  std::optional<std::size_t> max_orders;  ///< Cap applied to the ordered list, sells first.
  std::set<std::string> blacklist;        ///< Symbols that are never held.
};

}  // namespace signalbus::planning
