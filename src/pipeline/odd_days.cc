#include "pipeline/odd_days.h"

#include <algorithm>

#include "core/paths.h"

namespace signalbus::pipeline {

Status note_odd_days(const Files& files, const Workspace& workspace, TradeDate run_date,
                     const PlanRequest& plan, std::vector<std::string>& notes) {
  SB_TRY(const std::string newest,
         find_latest_positions_file(files, workspace.outputs(), TradeDate::from_days(80'000)));
  const std::string name = file_name(newest);
  if (name > "positions_eod_" + run_date.compact() + ".csv") {
    notes.push_back(name +
                    " is of a later day: what this run trades is not in it, nor in the "
                    "days after it");
  }
  // Beyond dry the broker says what is held.
  const bool from_nothing = plan.mode == Mode::kDry && plan.positions_path.empty();
  if (from_nothing && !plan.traded_symbols.empty()) {
    notes.push_back("there are no positions before " + run_date.iso() +
                    ", although the journal knows trades: the plan starts with nothing held; if "
                    "that is wrong, restore data/outputs from data/runs");
  }
  return Ok{};
}

Result<std::string> find_targets_before(const Files& files, const std::string& folder,
                                        TradeDate run_date) {
  constexpr std::string_view kPrefix = "targets_consolidated_";
  SB_TRY(const std::vector<std::string> names, files.list(folder));
  std::string newest;
  for (const std::string& name : names) {
    if (!name.starts_with(kPrefix) || !has_extension(name, ".parquet")) continue;
    const Result<TradeDate> date =
        TradeDate::parse(std::string_view(name).substr(kPrefix.size(), 8));
    if (date.ok() && date.value() < run_date) newest = std::max(newest, name);
  }
  return newest;
}

}  // namespace signalbus::pipeline
