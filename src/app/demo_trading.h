// DemoTrading: a demo's days through the same runs as any other day, on the embedded exchange.
#pragma once

#include <memory>
#include <optional>

#include "app/account_guard.h"
#include "app/day_runner.h"
#include "app/demo_days.h"

namespace signalbus::app {

class DemoTrading {
 public:
  /// Takes account and journal as `run --once` would, with its errors; both arguments outlive this.
  static Result<std::unique_ptr<DemoTrading>> open(Session& session, const Options& options);

  /// One session: the clock is moved to the scheduled time, then the pipeline runs until the day
  /// has an end. What `run` fails with, where trying again is no help; kUnknownOutcome for a day
  /// that found no end.
  Result<DemoDay> trade(TradeDate date);

 private:
  DemoTrading(Session& session, const Options& options) : session_(session), options_(options) {}
  Status start();
  Result<pipeline::RunOutcome> run_to_the_end(DemoDay& day);
  Status count(const pipeline::RunOutcome& outcome, DemoDay& day);
  Status count_faults(DemoDay& day);

  Session& session_;
  const Options& options_;
  pipeline::Manifest manifest_;
  std::optional<AccountGuard> guard_;
  std::unique_ptr<DayRunner> runner_;
  AlpacaLink* link_ = nullptr;
  Counts faults_before_;
  std::int64_t asked_again_before_ = 0;
};

}  // namespace signalbus::app
