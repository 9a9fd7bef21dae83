// SqliteJournal: the Journal port on SQLite (WAL, synchronous=FULL), with hash-chained events.
#pragma once

#include <memory>
#include <string>

#include "ports/journal.h"
#include "storage/journal_recording.h"
#include "storage/sqlite.h"

namespace signalbus::storage {

/// See ports/journal.h. An event repeats the newest one of its order when it differs at most in
/// `updated_at`: asking the broker again is no news. Two processes may have it open; writes wait up
/// to 5 s for each other, then fail with kLocked and have changed nothing.
class SqliteJournal final : public Journal {
 public:
  /// Opens or creates it (folder 0700, files 0600). kStorage when it cannot be used, is damaged, or
  /// was written by a newer program; the message names the file.
  static Result<std::unique_ptr<SqliteJournal>> open(const std::string& path);
  /// For tests and `--no-state` looks: gone with the object.
  static Result<std::unique_ptr<SqliteJournal>> open_in_memory();

  Result<std::optional<Batch>> latest_batch(const BatchKey& key) override;
  Status open_batch(const Batch& batch, std::span<const Intent> intents) override;
  /// This and the next four: kNotFound when the journal does not know the batch, kInvalidInput when
  /// it stored it with another plan_hash.
  Result<std::vector<Intent>> intents(const Batch& batch) override;
  /// kInvalidInput, with nothing changed, when an order is not of the batch.
  Status record(const Batch& batch, std::span<const OrderEvent> events,
                std::span<const Fill> fills) override;
  Status close_batch(const Batch& batch, BatchState state, Instant at) override;
  Result<std::vector<OrderRecord>> orders(const Batch& batch) override;
  Result<std::vector<Fill>> fills(const Batch& batch) override;
  /// Symbols with a fill, or with an event that tells of one.
  Result<std::set<Symbol>> traded_symbols(Mode mode, const AccountId& account) override;
  Result<RunRecord> begin_run(Mode mode, TradeDate run_date, Instant at) override;
  Status finish_run(const RunRecord& run, Instant at, int exit_code,
                    const std::string& outcome) override;
  Result<bool> run_succeeded(Mode mode, TradeDate run_date) override;

  /// Walks both hash chains. kStorage naming the first event or fill that was changed, inserted or
  /// removed. What was cut off the end leaves no trace in a chain.
  Status verify_chain();

 private:
  explicit SqliteJournal(std::unique_ptr<Sqlite> database) : database_(std::move(database)) {}

  Result<std::int64_t> key_of(const Batch& batch);

  Status record_inside(const Batch& batch, std::span<const OrderEvent> events,
                       std::span<const Fill> fills);

  std::unique_ptr<Sqlite> database_;
  KnownOrders known_;  ///< Of the batch last written: its one writer is the account's holder.
};

}  // namespace signalbus::storage
