// Goal: every configured limit refuses, exactly beyond its value, and says which and where.
// Method: each rule at limit - 1, limit, limit + 1 of its smallest unit; random batches against an
// oracle in rational arithmetic.
#include "risk/check_orders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>

#include "risk/testing/values.h"

namespace signalbus::risk {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the words of these tests

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> rules_of(const std::vector<Breach>& breaches) {
  std::vector<std::string> out;
  for (const Breach& breach : breaches) out.emplace_back(breach.rule);
  return out;
}

/// The rule that refuses this one order, "" when none does.
std::string refusing_rule(const PlannedOrder& one, const RiskLimits& limits,
                          const PriceBook& prices = market({{"A", "100"}})) {
  const std::vector<PlannedOrder> orders{one};
  const RiskVerdict verdict = risk_check_orders(orders, prices, kRich, limits);
  EXPECT_EQ(verdict.allowed.size() + verdict.refused.size(), 1u);
  return verdict.refused.empty() ? "" : std::string(verdict.refused[0].breach.rule);
}

/// The rules that refuse the batch.
std::vector<std::string> refusing_batch(const std::vector<PlannedOrder>& orders,
                                        const AccountState& account, const RiskLimits& limits) {
  const RiskVerdict verdict =
      risk_check_orders(orders, market({{"A", "100"}, {"B", "100"}}), account, limits);
  EXPECT_TRUE(!verdict.batch_refused() || verdict.allowed.empty());
  return rules_of(verdict.batch);
}

TEST(RiskCheckTest, WithoutLimitsEveryPricedOrderPasses) {
  EXPECT_EQ(refusing_rule(buy("A", "1000000", "100"), {}), "");
}

// ancestor-defects 7: each limit below refuses; none only prints.
TEST(RiskCheckTest, MaxSharePerOrderRefusesAboveItsValue) {
  RiskLimits limits;
  limits.max_share_per_order = {qty("10"), "config.yaml:12"};
  EXPECT_EQ(refusing_rule(buy("A", "9.999999999", "100"), limits), "");
  EXPECT_EQ(refusing_rule(buy("A", "10", "100"), limits), "");
  EXPECT_EQ(refusing_rule(buy("A", "10.000000001", "100"), limits), "max_share_per_order");
  EXPECT_EQ(refusing_rule(sell("A", "10.000000001", "100"), limits), "max_share_per_order");
}

// ancestor-defects 7
TEST(RiskCheckTest, MaxNotionalPerOrderRefusesAboveItsValue) {
  RiskLimits limits;
  limits.max_notional_per_order = {usd("1000"), ""};
  EXPECT_EQ(refusing_rule(buy("A", "9.99999999", "100"), limits), "");
  EXPECT_EQ(refusing_rule(buy("A", "10", "100"), limits), "");
  EXPECT_EQ(refusing_rule(buy("A", "10.00000001", "100"), limits), "max_notional_per_order");
  EXPECT_EQ(refusing_rule(sell("A", "10.00000001", "100"), limits), "max_notional_per_order");
}

// ancestor-defects 7
TEST(RiskCheckTest, PriceToleranceRefusesAMoveBeyondItOnEitherSide) {
  RiskLimits limits;
  limits.price_tolerance = {ratio("0.01"), "config.yaml:9"};
  struct Case {
    const char* market_price;
    bool refused;
  };
  const Case cases[] = {{"100", false},           {"101", false}, {"101.000000001", true},
                        {"100.999999999", false}, {"99", false},  {"98.999999999", true},
                        {"99.000000001", false},  {"0.01", true}, {"100000000", true}};
  for (const Case& c : cases) {
    EXPECT_EQ(refusing_rule(buy("A", "1", "100"), limits, market({{"A", c.market_price}})),
              c.refused ? "price_tolerance_pct" : "")
        << c.market_price;
  }
}

TEST(RiskCheckTest, SaysValueLimitAndOrigin) {
  RiskLimits limits;
  limits.price_tolerance = {ratio("0.01"), "config.yaml:9"};
  const std::vector<PlannedOrder> orders{buy("A", "1", "100")};
  const auto verdict = risk_check_orders(orders, market({{"A", "102"}}), kRich, limits);
  ASSERT_EQ(verdict.refused.size(), 1u);
  EXPECT_EQ(verdict.refused[0].breach.words,
            "price is now 102, the plan was made at 100, which is more than "
            "risk.price_tolerance_pct 1 percent apart (config.yaml:9)");
}

// ancestor-defects 7
TEST(RiskCheckTest, AnOrderWithoutAMarketPriceIsRefusedAloneOrWithTheBatch) {
  const std::vector<PlannedOrder> orders{buy("A", "1", "100"), buy("B", "1", "100")};
  RiskLimits limits;
  limits.reject_if_price_missing = {false, ""};
  auto verdict = risk_check_orders(orders, market({{"A", "100"}}), kRich, limits);
  EXPECT_FALSE(verdict.batch_refused());
  ASSERT_EQ(verdict.refused.size(), 1u);
  EXPECT_EQ(verdict.refused[0].order.symbol, sym("B"));
  EXPECT_EQ(verdict.refused[0].breach.rule, "reject_if_price_missing");

  limits.reject_if_price_missing = {true, ""};
  verdict = risk_check_orders(orders, market({{"A", "100"}}), kRich, limits);
  EXPECT_THAT(rules_of(verdict.batch), ElementsAre("reject_if_price_missing"));
  EXPECT_THAT(verdict.batch[0].words, HasSubstr("B: no market price for B"));
  EXPECT_THAT(verdict.allowed, IsEmpty());
}

// ancestor-defects 7
TEST(RiskCheckTest, MaxTotalNotionalCountsBuysAndSellsAndRefusesTheBatch) {
  RiskLimits limits;
  limits.max_total_notional = {usd("1000"), "config.yaml:3"};
  const auto with_last = [](std::string_view quantity) {
    return std::vector{buy("A", "4", "100"), sell("B", quantity, "100")};
  };
  EXPECT_THAT(refusing_batch(with_last("5.99999999"), kRich, limits), IsEmpty());
  EXPECT_THAT(refusing_batch(with_last("6"), kRich, limits), IsEmpty());
  EXPECT_THAT(refusing_batch(with_last("6.00000001"), kRich, limits),
              ElementsAre("max_total_notional"));
}

TEST(RiskCheckTest, ARefusedOrderDoesNotCountTowardsTheBatch) {
  RiskLimits limits;
  limits.max_total_notional = {usd("500"), ""};
  limits.max_share_per_order = {qty("4"), ""};
  const std::vector<PlannedOrder> orders{buy("A", "4", "100"), buy("B", "5", "100")};
  const auto verdict =
      risk_check_orders(orders, market({{"A", "100"}, {"B", "100"}}), kRich, limits);
  EXPECT_FALSE(verdict.batch_refused());
  EXPECT_EQ(verdict.allowed.size(), 1u);
  EXPECT_EQ(verdict.refused.size(), 1u);
}

// ancestor-defects 7: 5 % of 1,000 is 50; cash 200, sells 100, so buys may be 250.
TEST(RiskCheckTest, MinCashBufferRefusesABatchThatLeavesLess) {
  RiskLimits limits;
  limits.min_cash_buffer = {ratio("0.05"), "config.yaml:7"};
  const AccountState account{usd("200"), usd("1000"), Money::zero()};
  const auto with_buy = [](std::string_view quantity) {
    return std::vector{sell("B", "1", "100"), buy("A", quantity, "100")};
  };
  EXPECT_THAT(refusing_batch(with_buy("2.49999999"), account, limits), IsEmpty());
  EXPECT_THAT(refusing_batch(with_buy("2.5"), account, limits), IsEmpty());
  EXPECT_THAT(refusing_batch(with_buy("2.50000001"), account, limits), IsEmpty())
      << "starting cash is cut to 1e-6, so as much may seem to lack";
  EXPECT_THAT(refusing_batch(with_buy("2.50000002"), account, limits),
              ElementsAre("min_cash_buffer_pct"));
}

TEST(RiskCheckTest, TheBufferGivesWayToWhatLotsLeftUnsold) {
  RiskLimits limits;
  limits.min_cash_buffer = {ratio("0.05"), ""};
  AccountState account{usd("200"), usd("1000"), usd("10")};
  EXPECT_THAT(refusing_batch({buy("A", "1.6", "100")}, account, limits), IsEmpty());
  account.rounding_allowance = usd("9");
  EXPECT_THAT(refusing_batch({buy("A", "1.6", "100")}, account, limits),
              ElementsAre("min_cash_buffer_pct"));
}

TEST(RiskCheckTest, SellingBelowTheBufferIsAllowed) {
  RiskLimits limits;
  limits.min_cash_buffer = {ratio("0.5"), ""};
  EXPECT_THAT(
      refusing_batch({sell("A", "1", "100")}, {Money::zero(), usd("1000"), Money::zero()}, limits),
      IsEmpty());
}

TEST(RiskCheckTest, RoundingOfManyNotionalsDoesNotLookLikeALackOfCash) {
  RiskLimits limits;  // 300 buys of 31.666666666 x 10 = 316.66666666, each noted as 316.666667
  limits.min_cash_buffer = {ratio("0.05"), ""};
  const std::vector<PlannedOrder> orders(300, buy("A", "31.666666666", "10"));
  EXPECT_THAT(refusing_batch(orders, {usd("100000"), usd("100000"), Money::zero()}, limits),
              IsEmpty());
}

TEST(RiskCheckTest, RefusePlanTurnsAnyOrderBreachIntoABatchRefusal) {
  RiskLimits limits;
  limits.max_share_per_order = {qty("1"), ""};
  limits.on_order_breach = OnOrderBreach::kRefusePlan;
  EXPECT_THAT(refusing_batch({buy("A", "1", "100"), buy("B", "2", "100")}, kRich, limits),
              ElementsAre("max_share_per_order"));
  limits.on_order_breach = OnOrderBreach::kSkip;
  EXPECT_THAT(refusing_batch({buy("A", "1", "100"), buy("B", "2", "100")}, kRich, limits),
              IsEmpty());
}

TEST(RiskCheckTest, KeepsTheOrderOfWhatItAllows) {
  RiskLimits limits;
  limits.max_share_per_order = {qty("2"), ""};
  const std::vector<PlannedOrder> orders{sell("B", "2", "100"), sell("A", "3", "100"),
                                         buy("A", "1", "100")};
  const auto verdict =
      risk_check_orders(orders, market({{"A", "100"}, {"B", "100"}}), kRich, limits);
  ASSERT_EQ(verdict.allowed.size(), 2u);
  EXPECT_EQ(verdict.allowed[0].symbol, sym("B"));
  EXPECT_EQ(verdict.allowed[1].side, Side::kBuy);
}

// ---- Random batches against rational arithmetic ----

using boost::multiprecision::cpp_int;
using boost::multiprecision::cpp_rational;
cpp_rational exact(std::int64_t raw, std::int64_t unit) { return cpp_rational(raw, unit); }

RC_GTEST_PROP(RiskProperty, AgreesWithAnIndependentReadingOfTheLimits, ()) {
  RiskLimits limits;
  const auto on = [] { return *rc::gen::inRange(0, 2) > 0; };
  const auto cents = [](int most) { return *rc::gen::inRange(0, most); };
  if (on()) limits.max_share_per_order = {Quantity::whole(cents(12)), ""};
  if (on()) limits.max_notional_per_order = {Money::whole(cents(1'200)), ""};
  if (on()) limits.max_total_notional = {Money::whole(cents(5'000)), ""};
  if (on()) limits.price_tolerance = {Ratio::from_raw(cents(5) * 10'000'000), ""};
  if (on()) limits.min_cash_buffer = {Ratio::from_raw(cents(20) * 10'000'000), ""};
  if (on()) limits.reject_if_price_missing = {on(), ""};
  if (*rc::gen::inRange(0, 4) == 0) limits.on_order_breach = OnOrderBreach::kRefusePlan;
  const AccountState account{Money::whole(cents(3'000)), Money::whole(cents(10'000)),
                             Money::whole(cents(50))};
  std::vector<PlannedOrder> orders;
  PriceBook prices;
  for (int i = 0; i < 6; ++i) {
    const Symbol symbol = sym(std::string(1, static_cast<char>('A' + i)));
    const Price at = Price::whole(90 + cents(20));
    if (*rc::gen::inRange(0, 8) > 0) {
      prices.points.push_back({symbol, Price::whole(at.raw() / 1'000'000'000 + cents(7) - 3), {}});
    }
    if (on())
      orders.push_back(order(symbol.view(), on() ? Side::kBuy : Side::kSell,
                             Quantity::whole(1 + cents(12)), at));
  }

  std::vector<Symbol> allowed;
  bool whole_batch = false;
  cpp_rational buys;
  cpp_rational sells;
  for (const PlannedOrder& one : orders) {
    const cpp_rational shares = exact(one.quantity.raw(), 1'000'000'000);
    const cpp_rational reference = exact(one.ref_price.raw(), 1'000'000'000);
    const PricePoint* now = prices.find(one.symbol);
    bool bad = now == nullptr;
    if (bad && limits.reject_if_price_missing && limits.reject_if_price_missing->value)
      whole_batch = true;
    if (limits.max_share_per_order &&
        shares > exact(limits.max_share_per_order->value.raw(), 1'000'000'000))
      bad = true;
    if (limits.max_notional_per_order &&
        shares * reference > exact(limits.max_notional_per_order->value.raw(), 1'000'000))
      bad = true;
    if (limits.price_tolerance && now != nullptr &&
        abs(exact(now->price.raw(), 1'000'000'000) / reference - 1) >
            exact(limits.price_tolerance->value.raw(), 1'000'000'000))
      bad = true;
    if (bad && limits.on_order_breach == OnOrderBreach::kRefusePlan) whole_batch = true;
    if (bad) continue;
    allowed.push_back(one.symbol);
    (one.side == Side::kBuy ? buys : sells) += shares * reference;
  }
  if (limits.max_total_notional &&
      buys + sells > exact(limits.max_total_notional->value.raw(), 1'000'000))
    whole_batch = true;
  if (limits.min_cash_buffer && buys > 0 &&
      exact(account.starting_cash.raw() + account.rounding_allowance.raw(), 1'000'000) + sells -
              buys <
          exact(account.base.raw(), 1'000'000) *
              exact(limits.min_cash_buffer->value.raw(), 1'000'000'000))
    whole_batch = true;

  const RiskVerdict verdict = risk_check_orders(orders, prices, account, limits);
  RC_ASSERT(verdict.batch_refused() == whole_batch);
  std::vector<Symbol> found;
  for (const PlannedOrder& one : verdict.allowed) found.push_back(one.symbol);
  RC_ASSERT(found == (whole_batch ? std::vector<Symbol>{} : allowed));
  RC_ASSERT(verdict.refused.size() == orders.size() - allowed.size());
}

}  // namespace
}  // namespace signalbus::risk
