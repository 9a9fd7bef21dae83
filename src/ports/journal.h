// The only truth that this system writes. Implementations: SqliteJournal (storage), tests use it in
// memory.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <vector>

#include "book/orders.h"
#include "core/result.h"

namespace signalbus {

/// Called from one thread. Every function that writes returns only after the change is durable; a
/// write or sync error is kStorage, and the caller must end the process without a further write.
class Journal {
 public:
  virtual ~Journal() = default;

  /// The newest batch (highest number) of the key, if any.
  virtual Result<std::optional<Batch>> latest_batch(const BatchKey& key) = 0;

  /// Stores the batch and all its intents in one transaction. kInvalidInput when that number
  /// exists.
  virtual Status open_batch(const Batch& batch, std::span<const Intent> intents) = 0;

  /// Intents of a batch by sequence, each with its newest state.
  virtual Result<std::vector<Intent>> intents(const Batch& batch) = 0;

  /// Appends events and fills in one transaction. An event that repeats the newest state of its
  /// order and a fill with a known execution id change nothing.
  virtual Status record(const Batch& batch, std::span<const OrderEvent> events,
                        std::span<const Fill> fills) = 0;

  /// Marks the batch finished or ended.
  virtual Status close_batch(const Batch& batch, BatchState state, Instant at) = 0;

  /// Orders of a batch with their newest event, by sequence; only those that have one.
  virtual Result<std::vector<OrderRecord>> orders(const Batch& batch) = 0;
  /// Executions of a batch in the order they were recorded.
  virtual Result<std::vector<Fill>> fills(const Batch& batch) = 0;

  /// Every symbol this system ever traded in that mode and account: holdings that are ours.
  virtual Result<std::set<Symbol>> traded_symbols(Mode mode, const AccountId& account) = 0;

  /// Records the start of a run and returns it with its number within the date.
  virtual Result<RunRecord> begin_run(Mode mode, TradeDate run_date, Instant at) = 0;
  /// `outcome` in a few words, with the exit code.
  virtual Status finish_run(const RunRecord& run, Instant at, int exit_code,
                            const std::string& outcome) = 0;

  /// Whether a run of that mode for the date ended with exit code 0 (the daemon's "done today").
  virtual Result<bool> run_succeeded(Mode mode, TradeDate run_date) = 0;
};

}  // namespace signalbus
