// data/runs/YYYYMMDD-N: a copy of every output of a run and its manifest, so that no later run
// overwrites evidence.
#pragma once

#include <string>

#include "core/result.h"
#include "pipeline/run_once.h"

namespace signalbus::pipeline {

/// Adds to the outcome the outputs that this process did not write itself but that belong to the
/// run: those of the run that planned the batch, and those of stages in processes of their own.
void list_other_files(Files& files, const Workspace& workspace, const settings::Settings& settings,
                      const RunRequest& request, RunOutcome& outcome);

/// Links every output into the run's folder and writes manifest.json there: hashes of inputs and
/// outputs, configuration with secrets masked, version, timings, notes.
Status archive_run(Doors& doors, const Workspace& workspace, const settings::Settings& settings,
                   const RunRequest& request, const RunOutcome& outcome);

/// The folder of the run's number; the next free one when the journal was lost and counts anew.
std::string free_archive(const Files& files, const Workspace& workspace, const RunRecord& run);

}  // namespace signalbus::pipeline
