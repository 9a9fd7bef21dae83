// Goal: alerts and their messages survive, once for each key, and an old journal takes them in.
// Method: the port's promises on a file and in memory; a journal that the program wrote before
// schema 3.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "storage/alert_sample.h"
#include "storage/journal_sample.h"
#include "storage/sqlite_journal.h"
#include "storage/temp_folder.h"

namespace signalbus::storage {
namespace {

using ::testing::IsEmpty;

const AccountId kAccount("ACC1");

class AlertBookTest : public ::testing::Test {
 protected:
  std::unique_ptr<SqliteJournal> open() {
    auto journal = SqliteJournal::open(path_);
    EXPECT_TRUE(journal.ok()) << journal.error().message;
    return std::move(journal).value();
  }
  void store(SqliteJournal& journal, const std::string& key) {
    ASSERT_TRUE(journal
                    .record_alerts(Mode::kPaper, kAccount,
                                   {{sample_state(AlertLevel::kWarn)},
                                    {sample_change(key)},
                                    {sample_message(key)},
                                    kNine})
                    .ok());
  }
  TempFolder folder_;
  std::string path_ = folder_ / "state/signalbus.db";
};

TEST_F(AlertBookTest, GivesBackWhatWasStoredAlsoAfterARestart) {
  store(*open(), "k1");
  const auto journal = open();
  const auto states = journal->alert_states(Mode::kPaper, kAccount).value();
  ASSERT_EQ(states.size(), 1U);
  EXPECT_EQ(states[0], sample_state(AlertLevel::kWarn));
  const auto changes = journal->alert_changes(Mode::kPaper, kAccount, 10).value();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].suppressed, "cool-down");
  EXPECT_EQ(changes[0].before, AlertLevel::kWarn);
  const auto due = journal->due_messages(kNine, 10).value();
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].message.html, "<p>");
  EXPECT_THAT(journal->alert_states(Mode::kLive, kAccount).value(), IsEmpty());
  EXPECT_EQ(journal->alert_accounts(Mode::kPaper).value(), std::vector{kAccount});
  EXPECT_TRUE(journal->audit().ok());
}

TEST_F(AlertBookTest, TheSameKeysAgainChangeNothing) {
  const auto journal = open();
  store(*journal, "k1");
  store(*journal, "k1");
  EXPECT_EQ(journal->alert_changes(Mode::kPaper, kAccount, 10).value().size(), 1U);
  EXPECT_EQ(journal->messages(true, 10).value().size(), 1U);
  EXPECT_EQ(journal->messages_of("email", date("2026-01-06")).value(), 1U);
}

TEST_F(AlertBookTest, AMessageIsClaimedByOneAndComesBackWhenItWasNotSent) {
  const auto journal = open();
  const auto other = open();
  store(*journal, "k1");
  const OutboxRow row = journal->due_messages(kNine, 10).value().at(0);
  const Instant next = kNine.plus_seconds(30);

  EXPECT_TRUE(journal->claim_message(row.id, kNine, next).value());
  EXPECT_FALSE(other->claim_message(row.id, kNine, next).value());
  EXPECT_THAT(other->due_messages(kNine, 10).value(), IsEmpty());
  ASSERT_TRUE(journal->mark_message(row.id, DeliveryState::kWaiting, "status 500", kNine).ok());
  const auto again = other->due_messages(next, 10).value();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].attempts, 1);
  EXPECT_EQ(again[0].answer, "status 500");

  EXPECT_TRUE(other->claim_message(row.id, next, next.plus_seconds(60)).value());
  ASSERT_TRUE(other->mark_message(row.id, DeliveryState::kSent, "status 250", next).ok());
  EXPECT_THAT(journal->due_messages(next.plus_seconds(999), 10).value(), IsEmpty());
  EXPECT_FALSE(journal->claim_message(row.id, next.plus_seconds(999), next).value());
  EXPECT_EQ(journal->messages(false, 10).value().at(0).attempts, 2);
  EXPECT_TRUE(journal->audit().ok());
}

TEST_F(AlertBookTest, KnowsWhatWasGivenUp) {
  const auto journal = open();
  store(*journal, "k1");
  const OutboxRow row = journal->due_messages(kNine, 10).value().at(0);
  ASSERT_TRUE(journal->mark_message(row.id, DeliveryState::kGivenUp, "status 500", kNine).ok());
  EXPECT_EQ(journal->given_up_since(kNine).value().size(), 1U);
  EXPECT_THAT(journal->given_up_since(kNine.plus_seconds(60)).value(), IsEmpty());
}

TEST_F(AlertBookTest, TakesAJournalOfSchema2AndLeavesItsChainAsItWas) {
  std::filesystem::create_directory(folder_ / "state");
  std::ostringstream sql;
  sql << std::ifstream(SB_TESTDATA "/journal/schema2.sql").rdbuf();
  sqlite3* database = nullptr;
  sqlite3_open(path_.c_str(), &database);
  ASSERT_EQ(sqlite3_exec(database, sql.str().c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);

  const auto journal = open();

  const auto audit = journal->audit();
  ASSERT_TRUE(audit.ok()) << audit.error().message;
  EXPECT_EQ(audit.value().records, 18);  // 17 of the orders, and the halt
  EXPECT_EQ(journal->control().value().state, TradingState::kHalted);
  EXPECT_EQ(journal->intents(sample_batch()).value().size(), 4U);
  store(*journal, "k1");
  EXPECT_EQ(journal->audit().value().records, 21);
}

}  // namespace
}  // namespace signalbus::storage
