// The checks of `signalbus doctor`: each passes, warns or fails, and says how to mend it.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"

namespace signalbus::app {

class Session;

enum class Health { kPass, kWarn, kFail };

struct Check {
  std::string name;  ///< keys, network, clock, ...
  Health health;
  std::string found;  ///< What is, in a sentence without secrets.
  std::string fix;    ///< What to do; empty when it passed.
  int exit_code = 0;  ///< Of a failure.
};

/// Runs every check, less those that need a failed one. Reads only: nothing is traded, and on
/// disk only a probe file is written and removed.
std::vector<Check> run_checks(Session& session);

}  // namespace signalbus::app
