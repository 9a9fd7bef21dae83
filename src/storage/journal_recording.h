// Recording: what becomes of the orders of one batch, in one write transaction.
#pragma once

#include <functional>
#include <string>

#include "ports/journal.h"
#include "storage/journal_write.h"

namespace signalbus::storage {

class Recording {
 public:
  /// kNotFound when the journal does not know the batch, kInvalidInput when with another plan.
  static Result<Recording> start(JournalWrite& write, const Batch& batch);

  /// Whether the batch has no order of that id.
  Result<bool> is_new(const ClientOrderId& id);
  /// kInvalidInput when the order is not of the batch. A repetition of its newest event is dropped.
  Status append(const OrderEvent& event);
  /// kInvalidInput as above. A known execution is dropped.
  Status append(const Fill& fill);
  /// The gate's answer; where it is Ok, the POST is written ahead. kInvalidInput as above, for a
  /// closed batch, for an order in a final state, and for other bytes than those stored.
  Result<Status> post(const WriteAhead& ahead, const ExitGate& gate);

 private:
  using Order = KnownOrders::Order;
  Recording(JournalWrite& write, const Batch& batch)
      : write_(write), memory_(write.memory()), batch_(batch) {}
  Result<Order*> order(const ClientOrderId& id);
  Status check_may_post(const Order& order, const WriteAhead& ahead, const std::string& sha256);
  Status append_posting(Order& order, const WriteAhead& ahead, std::string sha256);
  Status append_event(Order& order, const OrderEvent& event);
  Status note_traded(const Symbol& symbol);

  JournalWrite& write_;
  JournalMemory& memory_;
  const Batch& batch_;
};

/// For SELECTs over `intent i`: joins its newest event as e.
#define SB_NEWEST_EVENT \
  "event e ON e.record = (SELECT max(record) FROM event WHERE intent = i.record) "

/// "batch 20250829-1 (dry, account 'ACC1')".
std::string name_of(const Batch& batch);

/// A batch's row.
struct BatchRow {
  std::int64_t record;
  bool open;
};
/// Errors as those of Recording::start.
Result<BatchRow> find_batch(Sqlite& database, const Batch& batch);

/// What the journal's first posts of the account and run date add up to.
Result<DayUse> sum_day_use(Sqlite& database, Mode mode, const AccountId& account, TradeDate date);

}  // namespace signalbus::storage
