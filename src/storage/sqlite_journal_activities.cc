// The part of SqliteJournal that keeps what happened beside orders, and looks back at runs.
#include "storage/journal_reading.h"
#include "storage/sqlite_journal.h"

namespace signalbus::storage {
namespace {

Result<KeptFlow> read_kept_flow(const Query& row, int first) {
  SB_TRY(const CashFlowKind kind, parse_cash_flow_kind(row.text(first + 1)));
  SB_TRY(const TradeDate date, TradeDate::parse(row.text(first + 6)));
  SB_TRY(const TradeDate seen, TradeDate::parse(row.text(first + 7)));
  std::optional<Symbol> symbol;
  if (!row.is_null(first + 3)) {
    SB_TRY(symbol, Symbol::parse(row.text(first + 3)));
  }
  return KeptFlow{.flow = {.id = std::string(row.text(first)),
                           .kind = kind,
                           .word = std::string(row.text(first + 2)),
                           .symbol = symbol,
                           .quantity = Quantity::from_raw(row.integer(first + 4)),
                           .cash = Money::from_raw(row.integer(first + 5)),
                           .date = date},
                  .seen = seen};
}

Result<RunSummary> read_run(const Query& row, int first) {
  SB_TRY(const TradeDate date, TradeDate::parse(row.text(first)));
  SB_TRY(const Mode mode, parse_mode(row.text(first + 2)));
  SB_TRY(const Instant started, Instant::parse(row.text(first + 3)));
  RunSummary out{.run = {.run_date = date,
                         .number = static_cast<int>(row.integer(first + 1)),
                         .mode = mode,
                         .started_at = started},
                 .exit_code = std::nullopt,
                 .outcome = std::string(row.text(first + 5))};
  if (!row.is_null(first + 4)) out.exit_code = static_cast<int>(row.integer(first + 4));
  return out;
}

Result<AccountId> read_account(const Query& row, int first) {
  return AccountId(std::string(row.text(first)));
}

}  // namespace

Status SqliteJournal::record_flows(Mode mode, const AccountId& account,
                                   std::span<const CashFlow> flows, TradeDate seen) {
  if (flows.empty()) return Ok{};
  SB_TRY(JournalWrite write, begin());
  for (const CashFlow& flow : flows) {
    const std::string symbol = flow.symbol ? flow.symbol->text() : "";
    SB_TRY(Link link, write.link(kActivityTable));
    link.add(to_text(mode)).add(account.get()).add(flow.id).add(to_text(flow.kind)).add(flow.word);
    flow.symbol ? link.add(symbol) : link.add(std::nullopt);
    link.add(flow.quantity.raw()).add(flow.cash.raw()).add(flow.date).add(seen);
    SB_TRY([[maybe_unused]] const bool is_new, link.append_unless_known());
  }
  return write.commit();
}

Result<std::vector<KeptFlow>> SqliteJournal::kept_flows(Mode mode, const AccountId& account,
                                                        TradeDate from, TradeDate to) {
  SB_TRY(Query query,
         database_->query("SELECT activity_id, kind, word, symbol, quantity, cash, date, seen "
                          "FROM activity WHERE mode = ? AND account = ? AND seen >= ? AND "
                          "seen <= ? ORDER BY record"));
  query.bind(to_text(mode)).bind(account.get()).bind_copy(from.iso()).bind_copy(to.iso());
  return read_all<KeptFlow>(*database_, query, read_kept_flow);
}

Result<std::vector<AccountId>> SqliteJournal::traded_accounts(Mode mode) {
  SB_TRY(Query query,
         database_->query("SELECT DISTINCT account FROM batch WHERE mode = ? ORDER BY account"));
  query.bind(to_text(mode));
  return read_all<AccountId>(*database_, query, read_account);
}

Result<std::vector<RunSummary>> SqliteJournal::newest_runs(std::size_t count) {
  SB_TRY(Query query,
         database_->query("SELECT run_date, number, mode, started_at, exit_code, "
                          "coalesce(outcome, '') FROM run ORDER BY run_key DESC LIMIT ?"));
  query.bind(static_cast<std::int64_t>(count));
  return read_all<RunSummary>(*database_, query, read_run);
}

}  // namespace signalbus::storage
