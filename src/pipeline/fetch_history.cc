#include "pipeline/fetch_history.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/paths.h"
#include "formats/csv_writer.h"
#include "inputs/load_daily.h"
#include "report/outputs.h"

namespace signalbus::pipeline {
namespace {

constexpr std::size_t kSymbolsPerStep = 50;
constexpr int kDaysAgain = 7;  // corrections of the last week are taken over

using Days = std::map<std::pair<TradeDate, Symbol>, DailyBar>;

std::string year_path(const std::string& folder, int year) {
  return join_path(folder, "daily_" + std::to_string(year) + ".csv");
}

bool same(const DailyBar& a, const DailyBar& b) {
  return a.close == b.close && a.open == b.open && a.high == b.high && a.low == b.low &&
         a.volume == b.volume;
}

std::string csv_of(const Days& days) {
  constexpr std::array<std::string_view, 7> kHeader = {"date", "symbol", "close", "open",
                                                       "high", "low",    "volume"};
  formats::CsvWriter csv(kHeader);
  const auto optional = [&](const auto& value) { value ? csv.fixed(*value) : csv.blank(); };
  for (const auto& [key, bar] : days) {
    csv.date(bar.date).text(bar.symbol.view()).fixed(bar.close);
    optional(bar.open);
    optional(bar.high);
    optional(bar.low);
    optional(bar.volume);
    csv.end_row();
  }
  return csv.take();
}

/// The newest date that every symbol has in data/market; absent where one has none.
Result<std::optional<TradeDate>> complete_until(Files& files, const HistoryRequest& request) {
  const inputs::DailyRange range{.from = request.first,
                                 .to = request.end,
                                 .symbols = {request.symbols.begin(), request.symbols.end()}};
  SB_TRY(const std::vector<DailyBar> bars,
         inputs::load_market_folder(files, request.folder, range));
  std::map<Symbol, TradeDate> newest;
  for (const DailyBar& bar : bars) newest.insert_or_assign(bar.symbol, bar.date);  // by date
  std::optional<TradeDate> oldest;
  for (const Symbol& symbol : request.symbols) {
    const auto at = newest.find(symbol);
    if (at == newest.end()) return std::optional<TradeDate>();
    if (!oldest || at->second < *oldest) oldest = at->second;
  }
  return oldest;
}

Result<std::vector<DailyBar>> fetch(Doors& doors, MarketData& market, const HistoryRequest& request,
                                    TradeDate start) {
  std::vector<DailyBar> out;
  const std::size_t count = request.symbols.size();
  for (std::size_t at = 0; at < count; at += kSymbolsPerStep) {
    doors.progress.update("prices", at, count);
    const auto some = std::span(request.symbols).subspan(at, std::min(kSymbolsPerStep, count - at));
    SB_TRY(std::vector<DailyBar> bars, market.daily_bars(some, start, request.end));
    std::move(bars.begin(), bars.end(), std::back_inserter(out));
  }
  doors.progress.update("prices", count, count);
  return out;
}

/// Merges the year's bars into what its file has; adds the file where that changes it.
Status merge_year(Files& files, const std::string& path, std::span<const DailyBar> fetched,
                  report::OutputSet& outputs, HistoryOutcome& outcome) {
  Days days;
  if (files.exists(path)) {
    SB_TRY(const std::vector<DailyBar> known, inputs::load_daily_bars(files, path));
    for (const DailyBar& bar : known) days.emplace(std::pair(bar.date, bar.symbol), bar);
  }
  bool differs = false;
  for (const DailyBar& bar : fetched) {
    const auto [at, fresh] = days.emplace(std::pair(bar.date, bar.symbol), bar);
    outcome.fresh += fresh ? 1U : 0U;
    if (!fresh && at->second.close != bar.close) ++outcome.changed;
    differs = differs || fresh || !same(at->second, bar);
    at->second = bar;
  }
  if (differs) outputs.add(path, csv_of(days));
  return Ok{};
}

}  // namespace

Result<HistoryOutcome> fetch_history(Doors& doors, MarketData& market,
                                     const HistoryRequest& request) {
  TradeDate start = request.start.value_or(request.first);
  if (!request.start) {
    SB_TRY(const std::optional<TradeDate> known, complete_until(doors.files, request));
    if (known) start = std::max(request.first, known->plus_days(-kDaysAgain));
  }
  if (request.end < start) {
    return Error{ErrorCode::kUsage, "prices: the first day, " + start.iso() +
                                        ", is after the last, " + request.end.iso()};
  }
  SB_TRY(std::vector<DailyBar> bars, fetch(doors, market, request, start));
  HistoryOutcome out{.bars = bars.size(), .without = {}, .files = {}};
  std::set<Symbol> seen;
  for (const DailyBar& bar : bars) seen.insert(bar.symbol);
  for (const Symbol& symbol : request.symbols) {
    if (!seen.contains(symbol)) out.without.push_back(symbol);
  }
  std::stable_sort(bars.begin(), bars.end(),
                   [](const DailyBar& a, const DailyBar& b) { return a.date < b.date; });
  report::OutputSet outputs;
  for (std::size_t at = 0; at < bars.size();) {
    const int year = bars[at].date.year();
    std::size_t end = at;
    while (end < bars.size() && bars[end].date.year() == year) ++end;
    SB_TRY_OK(merge_year(doors.files, year_path(request.folder, year),
                         std::span(bars).subspan(at, end - at), outputs, out));
    at = end;
  }
  SB_TRY_OK(outputs.commit(doors.files));
  out.files = outputs.paths();
  return out;
}

Result<HeldNames> held_names(Files& files, const std::string& outputs) {
  constexpr std::string_view kPrefix = "positions_eod_";
  SB_TRY(const std::vector<std::string> names, files.list(outputs));
  HeldNames out;
  std::set<Symbol> symbols;
  for (const std::string& name : names) {
    if (!name.starts_with(kPrefix) || !has_extension(name, ".csv")) continue;
    const Result<TradeDate> date =
        TradeDate::parse(std::string_view(name).substr(kPrefix.size(), 8));
    if (!date.ok()) continue;
    if (!out.first_day) out.first_day = date.value();  // names are sorted by date
    SB_TRY(const EodBook book,
           inputs::load_positions_eod(files, join_path(outputs, name), date.value()));
    for (const EodPosition& position : book.positions) symbols.insert(position.symbol);
  }
  out.symbols.assign(symbols.begin(), symbols.end());
  return out;
}

}  // namespace signalbus::pipeline
