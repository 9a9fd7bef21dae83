#include "alpaca/fields.h"

#include "core/text.h"

namespace signalbus::alpaca {
namespace {

using formats::JsonKind;
using formats::JsonValue;

constexpr std::int64_t kRatioMax = 1'000'000'000;

bool is_empty(const JsonValue& value) {
  return value.kind() == JsonKind::kString && value.string().value().empty();
}

}  // namespace

Fields::Fields(const JsonValue& object) : object_(object) {
  if (object.kind() != JsonKind::kObject) fail(object.error("must be an object"));
}

std::optional<JsonValue> Fields::find(std::string_view key) {
  if (error_) return std::nullopt;
  Result<std::optional<JsonValue>> found = object_.find(key);
  if (!found.ok()) {
    fail(std::move(found).error());
    return std::nullopt;
  }
  if (found.value() && is_empty(*found.value())) return std::nullopt;
  return found.value();
}

void Fields::fail(Error error) {
  if (!error_) error_ = std::move(error);
}

void Fields::fail(std::string_view key, std::string_view what) {
  if (error_) return;
  const Result<JsonValue> value = object_.member(key);
  fail(value.ok() ? value.value().error(what) : value.error());
}

Status Fields::check() const {
  if (error_) return *error_;
  return Ok{};
}

std::string Fields::text(std::string_view key) {
  const std::optional<JsonValue> value = find(key);
  if (!value) return "";
  switch (value->kind()) {
    case JsonKind::kString:
      return std::string(value->string().value());
    case JsonKind::kNumber:
      return std::string(value->number().value());
    case JsonKind::kBoolean:
      return value->boolean().value() ? "true" : "false";
    case JsonKind::kNull:
    case JsonKind::kArray:
    case JsonKind::kObject:
      break;
  }
  fail(value->error("must be a text"));
  return "";
}

template <class T>
T Fields::need(std::string_view key, std::optional<T> value, T stand_in) {
  if (value) return *value;
  fail(object_.kind() == JsonKind::kObject
           ? object_.error("key " + quoted(key) + " is missing or empty")
           : object_.error("must be an object"));
  return stand_in;
}

std::string Fields::need_text(std::string_view key) {
  std::string value = text(key);
  return need(key, value.empty() ? std::nullopt : std::optional(std::move(value)), std::string());
}

bool Fields::flag(std::string_view key, bool fallback) {
  const std::optional<JsonValue> value = find(key);
  if (!value) return fallback;
  const Result<bool> flag = value->boolean();
  if (flag.ok()) return flag.value();
  fail(flag.error());
  return fallback;
}

std::optional<std::int64_t> Fields::integer(std::string_view key) {
  const std::optional<JsonValue> value = find(key);
  if (!value) return std::nullopt;
  const Result<std::string_view> digits = value->decimal();
  if (!digits.ok()) {
    fail(digits.error());
    return std::nullopt;
  }
  const Result<std::int64_t> number = parse_scaled64(digits.value(), 0, Rounding::kTowardZero);
  if (number.ok()) return number.value();
  fail(value->error(number.error().message));
  return std::nullopt;
}

template <class T>
std::optional<T> Fields::decimal(std::string_view key, Rounding rounding, std::int64_t units_max) {
  const std::optional<JsonValue> value = find(key);
  if (!value) return std::nullopt;
  Result<T> number = decimal_of<T>(*value, rounding, units_max);
  if (number.ok()) return number.value();
  fail(std::move(number).error());
  return std::nullopt;
}

std::optional<Price> Fields::price(std::string_view key) {
  return decimal<Price>(key, Rounding::kHalfEven, kPriceMaxUsd);
}
std::optional<Money> Fields::money(std::string_view key) {
  return decimal<Money>(key, Rounding::kHalfEven, kMoneyMaxUsd);
}
std::optional<Quantity> Fields::quantity(std::string_view key) {
  return decimal<Quantity>(key, Rounding::kTowardZero, kQuantityMaxShares);
}
std::optional<Ratio> Fields::ratio(std::string_view key) {
  return decimal<Ratio>(key, Rounding::kHalfEven, kRatioMax);
}

std::optional<Instant> Fields::instant(std::string_view key) {
  const std::string written = text(key);
  if (written.empty()) return std::nullopt;
  const Result<Instant> at = Instant::parse(written);
  if (at.ok()) return at.value();
  fail(key, at.error().message);
  return std::nullopt;
}

std::optional<TradeDate> Fields::date(std::string_view key) {
  const std::string written = text(key);
  if (written.empty()) return std::nullopt;
  const Result<TradeDate> day = TradeDate::parse(std::string_view(written).substr(0, 10));
  if (day.ok()) return day.value();
  fail(key, day.error().message);
  return std::nullopt;
}

std::vector<std::string> Fields::texts(std::string_view key) {
  std::vector<std::string> out;
  const std::optional<JsonValue> value = find(key);
  if (!value) return out;
  const Result<std::vector<JsonValue>> items = value->items();
  if (!items.ok()) {
    fail(items.error());
    return out;
  }
  for (const JsonValue& item : items.value()) {
    if (const Result<std::string_view> word = item.string(); word.ok())
      out.emplace_back(word.value());
  }
  return out;
}

Price Fields::need_price(std::string_view key) { return need(key, price(key), Price::zero()); }
Money Fields::need_money(std::string_view key) { return need(key, money(key), Money::zero()); }
Quantity Fields::need_quantity(std::string_view key) {
  return need(key, quantity(key), Quantity::zero());
}
Instant Fields::need_instant(std::string_view key) {
  return need(key, instant(key), Instant::from_micros(0));
}
TradeDate Fields::need_date(std::string_view key) {
  return need(key, date(key), TradeDate::from_days(0));
}

}  // namespace signalbus::alpaca
