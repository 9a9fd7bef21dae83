// What rules look at: the same view of an order at planning and at the gate, so that one function
// checks both. Internal to risk/.
#pragma once

#include <optional>
#include <span>

#include "book/market.h"
#include "book/orders.h"
#include "book/plan.h"
#include "core/decimal.h"
#include "risk/facts.h"

namespace signalbus::risk {

struct AccountState;

/// One order and what it leads to. Quantities are raw (1e-9 shares) in 128 bits: sums of extremes
/// must not end the process.
struct OrderView {
  const PlannedOrder& order;
  Quantity quantity;        ///< At the gate what leaves, where funds made it smaller.
  const PricePoint* price;  ///< Market price of this moment; null: none.
  Money value;              ///< At planning its notional, at the gate at the price of that moment.
  const SymbolFacts* symbol;
  const ControlRecord& control;
  std::optional<Money> equity;
  std::optional<Int128> held;  ///< Absent: not known.
  /// `held` with the batch's orders of the symbol and the open ones on this order's side filled: an
  /// open order on the other side may not help.
  std::optional<Int128> after;
  bool twin;            ///< An earlier order of the batch has the same symbol, side and leg.
  std::int64_t number;  ///< 1 for the first order of the symbol in the batch.
  bool at_gate;

  bool is_buy() const { return order.side == Side::kBuy; }
  /// The position comes nearer to zero and does not cross it. Both quantities must be known.
  bool reduces() const {
    if (*held == 0 || is_buy() == (*held > 0)) return false;
    return *held > 0 ? *after >= 0 : *after <= 0;
  }
};

struct Totals {
  Int128 buys = 0;   ///< 1e-6 USD
  Int128 sells = 0;  ///< 1e-6 USD
  Int128 cash = 0;   ///< Sells less buys in 1e-18 USD: many rounded notionals would drift.

  Int128 all() const { return buys + sells; }
};
Totals totals_of(std::span<const PlannedOrder> orders);

/// The orders that passed one by one.
struct BatchView {
  std::span<const PlannedOrder> orders;
  const Totals& totals;
  const AccountState& account;
  const PriceBook& prices;
  const PlanFacts& facts;
};

struct ExitView {
  const ExitFacts& facts;
  const ControlRecord& control;
  const DayUse& day;
  const WriteAhead& post;
  const OrderView& order;
};

}  // namespace signalbus::risk
