// Life: one start of the program in a simulated world: its doors, and a day's work as the pipeline
// does it, from taking the account over to the sweep after a halt.
#pragma once

#include <functional>
#include <string>

#include "alpaca/alpaca_broker.h"
#include "alpaca/alpaca_prices.h"
#include "alpaca/alpaca_venue.h"
#include "executor/executor.h"
#include "sim/process.h"
#include "sim/promises.h"
#include "sim/stream.h"
#include "sim/watched_journal.h"
#include "sim/wire.h"

namespace signalbus::sim {

/// Lines of the program's log, for the trace and the checker.
class WatchedLog final : public RunLog {
 public:
  explicit WatchedLog(Process& process) : process_(process) {}
  void line(LogLevel level, std::string_view stage, std::string_view message) override;

 private:
  Process& process_;
};

/// What the program is asked to do at one start.
struct Task {
  TradeDate day = TradeDate::from_days(0);
  int batches = 0;      ///< The day's batches that are wanted so far; 0: only clear up.
  int orders_max = 10;  ///< Of a new batch.
};

enum class Ending {
  kDone,     ///< Nothing is left to do of the task.
  kNotDone,  ///< To be run again: something is unresolved, or could not be read.
  kHalted
};

class Life {
 public:
  Life(World& world, ProcessId number, Machine& machine, const Promises& promises);

  Process& process() { return process_; }
  /// Opens the journal; `look` sees it before anything is done. False when it cannot be opened.
  bool open_journal(const std::function<void(storage::SqliteJournal&)>& look);
  /// Throws Death when the process is killed.
  Ending work(const Task& task);

 private:
  Result<Ending> try_to_work(const Task& task);
  Result<Batch> open_batch(const Task& task, const BatchKey& key, int number);
  Result<Ending> execute(const Batch& batch);
  executor::Gate gate() const;
  Result<Ending> sweep();
  executor::Doors doors();
  AccountId account() { return AccountId(process_.world().account_id()); }

  const Promises& promises_;
  Process process_;
  Connection connection_;
  SimClock clock_;
  WatchedLog log_;
  Wire wire_;
  alpaca::Channel channel_;
  alpaca::TradingApi trading_;
  alpaca::DataApi data_;
  alpaca::AlpacaBroker broker_;
  alpaca::AlpacaVenue venue_;
  alpaca::AlpacaPrices prices_;
  Stream stream_;
  WatchedJournal journal_;
};

}  // namespace signalbus::sim
