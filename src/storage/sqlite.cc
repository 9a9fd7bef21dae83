#include "storage/sqlite.h"

#include "storage/descriptor.h"

namespace signalbus::storage {

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Query& Query::bind(std::string_view text) {
  // An empty view may have no address, which SQLite would take for NULL.
  const char* bytes = text.empty() ? "" : text.data();
  SB_CHECK(sqlite3_bind_text64(statement_, ++bound_, bytes, text.size(), SQLITE_STATIC,
                               SQLITE_UTF8) == SQLITE_OK);
  return *this;
}

Query& Query::bind_copy(std::string_view text) {
  SB_CHECK(sqlite3_bind_text64(statement_, ++bound_, text.data(), text.size(), SQLITE_TRANSIENT,
                               SQLITE_UTF8) == SQLITE_OK);
  return *this;
}

Query& Query::bind(std::int64_t value) {
  SB_CHECK(sqlite3_bind_int64(statement_, ++bound_, value) == SQLITE_OK);
  return *this;
}

Query& Query::bind_null() {
  SB_CHECK(sqlite3_bind_null(statement_, ++bound_) == SQLITE_OK);
  return *this;
}

Result<bool> Query::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_.error();
}

Status Query::run() {
  SB_TRY(const bool row, step());
  SB_CHECK(!row);
  return Ok{};
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Query::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (bytes == nullptr) return "";
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Query::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

int Query::columns() const { return sqlite3_column_count(statement_); }

int Query::changes() const { return sqlite3_changes(database_.handle()); }

Result<std::unique_ptr<Sqlite>> Sqlite::open(const std::string& path, int flags, const char* vfs) {
  // Nobody reads SQLite's memory statistics, and counting takes a lock around each allocation.
  // Refused (and harmless) once a connection was opened.
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_EXRESCODE, vfs);
  SB_CHECK(handle != nullptr);  // only when there is no memory at all
  std::unique_ptr<Sqlite> database(new Sqlite(path, handle));
  if (code != SQLITE_OK) return database->error();
  sqlite3_busy_timeout(handle, 5'000);
  // Takes the place of SQLite's own checkpoint after every 1,000 pages, inside somebody's commit.
  sqlite3_wal_hook(handle, note_log, database.get());
  return database;
}

Sqlite::~Sqlite() {
  for (const Prepared& prepared : prepared_) sqlite3_finalize(prepared.statement);
  if (failed_) sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_close(handle_);
}

Result<Query> Sqlite::query(const char* sql) {
  for (const Prepared& prepared : prepared_) {
    if (prepared.sql == sql) return Query(*this, prepared.statement);
  }
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return error();
  prepared_.push_back({sql, statement});
  return Query(*this, statement);
}

Status Sqlite::execute(const char* sql) {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return error();
  return Ok{};
}

Error Sqlite::error() const {
  const int code = sqlite3_extended_errcode(handle_);
  const std::string words =
      std::string(sqlite3_errmsg(handle_)) + " (SQLite " + std::to_string(code) + ")";
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kLocked, path_ +
                                      ": another process has kept the journal busy for 5 s; "
                                      "wait until it ends, then run again"};
    case SQLITE_CONSTRAINT:
      return {ErrorCode::kInvalidInput, path_ + ": the journal refuses the record: " + words};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return damaged(words);
    default:
      break;
  }
  set_failed();
  const int cause = sqlite3_system_errno(handle_);
  if (cause == 0) return {ErrorCode::kStorage, path_ + ": cannot use the journal: " + words};
  return system_error(ErrorCode::kStorage, path_, "use the journal: " + words, cause);
}

Error Sqlite::damaged(std::string_view why) const {
  set_failed();
  return {ErrorCode::kStorage, path_ + ": the journal is damaged: " + std::string(why) +
                                   "; do not trade: restore a backup and compare it with the "
                                   "broker first"};
}

int Sqlite::note_log(void* self, sqlite3* /*handle*/, const char* /*schema*/, int pages) {
  static_cast<Sqlite*>(self)->log_pages_ = pages;
  return SQLITE_OK;
}

Status Sqlite::checkpoint() {
  const int code =
      sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (code != SQLITE_OK && code != SQLITE_BUSY) return error();  // busy: another process is at it
  log_pages_ = 0;
  return Ok{};
}

std::uint32_t Sqlite::data_version() const {
  std::uint32_t version = 0;
  SB_CHECK(sqlite3_file_control(handle_, "main", SQLITE_FCNTL_DATA_VERSION, &version) == SQLITE_OK);
  return version;
}

Result<Transaction> Transaction::begin(Sqlite& database) {
  // IMMEDIATE: what is read inside (run numbers, the end of the chain) must not change before we
  // write.
  SB_TRY(Query query, database.query("BEGIN IMMEDIATE"));
  SB_TRY_OK(query.run());
  return Transaction(database);
}

Transaction::~Transaction() {
  // A failed statement may have rolled back already; then there is nothing left to undo.
  if (database_ != nullptr && sqlite3_get_autocommit(database_->handle()) == 0) {
    sqlite3_exec(database_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

Status Transaction::commit() {
  Status prepared = database_->prepare_commit();
  if (!prepared.ok()) {
    database_->set_failed();
    return prepared;
  }
  SB_TRY(Query query, database_->query("COMMIT"));
  const Status committed = query.run();
  if (!committed.ok()) {
    database_->set_failed();
    return Error{ErrorCode::kStorage, committed.error().message};
  }
  database_ = nullptr;
  return Ok{};
}

}  // namespace signalbus::storage
