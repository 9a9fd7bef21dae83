// Goal: the rules are told what is so: a rehearsal knows its own account, an override passes only
// what it was given for and is spent only where it helped, money that leaves is no loss. Method: a
// journal in memory, a broker that answers what it was told.
#include "pipeline/risk_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ports/testing/doubles.h"
#include "ports/testing/intents.h"
#include "ports/testing/memory_files.h"
#include "ports/testing/silent_broker.h"
#include "storage/sqlite_journal.h"

namespace signalbus::pipeline {
namespace {

using signalbus::testing::CollectedLog;
using signalbus::testing::MemoryFiles;
using signalbus::testing::TestClock;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Symbol sym(std::string_view text) { return Symbol::parse(text).value(); }

/// An account and its sessions, nothing else.
class ToldAccount final : public signalbus::testing::SilentBroker, public Venue {
 public:
  Result<BrokerAccount> account() override {
    return BrokerAccount{AccountId("acc"), equity, equity};
  }
  Result<Holdings> positions() override { return Holdings{}; }
  Result<std::vector<BrokerOrder>> orders(Instant) override { return open; }
  Result<std::vector<Fill>> fills(Instant) override { return std::vector<Fill>(); }
  Result<std::vector<CashFlow>> cash_flows(TradeDate from) override {
    std::vector<CashFlow> out;
    for (const CashFlow& flow : flows) {
      if (flow.date >= from) out.push_back(flow);
    }
    return out;
  }
  Result<VenueClock> clock() override { return unused(); }
  Result<std::vector<VenueSession>> sessions(TradeDate first, TradeDate) override {
    return std::vector<VenueSession>{{first, 570, 960}};
  }
  Result<std::vector<AssetRule>> asset_rules(std::span<const Symbol>) override { return unused(); }

  Money equity = Money::whole(10'000);
  std::vector<CashFlow> flows;
  std::vector<BrokerOrder> open;
};

PlannedOrder buy(std::string_view symbol, std::int64_t shares) {
  return planned_order(symbol, Side::kBuy, shares);
}

PriceBook prices_of(const std::vector<PlannedOrder>& orders) {
  PriceBook book;
  for (const PlannedOrder& order : orders) {
    book.points.push_back({order.symbol, order.ref_price, std::nullopt});
  }
  return book;
}

template <class T>
risk::Limit<T> limit(T value) {
  return {std::move(value), "config.yaml:1"};
}

class RiskFactsTest : public ::testing::Test {
 protected:
  void grant(const std::string& rule) {
    SB_CHECK(
        journal_->add_override({rule, "I know", "me", clock_.now(), clock_.now().plus_seconds(600)})
            .ok());
  }
  OverriddenVerdict check(const std::vector<PlannedOrder>& orders, const risk::RiskLimits& limits) {
    const risk::AccountState account{Money::whole(100'000), Money::whole(100'000), Money::zero()};
    Result<OverriddenVerdict> checked =
        check_with_overrides(doors_, *journal_, orders, prices_of(orders), account, limits, {});
    SB_CHECK(checked.ok());
    return std::move(checked).value();
  }
  Status start(const risk::RiskLimits& limits) {
    return check_run_start(doors_, *journal_, broker_, broker_, key_, limits);
  }
  void next_day(Money equity) {
    clock_.set(clock_.now().plus_seconds(24 * 3600));
    key_.run_date = key_.run_date.plus_days(1);
    broker_.equity = equity;
  }

  MemoryFiles files_;
  TestClock clock_{"2026-01-05T15:00:00Z"};
  CollectedLog log_;
  signalbus::NoProgress progress_;
  Doors doors_{files_, clock_, log_, progress_};
  std::unique_ptr<Journal> journal_ = storage::SqliteJournal::open_in_memory().value();
  ToldAccount broker_;
  BatchKey key_{Mode::kPaper, AccountId("acc"), TradeDate::parse("2026-01-05").value()};
};

// ---- A rehearsal ----

TEST_F(RiskFactsTest, ARehearsalKnowsItsAccountAndHasUsedNothingOfTheDay) {
  const std::vector<PlannedOrder> orders = {buy("KO", 10)};
  risk::RiskLimits limits;
  limits.max_gross = limit(Ratio::parse("0.5").value());
  limits.max_daily_orders = limit(std::int64_t{5});
  limits.max_open_orders = limit(std::int64_t{5});
  const Result<risk::PlanFacts> facts =
      gather_risk_facts(files_, {}, {Mode::kDry, AccountId("dry"), key_.run_date}, limits, orders,
                        {Money::whole(1'000), Holdings{}});
  ASSERT_TRUE(facts.ok());
  const risk::AccountState account{Money::whole(1'000), Money::whole(1'000), Money::zero()};
  EXPECT_THAT(
      risk::risk_check_orders(orders, prices_of(orders), account, limits, facts.value()).batch,
      IsEmpty());
  const std::vector<PlannedOrder> more = {buy("KO", 51)};
  EXPECT_THAT(risk::risk_check_orders(more, prices_of(more), account, limits, facts.value()).batch,
              SizeIs(1));
}

TEST_F(RiskFactsTest, SectorsComeFromTheFile) {
  files_.contents["sectors.csv"] = "symbol,sector\nKO,Staples\nPEP,Staples\n";
  risk::RiskLimits limits;
  limits.max_sector = limit(Ratio::parse("0.5").value());
  const std::vector<PlannedOrder> orders = {buy("KO", 10), buy("XX", 1)};
  FactSources sources;
  sources.sectors_path = "sectors.csv";
  const auto facts = gather_symbol_facts(files_, sources, key_, limits, orders, Holdings{}, {});
  ASSERT_TRUE(facts.ok());
  ASSERT_THAT(facts.value(), SizeIs(2));
  EXPECT_EQ(facts.value()[0].sector, "Staples");
  EXPECT_EQ(facts.value()[1].sector, std::nullopt);
}

// ---- Open orders ----

/// An exit of a bracket on 20 KO, at the broker.
BrokerOrder exit_of(const std::string& id, std::optional<Price> limit, std::optional<Price> stop) {
  return {.event = {.client_order_id = ClientOrderId(id),
                    .state = OrderState::kLive,
                    .order_id = OrderId(id),
                    .filled_qty = Quantity::zero(),
                    .filled_avg_price = {},
                    .price_used = Price::whole(10),
                    .submitted_at = {},
                    .updated_at = Instant::from_micros(0),
                    .reject_code = {},
                    .error = {}},
          .symbol = "KO",
          .side = Side::kSell,
          .quantity = Quantity::whole(20),
          .status = "new",
          .limit_price = limit,
          .stop_price = stop,
          .of_group = true};
}

TEST_F(RiskFactsTest, OfATakeProfitAndAStopOnTheSameSharesOneCounts) {
  broker_.open = {exit_of("profit", Price::whole(12), {}), exit_of("stop", {}, Price::whole(9))};
  const FactSources sources{journal_.get(), &broker_, nullptr, nullptr, {}};
  Holdings held;
  held.holdings = {{sym("KO"), Quantity::whole(30), {}, {}, {}, HoldingOrigin::kBrokerOnly}};
  const std::vector<PlannedOrder> orders = {buy("PEP", 1)};
  const auto facts =
      gather_risk_facts(files_, sources, key_, {}, orders, {Money::whole(1'000), held});
  ASSERT_TRUE(facts.ok()) << facts.error().message;
  ASSERT_THAT(*facts.value().open_orders, SizeIs(1));
  EXPECT_EQ(facts.value().open_orders->front().remaining, Quantity::whole(20));
}

TEST_F(RiskFactsTest, ExitsOfOurOwnBracketsAreTakenBackAndDoNotCount) {
  Batch batch{key_, 1, BatchState::kOpen, "hash", clock_.now()};
  Intent bracket{.client_order_id = ClientOrderId("ours"),
                 .sequence = 0,
                 .attempt = 1,
                 .order = buy("KO", 20),
                 .state = OrderState::kPlanned};
  ASSERT_TRUE(journal_->open_batch(batch, std::vector{bracket}).ok());
  broker_.open = {exit_of("ours", Price::whole(12), {})};
  const FactSources sources{journal_.get(), &broker_, nullptr, nullptr, {}};
  Holdings held;
  held.holdings = {{sym("KO"), Quantity::whole(20), {}, {}, {}, HoldingOrigin::kBrokerOnly}};
  const std::vector<PlannedOrder> orders = {buy("PEP", 1)};
  const auto open = [&](const Holdings& holdings) {
    return gather_risk_facts(files_, sources, key_, {}, orders, {Money::whole(1'000), holdings})
        .value()
        .open_orders->size();
  };
  EXPECT_EQ(open(held), 0u);
  EXPECT_EQ(open(Holdings{}), 1u) << "with nothing to take back it is an entry";
}

TEST_F(RiskFactsTest, WithoutOrdersNobodyIsAskedWhatIsOpen) {
  broker_.open = {exit_of("profit", Price::whole(12), {})};
  const FactSources sources{journal_.get(), &broker_, nullptr, nullptr, {}};
  const auto facts =
      gather_risk_facts(files_, sources, key_, {}, {}, {Money::whole(1'000), Holdings{}});
  ASSERT_TRUE(facts.ok()) << facts.error().message;
  EXPECT_THAT(*facts.value().open_orders, IsEmpty());
}

// ---- Overrides ----

TEST_F(RiskFactsTest, AnOverrideIsBoundToTheOrderThatItLetPass) {
  grant("max_notional_per_order");
  risk::RiskLimits limits;
  limits.max_notional_per_order = limit(Money::whole(100));
  const OverriddenVerdict checked = check({buy("AAA", 20), buy("BBB", 20)}, limits);
  ASSERT_THAT(checked.granted, SizeIs(1));
  EXPECT_EQ(checked.granted[0].symbol, sym("AAA"));
  ASSERT_THAT(checked.verdict.refused, SizeIs(1));
  EXPECT_EQ(checked.verdict.refused[0].order.symbol, sym("BBB"));
  EXPECT_THAT(journal_->unused_overrides(clock_.now()).value(), IsEmpty());
}

TEST_F(RiskFactsTest, AnOverrideThatDoesNotSaveTheBatchIsNotSpent) {
  grant("max_notional_per_order");
  risk::RiskLimits limits;
  limits.max_notional_per_order = limit(Money::whole(100));
  limits.max_total_notional = limit(Money::whole(150));
  const OverriddenVerdict checked = check({buy("AAA", 20)}, limits);
  EXPECT_TRUE(checked.verdict.batch_refused());
  EXPECT_THAT(journal_->unused_overrides(clock_.now()).value(), SizeIs(1));
}

// ---- Losses ----

TEST_F(RiskFactsTest, MoneyThatLeavesTheAccountIsNoDrawdown) {
  risk::RiskLimits limits;
  limits.max_drawdown = limit(Ratio::parse("0.1").value());
  EXPECT_TRUE(start(limits).ok());
  next_day(Money::whole(6'000));
  broker_.flows = {{.id = "w1",
                    .kind = CashFlowKind::kTransfer,
                    .word = "CSW",
                    .symbol = std::nullopt,
                    .cash = Money::whole(-4'000),
                    .date = key_.run_date}};
  EXPECT_TRUE(start(limits).ok());
  EXPECT_EQ(journal_->control().value().state, TradingState::kNormal);
  next_day(Money::whole(5'300));  // 700 of 6,000 lost: 11.7 %
  EXPECT_EQ(start(limits).error().code, ErrorCode::kHalted);
  EXPECT_EQ(journal_->control().value().state, TradingState::kHalted);
}

TEST_F(RiskFactsTest, ADepositDoesNotHideALoss) {
  risk::RiskLimits limits;
  limits.max_daily_loss = limit(Ratio::parse("0.05").value());
  EXPECT_TRUE(start(limits).ok());
  next_day(Money::whole(10'000));
  EXPECT_TRUE(start(limits).ok());
  broker_.equity = Money::whole(14'000);  // 5,000 came in, 1,000 of 15,000 were lost: 6.7 %
  broker_.flows = {{.id = "d1",
                    .kind = CashFlowKind::kTransfer,
                    .word = "CSD",
                    .symbol = std::nullopt,
                    .cash = Money::whole(5'000),
                    .date = key_.run_date}};
  EXPECT_THAT(start(limits).error().message, HasSubstr("below the equity at the day's start"));
}

TEST_F(RiskFactsTest, AnEveningRunSeesTheSessionOfItsDay) {
  risk::RiskLimits limits;
  limits.require_calendar_agreement = limit(true);
  clock_.set(Instant::parse("2026-01-05T23:00:00Z").value());  // after the close, same date
  EXPECT_TRUE(start(limits).ok());
}

}  // namespace
}  // namespace signalbus::pipeline
