// The one door to market prices. Implementations: FilePrices (inputs), AlpacaPrices (alpaca).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "book/market.h"
#include "core/result.h"

namespace signalbus {

/// What the sessions before a day were like for one symbol; absent where nobody knows.
struct DailyHistory {
  Symbol symbol;
  std::optional<Price> previous_close;     ///< Of the last session before the day, unadjusted.
  std::optional<Quantity> average_volume;  ///< Shares a session, over the last 20.
};

/// Called from one thread.
class MarketData {
 public:
  virtual ~MarketData() = default;

  /// Prices of those symbols that have one; a missing symbol is simply absent.
  virtual Result<PriceBook> prices(std::span<const Symbol> symbols) = 0;

  /// History before `day` of those symbols that have one, sorted by symbol. Files have none.
  virtual Result<std::vector<DailyHistory>> daily_history(std::span<const Symbol> symbols,
                                                          TradeDate day) {
    (void)symbols;
    (void)day;
    return std::vector<DailyHistory>();
  }

  /// Unadjusted daily bars of sessions from `from` to `to`, both included, that have ended; sorted
  /// by symbol, then date. Symbols without any are absent. Files have none.
  virtual Result<std::vector<DailyBar>> daily_bars(std::span<const Symbol> symbols, TradeDate from,
                                                   TradeDate to) {
    (void)symbols;
    (void)from;
    (void)to;
    return std::vector<DailyBar>();
  }
};

}  // namespace signalbus
