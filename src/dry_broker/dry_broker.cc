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
  sequence_.push_back(intent.client_order_id);
  return answer;
}

Result<std::optional<SubmitAnswer>> DryBroker::order(const ClientOrderId& id) {
  const auto known = orders_.find(id);
  if (known == orders_.end()) return std::optional<SubmitAnswer>();
  return std::optional<SubmitAnswer>(known->second);
}

Result<std::vector<BrokerOrder>> DryBroker::orders(Instant after) {
  std::vector<BrokerOrder> out;
  for (const ClientOrderId& id : sequence_) {
    const SubmitAnswer& answer = orders_.at(id);
    if (answer.event.submitted_at <= after) continue;
    const Fill& fill = answer.fills.front();
    out.push_back({answer.event, fill.symbol.text(), fill.side, fill.quantity,
                   std::string(to_text(answer.event.state))});
  }
  return out;
}

Result<std::vector<Fill>> DryBroker::fills(Instant after) {
  std::vector<Fill> out;
  for (const ClientOrderId& id : sequence_) {
    for (const Fill& fill : orders_.at(id).fills) {
      if (fill.at > after) out.push_back(fill);
    }
  }
  return out;
}

Status DryBroker::cancel(const OrderId& id) {
  return Error{ErrorCode::kNotFound,
               "cancel: order '" + id.get() + "' is unknown; a dry run leaves no order open"};
}

}  // namespace signalbus::dry_broker
