// DayRunner: one run of the pipeline for a date, as `run` and `demo` make it.
#pragma once

#include "app/session.h"
#include "pipeline/run_once.h"

namespace signalbus::app {

/// What every run of this process shares; all of it must outlive this.
struct DayRunner {
  Session& session;
  const Options& options;
  const pipeline::Manifest& manifest;
  Journal& journal;
  pipeline::Spawn spawn = {};

  /// See pipeline::run_once. kLimitExceeded in paper and live for a day without a session, or one
  /// about which our calendar and the broker's contradict each other.
  /// That it could not begin is an alert.
  Result<pipeline::RunOutcome> run(TradeDate date) const;

 private:
  Result<pipeline::RunOutcome> run_stages(TradeDate date) const;
};

}  // namespace signalbus::app
