// Goal: over any days of trading, partial fills included, the sleeves are the account, nobody sells
// what it does not have, crossings are fair, capital is where the blend wants it.
// Method: accounts, targets, prices and fills at random; the real planner between; a few days each.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <map>

#include "planning/testing.h"
#include "sleeves/divide_plan.h"
#include "sleeves/entries.h"
#include "sleeves/fold.h"
#include "sleeves/hold.h"
#include "sleeves/results.h"
#include "sleeves/testing.h"

namespace signalbus::sleeves {
namespace {

using namespace testing;

const std::array kNames = {"AAA", "BBB", "CCC", "DDD"};
const std::array kIds = {StrategyId("a"), StrategyId("b"), StrategyId("c")};

/// The account and what the journal knows of it.
struct World {
  std::map<Symbol, Quantity> held;
  Money cash = Money::whole(100'000);
  std::map<Symbol, Price> prices;
  std::vector<SleeveEntry> entries;
  int day = 20'000;
  planning::PlanPolicy policy;

  Holdings holdings() const {
    Holdings out;
    for (const auto& [symbol, quantity] : held) {
      if (quantity.is_zero()) continue;
      Holding one = holding(symbol.view(), "1");
      one.quantity = quantity;
      out.holdings.push_back(one);
    }
    return out;
  }
  PriceBook book_of_prices() const {
    PriceBook out;
    for (const auto& [symbol, at] : prices) out.points.push_back({symbol, at, std::nullopt});
    return out;
  }
  Money equity() const {
    Money out = cash;
    for (const auto& [symbol, quantity] : held) {
      out += notional_half_even(quantity, prices.at(symbol)).value();
    }
    return out;
  }
  BatchId batch() const { return BatchId(TradeDate::from_days(day).compact() + "-1"); }
};

World any_world() {
  World world;
  for (const char* name : kNames) {
    world.prices.emplace(sym(name),
                         Price::from_raw(*rc::gen::inRange<std::int64_t>(5, 500) * 1'000'000'000));
    if (*rc::gen::inRange(0, 3) == 0) {  // held before sleeves were kept
      world.held.insert_or_assign(
          sym(name), Quantity::from_raw(*rc::gen::inRange<std::int64_t>(1, 90) * 123'456'789));
    }
  }
  world.policy.quantity_decimals = *rc::gen::element(0, 4, 9);
  world.policy.cash_buffer = Ratio::from_raw(*rc::gen::element(0, 50'000'000));
  if (*rc::gen::inRange(0, 3) == 0) world.policy.max_turnover = Ratio::from_raw(100'000'000);
  return world;
}

/// Some strategies in some mix; weights that sum to 1, some of them 0.
Contributions any_contributions(TradeDate date, const std::set<StrategyId>& held) {
  Contributions out{date, {}, {}};
  std::vector<std::pair<StrategyId, int>> mix;
  int whole = 0;
  for (const StrategyId& id : kIds) {
    if (held.contains(id)) continue;
    mix.emplace_back(id, *rc::gen::inRange(0, 5));
    whole += mix.back().second;
  }
  if (whole == 0) whole = mix.front().second = 1;
  for (const auto& [id, part] : mix) {
    if (part == 0) continue;
    std::array<int, 4> weights{};
    int sum = 0;
    for (int& weight : weights) sum += weight = *rc::gen::inRange(0, 10);
    if (sum == 0) sum = weights[0] = 1;
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      const double weight = static_cast<double>(weights[i]) / sum;
      const double blend = static_cast<double>(part) / whole;
      out.rows.push_back({AssetId(kNames[i]), id, date, weight, blend, weight * blend});
    }
  }
  std::sort(out.rows.begin(), out.rows.end(), [](const Contribution& a, const Contribution& b) {
    return std::pair(a.asset_id, a.strategy_id) < std::pair(b.asset_id, b.strategy_id);
  });
  for (const StrategyId& id : held) out.held.push_back({id, "stale"});
  return out;
}

/// What one day decided.
struct Day {
  SleeveBook book;
  Contributions contributions;
  RebalancePlan plan;
  SleevePlan divided;
};

std::optional<Day> decide(const World& world, Contributions contributions) {
  const Holdings holdings = world.holdings();
  const PriceBook prices = world.book_of_prices();
  SleeveBook book = fold_sleeves(world.entries, {}, AccountNow{holdings, world.cash}).value();
  TargetBook targets{contributions.trade_date, {}};
  for (const Contribution& row : contributions.rows) {
    if (targets.targets.empty() || targets.targets.back().asset_id != row.asset_id) {
      targets.targets.push_back({row.asset_id, 0, Instant::from_micros(0), StrategyId("blend"),
                                 contributions.trade_date});
    }
    targets.targets.back().weight += row.contribution;
  }
  const auto mapped =
      planning::map_targets_to_symbols(targets, std::nullopt, prices, holdings).value();
  Result<RebalancePlan> plan = planning::plan_orders({mapped,
                                                      prices,
                                                      holdings,
                                                      world.equity(),
                                                      std::nullopt,
                                                      {},
                                                      {},
                                                      {},
                                                      std::nullopt,
                                                      held_sleeves(book, contributions).value()},
                                                     world.policy);
  if (!plan.ok()) return std::nullopt;
  SleevePlan divided =
      divide_plan({plan.value(), contributions, book, prices, world.policy.blacklist}).value();
  return Day{std::move(book), std::move(contributions), std::move(plan).value(),
             std::move(divided)};
}

/// Records the moves, then fills each order in part, at prices around the plan's.
void trade(World& world, const Day& day) {
  for (const SleeveMove& move : day.divided.moves) {
    world.entries.push_back({world.batch(), move, std::nullopt, {}});
  }
  for (std::size_t i = 0; i < day.plan.orders.size(); ++i) {
    const PlannedOrder& order = day.plan.orders[i];
    Quantity left = order.quantity;
    const int pieces = *rc::gen::inRange(0, 4);
    for (int k = 0; k < pieces && left.is_positive(); ++k) {
      const bool rest = *rc::gen::inRange(0, 2) == 0;
      const auto part = rest ? left.raw() : left.raw() / 3 + 1;
      Fill fill{.execution_id = order.symbol.text() + std::to_string(k),
                .order_id = OrderId(order.symbol.text()),
                .client_order_id = ClientOrderId(order.symbol.text() + std::to_string(world.day)),
                .symbol = order.symbol,
                .side = order.side,
                .quantity = Quantity::from_raw(part),
                .price = Price::from_raw(order.ref_price.raw() / 1000 *
                                         *rc::gen::inRange<std::int64_t>(995, 1005)),
                .at = Instant::start_of(TradeDate::from_days(world.day)).plus_seconds(50'000)};
      left -= fill.quantity;
      const Money paid = notional_half_even(fill.quantity, fill.price).value();
      const bool buys = fill.side == Side::kBuy;
      world.held.try_emplace(fill.symbol, Quantity::zero()).first->second +=
          buys ? fill.quantity : -fill.quantity;
      world.cash += buys ? -paid : paid;
      world.entries.push_back({world.batch(), std::nullopt, fill, day.divided.shares[i]});
    }
  }
}

void move_prices(World& world) {
  for (auto& [symbol, at] : world.prices) {
    at = Price::from_raw(at.raw() / 1000 * *rc::gen::inRange<std::int64_t>(900, 1101));
  }
  ++world.day;
}

Quantity crossed_away(const SleevePlan& divided, const StrategyId& id, const Symbol& symbol) {
  Quantity out = Quantity::zero();
  for (const SleeveMove& move : divided.moves) {
    if (move.symbol != symbol) continue;
    if (move.from == id) out += move.quantity;
    if (move.to == id) out -= move.quantity;
  }
  return out;
}

void check_adds_up(const World& world, const SleeveBook& book) {
  Money cash = Money::zero();
  for (const Sleeve& sleeve : book.sleeves) cash += sleeve.cash;
  RC_ASSERT(cash == world.cash);
  for (const char* name : kNames) {
    Quantity sum = Quantity::zero();
    for (const Sleeve& sleeve : book.sleeves) sum += sleeve.quantity(sym(name));
    const auto held = world.held.find(sym(name));
    RC_ASSERT(sum == (held == world.held.end() ? Quantity::zero() : held->second));
  }
}

Quantity crossed_to(const SleevePlan& plan, const StrategyId& id, const Symbol& symbol) {
  Quantity sum = Quantity::zero();
  for (const SleeveMove& move : plan.moves) {
    if (move.symbol == symbol && move.to == id) sum += move.quantity;
  }
  return sum;
}

void check_shares(const Day& day) {
  RC_ASSERT(day.divided.shares.size() == day.plan.orders.size());
  for (std::size_t i = 0; i < day.plan.orders.size(); ++i) {
    const PlannedOrder& order = day.plan.orders[i];
    Quantity sum = Quantity::zero();
    for (const StrategyShare& share : day.divided.shares[i]) {
      RC_ASSERT(share.quantity.is_positive());
      sum += share.quantity;
      if (order.side == Side::kBuy) continue;
      const Sleeve* sleeve = day.book.find(share.strategy_id);
      const Quantity before = sleeve == nullptr ? Quantity::zero() : sleeve->quantity(order.symbol);
      // Rounding may leave a bit of what was just crossed to it over: never more than it then has.
      RC_ASSERT(share.quantity <= before +
                                      crossed_to(day.divided, share.strategy_id, order.symbol) -
                                      crossed_away(day.divided, share.strategy_id, order.symbol));
    }
    RC_ASSERT(sum == order.quantity);
  }
}

void check_crossings(const World& world, const Day& day) {
  std::map<std::pair<Symbol, StrategyId>, int> roles;  // 1 gave, 2 got
  for (const SleeveMove& move : day.divided.moves) {
    if (!move.symbol) continue;
    RC_ASSERT(move.reason == "crossed");
    RC_ASSERT(move.price == world.prices.at(*move.symbol));
    RC_ASSERT(move.quantity.is_positive());
    RC_ASSERT(move.cash == notional_half_even(move.quantity, move.price).value());
    roles[{*move.symbol, move.from}] |= 1;
    roles[{*move.symbol, move.to}] |= 2;
    const Sleeve* from = day.book.find(move.from);
    RC_ASSERT(bool(from != nullptr));
    RC_ASSERT(crossed_away(day.divided, move.from, *move.symbol) <= from->quantity(*move.symbol));
  }
  for (const auto& [who, role] : roles) RC_ASSERT(role != 3);
}

void check_capital(const World& world, const Day& day) {
  SleeveBook after = day.book;
  for (const SleeveMove& move : day.divided.moves) book_move(after, move);
  std::map<StrategyId, double> blend;
  for (const Contribution& row : day.contributions.rows) blend[row.strategy_id] = row.blend_weight;
  for (const Sleeve& sleeve : after.sleeves) {
    if (sleeve.strategy_id == account_sleeve()) continue;
    // Crossings value each piece on its own, so a unit of money may be missing for each.
    const Money equity = sleeve.cash + market_value(sleeve, world.book_of_prices(), after).value();
    const double wanted = blend[sleeve.strategy_id] * day.plan.investable.to_double();
    RC_ASSERT(std::abs(equity.to_double() - wanted) < 0.00005);
  }
}

RC_GTEST_PROP(DividePropertyTest, AnyDaysOfTradingKeepTheBooks, ()) {
  World world = any_world();
  const int days = *rc::gen::inRange(1, 5);
  for (int i = 0; i < days; ++i) {
    const auto day = decide(world, any_contributions(TradeDate::from_days(world.day), {}));
    RC_PRE(day.has_value());
    check_adds_up(world, day->book);
    check_shares(*day);
    check_crossings(world, *day);
    check_capital(world, *day);
    trade(world, *day);
    move_prices(world);
  }
}

RC_GTEST_PROP(DividePropertyTest, AHeldSleeveIsNeverTraded, ()) {
  World world = any_world();
  const auto first = decide(world, any_contributions(TradeDate::from_days(world.day), {}));
  RC_PRE(first.has_value());
  trade(world, *first);
  move_prices(world);
  const Holdings holdings = world.holdings();
  const SleeveBook before =
      fold_sleeves(world.entries, {}, AccountNow{holdings, world.cash}).value();
  const std::set<StrategyId> owners = strategies_with_a_sleeve(before);
  RC_PRE(!owners.empty() && owners.size() < kIds.size());
  const StrategyId held = *owners.begin();
  const auto day = decide(world, any_contributions(TradeDate::from_days(world.day), {held}));
  RC_PRE(day.has_value());
  check_shares(*day);
  check_crossings(world, *day);
  for (const SleeveMove& move : day->divided.moves) {
    RC_ASSERT(move.from != held && move.to != held);
  }
  for (const auto& shares : day->divided.shares) {
    for (const StrategyShare& share : shares) RC_ASSERT(share.strategy_id != held);
  }
  trade(world, *day);
  const Holdings now = world.holdings();
  const SleeveBook after = fold_sleeves(world.entries, {}, AccountNow{now, world.cash}).value();
  RC_ASSERT(shown(before, held.get()) == shown(after, held.get()));
  for (const SleevePosition& position : before.find(held)->positions) {
    const Holding* left = now.find(position.symbol);  // the account still has it
    RC_ASSERT(left != nullptr && left->quantity >= position.quantity);
  }
}

RC_GTEST_PROP(DividePropertyTest, TheOrderOfRowsChangesNothing, ()) {
  World world = any_world();
  const auto day = decide(world, any_contributions(TradeDate::from_days(world.day), {}));
  RC_PRE(day.has_value());
  RebalancePlan turned = day->plan;
  std::reverse(turned.rows.begin(), turned.rows.end());
  std::reverse(turned.orders.begin(), turned.orders.end());
  SleevePlan divided = divide_plan({turned, day->contributions, day->book, world.book_of_prices(),
                                    world.policy.blacklist})
                           .value();
  std::reverse(divided.shares.begin(), divided.shares.end());
  RC_ASSERT(shown(divided.moves) == shown(day->divided.moves));
  for (std::size_t i = 0; i < divided.shares.size(); ++i) {
    RC_ASSERT(shown(divided.shares[i]) == shown(day->divided.shares[i]));
  }
}

}  // namespace
}  // namespace signalbus::sleeves
