// What happens to positions and cash outside of trading.
#include "exchange_core/ledger.h"
#include "exchange_core/lifecycle.h"
#include "exchange_core/orders.h"
#include "exchange_core/reserve.h"

namespace signalbus::exchange_core {
namespace {

constexpr std::int64_t kShare = 1'000'000'000;

struct SplitRatio {
  std::uint32_t numerator;
  std::uint32_t denominator;

  Quantity of(Quantity old) const {
    return Quantity::from_raw(
        static_cast<std::int64_t>(static_cast<Int128>(old.raw()) * numerator / denominator));
  }
  Price of(Price old) const {
    return Price::from_raw(static_cast<std::int64_t>(
        divide(static_cast<Int128>(old.raw()) * denominator, numerator, Rounding::kHalfEven)));
  }
};

Activity activity(State& state, const AccountRecord& account, ActivityKind kind,
                  AssetNumber asset) {
  return {.sequence = ++state.sequence,
          .kind = kind,
          .account = account.number,
          .asset = asset,
          .order = kNoOrder,
          .side = OrderSide::kBuy,
          .ends_order = false,
          .at = state.clock.now,
          .date = state.clock.day,
          .qty = Quantity::zero(),
          .price = Price::zero(),
          .cum_qty = Quantity::zero(),
          .leaves_qty = Quantity::zero(),
          .net_amount = Money::zero(),
          .group = 0,
          .note = 0};
}

void split_order(State& state, OrderRecord& record, SplitRatio ratio) {
  OrderState& order = record.order.state;
  const bool priced = !order.limit_price.is_zero() || !order.stop_price.is_zero();
  // The parts are cut one by one: what is left to sell stays within the position, which is cut too.
  const Quantity left = ratio.of(record.leaves());
  order.filled_qty = ratio.of(order.filled_qty);
  order.qty = order.filled_qty + left;
  order.filled_avg_price = ratio.of(order.filled_avg_price);
  order.limit_price = ratio.of(order.limit_price);
  order.stop_price = ratio.of(order.stop_price);
  order.high_water_mark = ratio.of(order.high_water_mark);
  record.order.trail_price = ratio.of(record.order.trail_price);
  record.reserve_price = ratio.of(record.reserve_price);
  record.close_max = ratio.of(record.close_max);
  record.whole = record.whole && order.qty.raw() % kShare == 0;
  order.updated_at = state.clock.now;
  const bool vanished = priced && order.limit_price.is_zero() && order.stop_price.is_zero();
  if (vanished || (!record.order.is_notional() && !record.leaves().is_positive())) {
    return end_order(state, record, OrderStatus::kCanceled);
  }
  raise(state, EventKind::kRestated, record.order);
}

void split_position(State& state, AccountRecord& account, Slot& slot, SplitRatio ratio,
                    std::uint32_t group) {
  const Quantity before = slot.qty;
  slot.qty = ratio.of(before);
  if (slot.qty.is_zero()) slot.cost = slot.day_cost = 0;
  revalue(state, account, slot);
  if (before.is_zero()) return;
  for (const Quantity change : {-before, slot.qty}) {
    Activity row = activity(state, account, ActivityKind::kSplit, slot.asset);
    row.qty = change;
    row.group = group;
    account.activities.push(row);
  }
}

}  // namespace

void split_asset(State& state, AssetNumber number, std::uint32_t numerator,
                 std::uint32_t denominator) {
  SB_CHECK(numerator > 0 && denominator > 0);
  const SplitRatio ratio{numerator, denominator};
  AssetRecord& record = state.asset(number);
  Asset& asset = record.asset;
  asset.quote = {ratio.of(asset.quote.bid), ratio.of(asset.quote.ask), ratio.of(asset.quote.last)};
  asset.last_day_price = ratio.of(asset.last_day_price);
  record.close_price = ratio.of(record.close_price);
  const std::uint32_t group = ++state.groups;
  for (const AccountNumber holder : record.holders) {
    AccountRecord& account = state.account(holder);
    // Orders give their shares back before the position shrinks, and take them again after it.
    std::vector<OrderRecord*> orders;
    for (const OrderNumber live : account.live) {
      if (state.order(live).order.asset == number) orders.push_back(&state.order(live));
    }
    for (OrderRecord* order : orders) {
      if (!is_final(order->order.state.status)) split_order(state, *order, ratio);
    }
    split_position(state, account, slot_of(state, account, number), ratio, group);
    for (OrderRecord* order : orders) update_reserves(state, *order);
  }
}

void pay_dividend(State& state, AssetNumber number, Price per_share) {
  for (const AccountNumber holder : state.asset(number).holders) {
    AccountRecord& account = state.account(holder);
    const Quantity held = slot_of(state, account, number).qty;
    if (held.is_zero()) continue;
    Activity row = activity(state, account, ActivityKind::kDividend, number);
    row.qty = held;
    row.price = per_share;
    row.net_amount = to_the_cent(held, per_share);
    account.cash += row.net_amount;
    account.activities.push(row);
  }
}

void move_cash(State& state, AccountRecord& account, ActivityKind kind, Money amount,
               std::string_view note) {
  Activity row = activity(state, account, kind, kNoAsset);
  row.net_amount = amount;
  row.note = keep_note(state, note);
  account.cash += amount;
  const bool flow = kind == ActivityKind::kDeposit || kind == ActivityKind::kWithdrawal ||
                    kind == ActivityKind::kCashJournal;
  if (flow) {
    account.flow_today += amount;
    account.flow_since_point += amount;
  }
  account.activities.push(row);
}

void set_position(State& state, AccountRecord& account, AssetNumber number, Quantity qty,
                  Price avg_entry_price) {
  drop_orders(state, account, number);
  Slot& slot = slot_of(state, account, number);
  Activity row = activity(state, account, ActivityKind::kShareJournal, number);
  row.qty = qty - slot.qty;
  row.price = avg_entry_price;
  const Money before = slot.value;
  slot.qty = qty;
  slot.cost = static_cast<Int128>(qty.raw()) * avg_entry_price.raw();
  slot.day_cost = slot.cost;
  revalue(state, account, slot);
  account.flow_today += slot.value - before;
  account.flow_since_point += slot.value - before;
  account.activities.push(row);
}

}  // namespace signalbus::exchange_core
