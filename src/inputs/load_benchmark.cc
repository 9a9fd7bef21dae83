#include "inputs/load_benchmark.h"

#include <algorithm>
#include <set>

#include "core/decimal.h"
#include "inputs/rows.h"

namespace signalbus::inputs {
namespace {

constexpr std::string_view kRemedy = "a benchmark's weights have date,symbol,weight[,sector]";
constexpr std::string_view kCash = "CASH";
constexpr double kRounding = 0.01;  // what rounded weights of many names may be off together

Result<double> parse_weight(std::string_view text) {
  SB_TRY(const double weight, parse_double(text));
  if (weight >= 0 && weight <= 1) return weight;
  return Error{ErrorCode::kInvalidInput,
               "'" + std::string(text) + "' is not between 0 and 1; write 0.05 for five percent"};
}

struct Columns {
  std::size_t date, symbol, weight;
  std::optional<std::size_t> sector;
};

Result<BenchmarkWeight> read_weight(const Rows& rows, std::size_t i, const Columns& at) {
  SB_TRY(const TradeDate date, rows.parse(i, at.date, parse_date_cell));
  SB_TRY(const double weight, rows.parse(i, at.weight, parse_weight));
  BenchmarkWeight out{.date = date,
                      .symbol = std::nullopt,
                      .weight = weight,
                      .sector = at.sector ? rows.text(i, *at.sector) : ""};
  if (rows.text(i, at.symbol) == kCash) return out;
  SB_TRY(out.symbol, rows.parse(i, at.symbol, Symbol::parse));
  return out;
}

Status adds_up(const std::string& path, TradeDate date, double sum) {
  if (sum >= 1 - kRounding && sum <= 1 + kRounding) return Ok{};
  return Error{ErrorCode::kInvalidInput, path + ": weights of " + date.iso() + " add up to " +
                                             format_double(sum) +
                                             ", not 1; complete them, with a row CASH for cash"};
}

}  // namespace

Result<std::vector<BenchmarkWeight>> load_benchmark_weights(Files& files, const std::string& path) {
  SB_TRY(formats::Table table, read_table(files, path));
  const Rows rows(std::move(table));
  Columns columns{};
  SB_TRY(columns.date, rows.column("date", kRemedy));
  SB_TRY(columns.symbol, rows.column("symbol", kRemedy));
  SB_TRY(columns.weight, rows.column("weight", kRemedy));
  columns.sector = rows.find("sector");
  std::vector<BenchmarkWeight> out;
  std::set<std::pair<TradeDate, std::optional<Symbol>>> seen;
  for (std::size_t i = 0; i < rows.count(); ++i) {
    SB_TRY(BenchmarkWeight weight, read_weight(rows, i, columns));
    if (!seen.emplace(weight.date, weight.symbol).second) {
      return rows.at(i, columns.symbol,
                     rows.text(i, columns.symbol) + " stands twice on " + weight.date.iso());
    }
    out.push_back(std::move(weight));
  }
  std::stable_sort(out.begin(), out.end(), [](const BenchmarkWeight& a, const BenchmarkWeight& b) {
    return a.date < b.date;
  });
  double sum = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    sum += out[i].weight;
    if (i + 1 < out.size() && out[i + 1].date == out[i].date) continue;
    SB_TRY_OK(adds_up(path, out[i].date, sum));
    sum = 0;
  }
  return out;
}

}  // namespace signalbus::inputs
