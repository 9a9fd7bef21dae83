// Goal: a plan made with a broker uses the broker's word, and no plan is made without it.
// Method: one target and one price; market, broker and venue are doubles that answer or fail as the
// test says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/execute_stage.h"
#include "pipeline/plan_stage.h"
#include "ports/testing/doubles.h"
#include "ports/testing/memory_files.h"
#include "ports/testing/silent_broker.h"

namespace signalbus::pipeline {
namespace {

using signalbus::testing::CollectedLog;
using signalbus::testing::MemoryFiles;
using signalbus::testing::TestClock;
using ::testing::HasSubstr;

Symbol sym(std::string_view text) { return Symbol::parse(text).value(); }

class DoubleMarket final : public MarketData {
 public:
  Result<PriceBook> prices(std::span<const Symbol> symbols) override {
    asked.assign(symbols.begin(), symbols.end());
    if (failure) return *failure;
    return book;
  }
  PriceBook book{{{sym("AAPL"), Price::whole(200), std::nullopt}}, {}};
  std::optional<Error> failure;
  std::vector<Symbol> asked;
};

class DoubleVenue final : public Venue {
 public:
  Result<VenueClock> clock() override { return now; }
  Result<std::vector<VenueSession>> sessions(TradeDate, TradeDate) override {
    return std::vector<VenueSession>();
  }
  Result<std::vector<AssetRule>> asset_rules(std::span<const Symbol>) override { return rules; }
  VenueClock now{Instant::parse("2025-08-29T13:00:02Z").value(), true, Instant::from_micros(0),
                 Instant::from_micros(0)};
  std::vector<AssetRule> rules;
};

class DoubleBroker final : public signalbus::testing::SilentBroker {
 public:
  Result<BrokerAccount> account() override { return known; }
  Result<Holdings> positions() override {
    if (failure) return *failure;
    return held;
  }
  Result<std::vector<BrokerOrder>> orders(Instant) override { return std::vector<BrokerOrder>(); }

  BrokerAccount known{.id = AccountId("id-1"),
                      .equity = Money::whole(50'000),
                      .cash = Money::whole(50'000),
                      .buying_power = std::nullopt,
                      .number = "PA1",
                      .blocked = {}};
  Holdings held;
  std::optional<Error> failure;
};

/// Half of the account in AAPL.
PlanRequest half_in_aapl() {
  const TradeDate date = TradeDate::parse("2025-08-29").value();
  PlanRequest request{.account = AccountId("id-1"),
                      .root = "w",
                      .targets = {.trade_date = date, .targets = {}},
                      .targets_path = "w/targets.parquet",
                      .targets_sha256 = "0",
                      .mapping_path = "w/mapping.csv",
                      .mapping_columns = {"gvkey", "tic"},
                      .prices_path = "w/data/outputs/prices_20250829.csv",
                      .positions_path = {},
                      .equity = std::nullopt,
                      .configured_equity = std::nullopt,
                      .account_id = {},
                      .traded_symbols = {},
                      .policy = {},
                      .risk = {},
                      .settings = {},
                      .orders_path = "w/data/outputs/planned_orders.csv",
                      .plan_path = "w/data/outputs/rebalance_plan.csv"};
  request.targets.targets.push_back(
      {AssetId("AAPL"), 0.5, Instant::from_micros(0), StrategyId("s"), date});
  request.policy.cash_buffer = Ratio::zero();
  return request;
}

class PlanSourcesTest : public ::testing::Test {
 protected:
  Result<PlanOutcome> plan() { return run_plan(doors_, {&market_, &broker_, &venue_}, request_); }

  MemoryFiles files_;
  TestClock clock_{"2025-08-29T13:00:00Z"};
  CollectedLog log_;
  NoProgress progress_;
  Doors doors_{files_, clock_, log_, progress_};
  DoubleMarket market_;
  DoubleBroker broker_;
  DoubleVenue venue_;
  PlanRequest request_ = half_in_aapl();
};

TEST_F(PlanSourcesTest, EquityPositionsAndPricesAreTheBrokers) {
  broker_.held.holdings.push_back({.symbol = sym("AAPL"),
                                   .quantity = Quantity::whole(100),
                                   .asset_id = {},
                                   .market_value = {},
                                   .avg_entry_price = {},
                                   .origin = HoldingOrigin::kBrokerOnly});
  const Result<PlanOutcome> done = plan();
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(done.value().plan.equity, Money::whole(50'000));
  ASSERT_EQ(done.value().plan.orders.size(), 1u);
  EXPECT_EQ(done.value().plan.orders[0].quantity, Quantity::whole(25));  // 25,000 / 200 - 100
}

TEST_F(PlanSourcesTest, ARefusedSaleShrinksTheBuysInsteadOfRefusingThePlan) {
  broker_.held.holdings.push_back({.symbol = sym("TSLA"),
                                   .quantity = Quantity::whole(100),
                                   .asset_id = {},
                                   .market_value = {},
                                   .avg_entry_price = {},
                                   .origin = HoldingOrigin::kJournal});
  market_.book.points.push_back({sym("TSLA"), Price::whole(200), std::nullopt});
  broker_.known.cash = Money::whole(30'000);  // the rest is TSLA, to be sold for AAPL
  request_.targets.targets[0].weight = 1.0;
  request_.policy.cash_buffer = Ratio::parse("0.05").value();
  request_.risk.min_cash_buffer = {Ratio::parse("0.05").value(), "config.yaml:1"};
  request_.risk.restricted_symbols = {std::set{sym("TSLA")}, "config.yaml:2"};
  const Result<PlanOutcome> done = plan();
  ASSERT_TRUE(done.ok()) << done.error().message;
  ASSERT_EQ(done.value().plan.orders.size(), 1u);
  EXPECT_EQ(done.value().plan.orders[0].side, Side::kBuy);
  EXPECT_GE(done.value().plan.cash_after, Money::whole(2'500));
}

TEST_F(PlanSourcesTest, FetchedPricesAreKeptAsEvidence) {
  ASSERT_TRUE(plan().ok());
  EXPECT_EQ(files_.contents.at(request_.prices_path), "symbol,price\nAAPL,200\n");
  EXPECT_THAT(files_.contents.at("w/data/outputs/plan.json"), HasSubstr("prices_20250829.csv"));
}

TEST_F(PlanSourcesTest, EverythingHeldIsPricedToo) {
  broker_.held.holdings.push_back({.symbol = sym("TSLA"),
                                   .quantity = Quantity::whole(1),
                                   .asset_id = {},
                                   .market_value = Money::whole(300),
                                   .avg_entry_price = {},
                                   .origin = HoldingOrigin::kBrokerOnly});
  ASSERT_TRUE(plan().ok());
  EXPECT_THAT(market_.asked, ::testing::ElementsAre(sym("AAPL"), sym("TSLA")));
}

// ancestor-defects 2
TEST_F(PlanSourcesTest, AFailedPositionsRequestIsNoEmptyAccount) {
  broker_.failure = Error{ErrorCode::kUnavailable, "GET /v2/positions: no answer in 60 s"};
  const Result<PlanOutcome> done = plan();
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(files_.contents.empty()) << "nothing was written";
}

TEST_F(PlanSourcesTest, FailedPricesStopThePlan) {
  market_.failure = Error{ErrorCode::kUnavailable, "GET /v2/stocks/snapshots: no answer"};
  ASSERT_FALSE(plan().ok());
  EXPECT_TRUE(files_.contents.empty());
}

TEST_F(PlanSourcesTest, ABlockedAccountIsRefusedWithItsReason) {
  broker_.known.blocked = "trading is blocked";
  const Result<PlanOutcome> done = plan();
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, ErrorCode::kBrokerRefused);
  EXPECT_THAT(done.error().message, HasSubstr("PA1: trading is blocked"));
}

TEST_F(PlanSourcesTest, APinnedAccountIsTheOnlyOne) {
  for (const char* wanted : {"PA1", "id-1"}) {
    request_.account_id = wanted;
    EXPECT_TRUE(plan().ok()) << wanted;
  }
  request_.account_id = "PA2";
  const Result<PlanOutcome> done = plan();
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, ErrorCode::kUsage);
  EXPECT_THAT(done.error().message, HasSubstr("alpaca.account_id says PA2"));
}

TEST_F(PlanSourcesTest, ClocksThatDisagreeRefuseUnlessTheExchangesIsSimulated) {
  venue_.now.now = Instant::parse("2025-08-29T13:00:06Z").value();
  const Result<PlanOutcome> done = plan();
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, ErrorCode::kLimitExceeded);
  EXPECT_THAT(done.error().message, HasSubstr("differ by 6 s"));
  venue_.now.now = Instant::parse("2025-08-29T13:00:05Z").value();
  EXPECT_TRUE(plan().ok()) << "exactly the limit passes";
  venue_.now = {Instant::parse("2021-01-04T14:30:00Z").value(), true, Instant::from_micros(0),
                Instant::from_micros(0), true};
  EXPECT_TRUE(plan().ok());
}

TEST_F(PlanSourcesTest, APlanIsExecutedOnItsDayWhileItIsYoungOnTheAccountItWasMadeFor) {
  ASSERT_TRUE(plan().ok());
  const PlanFiles files{.orders_path = request_.orders_path, .plan_path = request_.plan_path};
  const auto loaded = load_executable_plan(doors_, files, Mode::kPaper, std::nullopt);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  const TradeDate today = request_.targets.trade_date;
  const auto why_not = [&](TradeDate date) -> std::string {
    const Status answer =
        check_plan_is_current(doors_, files, loaded.value(), broker_, date, 3'600);
    if (answer.ok()) return "";
    EXPECT_EQ(answer.error().code, ErrorCode::kStale);
    return answer.error().message;
  };

  EXPECT_EQ(why_not(today), "");
  EXPECT_THAT(why_not(today.plus_days(1)), HasSubstr("the plan is for 2025-08-29, today is"));
  clock_.set(Instant::parse("2025-08-29T14:00:00Z").value());
  EXPECT_EQ(why_not(today), "") << "exactly the limit passes";
  clock_.set(Instant::parse("2025-08-29T14:00:01Z").value());
  EXPECT_THAT(why_not(today), HasSubstr("the plan was made at 2025-08-29T13:00:00Z, more than 60 "
                                        "minutes ago (execution.plan_max_age)"));
  clock_.set(Instant::parse("2025-08-29T13:30:00Z").value());
  broker_.held.holdings.push_back({.symbol = sym("TSLA"),
                                   .quantity = Quantity::whole(3),
                                   .asset_id = {},
                                   .market_value = {},
                                   .avg_entry_price = {},
                                   .origin = HoldingOrigin::kBrokerOnly});
  EXPECT_THAT(why_not(today),
              HasSubstr("the account changed since the plan was made (TSLA 0 -> 3)"));
}

TEST_F(PlanSourcesTest, WhatCannotBeTradedIsPlannedAwayWithItsReason) {
  venue_.rules.push_back(
      {.symbol = sym("AAPL"), .tradable = false, .fractionable = true, .shortable = true});
  const Result<PlanOutcome> done = plan();
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_TRUE(done.value().plan.orders.empty());
  EXPECT_EQ(done.value().plan.rows[0].code, ReasonCode::kNotTradable);
}

}  // namespace
}  // namespace signalbus::pipeline
