#include "exchange/order_body.h"

namespace signalbus::exchange {
namespace {

using namespace exchange_core;  // the core's own words, all over this file
using formats::JsonValue;

constexpr std::size_t kBodyBytesMax = 1 << 20;

Refusal invalid(std::string_view key) { return {422, 40010001, "invalid " + std::string(key), {}}; }

/// Takes one field after the other; the first that is wrong stays as the refusal.
class BodyReader {
 public:
  std::optional<Refusal> refusal;

  std::string_view text(std::string_view key, const JsonValue& value) {
    const auto text = value.string();
    if (!text.ok() && !refusal) refusal = invalid(key);
    return text.ok() ? text.value() : std::string_view();
  }

  bool boolean(std::string_view key, const JsonValue& value) {
    if (const auto flag = value.boolean(); flag.ok()) return flag.value();
    if (const auto word = value.string(); word.ok() && word.value() == "true") return true;
    if (const auto word = value.string(); word.ok() && word.value() == "false") return false;
    if (!refusal) refusal = invalid(key);
    return false;
  }

  template <class T>
  std::optional<T> fixed(std::string_view key, const JsonValue& value, std::int64_t units_max) {
    const auto text = value.decimal();
    if (text.ok()) {
      // Digits beyond the scale round away from zero, so that a price like 1.0000000001 is still
      // seen to be no multiple of a cent.
      const auto number = T::parse(text.value(), Rounding::kAwayFromZero);
      if (number.ok() && number.value().abs() <= T::whole(units_max)) return number.value();
    }
    if (!refusal) refusal = invalid(key);
    return std::nullopt;
  }
  std::optional<Price> price(std::string_view key, const JsonValue& value) {
    return fixed<Price>(key, value, kPriceMaxUsd);
  }
  /// Shares have nine decimals; more are refused rather than cut.
  std::optional<Quantity> quantity(std::string_view key, const JsonValue& value) {
    const auto text = value.decimal();
    if (text.ok()) {
      const auto number = Quantity::parse(text.value(), Rounding::kExact);
      if (number.ok() && number.value().abs() <= Quantity::whole(kQuantityMaxShares)) {
        return number.value();
      }
    }
    if (!refusal) refusal = invalid(key);
    return std::nullopt;
  }

  TakeProfitRequest take_profit(const JsonValue& value) {
    TakeProfitRequest out;
    const auto members = value.members();
    if (!members.ok()) {
      if (!refusal) refusal = invalid("take_profit");
      return out;
    }
    for (const auto& [key, member] : members.value()) {
      if (key == "limit_price" && !member.is_null()) out.limit_price = price(key, member);
    }
    return out;
  }

  StopLossRequest stop_loss(const JsonValue& value) {
    StopLossRequest out;
    const auto members = value.members();
    if (!members.ok()) {
      if (!refusal) refusal = invalid("stop_loss");
      return out;
    }
    for (const auto& [key, member] : members.value()) {
      if (member.is_null()) continue;
      if (key == "stop_price") out.stop_price = price(key, member);
      if (key == "limit_price") out.limit_price = price(key, member);
    }
    return out;
  }
};

void read_word(BodyReader& reader, std::string_view key, const JsonValue& value,
               OrderRequest& out) {
  if (key == "symbol") {
    out.symbol = reader.text(key, value);
  } else if (key == "side") {
    out.side = parse_side(reader.text(key, value));
  } else if (key == "type") {
    out.type = parse_type(reader.text(key, value));
  } else if (key == "time_in_force") {
    out.tif = parse_tif(reader.text(key, value));
  } else if (key == "client_order_id") {
    out.client_order_id = reader.text(key, value);
  } else if (key == "order_class") {
    out.order_class = parse_class(reader.text(key, value));
  } else if (key == "position_intent") {
    out.position_intent = parse_intent(reader.text(key, value));
    if (!out.position_intent && !reader.refusal) reader.refusal = invalid(key);
  } else if (key == "advanced_instructions" && !reader.refusal) {
    reader.refusal = Refusal{403, 40310000, "account not allowed to use advanced_instructions", {}};
  }
}

/// False for a key that is no number, flag or object of ours.
bool read_amount(BodyReader& reader, std::string_view key, const JsonValue& value,
                 OrderRequest& out) {
  if (key == "qty") {
    out.qty = reader.quantity(key, value);
  } else if (key == "notional") {
    out.notional = reader.fixed<Money>(key, value, 1'000'000'000);
  } else if (key == "limit_price") {
    out.limit_price = reader.price(key, value);
  } else if (key == "stop_price") {
    out.stop_price = reader.price(key, value);
  } else if (key == "trail_price") {
    out.trail_price = reader.price(key, value);
  } else if (key == "trail_percent") {
    out.trail_percent = reader.fixed<Ratio>(key, value, 1'000'000);
  } else if (key == "extended_hours") {
    out.extended_hours = reader.boolean(key, value);
  } else if (key == "take_profit") {
    out.take_profit = reader.take_profit(value);
  } else if (key == "stop_loss") {
    out.stop_loss = reader.stop_loss(value);
  } else {
    return false;
  }
  return true;
}

}  // namespace

Refusal bad_body() { return {400, 40010000, "request body format is invalid", {}}; }

Answer<OrderBody> read_order(std::string_view body) {
  auto document = formats::parse_json(body, "body", kBodyBytesMax);
  if (!document.ok()) return bad_body();
  OrderBody out{std::move(document).value(), {.symbol = {}}};
  const auto members = out.document.root().members();
  if (!members.ok()) return bad_body();
  BodyReader reader;
  for (const auto& [key, value] : members.value()) {
    if (value.is_null()) continue;
    if (!read_amount(reader, key, value, out.request)) {
      read_word(reader, key, value, out.request);
    }
  }
  if (reader.refusal) return *std::move(reader.refusal);
  return out;
}

Answer<ReplaceBody> read_replace(std::string_view body) {
  auto document = formats::parse_json(body, "body", kBodyBytesMax);
  if (!document.ok()) return bad_body();
  ReplaceBody out{std::move(document).value(), {}};
  const auto members = out.document.root().members();
  if (!members.ok()) return bad_body();
  BodyReader reader;
  ReplaceRequest& request = out.request;
  for (const auto& [key, value] : members.value()) {
    if (value.is_null()) continue;
    if (key == "qty") {
      request.qty = reader.quantity(key, value);
    } else if (key == "limit_price") {
      request.limit_price = reader.price(key, value);
    } else if (key == "stop_price") {
      request.stop_price = reader.price(key, value);
    } else if (key == "trail") {
      request.trail = reader.price(key, value);
    } else if (key == "client_order_id") {
      request.client_order_id = reader.text(key, value);
    } else if (key == "time_in_force") {
      request.tif = parse_tif(reader.text(key, value));
      if (!request.tif && !reader.refusal) reader.refusal = invalid(key);
    }
  }
  if (reader.refusal) return *std::move(reader.refusal);
  return out;
}

}  // namespace signalbus::exchange
