// Fields: reads the members of one JSON object and remembers the first that makes no sense.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/money.h"
#include "core/result.h"
#include "core/time.h"
#include "formats/json.h"

namespace signalbus::alpaca {

/// After an error every read returns nothing and check() tells the first one. Absent, null and ""
/// mean the same: Alpaca uses all three.
class Fields {
 public:
  explicit Fields(const formats::JsonValue& object);

  /// A string, or a number or boolean as written; "" when it is not there.
  std::string text(std::string_view key);
  std::string need_text(std::string_view key);
  bool flag(std::string_view key, bool fallback = false);
  std::optional<std::int64_t> integer(std::string_view key);  ///< Cut toward zero.

  // Decimals, from numbers or texts. More digits than the type holds are rounded: half-even for
  // prices, money and ratios, toward zero for shares, so that never more is sold than is held.
  std::optional<Price> price(std::string_view key);
  std::optional<Money> money(std::string_view key);
  std::optional<Quantity> quantity(std::string_view key);
  std::optional<Ratio> ratio(std::string_view key);

  std::optional<Instant> instant(std::string_view key);
  std::optional<TradeDate> date(std::string_view key);  ///< A time behind it is passed over.
  std::vector<std::string> texts(std::string_view key);

  // The same for a key that must be there.
  Price need_price(std::string_view key);
  Money need_money(std::string_view key);
  Quantity need_quantity(std::string_view key);
  Instant need_instant(std::string_view key);
  TradeDate need_date(std::string_view key);

  std::optional<formats::JsonValue> find(std::string_view key);
  void fail(Error error);
  /// A problem of the value at `key`.
  void fail(std::string_view key, std::string_view what);
  Status check() const;

 private:
  template <class T>
  std::optional<T> decimal(std::string_view key, Rounding rounding, std::int64_t units_max);
  template <class T>
  T need(std::string_view key, std::optional<T> value, T stand_in);

  formats::JsonValue object_;
  std::optional<Error> error_;
};

/// One decimal within its bounds; kInvalidInput with the value's path.
template <class T>
Result<T> decimal_of(const formats::JsonValue& value, Rounding rounding, std::int64_t units_max) {
  SB_TRY(const std::string_view text, value.decimal());
  const Result<T> parsed = T::parse(text, rounding);
  if (!parsed.ok()) return value.error(parsed.error().message);
  if (parsed.value().abs() > T::whole(units_max)) {
    return value.error("must be at most " + std::to_string(units_max) + ", was " +
                       std::string(text));
  }
  return parsed.value();
}

}  // namespace signalbus::alpaca
