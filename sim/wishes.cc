#include "sim/wishes.h"

#include <algorithm>

namespace signalbus::sim {
namespace {

struct Wish {
  std::size_t symbol;
  Side side;
  Quantity quantity;
  Purpose purpose;
  OrderType type = OrderType::kMarket;
};

Price scaled(Price price, int percent) {
  constexpr std::int64_t kCent = 10'000'000;
  return Price::from_raw(price.raw() / 100 * percent / kCent * kCent);
}

PlannedOrder planned(const World& world, const Wish& wish) {
  const Price price = world.price_of(wish.symbol);
  const bool buys = wish.side == Side::kBuy;
  PlannedOrder order{.asset_id = AssetId(std::to_string(wish.symbol)),
                     .symbol = world.symbols()[wish.symbol],
                     .side = wish.side,
                     .quantity = wish.quantity,
                     .type = wish.type,
                     .take_profit = std::nullopt,
                     .stop_loss = std::nullopt,
                     .limit_price = std::nullopt,
                     .ref_price = price,
                     .notional = notional_half_even(wish.quantity, price).value(),
                     .time_in_force = TimeInForce::kDay,
                     .purpose = wish.purpose};
  if (wish.type == OrderType::kLimit) order.limit_price = scaled(price, buys ? 101 : 99);
  if (wish.type == OrderType::kBracket) {
    order.take_profit = scaled(price, 105);
    order.stop_loss = scaled(price, 95);
  }
  return order;
}

void sell(Rng& rng, std::size_t symbol, Quantity held, std::vector<Wish>& out) {
  const bool whole = rng.chance(500'000);
  Quantity quantity = held;
  if (!whole)
    quantity = cut_to_decimals(Quantity::from_raw(held.raw() / 10 * rng.between(1, 9)), 4);
  if (!quantity.is_positive()) return;
  const bool flips = whole && rng.chance(100'000) && held >= Quantity::whole(1);
  out.push_back({symbol, Side::kSell, quantity,
                 flips ? Purpose::kCloseToFlip : (whole ? Purpose::kClose : Purpose::kReduce)});
  if (flips) {
    out.push_back({symbol, Side::kSell, Quantity::whole(rng.between(1, 5)), Purpose::kOpenFlipped});
  }
}

void buy(Rng& rng, const World& world, std::size_t symbol, Money money, std::vector<Wish>& out) {
  const Price price = world.price_of(symbol);
  const Money part = Money::from_raw(money.raw() / 10 * rng.between(2, 12));
  const auto shares = shares_toward_zero(part, price);
  if (!shares.ok()) return;
  Wish wish{symbol, Side::kBuy, cut_to_decimals(shares.value(), 4), Purpose::kOpen};
  const std::uint64_t kind = rng.below(10);
  if (kind >= 7) wish.type = kind == 9 ? OrderType::kBracket : OrderType::kLimit;
  if (kind >= 7) wish.quantity = cut_to_decimals(wish.quantity, 0);
  if (!wish.quantity.is_positive()) return;
  out.push_back(wish);
}

}  // namespace

std::vector<PlannedOrder> make_wishes(World& world, const BrokerAccount& money,
                                      const Holdings& held, int orders_max) {
  Rng rng = world.rng().fork();
  std::vector<std::size_t> symbols(world.symbols().size());
  for (std::size_t i = 0; i < symbols.size(); ++i) symbols[i] = i;
  for (std::size_t i = symbols.size(); i > 1; --i) std::swap(symbols[i - 1], symbols[rng.below(i)]);
  const auto wanted = static_cast<std::size_t>(rng.between(1, orders_max));
  if (symbols.size() > wanted) symbols.resize(wanted);
  const Money each = Money::from_raw(std::max<std::int64_t>(money.cash.raw(), 0) /
                                     static_cast<std::int64_t>(symbols.size()));
  std::vector<Wish> wishes;
  for (const std::size_t symbol : symbols) {
    const Holding* holding = held.find(world.symbols()[symbol]);
    const Quantity quantity = holding == nullptr ? Quantity::zero() : holding->quantity;
    if (quantity.is_positive() && rng.chance(600'000)) {
      sell(rng, symbol, quantity, wishes);
    } else if (quantity.is_negative()) {
      wishes.push_back({symbol, Side::kBuy, quantity.abs(), Purpose::kClose});
    } else {
      buy(rng, world, symbol, each, wishes);
    }
  }
  std::vector<PlannedOrder> orders;
  for (const Wish& wish : wishes) orders.push_back(planned(world, wish));
  std::stable_sort(orders.begin(), orders.end(), [](const PlannedOrder& a, const PlannedOrder& b) {
    return (a.side == Side::kSell) > (b.side == Side::kSell);
  });
  return orders;
}

}  // namespace signalbus::sim
