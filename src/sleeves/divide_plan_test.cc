// Goal: every order has its owners, opposite wishes meet inside at one price, capital moves to
// where the blend wants it.
// Method: small plans by the real planner or by hand; one behaviour per test.
#include "sleeves/divide_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "planning/testing.h"
#include "sleeves/entries.h"
#include "sleeves/hold.h"
#include "sleeves/testing.h"

namespace signalbus::sleeves {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Strategies, what they own and want, and the plan that comes of it. Asset ids are symbols.
struct Desk {
  planning::testing::Scene scene;
  Contributions contributions{scene.targets.trade_date, {}, {}};
  SleeveBook book{{Sleeve{.strategy_id = account_sleeve()}}, {}};

  Desk() {
    scene.equity = Money::whole(100'000);
    scene.policy.collar = Ratio::zero();
  }
  Desk& priced(const char* symbol, const char* at) {
    scene.priced(symbol, at);
    return *this;
  }
  /// A strategy that owns shares; the account holds them.
  Desk& owns(const char* strategy, const char* symbol, const char* quantity) {
    change_position(sleeve_of(book, StrategyId(strategy)), sym(symbol), qty(quantity));
    return *this;
  }
  Desk& owns_cash(const char* strategy, const char* cash) {
    sleeve_of(book, StrategyId(strategy)).cash += usd(cash);
    return *this;
  }
  Desk& wants(const char* strategy, double blend, const char* symbol, double weight) {
    contributions.rows.push_back({AssetId(symbol), StrategyId(strategy), TradeDate::from_days(0),
                                  weight, blend, blend * weight});
    return *this;
  }
  Desk& quarantined(const char* strategy) {
    contributions.held.push_back({StrategyId(strategy), "stale"});
    return *this;
  }

  std::optional<RebalancePlan> made;  // by the last divide()
  RebalancePlan& plan() { return *made; }
  SleevePlan divide() {
    std::sort(contributions.rows.begin(), contributions.rows.end(),
              [](const Contribution& a, const Contribution& b) {
                return std::pair(a.asset_id, a.strategy_id) < std::pair(b.asset_id, b.strategy_id);
              });
    std::map<AssetId, double> targets;
    for (const Contribution& row : contributions.rows) targets[row.asset_id] += row.contribution;
    for (const auto& [id, weight] : targets) scene.target(id.get(), weight);
    std::map<Symbol, Quantity> held;
    for (const Sleeve& sleeve : book.sleeves) {
      for (const SleevePosition& position : sleeve.positions) {
        held.try_emplace(position.symbol, Quantity::zero()).first->second += position.quantity;
      }
    }
    for (const auto& [symbol, quantity] : held) {
      if (!quantity.is_zero()) scene.held(symbol.view(), quantity.text());
    }
    const HeldSleeves stays = held_sleeves(book, contributions).value();
    const auto mapped = planning::map_targets_to_symbols(scene.targets, scene.mapping, scene.prices,
                                                         scene.holdings);
    Result<RebalancePlan> planned = planning::plan_orders({mapped.value(),
                                                           scene.prices,
                                                           scene.holdings,
                                                           scene.equity,
                                                           scene.now,
                                                           scene.rules,
                                                           scene.refused,
                                                           {},
                                                           std::nullopt,
                                                           stays},
                                                          scene.policy);
    SB_CHECK(planned.ok());
    made = std::move(planned).value();
    return again();
  }
  /// Divides the plan as it is, for tests that change it by hand.
  SleevePlan again() {
    return divide_plan({plan(), contributions, book, scene.prices, scene.policy.blacklist}).value();
  }

  std::vector<std::string> shares(const SleevePlan& divided) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < plan().orders.size(); ++i) {
      out.push_back(std::string(to_text(plan().orders[i].side)) + " " +
                    plan().orders[i].quantity.text() + " " + plan().orders[i].symbol.text() + ": " +
                    shown(divided.shares[i]));
    }
    return out;
  }
  static std::vector<std::string> crossings(const SleevePlan& divided) {
    std::vector<std::string> out;
    for (const SleeveMove& move : divided.moves) {
      if (move.symbol) out.push_back(shown(move));
    }
    return out;
  }
};

// ---- Capital ----

TEST(CapitalTest, OpensEachSleeveWithItsPartOfTheBlend) {
  Desk desk;
  desk.scene.policy.cash_buffer = planning::testing::ratio("0.05");
  desk.priced("AAPL", "200").owns_cash("_account", "100000");
  desk.wants("value", 0.6, "AAPL", 1).wants("momentum", 0.4, "AAPL", 1);
  EXPECT_THAT(shown(desk.divide().moves),
              ElementsAre("opening _account>momentum 38000", "opening _account>value 57000"));
}

TEST(CapitalTest, MovesWhatOneEarnedMoreThanTheOther) {
  Desk desk;
  desk.scene.equity = usd("1100");
  desk.priced("AAPL", "60").priced("MSFT", "50");
  desk.owns("value", "AAPL", "10").owns("momentum", "MSFT", "10");  // 600 and 500
  desk.wants("value", 0.5, "AAPL", 1).wants("momentum", 0.5, "MSFT", 1);
  EXPECT_THAT(shown(desk.divide().moves),
              ElementsAre("capital _account>momentum 50", "capital value>_account 50"));
}

TEST(CapitalTest, AStrategyThatLeftGivesAllOfItBack) {
  Desk desk;
  desk.scene.equity = usd("1000");
  desk.priced("AAPL", "60").owns("gone", "AAPL", "10").owns_cash("value", "400");
  desk.wants("value", 1, "AAPL", 1);
  const SleevePlan divided = desk.divide();
  EXPECT_THAT(shown(divided.moves),
              ElementsAre("capital gone>_account 600", "capital _account>value 600",
                          "crossed gone>value 10 AAPL at 60 for 600"));
  EXPECT_THAT(desk.shares(divided), ElementsAre("BUY 6.6666 AAPL: value 6.6666"));
}

TEST(CapitalTest, APositionWithoutAPriceCountsWithTheLastItWasTradedAt) {
  Desk desk;
  desk.scene.equity = usd("1000");
  desk.priced("AAPL", "60").owns("value", "DARK", "10").owns_cash("value", "100");
  see_price(desk.book, sym("DARK"), price("30"));
  desk.wants("value", 1, "AAPL", 1);
  EXPECT_THAT(shown(desk.divide().moves), ElementsAre("capital _account>value 600"));
}

// ---- Orders without a crossing ----

TEST(SharesTest, AnOrderIsSharedProRataToWhatEachWishes) {
  Desk desk;
  desk.priced("AAPL", "200").owns_cash("_account", "100000");
  desk.wants("value", 0.6, "AAPL", 1).wants("momentum", 0.4, "AAPL", 1);
  EXPECT_THAT(desk.shares(desk.divide()), ElementsAre("BUY 500 AAPL: momentum 200, value 300"));
}

TEST(SharesTest, AStrategyThatHoldsEnoughGetsNothing) {
  Desk desk;
  desk.priced("AAPL", "100").owns("value", "AAPL", "600").owns_cash("_account", "40000");
  desk.wants("value", 0.6, "AAPL", 1).wants("momentum", 0.4, "AAPL", 1);
  EXPECT_THAT(desk.shares(desk.divide()), ElementsAre("BUY 400 AAPL: momentum 400"));
}

TEST(SharesTest, AScaledOrderIsSharedInTheSameProportion) {
  Desk desk;
  desk.priced("AAPL", "100").owns_cash("_account", "100000");
  desk.scene.policy.max_turnover = planning::testing::ratio("0.25");  // half of what is wished
  desk.wants("value", 0.75, "AAPL", 1).wants("momentum", 0.25, "AAPL", 1);
  EXPECT_THAT(desk.shares(desk.divide()), ElementsAre("BUY 500 AAPL: momentum 125, value 375"));
}

TEST(SharesTest, WholeSharesAreSharedInFractions) {
  Desk desk;
  desk.scene.equity = usd("1000");
  desk.priced("BRK.A", "300").owns_cash("_account", "1000");
  desk.scene.rule("BRK.A", true, false, true);
  desk.wants("value", 0.5, "BRK.A", 1).wants("momentum", 0.5, "BRK.A", 1);
  EXPECT_THAT(desk.shares(desk.divide()), ElementsAre("BUY 3 BRK.A: momentum 1.5, value 1.5"));
}

TEST(SharesTest, ABuyThatNobodyWishesIsTheAccounts) {
  Desk desk;
  desk.priced("AAPL", "100").owns("value", "AAPL", "1000");
  desk.wants("value", 1, "AAPL", 1);
  (void)desk.divide();
  ASSERT_THAT(desk.plan().orders, IsEmpty());
  PlannedOrder& order =
      desk.plan().orders.emplace_back(PlannedOrder{.asset_id = AssetId("AAPL"),
                                                   .symbol = sym("AAPL"),
                                                   .side = Side::kBuy,
                                                   .quantity = qty("2"),
                                                   .type = OrderType::kMarket,
                                                   .take_profit = std::nullopt,
                                                   .stop_loss = std::nullopt,
                                                   .limit_price = std::nullopt,
                                                   .ref_price = price("100"),
                                                   .notional = usd("200"),
                                                   .time_in_force = TimeInForce::kDay,
                                                   .purpose = Purpose::kIncrease});
  EXPECT_THAT(desk.shares(desk.again()), ElementsAre("BUY 2 AAPL: _account 2"));
  order.side = Side::kSell;  // a sell nobody wishes comes from who holds it
  EXPECT_THAT(desk.shares(desk.again()), ElementsAre("SELL 2 AAPL: value 2"));
}

TEST(SharesTest, ABlacklistedNameIsSoldByAllWhoHoldIt) {
  Desk desk;
  desk.priced("AAPL", "100").priced("MSFT", "100");
  desk.owns("value", "AAPL", "100").owns("momentum", "AAPL", "300").owns_cash("_account", "60000");
  desk.scene.policy.blacklist = {"AAPL"};
  desk.wants("value", 0.5, "AAPL", 0.9).wants("momentum", 0.5, "AAPL", 0.1);
  desk.wants("value", 0.5, "MSFT", 0.1).wants("momentum", 0.5, "MSFT", 0.9);
  const SleevePlan divided = desk.divide();
  EXPECT_THAT(desk.shares(divided), ElementsAre("SELL 400 AAPL: momentum 300, value 100",
                                                "BUY 500 MSFT: momentum 450, value 50"));
  EXPECT_THAT(Desk::crossings(divided), IsEmpty());
}

// ---- Crossing ----

TEST(CrossingTest, OppositeWishesMeetInsideAndTheRestIsTheOrder) {
  Desk desk;
  desk.scene.equity = usd("100000");
  desk.priced("AAPL", "100").owns("value", "AAPL", "700").owns_cash("_account", "30000");
  desk.wants("value", 0.5, "AAPL", 0).wants("momentum", 0.5, "AAPL", 0.4);
  const SleevePlan divided = desk.divide();
  EXPECT_THAT(Desk::crossings(divided),
              ElementsAre("crossed value>momentum 200 AAPL at 100 for 20000"));
  EXPECT_THAT(desk.shares(divided), ElementsAre("SELL 500 AAPL: value 500"));
}

TEST(CrossingTest, TheLargerSideGivesProRata) {
  Desk desk;
  desk.priced("AAPL", "100").owns("a", "AAPL", "300").owns("b", "AAPL", "100");
  desk.owns_cash("_account", "60000");
  desk.wants("a", 0.25, "AAPL", 0).wants("b", 0.25, "AAPL", 0).wants("c", 0.5, "AAPL", 0.4);
  const SleevePlan divided = desk.divide();
  EXPECT_THAT(Desk::crossings(divided), ElementsAre("crossed a>c 150 AAPL at 100 for 15000",
                                                    "crossed b>c 50 AAPL at 100 for 5000"));
  EXPECT_THAT(desk.shares(divided), ElementsAre("SELL 200 AAPL: a 150, b 50"));
}

TEST(CrossingTest, WishesThatCancelNeedNoOrder) {
  Desk desk;
  desk.priced("AAPL", "100").owns("value", "AAPL", "500").owns_cash("_account", "50000");
  desk.wants("value", 0.5, "AAPL", 0).wants("momentum", 0.5, "AAPL", 1);
  const SleevePlan divided = desk.divide();
  EXPECT_THAT(Desk::crossings(divided),
              ElementsAre("crossed value>momentum 500 AAPL at 100 for 50000"));
  EXPECT_THAT(desk.plan().orders, IsEmpty());
}

TEST(CrossingTest, WhatTheAccountHeldBeforeGoesToWhoWantsIt) {
  Desk desk;
  desk.priced("AAPL", "100").owns("_account", "AAPL", "300").owns_cash("_account", "70000");
  desk.wants("value", 0.5, "AAPL", 1).wants("momentum", 0.5, "AAPL", 1);
  const SleevePlan divided = desk.divide();
  EXPECT_THAT(Desk::crossings(divided),
              ElementsAre("crossed _account>momentum 150 AAPL at 100 for 15000",
                          "crossed _account>value 150 AAPL at 100 for 15000"));
  EXPECT_THAT(desk.shares(divided), ElementsAre("BUY 700 AAPL: momentum 350, value 350"));
}

TEST(CrossingTest, WhatWasSoldByHandIsBoughtBackForTheAccount) {
  Desk desk;
  desk.priced("AAPL", "100").owns("value", "AAPL", "1000").owns("_account", "AAPL", "-300");
  desk.owns_cash("_account", "30000");
  desk.wants("value", 1, "AAPL", 1);
  const SleevePlan divided = desk.divide();
  EXPECT_THAT(desk.shares(divided), ElementsAre("BUY 300 AAPL: _account 300"));
  EXPECT_THAT(Desk::crossings(divided), IsEmpty());
}

TEST(CrossingTest, NothingIsCrossedWithoutAPriceToTrust) {
  Desk desk;
  desk.priced("AAPL", "100").owns("value", "AAPL", "500").owns_cash("_account", "50000");
  desk.wants("value", 0.5, "AAPL", 0).wants("momentum", 0.5, "AAPL", 0.9);
  (void)desk.divide();
  ASSERT_EQ(desk.plan().orders.size(), 1u);
  desk.plan().orders.clear();
  desk.plan().rows[0].action = Action::kSkip;
  for (const ReasonCode code :
       {ReasonCode::kStalePrice, ReasonCode::kBadPrice, ReasonCode::kNoPrice,
        ReasonCode::kNotTradable, ReasonCode::kRiskLimit, ReasonCode::kForeignPosition}) {
    desk.plan().rows[0].code = code;
    EXPECT_THAT(Desk::crossings(desk.again()), IsEmpty()) << to_text(code);
  }
  for (const ReasonCode code :
       {ReasonCode::kInsideBand, ReasonCode::kBelowMinNotional, ReasonCode::kBelowOneLot}) {
    desk.plan().rows[0].code = code;
    EXPECT_EQ(Desk::crossings(desk.again()).size(), 1u) << to_text(code);
  }
}

TEST(CrossingTest, ASellLargerThanTheWishesTakesTheLotFromWhoHasSome) {
  // Targets are cut to lots, wishes are not: the order sells a little more than was wished.
  Desk desk;
  desk.scene.policy.quantity_decimals = 0;
  desk.priced("AAPL", "100").owns("value", "AAPL", "500").owns_cash("_account", "50000");
  desk.wants("value", 0.5, "AAPL", 0).wants("momentum", 0.5, "AAPL", 0.8005);
  const SleevePlan divided = desk.divide();
  EXPECT_THAT(Desk::crossings(divided),
              ElementsAre("crossed value>momentum 400.25 AAPL at 100 for 40025"));
  // 99.75 are left to value; a quarter of a share comes from momentum.
  EXPECT_THAT(desk.shares(divided), ElementsAre("SELL 100 AAPL: momentum 0.25, value 99.75"));
}

TEST(CrossingTest, LessThanAUnitOfMoneyIsNotCrossed) {
  Desk desk;
  desk.priced("AAPL", "100").owns("value", "AAPL", "0.000000004");
  desk.owns("momentum", "AAPL", "999.999999996");
  desk.wants("value", 0.5, "AAPL", 0).wants("momentum", 0.5, "AAPL", 2);
  EXPECT_THAT(Desk::crossings(desk.divide()), IsEmpty());
}

// ---- Long and short ----

TEST(LongShortTest, AStrategyShortsWhatAnotherHolds) {
  Desk desk;
  desk.scene.policy.allow_short = true;
  desk.priced("AAPL", "100").owns("long", "AAPL", "500").owns_cash("_account", "50000");
  desk.wants("long", 0.5, "AAPL", 1.25).wants("short", 0.5, "AAPL", -0.5);
  const SleevePlan divided = desk.divide();
  EXPECT_THAT(Desk::crossings(divided),
              ElementsAre("crossed short>long 125 AAPL at 100 for 12500"));
  EXPECT_THAT(desk.shares(divided), ElementsAre("SELL 125 AAPL: short 125"));
}

TEST(LongShortTest, BothLegsOfAFlipTogetherAreWhatEachWished) {
  Desk desk;
  desk.scene.policy.allow_short = true;
  desk.priced("AAPL", "100").owns("a", "AAPL", "100").owns("b", "AAPL", "200");
  desk.owns_cash("_account", "70000");
  desk.wants("a", 0.5, "AAPL", -0.4).wants("b", 0.5, "AAPL", -0.2);  // to -200 and -100
  const SleevePlan divided = desk.divide();
  // Each sells 300 in all.
  EXPECT_THAT(desk.shares(divided),
              ElementsAre("SELL 300 AAPL: a 150, b 150", "SELL 300 AAPL: a 150, b 150"));
  EXPECT_EQ(desk.plan().orders[1].leg(), 2);
}

// ---- Quarantine ----

TEST(QuarantineTest, TheHeldSleeveTakesPartInNothing) {
  Desk desk;
  desk.scene.equity = usd("1000");
  desk.priced("AAPL", "10").priced("MSFT", "10");
  desk.owns("bad", "AAPL", "30").owns("good", "AAPL", "20").owns_cash("bad", "100");
  desk.owns_cash("good", "400");
  desk.quarantined("bad").wants("good", 1, "MSFT", 1);
  const SleevePlan divided = desk.divide();
  EXPECT_THAT(shown(divided.moves), IsEmpty());  // good had 600 of 1000, and has
  EXPECT_THAT(desk.shares(divided), ElementsAre("SELL 20 AAPL: good 20", "BUY 60 MSFT: good 60"));
}

TEST(QuarantineTest, WhatOnlyItHoldsStaysInThePlan) {
  Desk desk;
  desk.scene.equity = usd("1000");
  desk.priced("AAPL", "10").priced("MSFT", "10").owns("bad", "AAPL", "30.000000001");
  desk.owns_cash("good", "700");
  desk.quarantined("bad").wants("good", 1, "MSFT", 1);
  const SleevePlan divided = desk.divide();
  EXPECT_EQ(planning::testing::fate(desk.plan(), "AAPL"), "HOLD quarantined");
  EXPECT_EQ(planning::testing::row_of(desk.plan(), "AAPL").words,
            "30.000000001 shares are kept for bad (signals.on_failure: hold_sleeve)");
  EXPECT_THAT(desk.shares(divided), ElementsAre("BUY 69.9999 MSFT: good 69.9999"));
}

// ---- Where contributions come from ----

TEST(ContributionsTest, TargetsOfOthersAreOneSleevePerStrategyId) {
  const TargetBook targets{
      date("2025-07-28"),
      {{AssetId("AAPL"), 0.25, Instant::from_micros(0), StrategyId("ours"), date("2025-07-25")}}};
  const Contributions out = contributions_of_targets(targets);
  ASSERT_EQ(out.rows.size(), 1u);
  EXPECT_EQ(out.rows[0].strategy_id.get(), "ours");
  EXPECT_EQ(out.rows[0].contribution, 0.25);
  EXPECT_EQ(out.rows[0].blend_weight, 1);
  EXPECT_TRUE(check_contributions(out, targets).ok());
}

TEST(ContributionsTest, ContributionsOfOtherTargetsAreRefused) {
  TargetBook targets{
      date("2025-07-28"),
      {{AssetId("AAPL"), 0.25, Instant::from_micros(0), StrategyId("ours"), date("2025-07-25")}}};
  const Contributions out = contributions_of_targets(targets);
  targets.targets[0].weight = 0.26;
  const Status status = check_contributions(out, targets);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(status.error().message, ::testing::HasSubstr("target of 'AAPL' differs"));
  EXPECT_FALSE(check_contributions(out, {targets.trade_date, {}}).ok());
}

TEST(RescaleSharesTest, AnEditedOrderKeepsItsOwners) {
  const std::vector<StrategyShare> shares = {share("momentum", "1"), share("value", "3")};
  EXPECT_EQ(shown(rescale_shares(shares, qty("2"))), "momentum 0.5, value 1.5");
  EXPECT_EQ(shown(rescale_shares(shares, qty("0.000000001"))), "value 0.000000001");
  EXPECT_EQ(shown(rescale_shares({}, qty("2"))), "");
}

// ---- What can be held ----

TEST(HoldTest, AStrategyWithCashOrSharesHasASleeve) {
  SleeveBook book{{Sleeve{.strategy_id = account_sleeve()}}, {}};
  change_position(sleeve_of(book, StrategyId("shares")), sym("AAPL"), qty("1"));
  sleeve_of(book, StrategyId("cash")).cash = usd("1");
  sleeve_of(book, StrategyId("gone"));
  sleeve_of(book, account_sleeve()).cash = usd("5");
  const std::set<StrategyId> with = strategies_with_a_sleeve(book);
  EXPECT_THAT(with, ElementsAre(StrategyId("cash"), StrategyId("shares")));
  EXPECT_THAT(owned_symbols(book), ElementsAre(sym("AAPL")));
}

TEST(HoldTest, SeveralHeldSleevesAddUp) {
  SleeveBook book;
  change_position(sleeve_of(book, StrategyId("a")), sym("AAPL"), qty("1"));
  change_position(sleeve_of(book, StrategyId("b")), sym("AAPL"), qty("2"));
  change_position(sleeve_of(book, StrategyId("c")), sym("AAPL"), qty("4"));
  sleeve_of(book, StrategyId("a")).cash = usd("10");
  sleeve_of(book, StrategyId("b")).cash = usd("-3");
  Contributions contributions{date("2025-07-28"), {}, {}};
  contributions.held = {{StrategyId("a"), ""}, {StrategyId("b"), ""}};
  const HeldSleeves held = held_sleeves(book, contributions).value();
  ASSERT_EQ(held.positions.size(), 1u);
  EXPECT_EQ(held.positions[0].quantity, qty("3"));
  EXPECT_EQ(held.positions[0].words, "kept for a, b (signals.on_failure: hold_sleeve)");
  EXPECT_EQ(held.cash, usd("7"));
  contributions.held = {{StrategyId("nobody"), ""}};
  EXPECT_EQ(held_sleeves(book, contributions).error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace signalbus::sleeves
