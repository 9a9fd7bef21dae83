// Goal: what must hold for every plan, whatever the input. Method: RapidCheck over random small
// books; sizes and money are judged by cpp_rational, which shares no code with the planner.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <map>

#include "planning/testing.h"
#include "planning/trade.h"

namespace signalbus::planning {
namespace {

using boost::multiprecision::cpp_int;
using boost::multiprecision::cpp_rational;
using testing::Scene;

cpp_rational rational(std::int64_t raw, int decimals) {
  return cpp_rational(cpp_int(raw),
                      boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(decimals)));
}
cpp_rational rational(Money value) { return rational(value.raw(), 6); }
template <class Tag>
cpp_rational rational(Fixed<Tag, 9> value) {
  return rational(value.raw(), 9);
}
cpp_rational rational(ExactWeight value) { return rational(value.raw(), 18); }

/// Cut toward zero to `decimals`.
cpp_rational cut(const cpp_rational& value, int decimals) {
  const cpp_int scale = boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(decimals));
  const cpp_rational scaled = value * scale;
  return cpp_rational(cpp_int(numerator(scaled) / denominator(scaled)), scale);
}

/// Raw integers of every magnitude, which uniform numbers would hardly ever be.
rc::Gen<std::int64_t> magnitudes(std::int64_t least, std::int64_t most) {
  return rc::gen::apply(
      [=](int bits, std::int64_t noise) {
        const std::int64_t top = std::int64_t{1} << bits;
        return std::clamp(top + noise % top, least, most);
      },
      rc::gen::inRange(0, 62), rc::gen::inRange<std::int64_t>(0, INT64_MAX));
}

RC_GTEST_PROP(TargetQuantityProperty, EqualsTheRationalQuotientCutTowardZero, ()) {
  const std::int64_t sign = *rc::gen::element(std::int64_t{-1}, std::int64_t{1});
  const auto weight =
      ExactWeight::from_raw(sign * *magnitudes(0, INT64_C(9'200'000'000'000'000'000)));
  const auto equity = Money::from_raw(*magnitudes(1, INT64_C(1'000'000'000'000'000'000)));
  const auto foreign = Money::from_raw(*magnitudes(0, equity.raw()));
  const auto buffer = Ratio::from_raw(
      *rc::gen::element<std::int64_t>(0, 50'000'000, 123'456'789, 999'999'999, 1'000'000'000));
  const auto price = Price::from_raw(*magnitudes(1, INT64_C(100'000'000'000'000'000)));

  const auto investable = investable_amount(equity, foreign, buffer, 0);
  RC_ASSERT(investable.ok());
  const auto quantity = target_quantity(weight, investable.value(), price);

  const cpp_rational expected = cut(rational(weight) * (rational(equity) - rational(foreign)) *
                                        (1 - rational(buffer)) / rational(price),
                                    9);
  if (abs(expected) > kQuantityMaxShares) {
    RC_ASSERT(!quantity.ok());
    RC_ASSERT(quantity.error().code == ErrorCode::kInvalidInput);
    return;
  }
  RC_ASSERT(quantity.ok());
  RC_ASSERT(rational(quantity.value()) == expected);
}

TEST(TargetQuantityTest, KnowsTheSizesThatBinaryFloatsMiss) {
  struct Case {
    const char *weight, *equity, *price, *shares;
  };
  // Quotients by hand: 0.3 x 95,000 / 30; 0.1 x 3 / 0.1; 1/3 of a dollar at 1e-9; 0.0047 x 1e12.
  const Case cases[] = {{"0.3", "95000", "30", "950"},
                        {"0.1", "3", "0.1", "3"},
                        {"0.333333333333333333", "1", "0.000000001", "333333333.333333333"},
                        {"0.0047", "1000000000000", "100000000", "47"},
                        {"0.000000000000000001", "1000000000000", "1", "0.000001"},
                        {"-0.5", "7", "2", "-1.75"}};
  for (const Case& c : cases) {
    const auto investable =
        investable_amount(testing::usd(c.equity), Money::zero(), Ratio::zero(), 0);
    const auto out = target_quantity(ExactWeight::parse(c.weight).value(), investable.value(),
                                     testing::price(c.price));
    ASSERT_TRUE(out.ok()) << c.weight;
    EXPECT_EQ(out.value().text(), c.shares);
  }
}

// ---- Random scenes ----

std::string symbol_of(int index) { return "S" + std::to_string(100 + index); }

struct SceneOptions {
  bool shorts = false;
  bool scarce = false;  ///< Equity below what is held: nothing may be bought on credit.
  bool caps = false;    ///< Band, turnover cap, order cap, minimums.
};

Scene any_scene(const SceneOptions& options) {
  Scene scene;
  const int names = *rc::gen::inRange(1, 9);
  scene.policy.quantity_decimals = *rc::gen::element(0, 2, 4, 9);
  scene.policy.cash_buffer = *rc::gen::element(Ratio::zero(), Ratio::from_raw(50'000'000));
  scene.policy.collar = *rc::gen::element(Ratio::zero(), Ratio::from_raw(40'000'000));
  scene.policy.allow_short = options.shorts;
  scene.policy.allow_liquidation = true;
  scene.policy.min_coverage = Ratio::zero();
  scene.policy.min_order_notional = Money::zero();
  cpp_rational held;
  for (int i = 0; i < names; ++i) {
    const std::string symbol = symbol_of(i);
    const auto price = Price::from_raw(*magnitudes(1'000'000, 1'000'000'000'000));
    if (*rc::gen::inRange(0, 10) > 0)
      scene.prices.points.push_back({testing::sym(symbol), price, {}});
    if (*rc::gen::inRange(0, 3) > 0) {
      const int share = *rc::gen::inRange(options.shorts ? -100 : 0, 101);
      scene.target(symbol, share / (100.0 * names));
    }
    if (*rc::gen::inRange(0, 2) > 0) {
      const std::int64_t size = *magnitudes(1, 1'000'000'000'000);
      const bool is_short = options.shorts && *rc::gen::inRange(0, 2) > 0;
      scene.held(symbol,
                 Quantity::from_raw(is_short ? -size / 1'000'000'000 * 1'000'000'000 - 1'000'000'000
                                             : size)
                     .text(),
                 *rc::gen::element(HoldingOrigin::kJournal, HoldingOrigin::kBrokerOnly));
      held += rational(Quantity::from_raw(size)) * rational(price);
    }
    if (*rc::gen::inRange(0, 4) == 0) {
      scene.rule(symbol, *rc::gen::inRange(0, 3) > 0, *rc::gen::inRange(0, 2) > 0, true);
    }
  }
  const auto held_usd = static_cast<std::int64_t>(numerator(held) / denominator(held));
  const std::int64_t percent =
      options.scarce ? *rc::gen::inRange(20, 110) : *rc::gen::inRange(100, 400);
  scene.equity = Money::whole(held_usd / 100 * percent + 1000);
  if (options.caps) {
    scene.policy.min_order_notional = Money::whole(*rc::gen::inRange(0, 50));
    if (*rc::gen::inRange(0, 2) > 0) scene.policy.max_turnover = Ratio::from_raw(100'000'000);
    if (*rc::gen::inRange(0, 2) > 0) scene.policy.band.absolute = Ratio::from_raw(10'000'000);
    if (*rc::gen::inRange(0, 2) > 0) scene.policy.band.relative = Ratio::from_raw(200'000'000);
    scene.policy.band.trade_to_edge = *rc::gen::inRange(0, 2) > 0;
    if (*rc::gen::inRange(0, 3) == 0)
      scene.policy.max_orders = *rc::gen::inRange<std::size_t>(0, 6);
    if (*rc::gen::inRange(0, 3) == 0) {
      scene.policy.bracket_on_buy =
          BracketPolicy{Ratio::from_raw(20'000'000), Ratio::from_raw(10'000'000)};
    }
  }
  return scene;
}

/// Foreign values above the equity refuse the plan, which is right and not what is tested here.
Result<RebalancePlan> plan_or_discard(const Scene& scene) {
  auto plan = scene.plan();
  RC_PRE(plan.ok());
  return plan;
}

SceneOptions any_options() {
  return {.shorts = *rc::gen::inRange(0, 2) > 0,
          .scarce = *rc::gen::inRange(0, 2) > 0,
          .caps = *rc::gen::inRange(0, 2) > 0};
}

RC_GTEST_PROP(PlanProperty, EveryTargetAndEveryHoldingHasExactlyOneRow, ()) {
  const Scene scene = any_scene(any_options());
  const auto plan = plan_or_discard(scene);
  std::map<std::string, int> expected;
  for (const Target& target : scene.targets.targets) expected[target.asset_id.get()] = 1;
  for (const Holding& holding : scene.holdings.holdings) expected[holding.symbol.text()] = 1;
  std::map<std::string, int> found;
  for (const PlanRow& row : plan.value().rows) {
    ++found[row.symbol->text()];
    RC_ASSERT(row.delta == row.target_qty - row.current_qty);
    const Holding* holding = scene.holdings.find(*row.symbol);
    RC_ASSERT(row.current_qty == (holding == nullptr ? Quantity::zero() : holding->quantity));
    if (row.action == Action::kSkip) RC_ASSERT(row.code != ReasonCode::kNone && !row.words.empty());
    if (row.action == Action::kSkip || row.action == Action::kHold) {
      RC_ASSERT(row.planned_qty.is_zero() && row.notional.is_zero());
    }
  }
  RC_ASSERT(found == expected);
}

RC_GTEST_PROP(PlanProperty, OrdersArePositiveSortedAndAddUpToTheRows, ()) {
  const Scene scene = any_scene(any_options());
  const auto plan = plan_or_discard(scene);
  std::map<Symbol, std::pair<Side, Quantity>> sums;
  const PlannedOrder* before = nullptr;
  for (const PlannedOrder& order : plan.value().orders) {
    RC_ASSERT(order.quantity.is_positive());
    auto& sum = sums.try_emplace(order.symbol, order.side, Quantity::zero()).first->second;
    RC_ASSERT(sum.first == order.side);
    sum.second += order.quantity;
    if (before != nullptr) {
      RC_ASSERT(before->side == order.side || before->side == Side::kSell);
      if (before->side == order.side) RC_ASSERT(before->notional >= order.notional);
      if (before->side == order.side && before->notional == order.notional) {
        RC_ASSERT(before->symbol <= order.symbol);
      }
    }
    before = &order;
  }
  std::size_t traded = 0;
  for (const PlanRow& row : plan.value().rows) {
    if (row.action != Action::kBuy && row.action != Action::kSell) continue;
    ++traded;
    RC_ASSERT(sums.at(*row.symbol).first ==
              (row.action == Action::kBuy ? Side::kBuy : Side::kSell));
    RC_ASSERT(sums.at(*row.symbol).second == row.planned_qty);
  }
  RC_ASSERT(traded == sums.size());
}

RC_GTEST_PROP(PlanProperty, NoOrderThatClosesIsLargerThanTheHolding, ()) {
  const Scene scene = any_scene(any_options());
  const auto plan = plan_or_discard(scene);
  for (const PlannedOrder& order : plan.value().orders) {
    const Holding* holding = scene.holdings.find(order.symbol);
    const Quantity held = holding == nullptr ? Quantity::zero() : holding->quantity;
    const bool closes = (order.side == Side::kSell && held.is_positive()) ||
                        (order.side == Side::kBuy && held.is_negative());
    if (!closes || order.leg() == 2) continue;
    RC_ASSERT(order.quantity <= held.abs());
    if (order.purpose == Purpose::kCloseToFlip) RC_ASSERT(order.quantity == held.abs());
  }
}

RC_GTEST_PROP(PlanProperty, BuysFitTheMoney, ()) {
  SceneOptions options = any_options();
  options.shorts = false;
  const Scene scene = any_scene(options);
  const auto plan = plan_or_discard(scene);
  cpp_rational cash = rational(scene.equity);
  for (const Holding& holding : scene.holdings.holdings) {
    const PricePoint* point = scene.prices.find(holding.symbol);
    if (point != nullptr) cash -= rational(holding.quantity) * rational(point->price);
  }
  if (cash < 0) cash = 0;
  cpp_rational buys;
  cpp_rational sells;
  for (const PlannedOrder& order : plan.value().orders) {
    (order.side == Side::kBuy ? buys : sells) +=
        rational(order.quantity) * rational(order.ref_price);
  }
  RC_ASSERT(buys <= cash + sells);
  RC_ASSERT(buys * (1 + rational(scene.policy.collar)) <= cash + sells);
  const cpp_rational buffer = (rational(scene.equity) - rational(plan.value().foreign_value)) *
                              rational(scene.policy.cash_buffer);
  if (buys > 0) {
    RC_ASSERT(cash + sells - buys + rational(plan.value().rounding_allowance) >= buffer);
  }
}

RC_GTEST_PROP(PlanProperty, ApplyingThePlanGivesTheTargetsUpToOneLot, ()) {
  SceneOptions options = any_options();
  options.caps = false;
  Scene scene = any_scene(options);
  const auto plan = plan_or_discard(scene);
  const cpp_rational investable = (rational(scene.equity) - rational(plan.value().foreign_value)) *
                                  (1 - rational(scene.policy.cash_buffer));
  for (const PlanRow& row : plan.value().rows) {
    const Quantity signed_qty = row.action == Action::kSell ? -row.planned_qty : row.planned_qty;
    const Quantity after = row.current_qty + signed_qty;
    if (row.action != Action::kBuy && row.action != Action::kSell) continue;
    if (row.code == ReasonCode::kInsufficientFunds) {
      RC_ASSERT(after >= row.current_qty && after <= row.target_qty);
      continue;
    }
    RC_ASSERT(row.code == ReasonCode::kNone);
    const auto rule = std::find_if(scene.rules.begin(), scene.rules.end(),
                                   [&](const AssetRule& r) { return r.symbol == *row.symbol; });
    const bool whole = (rule != scene.rules.end() && !rule->fractionable) || row.target_weight < 0;
    const int decimals = whole ? 0 : scene.policy.quantity_decimals;
    const cpp_rational lot =
        1 /
        cpp_rational(boost::multiprecision::pow(
            cpp_int(10),
            static_cast<unsigned>(
                row.current_qty.is_negative() && !row.target_qty.is_positive() ? 0 : decimals)));
    const cpp_rational target =
        cut(rational(exact_weight(row.target_weight).value()) * investable / rational(*row.price),
            decimals);
    RC_ASSERT(rational(row.target_qty) == target);
    RC_ASSERT(abs(rational(after) - target) < lot);
    if (row.target_weight == 0) RC_ASSERT(after.is_zero());
  }
}

RC_GTEST_PROP(PlanProperty, PermutingInputRowsChangesNoOutput, ()) {
  const Scene scene = any_scene(any_options());
  Scene permuted = scene;
  auto& targets = permuted.targets.targets;
  for (std::size_t i = targets.size(); i > 1; --i) {
    std::swap(targets[i - 1], targets[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  const auto a = plan_or_discard(scene);
  const auto b = permuted.plan();
  RC_ASSERT(b.ok());
  RC_ASSERT(testing::shown(a.value()) == testing::shown(b.value()));
  RC_ASSERT(a.value().notes == b.value().notes);
  RC_ASSERT(a.value().target_weight == b.value().target_weight);
  RC_ASSERT(a.value().rows.size() == b.value().rows.size());
  for (std::size_t i = 0; i < a.value().rows.size(); ++i) {
    const PlanRow& x = a.value().rows[i];
    const PlanRow& y = b.value().rows[i];
    RC_ASSERT(x.asset_id == y.asset_id && x.symbol == y.symbol && x.action == y.action);
    RC_ASSERT(x.planned_qty == y.planned_qty && x.code == y.code && x.words == y.words);
  }
}

}  // namespace
}  // namespace signalbus::planning
