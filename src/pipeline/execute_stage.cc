#include "pipeline/execute_stage.h"

#include <algorithm>
#include <map>

#include "core/text.h"
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

OrderEvent submitting(const Intent& intent, const PriceBook& market, Instant now) {
  const PricePoint* point = market.find(intent.order.symbol);
  OrderEvent event = abandoned(intent, "", now);
  event.state = OrderState::kSubmitting;
  if (point != nullptr) event.price_used = point->price;
  return event;
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

/// A batch with its intents as the journal has them.
struct StoredBatch {
  Batch batch;
  std::vector<Intent> intents;
  std::size_t refused;  ///< Orders that the gate refused.
};

/// Opens the batch with every order as an intent; what the gate refused is abandoned at once, so
/// that each planned order has a recorded fate.
Result<StoredBatch> open_batch(Doors& doors, const ExecuteDoors& execute,
                               const ExecutablePlan& plan, const ExecuteRequest& request,
                               int number) {
  SB_TRY(const Refusals refusals, check_gate(plan, execute.market, request.risk));
  Batch batch{request.key, number, BatchState::kOpen, plan.plan_hash, doors.clock.now()};
  std::vector<Intent> intents = execution::make_intents(plan.orders, batch, request.id_prefix);
  SB_TRY_OK(execute.journal.open_batch(batch, intents));
  std::vector<OrderEvent> events;
  for (Intent& intent : intents) {
    const auto at = refusals.find(intent.order.symbol);
    if (at == refusals.end()) continue;
    doors.log.line(LogLevel::kWarn, "m4", intent.order.symbol.text() + ": " + at->second);
    events.push_back(abandoned(intent, at->second, batch.opened_at));
    intent.state = OrderState::kAbandoned;
  }
  if (!events.empty()) SB_TRY_OK(execute.journal.record(batch, events, {}));
  return StoredBatch{std::move(batch), std::move(intents), events.size()};
}

/// An earlier batch as it stands; a finished one needs no intents.
Result<StoredBatch> read_batch(Journal& journal, const Batch& batch) {
  if (batch.state != BatchState::kOpen) return StoredBatch{batch, {}, 0};
  SB_TRY(std::vector<Intent> intents, journal.intents(batch));
  return StoredBatch{batch, std::move(intents), 0};
}

/// Sends one intent whose write-ahead is durable. After a crash the broker is asked first: the
/// order may have arrived; the same id can then only give the same order.
Result<SubmitAnswer> send(Broker& broker, const Intent& intent, bool may_have_been_sent) {
  if (may_have_been_sent) {
    SB_TRY(std::optional<SubmitAnswer> known, broker.order(intent.client_order_id));
    if (known) return std::move(*known);
  }
  return broker.submit(intent);
}

/// A second leg goes out only when the first of its symbol is completely filled.
bool first_leg_filled(const Intent& second, const std::vector<Intent>& intents) {
  return std::all_of(intents.begin(), intents.end(), [&](const Intent& first) {
    const bool same = first.order.symbol == second.order.symbol && first.order.leg() == 1;
    return !same || first.state == OrderState::kSimulated || first.state == OrderState::kFilled;
  });
}

/// Sends every open intent of one phase: one synced write-ahead for all, then each, then one synced
/// record of the answers. The intents get the states that were recorded.
Status send_phase(Doors& doors, const ExecuteDoors& execute, const Batch& batch, int phase,
                  std::vector<Intent>& intents) {
  std::vector<OrderEvent> events;
  std::vector<Intent*> to_send;
  for (Intent& intent : intents) {
    if (is_final(intent.state) || execution::phase_of(intent.order) != phase) continue;
    if (phase == 2 && !first_leg_filled(intent, intents)) {
      events.push_back(abandoned(intent, "the first leg did not fill", doors.clock.now()));
      intent.state = OrderState::kAbandoned;
      continue;
    }
    to_send.push_back(&intent);
    events.push_back(submitting(intent, execute.market, doors.clock.now()));
  }
  if (events.empty()) return Ok{};
  SB_TRY_OK(execute.journal.record(batch, events, {}));
  events.clear();
  std::vector<Fill> fills;
  for (Intent* intent : to_send) {
    const bool maybe_sent = intent->state != OrderState::kPlanned;
    SB_TRY(SubmitAnswer answer, send(execute.broker, *intent, maybe_sent));
    intent->state = answer.event.state;
    events.push_back(std::move(answer.event));
    fills.insert(fills.end(), answer.fills.begin(), answer.fills.end());
  }
  return execute.journal.record(batch, events, fills);
}

/// A batch is finished only when every order is; until then the next run resumes it.
Status check_all_final(const Batch& batch, const std::vector<Intent>& intents) {
  const auto open = std::count_if(intents.begin(), intents.end(),
                                  [](const Intent& intent) { return !is_final(intent.state); });
  if (open == 0) return Ok{};
  return Error{ErrorCode::kUnknownOutcome, "batch " + batch.id().get() + ": " +
                                               counted(static_cast<std::size_t>(open), "order") +
                                               " without a final state; run again to resume it"};
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
  switch (outcome.decision.kind) {
    case BatchDecision::Kind::kAlreadyDone:
      return "batch " + id + " is finished, nothing was sent; --again opens the next batch";
    case BatchDecision::Kind::kResume:
      return "batch " + id + " was resumed and is finished";
    case BatchDecision::Kind::kOpenNew:
      break;
  }
  return "batch " + id + ": " + counted(outcome.orders.size(), "order") + ", " +
         std::to_string(outcome.refused) + " refused by risk limits";
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

Result<ExecuteOutcome> run_execute(Doors& doors, const ExecuteDoors& execute,
                                   const std::optional<ExecutablePlan>& plan,
                                   const ExecuteRequest& request) {
  SB_TRY(const std::optional<Batch> latest, execute.journal.latest_batch(request.key));
  const BatchDecision decision = execution::decide_batch(latest, request.again);
  const bool opens = decision.kind == BatchDecision::Kind::kOpenNew;
  SB_CHECK(!opens || plan.has_value());
  SB_TRY(StoredBatch stored, opens ? open_batch(doors, execute, *plan, request, decision.number)
                                   : read_batch(execute.journal, *latest));
  Batch& batch = stored.batch;
  if (batch.state == BatchState::kOpen) {
    for (int phase = 0; phase < execution::kPhases; ++phase) {
      SB_TRY_OK(send_phase(doors, execute, batch, phase, stored.intents));
    }
    SB_TRY_OK(check_all_final(batch, stored.intents));
    SB_TRY_OK(execute.journal.close_batch(batch, BatchState::kFinished, doors.clock.now()));
    batch.state = BatchState::kFinished;
  }
  ExecuteOutcome outcome{decision, std::move(batch), {}, stored.refused, 0, {}};
  SB_TRY_OK(write_views(doors, execute.journal, request, outcome));
  doors.log.line(LogLevel::kInfo, "m4", describe(outcome));
  return outcome;
}

}  // namespace signalbus::pipeline
