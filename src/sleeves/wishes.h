// Wishes: what each sleeve wants of one symbol, crossed inside. Shared by the folder's own files.
#pragma once

#include <optional>
#include <vector>

#include "book/sleeves.h"
#include "core/result.h"

namespace signalbus::sleeves {

/// What one sleeve wants of one symbol.
struct Wish {
  StrategyId strategy_id;
  Quantity target;                      ///< What it would hold.
  Quantity held;                        ///< Before the plan.
  Quantity crossed = Quantity::zero();  ///< Got from other sleeves; negative: given to them.

  /// Still wished after the crossing; negative is a sell.
  Quantity open() const { return target - held - crossed; }
  /// What it may still sell although it does not wish to.
  Quantity to_spare() const { return std::max(Quantity::zero(), held + crossed); }
};

/// Matches opposite wishes at one price: of the smaller side all, of the larger pro rata. Sets
/// `crossed` and gives the moves, from sellers to buyers in the order of the wishes.
Result<std::vector<SleeveMove>> cross(std::vector<Wish>& wishes, const Symbol& symbol, Price price);

/// Shares an order of the symbol out: pro rata to the open wishes of its side; what a sell has
/// beyond them, to those with shares to spare, then to those who want to be short; what is then
/// left, to the account. Parallel to `wishes`, adding up to `quantity`; the account's part of what
/// nobody wished stands in `unwished`.
struct Division {
  std::vector<std::int64_t> parts;
  std::int64_t unwished = 0;
};
Division divide_order(const std::vector<Wish>& wishes, Side side, Quantity quantity);

}  // namespace signalbus::sleeves
