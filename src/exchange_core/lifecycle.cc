#include "exchange_core/lifecycle.h"

#include <algorithm>

#include "exchange_core/groups.h"
#include "exchange_core/ledger.h"
#include "exchange_core/matching.h"
#include "exchange_core/reserve.h"
#include "exchange_core/sessions.h"

namespace signalbus::exchange_core {
namespace {

constexpr std::int64_t kShare = 1'000'000'000;

EventKind event_of(OrderStatus status) {
  switch (status) {
    case OrderStatus::kExpired:
      return EventKind::kExpired;
    case OrderStatus::kReplaced:
      return EventKind::kReplaced;
    case OrderStatus::kRejected:
      return EventKind::kRejected;
    default:
      return EventKind::kCanceled;
  }
}

Order order_of(const State& state, const AccountRecord& account, const OrderDraft& draft,
               OrderNumber number) {
  const Instant now = state.clock.now;
  return {
      .number = number,
      .account = account.number,
      .asset = draft.asset,
      .replaces = draft.replaces,
      .parent = draft.parent,
      .legs = {kNoOrder, kNoOrder},
      .side = draft.side,
      .type = draft.type,
      .tif = draft.tif,
      .order_class = draft.order_class,
      .intent = draft.intent,
      .extended_hours = draft.extended_hours,
      .client_order_id = draft.client_order_id,
      .notional = draft.notional,
      .trail_price = draft.trail_price,
      .trail_percent = draft.trail_percent,
      .created_at = now,
      .expires_at = expiry_of(state, draft.tif, draft.extended_hours),
      .state = {.status = draft.parent == kNoOrder ? OrderStatus::kPendingNew : OrderStatus::kHeld,
                .qty = draft.qty,
                .filled_qty = Quantity::zero(),
                .filled_avg_price = Price::zero(),
                .limit_price = draft.limit_price,
                .stop_price = draft.stop_price,
                .high_water_mark = Price::zero(),
                .updated_at = now,
                .ended_at = now,
                .replaced_by = kNoOrder}};
}

/// What cannot rest: without auctions opg and cls are tried once as well.
bool is_immediate(const State& state, OrderTif tif) {
  return tif == OrderTif::kIoc || tif == OrderTif::kFok ||
         (state.clock.mode == SessionMode::kAlwaysOpen &&
          (tif == OrderTif::kOpg || tif == OrderTif::kCls));
}

std::vector<OrderNumber> all_live(const State& state) {
  std::vector<OrderNumber> out;
  for (const AccountRecord& account : state.accounts) {
    out.insert(out.end(), account.live.begin(), account.live.end());
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

OrderRecord& make_order(State& state, AccountRecord& account, const OrderDraft& draft) {
  const OrderNumber number(static_cast<std::uint32_t>(state.orders.size() + 1));
  OrderRecord& record = state.orders.push({.order = order_of(state, account, draft, number)});
  Order& order = record.order;
  order.client_order_id = state.texts.store(
      draft.client_order_id.empty()
          ? std::string_view(state.ids.make(IdKind::kClientOrder, number.get()).text())
          : draft.client_order_id);
  record.notional_left = draft.notional;
  record.whole = draft.qty.raw() % kShare == 0 && !order.is_notional();
  record.dormant = order.is_leg();
  index_client_order(state, order);
  account.orders.push_back(number);
  const Asset& asset = state.asset(order.asset).asset;
  if (order.type == OrderType::kTrailingStop) follow_market(record, asset.quote.last);
  record.reserve_price = reserve_price({.side = order.side,
                                        .type = order.type,
                                        .limit = order.state.limit_price,
                                        .stop = order.state.stop_price},
                                       asset.quote);
  return record;
}

void enlist(State& state, OrderRecord& record) {
  if (record.listed || is_final(record.order.state.status)) return;
  record.listed = true;
  std::vector<OrderNumber>& live = state.account(record.order.account).live;
  live.insert(std::lower_bound(live.begin(), live.end(), record.order.number), record.order.number);
}

void route(State& state, OrderRecord& record) {
  OrderState& order_state = record.order.state;
  if (record.hold_matching) return attach(state, record);
  if (!session_takes(state, record.order)) {
    if (order_state.status != OrderStatus::kPendingCancel) {
      order_state.status = OrderStatus::kAccepted;
      raise(state, EventKind::kAccepted, record.order);
    }
    return attach(state, record);
  }
  record.routed = true;
  if (order_state.status != OrderStatus::kPendingCancel) {
    order_state.status = OrderStatus::kNew;
    order_state.updated_at = state.clock.now;
    raise(state, EventKind::kNew, record.order);
  }
  try_match(state, record);
  if (is_final(order_state.status)) return;
  if (is_immediate(state, record.order.tif)) {
    const bool cancels = record.order.tif == OrderTif::kIoc || record.order.tif == OrderTif::kFok;
    return end_order(state, record, cancels ? OrderStatus::kCanceled : OrderStatus::kExpired);
  }
  attach(state, record);
}

void finish(State& state, OrderRecord& record, OrderStatus status) {
  OrderState& order_state = record.order.state;
  SB_CHECK(!is_final(order_state.status));
  order_state.status = status;
  order_state.updated_at = state.clock.now;
  order_state.ended_at = state.clock.now;
  record.dormant = false;
  detach(state, record);
  if (record.listed) {
    record.listed = false;
    std::vector<OrderNumber>& live = state.account(record.order.account).live;
    live.erase(std::lower_bound(live.begin(), live.end(), record.order.number));
  }
}

void end_order(State& state, OrderRecord& record, OrderStatus status) {
  finish(state, record, status);
  raise(state, event_of(status), record.order);
  if (status != OrderStatus::kReplaced) settle_group(state, record);
}

void expire_due(State& state, Instant cutoff) {
  for (const OrderNumber number : all_live(state)) {
    OrderRecord& record = state.order(number);
    if (is_final(record.order.state.status) || record.order.expires_at > cutoff) continue;
    const bool old = record.order.tif == OrderTif::kGtc;
    end_order(state, record, old ? OrderStatus::kCanceled : OrderStatus::kExpired);
  }
}

void cancel_hard_to_borrow(State& state) {
  for (const OrderNumber number : all_live(state)) {
    OrderRecord& record = state.order(number);
    if (is_final(record.order.state.status)) continue;
    if (record.order.intent != PositionIntent::kSellToOpen) continue;
    const AssetTerms& terms = state.asset(record.order.asset).asset.terms;
    if (!terms.easy_to_borrow || !terms.shortable) {
      end_order(state, record, OrderStatus::kCanceled);
    }
  }
}

}  // namespace signalbus::exchange_core
