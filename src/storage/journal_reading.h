// Reading orders, moves and whole tables of a journal.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "ports/journal.h"
#include "storage/journal_write.h"
#include "storage/sqlite.h"

namespace signalbus::storage {

/// For SELECTs over `batch b`: the state of its newest closing, NULL while there is none.
#define SB_NEWEST_CLOSING \
  "(SELECT state FROM closing WHERE batch = b.record ORDER BY record DESC LIMIT 1)"
/// The columns of read_batch.
#define SB_BATCH_COLUMNS                                                 \
  "b.mode, b.account, b.run_date, b.number, coalesce(" SB_NEWEST_CLOSING \
  ", 'open'), "                                                          \
  "b.plan_hash, b.opened_at"

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

/// An intent with body, posts and shares, and its newest event.
struct StoredOrder {
  Intent intent;
  std::optional<OrderEvent> newest;
};

/// By sequence. Errors as find_batch has them; kStorage also when a body is not the one that was
/// sent.
Result<std::vector<StoredOrder>> read_orders(Sqlite& database, const Batch& batch);

/// Moves and fills that were read before. Rows are never changed and records only grow, so that
/// the next reading only needs what came since: a run asks several times for all of years.
struct SleeveMemory {
  Mode mode;
  AccountId account;
  std::int64_t last_record = 0;
  std::shared_ptr<std::vector<SleeveEntry>> entries = std::make_shared<std::vector<SleeveEntry>>();
};

/// Adds the moves and fills that came since, in the order of recording, fills with their intent's
/// shares.
Status read_sleeve_entries(Sqlite& database, SleeveMemory& known);

/// Stores the intent with its shares.
Status append_intent(JournalWrite& write, KnownOrders& known, const Intent& intent);

/// One move of a batch.
Status append_move(JournalWrite& write, std::int64_t batch_record, const SleeveMove& move);

}  // namespace signalbus::storage
