// Goal: whatever happens to process, disk and power at whatever moment, the journal opens, its
// chain is whole, what a function returned for is there, and what one failed in is there as a whole
// or not at all. Method: the same steps on a journal that nothing happens to. The chain's head
// covers every record, so a journal with the same head has the same content.
#include <gtest/gtest.h>

#include <functional>

#include "lossy_disk/lossy_disk.h"
#include "storage/journal_sample.h"
#include "storage/sqlite_journal.h"

namespace signalbus::lossy_disk {
namespace {

using storage::SqliteJournal;

constexpr int kOrders = 6;

/// A step leaves a journal as it was or as it is after the whole step; doing it again changes
/// nothing that matters here, for it is only done again when it left no trace.
using Step = std::function<Status(Journal&)>;

template <class T>
Status status_of(const Result<T>& result) {
  if (!result.ok()) return result.error();
  return Ok{};
}

std::vector<Intent> intents() {
  std::vector<Intent> made = storage::sample_intents(kOrders);
  for (Intent& intent : made) {
    intent.shares = {storage::sample_share("drl", 5), storage::sample_share("equal", 7)};
  }
  return made;
}

std::vector<WriteAhead> aheads(int from, int to) {
  std::vector<WriteAhead> made;
  // Some larger than a page, so that a record spans several.
  for (int i = from; i < to; ++i) {
    made.push_back(storage::sample_ahead(i, std::string(i == 1 ? 9'000 : 300, 'x')));
  }
  return made;
}

/// A day: one batch from its opening to its end, with everything else that a journal keeps.
std::vector<Step> day(int number) {
  const Batch batch = storage::sample_batch(Mode::kPaper, number);
  std::vector<Step> steps;
  steps.emplace_back([batch](Journal& journal) {
    return journal.open_batch(batch, intents(),
                              std::vector{storage::sample_move(), storage::sample_move(false)});
  });
  for (int order = 0; order < kOrders; order += 2) {
    steps.emplace_back([batch, order](Journal& journal) {
      return status_of(journal.write_ahead(batch, aheads(order, order + 2), storage::let_all_out));
    });
    steps.emplace_back([batch, order](Journal& journal) {
      const std::vector events = {storage::sample_event(order, OrderState::kLive),
                                  storage::sample_event(order + 1, OrderState::kUnknown)};
      const std::vector fills = {storage::sample_fill(order, "x" + std::to_string(order))};
      return journal.record(batch, events, fills);
    });
  }
  steps.emplace_back(
      [](Journal& journal) { return journal.set_control(storage::sample_control()); });
  steps.emplace_back(
      [](Journal& journal) { return journal.add_override(storage::sample_override()); });
  steps.emplace_back([](Journal& journal) {
    return status_of(journal.use_override("max_order_notional", storage::kNine));
  });
  steps.emplace_back([batch, number](Journal& journal) {
    return status_of(journal.mark_equity(Mode::kPaper, batch.key.account,
                                         batch.key.run_date.plus_days(number), Money::whole(5)));
  });
  steps.emplace_back([batch](Journal& journal) {
    return journal.acknowledge(Mode::kPaper, batch.key.account, storage::sample_acknowledgement());
  });
  steps.emplace_back([batch](Journal& journal) {
    return journal.add_legs(batch, std::vector{storage::sample_leg(kOrders, 0)});
  });
  steps.emplace_back([batch](Journal& journal) {
    return journal.set_baseline(Mode::kPaper, batch.key.account, storage::sample_baseline());
  });
  steps.emplace_back([batch](Journal& journal) {
    return journal.close_batch(batch, BatchState::kFinished, storage::kNine);
  });
  return steps;
}

std::vector<Step> days(int count) {
  std::vector<Step> steps;
  for (int number = 1; number <= count; ++number) {
    for (Step& step : day(number)) steps.push_back(std::move(step));
  }
  return steps;
}

/// The chain's head before the first step and after each.
std::vector<std::string> heads_of(const std::vector<Step>& steps) {
  const auto journal = SqliteJournal::open_in_memory().value();
  std::vector<std::string> heads = {journal->audit().value().head};
  for (const Step& step : steps) {
    EXPECT_TRUE(step(*journal).ok());
    heads.push_back(journal->audit().value().head);
  }
  return heads;
}

/// A disk with an empty journal: making one takes longer than all the rest.
const LossyDisk& empty_journal() {
  static const LossyDisk made = [] {
    LossyDisk disk;
    DiskMount mount(disk);
    EXPECT_TRUE(SqliteJournal::open_on(mount.vfs(), "journal").ok());
    return disk;
  }();
  return made;
}

class JournalCrashTest : public ::testing::Test {
 protected:
  /// Opens the journal in a process of its own and goes on from what it holds, until a step fails
  /// or all are done. `least`: the steps that returned before.
  void run_process(LossyDisk& disk, std::size_t& least) {
    const bool fault_was_due = disk.fault_is_pending();
    DiskMount mount(disk);
    const auto opened = SqliteJournal::open_on(mount.vfs(), "journal");
    if (!opened.ok()) {
      ASSERT_TRUE(fault_was_due && !disk.fault_is_pending()) << opened.error().message;
      return;
    }
    SqliteJournal& journal = *opened.value();
    const auto audit = journal.audit();
    if (!audit.ok()) {
      ASSERT_TRUE(mount.is_dead()) << audit.error().message;
      return;
    }
    const auto at = std::find(heads_.begin(), heads_.end(), audit.value().head);
    ASSERT_NE(at, heads_.end()) << "the journal is as after no step";
    const auto done = static_cast<std::size_t>(at - heads_.begin());
    ASSERT_GE(done, least) << "a step that returned is lost";
    ASSERT_LE(done, least + 1);
    for (least = done; least < steps_.size(); ++least) {
      const Status status = steps_[least](journal);
      if (status.ok()) continue;
      ASSERT_TRUE(fault_was_due && !disk.fault_is_pending()) << status.error().message;
      EXPECT_EQ(status.error().code, ErrorCode::kStorage) << status.error().message;
      EXPECT_EQ(steps_[least](journal).error().code, ErrorCode::kStorage);  // and stays so
      return;
    }
  }

  std::vector<Step> steps_ = days(2);
  std::vector<std::string> heads_ = heads_of(steps_);
};

/// How many writes and syncs the steps take when nothing happens.
int operations(const std::vector<Step>& steps) {
  LossyDisk disk(empty_journal());
  DiskMount mount(disk);
  const auto journal = SqliteJournal::open_on(mount.vfs(), "journal").value();
  for (const Step& step : steps) EXPECT_TRUE(step(*journal).ok());
  return disk.writes() + disk.syncs();
}

TEST_F(JournalCrashTest, SurvivesTheLossOfPowerAtEveryWriteAndSync) {
  const int all = operations(steps_);
  ASSERT_GT(all, 50);
  for (int at = 0; at < all; ++at) {
    for (std::uint64_t seed = 0; seed < 2; ++seed) {
      SCOPED_TRACE("operation " + std::to_string(at) + ", seed " + std::to_string(seed));
      LossyDisk disk(empty_journal());
      disk.fail({DiskFault::Kind::kKill, DiskFault::At::kAny, at});
      std::size_t done = 0;
      run_process(disk, done);
      disk.lose_power(seed);
      run_process(disk, done);
      if (HasFailure()) return;
      EXPECT_EQ(done, steps_.size());
    }
  }
}

TEST_F(JournalCrashTest, SurvivesAKillAtEveryWriteAndSyncAndAPowerLossAfterIt) {
  const int all = operations(steps_);
  for (int at = 0; at < all; ++at) {
    SCOPED_TRACE("operation " + std::to_string(at));
    LossyDisk disk(empty_journal());
    disk.fail({DiskFault::Kind::kKill, DiskFault::At::kAny, at});
    std::size_t done = 0;
    run_process(disk, done);
    disk.fail({DiskFault::Kind::kKill, DiskFault::At::kAny, at / 3});
    run_process(disk, done);
    disk.lose_power(static_cast<std::uint64_t>(at));
    run_process(disk, done);
    if (HasFailure()) return;
    EXPECT_EQ(done, steps_.size());
  }
}

TEST_F(JournalCrashTest, SurvivesEveryFailedWriteAndSyncAndAPowerLossAfterIt) {
  const int all = operations(steps_);
  for (const auto kind : {DiskFault::Kind::kNoSpace, DiskFault::Kind::kIoError}) {
    for (int at = 0; at < all; ++at) {
      SCOPED_TRACE("operation " + std::to_string(at));
      LossyDisk disk(empty_journal());
      disk.fail({kind, DiskFault::At::kAny, at});
      std::size_t done = 0;
      run_process(disk, done);  // fails somewhere, and its process ends
      disk.evict(static_cast<std::uint64_t>(at));
      disk.fail({DiskFault::Kind::kKill, DiskFault::At::kAny, 4 + at % 7});
      run_process(disk, done);  // a few more steps, which must not rest on what was lost
      disk.lose_power(static_cast<std::uint64_t>(at));
      run_process(disk, done);
      if (HasFailure()) return;
      EXPECT_EQ(done, steps_.size());
    }
  }
}

TEST_F(JournalCrashTest, SurvivesPowerLossAgainAndAgain) {
  for (std::uint64_t seed = 0; seed < 25; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    LossyDisk disk(empty_journal());
    Luck luck(seed);
    std::size_t done = 0;
    while (done < steps_.size()) {
      disk.fail({DiskFault::Kind::kKill, DiskFault::At::kAny, static_cast<int>(luck.next() % 160)});
      run_process(disk, done);
      if (luck.coin()) disk.lose_power(luck.next());
      if (HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace signalbus::lossy_disk
