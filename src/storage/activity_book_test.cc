// Goal: what happened beside orders is kept once, whoever tells of it how often, and is part of the
// chain.
#include "ports/activity_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "storage/journal_sample.h"
#include "storage/sqlite_journal.h"
#include "storage/temp_folder.h"

namespace signalbus::storage {
namespace {

const AccountId kAccount("ACC1");

CashFlow dividend(const std::string& id, const char* cash = "12.34") {
  return {.id = id,
          .kind = CashFlowKind::kDividend,
          .word = "DIV",
          .symbol = symbol("KO"),
          .quantity = Quantity::zero(),
          .cash = Money::parse(cash).value(),
          .date = date("2025-08-29")};
}

std::vector<std::string> ids(ActivityBook& book, const char* from, const char* to) {
  std::vector<std::string> out;
  const auto kept = book.kept_flows(Mode::kPaper, kAccount, date(from), date(to)).value();
  for (const KeptFlow& one : kept) out.push_back(one.flow.id);
  return out;
}

TEST(ActivityBookTest, GivesAFlowBackAsItWasKept) {
  const auto journal = SqliteJournal::open_in_memory().value();
  const CashFlow split{.id = "s1",
                       .kind = CashFlowKind::kSplit,
                       .word = "SPLIT",
                       .symbol = symbol("AAPL"),
                       .quantity = Quantity::parse("-12.5").value(),
                       .cash = Money::parse("-0.000001").value(),
                       .date = date("2025-08-28")};
  CashFlow deposit{.id = "c1",
                   .kind = CashFlowKind::kTransfer,
                   .word = "CSD",
                   .symbol = std::nullopt,
                   .date = date("2025-08-27")};
  deposit.cash = Money::whole(5'000);

  const std::vector flows = {split, deposit};
  ASSERT_TRUE(journal->record_flows(Mode::kPaper, kAccount, flows, date("2025-08-29")).ok());

  const auto kept =
      journal->kept_flows(Mode::kPaper, kAccount, date("2025-08-29"), date("2025-08-29")).value();
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].flow.kind, CashFlowKind::kSplit);
  EXPECT_EQ(kept[0].flow.word, "SPLIT");
  EXPECT_EQ(kept[0].flow.symbol, symbol("AAPL"));
  EXPECT_EQ(kept[0].flow.quantity.text(), "-12.5");
  EXPECT_EQ(kept[0].flow.cash.text(), "-0.000001");
  EXPECT_EQ(kept[0].flow.date, date("2025-08-28"));
  EXPECT_EQ(kept[0].seen, date("2025-08-29"));
  EXPECT_EQ(kept[1].flow.symbol, std::nullopt);
  EXPECT_EQ(kept[1].flow.cash.text(), "5000");
  EXPECT_TRUE(journal->audit().ok());
}

TEST(ActivityBookTest, KeepsTheFirstTellingOfAnId) {
  const auto journal = SqliteJournal::open_in_memory().value();
  const std::vector first = {dividend("d1"), dividend("d2")};
  const std::vector again = {dividend("d2", "99"), dividend("d3"), dividend("d1")};
  ASSERT_TRUE(journal->record_flows(Mode::kPaper, kAccount, first, date("2025-08-29")).ok());
  ASSERT_TRUE(journal->record_flows(Mode::kPaper, kAccount, again, date("2025-09-02")).ok());

  EXPECT_THAT(ids(*journal, "2025-08-29", "2025-09-02"), ::testing::ElementsAre("d1", "d2", "d3"));
  EXPECT_THAT(ids(*journal, "2025-09-01", "2025-09-02"), ::testing::ElementsAre("d3"));
  EXPECT_EQ(journal->kept_flows(Mode::kPaper, kAccount, date("2025-08-29"), date("2025-08-29"))
                .value()[1]
                .flow.cash.text(),
            "12.34");
}

TEST(ActivityBookTest, KeepsModesAndAccountsApart) {
  const auto journal = SqliteJournal::open_in_memory().value();
  const std::vector flows = {dividend("d1")};
  ASSERT_TRUE(journal->record_flows(Mode::kPaper, kAccount, flows, date("2025-08-29")).ok());
  ASSERT_TRUE(journal->record_flows(Mode::kSim, kAccount, flows, date("2025-08-29")).ok());
  ASSERT_TRUE(
      journal->record_flows(Mode::kPaper, AccountId("ACC2"), flows, date("2025-08-29")).ok());

  EXPECT_EQ(ids(*journal, "2025-08-29", "2025-08-29").size(), 1U);
}

TEST(ActivityBookTest, IsTheSameAfterAnyRepetition) {
  rc::check([](const std::vector<std::vector<std::uint8_t>>& tellings) {
    const auto journal = SqliteJournal::open_in_memory().value();
    std::vector<std::string> expected;
    for (const std::vector<std::uint8_t>& telling : tellings) {
      std::vector<CashFlow> flows;
      for (const std::uint8_t number : telling) {
        const std::string id = "a" + std::to_string(number % 16);
        flows.push_back(dividend(id));
        if (std::find(expected.begin(), expected.end(), id) == expected.end()) {
          expected.push_back(id);
        }
      }
      RC_ASSERT(journal->record_flows(Mode::kPaper, kAccount, flows, date("2025-08-29")).ok());
    }
    RC_ASSERT(ids(*journal, "2025-08-29", "2025-08-29") == expected);
    RC_ASSERT(journal->audit().ok());
  });
}

TEST(ActivityBookTest, NamesTheAccountsThatTradedAndTheNewestRuns) {
  const auto journal = SqliteJournal::open_in_memory().value();
  ASSERT_TRUE(journal->open_batch(sample_batch(Mode::kPaper), {}).ok());
  const RunRecord first = journal->begin_run(Mode::kPaper, date("2025-08-28"), kNine).value();
  ASSERT_TRUE(journal->finish_run(first, kNine, 4, "m2 failed: a limit").ok());
  ASSERT_TRUE(journal->begin_run(Mode::kPaper, date("2025-08-29"), kNine).ok());

  EXPECT_THAT(journal->traded_accounts(Mode::kPaper).value(), ::testing::ElementsAre(kAccount));
  EXPECT_TRUE(journal->traded_accounts(Mode::kLive).value().empty());
  const auto runs = journal->newest_runs(9).value();
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].run.run_date, date("2025-08-29"));
  EXPECT_EQ(runs[0].exit_code, std::nullopt);
  EXPECT_EQ(runs[1].exit_code, 4);
  EXPECT_EQ(runs[1].outcome, "m2 failed: a limit");
  EXPECT_EQ(journal->newest_runs(1).value().size(), 1U);
}

}  // namespace
}  // namespace signalbus::storage
