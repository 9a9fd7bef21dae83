// Sqlite and Query: the few SQLite calls that the journal needs, with errors as values.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace signalbus::storage {

class Sqlite;

/// One use of a prepared statement; it is reset when the use ends. Parameters are bound in order.
class Query {
 public:
  Query(const Sqlite& database, sqlite3_stmt* statement)
      : database_(database), statement_(statement) {}
  Query(Query&& other) noexcept
      : database_(other.database_),
        statement_(std::exchange(other.statement_, nullptr)),
        bound_(other.bound_) {}
  Query& operator=(Query&&) = delete;
  ~Query();

  /// The text must live until the use ends.
  Query& bind(std::string_view text);
  Query& bind(std::string&& text) = delete;  ///< It would be gone before the step: bind_copy.
  Query& bind_copy(std::string_view text);   ///< For text that does not live that long.
  Query& bind(std::int64_t value);
  Query& bind_null();

  /// Whether there is (another) row. Errors as Sqlite::error.
  Result<bool> step();
  /// Runs a statement that returns no rows.
  Status run();

  std::int64_t integer(int column) const;
  std::string_view text(int column) const;  ///< Valid until the next step.
  bool is_null(int column) const;
  int columns() const;
  int changes() const;  ///< Rows that the last run() wrote.

 private:
  const Sqlite& database_;
  sqlite3_stmt* statement_;
  int bound_ = 0;
};

/// A connection. Statements are prepared at their first use and kept.
class Sqlite {
 public:
  /// `flags` as sqlite3_open_v2 takes them. kStorage naming path and cause.
  /// `vfs` names the file system layer; null is the system's own.
  static Result<std::unique_ptr<Sqlite>> open(const std::string& path, int flags,
                                              const char* vfs = nullptr);
  ~Sqlite();
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;

  /// `sql` must be a literal: statements are found again by its address.
  Result<Query> query(const char* sql);
  /// Runs statements that return nothing of interest.
  Status execute(const char* sql);

  /// The last failure in SQLite's words: kLocked when another process keeps writing, kInvalidInput
  /// when the tables' own rules refuse the row, kStorage else.
  Error error() const;
  /// kStorage: the file cannot be what this program wrote, for the reason given.
  Error damaged(std::string_view why) const;
  const std::string& path() const { return path_; }
  /// Whether anything was ever kStorage here: the file may not be as this connection thinks, and
  /// nothing more may be written through it. Closing then leaves the files alone.
  bool failed() const { return failed_; }
  void set_failed() const { failed_ = true; }
  /// Called before every commit; where it fails, the commit does.
  void before_commit(std::function<Status()> first) { before_commit_ = std::move(first); }
  Status prepare_commit() { return before_commit_ ? before_commit_() : Status(Ok{}); }
  /// Copies the write-ahead log into the database file, synced, as far as readers elsewhere allow.
  Status checkpoint();
  /// Pages in the write-ahead log after the last commit of this connection.
  int log_pages() const { return log_pages_; }
  /// Changes with every commit: of this connection at once, of others when a transaction begins.
  std::uint32_t data_version() const;
  sqlite3* handle() const { return handle_; }

 private:
  Sqlite(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}
  static int note_log(void* self, sqlite3* handle, const char* schema, int pages);

  struct Prepared {
    const char* sql;
    sqlite3_stmt* statement;
  };
  std::string path_;
  sqlite3* handle_;
  std::vector<Prepared> prepared_;
  std::function<Status()> before_commit_;
  int log_pages_ = 0;
  mutable bool failed_ = false;  ///< Noted where the error is made, whoever reads it.
};

/// A write transaction; rolled back unless committed.
class Transaction {
 public:
  static Result<Transaction> begin(Sqlite& database);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  /// Returns after the change is on disk. Any failure is kStorage: what is on disk is not known.
  Status commit();

 private:
  explicit Transaction(Sqlite& database) : database_(&database) {}
  Sqlite* database_;
};

}  // namespace signalbus::storage
