#include "report/save_execution.h"

#include <algorithm>
#include <array>
#include <set>

#include "formats/csv_writer.h"
#include "inputs/load_orders.h"
#include "inputs/rows.h"
#include "report/save_sleeves.h"

namespace signalbus::report {
namespace {

using formats::CsvWriter;

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return out;
}

CsvWriter& price_or_empty(CsvWriter& csv, const std::optional<Price>& price) {
  return price ? csv.fixed(*price) : csv.blank();
}

constexpr std::array<std::string_view, 23> kLogHeader = {"ts",
                                                         "mode",
                                                         "symbol",
                                                         "side",
                                                         "qty",
                                                         "order_type",
                                                         "tp_price",
                                                         "sl_price",
                                                         "time_in_force",
                                                         "client_order_id",
                                                         "price_used",
                                                         "notional",
                                                         "status",
                                                         "order_id",
                                                         "error",
                                                         "batch_id",
                                                         "attempt",
                                                         "filled_qty",
                                                         "filled_avg_price",
                                                         "submitted_at",
                                                         "updated_at",
                                                         "reject_code",
                                                         "decision_price"};

std::string log_csv(std::span<const ExecutionLogRow> rows) {
  CsvWriter csv(kLogHeader);
  for (const ExecutionLogRow& row : rows) {
    csv.instant(row.ts).text(upper(to_text(row.mode))).text(row.symbol.view());
    csv.text(to_text(row.side)).fixed(row.qty).text(to_text(row.order_type));
    price_or_empty(csv, row.tp_price);
    price_or_empty(csv, row.sl_price).text(to_text(row.time_in_force));
    csv.text(row.client_order_id.get()).fixed(row.price_used).fixed(row.notional);
    csv.text(to_text(row.status)).text(row.order_id.get()).text(row.error);
    csv.text(row.batch_id.get()).integer(row.attempt).fixed(row.filled_qty);
    price_or_empty(csv, row.filled_avg_price);
    row.submitted_at ? csv.instant(*row.submitted_at) : csv.blank();
    csv.instant(row.updated_at).text(row.reject_code);
    price_or_empty(csv, row.decision_price).end_row();
  }
  return csv.take();
}

std::string key_of(std::string_view client_order_id, std::string_view status) {
  return std::string(client_order_id) + "\n" + std::string(status);
}

/// What the log says already.
struct OldLog {
  std::string text = {};  ///< In our columns, to the end of its last row.
  std::set<std::string> known = {};
};

/// The log grows for years: its own bytes are kept as they are, and only its keys are read. One in
/// other columns, as the specification's fifteen, is read whole and written anew.
Result<OldLog> read_old_log(Files& files, const std::string& path) {
  OldLog old{.text = log_csv({})};
  if (!files.exists(path)) return old;
  SB_TRY(formats::Table table, inputs::read_table(files, path));
  const inputs::Rows rows(std::move(table));
  SB_TRY(const std::size_t id, rows.column("client_order_id"));
  SB_TRY(const std::size_t status, rows.column("status"));
  for (std::size_t i = 0; i < rows.count(); ++i) {
    old.known.insert(key_of(rows.text(i, id), rows.text(i, status)));
  }
  SB_TRY(std::string text, files.read(path, inputs::kTableBytesMax));
  if (text.starts_with(old.text) && text.ends_with('\n')) {
    old.text = std::move(text);
  } else {
    SB_TRY(const std::vector<ExecutionLogRow> log, inputs::read_execution_log(files, path));
    old.text = log_csv(log);
  }
  return old;
}

}  // namespace

ExecutionLogRow log_row_of(const OrderRecord& record) {
  const PlannedOrder& order = record.intent.order;
  const OrderEvent& event = record.event;
  return {.ts = event.updated_at,
          .mode = record.batch.key.mode,
          .symbol = order.symbol,
          .side = order.side,
          .qty = order.quantity,
          .order_type = order.type,
          .tp_price = order.take_profit,
          .sl_price = order.stop_loss,
          .time_in_force = order.time_in_force,
          .client_order_id = record.intent.client_order_id,
          .price_used = event.price_used,
          .notional = order.notional,
          .status = event.state,
          .order_id = event.order_id,
          .error = event.error,
          .batch_id = record.batch.id(),
          .attempt = record.intent.attempt,
          .filled_qty = event.filled_qty,
          .filled_avg_price = event.filled_avg_price,
          .submitted_at = event.submitted_at,
          .updated_at = event.updated_at,
          .reject_code = event.reject_code,
          .decision_price = record.intent.is_leg() ? std::nullopt : std::optional(order.ref_price)};
}

Result<std::size_t> append_execution_log(Files& files, OutputSet& outputs, const std::string& path,
                                         std::span<const ExecutionLogRow> rows) {
  if (rows.empty() && files.exists(path)) return std::size_t{0};  // most days trade nothing
  SB_TRY(OldLog log, read_old_log(files, path));
  std::vector<ExecutionLogRow> added;
  for (const ExecutionLogRow& row : rows) {
    const bool is_new =
        log.known.insert(key_of(row.client_order_id.get(), to_text(row.status))).second;
    if (is_new) added.push_back(row);
  }
  if (added.empty() && files.exists(path)) return std::size_t{0};
  outputs.add(path, log.text + log_csv(added).substr(log_csv({}).size()));
  return added.size();
}

void save_filled_orders(OutputSet& outputs, std::span<const Fill> fills, const std::string& path,
                        std::span<const std::vector<StrategyShare>> shares) {
  SB_CHECK(shares.empty() || shares.size() == fills.size());
  constexpr std::array<std::string_view, 9> kHeader = {
      "execution_id", "order_id", "client_order_id", "symbol", "side", "qty",
      "price",        "ts",       "strategy_split"};
  CsvWriter csv(kHeader);
  for (std::size_t i = 0; i < fills.size(); ++i) {
    const Fill& fill = fills[i];
    csv.text(fill.execution_id).text(fill.order_id.get()).text(fill.client_order_id.get());
    csv.text(fill.symbol.view()).text(to_text(fill.side)).fixed(fill.quantity).fixed(fill.price);
    csv.instant(fill.at).text(shares.empty() ? "" : split_text(shares[i])).end_row();
  }
  outputs.add(path, csv.take());
}

}  // namespace signalbus::report
