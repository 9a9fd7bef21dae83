// Goal: the money side of a plan: funds, collar, buffer, turnover cap, bands.
// Method: one to three names with round prices, amounts by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "planning/testing.h"

namespace signalbus::planning {
namespace {

using ::testing::ElementsAre;
using testing::fate;
using ::testing::HasSubstr;
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

// ancestor-defects 16: all buys by one factor, not the last one alone.
TEST(FundTradesTest, ScalesAllBuysByOneFactorToTheFundsWithCollar) {
  Scene scene;  // 104,000 USD of cash cover 100,000 USD of market buys with the 4 % collar
  scene.equity = usd("104000");
  scene.target("A", 0.5).priced("A", "10").target("B", 0.25).priced("B", "20");
  scene.target("C", 0.25).priced("C", "40");
  const RebalancePlan plan = plan_of(scene);
  // 52,000, 26,000, 26,000 scaled by 100/104.
  EXPECT_EQ(row_of(plan, "A").planned_qty, qty("5000"));
  EXPECT_EQ(row_of(plan, "B").planned_qty, qty("1250"));
  EXPECT_EQ(row_of(plan, "C").planned_qty, qty("625"));
  EXPECT_EQ(fate(plan, "A"), "BUY insufficient_funds");
  EXPECT_EQ(row_of(plan, "A").words,
            "buys scaled to 96.15 %: 100000 USD available after cash buffer and collar");
  EXPECT_EQ(plan.buy_notional, usd("100000"));
}

TEST(FundTradesTest, DoesNotScaleWhatTheBufferCoversAnyway) {
  Scene scene;
  scene.policy.cash_buffer = ratio("0.05");
  scene.target("A", 1).priced("A", "10");
  const RebalancePlan plan = plan_of(scene);
  EXPECT_EQ(fate(plan, "A"), "BUY");
  EXPECT_EQ(plan.cash_after, usd("5000"));
}

// ancestor-defects 7: the cash buffer binds.
TEST(FundTradesTest, RebuildsTheBufferBeforeItBuys) {
  Scene scene;  // everything invested, 10 % must be cash
  scene.policy.cash_buffer = ratio("0.1");
  scene.policy.collar = Ratio::zero();
  scene.held("A", "10000").priced("A", "10").target("A", 0.5).target("B", 0.5).priced("B", "10");
  const RebalancePlan plan = plan_of(scene);
  EXPECT_THAT(shown(plan),
              ElementsAre("SELL 5500 A: reduce to target", "BUY 4500 B: open a new position"));
  EXPECT_EQ(plan.cash_after, usd("10000"));
}

TEST(FundTradesTest, BuysNeverExceedCashPlusSells) {
  Scene scene;  // the holding is worth more than the equity says: no cash at all
  scene.equity = usd("1000");
  scene.policy.collar = Ratio::zero();
  scene.held("A", "100").priced("A", "15").target("A", 0.5).target("B", 0.5).priced("B", "10");
  const RebalancePlan plan = plan_of(scene);
  EXPECT_EQ(plan.starting_cash, Money::zero());
  EXPECT_LE(plan.buy_notional, plan.sell_notional);
}

TEST(FundTradesTest, HasNoNoiseOfRoundingAtNineDecimals) {
  Scene scene;  // 300 names of 316.666... USD: rounding each amount up must not look like a lack
  scene.policy.quantity_decimals = 9;
  scene.policy.cash_buffer = ratio("0.05");
  for (int i = 0; i < 300; ++i) {
    const std::string symbol = "S" + std::to_string(i);
    scene.target(symbol, 1.0 / 300).priced(symbol, "10");
  }
  const RebalancePlan plan = plan_of(scene);
  for (const PlanRow& row : plan.rows) ASSERT_EQ(row.code, ReasonCode::kNone) << row.words;
}

// ---- Turnover cap ----

TEST(FundTradesTest, CapsTurnoverByOneFactorOverSellsAndBuys) {
  Scene scene;  // sells 40,000 and buys 40,000: one-way 40 % of equity, capped at 10 %
  scene.policy.max_turnover = ratio("0.1");
  scene.policy.collar = Ratio::zero();
  scene.held("A", "10000").priced("A", "10").target("A", 0.6).target("B", 0.4).priced("B", "10");
  const RebalancePlan plan = plan_of(scene);
  EXPECT_EQ(row_of(plan, "A").planned_qty, qty("1000"));
  EXPECT_EQ(row_of(plan, "B").planned_qty, qty("1000"));
  EXPECT_EQ(fate(plan, "A"), "SELL turnover_cap");
  EXPECT_EQ(row_of(plan, "A").words, "scaled to 25 % by planning.max_turnover 0.1");
}

TEST(FundTradesTest, LeavesTurnoverAtTheCapAlone) {
  Scene scene;
  scene.policy.max_turnover = ratio("0.4");
  scene.policy.collar = Ratio::zero();
  scene.held("A", "10000").priced("A", "10").target("A", 0.6).target("B", 0.4).priced("B", "10");
  EXPECT_EQ(fate(plan_of(scene), "A"), "SELL");
}

TEST(FundTradesTest, ACappedSaleDoesNotLoosenTheCashBuffer) {
  Scene scene;  // no cash; buffer 5 %: sells 52,500, buys 47,500; the cap halves both
  scene.policy.cash_buffer = ratio("0.05");
  scene.policy.collar = Ratio::zero();
  scene.policy.max_turnover = ratio("0.25");
  scene.held("A", "10000").priced("A", "10").target("A", 0.5).target("B", 0.5).priced("B", "10");
  const RebalancePlan plan = plan_of(scene);
  EXPECT_EQ(plan.sell_notional, usd("26250"));
  EXPECT_EQ(plan.buy_notional, usd("21250")) << "the first proceeds restore the buffer";
  EXPECT_EQ(plan.rounding_allowance, Money::zero()) << "no lot was cut";
}

TEST(FundTradesTest, ACappedExitIsCutToTheLotsOfItsName) {
  Scene scene;  // exits of 7 and 7 shares scaled by 1/3: 2.3333 shares, and 2 whole ones
  scene.policy.max_turnover = ratio("0.1");
  scene.policy.allow_liquidation = true;
  scene.equity = usd("1400");
  scene.held("A", "21").priced("A", "20").held("B", "21").priced("B", "20");
  scene.rule("B", true, false, true);
  const RebalancePlan plan = plan_of(scene);
  EXPECT_EQ(row_of(plan, "A").planned_qty, qty("7"));
  scene.policy.max_turnover = ratio("0.11");  // 308 of 840 USD: 7.7 shares
  EXPECT_EQ(row_of(plan_of(scene), "A").planned_qty, qty("7.7"));
  EXPECT_EQ(row_of(plan_of(scene), "B").planned_qty, qty("7"));
  scene.policy.quantity_decimals = 0;
  EXPECT_EQ(row_of(plan_of(scene), "A").planned_qty, qty("7"));
}

// ---- No-trade band ----

Scene banded(const char* absolute, const char* relative) {
  Scene scene;  // target 500 shares of 100 USD; weight 0.5
  scene.target("A", 0.5).priced("A", "100");
  if (*absolute != '\0') scene.policy.band.absolute = ratio(absolute);
  if (*relative != '\0') scene.policy.band.relative = ratio(relative);
  return scene;
}

TEST(FundTradesTest, LeavesDeviationsInsideTheBandAlone) {
  struct Case {
    const char *absolute, *relative, *held, *expected;
  };
  const Case cases[] = {{"0.01", "", "490", "HOLD"},  // 10 shares = 1 % of 100,000: the edge
                        {"0.01", "", "489.9999", "BUY"},  {"0.01", "", "510", "HOLD"},
                        {"0.01", "", "510.0001", "SELL"}, {"", "0.02", "490", "HOLD"},
                        {"", "0.02", "489.9999", "BUY"},  {"0.01", "0.01", "494", "BUY"},
                        {"0.01", "0.01", "495", "HOLD"},  {"0.001", "0.5", "498", "BUY"}};
  for (const Case& c : cases) {
    const std::string fate_of =
        fate(plan_of(banded(c.absolute, c.relative).held("A", c.held)), "A");
    const std::string expected =
        std::string(c.expected) == "HOLD" ? "SKIP inside_band" : c.expected;
    EXPECT_EQ(fate_of, expected) << c.absolute << " " << c.relative << " " << c.held;
  }
}

TEST(FundTradesTest, TradesToTheTargetOrToTheEdgeOfTheBand) {
  Scene scene = banded("0.01", "").held("A", "400");
  EXPECT_THAT(shown(plan_of(scene)), ElementsAre("BUY 100 A: increase to target"));
  scene.policy.band.trade_to_edge = true;
  const RebalancePlan plan = plan_of(scene);
  EXPECT_THAT(shown(plan), ElementsAre("BUY 90 A: increase to target"));
  EXPECT_EQ(row_of(plan, "A").delta, qty("100"));
  EXPECT_THAT(row_of(plan, "A").words, HasSubstr("planning.band"));
}

TEST(FundTradesTest, TheBandNeverKeepsAnExit) {
  Scene scene =
      banded("0.5", "").held("X", "1").priced("X", "100").held("Z", "1").priced("Z", "100");
  scene.target("Z", 0);
  const RebalancePlan plan = plan_of(scene);
  EXPECT_EQ(fate(plan, "X"), "SELL");
  EXPECT_EQ(fate(plan, "Z"), "SELL");
}

TEST(FundTradesTest, AFlipToTheEdgeClosesAllBeforeItOpens) {
  Scene scene;  // 10 long, target 50 short, band 10 shares: sell 10, then 40 short
  scene.policy.allow_short = true;
  scene.policy.band.absolute = ratio("0.01");
  scene.policy.band.trade_to_edge = true;
  scene.target("A", -0.05).priced("A", "100").held("A", "10");
  EXPECT_THAT(shown(plan_of(scene)),
              ElementsAre("SELL 40 A: change side after the close has filled",
                          "SELL 10 A: close before changing side"));
  scene.policy.band.absolute = ratio("0.055");  // 55 shares: the edge is 5 long
  EXPECT_THAT(shown(plan_of(scene)), ElementsAre("SELL 5 A: reduce to target"));
}

}  // namespace
}  // namespace signalbus::planning
