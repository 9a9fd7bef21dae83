#include "storage/journal_audit.h"

#include "core/text.h"
#include "storage/journal_chain.h"

namespace signalbus::storage {
namespace {

/// Indexes included: through a wrong one the newest event of an order is not found.
Status check_file(Sqlite& database) {
  SB_TRY(Query query, database.query("PRAGMA integrity_check(1)"));
  SB_TRY([[maybe_unused]] const bool row, query.step());
  if (query.text(0) != "ok") return database.damaged(query.text(0));
  return Ok{};
}

/// traded_symbol is kept beside the chain; it must say what the chain says.
Status check_traded_symbols(Sqlite& database) {
  SB_TRY(
      Query query,
      database.query("WITH told AS ("
                     "SELECT b.mode, b.account, f.symbol FROM fill f "
                     "JOIN batch b ON b.record = f.batch "
                     "UNION SELECT b.mode, b.account, i.symbol FROM event e "
                     "JOIN intent i ON i.record = e.intent JOIN batch b ON b.record = i.batch "
                     "WHERE e.filled_qty != 0) "
                     "SELECT symbol FROM (SELECT * FROM told EXCEPT SELECT * FROM traded_symbol) "
                     "UNION ALL "
                     "SELECT symbol FROM (SELECT * FROM traded_symbol EXCEPT SELECT * FROM told) "
                     "LIMIT 1"));
  SB_TRY(const bool row, query.step());
  if (!row) return Ok{};
  return database.damaged("traded_symbol " + quoted(query.text(0)) + " is not what the orders say");
}

/// outbox_waiting, likewise, must say what the deliveries say: a message that is missing there is
/// never sent.
Status check_waiting(Sqlite& database) {
  SB_TRY(
      Query query,
      database.query("WITH due AS (SELECT record FROM outbox EXCEPT SELECT message FROM "
                     "delivery WHERE state != 'waiting') "
                     "SELECT record FROM (SELECT * FROM due EXCEPT SELECT * FROM outbox_waiting) "
                     "UNION ALL "
                     "SELECT message FROM (SELECT * FROM outbox_waiting EXCEPT SELECT * FROM due) "
                     "LIMIT 1"));
  SB_TRY(const bool row, query.step());
  if (!row) return Ok{};
  return database.damaged("outbox_waiting " + std::to_string(query.integer(0)) +
                          " is not what the deliveries say");
}

}  // namespace

Result<JournalAudit> audit_journal(Sqlite& database) {
  SB_TRY_OK(check_file(database));
  JournalAudit audit;
  for (const ChainedTable* table : kChainedTables) audit.counts.emplace_back(table->name, 0);
  std::string last = "the beginning";
  SB_TRY_OK(walk_chain(database, [&](const ChainedRow& row) -> Status {
    if (row.record != audit.records + 1) {
      return database.damaged("record " + std::to_string(audit.records + 1) + ", after " + last +
                              ", is missing");
    }
    last = std::string(row.table.name) + " " + std::to_string(row.record);
    if (row.hash != row.due) return database.damaged(last + " is not what was recorded");
    audit.records = row.record;
    audit.head = row.due;
    for (auto& [table, count] : audit.counts) count += table == row.table.name ? 1 : 0;
    return Ok{};
  }));
  SB_TRY_OK(check_traded_symbols(database));
  SB_TRY_OK(check_waiting(database));
  return audit;
}

}  // namespace signalbus::storage
