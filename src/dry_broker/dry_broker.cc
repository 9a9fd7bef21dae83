#include "dry_broker/dry_broker.h"

namespace signalbus::dry_broker {

Result<SubmitAnswer> DryBroker::submit(const Intent& intent) {
  const auto known = orders_.find(intent.client_order_id);
  if (known != orders_.end()) return known->second;
  const PlannedOrder& order = intent.order;
  const PricePoint* point = market_.find(order.symbol);
  const Price price = point == nullptr ? order.ref_price : point->price;
  const Instant now = clock_.now();
  SubmitAnswer answer{.event = {.client_order_id = intent.client_order_id,
                                .state = OrderState::kSimulated,
                                .order_id = OrderId(""),
                                .filled_qty = order.quantity,
                                .filled_avg_price = price,
                                .price_used = price,
                                .submitted_at = now,
                                .updated_at = now,
                                .reject_code = {},
                                .error = {}},
                      .fills = {{.execution_id = "SIM_" + intent.client_order_id.get(),
                                 .order_id = OrderId(""),
                                 .client_order_id = intent.client_order_id,
                                 .symbol = order.symbol,
                                 .side = order.side,
                                 .quantity = order.quantity,
                                 .price = price,
                                 .at = now}}};
  orders_.emplace(intent.client_order_id, answer);
  return answer;
}

Result<std::optional<SubmitAnswer>> DryBroker::order(const ClientOrderId& id) {
  const auto known = orders_.find(id);
  if (known == orders_.end()) return std::optional<SubmitAnswer>();
  return std::optional<SubmitAnswer>(known->second);
}

}  // namespace signalbus::dry_broker
