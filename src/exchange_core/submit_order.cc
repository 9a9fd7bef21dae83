// From a request to an order, or to several of a group.
#include "exchange_core/lifecycle.h"
#include "exchange_core/matching.h"
#include "exchange_core/orders.h"
#include "exchange_core/reserve.h"
#include "exchange_core/rules.h"

namespace signalbus::exchange_core {
namespace {

OrderDraft draft_of(const OrderCheck& check) {
  const OrderRequest& request = check.request;
  OrderDraft draft{.asset = check.asset->asset.number,
                   .side = *request.side,
                   .type = *request.type,
                   .tif = *request.tif,
                   .order_class = *request.order_class,
                   .intent = check.intent(),
                   .extended_hours = request.extended_hours,
                   .client_order_id = request.client_order_id,
                   .qty = request.qty.value_or(Quantity::zero()),
                   .notional = request.notional.value_or(Money::zero()),
                   .limit_price = request.limit_price.value_or(Price::zero()),
                   .stop_price = request.stop_price.value_or(Price::zero()),
                   .trail_price = request.trail_price.value_or(Price::zero()),
                   .trail_percent = request.trail_percent.value_or(Ratio::zero())};
  if (draft.order_class == OrderClass::kOco && request.take_profit) {
    draft.limit_price = request.take_profit->limit_price.value_or(draft.limit_price);
  }
  return draft;
}

/// An exit leg of `root`, for the same quantity.
OrderDraft exit_draft(const Order& root) {
  const bool entry = root.order_class != OrderClass::kOco;
  const bool sells = (root.side == OrderSide::kBuy) == entry;
  return {.asset = root.asset,
          .side = sells ? OrderSide::kSell : OrderSide::kBuy,
          .type = OrderType::kLimit,
          .tif = root.tif,
          .order_class = root.order_class,
          .intent = sells ? PositionIntent::kSellToClose : PositionIntent::kBuyToClose,
          .qty = root.state.qty,
          .parent = root.number};
}

OrderNumber make_leg(State& state, AccountRecord& account, const OrderDraft& draft) {
  OrderRecord& leg = make_order(state, account, draft);
  raise(state, EventKind::kHeld, leg.order);
  return leg.order.number;
}

void make_legs(State& state, AccountRecord& account, Order& root, const OrderRequest& request) {
  const bool entry = root.order_class != OrderClass::kOco;
  if (entry && request.take_profit && request.take_profit->limit_price) {
    OrderDraft draft = exit_draft(root);
    draft.limit_price = *request.take_profit->limit_price;
    root.legs[0] = make_leg(state, account, draft);
  }
  if (request.stop_loss && request.stop_loss->stop_price) {
    OrderDraft draft = exit_draft(root);
    draft.stop_price = *request.stop_loss->stop_price;
    draft.type = OrderType::kStop;
    if (request.stop_loss->limit_price) {
      draft.limit_price = *request.stop_loss->limit_price;
      draft.type = OrderType::kStopLimit;
    }
    root.legs[1] = make_leg(state, account, draft);
  }
}

/// The stop of an oco watches the price from the start.
void wake_oco_stop(State& state, const Order& root) {
  OrderRecord& stop = state.order(root.legs[1]);
  if (is_final(stop.order.state.status)) return;
  stop.dormant = false;
  stop.routed = true;
  attach(state, stop);
  try_match(state, stop);
}

void start(State& state, OrderRecord& record, const SubmitHooks& hooks) {
  if (hooks.reject_async) return end_order(state, record, OrderStatus::kRejected);
  route(state, record);
  Order& order = record.order;
  if (order.order_class == OrderClass::kOco && !is_final(order.state.status)) {
    wake_oco_stop(state, order);
  }
  enlist(state, record);
  for (const OrderNumber leg : order.legs) {
    if (leg != kNoOrder) enlist(state, state.order(leg));
  }
}

}  // namespace

Answer<Placed> submit_order(State& state, AccountRecord& account, const OrderRequest& request,
                            const SubmitHooks& hooks) {
  prefetch_client_order(state, account.number, request.client_order_id);
  OrderCheck check{.state = state, .account = account, .request = request};
  if (std::optional<Refusal> refusal = check_order(check)) return *std::move(refusal);
  OrderRecord& record = make_order(state, account, draft_of(check));
  Order& order = record.order;
  if (order.is_notional() && !opens_position(order.intent)) record.close_max = check.shares();
  record.hold_matching = hooks.hold_matching;
  record.stick_pending_cancel = hooks.stick_pending_cancel;
  record.forced_share = hooks.fill_share.value_or(Ratio::zero());
  raise(state, EventKind::kPendingNew, order);
  Placed placed{.order = order.number, .state = order.state};
  if (order.order_class != OrderClass::kSimple) make_legs(state, account, order, request);
  start(state, record, hooks);
  if (order.state.status == OrderStatus::kAccepted) placed.state = order.state;
  return placed;
}

}  // namespace signalbus::exchange_core
