#include "pipeline/past_books.h"

#include <algorithm>
#include <set>

#include "core/paths.h"
#include "inputs/load_benchmark.h"
#include "inputs/load_daily.h"
#include "inputs/load_factors.h"

namespace signalbus::pipeline {
namespace {

using analytics::PastDay;

constexpr int kDaysBefore = 14;  // the benchmark's base, volumes of the sessions before

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

/// `--benchmark` may name a file of its own; then the one symbol in it is the benchmark.
bool names_a_file(const std::string& benchmark) {
  return has_extension(benchmark, ".csv") || has_extension(benchmark, ".parquet");
}

/// The close of data/market where it is there, else the price that M5 valued the name at.
PriceBook closes_of(const EodBook& book, const PastMarket& market) {
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

/// What the first day's trades and flows leave over.
Status begin_from_end(analytics::DayFacts& first) {
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
    SB_TRY(const Money rounded, analytics::booked_amount(fill, analytics::CashBooking::kToTheCent));
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

}  // namespace

const DailyBar* PastMarket::find(const Symbol& symbol, TradeDate date) const {
  const auto at = std::lower_bound(bars.begin(), bars.end(), std::pair(symbol, date),
                                   [](const DailyBar& bar, const auto& wanted) {
                                     return std::pair(bar.symbol, bar.date) < wanted;
                                   });
  const bool found = at != bars.end() && at->symbol == symbol && at->date == date;
  return found ? &*at : nullptr;
}

Result<PastBooks> read_books(Files& files, const PastRequest& request) {
  SB_TRY(const std::vector<TradeDate> dates, dates_of_positions(files, request.outputs));
  PastBooks out;
  std::optional<TradeDate> before;
  for (const TradeDate date : dates) {
    if (request.start && date < *request.start) before = date;
  }
  for (const TradeDate date : dates) {
    const bool asked = (!request.start || date >= *request.start || date == before) &&
                       (!request.end || date <= *request.end);
    if (!asked) continue;
    Result<EodBook> book = inputs::load_positions_eod(files, positions_path(request, date), date);
    if (!book.ok() && book.error().code == ErrorCode::kInvalidInput) {
      out.notes.push_back(book.error().message + "; the day is left out");
      continue;
    }
    if (!book.ok()) return std::move(book).error();
    if (!is_of_mode(book.value(), request.mode)) continue;
    out.has_opening = out.has_opening || date == before;
    out.all.push_back(std::move(book).value());
  }
  if (!out.days().empty()) return out;
  return Error{ErrorCode::kNotFound, request.outputs + ": has no positions_eod_*.csv of mode " +
                                         std::string(to_text(request.mode)) +
                                         " in the range; run `signalbus run` or "
                                         "`signalbus reconcile` first, or name other dates"};
}

Result<PastMarket> read_market(Files& files, const PastRequest& request, const PastBooks& books,
                               std::span<const BenchmarkWeight> benchmark_parts) {
  inputs::DailyRange range{.from = books.all.front().run_date.plus_days(-kDaysBefore),
                           .to = books.all.back().run_date,
                           .symbols = {}};
  for (const EodBook& book : books.all) {
    for (const EodPosition& position : book.positions) range.symbols.insert(position.symbol);
  }
  for (const BenchmarkWeight& part : benchmark_parts) {
    if (part.symbol) range.symbols.insert(*part.symbol);
    // Its weights drift from the close of their date on.
    range.from = std::min(range.from, part.date.plus_days(-kDaysBefore));
  }
  const Result<Symbol> benchmark = Symbol::parse(request.benchmark);
  if (benchmark.ok() && !names_a_file(request.benchmark)) range.symbols.insert(benchmark.value());
  PastMarket out;
  SB_TRY(out.bars, inputs::load_market_folder(files, request.market, range));
  return out;
}

Result<std::vector<BenchmarkWeight>> read_benchmark_weights(Files& files,
                                                            const PastRequest& request) {
  if (request.benchmark_weights.empty()) return std::vector<BenchmarkWeight>();
  return inputs::load_benchmark_weights(files, request.benchmark_weights);
}

analytics::BenchmarkParts parts_of(const PastRequest& request, const PastMarket& market,
                                   std::vector<BenchmarkWeight> weights) {
  analytics::BenchmarkParts out{
      .file = file_name(request.benchmark_weights), .weights = std::move(weights), .closes = {}};
  std::set<Symbol> symbols;
  for (const BenchmarkWeight& part : out.weights) {
    if (part.symbol) symbols.insert(*part.symbol);
  }
  for (const DailyBar& bar : market.bars) {
    if (symbols.contains(bar.symbol)) out.closes.push_back({bar.symbol, bar.date, bar.close});
  }
  return out;
}

Result<analytics::FactorReturns> read_factors(Files& files, const PastRequest& request) {
  if (request.factors.empty()) return analytics::FactorReturns();
  SB_TRY(inputs::FactorTable table, inputs::load_factors(files, request.factors));
  return analytics::FactorReturns{.file = file_name(request.factors),
                                  .names = std::move(table.names),
                                  .dates = std::move(table.dates),
                                  .values = std::move(table.values)};
}

std::vector<analytics::SessionVolume> volumes_of(const PastMarket& market) {
  std::vector<analytics::SessionVolume> out;
  for (const DailyBar& bar : market.bars) {
    const Quantity volume = bar.volume.value_or(Quantity::zero());
    if (volume.is_positive()) out.push_back({bar.symbol, bar.date, volume, bar.close});
  }
  return out;
}

Status add_benchmark(Files& files, const PastRequest& request, const PastMarket& market,
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
      return Error{ErrorCode::kInvalidInput, request.benchmark + ": has " +
                                                 bars.front().symbol.text() + " and " +
                                                 bar.symbol.text() + "; a benchmark is one symbol"};
    }
    facts.benchmark_closes.push_back({bar.date, bar.close});
  }
  if (!bars.empty()) facts.benchmark = bars.front().symbol.text();
  return Ok{};
}

PastDay day_of(const EodBook& book, const PastMarket& market) {
  PastDay day{.facts = {.date = book.run_date}};
  day.facts.closes = closes_of(book, market);
  day.facts.closing = held_in(book);
  day.facts.cash_after = book.cash;
  return day;
}

Status begin_first_day(const PastBooks& books, const PastMarket& market,
                       analytics::DayFacts& first) {
  if (!books.has_opening) return begin_from_end(first);
  const EodBook& before = books.all.front();
  first.opening = held_in(before);
  first.cash_before = before.cash;
  first.prior_closes = closes_of(before, market);
  return Ok{};
}

}  // namespace signalbus::pipeline
