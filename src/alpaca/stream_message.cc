#include "alpaca/stream_message.h"

#include "alpaca/decode.h"
#include "alpaca/fields.h"
#include "formats/json_writer.h"

namespace signalbus::alpaca {
namespace {

using formats::JsonKind;
using formats::JsonStyle;
using formats::JsonValue;
using formats::JsonWriter;

Result<StreamMessage> decode_update(const JsonValue& data) {
  Fields fields(data);
  TradeUpdate out{.event = fields.need_text("event"),
                  .order = {},
                  .execution_id = fields.text("execution_id"),
                  .price = fields.price("price"),
                  .qty = fields.quantity("qty"),
                  .timestamp = fields.instant("timestamp")};
  const std::optional<JsonValue> order = fields.find("order");
  SB_TRY_OK(fields.check());
  if (!order) return data.error("key 'order' is missing");
  SB_TRY(out.order, decode_order(*order));
  return StreamMessage{StreamMessage::Kind::kUpdate, {}, std::move(out)};
}

}  // namespace

Result<StreamMessage> decode_stream_message(std::string_view text) {
  SB_TRY(const formats::JsonDocument document, parse_body(text, "trade_updates"));
  if (document.root().kind() != JsonKind::kObject) return StreamMessage{};
  Fields fields(document.root());
  const std::string stream = fields.text("stream");
  const std::optional<JsonValue> data = fields.find("data");
  SB_TRY_OK(fields.check());
  if (!data || data->kind() != JsonKind::kObject) return StreamMessage{};
  if (stream == "trade_updates") return decode_update(*data);
  Fields inner(*data);
  if (stream == "authorization") {
    const bool authorized = inner.text("status") == "authorized";
    return StreamMessage{authorized ? StreamMessage::Kind::kAuthorized
                                    : StreamMessage::Kind::kRefused};
  }
  if (stream == "listening") {
    return StreamMessage{StreamMessage::Kind::kListening, inner.texts("streams")};
  }
  return StreamMessage{};
}

std::string authenticate_message(const Secret& key_id, const Secret& secret) {
  JsonWriter json(JsonStyle::kCompact);
  json.begin_object().key("action").string("authenticate").key("data").begin_object();
  json.key("key_id").string(key_id.reveal()).key("secret_key").string(secret.reveal());
  json.end_object().end_object();
  return json.take();
}

std::string listen_message() {
  return R"({"action":"listen","data":{"streams":["trade_updates"]}})";
}

}  // namespace signalbus::alpaca
