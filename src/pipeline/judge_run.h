// The end of run_once(): what it came to, in words and as alerts.
#pragma once

#include "pipeline/run_once.h"

namespace signalbus::pipeline {

/// "done", or the first stage that failed and why.
std::string outcome_words(const RunOutcome& outcome);

/// Alerts come last: they see how everything ended. Fills outcome.alerts. Nothing but a journal
/// that cannot be written (kStorage) makes a run fail by them.
Status judge_run(Doors& doors, const RunDoors& run_doors, const settings::Settings& settings,
                 const RunRequest& request, RunOutcome& outcome);

}  // namespace signalbus::pipeline
