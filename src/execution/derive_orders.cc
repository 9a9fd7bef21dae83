#include "execution/derive_orders.h"

#include <algorithm>

#include "core/text.h"

namespace signalbus::execution {
namespace {

Purpose purpose_of(const PlanRow& row) {
  if (row.current_qty.is_zero()) return Purpose::kOpen;
  if (row.target_qty.is_zero()) return Purpose::kClose;
  const bool shrinks = row.current_qty.is_positive() == (row.action == Action::kSell);
  return shrinks ? Purpose::kReduce : Purpose::kIncrease;
}

bool sends_before(const PlannedOrder& a, const PlannedOrder& b) {
  if (a.side != b.side) return a.side == Side::kSell;
  if (a.notional != b.notional) return a.notional > b.notional;
  return a.symbol < b.symbol;
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
    SB_TRY(const Money notional, notional_half_even(row.planned_qty, *row.price));
    orders.push_back({.asset_id = row.asset_id,
                      .symbol = *row.symbol,
                      .side = row.action == Action::kBuy ? Side::kBuy : Side::kSell,
                      .quantity = row.planned_qty,
                      .type = OrderType::kMarket,
                      .take_profit = std::nullopt,
                      .stop_loss = std::nullopt,
                      .limit_price = std::nullopt,
                      .ref_price = *row.price,
                      .notional = notional,
                      .time_in_force = TimeInForce::kDay,
                      .purpose = purpose_of(row)});
  }
  std::sort(orders.begin(), orders.end(), sends_before);
  return orders;
}

}  // namespace signalbus::execution
