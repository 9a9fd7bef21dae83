// Goal: one run per session date at the configured time in New York, whatever the calendar, the
// zone, restarts and crashes do. Method: a clock that jumps to each deadline, a journal in memory.
#include "pipeline/daemon.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ports/testing/doubles.h"
#include "ports/testing/memory_files.h"
#include "storage/sqlite_journal.h"

namespace signalbus::pipeline {
namespace {

using signalbus::testing::CollectedLog;
using signalbus::testing::MemoryFiles;
using signalbus::testing::TestClock;
using ::testing::ElementsAre;

TradeDate date(const char* text) { return TradeDate::parse(text).value(); }

/// A daemon that stops itself after a number of runs.
class DaemonTest : public ::testing::Test {
 protected:
  DaemonTest() { schedule_.skip_weekends = true; }

  Status run_until(std::size_t runs) {
    const DaemonDoors doors{*journal_, [&] { return stop_ || started_.size() >= runs; },
                            [&](TradeDate day) { return run(day); }};
    return run_daemon(doors_, doors, {Mode::kDry, AccountId("dry"), schedule_});
  }

  /// One run: takes `length_seconds_`, is recorded, and ends with `exit_code_`.
  int run(TradeDate day) {
    started_.push_back(day.iso() + " " + clock_.now().rfc3339());
    const RunRecord record = journal_->begin_run(Mode::kDry, day, clock_.now()).value();
    clock_.set(clock_.now().plus_seconds(length_seconds_));
    const Status finished = journal_->finish_run(record, clock_.now(), exit_code_, "test");
    SB_CHECK(finished.ok());
    return exit_code_;
  }

  void start_at(const char* now) { clock_.set(Instant::parse(now).value()); }

  std::unique_ptr<Journal> journal_ = storage::SqliteJournal::open_in_memory().value();
  TestClock clock_{"2025-08-29T12:00:00Z"};
  MemoryFiles files_;
  CollectedLog log_;
  NoProgress progress_;
  Doors doors_{files_, clock_, log_, progress_};
  settings::SchedulerSettings schedule_;
  std::vector<std::string> started_;
  std::int64_t length_seconds_ = 60;
  int exit_code_ = 0;
  bool stop_ = false;
};

// ancestor-defects 20: the calendar of the exchange, not weekends of the local clock.
TEST_F(DaemonTest, LeavesOutWeekendsAndLabourDay) {
  ASSERT_TRUE(run_until(3).ok());
  EXPECT_THAT(started_,
              ElementsAre("2025-08-29 2025-08-29T13:00:00Z", "2025-09-02 2025-09-02T13:00:00Z",
                          "2025-09-03 2025-09-03T13:00:00Z"));
}

TEST_F(DaemonTest, LeavesOutThanksgivingButNotTheHalfDayAfterIt) {
  start_at("2025-11-26T20:00:00Z");
  ASSERT_TRUE(run_until(2).ok());
  EXPECT_THAT(started_,
              ElementsAre("2025-11-28 2025-11-28T14:00:00Z", "2025-12-01 2025-12-01T14:00:00Z"));
}

TEST_F(DaemonTest, KeepsNineInNewYorkWhenDaylightSavingEnds) {
  start_at("2025-10-31T12:00:00Z");
  ASSERT_TRUE(run_until(2).ok());
  EXPECT_THAT(started_,
              ElementsAre("2025-10-31 2025-10-31T13:00:00Z", "2025-11-03 2025-11-03T14:00:00Z"));
}

TEST_F(DaemonTest, KeepsNineInNewYorkWhenDaylightSavingBegins) {
  start_at("2025-03-07T12:00:00Z");
  ASSERT_TRUE(run_until(2).ok());
  EXPECT_THAT(started_,
              ElementsAre("2025-03-07 2025-03-07T14:00:00Z", "2025-03-10 2025-03-10T13:00:00Z"));
}

TEST_F(DaemonTest, AnHourThatIsRepeatedRunsOnce) {
  schedule_.skip_weekends = false;  // 2025-11-02 is a Sunday, 01:30 happens twice
  schedule_.time = {.hour = 1, .minute = 30};
  start_at("2025-11-01T12:00:00Z");
  ASSERT_TRUE(run_until(2).ok());
  EXPECT_EQ(started_[0].substr(0, 10), "2025-11-02");
  EXPECT_EQ(started_[1].substr(0, 10), "2025-11-03");
}

TEST_F(DaemonTest, AnHourThatIsLeftOutStillRunsOnce) {
  schedule_.skip_weekends = false;  // 2025-03-09, 02:30 does not exist
  schedule_.time = {.hour = 2, .minute = 30};
  start_at("2025-03-08T12:00:00Z");
  ASSERT_TRUE(run_until(2).ok());
  EXPECT_EQ(started_[0].substr(0, 10), "2025-03-09");
  EXPECT_EQ(started_[1].substr(0, 10), "2025-03-10");
}

TEST_F(DaemonTest, ADateThatSucceededIsNotRunAgainAfterARestart) {
  ASSERT_TRUE(run_until(1).ok());
  start_at("2025-08-29T12:30:00Z");  // restarted with the clock set back
  started_.clear();
  ASSERT_TRUE(run_until(1).ok());
  EXPECT_THAT(started_, ElementsAre("2025-09-02 2025-09-02T13:00:00Z"));
  EXPECT_TRUE(log_.says("the run of 2025-08-29 is done already"));
}

TEST_F(DaemonTest, ADateThatFailedIsRunAgainAfterARestart) {
  exit_code_ = 3;
  ASSERT_TRUE(run_until(1).ok());
  EXPECT_TRUE(log_.says("ended with exit code 3"));
  start_at("2025-08-29T12:30:00Z");
  started_.clear();
  ASSERT_TRUE(run_until(1).ok());
  EXPECT_THAT(started_, ElementsAre("2025-08-29 2025-08-29T13:00:00Z"));
}

TEST_F(DaemonTest, RunsThatCameDueDuringALongOneAreCoalesced) {
  length_seconds_ = 5 * 86'400;  // from Friday over Tuesday into Wednesday
  ASSERT_TRUE(run_until(2).ok());
  EXPECT_THAT(started_,
              ElementsAre("2025-08-29 2025-08-29T13:00:00Z", "2025-09-04 2025-09-04T13:00:00Z"));
}

TEST_F(DaemonTest, FinishesABatchThatACrashLeftOpenBeforeAnythingElse) {
  start_at("2025-08-29T15:00:00Z");
  const Batch batch{{Mode::kDry, AccountId("dry"), date("2025-08-29")},
                    1,
                    BatchState::kOpen,
                    "hash",
                    clock_.now()};
  ASSERT_TRUE(journal_->open_batch(batch, {}).ok());
  ASSERT_TRUE(run_until(2).ok());
  EXPECT_THAT(started_,
              ElementsAre("2025-08-29 2025-08-29T15:00:00Z", "2025-09-02 2025-09-02T13:00:00Z"));
}

TEST_F(DaemonTest, LeavesAFinishedBatchAloneAtStart) {
  start_at("2025-08-29T15:00:00Z");
  Batch batch{{Mode::kDry, AccountId("dry"), date("2025-08-29")},
              1,
              BatchState::kOpen,
              "hash",
              clock_.now()};
  ASSERT_TRUE(journal_->open_batch(batch, {}).ok());
  ASSERT_TRUE(journal_->close_batch(batch, BatchState::kFinished, clock_.now()).ok());
  ASSERT_TRUE(run_until(1).ok());
  EXPECT_THAT(started_, ElementsAre("2025-09-02 2025-09-02T13:00:00Z"));
}

TEST_F(DaemonTest, StopsWithoutARunWhenAskedBeforeTheFirst) {
  stop_ = true;
  ASSERT_TRUE(run_until(1).ok());
  EXPECT_TRUE(started_.empty());
  EXPECT_TRUE(log_.says("stopped as asked"));
}

TEST_F(DaemonTest, WeeklyOnAHolidayMovesToTheNextSession) {
  schedule_.schedule = settings::Schedule::kWeekly;  // Mondays; 2025-09-01 is Labour Day
  ASSERT_TRUE(run_until(2).ok());
  EXPECT_THAT(started_,
              ElementsAre("2025-09-02 2025-09-02T13:00:00Z", "2025-09-08 2025-09-08T13:00:00Z"));
}

TEST_F(DaemonTest, MonthlyOnTheLastDayIsTheLastDayOfEveryMonth) {
  schedule_.schedule = settings::Schedule::kMonthly;
  schedule_.month_day = -1;
  schedule_.skip_weekends = false;
  ASSERT_TRUE(run_until(2).ok());
  EXPECT_THAT(started_,
              ElementsAre("2025-08-31 2025-08-31T13:00:00Z", "2025-09-30 2025-09-30T13:00:00Z"));
}

}  // namespace
}  // namespace signalbus::pipeline
