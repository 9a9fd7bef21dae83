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

Result<std::vector<DailyHistory>> AlpacaPrices::daily_history(std::span<const Symbol> symbols,
                                                              TradeDate day) {
  constexpr int kDaysBack = 45;  // 20 sessions and a few, over any holidays
  constexpr std::size_t kSessions = 20;
  std::vector<Symbol> wanted(symbols.begin(), symbols.end());
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  // A daily bar starts at midnight in New York, which is later than the end of this query.
  BarsQuery query{.symbols = {},
                  .start = Instant::start_of(day.plus_days(-kDaysBack)),
                  .end = Instant::start_of(day)};
  for (const Symbol& symbol : wanted) query.symbols.push_back(symbol.text());
  Result<BySymbol<std::vector<Bar>>> fetched = api_.bars(query);
  if (!fetched.ok()) return std::move(fetched).error().in("daily bars (feed " + api_.feed() + ")");
  std::vector<DailyHistory> out;
  for (const Symbol& symbol : wanted) {
    const auto at = fetched.value().find(symbol.text());
    if (at == fetched.value().end() || at->second.empty()) continue;
    const std::vector<Bar>& bars = at->second;
    DailyHistory history{symbol, bars.back().close, std::nullopt};
    const std::size_t count = std::min(kSessions, bars.size());
    std::int64_t volume = 0;
    bool fits = true;
    for (std::size_t i = bars.size() - count; i < bars.size(); ++i) {
      fits = fits && !__builtin_add_overflow(volume, bars[i].volume, &volume);
    }
    const std::int64_t average = volume / static_cast<std::int64_t>(count);
    constexpr std::int64_t kMost = 9'000'000'000;  // shares that a Quantity can hold
    if (fits && average <= kMost) history.average_volume = Quantity::whole(average);
    out.push_back(history);
  }
  return out;
}

Result<std::vector<DailyBar>> AlpacaPrices::daily_bars(std::span<const Symbol> symbols,
                                                       TradeDate from, TradeDate to) {
  std::vector<Symbol> wanted(symbols.begin(), symbols.end());
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  // A bar starts at midnight in New York, some hours into the day of UTC.
  BarsQuery query{.symbols = {},
                  .start = Instant::start_of(from),
                  .end = Instant::start_of(to.plus_days(1)).plus_seconds(-1)};
  for (const Symbol& symbol : wanted) query.symbols.push_back(symbol.text());
  Result<BySymbol<std::vector<Bar>>> fetched = api_.bars(query);
  if (!fetched.ok()) return std::move(fetched).error().in("daily bars (feed " + api_.feed() + ")");
  constexpr std::int64_t kMost = 9'000'000'000;  // shares that a Quantity can hold
  std::vector<DailyBar> out;
  for (const Symbol& symbol : wanted) {
    const auto at = fetched.value().find(symbol.text());
    if (at == fetched.value().end()) continue;
    for (const Bar& bar : at->second) {
      const TradeDate date = bar.at.utc_date();
      if (date < from || date > to || !bar.close.is_positive()) continue;
      DailyBar day{.symbol = symbol, .date = date, .close = bar.close};
      if (bar.open.is_positive()) day.open = bar.open;
      if (bar.high.is_positive()) day.high = bar.high;
      if (bar.low.is_positive()) day.low = bar.low;
      if (bar.volume >= 0 && bar.volume <= kMost) day.volume = Quantity::whole(bar.volume);
      out.push_back(day);
    }
  }
  return out;
}

}  // namespace signalbus::alpaca
