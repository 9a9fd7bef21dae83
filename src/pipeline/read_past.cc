#include "pipeline/read_past.h"

#include <algorithm>
#include <future>
#include <map>

#include "calendar/exchange_calendar.h"
#include "core/paths.h"
#include "core/text.h"
#include "formats/csv.h"
#include "inputs/load_orders.h"
#include "inputs/load_sectors.h"
#include "inputs/rows.h"
#include "pipeline/past_books.h"
#include "pipeline/past_orders.h"
#include "pipeline/past_trades.h"

namespace signalbus::pipeline {
namespace {

using analytics::PastDay;

/// "YYYYMMDD" of a batch id, or the day of the row's time.
TradeDate date_of(const ExecutionLogRow& row) {
  const Result<TradeDate> date =
      TradeDate::parse(std::string_view(row.batch_id.get()).substr(0, 8));
  return date.ok() ? date.value() : row.ts.utc_date();
}

/// Of the mode; the newest row of each order, in the order of the log.
Result<std::vector<ExecutionLogRow>> read_log(Files& files, const PastRequest& request) {
  SB_TRY(std::vector<ExecutionLogRow> log, inputs::read_execution_log(files, request.log_path));
  std::map<std::string_view, std::size_t> newest;
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (log[i].mode == request.mode) newest[log[i].client_order_id.get()] = i;
  }
  std::vector<std::size_t> kept;
  for (const auto& [id, row] : newest) kept.push_back(row);
  std::sort(kept.begin(), kept.end());
  std::vector<ExecutionLogRow> out;
  for (const std::size_t row : kept) out.push_back(std::move(log[row]));
  return out;
}

/// Without a journal an order's filled part is one execution at its average price.
PastTrades trades_of_log(std::span<const ExecutionLogRow> log) {
  PastTrades out;
  for (const ExecutionLogRow& row : log) {
    if (!row.filled_qty.is_positive()) continue;
    const Fill fill{.execution_id = row.client_order_id.get(),
                    .order_id = row.order_id,
                    .client_order_id = row.client_order_id,
                    .symbol = row.symbol,
                    .side = row.side,
                    .quantity = row.filled_qty,
                    .price = row.filled_avg_price.value_or(row.price_used),
                    .at = row.updated_at};
    out.fills.push_back({fill, date_of(row), {}});
  }
  return out;
}

Result<PastTrades> read_trades(const PastDoors& doors, const PastRequest& request,
                               std::span<const ExecutionLogRow> log) {
  if (doors.journal == nullptr) return trades_of_log(log);
  SB_TRY(const SleeveEntries entries, doors.journal->sleeve_entries(request.mode, request.account));
  return past_trades(*entries, request.mode);
}

Result<std::vector<KeptFlow>> read_flows(const PastDoors& doors, const PastRequest& request,
                                         const PastBooks& books) {
  if (doors.activities == nullptr) return std::vector<KeptFlow>();
  const TradeDate from =
      books.has_opening ? books.all.front().run_date.plus_days(1) : TradeDate::from_days(0);
  return doors.activities->kept_flows(request.mode, request.account, from,
                                      books.all.back().run_date);
}

analytics::DayOrder order_of(const ExecutionLogRow& row, const PriceBook& closes) {
  analytics::DayOrder out{.cost = {.id = row.client_order_id,
                                   .symbol = row.symbol,
                                   .side = row.side,
                                   .ordered = row.qty,
                                   .decision = std::nullopt,
                                   .arrival = row.price_used,
                                   .end = std::nullopt,
                                   .fills = {}},
                          .status = std::string(to_text(row.status)),
                          .reason = row.error};
  if (const PricePoint* close = closes.find(row.symbol)) out.cost.end = close->price;
  if (row.filled_qty.is_positive()) {
    out.cost.fills.push_back({row.filled_qty, row.filled_avg_price.value_or(row.price_used)});
  }
  return out;
}

void add_orders(const PastRequest& request, std::span<const ExecutionLogRow> log,
                const std::map<std::string, std::vector<StrategyShare>>& asked,
                const LastFills& fills, std::vector<PastDay>& days) {
  for (const ExecutionLogRow& row : log) {
    const TradeDate date = date_of(row);
    const auto day =
        std::lower_bound(days.begin(), days.end(), date,
                         [](const PastDay& d, TradeDate wanted) { return d.facts.date < wanted; });
    if (day == days.end() || day->facts.date != date) continue;
    analytics::DayOrder order = order_of(row, day->facts.closes);
    order.cost.decision = decision_of(row, request.arrival_is_fresh);
    order.cost.fill_seconds = seconds_to_fill(row, fills);
    const auto shares = asked.find(row.client_order_id.get());
    if (shares != asked.end()) order.cost.asked = shares->second;
    day->orders.push_back(std::move(order));
  }
}

/// How many rows of a report's column say the word; absent when the report is not there.
Result<std::optional<std::size_t>> count_rows(Files& files, const std::string& path,
                                              std::string_view column, std::string_view word) {
  Result<std::string> read = files.read(path, inputs::kTableBytesMax);
  if (!read.ok() && read.error().code == ErrorCode::kNotFound) return std::optional<std::size_t>();
  SB_TRY(std::string bytes, std::move(read));
  // Most days agree: a header without rows.
  if (bytes.find('\n') + 1 == bytes.size()) return std::optional<std::size_t>(0);
  SB_TRY(formats::Table table,
         formats::read_csv_table(path, std::make_shared<const std::string>(std::move(bytes))));
  const inputs::Rows rows(std::move(table));
  SB_TRY(const std::size_t at, rows.column(column));
  std::size_t count = 0;
  for (std::size_t i = 0; i < rows.count(); ++i) count += rows.text(i, at) == word ? 1U : 0U;
  return std::optional(count);
}

/// By the broker's word where it was asked, else by the plan and the log.
Status add_recon(Files& files, const PastRequest& request, std::vector<PastDay>& days) {
  for (PastDay& day : days) {
    const std::string date = day.facts.date.compact();
    std::string name = "recon_broker_" + date + ".csv";
    SB_TRY(std::optional<std::size_t> differences,
           count_rows(files, join_path(request.outputs, name), "state", "open"));
    if (!differences) {
      name = "recon_report_" + date + ".csv";
      SB_TRY(differences,
             count_rows(files, join_path(request.outputs, name), "status", "MISMATCH"));
    }
    if (!differences) continue;
    day.recon = {*differences == 0 ? "ok" : "mismatch", *differences, name};
  }
  return Ok{};
}

Status add_drift(Files& files, const PastRequest& request, Past& past) {
  const std::string path = join_path(
      request.outputs, "recon_report_" + past.facts.days.back().facts.date.compact() + ".csv");
  if (!files.exists(path)) return Ok{};
  SB_TRY(formats::Table table, inputs::read_table(files, path));
  const inputs::Rows rows(std::move(table));
  SB_TRY(const std::size_t symbol, rows.column("symbol"));
  SB_TRY(const std::size_t target, rows.column("target_weight"));
  SB_TRY(const std::size_t actual, rows.column("actual_weight"));
  SB_TRY(const std::size_t deviation, rows.column("weight_deviation"));
  const std::optional<std::size_t> cause = rows.find("cause");
  for (std::size_t i = 0; i < rows.count(); ++i) {
    Drift drift{.symbol = rows.text(i, symbol),
                .target_weight = 0,
                .actual_weight = 0,
                .deviation = 0,
                .cause = cause ? rows.text(i, *cause) : ""};
    SB_TRY(drift.target_weight, rows.parse(i, target, parse_double));
    SB_TRY(drift.actual_weight, rows.parse(i, actual, parse_double));
    SB_TRY(drift.deviation, rows.parse(i, deviation, parse_double));
    past.drift.push_back(std::move(drift));
  }
  return Ok{};
}

/// Sessions of the exchange between the first and the last day without books.
void note_missing_sessions(Past& past) {
  const std::vector<PastDay>& days = past.facts.days;
  const auto sessions = calendar::sessions_between(days.front().facts.date, days.back().facts.date);
  if (!sessions.ok()) return;  // outside the calendar nobody knows
  std::size_t next = 0;
  for (const TradeDate session : sessions.value()) {
    while (next < days.size() && days[next].facts.date < session) ++next;
    const bool there = next < days.size() && days[next].facts.date == session;
    past.missing_sessions += there ? 0U : 1U;
  }
  if (past.missing_sessions == 0) return;
  past.notes.push_back(counted(past.missing_sessions, "session") +
                       " without end-of-day positions; what happened then is in the next day");
}

}  // namespace

Result<Past> read_past(const PastDoors& doors, const PastRequest& request) {
  // Books are a file for each day, the rest is a log and a journal: neither waits for the other.
  std::future<Result<PastBooks>> reading =
      std::async([&] { return read_books(doors.files, request); });
  Result<std::vector<ExecutionLogRow>> read = read_log(doors.files, request);
  Result<PastTrades> traded = PastTrades{};
  if (read.ok()) traded = read_trades(doors, request, read.value());
  SB_TRY(const PastBooks books, reading.get());
  SB_TRY(std::vector<BenchmarkWeight> weights, read_benchmark_weights(doors.files, request));
  SB_TRY(const PastMarket market, read_market(doors.files, request, books, weights));
  SB_TRY(const std::vector<ExecutionLogRow> log, std::move(read));
  SB_TRY(PastTrades trades, std::move(traded));
  SB_TRY(const std::vector<KeptFlow> flows, read_flows(doors, request, books));
  Past past;
  past.notes = books.notes;
  past.facts.conventions.rf_annual = request.rf_annual;
  for (const EodBook& book : books.days()) past.facts.days.push_back(day_of(book, market));
  for (const PastFill& fill : trades.fills) {
    for (const analytics::StrategyTrade& part : fill.parts) {
      past.strategies.insert(part.strategy.get());
    }
  }
  const std::map<std::string, std::vector<StrategyShare>> asked = std::move(trades.asked);
  const bool has_fills = doors.journal != nullptr && request.mode != Mode::kDry;
  const LastFills fills = has_fills ? last_fills(trades) : LastFills();
  put_into_days(std::move(trades), flows, books.all, books.has_opening, past.facts);
  SB_TRY_OK(begin_first_day(books, market, past.facts.days.front().facts));
  add_orders(request, log, asked, fills, past.facts.days);
  SB_TRY_OK(add_benchmark(doors.files, request, market, past.facts));
  past.facts.benchmark_parts = parts_of(request, market, std::move(weights));
  SB_TRY(past.facts.factors, read_factors(doors.files, request));
  past.facts.volumes = volumes_of(market);
  if (!request.sectors_path.empty()) {
    SB_TRY(past.facts.sectors, inputs::load_sectors(doors.files, request.sectors_path));
  }
  SB_TRY_OK(add_recon(doors.files, request, past.facts.days));
  SB_TRY_OK(add_drift(doors.files, request, past));
  note_missing_sessions(past);
  return past;
}

}  // namespace signalbus::pipeline
