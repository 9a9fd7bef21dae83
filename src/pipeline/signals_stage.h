// M1: strategy files -> consolidated targets on disk.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "pipeline/workspace.h"
#include "signals/merge.h"
#include "signals/policy.h"

namespace signalbus::pipeline {

struct SignalsRequest {
  std::string root;  ///< Strategy paths are relative to it.
  std::vector<signals::StrategySpec> manifest;
  signals::MergeRequest merge;
  signals::SignalPolicy signals;
  signals::WeightPolicy weights;
  std::string out_path;  ///< .parquet or .csv
};

struct SignalsOutcome {
  signals::MergedTargets merged;
  std::vector<std::string> inputs;  ///< Strategy files read.
  std::vector<std::string> files;   ///< Written.
  std::string targets_sha256;       ///< Of the targets file.
  std::string contributions_path;
  std::string contributions_sha256;
};

/// Reads the strategies and decides the targets. Errors: as the readers and
/// signals::merge_for_date. Writes nothing.
Result<signals::MergedTargets> decide_signals(Doors& doors, const SignalsRequest& request);

/// Writes what was decided. kStorage when a file cannot be written; then none was.
Result<SignalsOutcome> save_signals(Doors& doors, const SignalsRequest& request,
                                    signals::MergedTargets merged);

/// Both. On any error nothing was written.
Result<SignalsOutcome> run_signals(Doors& doors, const SignalsRequest& request);

}  // namespace signalbus::pipeline
