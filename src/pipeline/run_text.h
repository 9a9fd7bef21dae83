// A run as a page of text for people and as one JSON object for programs.
#pragma once

#include <string>

#include "pipeline/run_once.h"

namespace signalbus::pipeline {

/// What happened and why, at most about sixty lines of 100 columns.
std::string run_page(const RunOutcome& outcome, const Workspace& workspace);

/// One line of JSON: stages, counts, money, notes, files, exit code.
std::string run_json(const RunOutcome& outcome, const Workspace& workspace);

/// Parts of the page, for the stage commands.
std::string signals_section(const signals::MergedTargets& merged);
std::string plan_section(const PlanOutcome& outcome);
std::string execution_section(const ExecuteOutcome& outcome);
std::string recon_section(const ReconcileOutcome& outcome);
std::string files_section(const std::vector<std::string>& files, const Workspace& workspace);

}  // namespace signalbus::pipeline
