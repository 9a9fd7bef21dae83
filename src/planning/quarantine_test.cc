// Goal: what quarantined strategies hold is planned around: never traded, never spent.
// Method: small accounts in which part of a holding stays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "planning/testing.h"

namespace signalbus::planning {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// The plan of a scene of which quarantined strategies hold a part.
Result<RebalancePlan> plan_around(const Scene& scene, HeldSleeves held) {
  SB_TRY(const MappedTargets mapped,
         map_targets_to_symbols(scene.targets, scene.mapping, scene.prices, scene.holdings));
  return plan_orders({mapped,
                      scene.prices,
                      scene.holdings,
                      scene.equity,
                      scene.now,
                      scene.rules,
                      scene.refused,
                      {},
                      std::nullopt,
                      std::move(held)},
                     scene.policy);
}

HeldSleeves held(const char* symbol, const char* quantity, const char* cash = "0") {
  return {{{sym(symbol), qty(quantity), "kept for bad"}}, usd(cash)};
}

Scene scene_of(const char* equity) {
  Scene scene;
  scene.equity = usd(equity);
  scene.policy.collar = Ratio::zero();
  return scene;
}

TEST(QuarantineTest, WeightsReferToWhatTheOthersHave) {
  Scene scene = scene_of("1000");
  scene.priced("AAPL", "10").priced("MSFT", "10").held("AAPL", "30").target("MSFT", 1);
  const RebalancePlan plan = plan_around(scene, held("AAPL", "30", "100")).value();
  EXPECT_EQ(plan.held_value, usd("400"));
  EXPECT_EQ(plan.investable, usd("600"));
  EXPECT_THAT(shown(plan), ElementsAre("BUY 60 MSFT: open a new position"));
  EXPECT_EQ(fate(plan, "AAPL"), "HOLD quarantined");
  EXPECT_EQ(row_of(plan, "AAPL").words, "30 shares are kept for bad");
  EXPECT_EQ(plan.cash_after, usd("100"));  // of bad
  EXPECT_THAT(plan.notes, ElementsAre("400 USD stay with quarantined strategies; weights refer to "
                                      "the rest"));
}

TEST(QuarantineTest, TheBufferIsThatOfTheWholeAccount) {
  Scene scene = scene_of("1000");
  scene.policy.cash_buffer = ratio("0.05");
  scene.priced("AAPL", "10").priced("MSFT", "10").held("AAPL", "30").target("MSFT", 1);
  const RebalancePlan plan = plan_around(scene, held("AAPL", "30")).value();
  EXPECT_EQ(plan.investable, usd("650"));  // 950 - 300
  EXPECT_EQ(plan.cash_after, usd("50"));
}

TEST(QuarantineTest, RowsShowTheWeightOfAllThatIsHeld) {
  Scene scene = scene_of("1000");
  scene.priced("AAPL", "10").priced("MSFT", "10").held("AAPL", "30");
  scene.target("MSFT", 0.5).target("AAPL", 0.5);
  const RebalancePlan plan = plan_around(scene, held("AAPL", "30")).value();
  EXPECT_DOUBLE_EQ(row_of(plan, "AAPL").target_weight, 0.65);  // 300 and half of 700
  EXPECT_DOUBLE_EQ(row_of(plan, "MSFT").target_weight, 0.35);
  EXPECT_DOUBLE_EQ(plan.target_weight, 1);
}

TEST(QuarantineTest, ANameOfBothIsTradedByTheOthersAlone) {
  Scene scene = scene_of("1000");
  scene.priced("AAPL", "10").held("AAPL", "50.000000007").target("AAPL", 1);
  const RebalancePlan plan = plan_around(scene, held("AAPL", "20.000000007")).value();
  EXPECT_THAT(shown(plan), ElementsAre("BUY 49.9999 AAPL: increase to target"));
  EXPECT_EQ(row_of(plan, "AAPL").words, "20.000000007 shares are kept for bad");
}

TEST(QuarantineTest, TheOthersExitExactlyAndLeaveTheRest) {
  Scene scene = scene_of("1000");
  scene.priced("AAPL", "10").priced("MSFT", "10").held("AAPL", "30.123456789").target("MSFT", 1);
  const RebalancePlan plan = plan_around(scene, held("AAPL", "10")).value();
  EXPECT_THAT(shown(plan), ::testing::Contains("SELL 20.123456789 AAPL: reduce to target"));
  // An exit of less than the minimum goes out all the same.
  Scene dust = scene_of("1000");
  dust.priced("AAPL", "10").priced("MSFT", "10").held("AAPL", "10.01").target("MSFT", 1);
  EXPECT_THAT(shown(plan_around(dust, held("AAPL", "10")).value()),
              ::testing::Contains("SELL 0.01 AAPL: reduce to target"));
}

TEST(QuarantineTest, ABlacklistedNameStaysWhereItIsHeld) {
  Scene scene = scene_of("1000");
  scene.policy.blacklist = {"AAPL"};
  scene.priced("AAPL", "10").priced("MSFT", "10").held("AAPL", "30");
  scene.target("MSFT", 0.5).target("AAPL", 0.5);
  const RebalancePlan plan = plan_around(scene, held("AAPL", "20")).value();
  EXPECT_THAT(shown(plan), ::testing::Contains("SELL 10 AAPL: reduce to target"));
}

TEST(QuarantineTest, WithoutAPriceItCountsAtItsStatedValue) {
  Scene scene = scene_of("1000");
  scene.priced("MSFT", "10").held("AAPL", "30").target("MSFT", 1);
  scene.holdings.holdings[0].market_value = usd("300");
  const RebalancePlan plan = plan_around(scene, held("AAPL", "10")).value();
  EXPECT_EQ(plan.held_value, usd("100"));
  EXPECT_EQ(fate(plan, "AAPL"), "SKIP no_price");
  EXPECT_EQ(row_of(plan, "AAPL").target_qty, qty("10"));
}

TEST(QuarantineTest, AFlipLooksAtTheWholeHolding) {
  // The account holds 2 + 5; the others want to be short 4: it goes to 2 - 4, through zero.
  Scene scene = scene_of("1000");
  scene.policy.allow_short = true;
  scene.priced("AAPL", "10").priced("MSFT", "10").held("AAPL", "7");
  scene.target("AAPL", -0.0410).target("MSFT", 0.9);
  const RebalancePlan plan = plan_around(scene, held("AAPL", "2")).value();
  EXPECT_THAT(shown(plan),
              ::testing::IsSupersetOf({"SELL 7 AAPL: close before changing side",
                                       "SELL 2 AAPL: change side after the close has filled"}));
}

TEST(QuarantineTest, OthersWithoutCapitalSellAndTheNoteSaysSo) {
  Scene scene = scene_of("1000");
  scene.policy.cash_buffer = ratio("0.2");
  scene.priced("AAPL", "10").priced("MSFT", "10").held("AAPL", "90").held("MSFT", "5");
  scene.target("MSFT", 1);
  const RebalancePlan plan = plan_around(scene, held("AAPL", "90")).value();
  EXPECT_TRUE(plan.investable.is_zero());
  EXPECT_THAT(shown(plan), ElementsAre("SELL 5 MSFT: close: no longer targeted"));
  ASSERT_FALSE(plan.notes.empty());
  EXPECT_THAT(plan.notes.back(), HasSubstr("and there is none: the others sell what they hold"));
}

TEST(QuarantineTest, WithoutHeldSleevesNothingChanges) {
  Scene scene = scene_of("1000");
  scene.priced("AAPL", "10").held("AAPL", "30").target("AAPL", 1);
  const RebalancePlan plan = plan_around(scene, {}).value();
  EXPECT_TRUE(plan.held_value.is_zero());
  EXPECT_THAT(plan.notes, IsEmpty());
  EXPECT_EQ(row_of(plan, "AAPL").target_weight, 1);
}

}  // namespace
}  // namespace signalbus::planning
