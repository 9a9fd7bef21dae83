// Spawn: runs a stage as a child process of this program, for --isolate.
#pragma once

#include <string>

#include "app/options.h"
#include "pipeline/run_once.h"

namespace signalbus::app {

/// Children inherit stderr, print their JSON into memory, and find the account's lock through
/// `lock_handle`. A child past its time limit is ended with TERM, then KILL.
pipeline::Spawn make_spawn(const std::string& program, const Options& options,
                           const std::string& lock_handle);

}  // namespace signalbus::app
