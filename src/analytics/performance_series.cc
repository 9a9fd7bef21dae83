// Of the return series: benchmark, metric columns, rolling measures, histogram.
#include <algorithm>
#include <cmath>

#include "analytics/performance_parts.h"

namespace signalbus::analytics {
namespace {

constexpr std::size_t kYear = 252;
constexpr std::size_t kSample = 60;
constexpr int kBaseDaysMax = 7;  // how far before the first day its base may lie

std::optional<double> close_on(std::span<const BenchmarkClose> closes, TradeDate date) {
  const auto at = std::lower_bound(closes.begin(), closes.end(), date,
                                   [](const BenchmarkClose& c, TradeDate d) { return c.date < d; });
  if (at == closes.end() || at->date != date) return std::nullopt;
  return at->close.to_double();
}

/// The newest close before the first day: what its return is measured from.
std::optional<double> close_before(std::span<const BenchmarkClose> closes, TradeDate date) {
  const auto at = std::lower_bound(closes.begin(), closes.end(), date,
                                   [](const BenchmarkClose& c, TradeDate d) { return c.date < d; });
  if (at == closes.begin()) return std::nullopt;
  const BenchmarkClose& base = *std::prev(at);
  if (base.date < date.plus_days(-kBaseDaysMax)) return std::nullopt;
  return base.close.to_double();
}

SimpleReturns series_of(std::span<const TradeDate> dates, std::span<const double> values) {
  Result<SimpleReturns> made = SimpleReturns::make(dates, values);
  SB_CHECK(made.ok());  // ascending dates of days, prices above zero
  return std::move(made).value();
}

/// Whether "ours less theirs" says something.
bool is_comparable(const Metric& metric) {
  return !metric.needs_benchmark() &&
         (metric.unit == MetricUnit::kFraction || metric.unit == MetricUnit::kRatio);
}

std::string weakness_of(const Metric& metric, std::size_t count) {
  if (metric.scale == Scale::kAnnual && count < kYear) return "less than a year of data";
  const bool is_ratio = metric.group == MetricGroup::kReward || metric.needs_benchmark();
  if (is_ratio && count < kSample) return "fewer than 60 observations";
  return "";
}

/// Both series on their common dates.
struct Common {
  Facts ours;
  Facts theirs;
};
Common common_facts(const SimpleReturns& returns, const BenchmarkReturns& benchmark,
                    const Conventions& conventions) {
  const Aligned aligned = inner_join(returns, benchmark.returns);
  return {facts_of(series_of(aligned.dates, aligned.ours), nullptr, conventions),
          facts_of(series_of(aligned.dates, aligned.theirs), nullptr, conventions)};
}

/// Values by date spread over all days; NaN where there is none.
std::vector<double> spread(const std::vector<AccountDay>& days,
                           const std::vector<DatedValue>& values) {
  std::vector<double> out(days.size(), kNan);
  std::size_t next = 0;
  for (std::size_t i = 0; i < days.size() && next < values.size(); ++i) {
    if (days[i].date() == values[next].date) out[i] = values[next++].value;
  }
  return out;
}

}  // namespace

BenchmarkReturns benchmark_returns(const std::vector<AccountDay>& days,
                                   const PerformanceFacts& facts) {
  BenchmarkReturns out{.symbol = facts.benchmark,
                       .reason = "",
                       .days = std::vector<double>(days.size(), kNan),
                       .returns = {}};
  if (facts.benchmark.empty()) {
    out.reason = "no benchmark is configured (analytics.benchmark)";
    return out;
  }
  std::vector<TradeDate> dates;
  std::vector<double> values;
  std::optional<double> before = close_before(facts.benchmark_closes, days.front().date());
  for (std::size_t i = 0; i < days.size(); ++i) {
    const std::optional<double> close = close_on(facts.benchmark_closes, days[i].date());
    if (before && close && days[i].ret.defined) {
      out.days[i] = *close / *before - 1;
      dates.push_back(days[i].date());
      values.push_back(out.days[i]);
    }
    before = close;
  }
  out.returns = series_of(dates, values);
  if (out.returns.empty()) {
    out.reason = "data/market has no closes of " + facts.benchmark +
                 " for these days; add them with `signalbus prices`";
  }
  return out;
}

std::vector<MetricColumns> metric_columns(const SimpleReturns& returns,
                                          const BenchmarkReturns& benchmark,
                                          const Conventions& conventions) {
  const bool compared = benchmark.reason.empty();
  const Facts own = facts_of(returns, compared ? &benchmark.returns : nullptr, conventions);
  std::optional<Common> common;
  if (compared) common = common_facts(returns, benchmark, conventions);
  std::vector<MetricColumns> out;
  for (const Metric& metric : metric_table()) {
    MetricColumns row{.own = evaluate(metric, own)};
    if (metric.needs_benchmark() && !compared) row.own.reason = benchmark.reason;
    if (common && !metric.needs_benchmark()) {
      row.benchmark = evaluate(metric, common->theirs).value;
      if (is_comparable(metric)) row.active = evaluate(metric, common->ours).value - row.benchmark;
    }
    row.weak = weakness_of(metric, row.own.n_used);
    out.push_back(std::move(row));
  }
  return out;
}

RollingSeries rolling_of(const std::vector<AccountDay>& days, const SimpleReturns& returns,
                         const BenchmarkReturns& benchmark, const Conventions& conventions) {
  RollingSeries out;
  const double year = conventions.periods_per_year;
  out.sharpe = spread(days, rolling_sharpe(returns, out.window, year, conventions.rf()));
  out.volatility = spread(days, rolling_volatility(returns, out.window, year));
  out.beta = spread(days, rolling_beta(inner_join(returns, benchmark.returns), out.window));
  return out;
}

Histogram histogram_of(const SimpleReturns& returns) {
  Histogram out;
  if (returns.empty()) return out;
  const auto values = returns.values();
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double root = std::ceil(std::sqrt(static_cast<double>(values.size())));
  const auto bins = static_cast<std::size_t>(std::clamp(root, 5.0, 40.0));
  const double span = *high > *low ? *high - *low : std::max(std::abs(*high), 0.01);
  const double width = span / static_cast<double>(bins);
  for (std::size_t i = 0; i <= bins; ++i)
    out.edges.push_back(*low + static_cast<double>(i) * width);
  out.counts.assign(bins, 0);
  for (const double value : values) {
    const auto at = static_cast<std::size_t>((value - *low) / width);
    ++out.counts[std::min(at, bins - 1)];
  }
  return out;
}

}  // namespace signalbus::analytics
