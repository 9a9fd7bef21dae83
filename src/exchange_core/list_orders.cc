// GET /v2/orders: filters over one account's orders, in the order of submission.
#include <algorithm>

#include "exchange_core/queries.h"
#include "exchange_core/state.h"

namespace signalbus::exchange_core {
namespace {

bool in_scope(const Order& order, OrderScope scope) {
  if (scope == OrderScope::kAll) return true;
  return is_final(order.state.status) == (scope == OrderScope::kClosed);
}

bool matches(const State& state, const Order& order, const OrderFilter& filter) {
  if (filter.side && order.side != *filter.side) return false;
  const std::vector<AssetNumber>& assets = filter.assets;
  if (!assets.empty() && std::find(assets.begin(), assets.end(), order.asset) == assets.end()) {
    return false;
  }
  if (in_scope(order, filter.scope)) return true;
  return filter.nested &&
         std::any_of(std::begin(order.legs), std::end(order.legs), [&](OrderNumber leg) {
           return leg != kNoOrder && in_scope(state.order(leg).order, filter.scope);
         });
}

/// The part of the account's orders that the exclusive bounds leave.
std::span<const OrderNumber> within_bounds(const State& state, std::span<const OrderNumber> orders,
                                           const OrderFilter& filter) {
  auto first = orders.begin();
  auto last = orders.end();
  if (filter.after_order != kNoOrder) {
    first = std::upper_bound(first, last, filter.after_order);
  }
  if (filter.before_order != kNoOrder) {
    last = std::lower_bound(first, last, filter.before_order);
  }
  if (filter.after) {
    first = std::partition_point(first, last, [&](OrderNumber number) {
      return state.order(number).order.created_at <= *filter.after;
    });
  }
  if (filter.until) {
    last = std::partition_point(first, last, [&](OrderNumber number) {
      return state.order(number).order.created_at < *filter.until;
    });
  }
  return {first, last};
}

}  // namespace

std::vector<OrderNumber> list_orders(const Exchange& exchange, AccountNumber account,
                                     const OrderFilter& filter) {
  const State& state = exchange.state();
  const AccountRecord& record = state.account(account);
  // Open orders are kept apart, so that polling them does not walk the history. A nested parent may
  // be final while its legs are open, so nested lists need all.
  const bool live_only = filter.scope == OrderScope::kOpen && !filter.nested;
  const std::span<const OrderNumber> orders =
      within_bounds(state, live_only ? record.live : record.orders, filter);
  std::vector<OrderNumber> out;
  const auto take = [&](OrderNumber number) {
    const Order& order = state.order(number).order;
    if (filter.nested && order.is_leg()) return;
    if (matches(state, order, filter)) out.push_back(number);
  };
  for (std::size_t i = 0; i < orders.size() && out.size() < filter.limit; ++i) {
    take(filter.direction == Direction::kAscending ? orders[i] : orders[orders.size() - 1 - i]);
  }
  return out;
}

}  // namespace signalbus::exchange_core
