#include "exchange/trade_stream.h"

#include <algorithm>

#include "exchange/json_text.h"
#include "exchange/order_json.h"
#include "formats/json.h"

namespace signalbus::exchange {
namespace {

using formats::JsonValue;

constexpr std::size_t kMessageBytesMax = 1 << 20;

std::string error_frame(std::string_view text) {
  std::string out;
  JsonText json(out);
  json.begin_object().raw("action", "\"error\"").begin_object("data");
  json.text("error_message", text).end_object().end_object();
  return out;
}

std::string unauthorized(std::string_view action) {
  std::string out;
  JsonText json(out);
  json.begin_object().raw("stream", "\"authorization\"").begin_object("data");
  json.text("action", action).raw("status", "\"unauthorized\"");
  if (action == "authenticate") json.raw("message", "\"access key verification failed\"");
  json.end_object().end_object();
  return out;
}

std::string member_text(const JsonValue& object, std::string_view key) {
  const auto found = object.find(key);
  if (!found.ok() || !found.value()) return "";
  const auto text = found.value()->string();
  return text.ok() ? std::string(text.value()) : "";
}

/// `data` of a message, or the message itself: older and newer clients differ.
JsonValue data_of(const JsonValue& root) {
  const auto data = root.find("data");
  return data.ok() && data.value() ? *data.value() : root;
}

bool wants_trade_updates(const JsonValue& data) {
  const auto streams = data.find("streams");
  if (!streams.ok() || !streams.value()) return false;
  const auto items = streams.value()->items();
  if (!items.ok()) return false;
  return std::any_of(items.value().begin(), items.value().end(), [](const JsonValue& item) {
    const auto text = item.string();
    return text.ok() && text.value() == "trade_updates";
  });
}

}  // namespace

std::string TradeSession::authenticate(const Credentials& credentials) {
  if (!keys_->admits(credentials)) return unauthorized("authenticate");
  key_id_ = credentials.key_id;
  return R"({"stream":"authorization","data":{"action":"authenticate","status":"authorized"}})";
}

std::vector<std::string> TradeSession::receive(std::string_view text) {
  const auto document = formats::parse_json(text, "message", kMessageBytesMax);
  if (!document.ok()) return {error_frame("invalid syntax")};
  const JsonValue root = document.value().root();
  const std::string action = member_text(root, "action");
  const JsonValue data = data_of(root);
  if (action == "authenticate" || action == "auth") {
    Credentials credentials{member_text(data, "key_id"), member_text(data, "secret_key")};
    if (credentials.key_id.empty()) {
      credentials = {member_text(data, "key"), member_text(data, "secret")};
    }
    if (credentials.key_id.empty()) {
      credentials = {member_text(data, "oauth_token"), "bearer"};
    }
    return {authenticate(credentials)};
  }
  if (action == "listen") {
    if (!authorized()) return {unauthorized("listen")};
    listening_ = wants_trade_updates(data);
    return {std::string(R"({"stream":"listening","data":{"streams":[)") +
            (listening_ ? "\"trade_updates\"" : "") + "]}}"};
  }
  return {error_frame("unknown action")};
}

std::string trade_update_json(const core::Exchange& exchange, const core::Event& event) {
  const bool is_fill =
      event.kind == core::EventKind::kFill || event.kind == core::EventKind::kPartialFill;
  std::string out;
  out.reserve(1'600);
  JsonText json(out);
  json.begin_object().raw("stream", "\"trade_updates\"").begin_object("data");
  json.text("event", to_text(event.kind));
  json.text("execution_id", exchange.execution_id(event.sequence).text());
  append_order(json, "order", exchange, exchange.order(event.order), event.state, false);
  if (is_fill) {
    json.decimal("position_qty", event.position_qty);
    json.decimal("price", event.price);
    json.decimal("qty", event.qty);
  }
  json.time("timestamp", event.at);
  json.end_object().end_object();
  return out;
}

}  // namespace signalbus::exchange
