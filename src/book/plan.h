// RebalancePlan and PlannedOrder: what M2 decided to trade, and the fate of every name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.h"
#include "core/money.h"
#include "core/time.h"

namespace signalbus {

enum class Side { kBuy, kSell };
enum class OrderType { kMarket, kLimit, kBracket };
enum class Action { kBuy, kSell, kHold, kSkip };
enum class TimeInForce { kDay, kGtc };

/// Why an order exists, in the words of the `reason` column of planned_orders.csv.
enum class Purpose {
  kOpen,         ///< Nothing held yet.
  kIncrease,     ///< More of what is held.
  kReduce,       ///< Less of what is held.
  kClose,        ///< All of it: no target, or weight 0.
  kCloseToFlip,  ///< First leg of long to short or back.
  kOpenFlipped,  ///< Second leg; sent only after the first has filled.
  kProtect       ///< A leg of a bracket: the broker made it, it is only followed.
};

/// Why a name is not traded as its target asks (product: the `reason` column, `code: words`).
enum class ReasonCode {
  kNone,  ///< Traded as asked.
  kNoMapping,
  kAmbiguousMapping,
  kNoPrice,
  kStalePrice,
  kBadPrice,
  kBelowMinNotional,
  kBelowOneLot,
  kInsideBand,
  kNotTradable,
  kNotFractionable,
  kBlacklisted,
  kTurnoverCap,
  kRiskLimit,
  kInsufficientFunds,
  kForeignPosition,
  kQuarantined,
  kUnchanged
};

/// "BUY", "MARKET", "no_mapping": the words that files use.
std::string_view to_text(Side side);
std::string_view to_text(OrderType type);
std::string_view to_text(Action action);
std::string_view to_text(ReasonCode code);            ///< "" for kNone.
std::string_view to_text(TimeInForce time_in_force);  ///< "DAY"
std::string_view to_text(Purpose purpose);

Result<Side> parse_side(std::string_view text);
Result<OrderType> parse_order_type(std::string_view text);
Result<Action> parse_action(std::string_view text);
Result<TimeInForce> parse_time_in_force(std::string_view text);
Result<Purpose> parse_purpose(std::string_view text);
/// The code in front of the colon of a `reason` cell; kNone for other text.
ReasonCode parse_reason_code(std::string_view text);

/// One order to send. Sells stand before buys, each by notional descending, then symbol.
struct PlannedOrder {
  AssetId asset_id;  ///< Empty when a holding has no mapping.
  Symbol symbol;
  Side side;
  Quantity quantity;  ///< Positive.
  OrderType type;
  std::optional<Price> take_profit;
  std::optional<Price> stop_loss;
  std::optional<Price> limit_price;
  Price ref_price;  ///< What the plan was computed with.
  Money notional;   ///< quantity x ref_price, to the nearest 1e-6.
  TimeInForce time_in_force;
  Purpose purpose;

  /// 2 for the part of a long-short flip that waits for the fill of leg 1.
  int leg() const { return purpose == Purpose::kOpenFlipped ? 2 : 1; }
};

/// One line of rebalance_plan.csv: every target and every holding has exactly one.
struct PlanRow {
  AssetId asset_id;              ///< Empty for a holding without a mapping.
  std::optional<Symbol> symbol;  ///< Absent when no mapping names one.
  std::optional<Price> price;
  double target_weight;
  Quantity target_qty;
  Quantity current_qty;
  Quantity delta;  ///< target_qty - current_qty, exact.
  Action action;
  Quantity planned_qty;   ///< Positive; the side is the action.
  double planned_weight;  ///< Of equity, after the plan.
  Money notional;         ///< planned_qty x price.
  ReasonCode code;
  std::string words;  ///< Completes the code; may be empty.
};

struct RebalancePlan {
  TradeDate trade_date;
  Money equity;
  Money foreign_value;  ///< Kept positions that are not ours to trade.
  /// What weights refer to: (equity - foreign) x (1 - cash buffer), less quarantined sleeves.
  Money investable;
  Money starting_cash;  ///< Equity less everything held, not below zero.
  Money buy_notional;
  Money sell_notional;
  Money cash_after;          ///< starting_cash + sells - buys, before fees.
  Money rounding_allowance;  ///< Value that cutting sells to whole lots left unsold.
  double target_weight;      ///< Sum of |weight| of all targets.
  double priced_weight;      ///< The part of it that has a symbol and a price.
  std::vector<PlanRow> rows;
  std::vector<PlannedOrder> orders;
  std::vector<std::string> notes;    ///< What a careful reader must know: one sentence each.
  Money held_value = Money::zero();  ///< Of quarantined sleeves, cash included.
};

}  // namespace signalbus
