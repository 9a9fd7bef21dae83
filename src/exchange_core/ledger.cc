#include "exchange_core/ledger.h"

#include <algorithm>

namespace signalbus::exchange_core {
namespace {

constexpr std::int64_t kProductToMicros = 1'000'000'000'000;      // 1e-18 to 1e-6
constexpr std::int64_t kProductToCents = 10'000'000'000'000'000;  // 1e-18 to 1e-2
constexpr std::int64_t kCentInMicros = 10'000;
constexpr std::int64_t kValueMax = 100'000'000'000 * 1'000'000LL;
const Money kMarginEquityMin = Money::whole(2'000);

Int128 product_of(Quantity quantity, Price price) {
  return static_cast<Int128>(quantity.raw()) * price.raw();
}

Money in_range(Int128 micros) {
  return Money::from_raw(
      static_cast<std::int64_t>(std::clamp<Int128>(micros, -kValueMax, kValueMax)));
}

Money percent_of(Money amount, int percent) {
  return Money::from_raw(static_cast<std::int64_t>(
      divide(static_cast<Int128>(amount.raw()) * percent, 100, Rounding::kAwayFromZero)));
}

/// The part of a cost that stays when `held` shares become `rest`. Half-even at 1e-18, so closing
/// everything leaves exactly nothing.
Int128 cost_left(Int128 cost, Quantity held, Quantity rest) {
  if (rest.is_zero()) return 0;
  const Result<Int128> left = multiply_divide(cost, rest.raw(), held.raw(), Rounding::kHalfEven);
  SB_CHECK(left.ok());  // |rest| <= |held|, so the result is no larger than the cost
  return left.value();
}

}  // namespace

Money to_the_cent(Quantity quantity, Price price) {
  return in_range(divide(product_of(quantity, price), kProductToCents, Rounding::kHalfEven) *
                  kCentInMicros);
}

Money value_of(Quantity quantity, Price price) {
  return in_range(divide(product_of(quantity, price), kProductToMicros, Rounding::kHalfEven));
}

Price average_price(const Slot& slot) {
  if (slot.qty.is_zero()) return Price::zero();
  return Price::from_raw(
      static_cast<std::int64_t>(divide(slot.cost, slot.qty.raw(), Rounding::kHalfEven)));
}

Money book_trade(State& state, AccountRecord& account, Slot& slot, Quantity signed_qty,
                 Price price) {
  const Quantity before = slot.qty;
  const Quantity after = before + signed_qty;
  const bool opens = before.is_zero() || before.is_negative() == signed_qty.is_negative();
  SB_CHECK(opens || after.is_zero() || after.is_negative() == before.is_negative());
  const Money paid = to_the_cent(signed_qty, price);
  account.cash -= paid;
  slot.qty = after;
  if (opens) {
    slot.cost += product_of(signed_qty, price);
    slot.day_cost += product_of(signed_qty, price);
    account.opened_today += paid.abs();
  } else {
    slot.cost = cost_left(slot.cost, before, after);
    slot.day_cost = cost_left(slot.day_cost, before, after);
    account.opened_today = std::max(Money::zero(), account.opened_today - paid.abs());
  }
  revalue(state, account, slot);
  return -paid;
}

void revalue(const State& state, AccountRecord& account, Slot& slot) {
  const Asset& asset = state.asset(slot.asset).asset;
  const Money value = slot.qty.is_zero() ? Money::zero() : value_of(slot.qty, asset.quote.last);
  (slot.value.is_negative() ? account.short_value : account.long_value) -= slot.value;
  (value.is_negative() ? account.short_value : account.long_value) += value;
  account.initial -= slot.initial;
  account.maintenance -= slot.maintenance;
  slot.value = value;
  slot.initial = percent_of(value.abs(), asset.terms.marginable ? 50 : 100);
  slot.maintenance = percent_of(value.abs(), asset.terms.marginable ? 30 : 100);
  account.initial += slot.initial;
  account.maintenance += slot.maintenance;
}

void revalue_holders(State& state, AssetNumber asset) {
  for (const AccountNumber holder : state.asset(asset).holders) {
    AccountRecord& account = state.account(holder);
    revalue(state, account, slot_of(state, account, asset));
  }
}

Quantity available(const Slot& slot) { return slot.qty.abs() - slot.held; }

int effective_multiplier(const AccountRecord& account) {
  if (account.equity() < kMarginEquityMin) return 1;
  return std::min(account.multiplier, account.configuration.max_margin_multiplier);
}

bool may_short(const AccountRecord& account) {
  return account.flags.shorting_enabled && !account.configuration.no_shorting &&
         effective_multiplier(account) > 1;
}

Money buying_power(const AccountRecord& account) {
  const Money equity = account.equity();
  switch (effective_multiplier(account)) {
    case 1:
      return account.cash - account.reserved;
    case 2: {
      const Money free = equity - account.initial;
      return free + free - account.reserved;
    }
    default: {
      const Money base = account.last_equity + account.flow_today - account.last_maintenance;
      const Money day = base + base + base + base - account.opened_today;
      const Money gross = account.long_value - account.short_value;
      return std::min(day, equity + equity + equity + equity - gross) - account.reserved;
    }
  }
}

Money non_marginable_buying_power(const AccountRecord& account) {
  if (effective_multiplier(account) == 1) return buying_power(account);
  return std::min(buying_power(account), account.equity() - account.initial - account.reserved);
}

Money regt_buying_power(const AccountRecord& account) {
  if (effective_multiplier(account) == 1) return buying_power(account);
  const Money free = account.equity() - account.initial;
  return free + free - account.reserved;
}

}  // namespace signalbus::exchange_core
