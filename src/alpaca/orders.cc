#include "alpaca/orders.h"

#include <algorithm>
#include <array>

#include "core/text.h"
#include "formats/json_writer.h"

namespace signalbus::alpaca {
namespace {

/// Words of orders that change no more. Everything else is open, words of the future included;
/// done_for_day and calculated too: the final word on such a day order is still to come.
constexpr std::array<std::string_view, 5> kEnded = {"filled", "canceled", "expired", "rejected",
                                                    "replaced"};

bool is_overfilled(const Order& order) {
  return order.filled_qty.is_negative() || (order.qty && order.filled_qty > *order.qty);
}

std::string why_quarantined(const Order& order) {
  if (is_overfilled(order)) {
    return "filled " + order.filled_qty.text() + " of " +
           (order.qty ? order.qty->text() : "an unknown number of") +
           " shares; look at the account at Alpaca before trading on";
  }
  return "order was replaced by " +
         (order.replaced_by ? order.replaced_by->get() : std::string("another")) +
         ", which signalbus never does; somebody else works on this account";
}

std::string why_rejected(const Order& order) {
  return "order was accepted and then rejected" +
         (order.failed_at ? " at " + order.failed_at->rfc3339() : std::string());
}

void write_optional(formats::JsonWriter& json, std::string_view key, std::optional<Price> price) {
  if (price) json.key(key).string(price->text());
}

void write_legs(formats::JsonWriter& json, const OrderRequest& request) {
  if (!request.order_class.empty()) json.key("order_class").string(request.order_class);
  if (request.take_profit) {
    json.key("take_profit").begin_object();
    json.key("limit_price").string(request.take_profit->limit_price.text());
    json.end_object();
  }
  if (request.stop_loss) {
    json.key("stop_loss").begin_object();
    json.key("stop_price").string(request.stop_loss->stop_price.text());
    write_optional(json, "limit_price", request.stop_loss->limit_price);
    json.end_object();
  }
}

std::string text_or_none(std::optional<Price> price) { return price ? price->text() : "none"; }

}  // namespace

bool is_open(const Order& order) {
  return std::find(kEnded.begin(), kEnded.end(), order.status) == kEnded.end();
}

std::optional<Side> side_of(std::string_view word) {
  if (word.starts_with("buy")) return Side::kBuy;
  if (word.starts_with("sell")) return Side::kSell;
  return std::nullopt;
}

OrderState state_of(const Order& order) {
  if (is_overfilled(order)) return OrderState::kQuarantined;
  if (order.status == "filled") return OrderState::kFilled;
  if (order.status == "rejected") return OrderState::kRejected;
  if (order.status == "replaced") return OrderState::kQuarantined;
  if (order.status == "pending_cancel") return OrderState::kCancelling;
  if (is_open(order)) return OrderState::kLive;
  // Canceled or expired: what was filled before counts, and a cancel that came too late filled all.
  if (order.qty && order.filled_qty == *order.qty) return OrderState::kFilled;
  if (order.filled_qty.is_positive()) return OrderState::kPartial;
  return order.status == "canceled" ? OrderState::kCanceled : OrderState::kExpired;
}

OrderEvent event_of(const Order& order, Price price_used, Instant asked_at) {
  const OrderState state = state_of(order);
  std::string error;
  if (state == OrderState::kQuarantined) error = why_quarantined(order);
  if (state == OrderState::kRejected) error = why_rejected(order);
  return {
      .client_order_id = order.client_order_id,
      .state = state,
      .order_id = order.id,
      .filled_qty = order.filled_qty,
      .filled_avg_price = order.filled_qty.is_positive() ? order.filled_avg_price : std::nullopt,
      .price_used = price_used,
      .submitted_at = order.submitted_at ? order.submitted_at : order.created_at,
      .updated_at = order.updated_at.value_or(asked_at),
      .reject_code = state == OrderState::kRejected ? order.status : std::string(),
      .error = std::move(error)};
}

std::string order_json(const OrderRequest& request) {
  formats::JsonWriter json(formats::JsonStyle::kCompact);
  json.begin_object();
  json.key("symbol").string(request.symbol);
  if (const Quantity* shares = std::get_if<Quantity>(&request.amount)) {
    json.key("qty").string(shares->text());
  } else {
    json.key("notional").string(std::get<Money>(request.amount).text());
  }
  json.key("side").string(request.side == Side::kBuy ? "buy" : "sell");
  json.key("type").string(request.type);
  json.key("time_in_force").string(request.time_in_force);
  write_optional(json, "limit_price", request.limit_price);
  write_optional(json, "stop_price", request.stop_price);
  write_optional(json, "trail_price", request.trail_price);
  if (request.trail_percent) json.key("trail_percent").string(request.trail_percent->text());
  if (request.extended_hours) json.key("extended_hours").boolean(true);
  json.key("client_order_id").string(request.client_order_id.get());
  write_legs(json, request);
  json.end_object();
  return json.take();
}

OrderRequest request_of(const Intent& intent) {
  const PlannedOrder& order = intent.order;
  OrderRequest out{.client_order_id = intent.client_order_id,
                   .symbol = order.symbol.text(),
                   .side = order.side,
                   .amount = intent.asked_quantity()};
  out.time_in_force = order.time_in_force == TimeInForce::kDay ? "day" : "gtc";
  out.limit_price = order.limit_price;
  if (order.limit_price) out.type = "limit";
  if (order.type == OrderType::kBracket) {
    out.order_class = "bracket";
    if (order.take_profit) out.take_profit = TakeProfit{*order.take_profit};
    if (order.stop_loss) out.stop_loss = StopLoss{*order.stop_loss};
  }
  return out;
}

std::string difference(const Intent& intent, const Order& order) {
  const OrderRequest asked = request_of(intent);
  if (order.client_order_id != intent.client_order_id) {
    return "client order id is " + quoted(order.client_order_id.get());
  }
  if (order.symbol != asked.symbol) return "symbol is " + quoted(order.symbol);
  if (side_of(order.side) != asked.side) return "side is " + quoted(order.side);
  if (order.qty != intent.asked_quantity()) {
    return "quantity is " + (order.qty ? order.qty->text() : "missing") + ", not " +
           intent.asked_quantity().text();
  }
  if (order.type != asked.type) return "type is " + quoted(order.type) + ", not " + asked.type;
  if (order.limit_price != asked.limit_price) {
    return "limit price is " + text_or_none(order.limit_price) + ", not " +
           text_or_none(asked.limit_price);
  }
  if (order.time_in_force != asked.time_in_force) {
    return "time in force is " + quoted(order.time_in_force) + ", not " + asked.time_in_force;
  }
  if (order.order_class != asked.order_class) return "class is " + quoted(order.order_class);
  return "";
}

}  // namespace signalbus::alpaca
