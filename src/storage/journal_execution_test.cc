// Goal: every implementation of the Journal port keeps the promises that execution rests on: one
// writer, write-aheads behind the gate, the trading state, limits of the day, sleeves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "storage/journal_implementations.h"
#include "storage/journal_sample.h"

namespace signalbus::storage {
namespace {

using ::testing::HasSubstr;

const AccountId kAccount("ACC1");

class JournalExecutionTest : public ::testing::TestWithParam<Implementation> {
 protected:
  Batch open_sample(int count, int number = 1) {
    const Batch batch = sample_batch(Mode::kPaper, number);
    EXPECT_TRUE(journal_->open_batch(batch, sample_intents(count)).ok());
    return batch;
  }
  /// Writes one POST ahead that the gate lets out.
  void post(const Batch& batch, int order, const std::string& body = "{}") {
    const std::vector ahead = {sample_ahead(order, body)};
    const auto answers = journal_->write_ahead(batch, ahead, let_all_out);
    ASSERT_TRUE(answers.ok()) << answers.error().message;
    ASSERT_TRUE(answers.value().at(0).ok());
  }
  ErrorCode post_error(const Batch& batch, const WriteAhead& ahead) {
    const auto answers = journal_->write_ahead(batch, std::vector{ahead}, let_all_out);
    EXPECT_FALSE(answers.ok());
    return answers.ok() ? ErrorCode::kUsage : answers.error().code;
  }
  DayUse use(const Batch& batch) {
    return journal_->day_use(batch.key.mode, batch.key.account, batch.key.run_date).value();
  }

  TempFolder folder_;
  std::unique_ptr<Journal> journal_ = GetParam().make(folder_);
};

TEST_P(JournalExecutionTest, OpenBatchesAreThoseNotClosedOfTheModeAndAccountOldestFirst) {
  open_sample(1, 3);
  open_sample(1, 1);
  open_sample(1, 2);
  ASSERT_TRUE(journal_->open_batch(sample_batch(Mode::kSim, 4), {}).ok());
  ASSERT_TRUE(journal_->close_batch(sample_batch(Mode::kPaper, 1), BatchState::kEnded, kNine).ok());

  const auto open = journal_->open_batches(Mode::kPaper, kAccount).value();

  ASSERT_EQ(open.size(), 2U);
  EXPECT_EQ(open[0].number, 3);
  EXPECT_EQ(open[1].number, 2);
  EXPECT_EQ(open[1].plan_hash, sample_batch().plan_hash);
  EXPECT_TRUE(journal_->open_batches(Mode::kPaper, AccountId("ACC2")).value().empty());
}

TEST_P(JournalExecutionTest, AnIntentKeepsItsSharesInTheirOrder) {
  std::vector<Intent> intents = sample_intents(3);
  intents[1].shares = {sample_share("equal", 3), sample_share("drl", 1'234'567'889)};
  ASSERT_TRUE(journal_->open_batch(sample_batch(), intents).ok());

  const auto stored = journal_->intents(sample_batch()).value();

  EXPECT_TRUE(stored[0].shares.empty());
  ASSERT_EQ(stored[1].shares.size(), 2U);
  EXPECT_EQ(stored[1].shares[0].strategy_id, StrategyId("equal"));
  EXPECT_EQ(stored[1].shares[1].quantity, Quantity::from_raw(1'234'567'889));
}

TEST_P(JournalExecutionTest, AWriteAheadIsTheBodyOnePostMoreAndTheStateSubmitting) {
  const Batch batch = open_sample(2);
  const std::string body = "{\"qty\":\"1\"}\n\xff";
  post(batch, 1, body);

  const auto intents = journal_->intents(batch).value();
  EXPECT_EQ(intents[0].state, OrderState::kPlanned);
  EXPECT_EQ(intents[0].posts, 0);
  EXPECT_EQ(intents[0].body, "");
  EXPECT_EQ(intents[1].state, OrderState::kSubmitting);
  EXPECT_EQ(intents[1].posts, 1);
  EXPECT_EQ(intents[1].body, body);
  const auto orders = journal_->orders(batch).value();
  ASSERT_EQ(orders.size(), 1U);
  EXPECT_EQ(orders[0].event.price_used, sample_ahead(1).price_used);
  EXPECT_EQ(orders[0].event.updated_at, sample_ahead(1).at);
  EXPECT_EQ(orders[0].event.submitted_at, sample_ahead(1).at);
  EXPECT_EQ(orders[0].intent.body, body);
  EXPECT_EQ(orders[0].intent.posts, 1);
}

TEST_P(JournalExecutionTest, TheSecondPostOfAnOrderCountsButUsesNoMoreOfTheDay) {
  const Batch batch = open_sample(2);
  post(batch, 0, "same");
  const DayUse first = use(batch);
  WriteAhead again = sample_ahead(0, "same");
  again.at = kNine.plus_seconds(30);
  again.notional = Money::whole(9'000);

  ASSERT_TRUE(journal_->write_ahead(batch, std::vector{again}, let_all_out).ok());

  EXPECT_EQ(journal_->intents(batch).value()[0].posts, 2);
  EXPECT_EQ(journal_->intents(batch).value()[0].body, "same");
  EXPECT_EQ(use(batch).buys, first.buys);
  EXPECT_EQ(use(batch).orders, 1);
  const OrderEvent event = journal_->orders(batch).value()[0].event;
  EXPECT_EQ(event.updated_at, again.at);
  EXPECT_EQ(event.submitted_at, sample_ahead(0).at);  // when it first may have left
}

TEST_P(JournalExecutionTest, OtherBytesUnderTheSameIdAreRefusedAndChangeNothing) {
  const Batch batch = open_sample(3);
  post(batch, 0, "first");
  const std::vector posts = {sample_ahead(1), sample_ahead(0, "other")};

  const auto answers = journal_->write_ahead(batch, posts, let_all_out);

  ASSERT_FALSE(answers.ok());
  EXPECT_EQ(answers.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(answers.error().message, HasSubstr("was sent before with other bytes"));
  EXPECT_EQ(journal_->intents(batch).value()[1].posts, 0);  // nor its neighbour
  EXPECT_EQ(journal_->intents(batch).value()[0].body, "first");
  EXPECT_EQ(use(batch).orders, 1);
}

TEST_P(JournalExecutionTest, NothingIsSentOfAClosedBatchOrAFinalOrderOrAnotherBatch) {
  const Batch batch = open_sample(2);
  ASSERT_TRUE(
      journal_->record(batch, std::vector{sample_event(0, OrderState::kAbandoned)}, {}).ok());
  EXPECT_EQ(post_error(batch, sample_ahead(0)), ErrorCode::kInvalidInput);
  EXPECT_EQ(post_error(batch, sample_ahead(7)), ErrorCode::kInvalidInput);

  ASSERT_TRUE(journal_->close_batch(batch, BatchState::kEnded, kNine).ok());
  EXPECT_EQ(post_error(batch, sample_ahead(1)), ErrorCode::kInvalidInput);
  EXPECT_EQ(post_error(sample_batch(Mode::kPaper, 9), sample_ahead(1)), ErrorCode::kNotFound);
  EXPECT_EQ(use(batch).orders, 0);
}

TEST_P(JournalExecutionTest, WhatTheGateKeepsInIsNotWritten) {
  const Batch batch = open_sample(3);
  const std::vector posts = {sample_ahead(0), sample_ahead(1), sample_ahead(2)};
  const ExitGate no_second = [](const GateFacts&, const WriteAhead& ahead) -> Status {
    if (ahead.client_order_id == sample_id(1)) return Error{ErrorCode::kLimitExceeded, "too large"};
    return Ok{};
  };

  const auto answers = journal_->write_ahead(batch, posts, no_second).value();

  ASSERT_EQ(answers.size(), 3U);
  EXPECT_TRUE(answers[0].ok());
  EXPECT_EQ(answers[1].error().code, ErrorCode::kLimitExceeded);
  EXPECT_TRUE(answers[2].ok());
  const auto intents = journal_->intents(batch).value();
  EXPECT_EQ(intents[1].posts, 0);
  EXPECT_EQ(intents[1].state, OrderState::kPlanned);
  EXPECT_EQ(intents[2].posts, 1);
}

TEST_P(JournalExecutionTest, TheGateSeesTheTradingStateAndWhatLeftBeforeInThisCallAndDay) {
  const Batch first = open_sample(2, 1);
  const Batch second = open_sample(4, 2);
  post(first, 0);
  ASSERT_TRUE(journal_->set_control(sample_control(TradingState::kSellOnly)).ok());
  std::vector<GateFacts> seen;
  const ExitGate gate = [&](const GateFacts& facts, const WriteAhead&) -> Status {
    seen.push_back(facts);
    return Ok{};
  };

  const std::vector posts = {sample_ahead(0), sample_ahead(1), sample_ahead(2)};
  ASSERT_TRUE(journal_->write_ahead(second, posts, gate).ok());

  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[0].control.state, TradingState::kSellOnly);
  EXPECT_EQ(seen[0].control.by, "ana");
  EXPECT_EQ(seen[0].day.orders, 1);
  EXPECT_EQ(seen[2].day.orders, 3);
  EXPECT_EQ(seen[2].day.buys, Money::from_raw(2'000'002));  // even orders buy, odd ones sell
  EXPECT_EQ(seen[2].day.sells, Money::from_raw(1'000'002));
  EXPECT_EQ(use(second).buys, Money::from_raw(3'000'005));
  EXPECT_EQ(use(second).orders, 4);
}

TEST_P(JournalExecutionTest, DaysModesAndAccountsAreCountedApart) {
  const Batch batch = open_sample(1);
  post(batch, 0);

  EXPECT_EQ(use(batch).orders, 1);
  EXPECT_EQ(journal_->day_use(Mode::kPaper, kAccount, date("2025-09-02")).value().orders, 0);
  EXPECT_EQ(journal_->day_use(Mode::kSim, kAccount, batch.key.run_date).value().orders, 0);
  EXPECT_EQ(journal_->day_use(Mode::kPaper, AccountId("ACC2"), batch.key.run_date).value().orders,
            0);
}

TEST_P(JournalExecutionTest, AnAnswerAfterAWriteAheadBelongsToItsOrder) {
  const Batch batch = open_sample(1);
  post(batch, 0, "body");
  const std::vector events = {sample_event(0, OrderState::kUnknown)};
  ASSERT_TRUE(journal_->record(batch, events, {}).ok());
  post(batch, 0, "body");

  const auto intent = journal_->intents(batch).value()[0];
  EXPECT_EQ(intent.state, OrderState::kSubmitting);
  EXPECT_EQ(intent.posts, 2);
  // What was known of the order stays known.
  const OrderEvent event = journal_->orders(batch).value()[0].event;
  EXPECT_EQ(event.order_id, sample_event(0).order_id);
  EXPECT_EQ(event.filled_qty, sample_event(0).filled_qty);
}

TEST_P(JournalExecutionTest, TradingIsNormalUntilSomebodySaysOtherwiseAndTheNewestWordHolds) {
  EXPECT_EQ(journal_->control().value().state, TradingState::kNormal);
  EXPECT_EQ(journal_->control().value().reason, "");
  EXPECT_FALSE(journal_->control().value().at.has_value());

  ASSERT_TRUE(journal_->set_control(sample_control(TradingState::kHalted)).ok());
  ASSERT_TRUE(journal_->set_control(sample_control(TradingState::kReduceOnly)).ok());

  const ControlRecord control = journal_->control().value();
  EXPECT_EQ(control.state, TradingState::kReduceOnly);
  EXPECT_EQ(control.reason, "a test");
  EXPECT_EQ(control.by, "ana");
  EXPECT_EQ(control.at, kNine);
}

TEST_P(JournalExecutionTest, WritesNeedNoTakeoverWhileNobodyTookOver) {
  open_sample(1);
  ASSERT_TRUE(journal_->take_over(Mode::kPaper, "daemon 4711", kNine).ok());
  open_sample(1, 2);
  ASSERT_TRUE(journal_->take_over(Mode::kPaper, "daemon 4711", kNine.plus_seconds(9)).ok());
  open_sample(1, 3);
}

TEST_P(JournalExecutionTest, KeepsTheFirstEquityOfEachDayAndTheHighestOfAll) {
  const auto mark = [&](const char* day, int equity, const AccountId& account = kAccount) {
    return journal_->mark_equity(Mode::kPaper, account, date(day), Money::whole(equity)).value();
  };
  EXPECT_EQ(mark("2025-08-28", 100).peak, Money::whole(100));
  const EquityMarks same_day = mark("2025-08-28", 150);
  EXPECT_EQ(same_day.day_start, Money::whole(100));
  EXPECT_EQ(same_day.peak, Money::whole(100));
  EXPECT_EQ(mark("2025-08-29", 120).peak, Money::whole(120));
  const EquityMarks lower = mark("2025-09-02", 90);
  EXPECT_EQ(lower.day_start, Money::whole(90));
  EXPECT_EQ(lower.peak, Money::whole(120));
  EXPECT_EQ(mark("2025-09-02", 1, AccountId("ACC2")).peak, Money::whole(1));
}

TEST_P(JournalExecutionTest, APermissionIsUsedOnceOldestFirstAndNeverAfterItExpired) {
  Override short_one = sample_override();
  short_one.expires_at = kNine.plus_seconds(10);
  Override second = sample_override();
  second.reason = "second";
  Override third = sample_override();
  third.reason = "third";
  for (const Override& one : {short_one, second, third, sample_override("max_order_qty")}) {
    ASSERT_TRUE(journal_->add_override(one).ok());
  }
  const auto use = [&](const char* rule, Instant at) {
    return journal_->use_override(rule, at).value();
  };

  const auto first = use("max_order_notional", kNine.plus_seconds(10));
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->reason, "second");  // the first expired at this moment
  EXPECT_EQ(first->rule, "max_order_notional");
  EXPECT_EQ(first->by, "ana");
  EXPECT_EQ(first->at, kNine);
  EXPECT_EQ(first->expires_at, kNine.plus_seconds(3600));
  EXPECT_EQ(use("max_order_notional", kNine)->reason, short_one.reason);
  EXPECT_EQ(use("max_order_notional", kNine)->reason, "third");
  EXPECT_FALSE(use("max_order_notional", kNine).has_value());
  EXPECT_FALSE(use("max_gross", kNine).has_value());
  EXPECT_TRUE(use("max_order_qty", kNine).has_value());
}

TEST_P(JournalExecutionTest, SleeveEntriesAreMovesAndFillsAsTheyCame) {
  std::vector<Intent> intents = sample_intents(2);
  intents[0].shares = {sample_share("drl", 1'234'567'891)};
  const Batch first = sample_batch(Mode::kPaper, 1);
  const Batch second = open_sample(1, 2);
  const std::vector moves = {sample_move(), sample_move(false)};
  ASSERT_TRUE(journal_->record(second, {}, std::vector{sample_fill(0, "a")}).ok());
  // Asked in between, of another account too: what was read before is neither lost nor told twice.
  ASSERT_EQ(journal_->sleeve_entries(Mode::kPaper, kAccount).value()->size(), 1U);
  ASSERT_TRUE(journal_->open_batch(first, intents, moves).ok());
  ASSERT_EQ(journal_->sleeve_entries(Mode::kPaper, kAccount).value()->size(), 3U);
  ASSERT_TRUE(journal_->record(first, {}, std::vector{sample_fill(0, "b")}).ok());

  const SleeveEntries before = journal_->sleeve_entries(Mode::kPaper, kAccount).value();
  ASSERT_TRUE(journal_->record(first, {}, std::vector{sample_fill(0, "c")}).ok());
  const SleeveEntries after = journal_->sleeve_entries(Mode::kPaper, kAccount).value();
  EXPECT_EQ(after->size(), 5U);
  const std::vector<SleeveEntry>& entries = *before;  // kept as it was read

  ASSERT_EQ(entries.size(), 4U);
  EXPECT_EQ(entries[0].fill->execution_id, "a");
  EXPECT_FALSE(entries[0].move.has_value());
  EXPECT_TRUE(entries[0].shares.empty());
  EXPECT_EQ(entries[0].batch_id, second.id());
  EXPECT_FALSE(entries[1].fill.has_value());
  const SleeveMove& move = entries[1].move.value();
  EXPECT_EQ(move.from, StrategyId("drl"));
  EXPECT_EQ(move.to, StrategyId("equal"));
  EXPECT_EQ(move.symbol, symbol("S0"));
  EXPECT_EQ(move.quantity, sample_move().quantity);
  EXPECT_EQ(move.price, sample_move().price);
  EXPECT_EQ(move.cash, sample_move().cash);
  EXPECT_EQ(move.reason, "crossed");
  EXPECT_FALSE(entries[2].move->symbol.has_value());
  EXPECT_EQ(entries[3].fill->client_order_id, sample_id(0));
  EXPECT_EQ(entries[3].batch_id, first.id());
  ASSERT_EQ(entries[3].shares.size(), 1U);
  EXPECT_EQ(entries[3].shares[0].strategy_id, StrategyId("drl"));
  EXPECT_TRUE(journal_->sleeve_entries(Mode::kSim, kAccount).value()->empty());
  EXPECT_EQ(journal_->sleeve_entries(Mode::kPaper, kAccount).value()->size(), 5U);
}

TEST_P(JournalExecutionTest, KeepsWhatWasAcknowledgedByModeAndAccount) {
  ASSERT_TRUE(journal_->acknowledge(Mode::kPaper, kAccount, sample_acknowledgement()).ok());

  const auto seen = journal_->acknowledgements(Mode::kPaper, kAccount).value();
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].key, sample_acknowledgement().key);
  EXPECT_EQ(seen[0].reason, sample_acknowledgement().reason);
  EXPECT_EQ(seen[0].by, "ana");
  EXPECT_EQ(seen[0].at, kNine);
  EXPECT_TRUE(journal_->acknowledgements(Mode::kLive, kAccount).value().empty());
}

TEST_P(JournalExecutionTest, WhatWasAskedForIsKeptWhereItIsLessThanPlanned) {
  const Batch batch = open_sample(2);
  WriteAhead less = sample_ahead(0);
  less.quantity = Quantity::whole(1);
  ASSERT_TRUE(journal_->write_ahead(batch, std::vector{less, sample_ahead(1)}, let_all_out).ok());

  const auto intents = journal_->intents(batch).value();
  EXPECT_EQ(intents[0].reduced_to, Quantity::whole(1));
  EXPECT_EQ(intents[0].posted_at, less.at);
  EXPECT_FALSE(intents[1].reduced_to.has_value());
}

TEST_P(JournalExecutionTest, LegsJoinTheirBatchOnceAndAreKnownUntilTheyAreFinal) {
  const Batch batch = open_sample(2);
  ASSERT_TRUE(journal_->close_batch(batch, BatchState::kFinished, kNine).ok());
  ASSERT_TRUE(journal_->add_legs(batch, std::vector{sample_leg(5, 0)}).ok());
  ASSERT_TRUE(journal_->add_legs(batch, std::vector{sample_leg(5, 1), sample_leg(6, 1)}).ok());

  const auto intents = journal_->intents(batch).value();
  ASSERT_EQ(intents.size(), 4U);
  EXPECT_FALSE(intents[1].is_leg());
  EXPECT_EQ(intents[2].parent, sample_id(0));
  EXPECT_EQ(intents[2].state, OrderState::kLive);
  EXPECT_TRUE(journal_->knows(sample_id(6)).value());
  EXPECT_FALSE(journal_->knows(sample_id(7)).value());

  EXPECT_EQ(journal_->batches_with_open_legs(Mode::kPaper, kAccount).value().size(), 1U);
  const std::vector ended = {sample_event(5, OrderState::kFilled),
                             sample_event(6, OrderState::kCanceled)};
  ASSERT_TRUE(journal_->record(batch, ended, {}).ok());
  EXPECT_TRUE(journal_->batches_with_open_legs(Mode::kPaper, kAccount).value().empty());
}

TEST_P(JournalExecutionTest, TheNewestBaselineHolds) {
  EXPECT_FALSE(journal_->baseline(Mode::kPaper, kAccount).value().has_value());
  Baseline older = sample_baseline();
  older.positions.clear();
  ASSERT_TRUE(journal_->set_baseline(Mode::kPaper, kAccount, older).ok());
  ASSERT_TRUE(journal_->set_baseline(Mode::kPaper, kAccount, sample_baseline()).ok());

  const Baseline found = journal_->baseline(Mode::kPaper, kAccount).value().value();
  EXPECT_EQ(found.at, kNine);
  EXPECT_EQ(found.date, sample_baseline().date);
  EXPECT_EQ(found.cash, Money::whole(12));
  ASSERT_EQ(found.positions.size(), 2U);
  EXPECT_EQ(found.positions[0].symbol, symbol("S0"));
  EXPECT_EQ(found.positions[0].quantity, Quantity::whole(-3));
  EXPECT_EQ(found.orders_after, sample_baseline().orders_after);
  EXPECT_EQ(found.counted, sample_baseline().counted);
  EXPECT_FALSE(journal_->baseline(Mode::kLive, kAccount).value().has_value());
}

TEST_P(JournalExecutionTest, BatchesSinceAreThoseOpenedThenOrLater) {
  for (const int seconds : {0, 60, 120}) {
    Batch batch = sample_batch(Mode::kPaper, 1 + seconds);
    batch.opened_at = kNine.plus_seconds(seconds);
    ASSERT_TRUE(journal_->open_batch(batch, {}).ok());
  }
  const auto since =
      journal_->batches_since(Mode::kPaper, kAccount, kNine.plus_seconds(60)).value();
  ASSERT_EQ(since.size(), 2U);
  EXPECT_EQ(since[0].number, 61);
  EXPECT_EQ(since[1].number, 121);
}

// Whatever is posted in whatever groups, with answers in between: posts, bytes and the day's use
// are those of a model.
TEST_P(JournalExecutionTest, AgreesWithAModelForAnySequenceOfPosts) {
  constexpr int kOrders = 5;
  const bool holds = rc::check([&] {
    const TempFolder folder;
    const std::unique_ptr<Journal> journal = GetParam().make(folder);
    const Batch batch = sample_batch(Mode::kPaper);
    RC_ASSERT(journal->open_batch(batch, sample_intents(kOrders)).ok());
    std::map<int, int> posts;
    DayUse model;
    const int steps = *rc::gen::inRange(0, 12);
    for (int step = 0; step < steps; ++step) {
      const auto group = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, kOrders));
      const int held_back = *rc::gen::inRange(0, kOrders);
      std::vector<WriteAhead> aheads;
      for (const int order : group) aheads.push_back(sample_ahead(order, std::to_string(order)));
      const ExitGate gate = [&](const GateFacts& facts, const WriteAhead& ahead) -> Status {
        RC_ASSERT(facts.day.orders == model.orders);
        RC_ASSERT(facts.day.buys == model.buys);
        if (ahead.client_order_id == sample_id(held_back)) return Error{ErrorCode::kHalted, "no"};
        const int order = std::stoi(ahead.body);
        if (posts[order]++ == 0) {
          (order % 2 == 0 ? model.buys : model.sells) += ahead.notional;
          ++model.orders;
        }
        return Ok{};
      };
      const auto answers = journal->write_ahead(batch, aheads, gate);
      RC_ASSERT(answers.ok());
      for (std::size_t i = 0; i < group.size(); ++i) {
        RC_ASSERT(answers.value()[i].ok() == (group[i] != held_back));
      }
    }
    const auto intents = journal->intents(batch).value();
    for (int order = 0; order < kOrders; ++order) {
      const Intent& intent = intents[static_cast<std::size_t>(order)];
      RC_ASSERT(intent.posts == posts[order]);
      RC_ASSERT(intent.body == (posts[order] == 0 ? "" : std::to_string(order)));
    }
    const DayUse use =
        journal->day_use(batch.key.mode, batch.key.account, batch.key.run_date).value();
    RC_ASSERT(use.orders == model.orders);
    RC_ASSERT(use.sells == model.sells);
  });
  EXPECT_TRUE(holds);
}

INSTANTIATE_TEST_SUITE_P(Implementations, JournalExecutionTest,
                         ::testing::ValuesIn(journal_implementations()),
                         [](const auto& entry) { return entry.param.name; });

}  // namespace
}  // namespace signalbus::storage
