// Goal: every name gets the trade, or the reason, that the contract (product.md, M2) gives it.
// Method: scenes of one to five names; expected shares and USD computed by hand in the comments.
#include "planning/plan_orders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "planning/testing.h"
#include "planning/trade.h"

namespace signalbus::planning {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::fate;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::price;
using testing::qty;
using testing::ratio;
using testing::row_of;
using testing::Scene;
using testing::shown;
using testing::sym;
using testing::usd;

RebalancePlan plan_of(const Scene& scene) {
  Result<RebalancePlan> plan = scene.plan();
  if (!plan.ok()) ADD_FAILURE() << plan.error().message;
  SB_CHECK(plan.ok());
  return std::move(plan).value();
}

Error refusal_of(const Scene& scene) {
  Result<RebalancePlan> plan = scene.plan();
  SB_CHECK(!plan.ok());
  return std::move(plan).error();
}

// ---- Sizes ----

// ancestor-defects 21: 0.3 x 95,000 / 30 is 950, not 949.9999.
TEST(PlanOrdersTest, SizesInExactDecimals) {
  Scene scene;
  scene.target("AAPL", 0.3).target("CASHLIKE", 0.7).priced("AAPL", "30").priced("CASHLIKE", "7");
  scene.policy.cash_buffer = ratio("0.05");
  const RebalancePlan plan = plan_of(scene);
  EXPECT_EQ(plan.investable, usd("95000"));
  EXPECT_EQ(row_of(plan, "AAPL").target_qty, qty("950"));
  EXPECT_EQ(row_of(plan, "CASHLIKE").target_qty, qty("9500"));
  EXPECT_EQ(plan.cash_after, usd("5000"));
}

// ancestor-defects 21
TEST(PlanOrdersTest, SellsTheExactHoldingAndNeverMore) {
  Scene scene;
  scene.held("A", "0.1").held("B", "0.123456789").held("C", "333.333333333").target("C", 0.3);
  scene.priced("A", "3").priced("B", "10").priced("C", "100");
  const RebalancePlan plan = plan_of(scene);
  // C: 30,000 / 100 = 300; 33.333333333 is cut to four decimals.
  EXPECT_THAT(shown(plan), ElementsAre("SELL 33.3333 C: reduce to target",
                                       "SELL 0.123456789 B: close: no longer targeted",
                                       "SELL 0.1 A: close: no longer targeted"));
  EXPECT_EQ(row_of(plan, "C").delta, qty("-33.333333333"));
}

// ancestor-defects 1
TEST(PlanOrdersTest, SellsHoldingsThatNoTargetNames) {
  Scene scene;
  scene.target("NEW", 1).priced("NEW", "10").held("OLD", "10").priced("OLD", "50");
  const RebalancePlan plan = plan_of(scene);
  EXPECT_EQ(shown(plan).front(), "SELL 10 OLD: close: no longer targeted");
  EXPECT_EQ(fate(plan, "OLD"), "SELL");
}

TEST(PlanOrdersTest, AFullExitIsExactAndExemptFromMinimums) {
  Scene scene;
  scene.policy.quantity_decimals = 0;
  scene.policy.min_order_notional = usd("1000");
  scene.target("NEW", 1).priced("NEW", "10").target("ZERO", 0).priced("ZERO", "0.5");
  scene.held("ZERO", "0.000000001").held("OLD", "0.25").priced("OLD", "1");
  const RebalancePlan plan = plan_of(scene);
  EXPECT_THAT(shown(plan), Contains("SELL 0.000000001 ZERO: close: no longer targeted"));
  EXPECT_THAT(shown(plan), Contains("SELL 0.25 OLD: close: no longer targeted"));
}

// ancestor-defects 4: one planner, so the minimum holds on every path into it.
TEST(PlanOrdersTest, SkipsOrdersBelowTheMinimumNotional) {
  Scene scene;
  scene.target("BIG", 0.9).priced("BIG", "10").target("SMALL", 0.0000099).priced("SMALL", "0.1");
  scene.target("JUST", 0.00001).priced("JUST", "0.1");
  const RebalancePlan plan = plan_of(scene);
  EXPECT_EQ(fate(plan, "SMALL"), "SKIP below_min_notional");  // 0.99 USD
  EXPECT_EQ(row_of(plan, "SMALL").words, "0.99 USD is below execution.min_order_notional 1");
  EXPECT_EQ(fate(plan, "JUST"), "BUY");  // 1.00 USD
}

TEST(PlanOrdersTest, SkipsWhatIsLessThanOneLot) {
  Scene scene;
  scene.policy.quantity_decimals = 0;
  scene.policy.min_order_notional = Money::zero();
  scene.target("HELD", 0.105).priced("HELD", "1000").held("HELD", "10");       // target 10.5 -> 10
  scene.target("MOVED", 0.105).priced("MOVED", "1000").held("MOVED", "10.5");  // 10 - 10.5
  scene.target("NONE", 0.009).priced("NONE", "1000");                          // 0.9 shares
  const RebalancePlan plan = plan_of(scene);
  EXPECT_EQ(fate(plan, "HELD"), "HOLD unchanged");
  EXPECT_EQ(fate(plan, "MOVED"), "SKIP below_one_lot");
  EXPECT_EQ(fate(plan, "NONE"), "SKIP below_one_lot");
  EXPECT_THAT(plan.orders, IsEmpty());
}

TEST(PlanOrdersTest, HoldsWhatIsAtItsTarget) {
  Scene scene;
  scene.target("A", 0.5).priced("A", "100").held("A", "500").target("Z", 0).priced("Z", "1");
  const RebalancePlan plan = plan_of(scene);
  EXPECT_EQ(fate(plan, "A"), "HOLD unchanged");
  EXPECT_EQ(fate(plan, "Z"), "HOLD unchanged");
  EXPECT_EQ(row_of(plan, "A").planned_weight, 0.5);
}

// ---- Every target and every holding has a row with its fate ----

// ancestor-defects 12
TEST(PlanOrdersTest, EveryTargetHasARowWithItsFate) {
  Scene scene;
  scene.mapping = SymbolMapping{{{AssetId("1"), {sym("GOOD")}},
                                 {AssetId("2"), {sym("NOPRICE")}},
                                 {AssetId("3"), {sym("BADPRICE")}},
                                 {AssetId("5"), {sym("X1"), sym("X2")}}}};
  scene.target("1", 0.6).target("2", 0.1).target("3", 0.1).target("4", 0.1).target("5", 0.1);
  scene.priced("GOOD", "10");
  scene.prices.bad.push_back({sym("BADPRICE"), "price is 0 (prices.csv:14)"});
  const RebalancePlan plan = plan_of(scene);
  ASSERT_EQ(plan.rows.size(), 5u);
  EXPECT_EQ(fate(plan, "GOOD"), "BUY");
  EXPECT_EQ(fate(plan, "NOPRICE"), "SKIP no_price");
  EXPECT_EQ(fate(plan, "BADPRICE"), "SKIP bad_price");
  EXPECT_EQ(row_of(plan, "BADPRICE").words, "price is 0 (prices.csv:14)");
  EXPECT_EQ(fate(plan, "4"), "SKIP no_mapping");
  EXPECT_EQ(fate(plan, "5"), "SKIP ambiguous_mapping");
  EXPECT_NEAR(plan.target_weight, 1.0, 1e-12);
  EXPECT_NEAR(plan.priced_weight, 0.6, 1e-12);
}

// ancestor-defects 13: ids are text everywhere, so "0017" and "17" stay two assets.
TEST(PlanOrdersTest, KeepsAssetIdsAsText) {
  Scene scene;
  scene.mapping = SymbolMapping{{{AssetId("0017"), {sym("A")}}, {AssetId("17"), {sym("B")}}}};
  scene.target("17", 0.5).target("0017", 0.5).priced("A", "1").priced("B", "1");
  const RebalancePlan plan = plan_of(scene);
  EXPECT_EQ(row_of(plan, "A").asset_id, AssetId("0017"));
  EXPECT_EQ(row_of(plan, "B").asset_id, AssetId("17"));
}

TEST(PlanOrdersTest, LeavesAHoldingWithoutAPriceAsItIsAndCountsItsStatedValue) {
  Scene scene;
  scene.target("A", 1).priced("A", "10").target("MUTE", 0.5).held("MUTE", "4").held("GONE", "7");
  scene.holdings.holdings[0].market_value = usd("1234.5");  // GONE
  const RebalancePlan plan = plan_of(scene);
  EXPECT_EQ(fate(plan, "GONE"), "SKIP no_price");
  EXPECT_EQ(row_of(plan, "GONE").delta, qty("-7")) << "delta is target - current, always";
  EXPECT_EQ(fate(plan, "MUTE"), "SKIP no_price");
  EXPECT_EQ(plan.starting_cash, usd("98765.5"));
  EXPECT_THAT(plan.notes, ElementsAre(HasSubstr("GONE has no price, counted at its stated value"),
                                      HasSubstr("MUTE has neither price nor stated value")));
}

TEST(PlanOrdersTest, RefusesAMissingPriceWhenTheSettingSaysSo) {
  Scene scene;
  scene.target("A", 0.5).priced("A", "10").target("B", 0.5);
  scene.policy.refuse_missing_price = true;
  const Error error = refusal_of(scene);
  EXPECT_EQ(error.code, ErrorCode::kLimitExceeded);
  EXPECT_THAT(error.message, HasSubstr("no price for B, needed by target 'B'"));
}

TEST(PlanOrdersTest, SkipsAPriceThatIsTooOldAndNotesPricesWithoutATime) {
  const Instant now = Instant::parse("2025-07-28T10:00:00Z").value();
  Scene scene;
  scene.now = now;
  scene.policy.max_price_age_seconds = 900;
  scene.policy.collar = Ratio::zero();
  scene.target("FRESH", 0.4).priced("FRESH", "10", now.plus_seconds(-900));
  scene.target("STALE", 0.3).priced("STALE", "10", now.plus_seconds(-901));
  scene.target("TIMELESS", 0.3).priced("TIMELESS", "10");
  const RebalancePlan plan = plan_of(scene);
  EXPECT_EQ(fate(plan, "FRESH"), "BUY");
  EXPECT_EQ(fate(plan, "STALE"), "SKIP stale_price");
  EXPECT_EQ(fate(plan, "TIMELESS"), "BUY");
  EXPECT_THAT(plan.notes, ElementsAre(HasSubstr("1 price has no time")));
  EXPECT_NEAR(plan.priced_weight, 0.7, 1e-12);

  scene.policy.max_price_age_seconds.reset();
  EXPECT_EQ(fate(plan_of(scene), "STALE"), "BUY");
}

TEST(PlanOrdersTest, SkipsNamesTheBrokerDoesNotTrade) {
  Scene scene;
  scene.target("A", 0.5).priced("A", "10").target("B", 0.5).priced("B", "10").held("C", "1");
  scene.priced("C", "10").rule("B", false, true, true).rule("C", false, true, true);
  const RebalancePlan plan = plan_of(scene);
  EXPECT_EQ(fate(plan, "A"), "BUY");
  EXPECT_EQ(fate(plan, "B"), "SKIP not_tradable");
  EXPECT_EQ(fate(plan, "C"), "SKIP not_tradable");
}

TEST(PlanOrdersTest, TradesWholeSharesOfWhatIsNotFractionable) {
  Scene scene;
  scene.target("A", 0.5).priced("A", "30000").rule("A", true, false, true);  // 1.67 shares
  scene.target("B", 0.2).priced("B", "30000").rule("B", true, false, true);  // 0.67 shares
  scene.policy.collar = Ratio::zero();
  const RebalancePlan plan = plan_of(scene);
  EXPECT_THAT(shown(plan), ElementsAre("BUY 1 A: open a new position"));
  EXPECT_EQ(fate(plan, "B"), "SKIP not_fractionable");
}

TEST(PlanOrdersTest, NeverBuysABlacklistedNameAndSellsAHeldOne) {
  Scene scene;
  scene.policy.blacklist = {"BAD", "WORSE"};
  scene.target("BAD", 0.2).priced("BAD", "10").target("A", 0.6).priced("A", "10");
  scene.target("WORSE", 0.2).priced("WORSE", "10").held("WORSE", "1.5");
  const RebalancePlan plan = plan_of(scene);
  EXPECT_EQ(fate(plan, "BAD"), "SKIP blacklisted");
  EXPECT_EQ(shown(plan).front(), "SELL 1.5 WORSE: close: no longer targeted");
}

TEST(PlanOrdersTest, SkipsAnOrderThatARiskRuleRefusedAndFundsTheRestWithoutIt) {
  Scene scene;
  scene.equity = usd("1000");
  scene.policy.collar = Ratio::zero();
  scene.held("OLD", "10").priced("OLD", "100");
  scene.target("NEW", 1).priced("NEW", "10");
  scene.refused.emplace(sym("OLD"), "10 shares is above risk.max_share_per_order 5");
  const RebalancePlan plan = plan_of(scene);
  EXPECT_EQ(fate(plan, "OLD"), "SKIP risk_limit");
  EXPECT_EQ(row_of(plan, "OLD").words, "10 shares is above risk.max_share_per_order 5");
  EXPECT_EQ(fate(plan, "NEW"), "SKIP insufficient_funds") << "no sale, no cash";

  Scene other = scene;
  other.refused = {{sym("NEW"), "too large"}};
  const RebalancePlan second = plan_of(other);
  EXPECT_THAT(shown(second), ElementsAre("SELL 10 OLD: close: no longer targeted"));
  EXPECT_EQ(fate(second, "NEW"), "SKIP risk_limit");
}

// ---- Foreign positions ----

TEST(PlanOrdersTest, NamesThatNobodyCanExplainStayAsTheyAre) {
  Scene scene;
  scene.target("NEW", 0.3).target("MORE", 0.4).target("FINE", 0.3);
  scene.priced("NEW", "10").priced("MORE", "10").priced("FINE", "10").priced("OLD", "10");
  scene.held("OLD", "10").held("MORE", "20");
  for (const char* name : {"NEW", "MORE", "OLD"}) {
    scene.quarantined.emplace(sym(name), "nothing explains +3");
  }
  const RebalancePlan plan = scene.plan().value();
  for (const char* name : {"NEW", "MORE", "OLD"}) {
    EXPECT_EQ(fate(plan, name), "SKIP quarantined") << name;
    EXPECT_EQ(row_of(plan, name).words, "nothing explains +3");
  }
  ASSERT_EQ(plan.orders.size(), 1U);
  EXPECT_EQ(plan.orders[0].symbol, sym("FINE"));
}

TEST(PlanOrdersTest, WhileCashIsNotExplainedNothingIsBoughtButShortsAreCovered) {
  Scene scene;
  scene.policy.allow_short = true;
  scene.target("NEW", 0.3).target("LESS", 0.1).target("SHORT", -0.1);
  scene.priced("NEW", "10").priced("LESS", "10").priced("SHORT", "10").priced("OLD", "10");
  scene.held("OLD", "10").held("LESS", "5000").held("SHORT", "-3000");
  scene.no_buys = "cash: nothing explains -0.3 USD";
  const RebalancePlan plan = scene.plan().value();
  EXPECT_EQ(fate(plan, "NEW"), "SKIP quarantined");
  EXPECT_EQ(row_of(plan, "NEW").words, "nothing is bought: cash: nothing explains -0.3 USD");
  EXPECT_EQ(row_of(plan, "LESS").action, Action::kSell);
  EXPECT_EQ(row_of(plan, "OLD").action, Action::kSell);
  EXPECT_EQ(row_of(plan, "SHORT").action, Action::kBuy);
}

TEST(PlanOrdersTest, TreatsForeignPositionsAsThePolicySays) {
  struct Case {
    ForeignPositions policy;
    HoldingOrigin origin;
    const char* expected;  // "" = the plan is refused
  };
  using F = ForeignPositions;
  using O = HoldingOrigin;
  const Case cases[] = {{F::kAuto, O::kPositionsFile, "SELL"},
                        {F::kAuto, O::kJournal, "SELL"},
                        {F::kAuto, O::kBrokerOnly, "HOLD foreign_position"},
                        {F::kKeep, O::kPositionsFile, "HOLD foreign_position"},
                        {F::kKeep, O::kJournal, "SELL"},
                        {F::kKeep, O::kBrokerOnly, "HOLD foreign_position"},
                        {F::kSell, O::kPositionsFile, "SELL"},
                        {F::kSell, O::kJournal, "SELL"},
                        {F::kSell, O::kBrokerOnly, "SELL"},
                        {F::kRefuse, O::kPositionsFile, ""},
                        {F::kRefuse, O::kJournal, "SELL"},
                        {F::kRefuse, O::kBrokerOnly, ""}};
  for (const Case& c : cases) {
    SCOPED_TRACE(std::to_string(static_cast<int>(c.policy)) + " x " +
                 std::to_string(static_cast<int>(c.origin)));
    Scene scene;
    scene.policy.foreign_positions = c.policy;
    scene.target("A", 1).priced("A", "10").held("X", "5", c.origin).priced("X", "100");
    const auto plan = scene.plan();
    if (*c.expected == '\0') {
      ASSERT_FALSE(plan.ok());
      EXPECT_EQ(plan.error().code, ErrorCode::kLimitExceeded);
      EXPECT_THAT(plan.error().message, HasSubstr("holding X"));
      continue;
    }
    ASSERT_TRUE(plan.ok());
    EXPECT_EQ(fate(plan.value(), "X"), c.expected);
    const bool kept = row_of(plan.value(), "X").action == Action::kHold;
    EXPECT_EQ(plan.value().foreign_value, kept ? usd("500") : Money::zero());
    EXPECT_EQ(plan.value().investable, kept ? usd("99500") : usd("100000"));
  }
}

TEST(PlanOrdersTest, ListsAKeptPositionWithItsValue) {
  Scene scene;
  scene.target("A", 1).priced("A", "10").held("X", "5", HoldingOrigin::kBrokerOnly);
  scene.priced("X", "100.5");
  const RebalancePlan plan = plan_of(scene);
  EXPECT_THAT(row_of(plan, "X").words, HasSubstr("502.5 USD"));
  EXPECT_EQ(row_of(plan, "X").delta, Quantity::zero());
}

TEST(PlanOrdersTest, WhatNoSymbolCanNameIsForeignAndIsNamed) {
  Scene scene;
  scene.target("A", 1).priced("A", "10");
  scene.holdings.unnamed = {"AAPL260116C00250000", "BTCUSD"};
  scene.holdings.unnamed_value = usd("2500");
  const RebalancePlan plan = plan_of(scene);
  EXPECT_EQ(plan.foreign_value, usd("2500"));
  EXPECT_EQ(plan.investable, usd("97500"));
  EXPECT_THAT(plan.notes,
              ::testing::Contains(HasSubstr("AAPL260116C00250000, BTCUSD, worth 2500")));
}

TEST(PlanOrdersTest, ATargetedNameIsOursWhoeverBoughtIt) {
  Scene scene;
  scene.target("X", 0.5).priced("X", "100").held("X", "600", HoldingOrigin::kBrokerOnly);
  const RebalancePlan plan = plan_of(scene);
  EXPECT_THAT(shown(plan), ElementsAre("SELL 100 X: reduce to target"));
  EXPECT_EQ(plan.foreign_value, Money::zero());
}

TEST(PlanOrdersTest, RefusesForeignPositionsAboveTheEquity) {
  Scene scene;
  scene.target("A", 1).priced("A", "10").held("X", "1001", HoldingOrigin::kBrokerOnly);
  scene.priced("X", "100");
  EXPECT_THAT(refusal_of(scene).message, HasSubstr("foreign positions are worth 100100 USD"));
}

// ---- Whole-plan refusals ----

TEST(PlanOrdersTest, RefusesEmptyTargetsUnlessLiquidationIsAllowed) {
  for (const bool zero_row : {false, true}) {
    Scene scene;
    scene.held("A", "10").priced("A", "10");
    if (zero_row) scene.target("A", 0);
    const Error error = refusal_of(scene);
    EXPECT_EQ(error.code, ErrorCode::kInvalidInput);
    EXPECT_THAT(error.message, HasSubstr("planning.allow_liquidation"));
    scene.policy.allow_liquidation = true;
    EXPECT_THAT(shown(plan_of(scene)), ElementsAre("SELL 10 A: close: no longer targeted"));
  }
}

TEST(PlanOrdersTest, RefusesAPlanThatCoversLessThanTheMinimum) {
  Scene at_limit;
  at_limit.target("A", 0.25).priced("A", "10").target("B", 0.5).target("C", 0.25);
  EXPECT_TRUE(at_limit.plan().ok());

  Scene below;
  below.target("A", 0.2499).priced("A", "10").target("B", 0.5).target("C", 0.2501);
  const Error error = refusal_of(below);
  EXPECT_EQ(error.code, ErrorCode::kLimitExceeded);
  EXPECT_THAT(error.message, HasSubstr("only 24.99 % of the target weight"));
}

TEST(PlanOrdersTest, RefusesAnEquityThatIsNotPositive) {
  for (const char* equity : {"0", "-1"}) {
    Scene scene;
    scene.equity = usd(equity);
    scene.target("A", 1).priced("A", "10");
    EXPECT_EQ(refusal_of(scene).code, ErrorCode::kInvalidInput);
  }
}

TEST(PlanOrdersTest, RefusesAShortUnlessAllowed) {
  Scene scene;
  scene.target("A", 0.5).priced("A", "10").target("B", -0.1).priced("B", "10");
  EXPECT_THAT(refusal_of(scene).message, HasSubstr("weights.allow_short"));
  scene.policy.allow_short = true;
  EXPECT_TRUE(scene.plan().ok());
}

TEST(PlanOrdersTest, RefusesValuesBeyondItsRangeInsteadOfCrashing) {
  struct Case {
    const char *equity, *weight_price, *held, *held_price;
  };
  const Case cases[] = {
      {"1000000000000", "0.000000001", "", ""},                   // 1e21 shares
      {"1000000000000", "110", "-1000000000", "0.01"},            // 9.1e9 shares less -1e9
      {"1000000000000", "100000000", "1000000000", "100000000"},  // 1e17 USD held
      {"1000000000000", "100000000", "-1000000000", "9000"},      // equity - (-9e12)
      {"1000000000000", "100000000", "-92000000", "100000"},      // cash near the end of Money
  };
  for (const Case& c : cases) {
    for (const HoldingOrigin origin : {HoldingOrigin::kBrokerOnly, HoldingOrigin::kJournal}) {
      for (const bool targeted : {false, true}) {
        Scene scene;
        scene.equity = usd(c.equity);
        scene.policy.allow_short = true;
        scene.target("A", 1).priced("A", c.weight_price);
        if (*c.held != '\0') scene.held(targeted ? "A" : "X", c.held, origin);
        if (*c.held != '\0' && !targeted) scene.priced("X", c.held_price);
        const auto plan = scene.plan();
        if (plan.ok()) continue;
        EXPECT_NE(plan.error().code, ErrorCode::kUsage) << plan.error().message;
        EXPECT_THAT(plan.error().message,
                    ::testing::AnyOf(HasSubstr("too large"), HasSubstr("more than")));
      }
    }
  }
}

TEST(PlanOrdersTest, SaysWhichNameIsBeyondItsRange) {
  Scene scene;
  scene.equity = usd("1000000000000");
  scene.target("A", 1).priced("A", "0.000000001");
  EXPECT_THAT(refusal_of(scene).message, HasSubstr("'A'"));
}

}  // namespace
}  // namespace signalbus::planning
