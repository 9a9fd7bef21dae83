// Orders from rebalance_plan.csv, for a workspace that lost its planned_orders.csv.
#pragma once

#include <span>
#include <vector>

#include "book/plan.h"
#include "core/result.h"

namespace signalbus::execution {

/// One plain DAY market order per BUY or SELL row, two where the row changes side, sells first,
/// each by notional descending, then symbol. Bracket and limit prices are not in the plan file, so
/// none are invented. kInvalidInput for a row that trades without symbol, price or quantity.
Result<std::vector<PlannedOrder>> derive_orders_from_plan(std::span<const PlanRow> rows);

}  // namespace signalbus::execution
