// The only truth that this system writes. Implementations: SqliteJournal (storage), tests use it in
// memory.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "book/account.h"
#include "book/orders.h"
#include "core/result.h"

namespace signalbus {

/// What the exit gate decides with, read in the transaction that makes the write-ahead durable.
struct GateFacts {
  ControlRecord control;
  DayUse day;  ///< Of the batch's account and run date, with what this call let through before.
};

/// Lets one POST out (Ok) or says why not: kHalted, kLimitExceeded. Pure.
using ExitGate = std::function<Status(const GateFacts&, const WriteAhead&)>;

/// Called from one thread. Every function that writes returns only after the change is durable; a
/// write or sync error is kStorage, and the caller must end the process without a further write.
class Journal {
 public:
  virtual ~Journal() = default;

  /// The newest batch (highest number) of the key, if any.
  virtual Result<std::optional<Batch>> latest_batch(const BatchKey& key) = 0;

  /// Stores the batch, all its intents and what moves between strategies with it, in one
  /// transaction. kInvalidInput when that number exists.
  virtual Status open_batch(const Batch& batch, std::span<const Intent> intents,
                            std::span<const SleeveMove> moves) = 0;
  Status open_batch(const Batch& batch, std::span<const Intent> intents) {
    return open_batch(batch, intents, {});
  }

  /// Adds the legs of a bracket to its batch, closed or not: each with its parent, its state kLive.
  /// Those that it has already change nothing.
  virtual Status add_legs(const Batch& batch, std::span<const Intent> legs) = 0;
  /// Batches of the mode and account with a leg that is not final, oldest first.
  virtual Result<std::vector<Batch>> batches_with_open_legs(Mode mode,
                                                            const AccountId& account) = 0;

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

  /// Makes this object the one writer of that mode: every other that took it over before fails from
  /// now on with kLocked in each function that writes. `holder` names the process for people.
  /// Without it functions that write work only where nobody ever took over anything, and
  /// set_control(), add_override() and acknowledge() always.
  virtual Status take_over(Mode mode, const std::string& holder, Instant at) = 0;
  /// Writes beside the present holder of the mode, as a part of it that runs as its own process.
  virtual Status join_holder(Mode mode) = 0;

  /// Every batch that is still open, of all modes and accounts, oldest first.
  virtual Result<std::vector<Batch>> all_open_batches() = 0;
  /// Those of the mode and account.
  virtual Result<std::vector<Batch>> open_batches(Mode mode, const AccountId& account) = 0;

  /// Whether any batch ever had an order of that id.
  virtual Result<bool> knows(const ClientOrderId& id) = 0;

  /// In one transaction, for each in turn: asks `gate`; where it agrees stores the body
  /// (kInvalidInput when another one was stored before), adds one to the intent's posts, records
  /// kSubmitting, and at the first post counts it into the day's use. Gives the gate's answers, in
  /// order; the POSTs of those that are Ok may leave once this has returned.
  virtual Result<std::vector<Status>> write_ahead(const Batch& batch,
                                                  std::span<const WriteAhead> posts,
                                                  const ExitGate& gate) = 0;

  /// The trading state; kNormal without a reason when it was never set.
  virtual Result<ControlRecord> control() = 0;
  /// Durable when it returns; works while another process holds the account. Kept as history.
  virtual Status set_control(const ControlRecord& record) = 0;

  virtual Result<DayUse> day_use(Mode mode, const AccountId& account, TradeDate date) = 0;
  /// Keeps the first value of each date, and gives the marks of `date`.
  virtual Result<EquityMarks> mark_equity(Mode mode, const AccountId& account, TradeDate date,
                                          Money equity) = 0;

  /// The first day that has a mark; nullopt: none has.
  virtual Result<std::optional<TradeDate>> first_equity_mark(Mode mode,
                                                             const AccountId& account) = 0;

  virtual Status add_override(const Override& permission) = 0;
  /// Unused permissions that have not expired at `at`, oldest first.
  virtual Result<std::vector<Override>> unused_overrides(Instant at) = 0;
  /// Uses up the oldest unused permission for the rule that has not expired at `at`, if any.
  virtual Result<std::optional<Override>> use_override(const std::string& rule, Instant at) = 0;

  /// All moves, and all fills with the shares of their intents, of a mode and account, in the order
  /// they were recorded: what per-strategy books are folded from. They are the journal's own and
  /// stay until it is asked again.
  virtual Result<std::span<const SleeveEntry>> sleeve_entries(Mode mode,
                                                              const AccountId& account) = 0;

  virtual Status acknowledge(Mode mode, const AccountId& account, const Acknowledgement& seen) = 0;
  virtual Result<std::vector<Acknowledgement>> acknowledgements(Mode mode,
                                                                const AccountId& account) = 0;

  /// Where reconciliation counts from; the newest one that was set, if any.
  virtual Result<std::optional<Baseline>> baseline(Mode mode, const AccountId& account) = 0;
  virtual Status set_baseline(Mode mode, const AccountId& account, const Baseline& baseline) = 0;
  /// Every batch of the mode and account opened at that moment or later, oldest first.
  virtual Result<std::vector<Batch>> batches_since(Mode mode, const AccountId& account,
                                                   Instant opened) = 0;

  /// Records the start of a run and returns it with its number within the date.
  virtual Result<RunRecord> begin_run(Mode mode, TradeDate run_date, Instant at) = 0;
  /// `outcome` in a few words, with the exit code.
  virtual Status finish_run(const RunRecord& run, Instant at, int exit_code,
                            const std::string& outcome) = 0;

  /// Whether a run of that mode for the date ended with exit code 0 (the daemon's "done today").
  virtual Result<bool> run_succeeded(Mode mode, TradeDate run_date) = 0;
};

}  // namespace signalbus
