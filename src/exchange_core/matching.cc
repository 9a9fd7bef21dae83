#include "exchange_core/matching.h"

#include <algorithm>

#include "exchange_core/groups.h"
#include "exchange_core/ledger.h"
#include "exchange_core/lifecycle.h"
#include "exchange_core/reserve.h"
#include "exchange_core/sessions.h"

namespace signalbus::exchange_core {
namespace {

constexpr std::int64_t kShare = 1'000'000'000;
constexpr std::int64_t kUnit = 1'000'000'000;  // of Price and Ratio

bool may_match(const State& state, const OrderRecord& record) {
  return !record.hold_matching && !record.dormant && record.routed &&
         !state.asset(record.order.asset).asset.halted && session_fills(state, record.order);
}

bool is_stop(OrderType type) {
  return type == OrderType::kStop || type == OrderType::kStopLimit ||
         type == OrderType::kTrailingStop;
}

/// Whether the stop price is or was reached.
bool reached(State& state, OrderRecord& record, Price last) {
  if (record.triggered) return true;
  if (last.is_zero()) return false;
  if (record.order.type == OrderType::kTrailingStop) follow_market(record, last);
  const Price stop = record.order.state.stop_price;
  if (record.order.side == OrderSide::kBuy ? last < stop : last > stop) return false;
  record.triggered = true;
  stop_triggered(state, record);
  return true;
}

/// Zero: it cannot fill now.
Price execution_price(State& state, OrderRecord& record, const Quote& quote) {
  const Order& order = record.order;
  if (is_stop(order.type) && !reached(state, record, quote.last)) return Price::zero();
  const bool buys = order.side == OrderSide::kBuy;
  const Price price = buys ? quote.ask : quote.bid;
  const Price limit = order.state.limit_price;
  if (limit.is_zero() || price.is_zero()) return price;
  return (buys ? price <= limit : price >= limit) ? price : Price::zero();
}

/// A share of the order's rest that a hook or chance asks for; zero: all of it.
Ratio share_to_fill(State& state, OrderRecord& record, AssetRecord& asset) {
  if (record.order.tif == OrderTif::kFok) return Ratio::zero();
  if (!record.forced_share.is_zero()) return std::exchange(record.forced_share, Ratio::zero());
  if (!asset.forced_share.is_zero()) return std::exchange(asset.forced_share, Ratio::zero());
  const std::int64_t probability = state.partial_fill_probability.raw();
  if (probability == 0) return Ratio::zero();
  if (draw(state, kUnit) >= static_cast<std::uint64_t>(probability)) return Ratio::zero();
  return Ratio::from_raw(static_cast<std::int64_t>(1 + draw(state, 99)) * (kUnit / 100));
}

Quantity part_of(Quantity whole, Ratio share, bool whole_shares) {
  const auto raw =
      static_cast<std::int64_t>(static_cast<Int128>(whole.raw()) * share.raw() / kUnit);
  if (!whole_shares) return Quantity::from_raw(std::max<std::int64_t>(raw, 1));
  return Quantity::from_raw(std::max(raw / kShare * kShare, kShare));
}

/// All that is left of it, in shares at that price.
Quantity rest_of(const OrderRecord& record, Price price) {
  if (!record.order.is_notional()) return record.leaves();
  const Result<Quantity> shares = shares_toward_zero(record.notional_left, price);
  const Quantity all = shares.ok() ? shares.value() : Quantity::zero();
  return opens_position(record.order.intent) ? all : std::min(all, record.close_max);
}

struct Execution {
  Quantity qty;
  Price price;
  bool ends_order;
};

void record_fill(State& state, const OrderRecord& record, const Execution& fill, Money paid,
                 Quantity position, AccountRecord& account) {
  const Order& order = record.order;
  Event& event = raise(state, fill.ends_order ? EventKind::kFill : EventKind::kPartialFill, order);
  event.qty = fill.qty;
  event.price = fill.price;
  event.position_qty = position;
  account.activities.push({.sequence = event.sequence,
                           .kind = ActivityKind::kFill,
                           .account = order.account,
                           .asset = order.asset,
                           .order = order.number,
                           .side = order.side,
                           .ends_order = fill.ends_order,
                           .at = state.clock.now,
                           .date = state.clock.day,
                           .qty = fill.qty,
                           .price = fill.price,
                           .cum_qty = order.state.filled_qty,
                           .leaves_qty = fill.ends_order ? Quantity::zero() : record.leaves(),
                           .net_amount = paid,
                           .group = 0,
                           .note = 0});
}

void add_to_order(OrderRecord& record, const Execution& fill, Money paid, Instant now) {
  OrderState& order = record.order.state;
  const bool first = order.filled_qty.is_zero();
  record.filled_value += static_cast<Int128>(fill.qty.raw()) * fill.price.raw();
  order.filled_qty += fill.qty;
  order.filled_avg_price =
      first ? fill.price
            : Price::from_raw(static_cast<std::int64_t>(
                  divide(record.filled_value, order.filled_qty.raw(), Rounding::kHalfEven)));
  order.updated_at = now;
  if (!record.order.is_notional()) return;
  record.notional_left = std::max(Money::zero(), record.notional_left - paid.abs());
  record.close_max = std::max(Quantity::zero(), record.close_max - fill.qty);
}

void execute(State& state, OrderRecord& record, Execution fill) {
  Order& order = record.order;
  AccountRecord& account = state.account(order.account);
  Slot& slot = slot_of(state, account, order.asset);
  const Money paid = book_trade(state, account, slot,
                                order.side == OrderSide::kBuy ? fill.qty : -fill.qty, fill.price);
  const Quantity position = slot.qty;
  add_to_order(record, fill, paid, state.clock.now);
  // A part whose cents were rounded up may have taken all of the money.
  if (order.is_notional() && record.notional_left.is_zero()) fill.ends_order = true;
  if (fill.ends_order) {
    finish(state, record, OrderStatus::kFilled);
    record_fill(state, record, fill, paid, position, account);
    settle_group(state, record);
    return;
  }
  if (order.state.status != OrderStatus::kPendingCancel) {
    order.state.status = OrderStatus::kPartiallyFilled;
  }
  if (record.at_market) update_reserves(state, record);
  record_fill(state, record, fill, paid, position, account);
  state.rests.push_back(order.number);
  shrink_sibling(state, record);
}

}  // namespace

void try_match(State& state, OrderRecord& record) {
  if (!may_match(state, record)) return;
  AssetRecord& asset = state.asset(record.order.asset);
  const Price price = execution_price(state, record, asset.asset.quote);
  if (price.is_zero()) return;
  const Quantity rest = rest_of(record, price);
  if (!rest.is_positive()) return;
  const Ratio share = share_to_fill(state, record, asset);
  const Quantity qty = share.is_zero() ? rest : std::min(rest, part_of(rest, share, record.whole));
  execute(state, record, {.qty = qty, .price = price, .ends_order = qty == rest});
}

void match_asset(State& state, AssetNumber asset) {
  if (state.asset(asset).open.empty()) return;
  // Fills change the list while it is walked: a copy decides who is looked at.
  std::vector<OrderNumber> numbers = std::move(state.scratch);
  numbers = state.asset(asset).open;
  for (const OrderNumber number : numbers) {
    OrderRecord& record = state.order(number);
    if (!record.at_market) continue;
    const bool waits = !record.routed && record.order.state.status != OrderStatus::kHeld;
    if (waits && !record.hold_matching && session_takes(state, record.order)) {
      route(state, record);
    } else {
      try_match(state, record);
    }
  }
  state.scratch = std::move(numbers);
}

void match_all(State& state) {
  for (const AssetRecord& asset : state.assets) match_asset(state, asset.asset.number);
}

void match_rests(State& state) {
  const std::vector<OrderNumber> numbers = std::exchange(state.rests, {});
  for (const OrderNumber number : numbers) {
    OrderRecord& record = state.order(number);
    if (record.at_market) try_match(state, record);
  }
}

void run_auction(State& state, OrderTif tif) {
  std::vector<OrderNumber> queued;
  for (const AssetRecord& asset : state.assets) {
    for (const OrderNumber number : asset.open) {
      if (state.order(number).order.tif == tif) queued.push_back(number);
    }
  }
  std::sort(queued.begin(), queued.end());
  state.clock.in_auction = true;
  for (const OrderNumber number : queued) {
    OrderRecord& record = state.order(number);
    if (!record.at_market) continue;
    if (!record.hold_matching) route(state, record);
    if (!is_final(record.order.state.status)) end_order(state, record, OrderStatus::kExpired);
  }
  state.clock.in_auction = false;
}

Price trail_of(Price mark, Price trail_price, Ratio trail_percent) {
  if (trail_percent.is_zero()) return trail_price;
  const std::int64_t step = mark.raw() >= kUnit ? kUnit / 100 : kUnit / 10'000;
  const Int128 scaled = static_cast<Int128>(mark.raw()) * trail_percent.raw();
  return Price::from_raw(static_cast<std::int64_t>(
      divide(scaled, static_cast<Int128>(100) * kUnit * step, Rounding::kHalfEven) * step));
}

void follow_market(OrderRecord& record, Price last) {
  if (last.is_zero()) return;
  OrderState& order = record.order.state;
  const bool buys = record.order.side == OrderSide::kBuy;
  const Price mark = order.high_water_mark;
  if (!mark.is_zero() && (buys ? last >= mark : last <= mark)) return;
  order.high_water_mark = last;
  const Price trail = trail_of(last, record.order.trail_price, record.order.trail_percent);
  order.stop_price = buys ? last + trail : last - trail;
}

}  // namespace signalbus::exchange_core
