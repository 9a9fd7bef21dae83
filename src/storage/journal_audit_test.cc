// Goal: whatever is altered, deleted, reordered or inserted in whatever kind of record, the audit
// names the first bad one; what it cannot see is said.
// Method: a journal with every kind of record; each table, column and row is a case.
#include "storage/journal_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "storage/alert_sample.h"
#include "storage/journal_chain.h"
#include "storage/journal_sample.h"
#include "storage/journal_schema.h"
#include "storage/sqlite_journal.h"
#include "storage/temp_folder.h"

namespace signalbus::storage {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

template <class T>
void expect_ok(const Result<T>& result) {
  ASSERT_TRUE(result.ok()) << result.error().message;
}

/// Two rows or more of every table.
void write_everything(SqliteJournal& journal) {
  for (int day = 1; day <= 2; ++day) {
    const Batch batch = sample_batch(Mode::kPaper, day);
    std::vector<Intent> intents = sample_intents(3);
    intents[0].shares = {sample_share("drl", 1), sample_share("equal", 2)};
    expect_ok(journal.take_over(Mode::kPaper, "daemon", kNine));
    const std::vector moves = {sample_move(), sample_move(false)};
    expect_ok(journal.open_batch(batch, intents, moves));
    const std::vector posts = {sample_ahead(0), sample_ahead(1)};
    expect_ok(journal.write_ahead(batch, posts, let_all_out));
    const std::vector events = {sample_event(0, OrderState::kFilled),
                                sample_event(1, OrderState::kUnknown)};
    expect_ok(journal.record(batch, events, std::vector{sample_fill(0, "x"), sample_fill(0, "y")}));
    const std::vector again = {sample_ahead(1)};
    expect_ok(journal.write_ahead(batch, again, let_all_out));
    expect_ok(journal.set_control(sample_control()));
    expect_ok(journal.mark_equity(Mode::kPaper, AccountId("ACC1"),
                                  batch.key.run_date.plus_days(day), Money::whole(100)));
    expect_ok(journal.add_override(sample_override()));
    expect_ok(journal.use_override("max_order_notional", kNine));
    expect_ok(journal.acknowledge(Mode::kPaper, AccountId("ACC1"), sample_acknowledgement()));
    expect_ok(journal.set_baseline(Mode::kPaper, AccountId("ACC1"), sample_baseline()));
    const std::vector flows = {sample_flow("flow " + std::to_string(day))};
    expect_ok(journal.record_flows(Mode::kPaper, AccountId("ACC1"), flows, batch.key.run_date));
    const std::string key = "key " + std::to_string(day);
    expect_ok(journal.record_alerts(Mode::kPaper, AccountId("ACC1"),
                                    {.states = {sample_state(AlertLevel::kWarn)},
                                     .changes = {sample_change(key)},
                                     .messages = {sample_message(key)},
                                     .at = kNine}));
    const std::vector<OutboxRow> waiting = journal.due_messages(kNine, 1).value();
    ASSERT_EQ(waiting.size(), 1U);
    expect_ok(journal.mark_message(waiting[0].id, DeliveryState::kSent, "250 ok", kNine));
    expect_ok(journal.add_legs(batch, std::vector{sample_leg(5, 0)}));
    expect_ok(journal.close_batch(batch, BatchState::kFinished, kNine));
  }
  expect_ok(journal.set_control(sample_control(TradingState::kNormal)));
}

/// A row as the chain has it: "event 12".
struct Row {
  std::string table;
  std::int64_t record;
  std::string text() const { return table + " " + std::to_string(record); }
};

class JournalAuditTest : public ::testing::Test {
 protected:
  void SetUp() override {
    {
      const auto journal = SqliteJournal::open(folder_ / "good.db").value();
      write_everything(*journal);
      good_ = journal->audit().value();
    }
    for (const ChainedTable* table : kChainedTables) {
      const auto records = ask("good.db", "SELECT record FROM " + std::string(table->name));
      EXPECT_GE(records.size(), 2U) << table->name;
      for (const std::string& record : records) {
        rows_.push_back({std::string(table->name), std::stoll(record)});
      }
    }
    std::sort(rows_.begin(), rows_.end(),
              [](const Row& a, const Row& b) { return a.record < b.record; });
  }

  /// Runs SQL as somebody with the sqlite3 program would; the first column of what it gives.
  std::vector<std::string> ask(const std::string& name, const std::string& sql) const {
    sqlite3* database = nullptr;
    sqlite3_open((folder_ / name).c_str(), &database);
    std::vector<std::string> found;
    char* message = nullptr;
    sqlite3_exec(
        database, sql.c_str(),
        [](void* out, int, char** values, char**) {
          static_cast<std::vector<std::string>*>(out)->emplace_back(
              values[0] == nullptr ? "NULL" : values[0]);
          return 0;
        },
        &found, &message);
    EXPECT_EQ(message, nullptr) << message << ": " << sql;
    sqlite3_free(message);
    sqlite3_close(database);
    return found;
  }

  /// What the audit says of a copy that was changed; "" when it finds nothing.
  std::string audit_after(const std::string& sql) const {
    std::filesystem::copy_file(folder_ / "good.db", folder_ / "bad.db",
                               std::filesystem::copy_options::overwrite_existing);
    std::string all = "PRAGMA ignore_check_constraints = ON;";
    for (const ChainedTable* table : kChainedTables) {
      const std::string name(table->name);
      all += "DROP TRIGGER " + name + "_keeps; DROP TRIGGER " + name + "_stays;";
    }
    ask("bad.db", all + sql);
    return audit_of("bad.db");
  }
  std::string audit_of(const std::string& name) const {
    const auto journal = SqliteJournal::open(folder_ / name);
    if (!journal.ok()) return journal.error().message;
    const auto audit = journal.value()->audit();
    if (audit.ok()) return "";
    EXPECT_EQ(audit.error().code, ErrorCode::kStorage);
    return audit.error().message;
  }

  TempFolder folder_;
  JournalAudit good_;
  std::vector<Row> rows_;  ///< By record.
};

std::string not_recorded(const Row& row) { return row.text() + " is not what was recorded"; }

TEST_F(JournalAuditTest, CountsWhatASoundJournalHolds) {
  EXPECT_EQ(audit_of("good.db"), "");
  EXPECT_EQ(good_.records, static_cast<std::int64_t>(rows_.size()));
  EXPECT_EQ(good_.head.size(), 64U);
  std::int64_t sum = 0;
  for (const auto& [table, count] : good_.counts) {
    EXPECT_EQ(count, std::count_if(rows_.begin(), rows_.end(),
                                   [&name = table](const Row& row) { return row.table == name; }));
    sum += count;
  }
  EXPECT_EQ(sum, good_.records);
}

TEST_F(JournalAuditTest, FindsEveryColumnOfEveryKindOfRowThatWasAltered) {
  for (const ChainedTable* table : kChainedTables) {
    const std::string name(table->name);
    const auto row =
        std::find_if(rows_.begin(), rows_.end(), [&](const Row& one) { return one.table == name; });
    for (const std::string& column :
         ask("good.db", "SELECT name FROM pragma_table_info('" + name + "')")) {
      if (column == "record") continue;  // that is another case
      const std::string change = "UPDATE " + name + " SET " + column + " = CASE typeof(" + column +
                                 ") WHEN 'integer' THEN " + column + " + 1000 WHEN 'text' THEN " +
                                 column +
                                 " || 'x' ELSE 7 END WHERE record = " + std::to_string(row->record);
      // SQLite's own check may be the first to see it.
      EXPECT_THAT(audit_after(change), AnyOf(HasSubstr(not_recorded(*row)),
                                             HasSubstr("CHECK constraint failed in " + name)))
          << change;
    }
  }
}

TEST_F(JournalAuditTest, FindsAnAbsentValueThatBecameAnEmptyOne) {
  const auto found = ask("good.db", "SELECT record FROM move WHERE symbol IS NULL");
  EXPECT_THAT(audit_after("UPDATE move SET symbol = '' WHERE record = " + found[0]),
              HasSubstr("move " + found[0] + " is not"));
}

TEST_F(JournalAuditTest, FindsEveryRowThatWasDeleted) {
  for (std::size_t i = 0; i + 1 < rows_.size(); ++i) {
    const Row& row = rows_[i];
    const std::string before = i == 0 ? "the beginning" : rows_[i - 1].text();
    const std::string change =
        "DELETE FROM " + row.table + " WHERE record = " + std::to_string(row.record);
    EXPECT_THAT(audit_after(change), HasSubstr("record " + std::to_string(row.record) + ", after " +
                                               before + ", is missing"))
        << row.text();
  }
}

TEST_F(JournalAuditTest, FindsEveryRowThatWasPutBehindTheNext) {
  for (std::size_t i = 0; i + 1 < rows_.size(); ++i) {
    const Row& row = rows_[i];
    const Row& next = rows_[i + 1];
    const auto number = [](const Row& one, std::int64_t from, std::int64_t to) {
      return "UPDATE " + one.table + " SET record = " + std::to_string(to) +
             " WHERE record = " + std::to_string(from) + ";";
    };
    const std::string swap = number(row, row.record, -1) + number(next, next.record, row.record) +
                             number(row, -1, next.record);
    EXPECT_THAT(audit_after(swap), HasSubstr(not_recorded({next.table, row.record}))) << swap;
  }
}

TEST_F(JournalAuditTest, FindsARowThatWasAddedByHand) {
  const std::string last = std::to_string(good_.records);
  const Row added{"control", good_.records + 1};
  EXPECT_THAT(audit_after("INSERT INTO control SELECT record + 1, state, reason, author, at, hash "
                          "FROM control WHERE record = " +
                          last),
              HasSubstr(not_recorded(added)));
  EXPECT_THAT(audit_after("INSERT INTO control SELECT record + 5, state, reason, author, at, hash "
                          "FROM control WHERE record = " +
                          last),
              HasSubstr("record " + std::to_string(added.record)));
}

TEST_F(JournalAuditTest, FindsTradedSymbolsThatNoOrderTraded) {
  EXPECT_THAT(audit_after("INSERT INTO traded_symbol VALUES ('paper', 'ACC1', 'ZZZ')"),
              HasSubstr("traded_symbol 'ZZZ'"));
  EXPECT_THAT(audit_after("DELETE FROM traded_symbol"), HasSubstr("traded_symbol 'S0'"));
}

TEST_F(JournalAuditTest, ACutOffEndShowsOnlyInTheHead) {
  EXPECT_EQ(audit_after("DELETE FROM control WHERE record = " + std::to_string(good_.records)), "");
  const auto cut = SqliteJournal::open(folder_ / "bad.db").value()->audit().value();
  EXPECT_EQ(cut.records, good_.records - 1);
  EXPECT_NE(cut.head, good_.head);
}

/// What execution asks a journal, which finds it through indexes.
std::string told_by(SqliteJournal& journal) {
  std::string told;
  for (int day = 1; day <= 2; ++day) {
    const Batch batch = sample_batch(Mode::kPaper, day);
    const auto intents = journal.intents(batch);
    const auto fills = journal.fills(batch);
    if (!intents.ok() || !fills.ok()) return "an error";
    for (const Intent& intent : intents.value()) {
      told += intent.client_order_id.get() + std::string(to_text(intent.state)) + intent.body +
              std::to_string(intent.posts) + std::to_string(intent.shares.size()) + " ";
    }
    for (const Fill& fill : fills.value()) told += fill.execution_id + " ";
  }
  const auto open = journal.open_batches(Mode::kPaper, AccountId("ACC1"));
  return told + (open.ok() ? std::to_string(open.value().size()) : "an error");
}

// A flipped bit is found, or it was where nothing is kept: the journal then reads as before.
TEST_F(JournalAuditTest, FindsBitsThatFlippedInTheFile) {
  const std::string bytes = folder_.get("good.db");
  const std::string told = told_by(*SqliteJournal::open(folder_ / "good.db").value());
  std::mt19937 random(20250829);
  int found = 0;
  for (int round = 0; round < 300; ++round) {
    std::string bad = bytes;
    const std::size_t at = random() % bad.size();
    bad[at] = static_cast<char>(bad[at] ^ (1 << (random() % 8)));
    folder_.put("bad.db", bad);
    const auto journal = SqliteJournal::open(folder_ / "bad.db");
    if (!journal.ok()) {
      ++found;
      continue;
    }
    const auto audit = journal.value()->audit();
    found += audit.ok() ? 0 : 1;
    if (!audit.ok()) continue;
    EXPECT_EQ(audit.value().head, good_.head) << "byte " << at;
    EXPECT_EQ(audit.value().counts, good_.counts) << "byte " << at;
    EXPECT_EQ(told_by(*journal.value()), told) << "byte " << at;
  }
  EXPECT_GT(found, 20);  // most of a small file is free space
}

}  // namespace
}  // namespace signalbus::storage
