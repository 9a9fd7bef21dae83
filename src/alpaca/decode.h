// Bytes of Alpaca to values. A field or word we do not know is passed over; a value that is there
// and makes no sense is kInvalidInput with its path. Numbers go through text, never through double.
#pragma once

#include <string_view>
#include <vector>

#include "alpaca/account.h"
#include "alpaca/market.h"
#include "alpaca/orders.h"
#include "alpaca/reference.h"
#include "core/result.h"
#include "formats/json.h"

namespace signalbus::alpaca {

/// The whole body as JSON. `name` stands in front of every error ("GET /v2/orders").
Result<formats::JsonDocument> parse_body(std::string_view body, std::string_view name);

// One object each.
Result<Order> decode_order(const formats::JsonValue& value);
Result<Account> decode_account(const formats::JsonValue& value);
Result<AccountConfigurations> decode_configurations(const formats::JsonValue& value);
Result<Position> decode_position(const formats::JsonValue& value);
Result<Activity> decode_activity(const formats::JsonValue& value);
Result<PortfolioHistory> decode_portfolio_history(const formats::JsonValue& value);
Result<Asset> decode_asset(const formats::JsonValue& value);
Result<MarketClock> decode_clock(const formats::JsonValue& value);
Result<CalendarDay> decode_calendar_day(const formats::JsonValue& value);
Result<Trade> decode_trade(const formats::JsonValue& value);
Result<Quote> decode_quote(const formats::JsonValue& value);
Result<Bar> decode_bar(const formats::JsonValue& value);
Result<Snapshot> decode_snapshot(const formats::JsonValue& value);

/// `{"corporate_actions": {"cash_dividends": [...], ...}}`, kinds we do not know included.
Result<std::vector<CorporateAction>> decode_corporate_actions(const formats::JsonValue& root);

/// An array of such objects.
template <class T>
Result<std::vector<T>> decode_list(const formats::JsonValue& array,
                                   Result<T> (*decode)(const formats::JsonValue&)) {
  SB_TRY(const std::vector<formats::JsonValue> items, array.items());
  std::vector<T> out;
  out.reserve(items.size());
  for (const formats::JsonValue& item : items) {
    SB_TRY(T value, decode(item));
    out.push_back(std::move(value));
  }
  return out;
}

/// An object with such a value for each symbol; null is absent.
template <class T>
Result<BySymbol<T>> decode_by_symbol(const formats::JsonValue& object,
                                     Result<T> (*decode)(const formats::JsonValue&)) {
  SB_TRY(const auto members, object.members());
  BySymbol<T> out;
  for (const auto& [symbol, value] : members) {
    if (value.is_null()) continue;
    SB_TRY(T decoded, decode(value));
    out.emplace(std::string(symbol), std::move(decoded));
  }
  return out;
}

}  // namespace signalbus::alpaca
