// DemoTrading: a demo's days through the same runs as any other day, on the embedded exchange.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "app/account_guard.h"
#include "app/day_runner.h"
#include "app/demo_days.h"

namespace signalbus::app {

/// Cash and positions as the journal's fills make them: what the exchange must say as well.
struct DemoBooks {
  Money cash;
  std::map<Symbol, Quantity> positions = {};  ///< Never zero.

  void add(const Fill& fill);
};

class DemoTrading {
 public:
  /// Takes account and journal as `run --once` would, with its errors; both arguments outlive this.
  /// `next` is the first session that is not done.
  static Result<std::unique_ptr<DemoTrading>> open(Session& session, const Options& options,
                                                   TradeDate next);

  /// One session: the clock is moved to the scheduled time, the pipeline runs until the day has an
  /// end, journal and exchange are compared. What `run` fails with, where trying again is no help;
  /// kUnknownOutcome for a day that found no end.
  Result<DemoDay> trade(TradeDate date);

 private:
  DemoTrading(Session& session, const Options& options) : session_(session), options_(options) {}
  Status start(TradeDate next);
  Status recall(TradeDate next);
  Result<pipeline::RunOutcome> run_to_the_end(DemoDay& day);
  Status count(const pipeline::RunOutcome& outcome, DemoDay& day);
  Status compare(DemoDay& day);
  void wait_a_minute();
  template <class Ask>
  auto asked(Ask ask) -> decltype(ask());

  Session& session_;
  const Options& options_;
  pipeline::Manifest manifest_;
  std::optional<AccountGuard> guard_;
  std::unique_ptr<DayRunner> runner_;
  AlpacaLink* link_ = nullptr;
  DemoBooks books_{Money::zero()};
  Counts faults_before_;
  std::int64_t asked_again_before_ = 0;
};

}  // namespace signalbus::app
