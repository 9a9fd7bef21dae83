#include "alpaca/alpaca_prices.h"

#include <algorithm>

namespace signalbus::alpaca {

Result<BySymbol<Snapshot>> AlpacaPrices::fetch(std::span<const std::string> symbols) {
  if (source_ == PriceSource::kSnapshot) return api_.snapshots(symbols);
  BySymbol<Snapshot> out;
  SB_TRY(const BySymbol<Quote> quotes, api_.latest_quotes(symbols));
  std::vector<std::string> without;
  for (const std::string& symbol : symbols) {
    const auto at = quotes.find(symbol);
    if (at != quotes.end()) out[symbol].latest_quote = at->second;
    if (at == quotes.end() || !quote_problem(at->second, clock_.now(), policy_).empty()) {
      without.push_back(symbol);
    }
  }
  SB_TRY(const BySymbol<Trade> trades, api_.latest_trades(without));
  for (const auto& [symbol, trade] : trades) out[symbol].latest_trade = trade;
  return out;
}

Result<PriceBook> AlpacaPrices::prices(std::span<const Symbol> symbols) {
  std::vector<Symbol> wanted(symbols.begin(), symbols.end());
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  std::vector<std::string> names;
  for (const Symbol& symbol : wanted) names.push_back(symbol.text());
  Result<BySymbol<Snapshot>> fetched = fetch(names);
  if (!fetched.ok()) return std::move(fetched).error().in("prices (feed " + api_.feed() + ")");
  const Instant now = clock_.now();
  PriceBook book;
  for (const Symbol& symbol : wanted) {
    const auto at = fetched.value().find(symbol.text());
    if (at == fetched.value().end()) continue;
    const auto chosen = choose_price(symbol, at->second, now, policy_);
    if (const PricePoint* point = std::get_if<PricePoint>(&chosen)) {
      book.points.push_back(*point);
    } else {
      book.bad.push_back({symbol, std::get<NoPrice>(chosen).words + " (feed " + api_.feed() + ")"});
    }
  }
  return book;
}

}  // namespace signalbus::alpaca
