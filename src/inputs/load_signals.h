// Strategy files -> the newest signal of each: CSV and Parquet stream, XLSX is read whole.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "ports/files.h"
#include "ports/progress.h"
#include "signals/merge.h"
#include "signals/policy.h"

namespace signalbus::inputs {

/// What loading several strategies gave: a file that fails quarantines its strategy only.
struct LoadedStrategies {
  std::vector<signals::LoadedStrategy> loaded;
  std::vector<signals::StrategyFailure> failures;
};

/// Reads the strategies' files (paths relative to `root`), keeping the rows of the newest date on
/// or before the run date. `with_previous` also reads the signal before, for signals.max_turnover.
LoadedStrategies load_all_strategies(Files& files, const std::string& root,
                                     const std::vector<signals::StrategySpec>& specs,
                                     TradeDate run_date, bool with_previous, Progress& progress);

/// One strategy. Every row of the file is checked; errors name file, line and value.
Result<signals::LoadedStrategy> load_strategy(Files& files, const std::string& root,
                                              const signals::StrategySpec& spec, TradeDate run_date,
                                              Progress& progress);

}  // namespace signalbus::inputs
