// Orders: what settled trades look like as orders, in the order in which they are sent.
#include <algorithm>

#include "core/text.h"
#include "planning/trade.h"

namespace signalbus::planning {
namespace {

/// Price increments of US equities: cents from 1 USD on, hundredths of cents below (Reg NMS 612).
constexpr std::int64_t kTick = 10'000'000;
constexpr std::int64_t kTickBelowOne = 100'000;
/// Exits of a bracket stand at least so far from the price, or the broker refuses it.
constexpr Price kBracketGap = Price::from_raw(10'000'000);

/// price x (1 + move), to a tick of what comes out: a buy limit may cross 1 USD.
Price moved(Price price, std::int64_t move_raw, Rounding rounding) {
  const Int128 scaled = static_cast<Int128>(price.raw()) * (Ratio::whole(1).raw() + move_raw);
  const bool cents = scaled >= static_cast<Int128>(Price::whole(1).raw()) * pow10(Ratio::kDecimals);
  const std::int64_t tick = cents ? kTick : kTickBelowOne;
  const Int128 ticks =
      divide(scaled, static_cast<Int128>(pow10(Ratio::kDecimals)) * tick, rounding);
  return Price::from_raw(static_cast<std::int64_t>(ticks) * tick);
}

Purpose purpose_of(const Trade& trade) {
  const PlanRow& row = trade.row;
  if (row.current_qty.is_zero()) return Purpose::kOpen;
  if (trade.wanted == row.current_qty.abs() && row.target_qty.is_zero()) return Purpose::kClose;
  const bool shrinks = row.current_qty.is_positive() == trade.sells();
  return shrinks ? Purpose::kReduce : Purpose::kIncrease;
}

/// Brackets are entries: what closes or reduces is a plain order.
bool is_entry(Purpose purpose) {
  return purpose == Purpose::kOpen || purpose == Purpose::kIncrease ||
         purpose == Purpose::kOpenFlipped;
}

/// Fractions are refused unless they are DAY orders (alpaca-contract 3.2).
TimeInForce time_in_force_of(Quantity quantity, const PlanPolicy& policy) {
  return cut_to_decimals(quantity, 0) == quantity ? policy.time_in_force : TimeInForce::kDay;
}

void add_order(const Trade& trade, Quantity quantity, Money notional, Purpose purpose,
               const PlanPolicy& policy, std::vector<PlannedOrder>& orders) {
  const Price price = *trade.row.price;
  const bool buy = trade.buys();
  const bool bracket = buy && policy.bracket_on_buy && is_entry(purpose);
  PlannedOrder& order =
      orders.emplace_back(PlannedOrder{.asset_id = trade.row.asset_id,
                                       .symbol = *trade.row.symbol,
                                       .side = buy ? Side::kBuy : Side::kSell,
                                       .quantity = quantity,
                                       .type = bracket ? OrderType::kBracket : policy.order_type,
                                       .take_profit = std::nullopt,
                                       .stop_loss = std::nullopt,
                                       .limit_price = std::nullopt,
                                       .ref_price = price,
                                       .notional = notional,
                                       .time_in_force = time_in_force_of(quantity, policy),
                                       .purpose = purpose});
  if (order.type == OrderType::kLimit) {
    // Rounded so that the limit is never past the collar.
    const std::int64_t move = buy ? policy.collar.raw() : -policy.collar.raw();
    order.limit_price = moved(price, move, buy ? Rounding::kTowardZero : Rounding::kAwayFromZero);
  }
  if (bracket) {
    // Away from the price on both sides: neither may fall on it.
    order.take_profit =
        std::max(moved(price, policy.bracket_on_buy->take_profit.raw(), Rounding::kAwayFromZero),
                 moved(price + kBracketGap, 0, Rounding::kAwayFromZero));
    order.stop_loss = std::max(
        Price::from_raw(kTickBelowOne),
        std::min(moved(price, -policy.bracket_on_buy->stop_loss.raw(), Rounding::kTowardZero),
                 moved(price - kBracketGap, 0, Rounding::kTowardZero)));
  }
}

/// Keys instead of orders are sorted: an order is large. Symbols are asked only between equals.
struct SortKey {
  std::int64_t rank;  // sells before buys, each by notional descending
  Trade* trade;
  Quantity quantity;
  bool second_leg;

  /// Notionals are never negative, so sells fill the negative ranks and buys the others.
  SortKey(Trade& of, Quantity size, Money notional, bool is_second_leg)
      : rank((of.buys() ? INT64_MAX : -1) - notional.raw()),
        trade(&of),
        quantity(size),
        second_leg(is_second_leg) {}
  Money notional() const { return Money::from_raw((rank < 0 ? -1 : INT64_MAX) - rank); }

  bool operator<(const SortKey& other) const {
    if (rank != other.rank) return rank < other.rank;
    const Symbol& symbol = *trade->row.symbol;
    const Symbol& other_symbol = *other.trade->row.symbol;
    if (symbol != other_symbol) return symbol < other_symbol;
    return second_leg < other.second_leg;
  }
};

Status add_keys(Trade& trade, std::vector<SortKey>& keys) {
  if (trade.flipped.is_zero()) {
    keys.emplace_back(trade, trade.wanted, trade.notional, false);
    return Ok{};
  }
  const Quantity first = trade.wanted - trade.flipped;
  SB_TRY(const Money closing, notional_half_even(first, *trade.row.price));
  SB_TRY(const Money opening, notional_half_even(trade.flipped, *trade.row.price));
  keys.emplace_back(trade, first, closing, false);
  keys.emplace_back(trade, trade.flipped, opening, true);
  return Ok{};
}

/// Drops what stands beyond the cap in sending order; both legs of a flip go together.
void cap_orders(std::vector<SortKey>& keys, std::size_t max_orders) {
  if (keys.size() <= max_orders) return;
  for (std::size_t i = max_orders; i < keys.size(); ++i) {
    keys[i].trade->skip(ReasonCode::kRiskLimit,
                        "order " + std::to_string(i + 1) + " of " + std::to_string(keys.size()) +
                            ", execution.max_orders is " + std::to_string(max_orders));
  }
  std::erase_if(keys, [](const SortKey& key) { return !key.trade->trades(); });
}

}  // namespace

Result<std::vector<PlannedOrder>> make_orders(std::vector<Trade>& trades,
                                              const PlanPolicy& policy) {
  std::vector<SortKey> keys;
  keys.reserve(trades.size());
  for (Trade& trade : trades) {
    if (trade.trades()) SB_TRY_OK(add_keys(trade, keys));
  }
  std::sort(keys.begin(), keys.end());
  if (policy.max_orders) cap_orders(keys, *policy.max_orders);
  std::vector<PlannedOrder> orders;
  orders.reserve(keys.size());
  for (const SortKey& key : keys) {
    const Trade& trade = *key.trade;
    const bool flips = !trade.flipped.is_zero();
    const Purpose purpose = key.second_leg ? Purpose::kOpenFlipped
                            : flips        ? Purpose::kCloseToFlip
                                           : purpose_of(trade);
    add_order(trade, key.quantity, key.notional(), purpose, policy, orders);
  }
  return orders;
}

}  // namespace signalbus::planning
