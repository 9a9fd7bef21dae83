// SqliteJournal: the ports Journal and AlertBook on SQLite (WAL, synchronous=FULL), with one hash
// chain.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "ports/activity_book.h"
#include "ports/alert_book.h"
#include "ports/files.h"
#include "ports/journal.h"
#include "storage/journal_audit.h"
#include "storage/journal_reading.h"
#include "storage/journal_write.h"
#include "storage/sqlite.h"

namespace signalbus::storage {

/// See ports/journal.h. An event repeats the newest one of its order when it differs at most in
/// `updated_at`: asking the broker again is no news. Several processes may have it open; writes
/// wait up to 5 s for each other, then fail with kLocked and have changed nothing. After a kStorage
/// nothing more is written through the object, not even at its end.
class SqliteJournal final : public Journal, public AlertBook, public ActivityBook {
 public:
  /// Opens or creates it (folder 0700, files 0600). kStorage when it cannot be used, is damaged, or
  /// was written by a newer program; the message names the file.
  static Result<std::unique_ptr<SqliteJournal>> open(
      const std::string& path, Durability durability = Durability::kPowerLoss);
  /// The same on a file system layer registered with SQLite under that name, for tests that lose
  /// power.
  static Result<std::unique_ptr<SqliteJournal>> open_on(const char* vfs, const std::string& path);
  /// For tests and `--no-state` looks: gone with the object.
  static Result<std::unique_ptr<SqliteJournal>> open_in_memory();

  Result<std::optional<Batch>> latest_batch(const BatchKey& key) override;
  using Journal::open_batch;
  Status open_batch(const Batch& batch, std::span<const Intent> intents,
                    std::span<const SleeveMove> moves) override;
  Status add_legs(const Batch& batch, std::span<const Intent> legs) override;
  Result<std::vector<Batch>> batches_with_open_legs(Mode mode, const AccountId& account) override;
  /// This and all below that take a batch: kNotFound when the journal does not know it,
  /// kInvalidInput when it stored it with another plan_hash.
  Result<std::vector<Intent>> intents(const Batch& batch) override;
  /// kInvalidInput, with nothing changed, when an order is not of the batch.
  Status record(const Batch& batch, std::span<const OrderEvent> events,
                std::span<const Fill> fills) override;
  Status close_batch(const Batch& batch, BatchState state, Instant at) override;
  Result<std::vector<OrderRecord>> orders(const Batch& batch) override;
  Result<std::vector<Fill>> fills(const Batch& batch) override;
  /// Symbols with a fill, or with an event that tells of one.
  Result<std::set<Symbol>> traded_symbols(Mode mode, const AccountId& account) override;

  Status take_over(Mode mode, const std::string& holder, Instant at) override;
  Status join_holder(Mode mode) override;
  Result<bool> knows(const ClientOrderId& id) override;
  Result<std::vector<Batch>> all_open_batches() override;
  Result<std::vector<Batch>> open_batches(Mode mode, const AccountId& account) override;
  /// kInvalidInput, with nothing changed, when an order is not of the batch or is final, when the
  /// batch is closed, and when other bytes were stored.
  Result<std::vector<Status>> write_ahead(const Batch& batch, std::span<const WriteAhead> posts,
                                          const ExitGate& gate) override;

  Result<ControlRecord> control() override;
  Status set_control(const ControlRecord& record) override;
  Result<DayUse> day_use(Mode mode, const AccountId& account, TradeDate date) override;
  Result<EquityMarks> mark_equity(Mode mode, const AccountId& account, TradeDate date,
                                  Money equity) override;
  Result<std::optional<TradeDate>> first_equity_mark(Mode mode, const AccountId& account) override;
  Status add_override(const Override& permission) override;
  Result<std::vector<Override>> unused_overrides(Instant at) override;
  Result<std::optional<Override>> use_override(const std::string& rule, Instant at) override;

  Result<std::span<const SleeveEntry>> sleeve_entries(Mode mode, const AccountId& account) override;
  Status acknowledge(Mode mode, const AccountId& account, const Acknowledgement& seen) override;
  Result<std::vector<Acknowledgement>> acknowledgements(Mode mode,
                                                        const AccountId& account) override;

  Result<std::optional<Baseline>> baseline(Mode mode, const AccountId& account) override;
  Status set_baseline(Mode mode, const AccountId& account, const Baseline& baseline) override;
  Result<std::vector<Batch>> batches_since(Mode mode, const AccountId& account,
                                           Instant opened) override;

  Result<RunRecord> begin_run(Mode mode, TradeDate run_date, Instant at) override;
  Status finish_run(const RunRecord& run, Instant at, int exit_code,
                    const std::string& outcome) override;
  Result<bool> run_succeeded(Mode mode, TradeDate run_date) override;

  /// `first` is called before every commit; where it fails, nothing is committed. For what must be
  /// durable before the journal says that it happened.
  void before_commit(std::function<Status()> first) { database_->before_commit(std::move(first)); }

  Result<std::vector<AccountId>> alert_accounts(Mode mode) override;
  Result<std::vector<AlertState>> alert_states(Mode mode, const AccountId& account) override;
  Status record_alerts(Mode mode, const AccountId& account, const AlertChanges& changes) override;
  Result<std::vector<AlertChange>> alert_changes(Mode mode, const AccountId& account,
                                                 std::size_t limit) override;
  Result<std::vector<OutboxRow>> due_messages(Instant at, std::size_t limit) override;
  Result<bool> claim_message(std::int64_t id, Instant at, Instant next) override;
  Status mark_message(std::int64_t id, DeliveryState state, const std::string& answer,
                      Instant at) override;
  Result<std::vector<OutboxRow>> messages(bool only_waiting, std::size_t limit) override;
  Result<std::size_t> messages_of(const std::string& channel, TradeDate date) override;
  Result<std::vector<OutboxRow>> given_up_since(Instant at) override;

  Status record_flows(Mode mode, const AccountId& account, std::span<const CashFlow> flows,
                      TradeDate seen) override;
  Result<std::vector<KeptFlow>> kept_flows(Mode mode, const AccountId& account, TradeDate from,
                                           TradeDate to) override;
  Result<std::vector<AccountId>> traded_accounts(Mode mode) override;
  Result<std::vector<RunSummary>> newest_runs(std::size_t count) override;

  /// See audit_journal.
  Result<JournalAudit> audit() { return audit_journal(*database_); }

 private:
  explicit SqliteJournal(std::unique_ptr<Sqlite> database)
      : database_(std::move(database)), memory_(*database_) {}

  /// A transaction of this object's epoch.
  Result<JournalWrite> begin() { return JournalWrite::begin(*database_, memory_, &fence_); }
  /// One that is not fenced: it belongs to whoever asks.
  Result<JournalWrite> begin_unfenced() {
    return JournalWrite::begin(*database_, memory_, nullptr);
  }

  std::unique_ptr<Sqlite> database_;
  JournalMemory memory_;
  std::optional<SleeveMemory> sleeves_;  ///< Of the account that was asked about last.
  Fence fence_;
};

}  // namespace signalbus::storage
