// Orders and what they cost, as the page shows them.
#include "core/decimal.h"
#include "report/view_parts.h"

namespace signalbus::report {
namespace {

using analytics::kNan;

Quantity filled_of(const analytics::OrderCostFacts& order) {
  Quantity sum = Quantity::zero();
  for (const analytics::Execution& fill : order.fills) sum += fill.quantity;
  return sum;
}

/// Of what was filled; exact where it was one execution.
std::string average_price(const analytics::OrderCostFacts& order) {
  if (order.fills.empty()) return "";
  if (order.fills.size() == 1) return order.fills.front().price.text();
  Int128 paid = 0;
  for (const analytics::Execution& fill : order.fills) {
    paid += static_cast<Int128>(fill.quantity.raw()) * fill.price.raw();
  }
  const Int128 price = divide(paid, filled_of(order).raw(), Rounding::kHalfEven);
  return Price::from_raw(static_cast<std::int64_t>(price)).text();
}

}  // namespace

OrderRow order_row(const analytics::CostedOrder& costed) {
  const analytics::OrderCostFacts& order = costed.order.cost;
  return {.id = order.id.get(),
          .symbol = order.symbol.text(),
          .side = std::string(to_text(order.side)),
          .quantity = order.ordered.text(),
          .filled = filled_of(order).text(),
          .status = costed.order.status,
          .avg_price = average_price(order),
          .slippage_bps = costed.cost.slippage_bps(),
          .shortfall = costed.cost.total(),
          .reason = costed.order.reason,
          .delay = order.decision ? std::optional(costed.cost.delay) : std::nullopt,
          .fill_seconds = order.fill_seconds.value_or(kNan)};
}

std::vector<CostRow> cost_rows(const std::vector<analytics::GroupCost>& groups) {
  std::vector<CostRow> out;
  for (const analytics::GroupCost& group : groups) {
    out.push_back(
        {.label = group.label,
         .orders = group.orders,
         .fill_rate = group.fill_rate(),
         .traded = group.cost.filled_base,
         .shortfall = group.cost.total(),
         .shortfall_bps = group.cost.total_bps(),
         .slippage_bps = group.cost.slippage_bps(),
         .full_rate = group.full_rate(),
         .fill_seconds = group.time_to_fill(),
         .delay = group.with_decision > 0 ? std::optional(group.cost.delay) : std::nullopt});
  }
  return out;
}

}  // namespace signalbus::report
