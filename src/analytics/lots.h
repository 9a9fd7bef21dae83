// Lots, first in first out: what was paid for what is held, and what sales realised. Exact money.
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "analytics/day_pnl.h"
#include "book/market.h"
#include "book/orders.h"
#include "core/ids.h"
#include "core/money.h"
#include "core/time.h"

namespace signalbus::analytics {

struct Lot {
  TradeDate opened;
  Quantity quantity;  ///< Negative is short; never zero.
  Money cost;         ///< What was paid; negative for a short: what was received.
};

/// A part of a lot that was closed.
struct ClosedLot {
  Symbol symbol;
  TradeDate opened;
  TradeDate closed;
  Quantity quantity;  ///< Signed as the lot was.
  Money cost;         ///< Signed as the lot's.
  Money realised;

  int days_held() const { return closed.days() - opened.days(); }
};

/// Always, to the unit: realised + value - cost changes by what day_pnl calls overnight + trading.
class LotBook {
 public:
  /// What the fill closes, oldest lots first; the rest opens a lot. kInvalidInput when an amount
  /// does not fit.
  Result<std::vector<ClosedLot>> apply(const Fill& fill, TradeDate date,
                                       CashBooking booking = CashBooking::kExact);

  /// Shares change, cost does not; lots keep their proportions. A split that leaves nothing
  /// realises the whole cost as a loss, and is told as closed lots.
  Result<std::vector<ClosedLot>> split(const Symbol& symbol, Quantity change, TradeDate date);

  /// Return of capital: cash lowers the cost of the lots pro rata, and is no income.
  Status return_capital(const Symbol& symbol, Money cash);

  /// Shares that came without a trade, at what they were worth.
  void add(const Symbol& symbol, const Lot& lot);

  const std::map<Symbol, std::deque<Lot>>& lots() const { return lots_; }
  Quantity quantity(const Symbol& symbol) const;
  Money cost(const Symbol& symbol) const;
  Money realised() const { return realised_; }
  /// Value at `prices` less cost; a name without a price counts with its cost, so with 0.
  Result<Money> unrealised(const PriceBook& prices) const;

 private:
  std::map<Symbol, std::deque<Lot>> lots_;  // no empty deques
  Money realised_ = Money::zero();
};

}  // namespace signalbus::analytics
