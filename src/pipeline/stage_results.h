// What M5 and M6 tell the run's alerts: the same whether they ran in its process or in their own.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "formats/json_writer.h"
#include "pipeline/run_once.h"
#include "pipeline/stage_words.h"

namespace signalbus::pipeline {

/// A sentence for each difference that nobody can explain and nobody has acknowledged.
std::vector<std::string> open_differences_of(const ReconcileOutcome& outcome);

/// The key `open_differences` of `reconcile --json`, and `risk` of `analyze --json`, into the open
/// object.
void write_open_differences(formats::JsonWriter& json, std::span<const std::string> sentences);
void write_risk_values(formats::JsonWriter& json, std::span<const RiskValue> values);

/// The same keys of what a stage printed. kInvalidInput, naming the key, for what is not so.
Result<std::vector<std::string>> read_open_differences(std::string_view result);
Result<std::vector<RiskValue>> read_risk_values(std::string_view result);

/// Runs a stage as a command of its own, and takes what it says for the alerts into the outcome.
Result<StageAnswer> spawn_stage(const Spawn& spawn, const std::vector<std::string>& arguments,
                                const settings::StagePolicy& policy, RunOutcome& outcome,
                                RunLog& log);

}  // namespace signalbus::pipeline
