// What trading cost: implementation shortfall and slippage of orders, names and strategies.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "book/orders.h"
#include "core/ids.h"
#include "core/money.h"

namespace signalbus::analytics {

struct Execution {
  Quantity quantity;  ///< Positive.
  Price price;
};

/// One order with the prices that it is measured against.
struct OrderCostFacts {
  ClientOrderId id = ClientOrderId("");
  Symbol symbol;
  Side side;
  Quantity ordered;               ///< Positive.
  std::optional<Price> decision;  ///< What the order was planned with; absent: no delay is counted.
  Price arrival;                  ///< When the order was sent: the middle of the quotes.
  std::optional<Price> end;       ///< For what was not filled; absent: no opportunity is counted.
  std::vector<Execution> fills;
  Money fees = Money::zero();             ///< Positive is a cost.
  std::vector<StrategyShare> asked = {};  ///< Who wanted it.
  /// From submission to the execution that filled all of it; absent: not filled in full, or an
  /// instant of the two is not recorded.
  std::optional<double> fill_seconds = std::nullopt;
};

/// Positive amounts are costs. delay + execution + opportunity + fees = total.
struct Shortfall {
  Money delay = Money::zero();        ///< Decision to arrival, on all that was ordered.
  Money execution = Money::zero();    ///< Arrival to fills.
  Money opportunity = Money::zero();  ///< Arrival to the end, on what was not filled.
  Money fees = Money::zero();
  Money base = Money::zero();         ///< Ordered quantity x arrival price.
  Money filled_base = Money::zero();  ///< Filled quantity x arrival price.

  Money total() const { return delay + execution + opportunity + fees; }
  double total_bps() const;     ///< total / base; NaN for an order of nothing.
  double slippage_bps() const;  ///< execution / filled_base: NaN where nothing was filled.
};
/// Each amount is rounded once. kInvalidInput where one does not fit.
Result<Shortfall> shortfall_of(const OrderCostFacts& order);
Shortfall operator+(const Shortfall& a, const Shortfall& b);

/// s (vwap - reference) / reference x 1e4 against any reference (arrival, prior close, interval
/// vwap, close). NaN where nothing was filled.
double slippage_bps(Side side, std::span<const Execution> fills, Price reference);

struct GroupCost {
  std::string label;
  Shortfall cost;
  std::size_t orders = 0;
  std::size_t filled_in_full = 0;
  Quantity ordered = Quantity::zero();
  Quantity filled = Quantity::zero();
  std::vector<double> fill_seconds = {};  ///< Of the orders that have one.
  std::size_t with_decision = 0;          ///< Orders whose delay is in the cost.

  double fill_rate() const;     ///< Of shares; NaN for none.
  double full_rate() const;     ///< Orders filled in full, of all; NaN for none.
  double time_to_fill() const;  ///< Median of fill_seconds; NaN for none.
};
/// Sorted by label. Sums of the groups are the sums of the orders.
Result<std::vector<GroupCost>> cost_by_symbol(std::span<const OrderCostFacts> orders);
/// An order that several strategies asked for is shared pro rata, to the unit; "_account" has those
/// that nobody did.
Result<std::vector<GroupCost>> cost_by_strategy(std::span<const OrderCostFacts> orders);

}  // namespace signalbus::analytics
