#include "storage/journal_schema.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "storage/descriptor.h"
#include "storage/journal_chain.h"
#include "storage/journal_schema1.h"
#include "storage/journal_schema_activities.h"
#include "storage/leftover_log.h"

namespace signalbus::storage {
namespace {

constexpr std::int64_t kApplicationId =
    0x53426a31;  // "SBj1": another program's database is refused

// Amounts are the raw integers of Price, Money and Quantity (core/money.h), dates and instants the
// text of ISO 8601, NULL only where a value may be absent. `record` numbers the rows of all tables
// that have it, 1, 2, 3 ... without a gap, and `hash` chains them (journal_chain.h).
constexpr const char* kTables = R"sql(
CREATE TABLE batch (
  record INTEGER PRIMARY KEY,
  mode TEXT NOT NULL, account TEXT NOT NULL, run_date TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 1),
  plan_hash TEXT NOT NULL, opened_at TEXT NOT NULL, hash TEXT NOT NULL,
  UNIQUE (mode, account, run_date, number)
) STRICT;

CREATE TABLE closing (  -- a batch is open until its first, and in the state of its newest
  record INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL REFERENCES batch,
  state TEXT NOT NULL CHECK (state IN ('open', 'finished', 'ended')),
  at TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX closing_by_batch ON closing (batch);

CREATE TABLE intent (
  record INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL REFERENCES batch,
  client_order_id TEXT NOT NULL, sequence INTEGER NOT NULL, attempt INTEGER NOT NULL,
  state TEXT NOT NULL,  -- when stored; the newest is in event
  asset_id TEXT NOT NULL, symbol TEXT NOT NULL, side TEXT NOT NULL, quantity INTEGER NOT NULL,
  type TEXT NOT NULL, take_profit INTEGER, stop_loss INTEGER, limit_price INTEGER,
  ref_price INTEGER NOT NULL, notional INTEGER NOT NULL, time_in_force TEXT NOT NULL,
  purpose TEXT NOT NULL, parent TEXT NOT NULL, hash TEXT NOT NULL,
  UNIQUE (batch, client_order_id), UNIQUE (batch, sequence)
) STRICT;
CREATE INDEX intent_by_client_order_id ON intent (client_order_id);
CREATE INDEX intent_leg ON intent (batch) WHERE parent <> '';

CREATE TABLE share (  -- of an intent: who asked for it
  record INTEGER PRIMARY KEY,
  intent INTEGER NOT NULL REFERENCES intent,
  strategy TEXT NOT NULL, quantity INTEGER NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX share_by_intent ON share (intent);

CREATE TABLE posting (  -- one for each time that an intent may have left
  record INTEGER PRIMARY KEY,
  intent INTEGER NOT NULL REFERENCES intent,
  post INTEGER NOT NULL CHECK (post >= 1),
  body TEXT,  -- of the first; the same bytes left ever after
  body_sha256 TEXT NOT NULL, quantity INTEGER NOT NULL, price_used INTEGER NOT NULL, notional INTEGER NOT NULL,
  at TEXT NOT NULL, hash TEXT NOT NULL,
  UNIQUE (intent, post), CHECK ((post = 1) = (body IS NOT NULL))
) STRICT;

CREATE TABLE event (
  record INTEGER PRIMARY KEY,
  intent INTEGER NOT NULL REFERENCES intent,
  state TEXT NOT NULL, order_id TEXT NOT NULL, filled_qty INTEGER NOT NULL,
  filled_avg_price INTEGER, price_used INTEGER NOT NULL, submitted_at TEXT,
  updated_at TEXT NOT NULL, reject_code TEXT NOT NULL, error TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX event_by_intent ON event (intent);

CREATE TABLE fill (
  record INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL REFERENCES batch, intent INTEGER NOT NULL REFERENCES intent,
  execution_id TEXT NOT NULL, order_id TEXT NOT NULL, symbol TEXT NOT NULL, side TEXT NOT NULL,
  quantity INTEGER NOT NULL, price INTEGER NOT NULL, at TEXT NOT NULL, hash TEXT NOT NULL,
  UNIQUE (batch, execution_id)
) STRICT;

CREATE TABLE move (
  record INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL REFERENCES batch,
  from_strategy TEXT NOT NULL, to_strategy TEXT NOT NULL, symbol TEXT,
  quantity INTEGER NOT NULL, price INTEGER NOT NULL, cash INTEGER NOT NULL,
  reason TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX move_by_batch ON move (batch);

CREATE TABLE control (  -- the newest holds
  record INTEGER PRIMARY KEY,
  state TEXT NOT NULL, reason TEXT NOT NULL, author TEXT NOT NULL, at TEXT, hash TEXT NOT NULL
) STRICT;

CREATE TABLE takeover (  -- the newest of a mode may write
  record INTEGER PRIMARY KEY,
  mode TEXT NOT NULL, epoch INTEGER NOT NULL, holder TEXT NOT NULL, at TEXT NOT NULL,
  hash TEXT NOT NULL,
  UNIQUE (mode, epoch)
) STRICT;

CREATE TABLE equity_mark (
  record INTEGER PRIMARY KEY,
  mode TEXT NOT NULL, account TEXT NOT NULL, date TEXT NOT NULL, equity INTEGER NOT NULL,
  hash TEXT NOT NULL,
  UNIQUE (mode, account, date)
) STRICT;

CREATE TABLE permission (  -- to pass one rule once
  record INTEGER PRIMARY KEY,
  rule TEXT NOT NULL, reason TEXT NOT NULL, author TEXT NOT NULL, at TEXT NOT NULL,
  expires_at TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;

CREATE TABLE permission_use (
  record INTEGER PRIMARY KEY,
  permission INTEGER NOT NULL UNIQUE REFERENCES permission,
  at TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;

CREATE TABLE acknowledgement (
  record INTEGER PRIMARY KEY,
  mode TEXT NOT NULL, account TEXT NOT NULL, difference TEXT NOT NULL, reason TEXT NOT NULL,
  author TEXT NOT NULL, at TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;

CREATE TABLE baseline (  -- where reconciliation counts from; the newest holds
  record INTEGER PRIMARY KEY,
  mode TEXT NOT NULL, account TEXT NOT NULL, at TEXT NOT NULL, date TEXT NOT NULL,
  cash INTEGER NOT NULL,
  positions TEXT NOT NULL,  -- lines of symbol, blank, quantity
  orders_after TEXT NOT NULL,
  counted TEXT NOT NULL,    -- lines of ids
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX baseline_by_account ON baseline (mode, account);

-- Follows from event and fill; kept, because asking them costs more with every year of trading.
CREATE TABLE traded_symbol (
  mode TEXT NOT NULL, account TEXT NOT NULL, symbol TEXT NOT NULL,
  PRIMARY KEY (mode, account, symbol)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
  run_key INTEGER PRIMARY KEY,
  run_date TEXT NOT NULL, number INTEGER NOT NULL, mode TEXT NOT NULL,
  started_at TEXT NOT NULL, finished_at TEXT, exit_code INTEGER, outcome TEXT,
  UNIQUE (run_date, number)
) STRICT;

PRAGMA application_id = 1396861489;
)sql";
static_assert(kApplicationId == 1396861489);

// What schema 3 has beyond schema 2; whoever adds a table of it adds a line.
constexpr const char* kNewTables[] = {kActivityTables};
constexpr const char* kVersion = "PRAGMA user_version = 3";
static_assert(kJournalSchema == 3);

Result<std::int64_t> read_integer(Sqlite& database, const char* sql) {
  SB_TRY(Query query, database.query(sql));
  SB_TRY(const bool row, query.step());
  SB_CHECK(row);
  return query.integer(0);
}

Error not_a_journal(const Sqlite& database) {
  return {ErrorCode::kStorage, database.path() +
                                   ": is a database of another program; do not "
                                   "trade: name the journal's own file"};
}

/// The version of the file, 0 for an empty one.
Result<std::int64_t> read_version(Sqlite& database) {
  SB_TRY(const std::int64_t version, read_integer(database, "PRAGMA user_version"));
  SB_TRY(const std::int64_t application, read_integer(database, "PRAGMA application_id"));
  if (version == 0 && application == 0) {
    SB_TRY(const std::int64_t tables, read_integer(database, "SELECT count(*) FROM sqlite_schema"));
    if (tables == 0) return std::int64_t{0};
  }
  if (application != kApplicationId) return not_a_journal(database);
  if (version > kJournalSchema) {
    return Error{ErrorCode::kStorage, database.path() + ": has journal schema " +
                                          std::to_string(version) + ", this program knows up to " +
                                          std::to_string(kJournalSchema) +
                                          "; run the newer signalbus that wrote it"};
  }
  return version;
}

/// Nobody, this program included, changes or deletes a chained row by accident.
Status make_append_only(Sqlite& database) {
  for (const ChainedTable* table : kChainedTables) {
    const std::string name(table->name);
    const std::string refusal = " BEGIN SELECT raise(ABORT, '" + name + " is append-only'); END;";
    const std::string triggers =
        "CREATE TRIGGER IF NOT EXISTS " + name + "_keeps BEFORE UPDATE ON " + name + refusal +
        "CREATE TRIGGER IF NOT EXISTS " + name + "_stays BEFORE DELETE ON " + name + refusal;
    SB_TRY_OK(database.execute(triggers.c_str()));
  }
  return Ok{};
}

Status migrate(Sqlite& database) {
  SB_TRY(std::int64_t version, read_version(database));
  if (version == kJournalSchema) return Ok{};
  SB_TRY_OK(database.execute("PRAGMA journal_mode = WAL"));
  SB_TRY(Transaction transaction, Transaction::begin(database));
  SB_TRY(version, read_version(database));  // another process may have been first
  if (version == kJournalSchema) return Ok{};
  if (version == 1) SB_TRY_OK(put_schema1_aside(database));
  if (version < 2) SB_TRY_OK(database.execute(kTables));
  for (const char* tables : kNewTables) SB_TRY_OK(database.execute(tables));
  SB_TRY_OK(database.execute(kVersion));
  if (version == 1) SB_TRY_OK(take_schema1_over(database));
  SB_TRY_OK(make_append_only(database));
  return transaction.commit();
}

/// Makes the names in a folder durable. Where it may not be read, nobody can.
Status sync_folder(const std::string& name) {
  const FileDescriptor opened(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.is_open() && errno == EACCES) return Ok{};
  if (!opened.is_open() || (::fsync(opened.get()) != 0 && errno != EINVAL)) {
    return system_error(ErrorCode::kStorage, name, "sync the folder", errno);
  }
  return Ok{};
}

/// SQLite would create the file with the umask's mode; its -wal and -shm take the mode of the file.
Status prepare_file(const std::string& path) {
  const std::string folder = folder_of(path);
  std::vector<std::string> changed;
  SB_TRY_OK(make_folders_noting(folder, 0700, &changed));
  struct stat info{};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  // By path, never by descriptor: closing one would drop the locks of our other connections.
  if (exists && (info.st_mode & 077) != 0 && ::chmod(path.c_str(), 0600) != 0) {
    return system_error(ErrorCode::kStorage, path, "make the journal private", errno);
  }
  if (exists && info.st_size > 0) return Ok{};
  if (!exists) {
    const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file.is_open() && errno != EEXIST) {
      return system_error(ErrorCode::kStorage, path, "create the journal", errno);
    }
  }
  // The folder is synced by SQLite, when it makes the -wal before the first commit; its own name
  // by us, because whoever made it (the lock, a process that was killed) may not have done so.
  changed.push_back(folder_of(folder));
  for (const std::string& name : changed) SB_TRY_OK(sync_folder(name));
  return Ok{};
}

Result<std::unique_ptr<Sqlite>> open_and_migrate(const std::string& path, int flags,
                                                 const char* vfs = nullptr) {
  SB_TRY(std::unique_ptr<Sqlite> database, Sqlite::open(path, flags, vfs));
  sqlite3_db_config(database->handle(), SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
  sqlite3_db_config(database->handle(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(database->handle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  SB_TRY_OK(database->execute("PRAGMA synchronous = FULL"));
  SB_TRY_OK(migrate(*database));
  SB_TRY_OK(secure_leftover_log(*database));
  SB_TRY_OK(database->checkpoint());
  return database;
}

}  // namespace

Result<std::unique_ptr<Sqlite>> open_journal_database(const std::string& path) {
  SB_TRY_OK(prepare_file(path));
  return open_and_migrate(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX);
}

Result<std::unique_ptr<Sqlite>> open_journal_on(const char* vfs, const std::string& path) {
  return open_and_migrate(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                          vfs);
}

Result<std::unique_ptr<Sqlite>> open_journal_in_memory() {
  return open_and_migrate(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX);
}

}  // namespace signalbus::storage
