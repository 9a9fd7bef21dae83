// Recording: one transaction's worth of events and fills, appended to the journal's hash chains.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "storage/journal_rows.h"
#include "storage/sqlite.h"

namespace signalbus::storage {

/// The end of a hash chain.
struct ChainEnd {
  std::int64_t sequence;  ///< 0 when the chain is empty.
  std::string hash;       ///< "" when the chain is empty.
};

/// What is known of the orders of one batch: a transaction need not ask for what an earlier one of
/// this process wrote. Emptied when a transaction fails, for it may tell of what was rolled back.
struct KnownOrders {
  struct Order {
    std::int64_t intent_key;
    Symbol symbol;
    std::optional<OrderEvent> newest;
  };
  std::int64_t batch_key = 0;
  std::map<ClientOrderId, Order> orders;
};

/// Lives inside a transaction: the ends of the chains are read once and moved on in memory.
class Recording {
 public:
  /// `known` outlives the recording; it is emptied first when it is of another batch.
  static Result<Recording> start(Sqlite& database, const Batch& batch, std::int64_t batch_key,
                                 KnownOrders& known);

  /// kInvalidInput when the order is not of the batch. A repetition of its newest event is dropped.
  Status append(const OrderEvent& event);
  /// kInvalidInput as above. A known execution is dropped.
  Status append(const Fill& fill);
  /// Notes which symbols were traded; to be called last.
  Status finish();

 private:
  using Order = KnownOrders::Order;
  Recording(Sqlite& database, const Batch& batch, std::int64_t batch_key, KnownOrders& known)
      : database_(database),
        batch_(batch),
        batch_key_(batch_key),
        place_(chain_place(batch)),
        known_(known) {}
  Result<Order*> order(const ClientOrderId& id);

  Sqlite& database_;
  const Batch& batch_;
  std::int64_t batch_key_;
  std::string place_;
  ChainEnd events_{0, ""};
  ChainEnd fills_{0, ""};
  KnownOrders& known_;
  std::set<Symbol> traded_;
};

/// For SELECTs over `intent i`: joins its newest event as e.
#define SB_NEWEST_EVENT \
  "event e ON e.sequence = (SELECT max(sequence) FROM event WHERE intent_key = i.intent_key) "

/// "batch 20250829-1 (dry, account 'ACC1')".
std::string name_of(const Batch& batch);

/// The value, or kStorage: a row that this program cannot have written.
template <class T>
Result<T> trusted(const Sqlite& database, Result<T> value) {
  if (value.ok()) return value;
  return database.damaged(value.error().message);
}

}  // namespace signalbus::storage
