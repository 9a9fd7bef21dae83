// Orders, and what every decoder starts with.
#include "alpaca/decode.h"
#include "alpaca/fields.h"

namespace signalbus::alpaca {
namespace {

constexpr std::size_t kBodyBytesMax = std::size_t{64} * 1024 * 1024;

std::optional<OrderId> id_or_none(std::string text) {
  if (text.empty()) return std::nullopt;
  return OrderId(std::move(text));
}

void read_times(Fields& fields, Order& order) {
  order.created_at = fields.instant("created_at");
  order.updated_at = fields.instant("updated_at");
  order.submitted_at = fields.instant("submitted_at");
  order.filled_at = fields.instant("filled_at");
  order.canceled_at = fields.instant("canceled_at");
  order.expired_at = fields.instant("expired_at");
  order.failed_at = fields.instant("failed_at");
  order.replaced_at = fields.instant("replaced_at");
  order.expires_at = fields.instant("expires_at");
}

void read_amounts(Fields& fields, Order& order) {
  order.qty = fields.quantity("qty");
  order.notional = fields.money("notional");
  order.filled_qty = fields.quantity("filled_qty").value_or(Quantity::zero());
  order.filled_avg_price = fields.price("filled_avg_price");
  order.limit_price = fields.price("limit_price");
  order.stop_price = fields.price("stop_price");
  order.trail_price = fields.price("trail_price");
  order.trail_percent = fields.ratio("trail_percent");
  order.hwm = fields.price("hwm");
}

}  // namespace

Result<formats::JsonDocument> parse_body(std::string_view body, std::string_view name) {
  return formats::parse_json(body, std::string(name), kBodyBytesMax);
}

Result<Order> decode_order(const formats::JsonValue& value) {
  Fields fields(value);
  Order order;
  order.id = OrderId(fields.need_text("id"));
  order.client_order_id = ClientOrderId(fields.text("client_order_id"));
  order.status = fields.need_text("status");
  order.symbol = fields.text("symbol");
  order.asset_id = fields.text("asset_id");
  order.asset_class = fields.text("asset_class");
  order.side = fields.text("side");
  order.type = fields.text("type");
  if (order.type.empty()) order.type = fields.text("order_type");
  order.time_in_force = fields.text("time_in_force");
  order.order_class = fields.text("order_class");
  if (order.order_class == "simple") order.order_class.clear();
  order.position_intent = fields.text("position_intent");
  order.extended_hours = fields.flag("extended_hours");
  order.replaced_by = id_or_none(fields.text("replaced_by"));
  order.replaces = id_or_none(fields.text("replaces"));
  read_amounts(fields, order);
  read_times(fields, order);
  const std::optional<formats::JsonValue> legs = fields.find("legs");
  SB_TRY_OK(fields.check());
  if (legs) {
    SB_TRY(order.legs, decode_list(*legs, decode_order));
  }
  return order;
}

}  // namespace signalbus::alpaca
