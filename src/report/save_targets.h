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

/// target_contributions_YYYYMMDD.csv in the folder of the targets.
std::string contributions_path(const std::string& targets_path, TradeDate trade_date);

/// Adds that file: one row per asset and strategy; before them, with asset `*`, one per quarantined
/// strategy with the reason.
void save_contributions(OutputSet& outputs, const Contributions& contributions,
                        const std::string& targets_path);

}  // namespace signalbus::report
