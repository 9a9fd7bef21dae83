// Goal: what orders look like: sequence, legs, brackets, limits, ticks, caps.
// Method: small scenes; tick rules from Reg NMS 612 (cents from 1 USD, 0.0001 below).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "planning/testing.h"

namespace signalbus::planning {
namespace {

using ::testing::ElementsAre;
using testing::fate;
using ::testing::HasSubstr;
using testing::price;
using testing::qty;
using testing::ratio;
using testing::row_of;
using testing::Scene;
using testing::shown;
using testing::usd;

RebalancePlan plan_of(const Scene& scene) {
  Result<RebalancePlan> plan = scene.plan();
  if (!plan.ok()) ADD_FAILURE() << plan.error().message;
  SB_CHECK(plan.ok());
  return std::move(plan).value();
}

/// Three exits and three buys; C and D, E and F are worth the same.
Scene six_orders() {
  Scene scene;
  scene.held("D", "1").priced("D", "100").held("C", "1").priced("C", "100");
  scene.held("B", "1").priced("B", "200");
  scene.target("F", 0.002).priced("F", "10").target("E", 0.002).priced("E", "20");
  scene.target("A", 0.003).priced("A", "30");
  return scene;
}

// ancestor-defects 9, 10: sells stand first, and the order does not depend on the input.
TEST(MakeOrdersTest, SellsStandFirstEachByNotionalThenSymbol) {
  std::vector<std::string> symbols;
  for (const PlannedOrder& order : plan_of(six_orders()).orders)
    symbols.push_back(order.symbol.text());
  EXPECT_THAT(symbols, ElementsAre("B", "C", "D", "A", "E", "F"));
}

// ancestor-defects 10
TEST(MakeOrdersTest, AppliesTheOrderCapAfterSortingWithReasons) {
  Scene scene = six_orders();
  scene.policy.max_orders = 4;
  const RebalancePlan plan = plan_of(scene);
  ASSERT_EQ(plan.orders.size(), 4u);
  EXPECT_EQ(plan.orders.back().symbol.text(), "A");
  EXPECT_EQ(fate(plan, "E"), "SKIP risk_limit");
  EXPECT_EQ(row_of(plan, "F").words, "order 6 of 6, execution.max_orders is 4");
  EXPECT_EQ(row_of(plan, "F").planned_qty, Quantity::zero());
  scene.policy.max_orders = 6;
  EXPECT_EQ(plan_of(scene).orders.size(), 6u);
}

// ancestor-defects 11
TEST(MakeOrdersTest, LongToShortIsTwoLegsAndTheFirstIsTheHolding) {
  Scene scene;  // 10.5 long, target 10 short
  scene.policy.allow_short = true;
  scene.target("A", -0.01).priced("A", "100").held("A", "10.5");
  const RebalancePlan plan = plan_of(scene);
  EXPECT_THAT(shown(plan), ElementsAre("SELL 10.5 A: close before changing side",
                                       "SELL 10 A: change side after the close has filled"));
  EXPECT_EQ(plan.orders[0].leg(), 1);
  EXPECT_EQ(plan.orders[1].leg(), 2);
  EXPECT_EQ(row_of(plan, "A").planned_qty, qty("20.5"));
}

// ancestor-defects 11
TEST(MakeOrdersTest, ShortToLongIsTwoLegs) {
  Scene scene;  // 10 short, target 15.25 long
  scene.target("A", 0.01525).priced("A", "100").held("A", "-10");
  EXPECT_THAT(shown(plan_of(scene)),
              ElementsAre("BUY 15.25 A: change side after the close has filled",
                          "BUY 10 A: close before changing side"));
}

TEST(MakeOrdersTest, ShortsAreWholeShares) {
  Scene scene;
  scene.policy.allow_short = true;
  scene.target("A", -0.01).priced("A", "300");  // 3.33 shares
  EXPECT_THAT(shown(plan_of(scene)), ElementsAre("SELL 3 A: open a new position"));
  scene.rule("A", true, true, false);
  EXPECT_EQ(fate(plan_of(scene), "A"), "SKIP not_tradable");
}

TEST(MakeOrdersTest, CapsBothLegsOfAFlipTogether) {
  Scene scene;
  scene.policy.allow_short = true;
  scene.policy.max_orders = 1;
  scene.target("A", -0.01).priced("A", "100").held("A", "10.5");
  const RebalancePlan plan = plan_of(scene);
  EXPECT_THAT(plan.orders, ElementsAre());
  EXPECT_EQ(fate(plan, "A"), "SKIP risk_limit");
}

TEST(MakeOrdersTest, SaysWhyAnOrderExists) {
  Scene scene;
  scene.target("OPEN", 0.1).priced("OPEN", "10").target("MORE", 0.1).priced("MORE", "10");
  scene.held("MORE", "100").target("LESS", 0.1).priced("LESS", "10").held("LESS", "2000");
  scene.held("GONE", "1").priced("GONE", "1");
  EXPECT_THAT(
      shown(plan_of(scene)),
      ElementsAre("SELL 1000 LESS: reduce to target", "SELL 1 GONE: close: no longer targeted",
                  "BUY 1000 OPEN: open a new position", "BUY 900 MORE: increase to target"));
}

// ---- Brackets ----

Scene bracketed(const char* at) {
  Scene scene;
  scene.policy.bracket_on_buy = BracketPolicy{ratio("0.02"), ratio("0.01")};
  scene.target("A", 0.1).priced("A", at);
  return scene;
}

TEST(MakeOrdersTest, BracketsAreWholeSharesAndTheRestIsReported) {
  const RebalancePlan plan = plan_of(bracketed("151.25"));  // 10,000 / 151.25 = 66.1157
  ASSERT_EQ(plan.orders.size(), 1u);
  const PlannedOrder& order = plan.orders[0];
  EXPECT_EQ(order.type, OrderType::kBracket);
  EXPECT_EQ(order.quantity, qty("66"));
  EXPECT_EQ(order.take_profit, price("154.28"));  // 154.275, up
  EXPECT_EQ(order.stop_loss, price("149.73"));    // 149.7375, down
  EXPECT_EQ(order.limit_price, std::nullopt);
  EXPECT_EQ(row_of(plan, "A").words, "0.1157 shares left out: brackets are whole shares");
}

TEST(MakeOrdersTest, ABracketBelowOneShareIsReported) {
  const RebalancePlan plan = plan_of(bracketed("10001"));
  EXPECT_EQ(fate(plan, "A"), "SKIP below_one_lot");
  EXPECT_THAT(row_of(plan, "A").words, HasSubstr("brackets are whole shares"));
}

// ancestor-defects 17 (the planner's part): take profit and stop loss are never the price itself.
TEST(MakeOrdersTest, BracketPricesEncloseThePriceAtEveryTick) {
  for (const char* at : {"5", "5.009", "1", "0.9999", "0.05", "0.0101", "99999.99"}) {
    Scene scene = bracketed(at);
    scene.policy.bracket_on_buy = BracketPolicy{ratio("0.0001"), ratio("0.0001")};
    scene.equity = usd("1000000");
    const RebalancePlan plan = plan_of(scene);
    ASSERT_EQ(plan.orders.size(), 1u) << at;
    // Alpaca: take_profit >= base_price + 0.01, stop_loss <= base_price - 0.01.
    EXPECT_GE(*plan.orders[0].take_profit, price(at) + price("0.01"));
    EXPECT_LE(*plan.orders[0].stop_loss, price(at) - price("0.01"));
    EXPECT_TRUE(plan.orders[0].stop_loss->is_positive());
  }
}

TEST(MakeOrdersTest, APriceWithoutRoomForAStopIsSkipped) {
  EXPECT_EQ(fate(plan_of(bracketed("0.01")), "A"), "SKIP bad_price");
}

TEST(MakeOrdersTest, SellsAreNeverBrackets) {
  Scene scene = bracketed("100");
  scene.held("A", "200.5");
  const RebalancePlan plan = plan_of(scene);
  ASSERT_EQ(plan.orders.size(), 1u);
  EXPECT_EQ(plan.orders[0].type, OrderType::kMarket);
  EXPECT_EQ(plan.orders[0].quantity, qty("100.5"));
}

TEST(MakeOrdersTest, OnlyEntriesAreBrackets) {
  Scene cover = bracketed("100").held("X", "-5").priced("X", "100");
  Scene flip = bracketed("100").held("A", "-10");
  for (const Scene& scene : {cover, flip}) {
    for (const PlannedOrder& order : plan_of(scene).orders) {
      const bool closes =
          order.purpose == Purpose::kClose || order.purpose == Purpose::kCloseToFlip;
      EXPECT_EQ(order.type, closes ? OrderType::kMarket : OrderType::kBracket)
          << order.symbol.text() << " " << to_text(order.purpose);
    }
  }
}

// ---- Limits and ticks ----

TEST(MakeOrdersTest, LimitsStandOnATickInsideTheCollar) {
  struct Case {
    const char *reference, *collar, *buy, *sell;
  };
  const Case cases[] = {
      {"100", "0.005", "100.5", "99.5"},
      {"33.33", "0.001", "33.36", "33.3"},  // 33.36333 down, 33.29667 up
      {"0.5", "0.001", "0.5005", "0.4995"},
      {"0.3333", "0.001", "0.3336", "0.333"},  // 0.33363 down, 0.33297 up
      {"0.99", "0.04", "1.02", "0.9504"},      // 1.0296 stands in cents, 0.9504 does not
      {"1.01", "0.04", "1.05", "0.9696"},
      {"99999999.99", "0", "99999999.99", "99999999.99"}};
  for (const Case& c : cases) {
    Scene scene;
    scene.equity = usd("1000000000");
    scene.policy.order_type = OrderType::kLimit;
    scene.policy.collar = ratio(c.collar);
    scene.target("BUY", 0.1).priced("BUY", c.reference);
    scene.held("SELL", "10").priced("SELL", c.reference);
    const RebalancePlan plan = plan_of(scene);
    ASSERT_EQ(plan.orders.size(), 2u);
    EXPECT_EQ(plan.orders[0].limit_price->text(), c.sell) << c.reference;
    EXPECT_EQ(plan.orders[1].limit_price->text(), c.buy) << c.reference;
    EXPECT_EQ(plan.orders[0].type, OrderType::kLimit);
  }
}

TEST(MakeOrdersTest, SkipsALimitOrderForAPriceBelowOneTick) {
  Scene scene;
  scene.policy.order_type = OrderType::kLimit;
  scene.target("A", 0.1).priced("A", "0.00005").target("B", 0.9).priced("B", "1");
  EXPECT_EQ(fate(plan_of(scene), "A"), "SKIP bad_price");
}

TEST(MakeOrdersTest, FractionsAreDayOrdersWhateverTheSetting) {
  Scene scene;
  scene.policy.time_in_force = TimeInForce::kGtc;
  scene.target("WHOLE", 0.1).priced("WHOLE", "10").target("PART", 0.1).priced("PART", "3000");
  const RebalancePlan plan = plan_of(scene);
  ASSERT_EQ(plan.orders.size(), 2u);
  for (const PlannedOrder& order : plan.orders) {
    EXPECT_EQ(order.time_in_force,
              order.symbol.text() == "WHOLE" ? TimeInForce::kGtc : TimeInForce::kDay);
  }
}

TEST(MakeOrdersTest, AMarketOrderHasNoPrices) {
  Scene scene;
  scene.target("A", 0.1).priced("A", "10");
  const PlannedOrder order = plan_of(scene).orders.at(0);
  EXPECT_EQ(order.type, OrderType::kMarket);
  EXPECT_FALSE(order.limit_price || order.take_profit || order.stop_loss);
  EXPECT_EQ(order.notional, usd("10000"));
  EXPECT_EQ(order.time_in_force, TimeInForce::kDay);
}

}  // namespace
}  // namespace signalbus::planning
