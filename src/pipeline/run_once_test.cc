// Goal: whatever fails in a run, nothing is doubled, what was done is reconciled and kept, and the
// exit code says the worst. Method: a workspace in memory, a journal in memory, a broker that fails
// where the test says so.
#include "pipeline/run_once.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dry_broker/dry_broker.h"
#include "inputs/load_orders.h"
#include "ports/testing/doubles.h"
#include "ports/testing/memory_files.h"
#include "storage/sqlite_journal.h"

namespace signalbus::pipeline {
namespace {

using signalbus::testing::CollectedLog;
using signalbus::testing::MemoryFiles;
using signalbus::testing::TestClock;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const TradeDate kDate = TradeDate::parse("2025-08-29").value();

/// A dry broker whose submissions fail from the n-th on, and whose answers may leave the fate open.
class FailingBroker final : public Broker {
 public:
  FailingBroker(const PriceBook& market, const Clock& clock, int good,
                const std::function<void()>& during_submit, const bool& leaves_open,
                std::vector<std::string>& sent)
      : inner_(market, clock, {AccountId("dry"), Money::zero(), Money::zero()}, {}),
        good_(good),
        during_submit_(during_submit),
        leaves_open_(leaves_open),
        sent_(sent) {}
  Result<BrokerAccount> account() override { return inner_.account(); }
  Result<Holdings> positions() override { return inner_.positions(); }
  Result<std::string> order_bytes(const Intent& intent) const override {
    return inner_.order_bytes(intent);
  }
  Result<std::vector<BrokerOrder>> legs(const OrderId& id) override { return inner_.legs(id); }
  Result<std::vector<BrokerOrder>> orders(Instant after) override {
    if (leaves_open_) return std::vector<BrokerOrder>{};
    return inner_.orders(after);
  }
  Result<std::vector<Fill>> fills(Instant after) override { return inner_.fills(after); }
  Result<std::vector<CashFlow>> cash_flows(TradeDate from) override {
    return inner_.cash_flows(from);
  }
  Status cancel(const OrderId& id) override { return inner_.cancel(id); }
  Result<SubmitAnswer> submit(const Intent& intent) override {
    if (good_-- <= 0) return Error{ErrorCode::kUnknownOutcome, "the broker does not answer"};
    sent_.push_back(intent.client_order_id.get());
    during_submit_();
    SB_TRY(SubmitAnswer answer, inner_.submit(intent));
    if (leaves_open_) return Error{ErrorCode::kUnknownOutcome, "the answer got lost"};
    return answer;
  }
  Result<std::optional<SubmitAnswer>> order(const ClientOrderId& id) override {
    if (leaves_open_) return std::optional<SubmitAnswer>();
    return inner_.order(id);
  }

 private:
  dry_broker::DryBroker inner_;
  int good_;
  const std::function<void()>& during_submit_;
  const bool& leaves_open_;
  std::vector<std::string>& sent_;
};

class RunOnceTest : public ::testing::Test {
 protected:
  RunOnceTest() {
    files_.contents["w/signals.csv"] =
        "trade_date,asset_id,target_weight\n"
        "2025-08-28,AAPL,0.5\n2025-08-28,MSFT,0.5\n";
    files_.contents["w/prices.csv"] = "symbol,price\nAAPL,200\nMSFT,500\nTSLA,300\n";
    files_.contents["w/positions.csv"] = "symbol,qty\nTSLA,10\n";
    settings_.scheduler.m2.equity = Money::whole(10'000);
    settings_.scheduler.m2.prices = "prices.csv";
    settings_.scheduler.m2.positions = "positions.csv";
  }

  Result<RunOutcome> run() {
    const RunDoors run_doors{*journal_, [&](const PriceBook& market) -> Result<ExecuteDoors> {
                               broker_ = std::make_unique<FailingBroker>(
                                   market, clock_, good_submissions_, during_submit_, leaves_open_,
                                   sent_);
                               return ExecuteDoors{*broker_, *journal_, market};
                             }};
    return run_once(doors_, run_doors, workspace_, settings_, manifest_, request_);
  }
  RunOutcome run_ok() {
    Result<RunOutcome> outcome = run();
    SB_CHECK(outcome.ok());
    return std::move(outcome).value();
  }
  std::vector<ExecutionLogRow> log() {
    return inputs::read_execution_log(files_, "w/data/outputs/execution_log.csv").value();
  }
  /// What M5 wrote, and what it writes when it reads all of the day from the files.
  std::pair<std::string, std::string> recon_and_from_files() {
    const auto written = [this] {
      return files_.contents.at("w/data/outputs/recon_report_20250829.csv") +
             files_.contents.at("w/data/outputs/positions_eod_20250829.csv");
    };
    const std::string by_run = written();
    SB_CHECK(run_reconcile(doors_, make_reconcile_request(workspace_, settings_, Mode::kDry, kDate))
                 .ok());
    return {by_run, written()};
  }
  static std::vector<std::string> states(const RunOutcome& outcome) {
    constexpr const char* kWords[] = {"done", "failed", "skipped", "done before"};
    std::vector<std::string> out;
    for (const StageReport& stage : outcome.stages) {
      out.push_back(stage.name + " " + kWords[static_cast<int>(stage.state)]);
    }
    return out;
  }

  MemoryFiles files_;
  TestClock clock_{"2025-08-29T13:00:00Z"};
  CollectedLog log_;
  NoProgress progress_;
  Doors doors_{files_, clock_, log_, progress_};
  std::unique_ptr<FailingBroker> broker_;
  std::unique_ptr<Journal> journal_ = storage::SqliteJournal::open_in_memory().value();
  Workspace workspace_{"w", "w/config/config.yaml", "w/config/strategy_manifest.yaml"};
  settings::Settings settings_;
  Manifest manifest_{{StrategyId("one"), "signals.csv", "csv", {}, 7, "", false}};
  RunRequest request_{kDate, Mode::kDry, false, {}, {}, "test", {}};
  int good_submissions_ = 1000;
  std::function<void()> during_submit_ = [] {};
  bool leaves_open_ = false;
  std::vector<std::string> sent_;
};

TEST_F(RunOnceTest, DoesAllStagesAndArchivesThem) {
  const RunOutcome outcome = run_ok();
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(states(outcome), ElementsAre("m1 done", "m2 done", "m4 done", "m5 done", "m6 done"));
  EXPECT_EQ(sent_.size(), 3U);
  EXPECT_TRUE(files_.exists("w/data/runs/20250829-1/manifest.json"));
  EXPECT_TRUE(files_.exists("w/data/runs/20250829-1/execution_log.csv"));
}

// ancestor-defects 9: what is sold is sent before what is bought.
TEST_F(RunOnceTest, SendsSellsFirst) {
  run_ok();
  EXPECT_THAT(sent_[0], HasSubstr("_TSLA_SELL_"));
}

TEST_F(RunOnceTest, ABrokerThatDoesNotAnswerLeavesTheBatchOpenAndIsReconciled) {
  good_submissions_ = 1;
  const RunOutcome outcome = run_ok();
  EXPECT_EQ(outcome.exit_code, 6);
  EXPECT_THAT(states(outcome),
              ElementsAre("m1 done", "m2 done", "m4 failed", "m5 done", "m6 done"));
  const auto batch = journal_->latest_batch({Mode::kDry, AccountId("dry"), kDate}).value();
  ASSERT_TRUE(batch.has_value());
  EXPECT_EQ(batch->state, BatchState::kOpen);
}

TEST_F(RunOnceTest, ABatchWithAnOrderOfUnknownFateIsNotFinishedButResumed) {
  leaves_open_ = true;
  const RunOutcome open = run_ok();
  EXPECT_EQ(open.exit_code, 6);
  const BatchKey key{Mode::kDry, AccountId("dry"), kDate};
  EXPECT_EQ(journal_->latest_batch(key).value()->state, BatchState::kOpen);

  leaves_open_ = false;
  const RunOutcome resumed = run_ok();
  EXPECT_EQ(resumed.exit_code, 0);
  EXPECT_EQ(journal_->latest_batch(key).value()->state, BatchState::kFinished);
  EXPECT_EQ(std::set<std::string>(sent_.begin(), sent_.end()).size(), 3u);
}

TEST_F(RunOnceTest, TheNextRunResumesTheStoredOrdersWhateverTheInputsSayNow) {
  good_submissions_ = 1;
  run_ok();
  const std::string first_plan = files_.contents["w/data/outputs/planned_orders.csv"];
  files_.contents["w/signals.csv"] = "trade_date,asset_id,target_weight\n2025-08-28,TSLA,1\n";
  files_.contents["w/prices.csv"] = "symbol,price\nAAPL,150\nMSFT,600\nTSLA,300\n";
  good_submissions_ = 1000;
  const RunOutcome outcome = run_ok();
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(states(outcome),
              ElementsAre("m1 done before", "m2 done before", "m4 done", "m5 done", "m6 done"));
  EXPECT_EQ(files_.contents["w/data/outputs/planned_orders.csv"], first_plan);
  std::set<std::string> ids;
  std::map<std::string, OrderState> ended;
  for (const ExecutionLogRow& row : log()) {
    EXPECT_EQ(row.batch_id, BatchId("20250829-1"));
    ids.insert(row.client_order_id.get());
    ended.insert_or_assign(row.client_order_id.get(), row.status);
  }
  EXPECT_EQ(ids.size(), 3U);
  for (const auto& [id, state] : ended) EXPECT_EQ(state, OrderState::kSimulated) << id;
  EXPECT_EQ(std::set<std::string>(sent_.begin(), sent_.end()), ids);  // no id but these was sent
}

TEST_F(RunOnceTest, ARefusedSignalPlansAndSendsNothing) {
  files_.contents["w/signals.csv"] = "trade_date,asset_id,target_weight\n2025-08-28,AAPL,x\n";
  const RunOutcome outcome = run_ok();
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(states(outcome), ElementsAre("m1 failed", "m5 skipped", "m6 skipped"));
  EXPECT_TRUE(sent_.empty());
  EXPECT_FALSE(files_.exists("w/data/outputs/planned_orders.csv"));
}

TEST_F(RunOnceTest, ADiskThatIsFullForThePlanSendsNothing) {
  files_.full = {"planned_orders"};
  const RunOutcome outcome = run_ok();
  EXPECT_EQ(outcome.exit_code, 7);
  EXPECT_TRUE(sent_.empty());
}

TEST_F(RunOnceTest, ADiskThatIsFullForTheLogChangesNothingAboutTheOrders) {
  files_.full = {"outputs/execution_log"};
  EXPECT_EQ(run_ok().exit_code, 7);
  EXPECT_EQ(sent_.size(), 3U);
  files_.full.clear();
  EXPECT_EQ(run_ok().exit_code, 0);
  EXPECT_EQ(sent_.size(), 3U);  // the next run writes the log from the journal and sends nothing
  EXPECT_EQ(log().size(), 3U);
}

TEST_F(RunOnceTest, AnArchiveThatCannotBeWrittenIsAStorageFailure) {
  files_.full = {"data/runs"};
  const Result<RunOutcome> outcome = run();
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::kStorage);
}

TEST_F(RunOnceTest, AnArchiveThatIsThereIsNeverOverwritten) {
  files_.contents["w/data/runs/20250829-1/manifest.json"] = "evidence";
  const RunOutcome outcome = run_ok();
  EXPECT_EQ(outcome.archive, "w/data/runs/20250829-2");
  EXPECT_EQ(files_.contents["w/data/runs/20250829-1/manifest.json"], "evidence");
}

TEST_F(RunOnceTest, AToleratedReconciliationDoesNotFailTheRun) {
  settings_.scheduler.m5.stage.on_failure = settings::OnStageFailure::kSkip;
  files_.full = {"recon_report"};
  const RunOutcome outcome = run_ok();
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(states(outcome),
              ElementsAre("m1 done", "m2 done", "m4 done", "m5 failed", "m6 skipped"));
}

TEST_F(RunOnceTest, AStageBeyondItsTimeIsNotedAndItsWorkKept) {
  settings_.scheduler.m4.stage.timeout_seconds = 5;
  during_submit_ = [this] { clock_.set(clock_.now().plus_seconds(2)); };
  const RunOutcome outcome = run_ok();
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.notes,
              ElementsAre(HasSubstr("m4 took longer than its timeout_seconds of 5")));
}

// ---- M5 compares what M2 and M4 have just written without reading it again ----

TEST_F(RunOnceTest, ReconcilesAsTheCommandThatReadsTheFiles) {
  files_.contents["w/signals.csv"] =
      "trade_date,asset_id,target_weight\n2025-08-28,AAPL,0.153\n2025-08-28,NOPRICE,0.1\n"
      "2025-08-28,MSFT,0.747\n";
  files_.contents["w/positions.csv"] =
      "symbol,qty,market_value,avg_entry_price\nTSLA,10,1,2.5\nOLD,3,30,\nMSFT,1.5,,499.99\n";
  settings_.risk.max_share_per_order = {Quantity::whole(9), "config.yaml:1"};  // not all of MSFT
  EXPECT_EQ(run_ok().exit_code, 4);
  const auto [by_run, from_files] = recon_and_from_files();
  EXPECT_EQ(by_run, from_files);
  EXPECT_THAT(by_run, HasSubstr("risk_limit"));
  EXPECT_THAT(by_run, HasSubstr("OLD"));
}

// The journal was lost, its log was not: the log's newest batch of the date is what counts.
TEST_F(RunOnceTest, ReadsALogThatTellsMoreOfTheDateThanThisRun) {
  run_ok();
  request_.again = true;
  run_ok();
  journal_ = storage::SqliteJournal::open_in_memory().value();
  files_.contents["w/prices.csv"] = "symbol,price\nAAPL,100\nMSFT,500\nTSLA,300\n";
  std::string& log = files_.contents["w/data/outputs/execution_log.csv"];
  for (std::size_t at; (at = log.find("20250829-1")) != std::string::npos;) {
    log.replace(at, 10, "20250829-3");
  }
  run_ok();
  const auto [by_run, from_files] = recon_and_from_files();
  EXPECT_EQ(by_run, from_files);
  EXPECT_THAT(by_run, HasSubstr("MISMATCH"));
}

// ---- Stages in processes of their own ----

TEST_F(RunOnceTest, AStageWithoutAResultStopsWhatDependsOnIt) {
  std::vector<std::string> called;
  request_.spawn = [&](const std::vector<std::string>& arguments,
                       std::optional<std::int64_t>) -> Result<SpawnAnswer> {
    called.push_back(arguments.front());
    return SpawnAnswer{called.size() == 2 ? 4 : 0,
                       called.size() == 2 ? "" : "{\"command\":\"\"}"};  // `plan` was refused
  };
  const RunOutcome outcome = run_ok();
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(called, ElementsAre("signals", "plan", "analyze"));
  EXPECT_THAT(states(outcome), ElementsAre("m1 done", "m2 failed", "m5 skipped", "m6 done"));
}

TEST_F(RunOnceTest, AStageWithAResultAndExitFourLetsTheRestGoOn) {
  std::vector<std::string> called;
  request_.spawn = [&](const std::vector<std::string>& arguments,
                       std::optional<std::int64_t>) -> Result<SpawnAnswer> {
    called.push_back(arguments.front());
    return SpawnAnswer{arguments.front() == "plan" ? 4 : 0, "{\"command\":\"\"}"};
  };
  EXPECT_EQ(run_ok().exit_code, 4);
  EXPECT_THAT(called, ElementsAre("signals", "plan", "execute", "analyze"));
}

// ---- Small decisions ----

TEST(WorstExitCodeTest, FollowsTheOrderOfTheContract) {
  EXPECT_EQ(worst_exit_code({}), 0);
  EXPECT_EQ(worst_exit_code({0, 0}), 0);
  // product.md §2: 7 before 8, 6, 9, 5, 4, 10; input and usage stand between 4 and 10.
  const std::vector<int> order = {7, 8, 6, 9, 5, 4, 3, 2, 10};
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t j = i; j < order.size(); ++j) {
      EXPECT_EQ(worst_exit_code({0, order[j], order[i]}), order[i]);
    }
  }
  EXPECT_EQ(worst_exit_code({0, 137}), 137);
}

TEST(FindLatestPositionsFileTest, TakesTheNewestStrictlyBeforeTheDate) {
  MemoryFiles files;
  for (const char* name :
       {"positions_eod_20250827.csv", "positions_eod_20250828.csv", "positions_eod_20250829.csv",
        "positions_eod_20250901.csv", "positions_eod_2025082.csv", "positions_eod_20250828.csv.bak",
        "positions_eod_20250828 (1).csv", "positions_eod_20251399.csv",
        "xpositions_eod_20250828.csv"}) {
    files.contents[std::string("out/") + name] = "";
  }
  EXPECT_EQ(find_latest_positions_file(files, "out", kDate).value(),
            "out/positions_eod_20250828.csv");
  EXPECT_EQ(find_latest_positions_file(files, "elsewhere", kDate).value(), "");
  EXPECT_EQ(
      find_latest_positions_file(files, "out", TradeDate::parse("2025-08-27").value()).value(), "");
}

}  // namespace
}  // namespace signalbus::pipeline
