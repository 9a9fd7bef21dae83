// Goal: every implementation of the Journal port keeps the promises of ports/journal.h.
// Method: one suite over all of journal_implementations.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <memory>

#include "storage/journal_implementations.h"
#include "storage/journal_sample.h"

namespace signalbus::storage {
namespace {

using ::testing::ElementsAre;

class JournalContractTest : public ::testing::TestWithParam<Implementation> {
 protected:
  void open_sample(int count, Mode mode = Mode::kDry, int number = 1) {
    const Status opened = journal_->open_batch(sample_batch(mode, number), sample_intents(count));
    ASSERT_TRUE(opened.ok()) << opened.error().message;
  }
  void record(std::vector<OrderEvent> events, std::vector<Fill> fills = {}) {
    const Status recorded = journal_->record(sample_batch(), events, fills);
    ASSERT_TRUE(recorded.ok()) << recorded.error().message;
  }

  TempFolder folder_;
  std::unique_ptr<Journal> journal_ = GetParam().make(folder_);
};

void expect_same(const Batch& a, const Batch& b) {
  EXPECT_EQ(a.key.mode, b.key.mode);
  EXPECT_EQ(a.key.account, b.key.account);
  EXPECT_EQ(a.key.run_date, b.key.run_date);
  EXPECT_EQ(a.number, b.number);
  EXPECT_EQ(a.state, b.state);
  EXPECT_EQ(a.plan_hash, b.plan_hash);
  EXPECT_EQ(a.opened_at, b.opened_at);
}

void expect_same(const Intent& a, const Intent& b) {
  EXPECT_EQ(a.client_order_id, b.client_order_id);
  EXPECT_EQ(a.sequence, b.sequence);
  EXPECT_EQ(a.attempt, b.attempt);
  EXPECT_EQ(a.state, b.state);
  EXPECT_EQ(a.order.asset_id, b.order.asset_id);
  EXPECT_EQ(a.order.symbol, b.order.symbol);
  EXPECT_EQ(a.order.side, b.order.side);
  EXPECT_EQ(a.order.quantity, b.order.quantity);
  EXPECT_EQ(a.order.type, b.order.type);
  EXPECT_EQ(a.order.take_profit, b.order.take_profit);
  EXPECT_EQ(a.order.stop_loss, b.order.stop_loss);
  EXPECT_EQ(a.order.limit_price, b.order.limit_price);
  EXPECT_EQ(a.order.ref_price, b.order.ref_price);
  EXPECT_EQ(a.order.notional, b.order.notional);
  EXPECT_EQ(a.order.time_in_force, b.order.time_in_force);
  EXPECT_EQ(a.order.leg(), b.order.leg());
  EXPECT_EQ(a.order.purpose, b.order.purpose);
}

void expect_same(const OrderEvent& a, const OrderEvent& b) {
  EXPECT_EQ(a.client_order_id, b.client_order_id);
  EXPECT_EQ(a.state, b.state);
  EXPECT_EQ(a.order_id, b.order_id);
  EXPECT_EQ(a.filled_qty, b.filled_qty);
  EXPECT_EQ(a.filled_avg_price, b.filled_avg_price);
  EXPECT_EQ(a.price_used, b.price_used);
  EXPECT_EQ(a.submitted_at, b.submitted_at);
  EXPECT_EQ(a.updated_at, b.updated_at);
  EXPECT_EQ(a.reject_code, b.reject_code);
  EXPECT_EQ(a.error, b.error);
}

void expect_same(const Fill& a, const Fill& b) {
  EXPECT_EQ(a.execution_id, b.execution_id);
  EXPECT_EQ(a.order_id, b.order_id);
  EXPECT_EQ(a.client_order_id, b.client_order_id);
  EXPECT_EQ(a.symbol, b.symbol);
  EXPECT_EQ(a.side, b.side);
  EXPECT_EQ(a.quantity, b.quantity);
  EXPECT_EQ(a.price, b.price);
  EXPECT_EQ(a.at, b.at);
}

TEST_P(JournalContractTest, AnEmptyJournalKnowsNothing) {
  EXPECT_FALSE(journal_->latest_batch(sample_batch().key).value().has_value());
  EXPECT_TRUE(journal_->traded_symbols(Mode::kDry, AccountId("ACC1")).value().empty());
  EXPECT_FALSE(journal_->run_succeeded(Mode::kDry, date("2025-08-29")).value());
}

TEST_P(JournalContractTest, ReturnsABatchAndItsIntentsAsTheyWereStored) {
  open_sample(4);

  expect_same(journal_->latest_batch(sample_batch().key).value().value(), sample_batch());
  const auto intents = journal_->intents(sample_batch());
  ASSERT_TRUE(intents.ok()) << intents.error().message;
  ASSERT_EQ(intents.value().size(), 4u);
  for (int i = 0; i < 4; ++i) {
    expect_same(intents.value()[static_cast<std::size_t>(i)], sample_intent(i));
  }
}

TEST_P(JournalContractTest, ReturnsIntentsBySequenceHoweverTheyWereStored) {
  const std::vector<Intent> shuffled = {sample_intent(2), sample_intent(0), sample_intent(1)};
  ASSERT_TRUE(journal_->open_batch(sample_batch(), shuffled).ok());

  const auto intents = journal_->intents(sample_batch()).value();
  ASSERT_EQ(intents.size(), 3u);
  EXPECT_EQ(intents[0].sequence, 0);
  EXPECT_EQ(intents[2].sequence, 2);
}

TEST_P(JournalContractTest, TheLatestBatchIsTheHighestNumberOfItsKey) {
  open_sample(1, Mode::kDry, 1);
  open_sample(1, Mode::kDry, 10);
  open_sample(1, Mode::kDry, 2);
  open_sample(1, Mode::kPaper, 11);

  EXPECT_EQ(journal_->latest_batch(sample_batch().key).value()->number, 10);
}

TEST_P(JournalContractTest, RefusesABatchNumberThatExistsAndKeepsTheFirst) {
  open_sample(2);
  Batch second = sample_batch();
  second.plan_hash = "other";

  const Status opened = journal_->open_batch(second, sample_intents(1));

  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(journal_->latest_batch(second.key).value()->plan_hash, "9f86d08");
  EXPECT_EQ(journal_->intents(sample_batch()).value().size(), 2u);
}

TEST_P(JournalContractTest, StoresNeitherBatchNorIntentsWhenOneIntentCannotBeStored) {
  const std::vector<Intent> twice = {sample_intent(0), sample_intent(0)};

  EXPECT_FALSE(journal_->open_batch(sample_batch(), twice).ok());

  EXPECT_FALSE(journal_->latest_batch(sample_batch().key).value().has_value());
}

TEST_P(JournalContractTest, AnIntentHasTheStateOfItsNewestEvent) {
  open_sample(2);
  record({sample_event(1, OrderState::kSubmitting), sample_event(1, OrderState::kRejected)});

  const auto intents = journal_->intents(sample_batch()).value();
  EXPECT_EQ(intents[0].state, OrderState::kPlanned);
  EXPECT_EQ(intents[1].state, OrderState::kRejected);
}

TEST_P(JournalContractTest, ReturnsOrdersThatHaveAnEventWithTheNewestOne) {
  open_sample(3);
  record({sample_event(2, OrderState::kSubmitting)});
  record({sample_event(0), sample_event(2, OrderState::kFilled)});

  const auto orders = journal_->orders(sample_batch()).value();
  ASSERT_EQ(orders.size(), 2u);
  expect_same(orders[0].event, sample_event(0));
  expect_same(orders[1].event, sample_event(2, OrderState::kFilled));
  EXPECT_EQ(orders[1].intent.state, OrderState::kFilled);
  expect_same(orders[1].batch, sample_batch());
}

TEST_P(JournalContractTest, KeepsAnEventWithoutOptionalFields) {
  open_sample(2);
  record({sample_event(1, OrderState::kRejected)});

  expect_same(journal_->orders(sample_batch()).value().at(0).event,
              sample_event(1, OrderState::kRejected));
}

TEST_P(JournalContractTest, AnEventThatRepeatsTheNewestChangesNothing) {
  open_sample(1);
  record({sample_event(0)});
  OrderEvent later = sample_event(0);
  later.updated_at = later.updated_at.plus_seconds(60);

  record({later});

  expect_same(journal_->orders(sample_batch()).value().at(0).event, sample_event(0));
}

TEST_P(JournalContractTest, AnEventWithMoreFilledIsNews) {
  open_sample(1);
  record({sample_event(0, OrderState::kSubmitting)});
  OrderEvent more = sample_event(0, OrderState::kSubmitting);
  more.filled_qty += Quantity::from_raw(1);

  record({more});

  EXPECT_EQ(journal_->orders(sample_batch()).value().at(0).event.filled_qty, more.filled_qty);
}

TEST_P(JournalContractTest, ReturnsFillsInTheOrderOfRecording) {
  open_sample(2);
  record({}, {sample_fill(1, "z")});
  record({}, {sample_fill(0, "a"), sample_fill(1, "m")});

  const auto fills = journal_->fills(sample_batch()).value();
  ASSERT_EQ(fills.size(), 3u);
  expect_same(fills[0], sample_fill(1, "z"));
  expect_same(fills[1], sample_fill(0, "a"));
  expect_same(fills[2], sample_fill(1, "m"));
}

TEST_P(JournalContractTest, AFillWithAKnownExecutionIdChangesNothing) {
  open_sample(2);
  record({}, {sample_fill(0, "x")});
  Fill again = sample_fill(0, "x");
  again.quantity = Quantity::whole(5);

  record({}, {again, again});

  ASSERT_EQ(journal_->fills(sample_batch()).value().size(), 1u);
  expect_same(journal_->fills(sample_batch()).value()[0], sample_fill(0, "x"));
}

TEST_P(JournalContractTest, RecordsNothingWhenOneOrderIsNotOfTheBatch) {
  open_sample(1);
  const std::vector<OrderEvent> events = {sample_event(0), sample_event(7)};
  const std::vector<Fill> fills = {sample_fill(0, "x"), sample_fill(7, "y")};

  const Status event = journal_->record(sample_batch(), events, {});
  const Status fill = journal_->record(sample_batch(), {}, fills);

  ASSERT_FALSE(event.ok());
  ASSERT_FALSE(fill.ok());
  EXPECT_EQ(event.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(fill.error().code, ErrorCode::kInvalidInput);
  EXPECT_TRUE(journal_->orders(sample_batch()).value().empty());
  EXPECT_TRUE(journal_->fills(sample_batch()).value().empty());
}

TEST_P(JournalContractTest, BatchesOfOtherModesAndNumbersDoNotMix) {
  open_sample(1, Mode::kDry, 1);
  open_sample(1, Mode::kDry, 2);
  open_sample(1, Mode::kSim, 1);
  record({sample_event(0)}, {sample_fill(0, "x")});

  EXPECT_TRUE(journal_->orders(sample_batch(Mode::kDry, 2)).value().empty());
  EXPECT_TRUE(journal_->fills(sample_batch(Mode::kSim, 1)).value().empty());
  EXPECT_EQ(journal_->intents(sample_batch(Mode::kSim, 1)).value().at(0).state,
            OrderState::kPlanned);
}

TEST_P(JournalContractTest, ClosesOnlyTheBatchThatWasNamed) {
  open_sample(1, Mode::kDry, 1);
  open_sample(1, Mode::kDry, 2);

  ASSERT_TRUE(journal_->close_batch(sample_batch(Mode::kDry, 1), BatchState::kEnded, kNine).ok());
  EXPECT_EQ(journal_->latest_batch(sample_batch().key).value()->state, BatchState::kOpen);

  ASSERT_TRUE(
      journal_->close_batch(sample_batch(Mode::kDry, 2), BatchState::kFinished, kNine).ok());
  EXPECT_EQ(journal_->latest_batch(sample_batch().key).value()->state, BatchState::kFinished);
}

TEST_P(JournalContractTest, SaysThatABatchIsUnknown) {
  const Batch batch = sample_batch();
  const std::vector<OrderEvent> events = {sample_event(0)};

  EXPECT_EQ(journal_->intents(batch).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(journal_->orders(batch).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(journal_->fills(batch).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(journal_->record(batch, events, {}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(journal_->close_batch(batch, BatchState::kEnded, kNine).error().code,
            ErrorCode::kNotFound);
}

TEST_P(JournalContractTest, RefusesToRecordForABatchWithAnotherPlan) {
  open_sample(1);
  Batch other = sample_batch();
  other.plan_hash = "other";
  const std::vector<OrderEvent> events = {sample_event(0)};

  const Status recorded = journal_->record(other, events, {});

  ASSERT_FALSE(recorded.ok());
  EXPECT_EQ(recorded.error().code, ErrorCode::kInvalidInput);
  EXPECT_TRUE(journal_->orders(sample_batch()).value().empty());
}

TEST_P(JournalContractTest, TradedSymbolsAreThoseWithAFillOrAFilledQuantity) {
  open_sample(4);
  record({sample_event(0), sample_event(1)}, {sample_fill(3, "x")});

  EXPECT_THAT(journal_->traded_symbols(Mode::kDry, AccountId("ACC1")).value(),
              ElementsAre(symbol("S0"), symbol("S3")));
  EXPECT_TRUE(journal_->traded_symbols(Mode::kPaper, AccountId("ACC1")).value().empty());
  EXPECT_TRUE(journal_->traded_symbols(Mode::kDry, AccountId("ACC2")).value().empty());
}

TEST_P(JournalContractTest, NumbersRunsWithinTheirDate) {
  const auto first = journal_->begin_run(Mode::kDry, date("2025-08-29"), kNine).value();
  const auto second = journal_->begin_run(Mode::kPaper, date("2025-08-29"), kNine).value();
  const auto other = journal_->begin_run(Mode::kDry, date("2025-09-02"), kNine).value();

  EXPECT_EQ(first.number, 1);
  EXPECT_EQ(second.number, 2);
  EXPECT_EQ(second.mode, Mode::kPaper);
  EXPECT_EQ(other.number, 1);
}

TEST_P(JournalContractTest, ARunSucceededOnlyWithExitCodeZeroInItsModeAndDate) {
  const auto failed = journal_->begin_run(Mode::kDry, date("2025-08-29"), kNine).value();
  ASSERT_TRUE(journal_->finish_run(failed, kNine, 3, "no price").ok());
  const auto unfinished = journal_->begin_run(Mode::kDry, date("2025-08-29"), kNine).value();
  EXPECT_FALSE(journal_->run_succeeded(Mode::kDry, date("2025-08-29")).value());

  ASSERT_TRUE(journal_->finish_run(unfinished, kNine, 0, "done").ok());

  EXPECT_TRUE(journal_->run_succeeded(Mode::kDry, date("2025-08-29")).value());
  EXPECT_FALSE(journal_->run_succeeded(Mode::kPaper, date("2025-08-29")).value());
  EXPECT_FALSE(journal_->run_succeeded(Mode::kDry, date("2025-08-28")).value());
}

TEST_P(JournalContractTest, SaysThatARunIsUnknown) {
  const RunRecord run{date("2025-08-29"), 9, Mode::kDry, kNine};

  EXPECT_EQ(journal_->finish_run(run, kNine, 0, "done").error().code, ErrorCode::kNotFound);
}

// Whatever is recorded in whatever portions: the last event of each order and each execution once.
TEST_P(JournalContractTest, AgreesWithAModelForAnySequenceOfEvents) {
  constexpr int kOrders = 5;
  const bool holds = rc::check([&] {
    const TempFolder folder;
    const std::unique_ptr<Journal> journal = GetParam().make(folder);
    RC_ASSERT(journal->open_batch(sample_batch(), sample_intents(kOrders)).ok());
    std::map<int, OrderEvent> newest;
    std::vector<std::string> executions;
    const int steps = *rc::gen::inRange(0, 30);
    for (int step = 0; step < steps; ++step) {
      const int order = *rc::gen::inRange(0, kOrders);
      OrderEvent event = sample_event(order, static_cast<OrderState>(*rc::gen::inRange(0, 11)));
      event.filled_qty = Quantity::from_raw(*rc::gen::inRange<std::int64_t>(0, 3));
      const std::string execution = "x" + std::to_string(*rc::gen::inRange(0, 8));
      const std::vector<OrderEvent> events = {event};
      const std::vector<Fill> fills = {sample_fill(order, execution)};
      RC_ASSERT(journal->record(sample_batch(), events, fills).ok());
      newest.insert_or_assign(order, event);
      if (std::find(executions.begin(), executions.end(), execution) == executions.end()) {
        executions.push_back(execution);
      }
    }
    const auto orders = journal->orders(sample_batch()).value();
    RC_ASSERT(orders.size() == newest.size());
    for (const OrderRecord& order : orders) {
      const OrderEvent& expected = newest.at(order.intent.sequence);
      RC_ASSERT(order.event.state == expected.state);
      RC_ASSERT(order.event.filled_qty == expected.filled_qty);
    }
    const auto fills = journal->fills(sample_batch()).value();
    RC_ASSERT(fills.size() == executions.size());
    for (std::size_t i = 0; i < fills.size(); ++i) {
      RC_ASSERT(fills[i].execution_id == executions[i]);
    }
  });
  EXPECT_TRUE(holds);
}

INSTANTIATE_TEST_SUITE_P(Implementations, JournalContractTest,
                         ::testing::ValuesIn(journal_implementations()),
                         [](const auto& entry) { return entry.param.name; });

}  // namespace
}  // namespace signalbus::storage
