// Values for the tests of risk/: orders, prices and a world in which everything is known.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "book/market.h"
#include "book/plan.h"
#include "risk/check_orders.h"

namespace signalbus::risk::testing {

inline Symbol sym(std::string_view text) { return Symbol::parse(text).value(); }
inline Quantity qty(std::string_view text) { return Quantity::parse(text).value(); }
inline Money usd(std::string_view text) { return Money::parse(text).value(); }
inline Price price(std::string_view text) { return Price::parse(text).value(); }
inline Ratio ratio(std::string_view text) { return Ratio::parse(text).value(); }
inline Instant at(std::string_view text) { return Instant::parse(text).value(); }

inline PlannedOrder order(std::string_view symbol, Side side, Quantity quantity, Price at) {
  return {.asset_id = AssetId("1"),
          .symbol = sym(symbol),
          .side = side,
          .quantity = quantity,
          .type = OrderType::kMarket,
          .take_profit = {},
          .stop_loss = {},
          .limit_price = {},
          .ref_price = at,
          .notional = notional_half_even(quantity, at).value(),
          .time_in_force = TimeInForce::kDay,
          .purpose = Purpose::kOpen};
}
inline PlannedOrder buy(std::string_view symbol, std::string_view quantity, std::string_view at) {
  return order(symbol, Side::kBuy, qty(quantity), price(at));
}
inline PlannedOrder sell(std::string_view symbol, std::string_view quantity, std::string_view at) {
  return order(symbol, Side::kSell, qty(quantity), price(at));
}

inline PriceBook market(const std::vector<std::pair<std::string, std::string>>& prices) {
  PriceBook book;
  for (const auto& [symbol, at] : prices) book.points.push_back({sym(symbol), price(at), {}});
  return book;
}

inline Holding holding(std::string_view symbol, Quantity quantity) {
  return {.symbol = sym(symbol),
          .quantity = quantity,
          .asset_id = {},
          .market_value = {},
          .avg_entry_price = {},
          .origin = HoldingOrigin::kJournal};
}

template <class T>
Limit<T> limit(T value) {
  return {.value = std::move(value), .origin = "config.yaml:7"};
}

inline const AccountState kRich{Money::whole(1'000'000), Money::whole(1'000'000), Money::zero()};

}  // namespace signalbus::risk::testing
