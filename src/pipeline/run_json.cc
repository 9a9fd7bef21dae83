// The outcome of a run as one JSON object (--json).
#include "formats/json_writer.h"
#include "pipeline/run_text.h"
#include "pipeline/stage_words.h"

namespace signalbus::pipeline {
namespace {

void write_plan(formats::JsonWriter& json, const PlanOutcome& outcome) {
  const RebalancePlan& plan = outcome.plan;
  json.key("plan").begin_object();
  json.key("trading_state").string(to_text(outcome.control.state));
  json.key("equity").fixed(plan.equity);
  json.key("investable").fixed(plan.investable);
  json.key("sell_notional").fixed(plan.sell_notional);
  json.key("buy_notional").fixed(plan.buy_notional);
  json.key("cash_after").fixed(plan.cash_after);
  json.key("orders").integer(static_cast<std::int64_t>(plan.orders.size()));
  json.key("rows").integer(static_cast<std::int64_t>(plan.rows.size()));
  json.end_object();
}

void write_recon(formats::JsonWriter& json, const ReconcileOutcome& recon) {
  json.key("reconciliation").begin_object();
  json.key("ok").integer(static_cast<std::int64_t>(recon.ok));
  json.key("mismatch").integer(static_cast<std::int64_t>(recon.mismatches));
  json.key("skipped").integer(static_cast<std::int64_t>(recon.skipped));
  json.key("cash").fixed(recon.result.eod.cash);
  json.key("equity").fixed(recon.result.eod.equity);
  write_broker_recon(json, recon);
  json.end_object();
}

/// What is not ok after this run, worst first. A run that judged nothing has no such key.
void write_alerts(formats::JsonWriter& json, const AlertOutcome& outcome) {
  json.key("alerts").begin_array();
  for (const AlertNotice& alert : notices_of(outcome.open)) {
    json.begin_object().key("rule").string(alert.rule).key("scope").string(alert.scope);
    json.key("level").string(to_text(alert.level)).key("since").string(alert.since.iso());
    json.key("sentence").string(alert.sentence);
    json.key("acknowledged").boolean(alert.acknowledged).end_object();
  }
  json.end_array();
}

}  // namespace

std::string run_json(const RunOutcome& outcome, const Workspace& workspace) {
  formats::JsonWriter json(formats::JsonStyle::kCompact);
  json.begin_object();
  json.key("run_date").string(outcome.run.run_date.iso());
  json.key("run").integer(outcome.run.number);
  json.key("mode").string(to_text(outcome.run.mode));
  json.key("exit_code").integer(outcome.exit_code);
  write_stages(json, outcome);
  if (outcome.m2) write_plan(json, *outcome.m2);
  if (outcome.m4) json.key("batch_id").string(outcome.m4->batch.id().get());
  if (outcome.m5) write_recon(json, *outcome.m5);
  if (outcome.alerts) write_alerts(json, *outcome.alerts);
  json.key("root").string(workspace.root);
  json.key("files").begin_array();
  for (const std::string& file : outcome.files) json.string(file);
  json.end_array();
  json.key("archive").string(outcome.archive);
  json.end_object();
  return json.take() + "\n";
}

}  // namespace signalbus::pipeline
