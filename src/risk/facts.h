// What rules are told about the account, the market and the day. Absent means "not known": a rule
// that needs it then refuses, but only where its limit is set.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "book/market.h"
#include "book/orders.h"
#include "book/plan.h"

namespace signalbus::risk {

/// What is known of one symbol besides its price.
struct SymbolFacts {
  Symbol symbol;
  std::optional<Quantity> average_volume = std::nullopt;  ///< Shares a day, over 20 sessions.
  std::optional<Price> previous_close = std::nullopt;
  std::optional<std::string> sector = std::nullopt;
  std::optional<bool> easy_to_borrow = std::nullopt;
  std::optional<std::int64_t> orders_today = std::nullopt;  ///< First POSTs of the trading day.
};

/// An order at the broker or in doubt, ours or another's, that may still fill.
struct OpenOrder {
  Symbol symbol;
  Side side;
  Quantity remaining;  ///< Positive.
  Money notional;      ///< Of what remains.
};

/// When the session of the run date ends, as two sources say it, and what time it is.
struct SessionFacts {
  Instant now;
  std::optional<Instant> closes;  ///< By the exchange; absent: no session that day.
  std::optional<Instant> calendar_closes = std::nullopt;  ///< By our own calendar.
};

/// What the plan check knows besides orders, prices and cash. The default knows nothing.
struct PlanFacts {
  ControlRecord control = {};
  std::vector<SymbolFacts> symbols = {};  ///< Sorted by symbol.
  /// Everything held, foreign too. A name without a market price counts with its market_value.
  std::optional<Holdings> holdings = std::nullopt;
  std::optional<std::vector<OpenOrder>> open_orders = std::nullopt;
  std::optional<Money> equity = std::nullopt;  ///< Of the whole account.
  std::optional<DayUse> day = std::nullopt;
  /// Buys plus sells of each of the last batches that traded; empty: there was none.
  std::optional<std::vector<Money>> last_batches = std::nullopt;
  std::vector<Override> granted = {};  ///< Each lets one breach of its rule pass.

  const SymbolFacts* find(const Symbol& symbol) const;
};

/// Value of all positions, open orders on the side that makes each larger included.
struct Exposure {
  Money gross = Money::zero();  ///< Sum of absolute values.
  Money high = Money::zero();   ///< Signed sum, if every open buy fills and no open sell.
  Money low = Money::zero();    ///< Signed sum, if every open sell fills and no open buy.
  /// Gross value of the order's own sector; absent: a sector is not known.
  std::optional<Money> sector = std::nullopt;
};

/// What the executor knows of one order that is about to leave, and of what is open besides it.
struct ExitFacts {
  const PlannedOrder& order;  ///< As planned; what is sent now is WriteAhead::quantity.
  int attempt = 1;            ///< From 1.
  int posts = 0;              ///< How often it was sent before; above 0 this is a resend.

  /// By our ledger, signed, fills only; absent: not known.
  std::optional<Quantity> position = std::nullopt;
  /// Remaining shares of other orders of the symbol on the same side that are open or in doubt.
  Quantity open_same_side = Quantity::zero();
  std::optional<PricePoint> fresh = std::nullopt;  ///< Market price of this moment.
  const SymbolFacts* symbol = nullptr;

  /// All other orders that are open or in doubt, those of the same call included.
  Money open_notional = Money::zero();
  std::int64_t open_orders = 0;
  /// Cash by our ledger less what open buys may still cost; absent: not checked.
  std::optional<Money> free_cash = std::nullopt;
  std::optional<Money> equity = std::nullopt;
  std::optional<Exposure> exposure = std::nullopt;  ///< Without this order.

  /// Notional of this batch's orders that left before (WriteAhead::notional of each).
  Money batch_notional = Money::zero();
  /// What earlier attempts of this order filled or may still fill.
  Quantity earlier_attempts = Quantity::zero();
  /// Another intent of the batch with the same symbol, side and leg was sent.
  bool twin_sent = false;

  std::optional<SessionFacts> session = std::nullopt;
  std::span<const Override> granted = {};  ///< Permissions for this order.
};

/// What is checked before a run trades.
struct StartFacts {
  ControlRecord control = {};
  std::optional<Money> equity = std::nullopt;
  EquityMarks marks = {};
  std::optional<SessionFacts> session = std::nullopt;
  Instant now;
  std::vector<Override> granted = {};
};

/// How the orders of a batch stand.
struct BatchTally {
  std::int64_t answered = 0;  ///< Sent, and the broker's word is known.
  std::int64_t rejected = 0;  ///< Of those: refused.
  std::int64_t unknown = 0;
};
BatchTally tally_of(std::span<const OrderState> states);

}  // namespace signalbus::risk
