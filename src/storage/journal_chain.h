// The journal's one hash chain: append-only tables that share their numbers and their links.
//
// A row's hash covers the hash before it, its table, its number and every column, so that no row
// can be changed, moved, inserted or removed unseen, save at the end: what was cut off there leaves
// no trace but a head hash that was noted elsewhere.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/money.h"
#include "core/result.h"
#include "core/time.h"
#include "storage/sqlite.h"

namespace signalbus::storage {

/// The newest link.
struct ChainEnd {
  std::int64_t record = 0;  ///< 0 when the chain is empty.
  std::string hash = {};    ///< "" when the chain is empty.
};

/// An append-only table: `record INTEGER PRIMARY KEY`, its columns, `hash`.
struct ChainedTable {
  std::string_view name;
  const char* insert;  ///< record, the columns, hash
  const char* walk;    ///< record, hash, the columns; by record
  const char* newest;  ///< record, hash
};

#define SB_CHAINED(NAME, COLUMNS, MARKS, CONFLICT)                                           \
  {NAME, "INSERT INTO " NAME " (record, " COLUMNS ", hash) VALUES (?," MARKS ",?)" CONFLICT, \
   "SELECT record, hash, " COLUMNS " FROM " NAME " ORDER BY record",                         \
   "SELECT record, hash FROM " NAME " ORDER BY record DESC LIMIT 1"}

inline constexpr ChainedTable kBatchTable =
    SB_CHAINED("batch", "mode, account, run_date, number, plan_hash, opened_at", "?,?,?,?,?,?", "");
inline constexpr ChainedTable kClosingTable =
    SB_CHAINED("closing", "batch, state, at", "?,?,?", "");
inline constexpr ChainedTable kIntentTable = SB_CHAINED(
    "intent",
    "batch, client_order_id, sequence, attempt, state, asset_id, symbol, side, quantity, type, "
    "take_profit, stop_loss, limit_price, ref_price, notional, time_in_force, purpose, parent",
    "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?", "");
inline constexpr ChainedTable kShareTable =
    SB_CHAINED("share", "intent, strategy, quantity", "?,?,?", "");
inline constexpr ChainedTable kPostingTable =
    SB_CHAINED("posting", "intent, post, body, body_sha256, quantity, price_used, notional, at",
               "?,?,?,?,?,?,?,?", "");
inline constexpr ChainedTable kEventTable =
    SB_CHAINED("event",
               "intent, state, order_id, filled_qty, filled_avg_price, price_used, submitted_at, "
               "updated_at, reject_code, error",
               "?,?,?,?,?,?,?,?,?,?", "");
inline constexpr ChainedTable kFillTable =
    SB_CHAINED("fill", "batch, intent, execution_id, order_id, symbol, side, quantity, price, at",
               "?,?,?,?,?,?,?,?,?", " ON CONFLICT (batch, execution_id) DO NOTHING");
inline constexpr ChainedTable kMoveTable =
    SB_CHAINED("move", "batch, from_strategy, to_strategy, symbol, quantity, price, cash, reason",
               "?,?,?,?,?,?,?,?", "");
inline constexpr ChainedTable kControlTable =
    SB_CHAINED("control", "state, reason, author, at", "?,?,?,?", "");
inline constexpr ChainedTable kTakeoverTable =
    SB_CHAINED("takeover", "mode, epoch, holder, at", "?,?,?,?", "");
inline constexpr ChainedTable kEquityMarkTable =
    SB_CHAINED("equity_mark", "mode, account, date, equity", "?,?,?,?",
               " ON CONFLICT (mode, account, date) DO NOTHING");
inline constexpr ChainedTable kPermissionTable =
    SB_CHAINED("permission", "rule, reason, author, at, expires_at", "?,?,?,?,?", "");
inline constexpr ChainedTable kPermissionUseTable =
    SB_CHAINED("permission_use", "permission, at", "?,?", "");
inline constexpr ChainedTable kAcknowledgementTable = SB_CHAINED(
    "acknowledgement", "mode, account, difference, reason, author, at", "?,?,?,?,?,?", "");
inline constexpr ChainedTable kBaselineTable =
    SB_CHAINED("baseline", "mode, account, at, date, cash, positions, orders_after, counted",
               "?,?,?,?,?,?,?,?", "");
inline constexpr ChainedTable kAlertStateTable = SB_CHAINED(
    "alert_state",
    "mode, account, rule, scope, level, held, since, judged, warn_streak, critical_streak, "
    "warn_before, critical_before, changes, told, started, told_warn, told_critical, "
    "told_unknown, sentence, acknowledged_by, reason, at",
    "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?", "");
inline constexpr ChainedTable kAlertChangeTable =
    SB_CHAINED("alert_change",
               "mode, account, key, rule, scope, level, before, since, date, sentence, "
               "acknowledged, suppressed, at",
               "?,?,?,?,?,?,?,?,?,?,?,?,?", " ON CONFLICT (mode, account, key) DO NOTHING");
inline constexpr ChainedTable kOutboxTable =
    SB_CHAINED("outbox", "key, channel, date, level, subject, text, html, created, expires",
               "?,?,?,?,?,?,?,?,?", " ON CONFLICT (channel, key) DO NOTHING");
inline constexpr ChainedTable kDeliveryTable =
    SB_CHAINED("delivery", "message, attempt, state, next, answer, at", "?,?,?,?,?,?", "");
inline constexpr ChainedTable kActivityTable = SB_CHAINED(
    "activity", "mode, account, activity_id, kind, word, symbol, quantity, cash, date, seen",
    "?,?,?,?,?,?,?,?,?,?", " ON CONFLICT (mode, account, activity_id) DO NOTHING");
#undef SB_CHAINED

inline constexpr std::array kChainedTables = {
    &kBatchTable,         &kClosingTable,         &kIntentTable,     &kShareTable,
    &kPostingTable,       &kEventTable,           &kFillTable,       &kMoveTable,
    &kControlTable,       &kTakeoverTable,        &kEquityMarkTable, &kPermissionTable,
    &kPermissionUseTable, &kAcknowledgementTable, &kBaselineTable,   &kAlertStateTable,
    &kAlertChangeTable,   &kOutboxTable,          &kDeliveryTable,   &kActivityTable};

/// One row in the making: its columns in the order of the table, then append(). Texts must live
/// until then.
class Link {
 public:
  Link& add(std::string_view text);
  Link& add(std::int64_t value);
  Link& add(std::nullopt_t);
  Link& add(TradeDate date);
  Link& add(Instant at);
  Link& add(const std::optional<Price>& price);
  Link& add(const std::optional<Instant>& at);

  Status append();
  /// False when the table's ON CONFLICT says that it is known; nothing was written then.
  Result<bool> append_unless_known();
  /// What the row's number is, or will be.
  std::int64_t record() const { return record_; }

 private:
  friend class Chain;
  Link(ChainEnd& end, std::string& text, Query query, std::string_view table);

  ChainEnd& end_;
  std::string& text_;
  Query query_;
  std::int64_t record_;
};

/// Where links are appended, inside a write transaction. One Link at a time.
class Chain {
 public:
  explicit Chain(Sqlite& database) : database_(database) {}

  /// Looks the end up again.
  Status reload();
  Result<Link> link(const ChainedTable& table);
  const ChainEnd& end() const { return end_; }

 private:
  Sqlite& database_;
  ChainEnd end_;
  std::string text_;  ///< What the next hash covers; kept for its memory.
};

/// A row as a walk along the chain finds it.
struct ChainedRow {
  const ChainedTable& table;
  std::int64_t record;
  std::string_view hash;   ///< As stored.
  const std::string& due;  ///< As it must be, after the rows that the walk has seen.
};

/// Shows every row by record. `see` says whether to go on; so does the walk.
Status walk_chain(Sqlite& database, const std::function<Status(const ChainedRow&)>& see);

}  // namespace signalbus::storage
