// AlpacaPrices: the port MarketData over Alpaca's snapshots or latest quotes and trades.
#pragma once

#include "alpaca/choose_price.h"
#include "alpaca/data_api.h"
#include "ports/clock.h"
#include "ports/market_data.h"

namespace signalbus::alpaca {

enum class PriceSource {
  kSnapshot,  ///< One request for quote and trade.
  kLatest     ///< Latest quotes, and latest trades for names whose quote is not sane.
};

/// For one thread. `api` and `clock` must outlive it.
class AlpacaPrices final : public MarketData {
 public:
  AlpacaPrices(DataApi& api, const Clock& clock, PriceSource source, PricePolicy policy)
      : api_(api), clock_(clock), source_(source), policy_(policy) {}

  /// A name that Alpaca has, without a price to trade on, is in `bad` with the reason.
  Result<PriceBook> prices(std::span<const Symbol> symbols) override;
  /// From raw daily bars of the 20 sessions before the day.
  Result<std::vector<DailyHistory>> daily_history(std::span<const Symbol> symbols,
                                                  TradeDate day) override;
  Result<std::vector<DailyBar>> daily_bars(std::span<const Symbol> symbols, TradeDate from,
                                           TradeDate to) override;

 private:
  Result<BySymbol<Snapshot>> fetch(std::span<const std::string> symbols);

  DataApi& api_;
  const Clock& clock_;
  PriceSource source_;
  PricePolicy policy_;
};

}  // namespace signalbus::alpaca
