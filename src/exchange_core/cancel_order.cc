// DELETE of orders and positions.
#include "exchange_core/ledger.h"
#include "exchange_core/lifecycle.h"
#include "exchange_core/matching.h"
#include "exchange_core/orders.h"
#include "exchange_core/reserve.h"
#include "exchange_core/rules.h"

namespace signalbus::exchange_core {
namespace {

constexpr std::int64_t kShare = 1'000'000'000;
constexpr std::int64_t kHundredPercent = 100'000'000'000;  // of Ratio

void request_cancel(State& state, OrderRecord& record) {
  if (record.order.state.status == OrderStatus::kPendingCancel) return;
  if (!record.stick_pending_cancel) return end_order(state, record, OrderStatus::kCanceled);
  record.order.state.status = OrderStatus::kPendingCancel;
  record.order.state.updated_at = state.clock.now;
  raise(state, EventKind::kPendingCancel, record.order);
}

/// A percentage gives whole shares where the position has whole shares.
Quantity quantity_to_close(const Slot& slot, const CloseRequest& request) {
  const Quantity held = slot.qty.abs();
  if (request.qty) return *request.qty;
  if (!request.percentage) return held;
  const Int128 share = static_cast<Int128>(held.raw()) * request.percentage->raw();
  const auto part = static_cast<std::int64_t>(share / kHundredPercent);
  const bool whole = held.raw() % kShare == 0;
  return Quantity::from_raw(whole ? part / kShare * kShare : part);
}

}  // namespace

Answer<Done> cancel_order(State& state, AccountRecord& account, OrderNumber number) {
  OrderRecord& record = state.order(number);
  if (record.order.account != account.number) return not_found("order not found");
  const OrderStatus status = record.order.state.status;
  if (status == OrderStatus::kCanceled) return Done{};
  if (is_final(status)) {
    return unprocessable("order is already in \"" + std::string(to_text(status)) + "\" state");
  }
  request_cancel(state, record);
  return Done{};
}

std::vector<CanceledOrder> cancel_all_orders(State& state, AccountRecord& account) {
  const std::vector<OrderNumber> numbers = account.live;
  std::vector<CanceledOrder> out;
  out.reserve(numbers.size());
  for (const OrderNumber number : numbers) {
    OrderRecord& record = state.order(number);
    if (!is_final(record.order.state.status)) request_cancel(state, record);
    out.push_back({number, std::nullopt});
  }
  return out;
}

void drop_orders(State& state, AccountRecord& account, AssetNumber asset) {
  for (const OrderNumber number : std::vector<OrderNumber>(account.live)) {
    OrderRecord& record = state.order(number);
    if (record.order.asset != asset || is_final(record.order.state.status)) continue;
    end_order(state, record, OrderStatus::kCanceled);
  }
}

Answer<Placed> close_one_position(State& state, AccountRecord& account, std::string_view symbol,
                                  const CloseRequest& request) {
  const std::optional<AssetNumber> asset = find_asset(state, symbol);
  if (!asset) return not_found("symbol not found: " + std::string(symbol));
  const Slot* const slot = find_slot(account, *asset);
  if (slot == nullptr || slot->qty.is_zero()) return not_found("position does not exist");
  if (request.qty && request.percentage) {
    return malformed("only one of qty or percentage is accepted");
  }
  if (request.percentage &&
      (!request.percentage->is_positive() || request.percentage->raw() > kHundredPercent)) {
    return malformed("percentage must be > 0 and <= 100");
  }
  const OrderRequest order{.symbol = state.asset(*asset).asset.terms.symbol.view(),
                           .qty = quantity_to_close(*slot, request),
                           .side = slot->qty.is_negative() ? OrderSide::kBuy : OrderSide::kSell,
                           .type = OrderType::kMarket,
                           .tif = OrderTif::kDay};
  return submit_order(state, account, order, {});
}

void release_order(State& state, OrderRecord& record) {
  if (is_final(record.order.state.status)) return;
  record.stick_pending_cancel = false;
  if (record.order.state.status == OrderStatus::kPendingCancel) {
    return end_order(state, record, OrderStatus::kCanceled);
  }
  if (!record.hold_matching) return;
  record.hold_matching = false;
  if (!record.dormant) route(state, record);
}

}  // namespace signalbus::exchange_core
