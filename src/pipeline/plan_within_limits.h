// Planning within the risk limits: what a limit refuses is left out, and the rest is planned anew.
#pragma once

#include "core/result.h"
#include "pipeline/plan_stage.h"
#include "planning/plan_orders.h"

namespace signalbus::pipeline {

/// The plan of what no limit refuses; `input.refused` gains the names that one did, with its words.
/// kLimitExceeded when a limit of the whole batch refuses it.
Result<RebalancePlan> plan_within_limits(Doors& doors, const PlanSources& ask,
                                         planning::PlanInput& input, const PlanRequest& request);

}  // namespace signalbus::pipeline
