// Builders for the tests of sleeves/: a history and a book in a few words.
#pragma once

#include <string>
#include <vector>

#include "book/sleeves.h"
#include "sleeves/fold.h"

namespace signalbus::sleeves::testing {

inline Symbol sym(std::string_view text) { return Symbol::parse(text).value(); }
inline Quantity qty(std::string_view text) { return Quantity::parse(text).value(); }
inline Money usd(std::string_view text) { return Money::parse(text).value(); }
inline Price price(std::string_view text) { return Price::parse(text).value(); }
inline TradeDate date(std::string_view text) { return TradeDate::parse(text).value(); }

/// "value" and 3 shares.
inline StrategyShare share(std::string_view strategy, std::string_view quantity) {
  return {StrategyId(std::string(strategy)), qty(quantity)};
}

inline Fill fill(std::string_view order, Side side, std::string_view symbol,
                 std::string_view quantity, std::string_view at_price,
                 std::string_view day = "2025-07-28") {
  return {.execution_id = std::string(order) + "-" + std::string(quantity),
          .order_id = OrderId(std::string(order)),
          .client_order_id = ClientOrderId(std::string(order)),
          .symbol = sym(symbol),
          .side = side,
          .quantity = qty(quantity),
          .price = price(at_price),
          .at = Instant::start_of(date(day)).plus_seconds(15 * 3600)};
}

inline SleeveEntry entry(Fill fill, std::vector<StrategyShare> shares = {}) {
  const BatchId batch(fill.at.utc_date().compact() + "-1");
  return {batch, std::nullopt, std::move(fill), std::move(shares)};
}

inline SleeveMove capital(std::string_view from, std::string_view to, std::string_view cash) {
  return {.from = StrategyId(std::string(from)),
          .to = StrategyId(std::string(to)),
          .symbol = std::nullopt,
          .cash = usd(cash),
          .reason = "capital"};
}

inline SleeveMove crossed(std::string_view from, std::string_view to, std::string_view symbol,
                          std::string_view quantity, std::string_view at_price) {
  return {.from = StrategyId(std::string(from)),
          .to = StrategyId(std::string(to)),
          .symbol = sym(symbol),
          .quantity = qty(quantity),
          .price = price(at_price),
          .cash = notional_half_even(qty(quantity), price(at_price)).value(),
          .reason = "crossed"};
}

inline SleeveEntry entry(SleeveMove move, std::string_view day = "2025-07-28") {
  return {BatchId(date(day).compact() + "-1"), std::move(move), std::nullopt, {}};
}

inline Holding holding(std::string_view symbol, std::string_view quantity) {
  return {.symbol = sym(symbol),
          .quantity = qty(quantity),
          .asset_id = std::nullopt,
          .market_value = std::nullopt,
          .avg_entry_price = std::nullopt,
          .origin = HoldingOrigin::kJournal};
}

/// "AAPL 3 at 600, MSFT -1 at -400; cash 12.5": what a sleeve owns, with its costs.
inline std::string shown(const SleeveBook& book, std::string_view strategy) {
  const Sleeve* sleeve = book.find(StrategyId(std::string(strategy)));
  if (sleeve == nullptr) return "no sleeve";
  std::string out;
  for (const SleevePosition& position : sleeve->positions) {
    out += (out.empty() ? "" : ", ") + position.symbol.text() + " " + position.quantity.text() +
           " at " + position.cost.text();
  }
  return out + (out.empty() ? "cash " : "; cash ") + sleeve->cash.text();
}

/// "opening _account>value 57000" or "crossed value>momentum 70 MSFT at 410 for 28700".
inline std::string shown(const SleeveMove& move) {
  const std::string who = move.reason + " " + move.from.get() + ">" + move.to.get() + " ";
  if (!move.symbol) return who + move.cash.text();
  return who + move.quantity.text() + " " + move.symbol->text() + " at " + move.price.text() +
         " for " + move.cash.text();
}

inline std::vector<std::string> shown(const std::vector<SleeveMove>& moves) {
  std::vector<std::string> out;
  for (const SleeveMove& move : moves) out.push_back(shown(move));
  return out;
}

/// "momentum 23.75, value 71.25"
inline std::string shown(const std::vector<StrategyShare>& shares) {
  std::string out;
  for (const StrategyShare& share : shares) {
    out += (out.empty() ? "" : ", ") + share.strategy_id.get() + " " + share.quantity.text();
  }
  return out;
}

}  // namespace signalbus::sleeves::testing
