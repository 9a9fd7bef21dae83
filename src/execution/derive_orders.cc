#include "execution/derive_orders.h"

#include <algorithm>

#include "core/text.h"

namespace signalbus::execution {
namespace {

/// Whether the row trades against what is held.
bool shrinks(const PlanRow& row) {
  return row.action == Action::kSell ? row.current_qty.is_positive()
                                     : row.current_qty.is_negative();
}

Purpose purpose_of(const PlanRow& row) {
  if (row.current_qty.is_zero()) return Purpose::kOpen;
  if (!shrinks(row)) return Purpose::kIncrease;
  const bool all = row.planned_qty == row.current_qty.abs() && row.target_qty.is_zero();
  return all ? Purpose::kClose : Purpose::kReduce;
}

Result<PlannedOrder> plain_order(const PlanRow& row, Quantity quantity, Purpose purpose) {
  SB_TRY(const Money notional, notional_half_even(quantity, *row.price));
  return PlannedOrder{.asset_id = row.asset_id,
                      .symbol = *row.symbol,
                      .side = row.action == Action::kBuy ? Side::kBuy : Side::kSell,
                      .quantity = quantity,
                      .type = OrderType::kMarket,
                      .take_profit = std::nullopt,
                      .stop_loss = std::nullopt,
                      .limit_price = std::nullopt,
                      .ref_price = *row.price,
                      .notional = notional,
                      .time_in_force = TimeInForce::kDay,
                      .purpose = purpose};
}

bool sends_before(const PlannedOrder& a, const PlannedOrder& b) {
  if (a.side != b.side) return a.side == Side::kSell;
  if (a.notional != b.notional) return a.notional > b.notional;
  if (a.symbol != b.symbol) return a.symbol < b.symbol;
  return a.leg() < b.leg();
}

}  // namespace

Result<std::vector<PlannedOrder>> derive_orders_from_plan(std::span<const PlanRow> rows) {
  std::vector<PlannedOrder> orders;
  for (const PlanRow& row : rows) {
    if (row.action != Action::kBuy && row.action != Action::kSell) continue;
    if (!row.symbol || !row.price || !row.planned_qty.is_positive()) {
      return Error{ErrorCode::kInvalidInput, "row of asset " + quoted(row.asset_id.get()) +
                                                 " says " + std::string(to_text(row.action)) +
                                                 " but lacks symbol, price or quantity"};
    }
    const Quantity held = row.current_qty.abs();
    if (!shrinks(row) || row.planned_qty <= held) {
      SB_TRY(PlannedOrder order, plain_order(row, row.planned_qty, purpose_of(row)));
      orders.push_back(std::move(order));
      continue;
    }
    // More than is held changes side: two legs, or the broker refuses it.
    SB_TRY(PlannedOrder close, plain_order(row, held, Purpose::kCloseToFlip));
    SB_TRY(PlannedOrder open, plain_order(row, row.planned_qty - held, Purpose::kOpenFlipped));
    orders.push_back(std::move(close));
    orders.push_back(std::move(open));
  }
  std::sort(orders.begin(), orders.end(), sends_before);
  return orders;
}

}  // namespace signalbus::execution
