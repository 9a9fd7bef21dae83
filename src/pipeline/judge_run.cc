#include "pipeline/judge_run.h"

#include "pipeline/alert_stage.h"
#include "pipeline/requests.h"
#include "pipeline/stage_words.h"

namespace signalbus::pipeline {

Status judge_run(Doors& doors, const RunDoors& run_doors, const settings::Settings& settings,
                 const RunRequest& request, RunOutcome& outcome) {
  if (run_doors.alerts.book == nullptr) return Ok{};
  const AlertRequest about{
      .mode = request.mode,
      .account = account_of(settings, request.mode),
      .date = request.run_date,
      .run = request.run_date.compact() + "-" + std::to_string(outcome.run.number),
      .outcome = outcome_words(outcome),
      .went_well = outcome.exit_code == 0};
  alerts::Evaluation evaluation{
      .date = request.run_date, .values = {}, .measured = {alerts::Source::kRun}};
  SB_TRY(evaluation.values, facts_of_run(outcome, about, run_doors.journal, run_doors.alerts));
  if (outcome.measured) {
    const std::vector<RiskValue>& measured = *outcome.measured;
    evaluation.values.insert(evaluation.values.end(), measured.begin(), measured.end());
    evaluation.measured.push_back(alerts::Source::kAnalysis);
  }
  Result<AlertOutcome> done = run_alerts(run_doors.alerts, settings, about, evaluation, doors.log);
  if (done.ok()) {
    outcome.alerts = std::move(done).value();
  } else if (done.error().code == ErrorCode::kStorage) {
    return std::move(done).error();
  } else {
    doors.log.line(LogLevel::kWarn, "alerts", "not judged: " + done.error().message);
  }
  return Ok{};
}

}  // namespace signalbus::pipeline
