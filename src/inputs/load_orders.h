// Files that an earlier stage wrote: planned orders, the rebalance plan, the execution log.
#pragma once

#include <string>
#include <vector>

#include "book/plan.h"
#include "book/recon.h"
#include "core/result.h"
#include "ports/files.h"

namespace signalbus::inputs {

/// Reads planned_orders.csv. The specification's seven columns suffice (an order without ref_price
/// is kInvalidInput: nothing could check it); our extra ones are used when there.
Result<std::vector<PlannedOrder>> read_planned_orders(Files& files, const std::string& path);

/// Reads rebalance_plan.csv, one row per target and holding.
Result<std::vector<PlanRow>> read_rebalance_plan(Files& files, const std::string& path);

/// Reads execution_log.csv; an absent file is an empty log.
Result<std::vector<ExecutionLogRow>> read_execution_log(Files& files, const std::string& path);

}  // namespace signalbus::inputs
