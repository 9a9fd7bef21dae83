// FilePrices: market data from a price file, read once.
#pragma once

#include <optional>
#include <string>

#include "ports/files.h"
#include "ports/market_data.h"

namespace signalbus::inputs {

class FilePrices final : public MarketData {
 public:
  /// `files` must outlive this.
  FilePrices(Files& files, std::string path) : files_(files), path_(std::move(path)) {}

  /// Errors as load_prices(). Bad prices of the asked symbols come along as such.
  Result<PriceBook> prices(std::span<const Symbol> symbols) override;

 private:
  Files& files_;
  std::string path_;
  std::optional<PriceBook> book_;
};

}  // namespace signalbus::inputs
