#include "pipeline/judge_run.h"

namespace signalbus::pipeline {

std::string outcome_words(const RunOutcome& outcome) {
  for (const StageReport& stage : outcome.stages) {
    if (stage.state == StageState::kFailed) return stage.name + " failed: " + stage.message;
  }
  return "done";
}

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
  SB_TRY(std::vector<RiskValue> values,
         facts_of_run(outcome, about, run_doors.journal, run_doors.alerts));
  Result<AlertOutcome> done = run_alerts(
      run_doors.alerts, settings, about,
      {.date = request.run_date, .values = std::move(values), .measured = {alerts::Source::kRun}},
      doors.log);
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
