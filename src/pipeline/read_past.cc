#include "pipeline/read_past.h"

#include <algorithm>

#include "calendar/exchange_calendar.h"
#include "core/paths.h"
#include "core/text.h"
#include "inputs/load_daily.h"
#include "inputs/load_orders.h"
#include "inputs/load_sectors.h"
#include "inputs/rows.h"
#include "pipeline/past_trades.h"
#include "reconcile/reconcile.h"

namespace signalbus::pipeline {
namespace {

using analytics::PastDay;

constexpr int kBenchmarkDaysBefore = 10;

/// The books of the range, and the one before it where there is one.
struct Books {
  std::vector<EodBook> all;
  bool has_opening = false;

  std::span<const EodBook> days() const {
    return std::span(all).subspan(has_opening ? 1U : 0U);
  }
};

std::string positions_path(const PastRequest& request, TradeDate date) {
  return join_path(request.outputs, "positions_eod_" + date.compact() + ".csv");
}

/// Dates of the positions files, ascending.
Result<std::vector<TradeDate>> dates_of_positions(Files& files, const std::string& outputs) {
  constexpr std::string_view kPrefix = "positions_eod_";
  SB_TRY(const std::vector<std::string> names, files.list(outputs));
  std::vector<TradeDate> out;
  for (const std::string& name : names) {
    if (!name.starts_with(kPrefix) || !has_extension(name, ".csv")) continue;
    if (name.size() != kPrefix.size() + 8 + 4) continue;
    const Result<TradeDate> date =
        TradeDate::parse(std::string_view(name).substr(kPrefix.size(), 8));
    if (date.ok()) out.push_back(date.value());
  }
  return out;
}

/// A dry run's books and an account's may lie in one folder; they are not one history.
bool is_of_mode(const EodBook& book, Mode mode) {
  return book.source.empty() || (book.source == "simulated") == (mode == Mode::kDry);
}

Result<Books> read_books(Files& files, const PastRequest& request) {
  SB_TRY(const std::vector<TradeDate> dates, dates_of_positions(files, request.outputs));
  Books out;
  std::optional<TradeDate> before;
  for (const TradeDate date : dates) {
    if (request.start && date < *request.start) before = date;
  }
  for (const TradeDate date : dates) {
    const bool asked = (!request.start || date >= *request.start || date == before) &&
                       (!request.end || date <= *request.end);
    if (!asked) continue;
    SB_TRY(EodBook book, inputs::load_positions_eod(files, positions_path(request, date), date));
    if (!is_of_mode(book, request.mode)) continue;
    out.has_opening = out.has_opening || date == before;
    out.all.push_back(std::move(book));
  }
  if (!out.days().empty()) return out;
  return Error{ErrorCode::kNotFound,
               request.outputs + ": has no positions_eod_*.csv of mode " +
                   std::string(to_text(request.mode)) + " in the range; run `signalbus run` or "
                   "`signalbus reconcile` first, or name other dates"};
}

struct Market {
  std::vector<DailyBar> bars;  ///< By symbol, then date.

  const DailyBar* find(const Symbol& symbol, TradeDate date) const {
    const auto at = std::lower_bound(bars.begin(), bars.end(), std::pair(symbol, date),
                                     [](const DailyBar& bar, const auto& wanted) {
                                       return std::pair(bar.symbol, bar.date) < wanted;
                                     });
    const bool found = at != bars.end() && at->symbol == symbol && at->date == date;
    return found ? &*at : nullptr;
  }
};

/// `--benchmark` may name a file of its own; then the one symbol in it is the benchmark.
bool names_a_file(const std::string& benchmark) {
  return has_extension(benchmark, ".csv") || has_extension(benchmark, ".parquet");
}

Result<Market> read_market(Files& files, const PastRequest& request, const Books& books) {
  inputs::DailyRange range{.from = books.all.front().run_date.plus_days(-kBenchmarkDaysBefore),
                           .to = books.all.back().run_date,
                           .symbols = {}};
  for (const EodBook& book : books.all) {
    for (const EodPosition& position : book.positions) range.symbols.insert(position.symbol);
  }
  const Result<Symbol> benchmark = Symbol::parse(request.benchmark);
  if (benchmark.ok() && !names_a_file(request.benchmark)) range.symbols.insert(benchmark.value());
  Market out;
  SB_TRY(out.bars, inputs::load_market_folder(files, request.market, range));
  return out;
}

Status add_benchmark(Files& files, const PastRequest& request, const Market& market,
                     analytics::PerformanceFacts& facts) {
  facts.benchmark = request.benchmark;
  if (request.benchmark.empty()) return Ok{};
  if (!names_a_file(request.benchmark)) {
    for (const DailyBar& bar : market.bars) {
      if (bar.symbol.view() != request.benchmark) continue;
      facts.benchmark_closes.push_back({bar.date, bar.close});
    }
    return Ok{};
  }
  SB_TRY(const std::vector<DailyBar> bars, inputs::load_daily_bars(files, request.benchmark));
  for (const DailyBar& bar : bars) {
    if (bar.symbol != bars.front().symbol) {
      return Error{ErrorCode::kInvalidInput,
                   request.benchmark + ": has " + bars.front().symbol.text() + " and " +
                       bar.symbol.text() + "; a benchmark is one symbol"};
    }
    facts.benchmark_closes.push_back({bar.date, bar.close});
  }
  if (!bars.empty()) facts.benchmark = bars.front().symbol.text();
  return Ok{};
}

/// The close of data/market where it is there, else the price that M5 valued the name at.
PriceBook closes_of(const EodBook& book, const Market& market) {
  PriceBook out;
  for (const EodPosition& position : book.positions) {
    const DailyBar* bar = market.find(position.symbol, book.run_date);
    if (bar != nullptr) {
      out.points.push_back({position.symbol, bar->close, std::nullopt});
    } else if (position.price) {
      out.points.push_back({position.symbol, *position.price, std::nullopt});
    }
  }
  return out;
}

std::vector<analytics::HeldQuantity> held_in(const EodBook& book) {
  std::vector<analytics::HeldQuantity> out;
  for (const EodPosition& position : book.positions) {
    if (!position.quantity.is_zero()) out.push_back({position.symbol, position.quantity});
  }
  return out;
}

PastDay day_of(const EodBook& book, const Market& market) {
  PastDay day{.facts = {.date = book.run_date}};
  day.facts.closes = closes_of(book, market);
  day.facts.closing = held_in(book);
  day.facts.cash_after = book.cash;
  return day;
}

/// Without books of the evening before, they are what the first day's trades and flows leave over.
Status begin_first_day(analytics::DayFacts& first) {
  std::map<Symbol, Quantity> held;
  for (const analytics::HeldQuantity& position : *first.closing) {
    held.emplace(position.symbol, position.quantity);
  }
  MoneySum exact;
  MoneySum cents;
  for (const Fill& fill : first.fills) {
    const bool buys = fill.side == Side::kBuy;
    const auto at = held.try_emplace(fill.symbol, Quantity::zero()).first;
    at->second -= buys ? fill.quantity : -fill.quantity;
    SB_TRY(const Money amount, analytics::booked_amount(fill, analytics::CashBooking::kExact));
    SB_TRY(const Money rounded,
           analytics::booked_amount(fill, analytics::CashBooking::kToTheCent));
    exact.add(buys ? amount : -amount);
    cents.add(buys ? rounded : -rounded);
  }
  Money flows = Money::zero();
  for (const CashFlow& flow : first.flows) {
    flows += flow.cash;
    if (flow.symbol && !flow.quantity.is_zero()) {
      held.try_emplace(*flow.symbol, Quantity::zero()).first->second -= flow.quantity;
    }
  }
  // A broker that books cents has whole cents; which way it is shows when the days go on.
  const bool whole_cents = first.cash_after->raw() % 10'000 == 0;
  SB_TRY(const Money traded, (whole_cents ? cents : exact).total());
  first.cash_before = *first.cash_after + traded - flows;
  for (const auto& [symbol, quantity] : held) {
    if (!quantity.is_zero()) first.opening.push_back({symbol, quantity});
  }
  return Ok{};
}

Status add_trades(const PastDoors& doors, const PastRequest& request, const Books& books,
                  Past& past) {
  PastTrades trades;
  std::vector<KeptFlow> flows;
  if (doors.journal != nullptr) {
    SB_TRY(std::vector<SleeveEntry> entries,
           doors.journal->sleeve_entries(request.mode, request.account));
    SB_TRY(trades, past_trades(std::move(entries), request.mode));
  }
  if (doors.activities != nullptr) {
    const TradeDate from =
        books.has_opening ? books.all.front().run_date.plus_days(1) : TradeDate::from_days(0);
    SB_TRY(flows, doors.activities->kept_flows(request.mode, request.account, from,
                                               books.all.back().run_date));
  }
  for (const PastFill& fill : trades.fills) {
    for (const analytics::StrategyTrade& part : fill.parts) {
      past.strategies.insert(part.strategy.get());
    }
  }
  put_into_days(std::move(trades), flows, books.all, books.has_opening, past.facts);
  return Ok{};
}

/// "YYYYMMDD" of a batch id, or the day of the row's time.
std::optional<TradeDate> date_of(const ExecutionLogRow& row) {
  const Result<TradeDate> date =
      TradeDate::parse(std::string_view(row.batch_id.get()).substr(0, 8));
  return date.ok() ? std::optional(date.value()) : std::optional(row.ts.utc_date());
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

/// The newest row of each order counts; of a dry day only the last batch.
Status add_orders(Files& files, const PastRequest& request,
                  const std::map<std::string, std::vector<StrategyShare>>& asked, Past& past) {
  SB_TRY(const std::vector<ExecutionLogRow> log,
         inputs::read_execution_log(files, request.log_path));
  std::map<std::string, std::size_t> newest;
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (log[i].mode == request.mode) newest[log[i].client_order_id.get()] = i;
  }
  for (std::size_t i = 0; i < log.size(); ++i) {
    const ExecutionLogRow& row = log[i];
    const auto at = newest.find(row.client_order_id.get());
    if (at == newest.end() || at->second != i) continue;
    const std::optional<TradeDate> date = date_of(row);
    const auto day = std::lower_bound(
        past.facts.days.begin(), past.facts.days.end(), *date,
        [](const PastDay& d, TradeDate wanted) { return d.facts.date < wanted; });
    if (day == past.facts.days.end() || day->facts.date != *date) continue;
    analytics::DayOrder order = order_of(row, day->facts.closes);
    const auto shares = asked.find(row.client_order_id.get());
    if (shares != asked.end()) order.cost.asked = shares->second;
    day->orders.push_back(std::move(order));
  }
  return Ok{};
}

}  // namespace
}  // namespace signalbus::pipeline
