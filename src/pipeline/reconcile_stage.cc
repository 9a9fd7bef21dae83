#include "pipeline/reconcile_stage.h"

#include <algorithm>

#include "core/text.h"
#include "inputs/load_market.h"
#include "inputs/load_orders.h"
#include "inputs/rows.h"
#include "reconcile/broker_report.h"
#include "report/save_execution.h"
#include "report/save_recon.h"

namespace signalbus::pipeline {
namespace {

/// Rows of the date's newest batch in the mode; the log holds every day and mode.
std::vector<ExecutionLogRow> rows_of_batch(std::vector<ExecutionLogRow> log, TradeDate run_date,
                                           Mode mode) {
  const std::string prefix = run_date.compact() + "-";
  const auto number_of = [&](const ExecutionLogRow& row) {
    const std::string& id = row.batch_id.get();
    if (row.mode != mode || !id.starts_with(prefix)) return 0;
    return std::atoi(id.c_str() + prefix.size());
  };
  int newest = 0;
  for (const ExecutionLogRow& row : log) newest = std::max(newest, number_of(row));
  std::erase_if(
      log, [&](const ExecutionLogRow& row) { return newest == 0 || number_of(row) != newest; });
  return log;
}

/// What the plan itself says was held.
Holdings holdings_of(const std::vector<PlanRow>& plan) {
  Holdings out;
  for (const PlanRow& row : plan) {
    if (!row.symbol || row.current_qty.is_zero()) continue;
    out.holdings.push_back({.symbol = *row.symbol,
                            .quantity = row.current_qty,
                            .asset_id = row.asset_id,
                            .market_value = std::nullopt,
                            .avg_entry_price = std::nullopt,
                            .origin = HoldingOrigin::kPositionsFile});
  }
  std::sort(out.holdings.begin(), out.holdings.end(),
            [](const Holding& a, const Holding& b) { return a.symbol < b.symbol; });
  return out;
}

Result<Holdings> opening_positions(Doors& doors, const ReconcileRequest& request,
                                   const std::vector<PlanRow>& plan) {
  if (!request.positions_path.empty()) {
    return inputs::load_positions(doors.files, request.positions_path);
  }
  const std::string bod = positions_bod_path(request.orders_path);
  if (doors.files.exists(bod)) return inputs::load_positions(doors.files, bod);
  return holdings_of(plan);
}

/// From plan.json; without one, equity less what was held.
Result<Money> starting_cash(const std::optional<report::PlanRecord>& record,
                            const ReconcileRequest& request, const Holdings& opening,
                            const std::vector<PlanRow>& plan) {
  if (record) return record->starting_cash;
  if (!request.equity) {
    return Error{ErrorCode::kInvalidInput, plan_json_path(request.orders_path) +
                                               " is not there and no equity is configured; run "
                                               "`signalbus plan` first"};
  }
  MoneySum cash;
  cash.add(*request.equity);
  for (const PlanRow& row : plan) {
    const Holding* held = row.symbol ? opening.find(*row.symbol) : nullptr;
    if (held == nullptr || !row.price) continue;
    SB_TRY(const Money value, notional_half_even(held->quantity, *row.price));
    cash.add(-value);
  }
  SB_TRY(const Money total, cash.total());
  return std::max(Money::zero(), total);
}

/// Rows of the date's newest batch as the journal has them, late executions included.
Result<std::vector<ExecutionLogRow>> rows_of_journal(Journal& journal, const BatchKey& key) {
  std::vector<ExecutionLogRow> rows;
  SB_TRY(const std::optional<Batch> batch, journal.latest_batch(key));
  if (!batch) return rows;
  SB_TRY(const std::vector<OrderRecord> records, journal.orders(*batch));
  for (const OrderRecord& record : records) rows.push_back(report::log_row_of(record));
  return rows;
}

reconcile::ReconResult nothing_planned(TradeDate run_date) {
  return {.rows = {},
          .eod = {.run_date = run_date,
                  .positions = {},
                  .cash = Money::zero(),
                  .equity = Money::zero(),
                  .source = {}}};
}

void log_outcome(Doors& doors, const ReconcileOutcome& outcome) {
  const LogLevel level = outcome.mismatches == 0 ? LogLevel::kInfo : LogLevel::kWarn;
  doors.log.line(level, "m5",
                 std::to_string(outcome.ok) + " OK, " + std::to_string(outcome.mismatches) +
                     " MISMATCH, " + std::to_string(outcome.skipped) + " SKIPPED; cash " +
                     outcome.result.eod.cash.text() + " USD");
}

enum class RowsFrom { kLog, kJournal };

/// The plan's files and what was executed, compared.
Result<reconcile::ReconResult> compare_with_plan(Doors& doors, const ReconcileRequest& request,
                                                 std::span<const ExecutionLogRow> executed,
                                                 RowsFrom from) {
  SB_TRY(const std::optional<report::PlanRecord> record, find_plan(doors, request));
  SB_TRY(const std::vector<PlanRow> plan,
         inputs::read_rebalance_plan(doors.files, request.plan_path));
  SB_TRY(const std::vector<PlannedOrder> orders,
         inputs::read_planned_orders(doors.files, request.orders_path));
  // A batch without orders leaves no rows in the log: those there are of an earlier plan.
  if (orders.empty() && from == RowsFrom::kLog) executed = {};
  SB_TRY(const Holdings opening, opening_positions(doors, request, plan));
  SB_TRY(const Money cash, starting_cash(record, request, opening, plan));
  PriceBook prices;
  if (!request.prices_path.empty()) {
    SB_TRY(prices, inputs::load_prices(doors.files, request.prices_path));
  }
  return reconcile::reconcile_from_logs({.run_date = request.run_date,
                                         .mode = request.mode,
                                         .plan = plan,
                                         .orders = orders,
                                         .executed = executed,
                                         .opening = opening,
                                         .prices = prices,
                                         .starting_cash = cash,
                                         .quantity_decimals = request.quantity_decimals});
}

/// Writes the files; nothing was written before.
Result<ReconcileOutcome> save_outcome(Doors& doors, const ReconcileRequest& request,
                                      reconcile::ReconResult result,
                                      std::optional<BrokerCheck> broker) {
  report::OutputSet outputs;
  report::save_positions_eod(outputs, result.eod, request.out_dir);
  const bool has_rows = !broker || !result.rows.empty();
  if (has_rows) {
    report::save_recon_report(outputs, result.rows, request.run_date, request.out_dir);
  }
  if (broker) {
    report::save_broker_differences(outputs, broker->recon.differences, request.run_date,
                                    request.out_dir);
  }
  SB_TRY_OK(outputs.commit(doors.files));
  const auto count = [&](ReconStatus status) {
    return static_cast<std::size_t>(
        std::count_if(result.rows.begin(), result.rows.end(),
                      [&](const ReconRow& row) { return row.status == status; }));
  };
  const std::size_t ok = count(ReconStatus::kOk);
  const std::size_t mismatches = count(ReconStatus::kMismatch);
  const std::size_t skipped = count(ReconStatus::kSkipped);
  ReconcileOutcome outcome{std::move(result), ok, mismatches, skipped, outputs.paths(),
                           std::move(broker)};
  log_outcome(doors, outcome);
  return outcome;
}

/// Whether M4 added every order of its batch to the log, and the log has no other row of the date.
/// Each row names its batch, YYYYMMDD-N, in a cell of its own; a text that looks like one makes the
/// answer no, which only costs the reading.
bool log_is_of_this_run(Files& files, const ReconcileRequest& request,
                        const ExecuteOutcome& executed) {
  if (executed.rows_added != executed.orders.size()) return false;
  const Result<std::string> log = files.read(request.log_path, inputs::kTableBytesMax);
  if (!log.ok()) return false;
  const std::string cell = "," + request.run_date.compact() + "-";
  std::size_t rows = 0;
  for (std::size_t at = 0; (at = log.value().find(cell, at)) != std::string::npos; ++at) ++rows;
  return rows == executed.orders.size();
}

void log_check(Doors& doors, const BrokerCheck& check) {
  for (const reconcile::Foreign& order : check.recon.foreign_orders) {
    doors.log.line(LogLevel::kInfo, "m5", "not ours: " + order.line);
  }
  for (const Difference& difference : check.recon.differences) {
    doors.log.line(difference.is_open() ? LogLevel::kWarn : LogLevel::kInfo, "m5",
                   std::string(to_text(difference.cause)) + ": " + difference.sentence);
  }
}

}  // namespace

Result<std::optional<report::PlanRecord>> find_plan(Doors& doors, const ReconcileRequest& request) {
  if (!doors.files.exists(request.plan_path)) {
    return Error{ErrorCode::kNotFound,
                 request.plan_path + " is not there; run `signalbus plan` first"};
  }
  const std::string json = plan_json_path(request.orders_path);
  if (!doors.files.exists(json)) return std::optional<report::PlanRecord>();
  SB_TRY(report::PlanRecord record, report::load_plan_json(doors.files, json));
  if (record.trade_date == request.run_date) {
    return std::optional<report::PlanRecord>(std::move(record));
  }
  return Error{ErrorCode::kNotFound, json + ": the plan is for " + record.trade_date.iso() +
                                         ", nothing was planned for " + request.run_date.iso()};
}

std::size_t ReconcileOutcome::differences() const {
  std::size_t count = mismatches;
  if (!broker) return count;
  // A difference of a name is in its row already; without rows, and for cash, it counts itself.
  for (const Difference& difference : broker->recon.differences) {
    const bool expected = difference.acknowledged || reconcile::is_bookkeeping(difference.cause);
    const bool has_row = difference.subject != Subject::kCash && !result.rows.empty();
    if (!expected && !has_row) ++count;
  }
  return count;
}

Result<ReconcileOutcome> run_reconcile(Doors& doors, const ReconcileRequest& request) {
  SB_TRY(std::vector<ExecutionLogRow> log,
         inputs::read_execution_log(doors.files, request.log_path));
  const std::vector<ExecutionLogRow> executed =
      rows_of_batch(std::move(log), request.run_date, request.mode);
  SB_TRY(reconcile::ReconResult result,
         compare_with_plan(doors, request, executed, RowsFrom::kLog));
  return save_outcome(doors, request, std::move(result), std::nullopt);
}

Result<ReconcileOutcome> run_reconcile_with_broker(Doors& doors, const BrokerCheckDoors& ask,
                                                   const ReconcileRequest& request,
                                                   const BrokerCheckRequest& check) {
  SB_TRY(BrokerCheck done, check_broker(doors, ask, check));
  log_check(doors, done);
  if (check.may_write && ask.activities != nullptr) {
    SB_TRY_OK(
        ask.activities->record_flows(check.mode, check.account, done.view.flows, request.run_date));
  }
  const Result<std::optional<report::PlanRecord>> planned = find_plan(doors, request);
  const bool has_plan = planned.ok() || planned.error().code != ErrorCode::kNotFound;
  reconcile::ReconResult result = nothing_planned(request.run_date);
  if (has_plan) {
    SB_TRY(const std::vector<ExecutionLogRow> executed,
           rows_of_journal(ask.journal, {check.mode, check.account, request.run_date}));
    SB_TRY(result, compare_with_plan(doors, request, executed, RowsFrom::kJournal));
  } else {
    doors.log.line(LogLevel::kInfo, "m5", planned.error().message);
  }
  result = reconcile::tell_by_broker(std::move(result), done.view, done.recon, request.run_date);
  return save_outcome(doors, request, std::move(result), std::move(done));
}

Result<ReconcileOutcome> reconcile_run(Doors& doors, const ReconcileRequest& request,
                                       const PlanOutcome& planned, const ExecuteOutcome& executed) {
  const bool other_files = !request.positions_path.empty() || !request.prices_path.empty();
  if (other_files || !log_is_of_this_run(doors.files, request, executed)) {
    return run_reconcile(doors, request);
  }
  std::vector<ExecutionLogRow> log;
  for (const OrderRecord& order : executed.orders) log.push_back(report::log_row_of(order));
  const Holdings opening = report::value_holdings(planned.holdings, planned.prices);
  const PriceBook plan_prices;
  SB_TRY(reconcile::ReconResult result,
         reconcile::reconcile_from_logs({.run_date = request.run_date,
                                         .mode = request.mode,
                                         .plan = planned.plan.rows,
                                         .orders = planned.plan.orders,
                                         .executed = log,
                                         .opening = opening,
                                         .prices = plan_prices,
                                         .starting_cash = planned.plan.starting_cash,
                                         .quantity_decimals = request.quantity_decimals}));
  return save_outcome(doors, request, std::move(result), std::nullopt);
}

}  // namespace signalbus::pipeline
