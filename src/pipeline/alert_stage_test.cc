// Goal: a run's end tells what went wrong, to the channels that want it, once; and within the day's
// budget. Method: runs put together by hand, on a real journal in memory.
#include "pipeline/alert_stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipeline/run_once.h"
#include "ports/testing/doubles.h"
#include "storage/sqlite_journal.h"

namespace signalbus::pipeline {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

const TradeDate kDay = TradeDate::parse("2026-01-05").value();
const Instant kAt = Instant::parse("2026-01-05T21:00:00Z").value();

class AlertStageTest : public ::testing::Test {
 protected:
  static RunOutcome run_with(StageState m1, const std::string& message) {
    return {.run = {.run_date = kDay, .number = 1, .mode = Mode::kDry, .started_at = kAt},
            .stages = {{"m1", m1, message, 0, m1 == StageState::kFailed ? 3 : 0}},
            .notes = {},
            .files = {},
            .archive = "",
            .exit_code = 0};
  }

  AlertOutcome judge(const RunOutcome& run, TradeDate date = kDay) {
    const AlertRequest request{.mode = Mode::kDry,
                               .account = AccountId("A"),
                               .date = date,
                               .run = date.compact() + "-1",
                               .outcome = "done",
                               .went_well = run.exit_code == 0};
    auto facts = facts_of_run(run, request, *journal_, doors_);
    EXPECT_TRUE(facts.ok());
    auto done = run_alerts(doors_, settings_, request,
                           {date, std::move(facts).value(), {alerts::Source::kRun}}, log_);
    EXPECT_TRUE(done.ok());
    return std::move(done).value();
  }

  std::vector<std::string> told() {
    std::vector<std::string> out;
    const std::vector<OutboxRow> rows = journal_->messages(true, 100).value();
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
      out.push_back(row->message.channel + ": " + row->message.subject);
    }
    return out;
  }

  testing::TestClock wall_{"2026-01-05T21:00:00Z"};
  testing::CollectedLog log_;
  settings::Settings settings_;
  std::unique_ptr<storage::SqliteJournal> journal_ =
      std::move(storage::SqliteJournal::open_in_memory()).value();
  AlertDoors doors_{journal_.get(), &wall_, {"email", "webhook", "sms", "dead_man"}};
};

TEST_F(AlertStageTest, AFailedStageIsToldByEveryChannelOnce) {
  RunOutcome failed = run_with(StageState::kFailed, "prices.csv: no such file");
  failed.exit_code = 3;
  const AlertOutcome first = judge(failed);
  const AlertOutcome again = judge(failed);

  ASSERT_FALSE(first.changes.empty());
  EXPECT_EQ(first.changes[0].notice.sentence, "m1: failed: prices.csv: no such file");
  EXPECT_THAT(again.changes, IsEmpty());
  const std::string subject = "[signalbus dry] 1 critical, 1 not judged on 2026-01-05";
  EXPECT_EQ(told(), (std::vector<std::string>{"email: " + subject, "webhook: " + subject,
                                              "sms: " + subject}));
}

TEST_F(AlertStageTest, AFailureOfTheNextDayIsToldAgainAndAGoodDayResolvesIt) {
  RunOutcome failed = run_with(StageState::kFailed, "x");
  failed.exit_code = 3;
  judge(failed);
  EXPECT_EQ(judge(failed, kDay.plus_days(1)).changes.size(), 1U);
  const AlertOutcome good = judge(run_with(StageState::kDone, ""), kDay.plus_days(2));
  ASSERT_EQ(good.changes.size(), 1U);
  EXPECT_EQ(good.changes[0].notice.sentence, "m1: failed stage: no more");
  EXPECT_EQ(told().back(), "dead_man: run 20260107-1 went well");
}

TEST_F(AlertStageTest, AStageThatWasNotAskedForSaysNothing) {
  RunOutcome failed = run_with(StageState::kFailed, "x");
  judge(failed);
  const AlertOutcome skipped = judge(run_with(StageState::kSkipped, "not asked for"));
  EXPECT_THAT(skipped.changes, IsEmpty());
  EXPECT_EQ(skipped.open.at(0).rule, "stage_failed");
}

TEST_F(AlertStageTest, TheBudgetHoldsBackWhatIsNotCriticalAndSaysSo) {
  settings_.notify.max_per_day = 1;
  judge(run_with(StageState::kDone, ""));  // "m5 did not run" is told: the day's one message
  RunOutcome limited = run_with(StageState::kDone, "");
  limited.stages[0].exit_code = 4;
  const AlertOutcome held = judge(limited);
  ASSERT_EQ(held.changes.size(), 1U);
  EXPECT_EQ(held.changes[0].suppressed, "notify.max_per_day was reached");
  EXPECT_TRUE(log_.says("notify.max_per_day"));
  const std::size_t before = told().size();
  judge(run_with(StageState::kFailed, "x"));
  EXPECT_EQ(told().size(), before + 3);  // critical: e-mail, webhook, SMS
}

TEST_F(AlertStageTest, TradingThatIsHaltedIsCritical) {
  ASSERT_TRUE(journal_->set_control({TradingState::kHalted, "prices look wrong", "me", kAt}).ok());
  const AlertOutcome done = judge(run_with(StageState::kDone, ""));
  EXPECT_EQ(done.changes.at(0).notice.rule, "halted");
  EXPECT_THAT(done.changes.at(0).notice.sentence, HasSubstr("prices look wrong"));
}

TEST_F(AlertStageTest, ARunThatCannotBeginIsToldAndResolvedByOneThatDoes) {
  const auto failed =
      run_start_alert(doors_, settings_, Mode::kPaper, kDay, "no route to host", log_);
  ASSERT_TRUE(failed.ok());
  EXPECT_EQ(failed.value().changes.at(0).notice.sentence,
            "the run could not begin: no route to host");
  EXPECT_EQ(told().size(), 3U);
  const auto began = run_start_alert(doors_, settings_, Mode::kPaper, kDay, "", log_);
  EXPECT_EQ(began.value().changes.at(0).notice.level, AlertLevel::kOk);
}

TEST_F(AlertStageTest, WithoutAChannelChangesAreKeptAndNothingWaits) {
  doors_.channels = {};
  EXPECT_FALSE(judge(run_with(StageState::kFailed, "x")).changes.empty());
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_EQ(notices_of(judge(run_with(StageState::kFailed, "x")).open).at(0).level,
            AlertLevel::kCritical);
}

}  // namespace
}  // namespace signalbus::pipeline
