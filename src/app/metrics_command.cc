// metrics: every metric of any file of returns, as a table or as JSON.
#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <span>
#include <thread>

#include "analytics/metrics.h"
#include "app/commands.h"
#include "app/returns_file.h"
#include "core/text.h"
#include "formats/json_writer.h"
#include "report/figures.h"
#include "storage/disk_files.h"

namespace signalbus::app {
namespace {

using analytics::MetricUnit;
using analytics::MetricValue;

struct Measured {
  std::string name;
  std::vector<MetricValue> values;
  std::size_t n_used = 0;
  int n_dropped = 0;
};

/// What all series of a file have in common.
struct Common {
  const ValueColumns& columns;
  bool are_prices;
  const analytics::SimpleReturns* benchmark;
  const analytics::Conventions& conventions;
  analytics::CalendarRows calendar;  ///< Of a series without gaps.
};

Result<Measured> measure(const Common& common, std::size_t index) {
  SB_TRY(analytics::SimpleReturns returns, returns_in(common.columns, index, common.are_prices));
  Measured out{common.columns.names[index], {}, returns.size(), returns.dropped()};
  out.values = analytics::evaluate_all(analytics::facts_of(
      std::move(returns), common.benchmark, common.conventions, nullptr, &common.calendar));
  return out;
}

/// Each series on its own; with many of them, on all processors. The first that is wrong, in the
/// order of the file, is the error.
Result<std::vector<Measured>> measure_all(const Common& common) {
  const std::size_t count = common.columns.count();
  std::vector<Result<Measured>> made(count, Measured{});
  const std::size_t workers =
      std::min<std::size_t>(std::max(1U, std::thread::hardware_concurrency()), (count + 15) / 16);
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) made[i] = measure(common, i);
  };
  std::vector<std::jthread> others;
  for (std::size_t worker = 1; worker < workers; ++worker) others.emplace_back(work);
  work();
  others.clear();
  std::vector<Measured> out;
  out.reserve(count);
  for (Result<Measured>& one : made) {
    SB_TRY(Measured measured, std::move(one));
    out.push_back(std::move(measured));
  }
  return out;
}

std::string text_of(const MetricValue& value) {
  if (!value.reason.empty()) return "n/a";
  std::array<char, 48> text{};
  switch (value.metric->unit) {
    case MetricUnit::kFraction:
      return report::percent_text(value.value);
    case MetricUnit::kPeriods:
    case MetricUnit::kDays:
      return format_double(std::round(value.value * 10) / 10);
    case MetricUnit::kRatio:
    case MetricUnit::kProbability:
      break;
  }
  std::snprintf(text.data(), text.size(), "%.4f", value.value);
  return text.data();
}

/// All metrics down, up to four series across.
std::string tall_table(const std::vector<Measured>& all) {
  constexpr std::size_t kTitle = 44;
  constexpr std::size_t kColumn = 16;
  std::string out = report::padded("", kTitle);
  for (const Measured& one : all) out += report::right(one.name, kColumn);
  out += "\n" + report::padded("observations", kTitle);
  for (const Measured& one : all) out += report::right(std::to_string(one.n_used), kColumn);
  out += "\n";
  std::optional<analytics::MetricGroup> group;
  const std::size_t count = all.front().values.size();
  for (std::size_t i = 0; i < count; ++i) {
    const analytics::Metric& metric = *all.front().values[i].metric;
    if (group != metric.group) out += "\n" + std::string(title_of(metric.group)) + "\n";
    group = metric.group;
    out += "  " + report::padded(std::string(metric.title), kTitle - 2);
    for (const Measured& one : all) out += report::right(text_of(one.values[i]), kColumn);
    const std::string& reason = all.front().values[i].reason;
    if (all.size() == 1 && !reason.empty()) out += "  " + reason;
    out += "\n";
  }
  return out;
}

/// Many series down, the usual metrics across.
std::string wide_table(const std::vector<Measured>& all) {
  constexpr std::array<std::string_view, 6> kIds = {
      "total_return", "cagr", "volatility", "sharpe", "max_drawdown_from_start", "calmar"};
  constexpr std::array<std::string_view, 6> kTitles = {"return", "CAGR",     "volatility",
                                                       "Sharpe", "drawdown", "Calmar"};
  constexpr std::size_t kName = 24;
  constexpr std::size_t kColumn = 12;
  std::string out = report::padded("series", kName) + report::right("n", kColumn);
  for (const std::string_view title : kTitles) out += report::right(std::string(title), kColumn);
  out += "\n";
  for (const Measured& one : all) {
    out += report::padded(one.name, kName) + report::right(std::to_string(one.n_used), kColumn);
    for (const std::string_view id : kIds) {
      const auto value = std::find_if(one.values.begin(), one.values.end(),
                                      [&](const MetricValue& v) { return v.metric->id == id; });
      out += report::right(text_of(*value), kColumn);
    }
    out += "\n";
  }
  return out + "All metrics: --json\n";
}

void write_one(formats::JsonWriter& json, const Measured& one) {
  json.key("metrics").begin_object();
  for (const MetricValue& value : one.values) {
    json.key(value.metric->id).real(value.reason.empty() ? value.value : std::nan(""));
  }
  json.end_object();
  json.key("n_used").integer(static_cast<std::int64_t>(one.n_used));
  json.key("n_dropped").integer(one.n_dropped);
}

std::string json_of(const std::vector<Measured>& all) {
  formats::JsonWriter json(formats::JsonStyle::kCompact);
  json.begin_object();
  if (all.size() == 1) {
    write_one(json, all.front());
  } else {
    json.key("series").begin_object();
    for (const Measured& one : all) {
      json.key(one.name).begin_object();
      write_one(json, one);
      json.end_object();
    }
    json.end_object();
  }
  json.end_object();
  return json.take() + "\n";
}

Result<std::optional<analytics::SimpleReturns>> load_benchmark(Files& files,
                                                               const Options& options) {
  if (options.benchmark.empty()) return std::optional<analytics::SimpleReturns>();
  SB_TRY(const ValueColumns columns, load_values(files, options.benchmark));
  if (columns.count() != 1) {
    return Error{ErrorCode::kInvalidInput, options.benchmark + ": has " +
                                               std::to_string(columns.count()) +
                                               " columns of values; a benchmark is one"};
  }
  SB_TRY(analytics::SimpleReturns returns, returns_in(columns, 0, options.are_prices));
  return std::optional(std::move(returns));
}

}  // namespace

Result<int> metrics_command(const Options& options) {
  storage::DiskFiles files;
  SB_TRY(const ValueColumns columns, load_values(files, options.returns));
  SB_TRY(const std::optional<analytics::SimpleReturns> benchmark, load_benchmark(files, options));
  analytics::Conventions conventions;
  conventions.periods_per_year = options.periods_per_year;
  conventions.rf_annual = options.rf;
  // The first price has no return.
  const std::span<const TradeDate> dates = std::span(columns.dates);
  const std::size_t first = options.are_prices && !dates.empty() ? 1 : 0;
  SB_TRY(const std::vector<Measured> all,
         measure_all({columns, options.are_prices, benchmark ? &*benchmark : nullptr, conventions,
                      analytics::calendar_rows(dates.subspan(first))}));
  if (options.json) {
    print_result(options, "", json_of(all));
  } else {
    print_result(options, all.size() <= 4 ? tall_table(all) : wide_table(all), "");
  }
  return 0;
}

}  // namespace signalbus::app
