// metrics: every metric of any file of returns, as a table or as JSON.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
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

Measured measure(NamedReturns series, const analytics::SimpleReturns* benchmark,
                 const analytics::Conventions& conventions) {
  Measured out{std::move(series.name), {}, series.returns.size(), series.returns.dropped()};
  const analytics::Facts facts =
      analytics::facts_of(std::move(series.returns), benchmark, conventions);
  out.values = analytics::evaluate_all(facts);
  return out;
}

/// Each series on its own; with many of them, on all processors.
std::vector<Measured> measure_all(std::vector<NamedReturns> series,
                                  const analytics::SimpleReturns* benchmark,
                                  const analytics::Conventions& conventions) {
  std::vector<Measured> out(series.size());
  const std::size_t workers = std::min<std::size_t>(
      std::max(1U, std::thread::hardware_concurrency()), (series.size() + 15) / 16);
  const auto work = [&](std::size_t first) {
    for (std::size_t i = first; i < series.size(); i += workers) {
      out[i] = measure(std::move(series[i]), benchmark, conventions);
    }
  };
  std::vector<std::jthread> others;
  for (std::size_t worker = 1; worker < workers; ++worker) others.emplace_back(work, worker);
  if (workers > 0) work(0);
  others.clear();
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
  SB_TRY(std::vector<NamedReturns> series,
         load_returns(files, options.benchmark, options.are_prices));
  if (series.size() != 1) {
    return Error{ErrorCode::kInvalidInput, options.benchmark + ": has " +
                                               std::to_string(series.size()) +
                                               " columns of values; a benchmark is one"};
  }
  return std::optional(std::move(series.front().returns));
}

}  // namespace

Result<int> metrics_command(const Options& options) {
  storage::DiskFiles files;
  SB_TRY(std::vector<NamedReturns> series,
         load_returns(files, options.returns, options.are_prices));
  SB_TRY(const std::optional<analytics::SimpleReturns> benchmark, load_benchmark(files, options));
  analytics::Conventions conventions;
  conventions.periods_per_year = options.periods_per_year;
  conventions.rf_annual = options.rf;
  const std::vector<Measured> all =
      measure_all(std::move(series), benchmark ? &*benchmark : nullptr, conventions);
  if (options.json) {
    print_result(options, "", json_of(all));
  } else {
    print_result(options, all.size() <= 4 ? tall_table(all) : wide_table(all), "");
  }
  return 0;
}

}  // namespace signalbus::app
