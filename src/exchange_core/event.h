// Event and Activity: what happened, in the order in which it happened.
#pragma once

#include <cstdint>

#include "core/money.h"
#include "core/time.h"
#include "exchange_core/identity.h"
#include "exchange_core/order.h"
#include "exchange_core/words.h"

namespace signalbus::exchange_core {

/// One trade_updates message.
struct Event {
  std::uint64_t sequence;  ///< From 1, over all accounts; also makes the execution id of non-fills.
  EventKind kind;
  AccountNumber account;
  OrderNumber order;
  Instant at;
  OrderState state;       ///< The order as it was then.
  Quantity qty;           ///< Fills: of this execution; zero else.
  Price price;            ///< Fills: of this execution; zero else.
  Quantity position_qty;  ///< Fills: the resulting position, negative for a short.
};

/// One row of /v2/account/activities. Fields that a kind does not use are zero or none.
struct Activity {
  std::uint64_t sequence;  ///< Of the same count as events, so both can be merged.
  ActivityKind kind;
  AccountNumber account;
  AssetNumber asset;    ///< kNoAsset: no symbol.
  OrderNumber order;    ///< Fills.
  OrderSide side;       ///< Fills.
  bool ends_order;      ///< Fills: type "fill" rather than "partial_fill".
  Instant at;           ///< transaction_time, or when it was booked.
  TradeDate date;       ///< In New York.
  Quantity qty;         ///< Fills: executed. Dividends: held. Splits, share journals: change.
  Price price;          ///< Fills: execution. Dividends: per share. Share journals: entry.
  Quantity cum_qty;     ///< Fills: of the order, with this one.
  Quantity leaves_qty;  ///< Fills: still open.
  Money net_amount;     ///< Change of cash (fills too), signed.
  std::uint32_t group;  ///< Rows of one split share it; 0: none.
  std::uint32_t note;   ///< Exchange::note(): description or sub-type; 0: none.
};

/// Equity at the end of one session, for the portfolio history.
struct EquityPoint {
  TradeDate date;
  Instant at;  ///< The close.
  Money equity;
  Money cash;
  Money flow;  ///< Deposits less withdrawals since the point before, share journals included.
};

}  // namespace signalbus::exchange_core
