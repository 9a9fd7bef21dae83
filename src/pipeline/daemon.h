// The scheduler's loop: one run per session date, at the configured time, until asked to stop.
#pragma once

#include <functional>

#include "core/result.h"
#include "pipeline/workspace.h"
#include "ports/journal.h"
#include "settings/settings.h"

namespace signalbus::pipeline {

struct DaemonDoors {
  Journal& journal;
  std::function<bool()> stop_requested;  ///< After TERM or INT.
  std::function<int(TradeDate)> run;     ///< Runs one date; returns its exit code.
  /// Called now and then while nothing is due for minutes: what may take a while and hurts nobody.
  std::function<void()> idle = {};
};

struct DaemonRequest {
  Mode mode;
  AccountId account;
  settings::SchedulerSettings schedule;
};

/// Finishes what a crash left open, then sleeps and runs. A date whose run succeeded before is not
/// run again, however often the daemon is restarted. A stop is honoured between runs: a run that
/// has begun is finished. Returns Ok when stopped.
Status run_daemon(Doors& doors, const DaemonDoors& daemon, const DaemonRequest& request);

}  // namespace signalbus::pipeline
