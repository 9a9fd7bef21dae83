// The last step of a run: its facts and what M6 measured against the alert rules.
#pragma once

#include "core/result.h"
#include "pipeline/run_once.h"

namespace signalbus::pipeline {

/// Alerts come last: they see how everything ended. Nothing but a journal that cannot be written
/// makes a run fail by them.
Status judge_run(Doors& doors, const RunDoors& run_doors, const settings::Settings& settings,
                 const RunRequest& request, RunOutcome& outcome);

}  // namespace signalbus::pipeline
