#include "pipeline/execute_stage.h"

#include <algorithm>
#include <map>

#include "core/text.h"
#include "executor/plain_wait.h"
#include "inputs/load_market.h"
#include "pipeline/risk_refusal.h"
#include "report/save_execution.h"
#include "risk/check_orders.h"

namespace signalbus::pipeline {
namespace {

using execution::BatchDecision;

OrderEvent abandoned(const Intent& intent, const std::string& why, Instant now) {
  return {.client_order_id = intent.client_order_id,
          .state = OrderState::kAbandoned,
          .order_id = OrderId(""),
          .filled_qty = Quantity::zero(),
          .filled_avg_price = std::nullopt,
          .price_used = intent.order.ref_price,
          .submitted_at = std::nullopt,
          .updated_at = now,
          .reject_code = {},
          .error = why};
}

/// Orders that the gate refused, with its words.
using Refusals = std::map<Symbol, std::string>;

Result<Refusals> check_gate(const ExecutablePlan& plan, const PriceBook& market,
                            const risk::RiskLimits& limits) {
  const risk::AccountState account{plan.starting_cash, plan.base, plan.rounding_allowance};
  const risk::RiskVerdict verdict = risk::risk_check_orders(plan.orders, market, account, limits);
  SB_TRY_OK(refuse_batch_if(verdict.batch));
  Refusals refusals;
  for (const risk::RefusedOrder& refused : verdict.refused) {
    refusals.emplace(refused.order.symbol, "risk_limit: " + refused.breach.words);
  }
  return refusals;
}

struct StoredBatch {
  Batch batch;
  std::size_t refused;  ///< Orders that the gate refused.
};

/// Opens the batch with every order as an intent; what the gate refused is abandoned at once, so
/// that each planned order has a recorded fate.
Result<StoredBatch> open_batch(Doors& doors, const ExecuteDoors& execute,
                               const ExecutablePlan& plan, const ExecuteRequest& request,
                               int number) {
  SB_TRY(const Refusals refusals, check_gate(plan, execute.market, request.risk));
  Batch batch{request.key, number, BatchState::kOpen, plan.plan_hash, doors.clock.now()};
  const std::vector<Intent> intents =
      execution::make_intents(plan.orders, batch, request.id_prefix);
  SB_TRY_OK(execute.journal.open_batch(batch, intents));
  std::vector<OrderEvent> events;
  for (const Intent& intent : intents) {
    const auto at = refusals.find(intent.order.symbol);
    if (at == refusals.end()) continue;
    doors.log.line(LogLevel::kWarn, "m4", intent.order.symbol.text() + ": " + at->second);
    events.push_back(abandoned(intent, at->second, batch.opened_at));
  }
  if (!events.empty()) SB_TRY_OK(execute.journal.record(batch, events, {}));
  return StoredBatch{std::move(batch), events.size()};
}

/// What the executor may do with the orders of the batch, and asks before each leaves.
executor::Job make_job(const Batch& batch, const ExecuteRequest& request) {
  return {.batch = batch,
          .id_prefix = request.id_prefix,
          .gate = [](const executor::ExitOrder&, const GateFacts&) { return Status(Ok{}); },
          .cash_floor = Money::zero(),
          .quantity_decimals = request.quantity_decimals,
          .min_notional = request.min_notional};
}

/// Ends what earlier batches left, then takes this one to its end.
Result<executor::Outcome> execute_batch(Doors& doors, const ExecuteDoors& execute,
                                        const Batch& batch, const ExecuteRequest& request) {
  executor::PlainWait wait(doors.clock);
  const executor::Doors ports{execute.broker, execute.journal,
                              doors.clock,    execute.hints != nullptr ? *execute.hints : wait,
                              doors.log,      execute.venue,
                              execute.fresh};
  executor::Outcome end;
  if (execute.venue != nullptr) {
    SB_TRY(executor::Outcome earlier,
           executor::settle_earlier(ports, request.key.mode, request.key.account, request.id_prefix,
                                    batch.id(), request.policy));
    end = std::move(earlier);
  }
  if (batch.state != BatchState::kOpen) {
    end.state = batch.state;
    return end;
  }
  SB_TRY(executor::Outcome own, executor::execute(ports, make_job(batch, request), request.policy));
  own.unresolved += end.unresolved;
  own.notes.insert(own.notes.begin(), end.notes.begin(), end.notes.end());
  return own;
}

/// Views of the journal: the log gains what it does not have, the fills are those of the batch.
Status write_views(Doors& doors, Journal& journal, const ExecuteRequest& request,
                   ExecuteOutcome& outcome) {
  SB_TRY(outcome.orders, journal.orders(outcome.batch));
  SB_TRY(const std::vector<Fill> fills, journal.fills(outcome.batch));
  std::vector<ExecutionLogRow> rows;
  for (const OrderRecord& record : outcome.orders) rows.push_back(report::log_row_of(record));
  report::OutputSet outputs;
  SB_TRY(outcome.rows_added,
         report::append_execution_log(doors.files, outputs, request.log_path, rows));
  report::save_filled_orders(outputs, fills, request.fills_path);
  SB_TRY_OK(outputs.commit(doors.files));
  outcome.files = outputs.paths();
  return Ok{};
}

std::string describe(const ExecuteOutcome& outcome) {
  const std::string id = outcome.batch.id().get();
  if (outcome.decision.kind == BatchDecision::Kind::kAlreadyDone) {
    return "batch " + id + " is finished, nothing was sent; --again opens the next batch";
  }
  const std::string resumed =
      outcome.decision.kind == BatchDecision::Kind::kResume ? " was resumed:" : ":";
  std::string out = "batch " + id + resumed + " " + counted(outcome.orders.size(), "order") + ", " +
                    std::to_string(outcome.refused) + " refused by risk limits";
  if (outcome.end.halted) out += ", halted";
  if (outcome.end.unresolved > 0) {
    out += ", " + counted(outcome.end.unresolved, "order") +
           " without a final state; run again to resume it";
  }
  return out;
}

}  // namespace

PriceBook reference_prices(std::span<const PlannedOrder> orders) {
  PriceBook book;
  for (const PlannedOrder& order : orders) {
    book.points.push_back({order.symbol, order.ref_price, std::nullopt});
  }
  std::sort(book.points.begin(), book.points.end(),
            [](const PricePoint& a, const PricePoint& b) { return a.symbol < b.symbol; });
  return book;
}

Result<PriceBook> gate_prices(Files& files, const Workspace& workspace,
                              const std::optional<ExecutablePlan>& plan) {
  if (!plan) return PriceBook{};
  const std::string path = workspace.at(plan->prices_path);
  if (plan->prices_path.empty() || !files.exists(path)) return reference_prices(plan->orders);
  return inputs::load_prices(files, path);
}

int ExecuteOutcome::exit_code() const {
  if (end.unresolved > 0) return exit_code_of(ErrorCode::kUnknownOutcome);
  if (end.halted) return exit_code_of(ErrorCode::kHalted);
  const bool rejected = std::any_of(orders.begin(), orders.end(), [](const OrderRecord& record) {
    return record.event.state == OrderState::kRejected;
  });
  if (rejected) return exit_code_of(ErrorCode::kBrokerRefused);
  return refused > 0 ? exit_code_of(ErrorCode::kLimitExceeded) : 0;
}

Result<ExecuteOutcome> run_execute(Doors& doors, const ExecuteDoors& execute,
                                   const std::optional<ExecutablePlan>& plan,
                                   const ExecuteRequest& request) {
  SB_TRY(const std::optional<Batch> latest, execute.journal.latest_batch(request.key));
  const BatchDecision decision = execution::decide_batch(latest, request.again);
  const bool opens = decision.kind == BatchDecision::Kind::kOpenNew;
  SB_CHECK(!opens || plan.has_value());
  std::size_t refused = 0;
  std::optional<Batch> batch = latest;
  if (opens) {
    SB_TRY(StoredBatch stored, open_batch(doors, execute, *plan, request, decision.number));
    batch = std::move(stored.batch);
    refused = stored.refused;
  }
  Result<executor::Outcome> end = execute_batch(doors, execute, *batch, request);
  // Whatever happened, what is known is written down; without a journal nothing is known.
  if (!end.ok() &&
      (end.error().code == ErrorCode::kStorage || end.error().code == ErrorCode::kLocked)) {
    return std::move(end).error();
  }
  ExecuteOutcome outcome{decision, std::move(*batch), {}, refused, 0, {}, {}};
  SB_TRY_OK(write_views(doors, execute.journal, request, outcome));
  if (!end.ok()) return std::move(end).error();
  outcome.end = std::move(end).value();
  outcome.batch.state = outcome.end.state;
  doors.log.line(LogLevel::kInfo, "m4", describe(outcome));
  return outcome;
}

}  // namespace signalbus::pipeline
