#include "storage/journal_schema1.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/text.h"
#include "storage/journal_chain.h"

namespace signalbus::storage {
namespace {

// The columns in the order in which schema 1 hashed them: the batch's first, as one field of
// fields; then the row's. Absent values were hashed as "-".
constexpr int kPlaceColumns = 5;
constexpr const char* kEvents =
    "SELECT e.sequence, e.prev_hash, e.hash, b.mode, b.account, b.run_date, b.number, b.plan_hash, "
    "i.client_order_id, e.state, e.order_id, e.filled_qty, e.filled_avg_price, e.price_used, "
    "e.submitted_at, e.updated_at, e.reject_code, e.error FROM event e LEFT JOIN intent i USING "
    "(intent_key) LEFT JOIN batch b USING (batch_key) ORDER BY e.sequence";
constexpr const char* kFills =
    "SELECT f.sequence, f.prev_hash, f.hash, b.mode, b.account, b.run_date, b.number, b.plan_hash, "
    "f.execution_id, f.order_id, i.client_order_id, f.symbol, f.side, f.quantity, f.price, f.at "
    "FROM fill f LEFT JOIN intent i USING (intent_key) LEFT JOIN batch b ON b.batch_key = "
    "f.batch_key ORDER BY f.sequence";

std::string netstring(std::string_view text) {
  return std::to_string(text.size()) + ":" + std::string(text) + ",";
}

std::string netstrings(const Query& row, int first, int end) {
  std::string out;
  for (int column = first; column < end; ++column) {
    out += netstring(row.is_null(column) ? "-" : row.text(column));
  }
  return out;
}

Status verify(Sqlite& database, const char* table, const char* sql) {
  SB_TRY(Query query, database.query(sql));
  std::int64_t sequence = 0;
  std::string hash;
  while (true) {
    SB_TRY(const bool row, query.step());
    if (!row) return Ok{};
    ++sequence;
    const int place = 3;
    const int fields = place + kPlaceColumns;
    const std::string text = netstring(hash) + netstring(netstrings(query, place, fields)) +
                             netstrings(query, fields, query.columns());
    const bool follows = query.integer(0) == sequence && query.text(1) == hash;
    hash = sha256_hex(text);
    if (!follows || query.text(2) != hash) {
      return database.damaged(std::string(table) + " " + std::to_string(sequence) +
                              " is not what was recorded");
    }
  }
}

// Rows keep their order; batches come first, then intents, events, fills and the ends of batches.
// Schema 1 numbered each table 1, 2, 3 ..., so that sums give numbers without a gap.
constexpr const char* kCopy = R"sql(
CREATE TEMP TABLE base (batches INTEGER, intents INTEGER, events INTEGER, fills INTEGER);
INSERT INTO base SELECT b, b + i, b + i + e, b + i + e + f FROM
  (SELECT (SELECT count(*) FROM batch1) b, (SELECT count(*) FROM intent1) i,
          (SELECT count(*) FROM event1) e, (SELECT count(*) FROM fill1) f);
INSERT INTO batch SELECT batch_key, mode, account, run_date, number, plan_hash, opened_at, ''
  FROM batch1;
INSERT INTO intent SELECT base.batches + intent_key, batch_key, client_order_id, sequence, attempt,
  state, asset_id, symbol, side, quantity, type, take_profit, stop_loss, limit_price, ref_price,
  notional, time_in_force, purpose, '', '' FROM intent1, base;
INSERT INTO event SELECT base.intents + sequence, base.batches + intent_key, state, order_id,
  filled_qty, filled_avg_price, price_used, submitted_at, updated_at, reject_code, error, ''
  FROM event1, base;
INSERT INTO fill SELECT base.events + sequence, batch_key, base.batches + intent_key, execution_id,
  order_id, symbol, side, quantity, price, at, '' FROM fill1, base;
INSERT INTO closing SELECT base.fills + row_number() OVER (ORDER BY batch_key), batch_key, state,
  closed_at, '' FROM batch1, base WHERE state != 'open';
INSERT INTO traded_symbol SELECT * FROM traded_symbol1;
INSERT INTO run SELECT * FROM run1;
DROP TABLE temp.base;
DROP TABLE fill1;
DROP TABLE event1;
DROP TABLE intent1;
DROP TABLE batch1;
DROP TABLE traded_symbol1;
DROP TABLE run1;
)sql";

/// Writes the hash that each row must have.
Status chain_all(Sqlite& database) {
  struct Due {
    const ChainedTable& table;
    std::int64_t record;
    std::string hash;
  };
  std::vector<Due> all;
  SB_TRY_OK(walk_chain(database, [&](const ChainedRow& row) -> Status {
    all.push_back({row.table, row.record, row.due});
    return Ok{};
  }));
  for (const auto& [table, record, hash] : all) {
    const std::string update = "UPDATE " + std::string(table.name) + " SET hash = '" + hash +
                               "' WHERE record = " + std::to_string(record);
    SB_TRY_OK(database.execute(update.c_str()));
  }
  return Ok{};
}

}  // namespace

Status put_schema1_aside(Sqlite& database) {
  SB_TRY_OK(verify(database, "event", kEvents));
  SB_TRY_OK(verify(database, "fill", kFills));
  return database.execute(R"sql(
DROP TRIGGER event_keeps; DROP TRIGGER event_stays;
DROP TRIGGER fill_keeps; DROP TRIGGER fill_stays;
DROP TRIGGER intent_keeps; DROP TRIGGER intent_stays;
DROP INDEX intent_by_sequence; DROP INDEX event_by_intent;
ALTER TABLE batch RENAME TO batch1;
ALTER TABLE intent RENAME TO intent1;
ALTER TABLE event RENAME TO event1;
ALTER TABLE fill RENAME TO fill1;
ALTER TABLE traded_symbol RENAME TO traded_symbol1;
ALTER TABLE run RENAME TO run1;
)sql");
}

Status take_schema1_over(Sqlite& database) {
  SB_TRY_OK(database.execute(kCopy));
  return chain_all(database);
}

}  // namespace signalbus::storage
