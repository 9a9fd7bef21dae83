#include "storage/sqlite_journal.h"

#include "core/text.h"
#include "storage/journal_reading.h"
#include "storage/journal_recording.h"
#include "storage/journal_rows.h"
#include "storage/journal_schema.h"

namespace signalbus::storage {

Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open(const std::string& path,
                                                           Durability durability) {
  SB_TRY(std::unique_ptr<Sqlite> database, open_journal_database(path));
  if (durability == Durability::kProcess) SB_TRY_OK(database->execute("PRAGMA synchronous = OFF"));
  return std::unique_ptr<SqliteJournal>(new SqliteJournal(std::move(database)));
}

Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open_on(const char* vfs,
                                                              const std::string& path) {
  SB_TRY(std::unique_ptr<Sqlite> database, open_journal_on(vfs, path));
  return std::unique_ptr<SqliteJournal>(new SqliteJournal(std::move(database)));
}

Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open_in_memory() {
  SB_TRY(std::unique_ptr<Sqlite> database, open_journal_in_memory());
  return std::unique_ptr<SqliteJournal>(new SqliteJournal(std::move(database)));
}

Result<std::optional<Batch>> SqliteJournal::latest_batch(const BatchKey& key) {
  SB_TRY(Query query, database_->query("SELECT " SB_BATCH_COLUMNS
                                       " FROM batch b WHERE mode = ? AND account = ? AND "
                                       "run_date = ? ORDER BY number DESC LIMIT 1"));
  query.bind(to_text(key.mode)).bind(key.account.get()).bind_copy(key.run_date.iso());
  SB_TRY(const bool row, query.step());
  if (!row) return std::optional<Batch>();
  SB_TRY(Batch batch, trusted(*database_, read_batch(query, 0)));
  return std::optional<Batch>(std::move(batch));
}

Result<std::vector<Batch>> SqliteJournal::all_open_batches() {
  SB_TRY(Query query, database_->query("SELECT " SB_BATCH_COLUMNS
                                       " FROM batch b WHERE coalesce(" SB_NEWEST_CLOSING
                                       ", 'open') = 'open' ORDER BY record"));
  return read_all<Batch>(*database_, query, read_batch);
}

Result<std::vector<Batch>> SqliteJournal::open_batches(Mode mode, const AccountId& account) {
  SB_TRY(Query query,
         database_->query(
             "SELECT " SB_BATCH_COLUMNS
             " FROM batch b WHERE mode = ? AND account = ? AND coalesce(" SB_NEWEST_CLOSING
             ", 'open') = 'open' ORDER BY record"));
  query.bind(to_text(mode)).bind(account.get());
  return read_all<Batch>(*database_, query, read_batch);
}

Status SqliteJournal::open_batch(const Batch& batch, std::span<const Intent> intents,
                                 std::span<const SleeveMove> moves) {
  SB_CHECK(batch.state == BatchState::kOpen);
  SB_TRY(JournalWrite write, begin());
  const Result<BatchRow> row = find_batch(*database_, batch);
  if (row.ok()) return Error{ErrorCode::kInvalidInput, name_of(batch) + " exists already"};
  if (row.error().code != ErrorCode::kNotFound) return row.error();
  KnownOrders known{.batch = batch, .open = true};
  {
    SB_TRY(Link link, write.link(kBatchTable));
    link.add(to_text(batch.key.mode))
        .add(batch.key.account.get())
        .add(batch.key.run_date)
        .add(std::int64_t{batch.number})
        .add(batch.plan_hash)
        .add(batch.opened_at);
    known.batch_record = link.record();
    SB_TRY_OK(link.append());
  }
  for (const Intent& intent : intents) SB_TRY_OK(append_intent(write, known, intent));
  for (const SleeveMove& move : moves) SB_TRY_OK(append_move(write, known.batch_record, move));
  SB_TRY_OK(write.commit());
  memory_.known = std::move(known);
  return Ok{};
}

Status SqliteJournal::add_legs(const Batch& batch, std::span<const Intent> legs) {
  SB_TRY(JournalWrite write, begin());
  SB_TRY(Recording recording, Recording::start(write, batch));
  for (const Intent& leg : legs) {
    SB_CHECK(leg.is_leg());
    SB_TRY(const bool is_new, recording.is_new(leg.client_order_id));
    if (is_new) SB_TRY_OK(append_intent(write, memory_.known, leg));
  }
  return write.commit();
}

Result<std::vector<Batch>> SqliteJournal::batches_with_open_legs(Mode mode,
                                                                 const AccountId& account) {
  SB_TRY(Query query,
         database_->query("SELECT " SB_BATCH_COLUMNS
                          " FROM batch b WHERE mode = ? AND account = ? AND EXISTS (SELECT 1 FROM "
                          "intent i LEFT JOIN " SB_NEWEST_EVENT
                          "WHERE i.batch = b.record AND i.parent <> '' AND coalesce(e.state, "
                          "i.state) IN ('LIVE', 'CANCELLING', 'RESOLVING', 'UNKNOWN')) "
                          "ORDER BY record"));
  query.bind(to_text(mode)).bind(account.get());
  return read_all<Batch>(*database_, query, read_batch);
}

Result<std::vector<Intent>> SqliteJournal::intents(const Batch& batch) {
  SB_TRY(std::vector<StoredOrder> stored, read_orders(*database_, batch));
  std::vector<Intent> found;
  found.reserve(stored.size());
  for (StoredOrder& order : stored) found.push_back(std::move(order.intent));
  return found;
}

Status SqliteJournal::record(const Batch& batch, std::span<const OrderEvent> events,
                             std::span<const Fill> fills) {
  if (events.empty() && fills.empty()) return Ok{};
  SB_TRY(JournalWrite write, begin());
  SB_TRY(Recording recording, Recording::start(write, batch));
  for (const OrderEvent& event : events) SB_TRY_OK(recording.append(event));
  for (const Fill& fill : fills) SB_TRY_OK(recording.append(fill));
  return write.commit();
}

Result<std::vector<Status>> SqliteJournal::write_ahead(const Batch& batch,
                                                       std::span<const WriteAhead> posts,
                                                       const ExitGate& gate) {
  std::vector<Status> answers;
  if (posts.empty()) return answers;
  SB_TRY(JournalWrite write, begin());
  SB_TRY(Recording recording, Recording::start(write, batch));
  answers.reserve(posts.size());
  for (const WriteAhead& ahead : posts) {
    SB_TRY(Status answer, recording.post(ahead, gate));
    answers.push_back(std::move(answer));
  }
  SB_TRY_OK(write.commit());
  return answers;
}

Status SqliteJournal::close_batch(const Batch& batch, BatchState state, Instant at) {
  SB_TRY(JournalWrite write, begin());
  SB_TRY(const BatchRow row, find_batch(*database_, batch));
  SB_TRY(Link link, write.link(kClosingTable));
  link.add(row.record).add(to_text(state)).add(at);
  SB_TRY_OK(link.append());
  memory_.known = {};
  SB_TRY_OK(write.commit());
  return database_->checkpoint();
}

Result<std::vector<OrderRecord>> SqliteJournal::orders(const Batch& batch) {
  SB_TRY(std::vector<StoredOrder> stored, read_orders(*database_, batch));
  std::vector<OrderRecord> found;
  for (StoredOrder& order : stored) {
    if (!order.newest) continue;
    found.push_back({batch, std::move(order.intent), *std::move(order.newest)});
  }
  return found;
}

Result<std::vector<Fill>> SqliteJournal::fills(const Batch& batch) {
  SB_TRY(const BatchRow row, find_batch(*database_, batch));
  SB_TRY(Query query,
         database_->query("SELECT f.execution_id, f.order_id, i.client_order_id, f.symbol, f.side, "
                          "f.quantity, f.price, f.at FROM fill f JOIN intent i "
                          "ON i.record = f.intent WHERE f.batch = ? ORDER BY f.record"));
  query.bind(row.record);
  return read_all<Fill>(*database_, query, read_fill);
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
  SB_TRY(JournalWrite write, begin());
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
  SB_TRY_OK(write.commit());
  return RunRecord{run_date, static_cast<int>(number), mode, at};
}

Status SqliteJournal::finish_run(const RunRecord& run, Instant at, int exit_code,
                                 const std::string& outcome) {
  SB_TRY(JournalWrite write, begin());
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
  SB_TRY_OK(write.commit());
  return database_->checkpoint();
}

Result<bool> SqliteJournal::run_succeeded(Mode mode, TradeDate run_date) {
  SB_TRY(Query query, database_->query("SELECT 1 FROM run WHERE run_date = ? AND mode = ? AND "
                                       "exit_code = 0 LIMIT 1"));
  return query.bind_copy(run_date.iso()).bind(to_text(mode)).step();
}

}  // namespace signalbus::storage
