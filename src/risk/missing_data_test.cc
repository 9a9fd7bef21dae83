// Goal: a limit that cannot be checked refuses and says what is missing; one that is not set asks
// for nothing.
// Method: each limit alone, on a plan and at a gate that know nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "risk/check_exit.h"
#include "risk/check_orders.h"
#include "risk/check_run.h"
#include "risk/exposure.h"
#include "risk/testing/values.h"

namespace signalbus::risk {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the words of these tests
using ::testing::HasSubstr;

const Instant kNow = at("2025-08-29T18:00:00Z");

struct Case {
  std::string rule;
  std::string missing;
  void (*set)(RiskLimits&);
};

/// Limits that need more than the order and its price, and what they say is missing.
const Case kPlanCases[] = {
    {"max_prev_close_move_pct", "previous close of A",
     [](RiskLimits& l) { l.max_prev_close_move = limit(ratio("0.2")); }},
    {"max_adv_pct", "average volume of A", [](RiskLimits& l) { l.max_adv = limit(ratio("0.1")); }},
    {"max_executions_per_symbol_per_day", "number of today's orders of A",
     [](RiskLimits& l) { l.max_executions_per_symbol = limit(std::int64_t{9}); }},
    {"max_position_notional", "what is held of A",
     [](RiskLimits& l) { l.max_position_notional = limit(usd("1000000")); }},
    {"max_weight_pct", "what is held of A",
     [](RiskLimits& l) { l.max_weight = limit(ratio("9")); }},
    {"max_gross_pct", "what is held", [](RiskLimits& l) { l.max_gross = limit(ratio("9")); }},
    {"max_net_pct", "what is held", [](RiskLimits& l) { l.max_net = limit(ratio("9")); }},
    {"max_sector_pct", "what is held", [](RiskLimits& l) { l.max_sector = limit(ratio("9")); }},
    {"max_daily_notional", "what was traded today",
     [](RiskLimits& l) { l.max_daily_notional = limit(usd("1000000")); }},
    {"max_daily_orders", "number of today's orders",
     [](RiskLimits& l) { l.max_daily_orders = limit(std::int64_t{9}); }},
    {"max_open_notional", "what is open at the broker",
     [](RiskLimits& l) { l.max_open_notional = limit(usd("1000000")); }},
    {"max_open_orders", "what is open at the broker",
     [](RiskLimits& l) { l.max_open_orders = limit(std::int64_t{9}); }},
    {"max_vs_last_batch_factor", "what the last batches traded",
     [](RiskLimits& l) { l.max_vs_last_batch = limit(ratio("9")); }},
};

Breach plan_breach(const RiskLimits& limits, const PlanFacts& facts, const PlannedOrder& one) {
  const std::vector<PlannedOrder> orders{one};
  const auto verdict = risk_check_orders(orders, market({{"A", "100"}}), kRich, limits, facts);
  if (!verdict.batch.empty()) return verdict.batch[0];
  return verdict.refused.empty() ? Breach{"", ""} : verdict.refused[0].breach;
}

TEST(MissingDataTest, ALimitOfThePlanRefusesWithoutItsDataAndNamesIt) {
  for (const Case& one : kPlanCases) {
    RiskLimits limits;
    one.set(limits);
    const Breach breach = plan_breach(limits, {}, buy("A", "1", "100"));
    EXPECT_EQ(breach.rule, one.rule);
    EXPECT_EQ(breach.words, one.missing + " is not known, needed by risk." + one.rule +
                                " (config.yaml:7); provide it, or turn the limit off");
  }
}

TEST(MissingDataTest, WithoutLimitsNothingIsAskedFor) {
  EXPECT_EQ(plan_breach({}, {}, buy("A", "1", "100")).rule, "");
  EXPECT_EQ(plan_breach({}, {}, sell("A", "1", "100")).rule, "")
      << "a plan without holdings: the gate will ask";
}

TEST(MissingDataTest, AShortSaleNeedsToKnowWhetherItCanBeBorrowed) {
  RiskLimits limits;
  limits.allow_short = true;
  limits.require_etb = limit(true);
  EXPECT_THAT(plan_breach(limits, {}, sell("A", "1", "100")).words,
              HasSubstr("what is held of A is not known"));
  PlanFacts facts;
  facts.holdings.emplace();
  EXPECT_THAT(plan_breach(limits, facts, sell("A", "1", "100")).words,
              HasSubstr("whether A is easy to borrow is not known"));
  EXPECT_EQ(plan_breach(limits, facts, buy("A", "1", "100")).rule, "");
}

TEST(MissingDataTest, ARestrictedStateNeedsToKnowWhatIsHeld) {
  PlanFacts facts;
  facts.control.state = TradingState::kSellOnly;
  const Breach breach = plan_breach({}, facts, sell("A", "1", "100"));
  EXPECT_EQ(breach.rule, "trading_state");
  EXPECT_THAT(breach.words, HasSubstr("needed by trading state SELL_ONLY"));
}

TEST(MissingDataTest, EveryNameCountsForASector) {
  RiskLimits limits;
  limits.max_sector = limit(ratio("9"));
  PlanFacts facts;
  facts.equity = usd("1000");
  facts.open_orders.emplace();
  facts.holdings = Holdings{{holding("A", qty("1")), holding("B", qty("1"))}, {}};
  facts.holdings->holdings[1].market_value = usd("50");
  facts.symbols = {{.symbol = sym("A"), .sector = "tech"}};
  EXPECT_THAT(plan_breach(limits, facts, buy("A", "1", "100")).words,
              HasSubstr("sector of B is not known"));
}

TEST(MissingDataTest, ANameThatNobodyCanValueCountsForEveryExposure) {
  RiskLimits limits;
  limits.max_gross = limit(ratio("9"));
  PlanFacts facts;
  facts.equity = usd("1000");
  facts.open_orders.emplace();
  facts.holdings = Holdings{{holding("B", qty("1"))}, {}};
  EXPECT_THAT(plan_breach(limits, facts, buy("A", "1", "100")).words,
              HasSubstr("price of B is not known"));
  facts.holdings->holdings[0].market_value = usd("50");
  EXPECT_EQ(plan_breach(limits, facts, buy("A", "1", "100")).rule, "");
  facts.open_orders->push_back({sym("B"), Side::kSell, qty("1"), usd("50")});
  EXPECT_THAT(plan_breach(limits, facts, buy("A", "1", "100")).words,
              HasSubstr("price of B is not known"))
      << "a stated value says nothing of what an open order leads to";
}

TEST(MissingDataTest, AtTheGateToo) {
  const Case cases[] = {{"max_gross_pct", "what is held of A", kPlanCases[5].set},
                        {"max_net_pct", "what is held of A", kPlanCases[6].set},
                        {"max_sector_pct", "what is held of A", kPlanCases[7].set},
                        {"max_quote_age", "age of the price of A",
                         [](RiskLimits& l) { l.max_quote_age_seconds = limit(std::int64_t{60}); }},
                        {"trade_window", "time at the exchange",
                         [](RiskLimits& l) {
                           l.trade_window = limit(TradeWindow{calendar::TimeOfDay::of(9, 30),
                                                              calendar::TimeOfDay::of(16, 0)});
                         }},
                        {"require_calendar_agreement", "end of the session",
                         [](RiskLimits& l) { l.require_calendar_agreement = limit(true); }}};
  const PlannedOrder planned = buy("A", "1", "100");
  const WriteAhead post{ClientOrderId("id"), "", qty("1"), price("100"), usd("100"), kNow};
  for (const Case& one : cases) {
    RiskLimits limits;
    one.set(limits);
    ExitFacts facts{planned};
    facts.fresh = PricePoint{sym("A"), price("100"), {}};
    const ExitVerdict verdict = check_exit(facts, {}, {}, post, limits);
    ASSERT_TRUE(verdict.breach.has_value()) << one.rule;
    EXPECT_EQ(verdict.breach->rule, one.rule);
    EXPECT_THAT(verdict.breach->words, HasSubstr(one.missing + " is not known"));
  }
}

TEST(MissingDataTest, ExposureAtTheGateNeedsExposureEquityAndSector) {
  const PlannedOrder planned = buy("A", "1", "100");
  const WriteAhead post{ClientOrderId("id"), "", qty("1"), price("100"), usd("100"), kNow};
  RiskLimits limits;
  limits.max_sector = limit(ratio("9"));
  ExitFacts facts{planned};
  facts.fresh = PricePoint{sym("A"), price("100"), {}};
  facts.position = Quantity::zero();
  const auto words = [&] { return check_exit(facts, {}, {}, post, limits).breach.value().words; };
  EXPECT_THAT(words(), HasSubstr("exposure of the account is not known"));
  facts.exposure.emplace();
  EXPECT_THAT(words(), HasSubstr("equity of the account is not known"));
  facts.equity = usd("1000");
  EXPECT_THAT(words(), HasSubstr("exposure to the sector of A is not known"));
  facts.exposure->sector = Money::zero();
  EXPECT_FALSE(check_exit(facts, {}, {}, post, limits).breach.has_value());
}

TEST(MissingDataTest, ASaleNeverLeavesWithoutKnowingWhatIsHeld) {
  const PlannedOrder planned = sell("A", "1", "100");
  const WriteAhead post{ClientOrderId("id"), "", qty("1"), price("100"), usd("100"), kNow};
  ExitFacts facts{planned};
  facts.fresh = PricePoint{sym("A"), price("100"), {}};
  const ExitVerdict verdict = check_exit(facts, {}, {}, post, {});
  ASSERT_TRUE(verdict.breach.has_value());
  EXPECT_EQ(verdict.breach->rule, "allow_short");
  EXPECT_EQ(verdict.status(planned.symbol).error().message,
            "A: what is held of A is not known, needed before any sale; reconcile first");
}

// ---- exposure_without: what the executor tells the gate ----

TEST(ExposureTest, CountsOpenOrdersOnTheSideThatMakesEachPositionLarger) {
  PlanFacts facts;
  facts.holdings = Holdings{{holding("A", qty("10")), holding("B", qty("-5"))}, {}};
  facts.holdings->unnamed_value = usd("-7");
  facts.open_orders = {{sym("A"), Side::kBuy, qty("2"), usd("200")},
                       {sym("A"), Side::kSell, qty("30"), usd("3000")},
                       {sym("C"), Side::kSell, qty("1"), usd("50")}};
  facts.symbols = {{.symbol = sym("A"), .sector = "tech"},
                   {.symbol = sym("B"), .sector = "food"},
                   {.symbol = sym("C"), .sector = "tech"}};
  const PriceBook prices = market({{"A", "100"}, {"B", "10"}, {"C", "50"}});
  const Result<Exposure> exposure = exposure_without(prices, facts, sym("C"));
  ASSERT_TRUE(exposure.ok()) << exposure.error().message;
  // A between 12 and -20 shares, B -5, C between 0 and -1.
  EXPECT_EQ(exposure.value().gross, usd("2107"));   // 2,000 + 50 + 50 + 7
  EXPECT_EQ(exposure.value().high, usd("1143"));    // 1,200 - 50 + 0 - 7
  EXPECT_EQ(exposure.value().low, usd("-2107"));    // -2,000 - 50 - 50 - 7
  EXPECT_EQ(exposure.value().sector, usd("2050"));  // A and C

  facts.symbols.erase(facts.symbols.begin() + 1);
  EXPECT_FALSE(exposure_without(prices, facts, sym("C")).value().sector.has_value());
  EXPECT_EQ(exposure_without(market({{"A", "100"}, {"B", "10"}}), facts, sym("C")).error().message,
            "price of C");
}

}  // namespace
}  // namespace signalbus::risk
