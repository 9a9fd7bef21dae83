// The one door to market prices. Implementations: FilePrices (inputs); Alpaca's data follows.
#pragma once

#include <span>

#include "book/market.h"
#include "core/result.h"

namespace signalbus {

/// Called from one thread.
class MarketData {
 public:
  virtual ~MarketData() = default;

  /// Prices of those symbols that have one; a missing symbol is simply absent.
  virtual Result<PriceBook> prices(std::span<const Symbol> symbols) = 0;
};

}  // namespace signalbus
