// One entry at a time: what a trade or a move does to the sleeves of a book.
#pragma once

#include "book/sleeves.h"
#include "core/result.h"

namespace signalbus::sleeves {

/// The sleeve of a strategy; a new empty one when it had none.
Sleeve& sleeve_of(SleeveBook& book, const StrategyId& id);

/// Shares and cash that a sleeve got (positive) or gave (negative) in one trade. What closes a
/// position realises its gain at average cost; what goes beyond opens the other side.
void book_trade(Sleeve& sleeve, const Symbol& symbol, Quantity quantity, Money cash);

/// Adds to a position that changed without a trade (split): its cost stays.
void change_position(Sleeve& sleeve, const Symbol& symbol, Quantity quantity);

/// Remembers the newest price of a symbol.
void see_price(SleeveBook& book, const Symbol& symbol, Price price);

/// Both sides of a move.
void book_move(SleeveBook& book, const SleeveMove& move);

}  // namespace signalbus::sleeves
