#include "exchange_core/groups.h"

#include <algorithm>

#include "exchange_core/ledger.h"
#include "exchange_core/lifecycle.h"
#include "exchange_core/matching.h"
#include "exchange_core/reserve.h"

namespace signalbus::exchange_core {
namespace {

/// The other one of a pair of exits, when it is not final.
OrderRecord* live_sibling(State& state, OrderRecord& record) {
  OrderRecord* const root = root_of(state, record);
  if (root == nullptr) return nullptr;
  const bool oco = root->order.order_class == OrderClass::kOco;
  const OrderNumber exits[2] = {oco ? root->order.number : root->order.legs[0],
                                root->order.legs[1]};
  if (record.order.number != exits[0] && record.order.number != exits[1]) return nullptr;
  const OrderNumber other = record.order.number == exits[0] ? exits[1] : exits[0];
  if (other == kNoOrder) return nullptr;
  OrderRecord& sibling = state.order(other);
  return is_final(sibling.order.state.status) ? nullptr : &sibling;
}

void end_rest(State& state, OrderRecord& root, OrderStatus status) {
  for (const OrderNumber number : {root.order.number, root.order.legs[0], root.order.legs[1]}) {
    if (number == kNoOrder) continue;
    OrderRecord& record = state.order(number);
    if (is_final(record.order.state.status)) continue;
    finish(state, record, status);
    raise(state, status == OrderStatus::kExpired ? EventKind::kExpired : EventKind::kCanceled,
          record.order);
  }
}

/// What the exits are for: all that was bought, unless part of it was given to other exits (or
/// sold) while the entry was only partly filled.
Quantity exit_quantity(State& state, const OrderRecord& entry) {
  const Slot& slot = slot_of(state, state.account(entry.order.account), entry.order.asset);
  return std::min(entry.order.state.filled_qty, available(slot));
}

void wake_legs(State& state, OrderRecord& entry) {
  const Quantity quantity = exit_quantity(state, entry);
  if (!quantity.is_positive()) return end_rest(state, entry, OrderStatus::kCanceled);
  for (const OrderNumber number : entry.order.legs) {
    if (number != kNoOrder) state.order(number).order.state.qty = quantity;
  }
  OrderNumber first = entry.order.legs[0];
  OrderNumber stop = entry.order.legs[1];
  if (stop != kNoOrder) {
    OrderRecord& leg = state.order(stop);
    leg.dormant = false;
    if (first == kNoOrder) {
      std::swap(first, stop);
    } else {
      leg.routed = true;  // it watches the price, but stays `held`
    }
  }
  if (first == kNoOrder) return;
  OrderRecord& leg = state.order(first);
  leg.dormant = false;
  attach(state, leg);
  if (stop != kNoOrder) attach(state, state.order(stop));
  route(state, leg);
  if (stop != kNoOrder && state.order(stop).at_market) try_match(state, state.order(stop));
}

}  // namespace

OrderRecord* root_of(State& state, OrderRecord& record) {
  if (record.order.is_leg()) return &state.order(record.order.parent);
  const bool has_legs = record.order.legs[0] != kNoOrder || record.order.legs[1] != kNoOrder;
  return has_legs ? &record : nullptr;
}

void settle_group(State& state, OrderRecord& ended) {
  OrderRecord* const root = root_of(state, ended);
  if (root == nullptr) return;
  const OrderStatus status = ended.order.state.status;
  const bool is_entry = root == &ended && root->order.order_class != OrderClass::kOco;
  if (is_entry && status == OrderStatus::kFilled) return wake_legs(state, ended);
  end_rest(state, *root,
           status == OrderStatus::kExpired ? OrderStatus::kExpired : OrderStatus::kCanceled);
}

void shrink_sibling(State& state, OrderRecord& filled) {
  OrderRecord* const sibling = live_sibling(state, filled);
  if (sibling == nullptr) return;
  sibling->order.state.qty = sibling->order.state.filled_qty + filled.leaves();
  sibling->order.state.updated_at = state.clock.now;
  update_reserves(state, *sibling);
  raise(state, EventKind::kRestated, sibling->order);
}

void stop_triggered(State& state, OrderRecord& record) {
  OrderRecord* const sibling = live_sibling(state, record);
  if (sibling == nullptr) return;
  finish(state, *sibling, OrderStatus::kCanceled);
  raise(state, EventKind::kCanceled, sibling->order);
  if (record.order.state.status == OrderStatus::kHeld) {
    record.order.state.status = OrderStatus::kNew;
    record.order.state.updated_at = state.clock.now;
    raise(state, EventKind::kNew, record.order);
  }
  if (record.at_market) update_reserves(state, record);
}

}  // namespace signalbus::exchange_core
