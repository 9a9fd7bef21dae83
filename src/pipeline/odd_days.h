// What a careful reader must know about the day of a run.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "pipeline/plan_stage.h"
#include "pipeline/workspace.h"

namespace signalbus::pipeline {

/// Simulated books are a chain of days: what breaks the chain is allowed, but never unsaid.
Status note_odd_days(const Files& files, const Workspace& workspace, TradeDate run_date,
                     const PlanRequest& plan, std::vector<std::string>& notes);

/// Name of the newest targets file in the folder that is of an earlier day; empty: there is none.
Result<std::string> find_targets_before(const Files& files, const std::string& folder,
                                        TradeDate run_date);

}  // namespace signalbus::pipeline
