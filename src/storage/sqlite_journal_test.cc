// Goal: what the Journal port does not say but a trader relies on: crashes, damage, permissions.
// Method: real database files; children that are killed in the middle; bytes changed from outside.
#include "storage/sqlite_journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include "storage/journal_sample.h"
#include "storage/journal_schema.h"
#include "storage/temp_folder.h"

namespace signalbus::storage {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class SqliteJournalTest : public ::testing::Test {
 protected:
  std::unique_ptr<SqliteJournal> open() const {
    auto journal = SqliteJournal::open(path_);
    EXPECT_TRUE(journal.ok()) << journal.error().message;
    return std::move(journal).value();
  }
  /// Runs SQL as a person with the sqlite3 program would.
  std::string tamper(const std::string& sql) const {
    sqlite3* database = nullptr;
    sqlite3_open(path_.c_str(), &database);
    char* message = nullptr;
    sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message);
    std::string text = message == nullptr ? "" : message;
    sqlite3_free(message);
    sqlite3_close(database);
    return text;
  }
  Error open_error() const {
    const auto journal = SqliteJournal::open(path_);
    EXPECT_FALSE(journal.ok());
    return journal.ok() ? Error{ErrorCode::kUsage, "opened"} : journal.error();
  }
  void record_sample(int count) const {
    const auto journal = open();
    std::vector<OrderEvent> events;
    std::vector<Fill> fills;
    for (int i = 0; i < count; ++i) {
      events.push_back(sample_event(i));
      fills.push_back(sample_fill(i, "x" + std::to_string(i)));
    }
    ASSERT_TRUE(journal->open_batch(sample_batch(), sample_intents(count)).ok());
    ASSERT_TRUE(journal->record(sample_batch(), events, fills).ok());
  }

  /// What the program wrote before schema 2: two batches, of which one is open.
  static std::string schema1() {
    std::ostringstream out;
    out << std::ifstream(SB_TESTDATA "/journal/schema1.sql").rdbuf();
    return out.str();
  }

  /// What the program wrote before schema 3: orders, and a halt.
  static std::string schema2() {
    std::ostringstream out;
    out << std::ifstream(SB_TESTDATA "/journal/schema2.sql").rdbuf();
    return out.str();
  }

  TempFolder folder_;
  std::string path_ = folder_ / "state/signalbus.db";
};

mode_t mode_of(const std::string& path) {
  struct stat info{};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 0777;
}

TEST_F(SqliteJournalTest, KeepsItsFolderAndFilesPrivate) {
  const mode_t old = ::umask(0);
  const auto journal = open();
  ASSERT_TRUE(journal->begin_run(Mode::kDry, date("2025-08-29"), kNine).ok());
  ::umask(old);

  EXPECT_EQ(mode_of(folder_ / "state"), 0700u);
  for (const char* suffix : {"", "-wal", "-shm"}) EXPECT_EQ(mode_of(path_ + suffix), 0600u);
}

TEST_F(SqliteJournalTest, MakesAFilePrivateThatOthersCouldRead) {
  record_sample(1);
  ::chmod(path_.c_str(), 0644);

  const auto journal = open();

  EXPECT_EQ(mode_of(path_), 0600u);
}

TEST_F(SqliteJournalTest, EverythingIsInOneFileAfterClosing) {
  record_sample(3);

  EXPECT_TRUE(std::filesystem::exists(path_));
  EXPECT_FALSE(std::filesystem::exists(path_ + "-wal"));
  EXPECT_EQ(open()->orders(sample_batch()).value().size(), 3u);
}

TEST_F(SqliteJournalTest, WritesThroughBeforeItReturns) {
  const auto journal = open();
  ASSERT_TRUE(journal->open_batch(sample_batch(), sample_intents(1)).ok());

  EXPECT_EQ(open()->intents(sample_batch()).value().size(), 1u);  // a second connection sees it
}

TEST_F(SqliteJournalTest, RefusesToChangeOrDeleteWhatWasRecorded) {
  record_sample(1);

  for (const char* table : {"batch", "event", "fill", "intent"}) {
    const std::string refusal = std::string(table) + " is append-only";
    EXPECT_EQ(tamper("DELETE FROM " + std::string(table)), refusal);
    EXPECT_EQ(tamper("UPDATE " + std::string(table) + " SET hash = ''"), refusal);
  }
}

TEST_F(SqliteJournalTest, RefusesARowThatItCannotHaveWritten) {
  record_sample(1);
  ASSERT_EQ(tamper("DROP TRIGGER intent_keeps; UPDATE intent SET symbol = 'no symbol'"), "");

  const auto intents = open()->intents(sample_batch());

  ASSERT_FALSE(intents.ok());
  EXPECT_EQ(intents.error().code, ErrorCode::kStorage);
  EXPECT_THAT(intents.error().message,
              AllOf(StartsWith(path_ + ": the journal is damaged: symbol 'no symbol'"),
                    HasSubstr("do not trade")));
}

TEST_F(SqliteJournalTest, RefusesAFileThatIsNoDatabase) {
  std::filesystem::create_directory(folder_ / "state");
  folder_.put("state/signalbus.db", std::string(5'000, 'x'));

  const Error error = open_error();

  EXPECT_EQ(error.code, ErrorCode::kStorage);
  EXPECT_THAT(error.message, AllOf(StartsWith(path_ + ": the journal is damaged: file is not a "),
                                   HasSubstr("do not trade")));
}

TEST_F(SqliteJournalTest, RefusesADatabaseOfAnotherProgram) {
  std::filesystem::create_directory(folder_ / "state");
  ASSERT_EQ(tamper("CREATE TABLE notes (text)"), "");

  EXPECT_EQ(open_error().message, path_ +
                                      ": is a database of another program; do not trade: name "
                                      "the journal's own file");
}

TEST_F(SqliteJournalTest, NoticesPagesThatWereOverwritten) {
  record_sample(200);
  std::string bytes = folder_.get("state/signalbus.db");
  for (std::size_t i = 8'192; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31);
  folder_.put("state/signalbus.db", bytes);

  const auto journal = SqliteJournal::open(path_);
  const Error error =
      journal.ok() ? journal.value()->intents(sample_batch()).error() : journal.error();

  EXPECT_EQ(error.code, ErrorCode::kStorage);
  EXPECT_THAT(error.message, HasSubstr("the journal is damaged: "));
}

TEST_F(SqliteJournalTest, RefusesANewerSchemaAndNamesBoth) {
  record_sample(1);
  ASSERT_EQ(tamper("PRAGMA user_version = 7"), "");

  const Error error = open_error();

  EXPECT_EQ(error.code, ErrorCode::kStorage);
  EXPECT_EQ(error.message, path_ +
                               ": has journal schema 7, this program knows up to 3; run the "
                               "newer signalbus that wrote it");
}

TEST_F(SqliteJournalTest, TakesAJournalOfSchema1OverWithAllItHolds) {
  std::filesystem::create_directory(folder_ / "state");
  ASSERT_EQ(tamper(schema1()), "");

  const auto journal = open();

  const Batch paper = sample_batch(Mode::kPaper, 2);
  EXPECT_EQ(journal->latest_batch(sample_batch().key).value()->state, BatchState::kFinished);
  EXPECT_EQ(journal->open_batches(Mode::kPaper, AccountId("ACC1")).value().size(), 1U);
  EXPECT_EQ(journal->intents(sample_batch()).value().size(), 4U);
  const auto orders = journal->orders(sample_batch()).value();
  ASSERT_EQ(orders.size(), 3U);
  EXPECT_EQ(orders[0].event.state, OrderState::kSimulated);
  EXPECT_EQ(orders[0].event.updated_at, sample_event(0).updated_at);
  EXPECT_EQ(orders[0].intent.order.quantity, sample_intent(0).order.quantity);
  EXPECT_EQ(orders[1].event.state, OrderState::kRejected);
  EXPECT_EQ(orders[1].event.error, sample_event(1).error);
  EXPECT_EQ(orders[2].event.state, OrderState::kSubmitting);
  EXPECT_EQ(journal->orders(paper).value().at(0).intent.sequence, 1);
  ASSERT_EQ(journal->fills(sample_batch()).value().size(), 2U);
  EXPECT_EQ(journal->fills(sample_batch()).value()[1].execution_id, "x2");
  EXPECT_EQ(journal->traded_symbols(Mode::kDry, AccountId("ACC1")).value().size(), 2U);
  EXPECT_TRUE(journal->run_succeeded(Mode::kDry, date("2025-08-29")).value());
  const auto audit = journal->audit();
  ASSERT_TRUE(audit.ok()) << audit.error().message;
  EXPECT_EQ(audit.value().records, 2 + 6 + 6 + 2 + 1);  // batches, intents, events, fills, closings
  EXPECT_TRUE(journal->write_ahead(paper, std::vector{sample_ahead(0)}, let_all_out).ok());
  EXPECT_EQ(tamper("DELETE FROM event"), "event is append-only");
}

TEST_F(SqliteJournalTest, TakesAJournalOfSchema2OverWithAllItHolds) {
  std::filesystem::create_directory(folder_ / "state");
  ASSERT_EQ(tamper(schema2()), "");

  const auto journal = open();

  EXPECT_EQ(journal->control().value().state, TradingState::kHalted);
  EXPECT_EQ(journal->intents(sample_batch()).value().size(), 4U);
  const std::vector flows = {sample_flow("flow 1")};
  const AccountId account("ACC1");
  const Status recorded = journal->record_flows(Mode::kPaper, account, flows, date("2025-08-29"));
  ASSERT_TRUE(recorded.ok()) << recorded.error().message;
  EXPECT_EQ(journal->kept_flows(Mode::kPaper, account, date("2025-01-01"), date("2026-01-01"))
                .value()
                .size(),
            1U);
  const auto audit = journal->audit();
  ASSERT_TRUE(audit.ok()) << audit.error().message;
  EXPECT_EQ(audit.value().records, 19);  // 17 of the orders, the halt, and the flow
  EXPECT_EQ(tamper("DELETE FROM fill"), "fill is append-only");
}

TEST_F(SqliteJournalTest, RefusesASchema1ThatWasTamperedWithAndLeavesItAsItIs) {
  const std::pair<const char*, const char*> cases[] = {
      {"DROP TRIGGER event_keeps; UPDATE event SET filled_qty = 7 WHERE sequence = 4", "event 4"},
      {"DROP TRIGGER event_stays; DELETE FROM event WHERE sequence = 3", "event 3"},
      {"DROP TRIGGER fill_keeps; UPDATE fill SET price = 1 WHERE sequence = 2", "fill 2"},
      {"UPDATE batch SET account = 'ACC2'", "event 1"},
  };
  for (const auto& [change, first_bad] : cases) {
    std::filesystem::remove_all(folder_ / "state");
    std::filesystem::create_directory(folder_ / "state");
    ASSERT_EQ(tamper(schema1()), "");
    ASSERT_EQ(tamper(change), "");

    EXPECT_EQ(open_error().message,
              path_ + ": the journal is damaged: " + first_bad +
                  " is not what was recorded; do not trade: restore a backup and compare it with "
                  "the broker first")
        << change;
    EXPECT_EQ(tamper("SELECT prev_hash FROM event"), "");  // still of schema 1
  }
}

TEST_F(SqliteJournalTest, FinishesTheCreationThatACrashLeftBehind) {
  std::filesystem::create_directory(folder_ / "state");
  folder_.put("state/signalbus.db", "");

  EXPECT_TRUE(open()->begin_run(Mode::kDry, date("2025-08-29"), kNine).ok());
}

TEST_F(SqliteJournalTest, SaysWhyItCannotBeCreated) {
  folder_.put("file", "");
  const auto below_file = SqliteJournal::open(folder_ / "file/signalbus.db");
  EXPECT_EQ(
      below_file.error().message,
      folder_ / "file" + ": is a file where a folder is needed; move it away, then run again");
  EXPECT_EQ(SqliteJournal::open("/proc/signalbus.db").error().code, ErrorCode::kStorage);
}

TEST_F(SqliteJournalTest, SaysThatAFolderIsReadOnly) {
  record_sample(1);
  ::chmod(folder_.path().c_str(), 0755);
  ::chmod((folder_ / "state").c_str(), 0555);
  ::chmod(path_.c_str(), 0600);
  ASSERT_EQ(::chown(path_.c_str(), 65534, 65534), ::geteuid() == 0 ? 0 : -1);
  const auto open_as_nobody = [&] {
    if (::geteuid() == 0 && ::setuid(65534) != 0) std::_Exit(9);  // root may write everywhere
    const auto journal = SqliteJournal::open(path_);
    const Status begun = journal.ok() ? [&]() -> Status {
      SB_TRY([[maybe_unused]] const RunRecord run,
             journal.value()->begin_run(Mode::kDry, date("2025-08-29"), kNine));
      return Ok{};
    }()
        : Status(journal.error());
    if (!begun.ok()) std::fputs(begun.error().message.c_str(), stderr);
    ::_exit(begun.ok() ? 0 : exit_code_of(begun.error().code));
  };

  EXPECT_EXIT(open_as_nobody(), ::testing::ExitedWithCode(7),
              "signalbus.db: cannot use the journal: .*(readonly|unable to open)");
}

/// Exit code of a child that runs `work`; -signal when it was killed.
template <class Work>
int run_child(Work work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

TEST_F(SqliteJournalTest, AFullDiskIsAStorageErrorAndLosesNothing) {
  record_sample(3);
  const int code = run_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const auto size = static_cast<rlim_t>(std::filesystem::file_size(path_));
    const rlimit limit{.rlim_cur = size, .rlim_max = size};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto journal = open();
    for (int number = 2; number < 100; ++number) {
      const Status opened =
          journal->open_batch(sample_batch(Mode::kDry, number), sample_intents(50));
      if (!opened.ok()) return exit_code_of(opened.error().code);
    }
    return 0;
  });

  EXPECT_EQ(code, 7);
  const auto journal = open();
  EXPECT_TRUE(journal->audit().ok());
  EXPECT_EQ(journal->orders(sample_batch()).value().size(), 3u);
  const Batch latest = journal->latest_batch(sample_batch().key).value().value();
  EXPECT_EQ(journal->intents(latest).value().size(), latest.number == 1 ? 3u : 50u);
}

// A batch has all its intents or does not exist; a record call is there as a whole or not at all.
TEST_F(SqliteJournalTest, AKillAtAnyMomentLeavesNothingHalfDone) {
  constexpr int kOrders = 60;
  std::mt19937 random(20250829);  // fixed: a failure can be replayed
  int interrupted = 0;
  std::uint32_t window = 60'000;  // microseconds; wider on a machine that is slower
  for (int round = 0; round < 25; ++round) {
    std::filesystem::remove_all(folder_ / "state");
    const pid_t child = ::fork();
    if (child == 0) {
      const auto journal = SqliteJournal::open(path_);
      if (!journal.ok()) ::_exit(1);
      for (int number = 1;; ++number) {
        const Batch batch = sample_batch(Mode::kDry, number);
        std::vector<OrderEvent> events;
        std::vector<Fill> fills;
        for (int i = 0; i < kOrders; ++i) {
          events.push_back(sample_event(i));
          fills.push_back(sample_fill(i, "x" + std::to_string(i)));
        }
        if (!journal.value()->open_batch(batch, sample_intents(kOrders)).ok() ||
            !journal.value()->record(batch, events, fills).ok()) {
          ::_exit(1);
        }
      }
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % window));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child failed by itself";

    const auto journal = open();
    const auto verified = journal->audit();
    ASSERT_TRUE(verified.ok()) << verified.error().message;
    const auto latest = journal->latest_batch(sample_batch().key).value();
    if (!latest) {
      window = std::min(2 * window, std::uint32_t{2'000'000});
      continue;
    }
    ++interrupted;
    for (int number = 1; number <= latest->number; ++number) {
      const Batch batch = sample_batch(Mode::kDry, number);
      const std::size_t orders = journal->orders(batch).value().size();
      EXPECT_EQ(journal->intents(batch).value().size(), std::size_t{kOrders});
      EXPECT_EQ(journal->fills(batch).value().size(), orders);
      EXPECT_TRUE(orders == kOrders || (orders == 0 && number == latest->number)) << orders;
    }
  }
  EXPECT_GT(interrupted, 0);  // else no kill came late enough to prove anything
}

TEST_F(SqliteJournalTest, TwoProcessesShareOneChain) {
  constexpr int kEach = 40;
  {
    const auto journal = open();
    ASSERT_TRUE(journal->open_batch(sample_batch(), sample_intents(2)).ok());
  }
  const auto work = [&](int order) {
    const auto journal = SqliteJournal::open(path_);
    if (!journal.ok()) return 1;
    for (int i = 0; i < kEach; ++i) {
      const std::vector<Fill> fills = {
          sample_fill(order, std::to_string(order) + "-" + std::to_string(i))};
      if (!journal.value()->record(sample_batch(), {}, fills).ok()) return 2;
    }
    return 0;
  };
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work(0));
  EXPECT_EQ(work(1), 0);
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);

  EXPECT_EQ(status, 0);
  const auto journal = open();
  EXPECT_EQ(journal->fills(sample_batch()).value().size(), std::size_t{2 * kEach});
  EXPECT_TRUE(journal->audit().ok());
}

TEST_F(SqliteJournalTest, WhoeverTookOverLastIsTheOneThatWrites) {
  const auto old = open();
  ASSERT_TRUE(old->take_over(Mode::kDry, "daemon 1", kNine).ok());
  ASSERT_TRUE(old->open_batch(sample_batch(), sample_intents(2)).ok());
  const auto other = open();
  ASSERT_TRUE(other->take_over(Mode::kDry, "daemon 2", kNine).ok());

  const std::vector events = {sample_event(0)};
  const std::vector posts = {sample_ahead(1)};
  const Batch batch = sample_batch();
  const auto fenced = [&](const auto& result) {
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, ErrorCode::kLocked);
    EXPECT_THAT(result.error().message, HasSubstr("'daemon 2' took the journal over"));
  };
  fenced(old->open_batch(sample_batch(Mode::kDry, 2), sample_intents(1)));
  fenced(old->record(batch, events, {}));
  fenced(old->write_ahead(batch, posts, let_all_out));
  fenced(old->close_batch(batch, BatchState::kEnded, kNine));
  fenced(old->mark_equity(Mode::kDry, batch.key.account, batch.key.run_date, Money::zero()));
  fenced(old->use_override("max_gross", kNine));
  fenced(old->set_baseline(Mode::kDry, batch.key.account, sample_baseline()));
  fenced(old->add_legs(batch, std::vector{sample_leg(5, 0)}));
  fenced(old->begin_run(Mode::kDry, batch.key.run_date, kNine));
  fenced(old->finish_run({batch.key.run_date, 1, Mode::kDry, kNine}, kNine, 0, "done"));

  EXPECT_TRUE(old->orders(batch).value().empty());  // it may read, and say what a person says
  EXPECT_TRUE(old->add_override(sample_override()).ok());
  EXPECT_TRUE(old->acknowledge(Mode::kDry, batch.key.account, sample_acknowledgement()).ok());
  EXPECT_TRUE(old->set_control(sample_control()).ok());
  EXPECT_TRUE(other->record(batch, events, {}).ok());
  ASSERT_TRUE(old->take_over(Mode::kDry, "daemon 1", kNine).ok());  // and be the one again
  EXPECT_TRUE(old->record(batch, std::vector{sample_event(1)}, {}).ok());
  EXPECT_EQ(other->record(batch, {}, std::vector{sample_fill(0, "x")}).error().code,
            ErrorCode::kLocked);
}

TEST_F(SqliteJournalTest, ModesAreTakenOverApartAndAPartJoinsItsHolder) {
  const auto paper = open();
  ASSERT_TRUE(paper->take_over(Mode::kPaper, "paper daemon", kNine).ok());
  const auto dry = open();
  EXPECT_EQ(dry->open_batch(sample_batch(), {}).error().code, ErrorCode::kLocked);
  ASSERT_TRUE(dry->take_over(Mode::kDry, "a dry run", kNine).ok());
  EXPECT_TRUE(dry->open_batch(sample_batch(), {}).ok());
  EXPECT_TRUE(paper->open_batch(sample_batch(Mode::kPaper), {}).ok());

  const auto stage = open();
  ASSERT_TRUE(stage->join_holder(Mode::kPaper).ok());
  EXPECT_TRUE(stage->open_batch(sample_batch(Mode::kPaper, 2), {}).ok());
  ASSERT_TRUE(open()->take_over(Mode::kPaper, "another", kNine).ok());
  EXPECT_EQ(stage->open_batch(sample_batch(Mode::kPaper, 3), {}).error().code, ErrorCode::kLocked);
}

TEST_F(SqliteJournalTest, AHaltNeedsNoTakeoverAndTheWriterSeesItAtItsNextPost) {
  const auto daemon = open();
  ASSERT_TRUE(daemon->take_over(Mode::kDry, "daemon", kNine).ok());
  ASSERT_TRUE(daemon->open_batch(sample_batch(), sample_intents(2)).ok());
  TradingState seen = TradingState::kNormal;
  const ExitGate gate = [&](const GateFacts& facts, const WriteAhead&) -> Status {
    seen = facts.control.state;
    return Ok{};
  };
  ASSERT_TRUE(daemon->write_ahead(sample_batch(), std::vector{sample_ahead(0)}, gate).ok());
  EXPECT_EQ(seen, TradingState::kNormal);

  const auto command = open();
  ASSERT_TRUE(command->set_control(sample_control(TradingState::kHalted)).ok());

  ASSERT_TRUE(daemon->write_ahead(sample_batch(), std::vector{sample_ahead(1)}, gate).ok());
  EXPECT_EQ(seen, TradingState::kHalted);
  EXPECT_EQ(daemon->control().value().state, TradingState::kHalted);
  EXPECT_TRUE(daemon->audit().ok());
}

TEST_F(SqliteJournalTest, ABodyThatIsNotWhatWasSentIsNotSentAgain) {
  record_sample(1);
  {
    const auto journal = open();
    const Batch batch = sample_batch(Mode::kDry, 2);
    ASSERT_TRUE(journal->open_batch(batch, sample_intents(1)).ok());
    ASSERT_TRUE(journal->write_ahead(batch, std::vector{sample_ahead(0)}, let_all_out).ok());
  }
  ASSERT_EQ(tamper("DROP TRIGGER posting_keeps; UPDATE posting SET body = '{ }'"), "");

  const auto intents = open()->intents(sample_batch(Mode::kDry, 2));

  ASSERT_FALSE(intents.ok());
  EXPECT_EQ(intents.error().code, ErrorCode::kStorage);
  EXPECT_THAT(intents.error().message, HasSubstr("is not what was sent"));
}

TEST_F(SqliteJournalTest, AfterAStorageErrorNothingMoreIsWritten) {
  record_sample(1);
  const int code = run_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const auto journal = open();
    const auto size = static_cast<rlim_t>(std::filesystem::file_size(path_));
    rlimit limit{.rlim_cur = size, .rlim_max = RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    int number = 2;
    while (journal->open_batch(sample_batch(Mode::kDry, number), sample_intents(50)).ok()) ++number;
    limit.rlim_cur = RLIM_INFINITY;  // there is room again
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const Status again = journal->set_control(sample_control());
    const bool refused =
        !again.ok() && again.error().code == ErrorCode::kStorage &&
        again.error().message.find("the journal failed before") != std::string::npos;
    return refused ? 0 : 1;
  });
  EXPECT_EQ(code, 0);
  EXPECT_EQ(open()->control().value().state, TradingState::kNormal);
}

TEST_F(SqliteJournalTest, NothingIsCommittedBeforeWhatItFollowsFromIsDurable) {
  record_sample(1);
  auto journal = open();
  int asked = 0;
  journal->before_commit([&] {
    ++asked;
    return Status(Error{ErrorCode::kStorage, "the exchange's ledger: cannot sync"});
  });

  const Status refused =
      journal->close_batch(sample_batch(), BatchState::kFinished, Instant::from_micros(1));

  EXPECT_EQ(asked, 1);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message, "the exchange's ledger: cannot sync");
  EXPECT_EQ(open()->latest_batch(sample_batch().key).value()->state, BatchState::kOpen);
  journal->before_commit([] { return Status(Ok{}); });
  EXPECT_FALSE(
      journal->close_batch(sample_batch(), BatchState::kFinished, Instant::from_micros(1)).ok());
}

TEST_F(SqliteJournalTest, WaitsForAnotherWriterThenSaysThatItIsBusy) {
  record_sample(1);
  const auto database = open_journal_database(path_).value();
  const auto other = open_journal_database(path_).value();
  sqlite3_busy_timeout(database->handle(), 10);  // the five seconds of the product, shortened
  const auto held = Transaction::begin(*other);
  ASSERT_TRUE(held.ok());

  const auto begun = Transaction::begin(*database);

  ASSERT_FALSE(begun.ok());
  EXPECT_EQ(begun.error().code, ErrorCode::kLocked);
  EXPECT_THAT(begun.error().message, HasSubstr("another process"));
}

}  // namespace
}  // namespace signalbus::storage
