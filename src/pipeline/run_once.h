// M3: one run of M1 -> M2 -> M4 -> M5 -> M6 for a date, with its archive, whatever happens on the
// way.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "pipeline/alert_stage.h"
#include "pipeline/analyze_stage.h"
#include "pipeline/requests.h"
#include "ports/broker.h"
#include "ports/journal.h"

namespace signalbus::pipeline {

/// How a stage of its own process ended.
struct SpawnAnswer {
  int exit_code;
  /// The JSON of its result: its work is done, whatever else the code says. Empty: it has none.
  std::string result;
};

/// Runs a stage as a command of its own (--isolate), given its arguments. The time limit is in
/// seconds, absent for none; a stage past it is ended and counts as failed.
using Spawn = std::function<Result<SpawnAnswer>(const std::vector<std::string>& arguments,
                                                std::optional<std::int64_t> timeout_seconds)>;

struct RunRequest {
  TradeDate run_date;
  Mode mode;
  bool again = false;          ///< Trade a finished batch once more.
  std::set<std::string> skip;  ///< Stage names that do not run.
  std::set<std::string> only;  ///< When not empty, only these run.
  std::string version;         ///< For the manifest.
  Spawn spawn;                 ///< Set: every stage runs in a process of its own.
};

/// What a run works with besides the stages' doors.
struct RunDoors {
  Journal& journal;
  /// Where M4 sends the orders of the mode; `market` outlives it.
  std::function<Result<ExecuteDoors>(const PriceBook& market)> execute;
  PlanSources plan = {};               ///< Whom M2 asks; nobody: files.
  AlertDoors alerts = {};              ///< Without a book, nothing alerts.
  ActivityBook* activities = nullptr;  ///< Where M5 keeps cash flows and M6 finds them.
};

enum class StageState { kDone, kFailed, kSkipped, kDoneBefore };

struct StageReport {
  std::string name;  ///< m1 … m6
  StageState state;
  std::string message;  ///< Why it failed or was skipped; a sentence of result else.
  std::int64_t micros;
  int exit_code;
};

struct RunOutcome {
  RunRecord run;
  std::vector<StageReport> stages;
  std::vector<std::string> notes;
  std::optional<SignalsOutcome> m1 = std::nullopt;
  std::optional<PlanOutcome> m2 = std::nullopt;
  std::optional<ExecuteOutcome> m4 = std::nullopt;
  std::optional<ReconcileOutcome> m5 = std::nullopt;
  std::optional<AnalyzeOutcome> m6 = std::nullopt;
  /// What M5 left unexplained, a sentence each, and what M6 measured, whoever ran them; absent when
  /// they did not.
  std::optional<std::vector<std::string>> open_differences = std::nullopt;
  std::optional<std::vector<RiskValue>> measured = std::nullopt;
  std::optional<AlertOutcome> alerts = std::nullopt;
  std::vector<SleeveResult> sleeves = {};  ///< What each strategy owns in the end.
  std::vector<std::string> files;          ///< Every output of this run.
  std::string archive;                     ///< data/runs/YYYYMMDD-N
  int exit_code;
};

/// Runs the stages. A failed stage stops those that depend on it, never M5: what was done is always
/// reconciled. A finished batch of the date is left alone. kStorage when the journal or the archive
/// cannot be written; every other failure is in the outcome.
Result<RunOutcome> run_once(Doors& doors, const RunDoors& run_doors, const Workspace& workspace,
                            const settings::Settings& settings, const Manifest& manifest,
                            const RunRequest& request);

/// The exit code of several failures: storage before lock, unknown outcome, halt, broker, risk,
/// input, usage, differences.
int worst_exit_code(const std::vector<int>& codes);

/// The stages as the specification's separate commands (without the program's name).
std::vector<std::string> build_m1_cmd(const Workspace& workspace,
                                      const settings::Settings& settings, TradeDate run_date);
std::vector<std::string> build_m2_cmd(const Workspace& workspace, const std::string& targets_path,
                                      TradeDate run_date);
std::vector<std::string> build_m4_cmd(const Workspace& workspace, Mode mode, TradeDate run_date,
                                      bool again);
std::vector<std::string> build_m5_cmd(const Workspace& workspace,
                                      const settings::Settings& settings, Mode mode,
                                      TradeDate run_date);
std::vector<std::string> build_m6_cmd(const Workspace& workspace, Mode mode, TradeDate run_date);

}  // namespace signalbus::pipeline
