// PriceCursor: the prices of names that come in order, without a search for each.
#pragma once

#include <cstddef>
#include <vector>

#include "book/market.h"

namespace signalbus::analytics {

/// PriceBook::find for symbols that are asked for in ascending order, as reports do: it looks
/// behind the last one it found, and searches only where the next one is not there.
class PriceCursor {
 public:
  explicit PriceCursor(const PriceBook& book) : book_(book) {}

  const PricePoint* find(const Symbol& symbol) {
    const std::vector<PricePoint>& points = book_.points;
    if (next_ < points.size() && points[next_].symbol == symbol) return &points[next_++];
    const PricePoint* found = book_.find(symbol);
    if (found != nullptr) next_ = static_cast<std::size_t>(found - points.data()) + 1;
    return found;
  }

 private:
  const PriceBook& book_;
  std::size_t next_ = 0;
};

}  // namespace signalbus::analytics
