// JournalWrite: one write transaction of a journal, fenced, with what earlier ones left in memory.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "book/orders.h"
#include "storage/journal_chain.h"
#include "storage/sqlite.h"

namespace signalbus::storage {

/// What is known of the orders of one batch, so that a transaction need not ask for what an earlier
/// one of this object wrote or read.
struct KnownOrders {
  struct Order {
    std::int64_t record;
    Symbol symbol;
    Side side;
    std::int64_t posts;
    std::string body_sha256;  ///< Of the stored body; empty before the first post.
    std::optional<OrderEvent> newest;
  };
  std::optional<Batch> batch;  ///< Whose they are.
  std::int64_t batch_record = 0;
  bool open = false;
  std::map<ClientOrderId, Order> orders = {};
  std::set<Symbol> traded = {};  ///< Noted as such already.
};

/// Who may write for a mode.
struct Takeover {
  std::int64_t epoch;
  std::string holder;
};

/// What an object may write for: its mode and the epoch of its takeover; before it no mode.
struct Fence {
  std::optional<Mode> mode = std::nullopt;
  std::int64_t epoch = 0;
};

/// What one object's transactions know from those before. Holds while every transaction commits and
/// nobody else writes.
struct JournalMemory {
  explicit JournalMemory(Sqlite& database) : chain(database) {}

  Chain chain;
  bool holds = false;
  std::uint32_t data_version = 0;
  std::map<Mode, Takeover> takeovers = {};  ///< The newest of each mode.
  ControlRecord control = {};
  KnownOrders known = {};
  std::optional<std::pair<BatchKey, DayUse>> day = {};  ///< Of the key's account and date.
};

/// Rolled back, and the memory emptied, unless committed.
class JournalWrite {
 public:
  /// `fence` is the caller's; absent: it may write whoever took over. kLocked when another took
  /// over or keeps the journal busy; kStorage when this connection failed before.
  static Result<JournalWrite> begin(Sqlite& database, JournalMemory& memory, const Fence* fence);

  Sqlite& database() { return database_; }
  JournalMemory& memory() { return memory_; }
  Result<Link> link(const ChainedTable& table) { return memory_.chain.link(table); }
  Status commit();

 private:
  JournalWrite(Sqlite& database, JournalMemory& memory, Transaction transaction)
      : database_(database), memory_(memory), transaction_(std::move(transaction)) {}
  Status recall(bool held);
  Status recall_takeovers();
  Status check(const Fence& fence) const;

  Sqlite& database_;
  JournalMemory& memory_;
  Transaction transaction_;
};

/// The newest trading state; kNormal when none was ever set.
Result<ControlRecord> newest_control(Sqlite& database);

/// The value, or kStorage: a row that this program cannot have written.
template <class T>
Result<T> trusted(const Sqlite& database, Result<T> value) {
  if (value.ok()) return value;
  return database.damaged(value.error().message);
}

}  // namespace signalbus::storage
