// What the buys of a batch may cost once its sells are through, and how they are made to fit.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "book/orders.h"

namespace signalbus::execution {

/// Money for buys, after the sells.
struct Funds {
  Money cash;                         ///< The broker's.
  std::optional<Money> buying_power;  ///< The broker's; open orders already taken off.
  Money floor;                        ///< Cash that must remain.
  Money open_buys;                    ///< What open buys of ours may still take from the cash.
};

/// A buy that has not been sent.
struct Buy {
  Quantity quantity;
  Price price;          ///< The market's now.
  bool is_market;       ///< The broker reserves 4 % more for it.
  int decimals;         ///< Of its lots.
  bool covers = false;  ///< Takes a short back: exempt from the minimum unless it is cut.
};

/// How much of each buy fits, in order: everything as planned when all of it does, else each cut by
/// the same factor to its lots; zero where it is worth less than `min_notional`. Money never buys
/// shares on credit: cash counts, buying power only where it is less.
std::vector<Quantity> fit_buys(std::span<const Buy> buys, const Funds& funds, Money min_notional);

}  // namespace signalbus::execution
