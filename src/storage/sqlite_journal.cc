#include "storage/sqlite_journal.h"

#include "core/text.h"
#include "storage/journal_recording.h"
#include "storage/journal_rows.h"
#include "storage/journal_schema.h"

namespace signalbus::storage {
namespace {

/// All rows of a query, each read by `read`.
template <class Row>
Result<std::vector<Row>> read_all(const Sqlite& database, Query& query,
                                  Result<Row> (*read)(const Query&, int)) {
  std::vector<Row> found;
  while (true) {
    SB_TRY(const bool row, query.step());
    if (!row) return found;
    SB_TRY(Row value, trusted(database, read(query, 0)));
    found.push_back(std::move(value));
  }
}

void bind_batch_key(Query& query, const BatchKey& key) {
  query.bind(to_text(key.mode)).bind(key.account.get()).bind_copy(key.run_date.iso());
}

/// Compares one row of a chain with what it must be; `end` moves on.
template <class Row>
Status verify_link(const Sqlite& database, std::string_view table, const Query& query,
                   const Batch& batch, const Row& row, ChainEnd& end) {
  const std::int64_t sequence = query.integer(0);
  const std::string_view prev_hash = query.text(1);
  const std::string_view hash = query.text(2);
  const bool follows = sequence == end.sequence + 1 && prev_hash == end.hash;
  if (follows && hash == sha256_hex(chain_text(prev_hash, chain_place(batch), row))) {
    end = {sequence, std::string(hash)};
    return Ok{};
  }
  return database.damaged(std::string(table) + " " + std::to_string(end.sequence + 1) +
                          " is not what was recorded");
}

}  // namespace

Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open(const std::string& path) {
  SB_TRY(std::unique_ptr<Sqlite> database, open_journal_database(path));
  return std::unique_ptr<SqliteJournal>(new SqliteJournal(std::move(database)));
}

Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open_in_memory() {
  SB_TRY(std::unique_ptr<Sqlite> database, open_journal_in_memory());
  return std::unique_ptr<SqliteJournal>(new SqliteJournal(std::move(database)));
}

Result<std::optional<Batch>> SqliteJournal::latest_batch(const BatchKey& key) {
  SB_TRY(Query query,
         database_->query("SELECT mode, account, run_date, number, state, plan_hash, opened_at "
                          "FROM batch WHERE mode = ? AND account = ? AND run_date = ? "
                          "ORDER BY number DESC LIMIT 1"));
  bind_batch_key(query, key);
  SB_TRY(const bool row, query.step());
  if (!row) return std::optional<Batch>();
  SB_TRY(Batch batch, trusted(*database_, read_batch(query, 0)));
  return std::optional<Batch>(std::move(batch));
}

Result<std::int64_t> SqliteJournal::key_of(const Batch& batch) {
  SB_TRY(Query query, database_->query("SELECT batch_key, plan_hash FROM batch WHERE mode = ? AND "
                                       "account = ? AND run_date = ? AND number = ?"));
  bind_batch_key(query, batch.key);
  query.bind(std::int64_t{batch.number});
  SB_TRY(const bool row, query.step());
  if (!row) {
    return Error{ErrorCode::kNotFound, name_of(batch) + " is not in " + database_->path()};
  }
  // The chain covers the plan's hash: a caller with another plan must not add to it.
  if (query.text(1) != batch.plan_hash) {
    return Error{ErrorCode::kInvalidInput, name_of(batch) + " executes the plan " +
                                               quoted(query.text(1)) + ", not " +
                                               quoted(batch.plan_hash)};
  }
  return query.integer(0);
}

Status SqliteJournal::open_batch(const Batch& batch, std::span<const Intent> intents) {
  SB_TRY(Transaction transaction, Transaction::begin(*database_));
  const Result<std::int64_t> known = key_of(batch);
  if (known.ok()) {
    return Error{ErrorCode::kInvalidInput, name_of(batch) + " exists already"};
  }
  if (known.error().code != ErrorCode::kNotFound) return known.error();
  {
    SB_TRY(Query query, database_->query("INSERT INTO batch (mode, account, run_date, number, "
                                         "state, plan_hash, opened_at) VALUES (?,?,?,?,?,?,?)"));
    bind_batch_key(query, batch.key);
    query.bind(std::int64_t{batch.number})
        .bind(to_text(batch.state))
        .bind(batch.plan_hash)
        .bind_copy(batch.opened_at.rfc3339());
    SB_TRY_OK(query.run());
  }
  const std::int64_t batch_key = sqlite3_last_insert_rowid(database_->handle());
  KnownOrders stored{batch_key, {}};
  for (const Intent& intent : intents) {
    SB_TRY(Query query,
           database_->query("INSERT INTO intent (batch_key, client_order_id, sequence, attempt, "
                            "state, asset_id, symbol, side, quantity, type, take_profit, "
                            "stop_loss, limit_price, ref_price, notional, time_in_force, purpose) "
                            "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
    query.bind(batch_key);
    bind_intent(query, intent);
    SB_TRY_OK(query.run());
    const std::int64_t key = sqlite3_last_insert_rowid(database_->handle());
    stored.orders.emplace(intent.client_order_id,
                          KnownOrders::Order{key, intent.order.symbol, std::nullopt});
  }
  SB_TRY_OK(transaction.commit());
  known_ = std::move(stored);
  return Ok{};
}

Result<std::vector<Intent>> SqliteJournal::intents(const Batch& batch) {
  SB_TRY(const std::int64_t batch_key, key_of(batch));
  SB_TRY(Query query,
         database_->query("SELECT i.client_order_id, i.sequence, i.attempt, "
                          "coalesce(e.state, i.state), i.asset_id, i.symbol, i.side, i.quantity, "
                          "i.type, i.take_profit, i.stop_loss, i.limit_price, i.ref_price, "
                          "i.notional, i.time_in_force, i.purpose "
                          "FROM intent i LEFT JOIN " SB_NEWEST_EVENT
                          "WHERE i.batch_key = ? ORDER BY i.sequence"));
  query.bind(batch_key);
  return read_all(*database_, query, read_intent);
}

Status SqliteJournal::record(const Batch& batch, std::span<const OrderEvent> events,
                             std::span<const Fill> fills) {
  if (events.empty() && fills.empty()) return Ok{};
  Status recorded = record_inside(batch, events, fills);
  if (!recorded.ok()) known_ = {};
  return recorded;
}

Status SqliteJournal::record_inside(const Batch& batch, std::span<const OrderEvent> events,
                                    std::span<const Fill> fills) {
  SB_TRY(Transaction transaction, Transaction::begin(*database_));
  SB_TRY(const std::int64_t batch_key, key_of(batch));
  SB_TRY(Recording recording, Recording::start(*database_, batch, batch_key, known_));
  for (const OrderEvent& event : events) SB_TRY_OK(recording.append(event));
  for (const Fill& fill : fills) SB_TRY_OK(recording.append(fill));
  SB_TRY_OK(recording.finish());
  return transaction.commit();
}

Status SqliteJournal::close_batch(const Batch& batch, BatchState state, Instant at) {
  SB_TRY(Transaction transaction, Transaction::begin(*database_));
  SB_TRY(const std::int64_t batch_key, key_of(batch));
  SB_TRY(Query query,
         database_->query("UPDATE batch SET state = ?, closed_at = ? WHERE batch_key = ?"));
  SB_TRY_OK(query.bind(to_text(state)).bind_copy(at.rfc3339()).bind(batch_key).run());
  return transaction.commit();
}

Result<std::vector<OrderRecord>> SqliteJournal::orders(const Batch& batch) {
  SB_TRY(const std::int64_t batch_key, key_of(batch));
  SB_TRY(Query query,
         database_->query("SELECT i.client_order_id, i.sequence, i.attempt, e.state, i.asset_id, "
                          "i.symbol, i.side, i.quantity, i.type, i.take_profit, i.stop_loss, "
                          "i.limit_price, i.ref_price, i.notional, i.time_in_force, "
                          "i.purpose, i.client_order_id, e.state, e.order_id, e.filled_qty, "
                          "e.filled_avg_price, e.price_used, e.submitted_at, e.updated_at, "
                          "e.reject_code, e.error FROM intent i JOIN " SB_NEWEST_EVENT
                          "WHERE i.batch_key = ? ORDER BY i.sequence"));
  query.bind(batch_key);
  std::vector<OrderRecord> found;
  while (true) {
    SB_TRY(const bool row, query.step());
    if (!row) return found;
    SB_TRY(Intent intent, trusted(*database_, read_intent(query, 0)));
    SB_TRY(OrderEvent event, trusted(*database_, read_event(query, kIntentColumns)));
    found.push_back({batch, std::move(intent), std::move(event)});
  }
}

Result<std::vector<Fill>> SqliteJournal::fills(const Batch& batch) {
  SB_TRY(const std::int64_t batch_key, key_of(batch));
  SB_TRY(Query query,
         database_->query("SELECT f.execution_id, f.order_id, i.client_order_id, f.symbol, f.side, "
                          "f.quantity, f.price, f.at FROM fill f JOIN intent i USING (intent_key) "
                          "WHERE f.batch_key = ? ORDER BY f.sequence"));
  query.bind(batch_key);
  return read_all(*database_, query, read_fill);
}

Result<std::set<Symbol>> SqliteJournal::traded_symbols(Mode mode, const AccountId& account) {
  SB_TRY(Query query,
         database_->query("SELECT symbol FROM traded_symbol WHERE mode = ? AND account = ?"));
  query.bind(to_text(mode)).bind(account.get());
  std::set<Symbol> found;
  while (true) {
    SB_TRY(const bool row, query.step());
    if (!row) return found;
    SB_TRY(const Symbol symbol, trusted(*database_, Symbol::parse(query.text(0))));
    found.insert(symbol);
  }
}

Result<RunRecord> SqliteJournal::begin_run(Mode mode, TradeDate run_date, Instant at) {
  SB_TRY(Transaction transaction, Transaction::begin(*database_));
  const std::string date = run_date.iso();
  std::int64_t number = 0;
  {
    SB_TRY(Query query,
           database_->query("SELECT coalesce(max(number), 0) + 1 FROM run WHERE run_date = ?"));
    SB_TRY(const bool row, query.bind(date).step());
    SB_CHECK(row);
    number = query.integer(0);
  }
  SB_TRY(Query insert, database_->query("INSERT INTO run (run_date, number, mode, started_at) "
                                        "VALUES (?,?,?,?)"));
  SB_TRY_OK(insert.bind(date).bind(number).bind(to_text(mode)).bind_copy(at.rfc3339()).run());
  SB_TRY_OK(transaction.commit());
  return RunRecord{run_date, static_cast<int>(number), mode, at};
}

Status SqliteJournal::finish_run(const RunRecord& run, Instant at, int exit_code,
                                 const std::string& outcome) {
  SB_TRY(Transaction transaction, Transaction::begin(*database_));
  SB_TRY(Query query, database_->query("UPDATE run SET finished_at = ?, exit_code = ?, outcome = ? "
                                       "WHERE run_date = ? AND number = ?"));
  SB_TRY_OK(query.bind_copy(at.rfc3339())
                .bind(std::int64_t{exit_code})
                .bind(outcome)
                .bind_copy(run.run_date.iso())
                .bind(std::int64_t{run.number})
                .run());
  if (sqlite3_changes(database_->handle()) == 0) {
    return Error{ErrorCode::kNotFound, "run " + run.run_date.compact() + "-" +
                                           std::to_string(run.number) + " is not in " +
                                           database_->path()};
  }
  return transaction.commit();
}

Result<bool> SqliteJournal::run_succeeded(Mode mode, TradeDate run_date) {
  SB_TRY(Query query, database_->query("SELECT 1 FROM run WHERE run_date = ? AND mode = ? AND "
                                       "exit_code = 0 LIMIT 1"));
  return query.bind_copy(run_date.iso()).bind(to_text(mode)).step();
}

Status SqliteJournal::verify_chain() {
  {
    SB_TRY(
        Query query,
        database_->query("SELECT e.sequence, e.prev_hash, e.hash, b.mode, b.account, "
                         "b.run_date, b.number, b.state, b.plan_hash, b.opened_at, "
                         "i.client_order_id, e.state, e.order_id, e.filled_qty, "
                         "e.filled_avg_price, e.price_used, e.submitted_at, e.updated_at, "
                         "e.reject_code, e.error FROM event e LEFT JOIN intent i USING "
                         "(intent_key) LEFT JOIN batch b USING (batch_key) ORDER BY e.sequence"));
    ChainEnd end{0, ""};
    while (true) {
      SB_TRY(const bool row, query.step());
      if (!row) break;
      SB_TRY(const Batch batch, trusted(*database_, read_batch(query, 3)));
      SB_TRY(const OrderEvent event, trusted(*database_, read_event(query, 3 + kBatchColumns)));
      SB_TRY_OK(verify_link(*database_, "event", query, batch, event, end));
    }
  }
  SB_TRY(
      Query query,
      database_->query("SELECT f.sequence, f.prev_hash, f.hash, b.mode, b.account, b.run_date, "
                       "b.number, b.state, b.plan_hash, b.opened_at, f.execution_id, "
                       "f.order_id, i.client_order_id, f.symbol, f.side, f.quantity, f.price, "
                       "f.at FROM fill f LEFT JOIN intent i USING (intent_key) LEFT JOIN batch b "
                       "ON b.batch_key = f.batch_key ORDER BY f.sequence"));
  ChainEnd end{0, ""};
  while (true) {
    SB_TRY(const bool row, query.step());
    if (!row) return Ok{};
    SB_TRY(const Batch batch, trusted(*database_, read_batch(query, 3)));
    SB_TRY(const Fill fill, trusted(*database_, read_fill(query, 3 + kBatchColumns)));
    SB_TRY_OK(verify_link(*database_, "fill", query, batch, fill, end));
  }
}

}  // namespace signalbus::storage
