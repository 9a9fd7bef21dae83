#include "pipeline/execute_stage.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/text.h"
#include "executor/plain_wait.h"
#include "inputs/load_market.h"
#include "pipeline/broker_check.h"
#include "pipeline/risk_facts.h"
#include "pipeline/risk_refusal.h"
#include "report/save_execution.h"
#include "risk/check_orders.h"
#include "sleeves/fold.h"

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

/// What the gate says of a plan, and the permissions that were used up to let it pass.
struct GateAnswer {
  Refusals refusals;
  std::vector<Granted> granted;
};

FactSources sources_of(const ExecuteDoors& execute, const ExecuteRequest& request) {
  Broker* broker = execute.venue == nullptr ? nullptr : &execute.broker;
  return {&execute.journal, broker, execute.venue, execute.fresh, request.sectors_path};
}

/// The account as it is now: the broker's word, or what a rehearsal starts from.
Result<AccountSeen> account_now(const ExecuteDoors& execute, const ExecuteRequest& request) {
  if (execute.venue == nullptr) return request.rehearsal;
  SB_TRY(const BrokerAccount account, execute.broker.account());
  SB_TRY(Holdings holdings, execute.broker.positions());
  return AccountSeen{account.equity, std::move(holdings)};
}

Result<GateAnswer> check_gate(Doors& doors, const ExecuteDoors& execute, const ExecutablePlan& plan,
                              const ExecuteRequest& request, const AccountSeen& seen) {
  const risk::AccountState account{plan.starting_cash, plan.base, plan.rounding_allowance};
  SB_TRY(risk::PlanFacts facts, gather_risk_facts(doors.files, sources_of(execute, request),
                                                  request.key, request.risk, plan.orders, seen));
  SB_TRY(OverriddenVerdict checked,
         check_with_overrides(doors, execute.journal, plan.orders, execute.market, account,
                              request.risk, std::move(facts)));
  SB_TRY_OK(refuse_batch_if(checked.verdict.batch));
  GateAnswer answer{{}, std::move(checked.granted)};
  for (const risk::RefusedOrder& refused : checked.verdict.refused) {
    answer.refusals.emplace(refused.order.symbol, "risk_limit: " + refused.breach.words);
  }
  return answer;
}

struct StoredBatch {
  Batch batch;
  std::size_t refused;  ///< Orders that the gate refused.
  std::vector<Granted> granted;
  AccountSeen seen;  ///< By the gate.
};

/// Whose each order is: the plan's shares, which stand in the plan's order.
void give_shares(const ExecutablePlan& plan, std::vector<Intent>& intents) {
  if (plan.sleeves.shares.empty()) return;
  SB_CHECK(plan.sleeves.shares.size() == plan.orders.size());
  std::map<std::tuple<Symbol, Side, int>, std::size_t> place;
  for (std::size_t i = 0; i < plan.orders.size(); ++i) {
    const PlannedOrder& order = plan.orders[i];
    place.emplace(std::tuple(order.symbol, order.side, order.leg()), i);
  }
  for (Intent& intent : intents) {
    const PlannedOrder& order = intent.order;
    intent.shares =
        plan.sleeves.shares[place.at(std::tuple(order.symbol, order.side, order.leg()))];
  }
}

/// Opens the batch with every order as an intent; what the gate refused is abandoned at once, so
/// that each planned order has a recorded fate.
Result<StoredBatch> open_batch(Doors& doors, const ExecuteDoors& execute,
                               const ExecutablePlan& plan, const ExecuteRequest& request,
                               int number) {
  SB_TRY(AccountSeen seen, account_now(execute, request));
  SB_TRY(GateAnswer gate, check_gate(doors, execute, plan, request, seen));
  const Refusals& refusals = gate.refusals;
  Batch batch{request.key, number, BatchState::kOpen, plan.plan_hash, doors.clock.now()};
  std::vector<Intent> intents = execution::make_intents(plan.orders, batch, request.id_prefix);
  give_shares(plan, intents);
  SB_TRY_OK(execute.journal.open_batch(batch, intents, plan.sleeves.moves));
  std::vector<OrderEvent> events;
  for (const Intent& intent : intents) {
    const auto at = refusals.find(intent.order.symbol);
    if (at == refusals.end()) continue;
    doors.log.line(LogLevel::kWarn, "m4", intent.order.symbol.text() + ": " + at->second);
    events.push_back(abandoned(intent, at->second, batch.opened_at));
  }
  if (!events.empty()) SB_TRY_OK(execute.journal.record(batch, events, {}));
  return StoredBatch{std::move(batch), events.size(), std::move(gate.granted), std::move(seen)};
}

/// What the executor may do with the orders of the batch, and asks before each leaves.
executor::Job make_job(const Batch& batch, const ExecuteRequest& request, executor::Gate gate) {
  return {.batch = batch,
          .id_prefix = request.id_prefix,
          .gate = std::move(gate),
          .breaker = make_breaker(request.risk),
          .cash_floor = Money::zero(),
          .quantity_decimals = request.quantity_decimals,
          .min_notional = request.min_notional};
}

executor::Doors ports_of(Doors& doors, const ExecuteDoors& execute, OrderHints& wait) {
  return {execute.broker, execute.journal,
          doors.clock,    execute.hints != nullptr ? *execute.hints : wait,
          doors.log,      execute.venue,
          execute.fresh};
}

/// Before anything new: what earlier batches left, and the limits of the day. A halt only ends the
/// call where there is no open batch whose orders it must cancel.
Result<executor::Outcome> settle_before(Doors& doors, const ExecuteDoors& execute,
                                        const std::optional<Batch>& latest,
                                        const ExecuteRequest& request) {
  if (execute.venue == nullptr) return executor::Outcome{};
  executor::PlainWait wait(doors.clock);
  const executor::Doors ports = ports_of(doors, execute, wait);
  const BatchKey& key = request.key;
  const bool open = latest && latest->state == BatchState::kOpen;
  const std::optional<BatchId> own = open ? std::optional(latest->id()) : std::nullopt;
  SB_TRY(executor::Outcome earlier,
         executor::settle_earlier(ports, key.mode, key.account, request.id_prefix, own,
                                  request.policy));
  const Status start =
      check_run_start(doors, execute.journal, execute.broker, *execute.venue, key, request.risk);
  if (!start.ok() && !(open && start.error().code == ErrorCode::kHalted)) return start.error();
  return earlier;
}

/// What the gate of that batch is told, permissions aside.
Result<GateSetup> gate_setup(Doors& doors, const ExecuteDoors& execute, const Batch& batch,
                             const ExecuteRequest& request, const AccountSeen& seen) {
  GateSetup setup;
  setup.equity = seen.equity;
  if (execute.venue == nullptr) setup.rehearsal = seen.holdings;  // else the broker says it anew
  if (!asks_symbol_facts(request.risk)) return setup;
  std::vector<PlannedOrder> orders;
  SB_TRY(const std::vector<Intent> intents, execute.journal.intents(batch));
  for (const Intent& intent : intents) orders.push_back(intent.order);
  SB_TRY(setup.symbols, gather_symbol_facts(doors.files, sources_of(execute, request), request.key,
                                            request.risk, orders, seen.holdings, batch.id()));
  return setup;
}

/// Takes the batch to its end.
Result<executor::Outcome> execute_batch(Doors& doors, const ExecuteDoors& execute,
                                        const Batch& batch, const ExecuteRequest& request,
                                        std::vector<Granted> granted,
                                        std::optional<AccountSeen> seen) {
  executor::Outcome end;
  end.state = batch.state;
  if (batch.state != BatchState::kOpen) return end;
  executor::PlainWait wait(doors.clock);
  if (!seen) {
    SB_TRY(seen, account_now(execute, request));
  }
  SB_TRY(GateSetup setup, gate_setup(doors, execute, batch, request, *seen));
  setup.granted = std::move(granted);
  executor::Policy policy = request.policy;
  if (execute.venue == nullptr) policy.patience.settle = 0;  // nothing is on its way anywhere
  return executor::execute(ports_of(doors, execute, wait),
                           make_job(batch, request, make_exit_gate(request.risk, std::move(setup))),
                           policy);
}

/// Views of the journal: the log gains what it does not have, the fills are those of the batch.
Status write_views(Doors& doors, Journal& journal, const ExecuteRequest& request,
                   ExecuteOutcome& outcome) {
  SB_TRY(std::vector<OrderRecord> records, journal.orders(outcome.batch));
  SB_TRY(const std::vector<Fill> fills, journal.fills(outcome.batch));
  std::vector<ExecutionLogRow> rows;
  std::vector<Intent> intents;  // what filled has a record
  for (OrderRecord& record : records) {
    intents.push_back(record.intent);
    // A row says how an order ended, or that nobody knows. Legs of a bracket live on meanwhile.
    const bool leg = record.intent.is_leg();
    const OrderState state = record.event.state;
    const bool in_doubt = state == OrderState::kUnknown || state == OrderState::kQuarantined;
    if (is_final(state) || in_doubt) rows.push_back(report::log_row_of(record));
    (leg ? outcome.legs : outcome.orders).push_back(std::move(record));
  }
  report::OutputSet outputs;
  SB_TRY(outcome.rows_added,
         report::append_execution_log(doors.files, outputs, request.log_path, rows));
  report::save_filled_orders(outputs, fills, request.fills_path,
                             sleeves::share_fills(fills, intents));
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

std::string ExecuteOutcome::words() const {
  std::string out = "batch " + batch.id().get() + ", " + counted(orders.size(), "order");
  if (end.halted) out += ", halted";
  if (end.unresolved == 0) return out;
  return out + ", " + std::to_string(end.unresolved) +
         " without a final state; run again to resume them";
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
  if (execute.venue != nullptr) {
    SB_TRY_OK(ensure_baseline(doors, {execute.broker, execute.journal},
                              {request.key.mode, request.key.account, request.id_prefix}));
  }
  SB_TRY(executor::Outcome earlier, settle_before(doors, execute, latest, request));
  std::size_t refused = 0;
  std::vector<Granted> granted;
  std::optional<AccountSeen> seen;
  std::optional<Batch> batch = latest;
  if (opens) {
    SB_TRY(StoredBatch stored, open_batch(doors, execute, *plan, request, decision.number));
    batch = std::move(stored.batch);
    refused = stored.refused;
    granted = std::move(stored.granted);
    seen = std::move(stored.seen);
  }
  Result<executor::Outcome> end =
      execute_batch(doors, execute, *batch, request, std::move(granted), std::move(seen));
  // Whatever happened, what is known is written down; without a journal nothing is known.
  if (!end.ok() &&
      (end.error().code == ErrorCode::kStorage || end.error().code == ErrorCode::kLocked)) {
    return std::move(end).error();
  }
  ExecuteOutcome outcome{decision, std::move(*batch), {}, {}, refused, 0, {}, {}};
  SB_TRY_OK(write_views(doors, execute.journal, request, outcome));
  if (!end.ok()) return std::move(end).error();
  outcome.end = std::move(end).value();
  outcome.batch.state = outcome.end.state;
  outcome.end.unresolved += earlier.unresolved;
  outcome.end.notes.insert(outcome.end.notes.begin(), earlier.notes.begin(), earlier.notes.end());
  doors.log.line(LogLevel::kInfo, "m4", describe(outcome));
  return outcome;
}

}  // namespace signalbus::pipeline
