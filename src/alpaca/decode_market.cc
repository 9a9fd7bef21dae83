// Trades, quotes, bars, snapshots.
#include "alpaca/decode.h"
#include "alpaca/fields.h"

namespace signalbus::alpaca {
namespace {

using formats::JsonValue;

template <class T>
Status read_part(Fields& fields, std::string_view key, Result<T> (*decode)(const JsonValue&),
                 std::optional<T>& out) {
  const std::optional<JsonValue> value = fields.find(key);
  SB_TRY_OK(fields.check());
  if (!value) return Ok{};
  SB_TRY(out, decode(*value));
  return Ok{};
}

}  // namespace

Result<Trade> decode_trade(const JsonValue& value) {
  Fields fields(value);
  Trade out{.at = fields.need_instant("t"),
            .price = fields.need_price("p"),
            .size = fields.quantity("s"),
            .exchange = fields.text("x")};
  SB_TRY_OK(fields.check());
  return out;
}

Result<Quote> decode_quote(const JsonValue& value) {
  Fields fields(value);
  const Quote out{.at = fields.need_instant("t"),
                  .bid = fields.price("bp").value_or(Price::zero()),
                  .ask = fields.price("ap").value_or(Price::zero()),
                  .bid_size = fields.quantity("bs"),
                  .ask_size = fields.quantity("as")};
  SB_TRY_OK(fields.check());
  return out;
}

Result<Bar> decode_bar(const JsonValue& value) {
  Fields fields(value);
  const Bar out{.at = fields.need_instant("t"),
                .open = fields.need_price("o"),
                .high = fields.need_price("h"),
                .low = fields.need_price("l"),
                .close = fields.need_price("c"),
                .volume = fields.integer("v").value_or(0),
                .trades = fields.integer("n").value_or(0),
                .vwap = fields.price("vw")};
  SB_TRY_OK(fields.check());
  return out;
}

Result<Snapshot> decode_snapshot(const JsonValue& value) {
  Fields fields(value);
  Snapshot out;
  SB_TRY_OK(read_part(fields, "latestTrade", decode_trade, out.latest_trade));
  SB_TRY_OK(read_part(fields, "latestQuote", decode_quote, out.latest_quote));
  SB_TRY_OK(read_part(fields, "minuteBar", decode_bar, out.minute_bar));
  SB_TRY_OK(read_part(fields, "dailyBar", decode_bar, out.daily_bar));
  SB_TRY_OK(read_part(fields, "prevDailyBar", decode_bar, out.prev_daily_bar));
  return out;
}

}  // namespace signalbus::alpaca
