// M1's files: consolidated targets and what each strategy contributed.
#pragma once

#include <string>

#include "book/targets.h"
#include "core/result.h"
#include "report/outputs.h"

namespace signalbus::report {

/// Adds targets_consolidated as Parquet or CSV, by the extension of the path. kStorage when the
/// Parquet plug-in cannot be loaded.
Status save_targets(OutputSet& outputs, const TargetBook& targets, const std::string& path);

/// Adds target_contributions_YYYYMMDD.csv to the folder of the targets.
void save_contributions(OutputSet& outputs, const Contributions& contributions,
                        const std::string& targets_path);

}  // namespace signalbus::report
