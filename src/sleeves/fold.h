// The history of the account -> what each strategy owns now.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "book/sleeves.h"
#include "core/result.h"

namespace signalbus::sleeves {

/// What the account holds now, whoever owns it.
struct AccountNow {
  const Holdings& holdings;
  Money cash;
};

/// Applies moves, fills and cash flows in turn. Pure.
///
/// - A fill is shared out pro rata to the shares of its order, over all fills of the order so far:
///   parts depend on how much was filled, not in how many pieces, and every strategy pays the
///   order's average price. Without shares it is the account's.
/// - A dividend or fee of a symbol is shared out pro rata to the positions at its date, before that
///   day's trades, shorts paying; a split changes them likewise. Other flows are the account's.
/// - `account`: what the history does not explain was there before it, in the account's sleeve
///   (foreign positions, opening cash, cents of the broker's rounding). So all sleeves always add
///   up to the account. Absent: the account's sleeve begins with nothing, and its numbers mean
///   little.
///
/// `flows` by date. kInvalidInput for amounts beyond what money can represent.
Result<SleeveBook> fold_sleeves(std::span<const SleeveEntry> entries,
                                std::span<const CashFlow> flows,
                                const std::optional<AccountNow>& account);

/// A dry day that is run again starts from the same positions: of each run date only the entries of
/// the highest batch number count.
std::vector<SleeveEntry> keep_last_batch_of_each_day(std::span<const SleeveEntry> entries);

/// Whose each execution is: parallel to `fills`, in the order they were recorded; empty where the
/// order has no shares. Parts of a fill add up to its quantity; a strategy that gets nothing of it
/// is left out. The same shares as fold_sleeves books.
std::vector<std::vector<StrategyShare>> share_fills(std::span<const Fill> fills,
                                                    std::span<const Intent> intents);

}  // namespace signalbus::sleeves
