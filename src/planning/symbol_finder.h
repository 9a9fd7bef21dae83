// SymbolFinder: lookups in a list sorted by symbol; asked in the list's order, each is one step.
#pragma once

#include <algorithm>
#include <span>

#include "core/ids.h"

namespace signalbus::planning {

// NOLINTNEXTLINE(bugprone-return-const-ref-from-parameter): only called on elements of a book
inline const Symbol& symbol_of(const Symbol& symbol) { return symbol; }
template <class Item>
const Symbol& symbol_of(const Item& item) {
  return item.symbol;
}

/// Remembers where the last answer stood: a plan asks for its names nearly in order. The list, with
/// one item per symbol, outlives the finder.
template <class Item>
class SymbolFinder {
 public:
  explicit SymbolFinder(std::span<const Item> sorted) : items_(sorted) {}

  /// Null when the list has no such symbol.
  const Item* find(const Symbol& symbol) {
    constexpr int kNear = 8;
    if (at_ > 0 && symbol_of(items_[at_ - 1]) >= symbol) {
      at_ = lower_bound(0, at_, symbol);
    } else {
      int steps = 0;
      while (is_before(symbol) && ++steps < kNear) ++at_;
      if (is_before(symbol)) at_ = lower_bound(at_, items_.size(), symbol);
    }
    return at_ < items_.size() && symbol_of(items_[at_]) == symbol ? &items_[at_] : nullptr;
  }

 private:
  bool is_before(const Symbol& symbol) const {
    return at_ < items_.size() && symbol_of(items_[at_]) < symbol;
  }
  std::size_t lower_bound(std::size_t begin, std::size_t end, const Symbol& symbol) const {
    const auto first = items_.begin();
    const auto found = std::lower_bound(
        first + static_cast<std::ptrdiff_t>(begin), first + static_cast<std::ptrdiff_t>(end),
        symbol, [](const Item& item, const Symbol& wanted) { return symbol_of(item) < wanted; });
    return static_cast<std::size_t>(found - first);
  }

  std::span<const Item> items_;
  std::size_t at_ = 0;  // the first item not below the symbol of the last question
};

}  // namespace signalbus::planning
