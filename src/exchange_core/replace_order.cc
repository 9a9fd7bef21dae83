// PATCH: a new order takes the place of an old one.
#include "exchange_core/lifecycle.h"
#include "exchange_core/orders.h"
#include "exchange_core/reserve.h"
#include "exchange_core/rules.h"

namespace signalbus::exchange_core {
namespace {

constexpr std::int64_t kShare = 1'000'000'000;

std::optional<Refusal> status_allows(const OrderRecord& record) {
  const OrderStatus status = record.order.state.status;
  switch (status) {
    case OrderStatus::kNew:
    case OrderStatus::kPartiallyFilled:
    case OrderStatus::kHeld:  // a leg: its prices may change before it is active
      return std::nullopt;
    case OrderStatus::kPendingNew:
    case OrderStatus::kAccepted:
      return malformed("unable to replace order, order isn't sent to exchange yet");
    case OrderStatus::kPendingCancel:
      return unprocessable("order pending cancel");
    case OrderStatus::kFilled:
      return unprocessable("order is already in \"filled\" state");
    case OrderStatus::kReplaced:
      return unprocessable("order already replaced");
    case OrderStatus::kCanceled:
    case OrderStatus::kExpired:
    case OrderStatus::kRejected:
      break;
  }
  return unprocessable("cannot replace order in " + std::string(to_text(status)) + " status");
}

std::optional<Refusal> quantity_allows(const OrderRecord& record, const ReplaceRequest& request) {
  const Order& order = record.order;
  if (order.is_notional()) return unprocessable("notional orders cannot be replaced");
  const bool advanced = order.order_class != OrderClass::kSimple;
  if (advanced && !request.client_order_id.empty() && order.is_leg()) {
    return unprocessable("client_order_id cannot be set for legs of advanced orders");
  }
  if (!request.qty || *request.qty == order.state.qty) return std::nullopt;
  if (advanced) return unprocessable("qty cannot be changed for advanced orders");
  if (!request.qty->is_positive()) return malformed("qty must be > 0");
  if (!record.whole || request.qty->raw() % kShare != 0) return malformed("qty must be integer");
  if (*request.qty > order.state.filled_qty) return std::nullopt;
  return unprocessable("qty must be > filled_qty");
}

std::optional<Refusal> prices_allow(const Order& order, const ReplaceRequest& request) {
  if (request.limit_price && order.state.limit_price.is_zero()) {
    return order.type == OrderType::kMarket
               ? malformed("market orders require no stop or limit price")
               : malformed("stop orders require no limit price");
  }
  const bool has_stop = order.type == OrderType::kStop || order.type == OrderType::kStopLimit;
  if (request.stop_price && !has_stop) {
    return order.type == OrderType::kMarket
               ? malformed("market orders require no stop or limit price")
               : malformed("limit orders require no stop price");
  }
  if (request.trail && order.type != OrderType::kTrailingStop) {
    return malformed("only trailing stop orders have a trail");
  }
  return std::nullopt;
}

template <class T>
bool differs(const std::optional<T>& wanted, const T& present) {
  return wanted && *wanted != present;
}

Price trail_value(const Order& order) {
  return order.trail_percent.is_zero() ? order.trail_price
                                       : Price::from_raw(order.trail_percent.raw());
}

bool changes_something(const Order& order, const ReplaceRequest& request) {
  return differs(request.qty, order.state.qty) || differs(request.tif, order.tif) ||
         differs(request.limit_price, order.state.limit_price) ||
         differs(request.stop_price, order.state.stop_price) ||
         differs(request.trail, trail_value(order)) ||
         (!request.client_order_id.empty() && request.client_order_id != order.client_order_id);
}

/// The order as it would be asked for anew, with what is still to fill.
OrderDraft changed_draft(const OrderRecord& record, const ReplaceRequest& request) {
  const Order& order = record.order;
  const OrderState& now = order.state;
  const bool percent = !order.trail_percent.is_zero();
  return {.asset = order.asset,
          .side = order.side,
          .type = order.type,
          .tif = request.tif.value_or(order.tif),
          .order_class = order.order_class,
          .intent = order.intent,
          .extended_hours = order.extended_hours,
          .client_order_id = request.client_order_id,
          .qty = request.qty.value_or(now.qty) - now.filled_qty,
          .limit_price = request.limit_price.value_or(now.limit_price),
          .stop_price = request.stop_price.value_or(now.stop_price),
          .trail_price = percent ? Price::zero() : request.trail.value_or(order.trail_price),
          .trail_percent = percent && request.trail ? Ratio::from_raw(request.trail->raw())
                                                    : order.trail_percent,
          .replaces = order.number,
          .parent = order.parent};
}

template <class T>
std::optional<T> unless_zero(T value) {
  if (value.is_zero()) return std::nullopt;
  return value;
}

OrderRequest request_of(const OrderDraft& draft, std::string_view symbol) {
  const bool trails = draft.type == OrderType::kTrailingStop;
  return {.symbol = symbol,
          .qty = draft.qty,
          .side = draft.side,
          .type = draft.type,
          .tif = draft.tif,
          .limit_price = unless_zero(draft.limit_price),
          .stop_price = trails ? std::nullopt : unless_zero(draft.stop_price),
          .trail_price = unless_zero(draft.trail_price),
          .trail_percent = unless_zero(draft.trail_percent),
          .extended_hours = draft.extended_hours,
          .client_order_id = draft.client_order_id,
          .order_class = draft.order_class};
}

/// The new order stands in the group where the old one stood.
void take_over_group(State& state, OrderRecord& old, OrderRecord& successor) {
  const OrderNumber number = successor.order.number;
  if (old.order.is_leg()) {
    for (OrderNumber& leg : state.order(old.order.parent).order.legs) {
      if (leg == old.order.number) leg = number;
    }
    return;
  }
  for (std::size_t i = 0; i < 2; ++i) {
    successor.order.legs[i] = old.order.legs[i];
    if (old.order.legs[i] != kNoOrder) state.order(old.order.legs[i]).order.parent = number;
  }
}

/// Where the new order goes on: dormant and watching legs stay as they were, others are routed.
void continue_order(State& state, OrderRecord& record, const OrderRecord& old, bool watched) {
  if (!old.order.is_leg() || (!old.dormant && !watched)) {
    record.dormant = false;
    record.order.state.status = OrderStatus::kPendingNew;
    // Before it may fill in part: what is left decides which of a pair of exits holds the shares.
    if (record.order.order_class != OrderClass::kSimple) attach(state, record);
    return route(state, record);
  }
  raise(state, EventKind::kHeld, record.order);
  if (!watched) return;
  record.dormant = false;
  record.routed = true;
  attach(state, record);
}

}  // namespace

Answer<Placed> replace_order(State& state, AccountRecord& account, OrderNumber number,
                             const ReplaceRequest& request) {
  OrderRecord& old = state.order(number);
  if (old.order.account != account.number) return not_found("order not found");
  if (auto refusal = status_allows(old)) return *std::move(refusal);
  if (auto refusal = quantity_allows(old, request)) return *std::move(refusal);
  if (auto refusal = prices_allow(old.order, request)) return *std::move(refusal);
  if (!changes_something(old.order, request)) {
    return unprocessable("order parameters are not changed");
  }
  const OrderDraft draft = changed_draft(old, request);
  const AssetRecord& asset = state.asset(draft.asset);
  const OrderRequest as_request = request_of(draft, asset.asset.terms.symbol.view());
  const OrderCheck check{.state = state,
                         .account = account,
                         .request = as_request,
                         .replaced = &old,
                         .asset = &asset,
                         .slot = find_slot(account, draft.asset)};
  if (auto refusal = check_replacement(check)) return *std::move(refusal);

  const bool was_dormant = old.dormant;
  const bool watched = old.order.state.status == OrderStatus::kHeld && old.at_market;
  OrderRecord& record = make_order(state, account, draft);
  record.stick_pending_cancel = old.stick_pending_cancel;
  take_over_group(state, old, record);
  old.order.state.replaced_by = record.order.number;
  end_order(state, old, OrderStatus::kReplaced);
  old.dormant = was_dormant;
  record.order.state.status = OrderStatus::kPendingNew;
  const Placed placed{.order = record.order.number, .state = record.order.state};
  if (old.order.is_leg() && (was_dormant || watched)) {
    record.order.state.status = OrderStatus::kHeld;
  }
  continue_order(state, record, old, watched);
  enlist(state, record);
  return placed;
}

}  // namespace signalbus::exchange_core
