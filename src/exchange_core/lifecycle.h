// The life of an order: made, routed, ended. Every change of status happens here or in matching.cc.
#pragma once

#include "exchange_core/state.h"

namespace signalbus::exchange_core {

/// What a new order is made of: fixed fields, and its state apart from status and times.
struct OrderDraft {
  AssetNumber asset;
  OrderSide side;
  OrderType type;
  OrderTif tif;
  OrderClass order_class;
  PositionIntent intent;
  bool extended_hours = false;
  std::string_view client_order_id = {};
  Quantity qty = Quantity::zero();
  Money notional = Money::zero();
  Price limit_price = Price::zero();
  Price stop_price = Price::zero();
  Price trail_price = Price::zero();
  Ratio trail_percent = Ratio::zero();
  OrderNumber replaces = kNoOrder;
  OrderNumber parent = kNoOrder;
};

/// Numbers and stores the order as pending_new (a leg: held). No event, not routed yet.
OrderRecord& make_order(State& state, AccountRecord& account, const OrderDraft& draft);

/// Sends a pending order on: `accepted` when the session does not take it yet, else `new`, tried
/// against the quote; what may not rest (ioc, fok) ends at once.
void route(State& state, OrderRecord& record);

/// Keeps a live order in its account's list. To be called once an order has survived its command.
void enlist(State& state, OrderRecord& record);

/// Ends a live order (kCanceled, kExpired, kRejected, kReplaced) with its event, and what hangs on
/// it: see groups.h.
void end_order(State& state, OrderRecord& record, OrderStatus status);

/// The same without the consequences for its group; also for kFilled, whose event is the fill.
void finish(State& state, OrderRecord& record, OrderStatus status);

/// Every live order whose expires_at is not after `cutoff`: expired, old gtc orders canceled.
void expire_due(State& state, Instant cutoff);

/// Short sales of what is no longer easy to borrow.
void cancel_hard_to_borrow(State& state);

}  // namespace signalbus::exchange_core
