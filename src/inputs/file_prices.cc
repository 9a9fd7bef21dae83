#include "inputs/file_prices.h"

#include <algorithm>

#include "inputs/load_market.h"

namespace signalbus::inputs {

Result<PriceBook> FilePrices::prices(std::span<const Symbol> symbols) {
  if (!book_) {
    SB_TRY(book_, load_prices(files_, path_));
  }
  std::vector<Symbol> wanted(symbols.begin(), symbols.end());
  std::sort(wanted.begin(), wanted.end());
  const auto is_wanted = [&](const Symbol& symbol) {
    return std::binary_search(wanted.begin(), wanted.end(), symbol);
  };
  PriceBook out;
  for (const PricePoint& point : book_->points) {
    if (is_wanted(point.symbol)) out.points.push_back(point);
  }
  for (const BadPrice& bad : book_->bad) {
    if (is_wanted(bad.symbol)) out.bad.push_back(bad);
  }
  return out;
}

}  // namespace signalbus::inputs
