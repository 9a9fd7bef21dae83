// Goal: the account at the broker is held against the journal as it really is: asked at one moment,
// over the batches in question; what is explained moves the baseline on, what is not stays open
// until somebody looks. Method: a journal in memory, a broker that answers what the test says.
#include "pipeline/broker_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "execution/client_order_id.h"
#include "pipeline/reconcile_stage.h"
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
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Symbol sym(std::string_view text) { return Symbol::parse(text).value(); }
Quantity qty(std::string_view text) { return Quantity::parse(text).value(); }
Money usd(std::string_view text) { return Money::parse(text).value(); }

/// Answers what it was told; filters by time as a broker does.
class ToldBroker final : public signalbus::testing::SilentBroker {
 public:
  Result<BrokerAccount> account() override {
    return BrokerAccount{AccountId("acc"), Money::whole(10'000), cash};
  }
  Result<Holdings> positions() override {
    Holdings out;
    for (const auto& [symbol, shares] : held) {
      out.holdings.push_back({symbol, shares, std::nullopt, Money::whole(100), std::nullopt,
                              HoldingOrigin::kBrokerOnly});
    }
    during_positions();
    return out;
  }
  Result<std::vector<BrokerOrder>> orders(Instant after) override {
    std::vector<BrokerOrder> out;
    for (const BrokerOrder& order : all_orders) {
      if (*order.event.submitted_at > after) out.push_back(order);
    }
    return out;
  }
  Result<std::vector<Fill>> fills(Instant after) override {
    if (failure) return *failure;
    std::vector<Fill> out;
    for (const Fill& fill : all_fills) {
      if (fill.at > after) out.push_back(fill);
    }
    return out;
  }
  Result<std::vector<CashFlow>> cash_flows(TradeDate from) override {
    std::vector<CashFlow> out;
    for (const CashFlow& flow : all_flows) {
      if (flow.date >= from) out.push_back(flow);
    }
    return out;
  }

  void trades(const std::string& execution, const std::string& order, Side side,
              std::string_view quantity, std::string_view symbol, Instant when) {
    const Price price = Price::whole(10);
    all_fills.push_back({execution, OrderId(order), ClientOrderId(""), sym(symbol), side,
                         qty(quantity), price, when});
    const Money amount = notional_half_even(qty(quantity), price).value();
    cash += side == Side::kBuy ? -amount : amount;
    Quantity& shares = held.try_emplace(sym(symbol), Quantity::zero()).first->second;
    shares += side == Side::kBuy ? qty(quantity) : -qty(quantity);
    if (shares.is_zero()) held.erase(sym(symbol));
  }

  Money cash = Money::whole(1000);
  std::map<Symbol, Quantity> held = {{sym("KO"), Quantity::whole(4)}};
  std::vector<BrokerOrder> all_orders;
  std::vector<Fill> all_fills;
  std::vector<CashFlow> all_flows;
  std::optional<Error> failure;
  std::function<void()> during_positions = [] {};
};

class BrokerCheckTest : public ::testing::Test {
 protected:
  BrokerCheck check(bool may_write = true) {
    request_.may_write = may_write;
    Result<BrokerCheck> done = check_broker(doors_, {broker_, *journal_}, request_);
    SB_CHECK(done.ok());
    return std::move(done).value();
  }

  /// A finished batch with one filled order that broker and journal know.
  ClientOrderId trade(std::string_view symbol, const std::string& execution) {
    clock_.set(clock_.now().plus_seconds(1));  // after whatever was looked at before
    const Batch batch{
        {Mode::kPaper, AccountId("acc"), date_}, ++batches_, BatchState::kOpen, "h", clock_.now()};
    const ClientOrderId id = execution::make_client_order_id(
        {"sb", AccountId("acc"), Mode::kPaper, date_, batches_, 0, 1}, sym(symbol), Side::kBuy);
    Intent intent = contract_intent(0);
    intent.client_order_id = id;
    intent.order.symbol = sym(symbol);
    intent.state = OrderState::kPlanned;
    SB_CHECK(journal_->open_batch(batch, std::vector<Intent>{intent}).ok());
    const std::string order_id = "order-" + execution;
    const Instant now = clock_.now();
    OrderEvent event{.client_order_id = id,
                     .state = OrderState::kFilled,
                     .order_id = OrderId(order_id),
                     .filled_qty = qty("2"),
                     .filled_avg_price = Price::whole(10),
                     .price_used = Price::whole(10),
                     .submitted_at = now,
                     .updated_at = now,
                     .reject_code = {},
                     .error = {}};
    broker_.all_orders.push_back({event, std::string(symbol), Side::kBuy, qty("2"), "filled"});
    broker_.trades(execution, order_id, Side::kBuy, "2", symbol, now);
    Fill fill = broker_.all_fills.back();
    fill.client_order_id = id;
    SB_CHECK(journal_->record(batch, std::vector<OrderEvent>{event}, std::vector<Fill>{fill}).ok());
    SB_CHECK(journal_->close_batch(batch, BatchState::kFinished, now).ok());
    batch_ = batch;
    return id;
  }
  void next_day() {
    clock_.set(clock_.now().plus_seconds(24 * 3600));
    date_ = date_.plus_days(1);
    batches_ = 0;
  }

  MemoryFiles files_;
  TestClock clock_{"2026-01-02T15:00:00Z"};
  TradeDate date_ = TradeDate::parse("2026-01-02").value();
  CollectedLog log_;
  NoProgress progress_;
  Doors doors_{files_, clock_, log_, progress_};
  std::unique_ptr<storage::SqliteJournal> journal_ =
      storage::SqliteJournal::open_in_memory().value();
  ToldBroker broker_;
  BrokerCheckRequest request_{Mode::kPaper, AccountId("acc"), "sb"};
  int batches_ = 0;
  std::optional<Batch> batch_;
};

TEST_F(BrokerCheckTest, TheFirstLookIsTheStart) {
  broker_.trades("old", "by-hand", Side::kBuy, "3", "T", clock_.now().plus_seconds(-60));
  const BrokerCheck first = check();
  EXPECT_TRUE(first.first_look && first.baseline_moved);
  EXPECT_THAT(first.recon.differences, IsEmpty());
  const Baseline baseline = *journal_->baseline(Mode::kPaper, AccountId("acc")).value();
  EXPECT_EQ(baseline.cash, usd("970"));
  EXPECT_EQ(baseline.date, date_);
  EXPECT_THAT(baseline.positions, SizeIs(2));
  // What was told before is told again, and is no news.
  EXPECT_THAT(check().recon.differences, IsEmpty());
}

TEST_F(BrokerCheckTest, OurTradesAgreeDayAfterDay) {
  ASSERT_TRUE(ensure_baseline(doors_, {broker_, *journal_}, request_).ok());
  for (int day = 0; day < 4; ++day) {
    trade("AAPL", "e" + std::to_string(day));
    clock_.set(
        clock_.now().plus_seconds(2));  // orders of the look's own second are looked at again
    const BrokerCheck done = check();
    EXPECT_THAT(done.recon.differences, IsEmpty()) << day;
    EXPECT_EQ(done.recon.orders_agree, 1U) << day;
    EXPECT_EQ(done.recon.fills_agree, 1U) << day;
    EXPECT_TRUE(done.baseline_moved);
    next_day();
  }
}

TEST_F(BrokerCheckTest, EnsureBaselineKeepsTheOneThereIs) {
  check();
  broker_.cash += usd("5");
  ASSERT_TRUE(ensure_baseline(doors_, {broker_, *journal_}, request_).ok());
  EXPECT_EQ(journal_->baseline(Mode::kPaper, AccountId("acc")).value()->cash, usd("1000"));
}

TEST_F(BrokerCheckTest, AnOpenDifferenceHoldsTheBaselineUntilItIsAcknowledged) {
  check();
  next_day();
  broker_.held.at(sym("KO")) += qty("3");
  const BrokerCheck open = check();
  EXPECT_FALSE(open.baseline_moved);
  ASSERT_THAT(open.recon.blocked, SizeIs(1));
  next_day();  // the same difference has the same key tomorrow
  EXPECT_EQ(check().recon.differences[0].key, "position:KO:20260102:+3");

  const Acknowledgement seen{"position:KO:20260102:+3", "a gift", "me", clock_.now()};
  ASSERT_TRUE(acknowledge_difference(doors_, {broker_, *journal_}, request_, seen).ok());
  const BrokerCheck closed = check();
  EXPECT_TRUE(closed.baseline_moved && closed.recon.blocked.empty());
  EXPECT_TRUE(closed.recon.differences[0].acknowledged);
  EXPECT_THAT(check().recon.differences, IsEmpty());
}

TEST_F(BrokerCheckTest, OnlyADifferenceThatIsOpenCanBeAcknowledged) {
  check();
  broker_.cash += usd("7");
  const Status wrong = acknowledge_difference(doors_, {broker_, *journal_}, request_,
                                              {"cash:20260102:+8", "a guess", "me", clock_.now()});
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(wrong.error().message, HasSubstr("open: 'cash:20260102:+7'"));
  EXPECT_THAT(journal_->acknowledgements(Mode::kPaper, AccountId("acc")).value(), IsEmpty());
}

TEST_F(BrokerCheckTest, WhoDoesNotHoldTheAccountOnlyLooks) {
  const BrokerCheck looked = check(false);
  EXPECT_TRUE(looked.first_look);
  EXPECT_FALSE(looked.baseline_moved);
  EXPECT_FALSE(journal_->baseline(Mode::kPaper, AccountId("acc")).value().has_value());
}

TEST_F(BrokerCheckTest, ALateFillIsRecordedSoThatEveryBookHasIt) {
  ASSERT_TRUE(ensure_baseline(doors_, {broker_, *journal_}, request_).ok());
  const ClientOrderId id = trade("AAPL", "e1");
  clock_.set(clock_.now().plus_seconds(600));
  BrokerOrder& order = broker_.all_orders.back();
  order.event.filled_qty = qty("3");  // the order of 2 was for more: its last share came late
  broker_.trades("e2", order.event.order_id.get(), Side::kBuy, "1", "AAPL",
                 clock_.now().plus_seconds(-60));
  const BrokerCheck done = check();
  ASSERT_THAT(done.recon.differences, SizeIs(1));
  EXPECT_EQ(done.recon.differences[0].cause, Cause::kLateFill);
  EXPECT_TRUE(done.baseline_moved);
  const std::vector<Fill> fills = journal_->fills(*batch_).value();
  ASSERT_THAT(fills, SizeIs(2));
  EXPECT_EQ(fills[1].execution_id, "e2");
  EXPECT_EQ(fills[1].client_order_id, id);
  EXPECT_EQ(journal_->orders(*batch_).value()[0].event.filled_qty, qty("3"));
  EXPECT_THAT(check().recon.differences, IsEmpty());
}

TEST_F(BrokerCheckTest, AnOrderOfAnOlderBatchIsStillOurs) {
  trade("AAPL", "e1");  // before the books began
  BrokerOrder open = broker_.all_orders.back();
  broker_.all_orders.back().event.state = OrderState::kLive;
  ASSERT_TRUE(ensure_baseline(doors_, {broker_, *journal_}, request_).ok());
  for (int day = 0; day < 5; ++day) next_day();
  broker_.all_orders.back() = open;
  const BrokerCheck done = check();
  EXPECT_THAT(done.recon.differences, IsEmpty());
  EXPECT_EQ(done.recon.orders_agree, 1U);
}

TEST_F(BrokerCheckTest, AnExecutionDuringTheLookIsLookedAtAgain) {
  check();
  clock_.set(clock_.now().plus_seconds(3600));
  int looks = 0;
  broker_.during_positions = [&] {
    if (++looks == 1) broker_.trades("hand", "h", Side::kBuy, "1", "T", clock_.now());
  };
  const BrokerCheck done = check();
  EXPECT_EQ(looks, 2);
  EXPECT_THAT(done.recon.differences, SizeIs(2));  // shares and cash, both by hand
  EXPECT_TRUE(done.recon.all_clear());
}

TEST_F(BrokerCheckTest, AnAccountThatNeverStandsStillIsNotReconciled) {
  int count = 0;
  broker_.during_positions = [&] {
    broker_.trades("hand" + std::to_string(++count), "h", Side::kBuy, "1", "T", clock_.now());
  };
  const auto done = check_broker(doors_, {broker_, *journal_}, request_);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, ErrorCode::kUnavailable);
}

TEST_F(BrokerCheckTest, APositionThatLagsBehindItsExecutionIsWaitedFor) {
  check();
  clock_.set(clock_.now().plus_seconds(3600));
  broker_.trades("hand", "h", Side::kBuy, "1", "T", clock_.now());
  broker_.held.erase(sym("T"));
  int looks = 0;
  broker_.during_positions = [&] {
    if (++looks == 2) broker_.held.insert_or_assign(sym("T"), qty("1"));
  };
  EXPECT_TRUE(check().recon.all_clear());
}

TEST_F(BrokerCheckTest, ErrorsOfTheBrokerAreItsOwn) {
  broker_.failure = Error{ErrorCode::kUnavailable, "no answer"};
  EXPECT_EQ(check_broker(doors_, {broker_, *journal_}, request_).error().code,
            ErrorCode::kUnavailable);
}

// -- The stage -----------------------------------------------------------------------------------

ReconcileRequest stage_request(TradeDate date) {
  return {.run_date = date,
          .mode = Mode::kPaper,
          .orders_path = "w/planned_orders.csv",
          .plan_path = "w/rebalance_plan.csv",
          .log_path = "w/execution_log.csv",
          .positions_path = {},
          .prices_path = {},
          .equity = std::nullopt,
          .quantity_decimals = 4,
          .out_dir = "w"};
}

TEST_F(BrokerCheckTest, WithoutAPlanTheBrokersPositionsAndDifferencesAreWritten) {
  check();
  broker_.cash += usd("7");
  request_.may_write = true;
  const auto done =
      run_reconcile_with_broker(doors_, {broker_, *journal_}, stage_request(date_), request_);
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_THAT(done.value().files,
              ElementsAre("w/positions_eod_20260102.csv", "w/recon_broker_20260102.csv"));
  EXPECT_EQ(done.value().differences(), 1U);
  EXPECT_THAT(files_.contents["w/positions_eod_20260102.csv"],
              HasSubstr("KO,4,25,100,1,,,broker\nCASH,1007,1,1007,10.07,,,broker\n"));
  EXPECT_THAT(files_.contents["w/recon_broker_20260102.csv"],
              HasSubstr("cash:20260102:+7,cash,,1000,1007,unknown,open,"));
}

TEST_F(BrokerCheckTest, BookkeepingIsNoDifferenceForTheStrict) {
  check();
  broker_.cash += usd("7");
  broker_.all_flows.push_back({.id = "d",
                               .kind = CashFlowKind::kDividend,
                               .word = "DIV",
                               .symbol = sym("KO"),
                               .cash = usd("7"),
                               .date = date_});
  const auto done =
      run_reconcile_with_broker(doors_, {broker_, *journal_}, stage_request(date_), request_);
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(done.value().differences(), 0U);
  EXPECT_THAT(done.value().broker->recon.differences, SizeIs(1));
}

}  // namespace
}  // namespace signalbus::pipeline
