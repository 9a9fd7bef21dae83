#include "exchange_core/reserve.h"

#include <algorithm>

#include "exchange_core/ledger.h"

namespace signalbus::exchange_core {
namespace {

constexpr std::int64_t kPriceScale = 1'000'000'000;

Price times_permille(Price price, std::int64_t permille) {
  return Price::from_raw(static_cast<std::int64_t>(
      divide(static_cast<Int128>(price.raw()) * permille, 1000, Rounding::kAwayFromZero)));
}

/// What stands for the ask where nobody sells.
Price ask_or_last(const Quote& quote) { return quote.ask.is_zero() ? quote.last : quote.ask; }

Price buy_price(const PricedOrder& order, const Quote& quote) {
  switch (order.type) {
    case OrderType::kMarket:
      return times_permille(ask_or_last(quote), 1040);
    case OrderType::kLimit:
    case OrderType::kStopLimit:
      return order.limit;
    case OrderType::kStop:
    case OrderType::kTrailingStop:
      break;
  }
  return times_permille(order.stop, order.stop.raw() < 50 * kPriceScale ? 1040 : 1025);
}

/// The other order that would close the same shares, when that one is to hold them: of a pair of
/// legs the take-profit holds, because only one of the two can ever fill.
bool sibling_holds(const State& state, const OrderRecord& record) {
  const Order& order = record.order;
  if (!order.is_leg()) return false;
  const Order& parent = state.order(order.parent).order;
  const OrderNumber first = parent.order_class == OrderClass::kOco ? parent.number : parent.legs[0];
  return first != kNoOrder && first != order.number && state.order(first).at_market;
}

template <class Numbers>
void erase_number(Numbers& numbers, OrderNumber number) {
  const auto at = std::lower_bound(numbers.begin(), numbers.end(), number);
  SB_CHECK(at != numbers.end() && *at == number);
  numbers.erase(at);
}

/// Orders come in ascending, legs excepted, which become active after younger orders came.
template <class Numbers>
void insert_number(Numbers& numbers, OrderNumber number) {
  if (numbers.empty() || numbers.back() < number) {
    numbers.push_back(number);
  } else {
    numbers.insert(std::lower_bound(numbers.begin(), numbers.end(), number), number);
  }
}

}  // namespace

bool opens_position(PositionIntent intent) {
  return intent == PositionIntent::kBuyToOpen || intent == PositionIntent::kSellToOpen;
}

Price reserve_price(const PricedOrder& order, const Quote& quote) {
  if (order.side == OrderSide::kBuy) return buy_price(order, quote);
  return std::max(order.limit, times_permille(ask_or_last(quote), 1030));
}

Money cost_up(Quantity quantity, Price price) {
  constexpr Int128 kMax = static_cast<Int128>(100'000'000'000) * 1'000'000;
  const Int128 product = static_cast<Int128>(quantity.raw()) * price.raw();
  const Int128 micros = divide(product, 1'000'000'000'000, Rounding::kAwayFromZero);
  return Money::from_raw(static_cast<std::int64_t>(std::min(micros, kMax)));
}

Money amount_to_reserve(const OrderRecord& record) {
  if (!opens_position(record.order.intent)) return Money::zero();
  if (record.order.is_notional()) return record.notional_left;
  return cost_up(record.leaves(), record.reserve_price);
}

Quantity quantity_to_hold(const State& state, const OrderRecord& record) {
  if (opens_position(record.order.intent) || sibling_holds(state, record)) return Quantity::zero();
  return record.order.is_notional() ? record.close_max : record.leaves();
}

void update_reserves(State& state, OrderRecord& record) {
  AccountRecord& account = state.account(record.order.account);
  Slot& slot = slot_of(state, account, record.order.asset);
  account.reserved -= record.reserved;
  slot.held -= record.held;
  record.reserved = record.at_market ? amount_to_reserve(record) : Money::zero();
  record.held = record.at_market ? quantity_to_hold(state, record) : Quantity::zero();
  account.reserved += record.reserved;
  slot.held += record.held;
}

void attach(State& state, OrderRecord& record) {
  if (record.at_market) return;
  record.at_market = true;
  insert_number(state.asset(record.order.asset).open, record.order.number);
  ++slot_of(state, state.account(record.order.account), record.order.asset).live;
  update_reserves(state, record);
}

void detach(State& state, OrderRecord& record) {
  if (!record.at_market) return;
  record.at_market = false;
  erase_number(state.asset(record.order.asset).open, record.order.number);
  --slot_of(state, state.account(record.order.account), record.order.asset).live;
  update_reserves(state, record);
}

}  // namespace signalbus::exchange_core
