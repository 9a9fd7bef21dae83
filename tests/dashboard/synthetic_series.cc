#include "synthetic_series.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analytics/buckets.h"
#include "analytics/metrics.h"
#include "analytics/rolling.h"
#include "analytics/tail_risk.h"
#include "calendar/exchange_calendar.h"

namespace signalbus::report::testing {
namespace {

using analytics::kNan;
using analytics::SimpleReturns;

/// Quiet times, loud times, and one crash.
void draw_returns(SeriesView& series, Draws& draws) {
  const std::size_t n = series.dates.size();
  const std::size_t crash = n * 42 / 100;
  double heat = 1;
  for (std::size_t i = 0; i < n; ++i) {
    heat = std::clamp(0.985 * heat + 0.015 + 0.07 * draws.normal(), 0.45, 2.6);
    const bool in_crash = n > 100 && i >= crash && i < crash + 24;
    const double market =
        in_crash ? -0.0125 + 0.026 * draws.normal() : 0.00052 + 0.0088 * heat * draws.normal();
    series.benchmark_returns.push_back(market);
    series.returns.push_back(0.00013 + 0.71 * market + 0.0041 * heat * draws.normal());
  }
}

std::vector<double> growth(const std::vector<double>& returns) {
  std::vector<double> out;
  double level = 1;
  for (const double r : returns) out.push_back(level *= 1 + r);
  return out;
}

std::vector<double> on_dates(const std::vector<TradeDate>& dates,
                             const std::vector<analytics::DatedValue>& values) {
  std::vector<double> out(dates.size(), kNan);
  std::size_t at = dates.size() - values.size();
  for (const analytics::DatedValue& value : values) out[at++] = value.value;
  return out;
}

void fill_rolling(DashboardView& view, const SimpleReturns& ours, const SimpleReturns* theirs) {
  constexpr std::size_t kWindow = analytics::kHalfYear;
  const std::vector<TradeDate>& dates = view.series.dates;
  view.rolling.window = kWindow;
  view.rolling.sharpe = on_dates(dates, analytics::rolling_sharpe(ours, kWindow, 252));
  view.rolling.volatility = on_dates(dates, analytics::rolling_volatility(ours, kWindow, 252));
  if (theirs == nullptr) return;
  const analytics::Aligned aligned = analytics::inner_join(ours, *theirs);
  view.rolling.beta = on_dates(dates, analytics::rolling_beta(aligned, kWindow));
}

std::vector<PeriodReturn> periods_of(const SimpleReturns& ours, const SimpleReturns* theirs,
                                     analytics::BucketSize size) {
  std::vector<PeriodReturn> out;
  const auto mine = analytics::bucket_returns(ours, size);
  const auto other = theirs ? analytics::bucket_returns(*theirs, size) : mine;
  for (std::size_t i = 0; i < mine.size(); ++i) {
    const bool year = size == analytics::BucketSize::kYear;
    out.push_back({.year = mine[i].key.year,
                   .part = year ? 0 : mine[i].key.part,
                   .value = mine[i].compounded,
                   .benchmark = theirs ? other[i].compounded : kNan,
                   .partial = mine[i].partial});
  }
  return out;
}

void fill_periods(DashboardView& view, const SimpleReturns& ours, const SimpleReturns* theirs) {
  const analytics::PeriodToDate mine = analytics::period_to_date(ours);
  const analytics::PeriodToDate other =
      theirs ? analytics::period_to_date(*theirs) : analytics::PeriodToDate{};
  const auto add = [&](const char* label, std::optional<double> value, std::optional<double> market,
                       bool annualised, const char* reason) {
    const double a = value.value_or(kNan), b = market.value_or(kNan);
    view.periods.push_back({.label = label,
                            .value = a,
                            .benchmark = b,
                            .active = a - b,
                            .annualised = annualised,
                            .reason = value ? "" : reason});
  };
  add("Week to date", mine.week, other.week, false, "no return this week");
  add("Month to date", mine.month, other.month, false, "no return this month");
  add("Quarter to date", mine.quarter, other.quarter, false, "no return this quarter");
  add("Year to date", mine.year, other.year, false, "no return this year");
  add("3 months", mine.months_3, other.months_3, false, "needs 3 months of data");
  add("6 months", mine.months_6, other.months_6, false, "needs 6 months of data");
  add("1 year", mine.year_1, other.year_1, false, "needs a year of data");
  add("3 years", mine.years_3, other.years_3, true, "needs 3 years of data");
  add("5 years", mine.years_5, other.years_5, true, "needs 5 years of data");
  add("10 years", mine.years_10, other.years_10, true, "needs 10 years of data");
}

void fill_drawdowns(DashboardView& view, const analytics::Facts& facts) {
  for (const auto& episode : analytics::deepest_episodes(facts.episodes, 10)) {
    view.drawdowns.push_back({.peak = episode.peak ? episode.peak->iso() : "",
                              .valley = episode.valley.iso(),
                              .recovery = episode.recovery ? episode.recovery->iso() : "",
                              .depth = episode.depth,
                              .sessions = static_cast<std::size_t>(episode.periods),
                              .days = static_cast<std::size_t>(episode.days())});
  }
}

void fill_metrics(DashboardView& view, const analytics::Facts& facts,
                  const analytics::Facts* benchmark) {
  const bool short_data = facts.count() < 252;
  const auto theirs =
      benchmark ? analytics::evaluate_all(*benchmark) : std::vector<analytics::MetricValue>{};
  std::size_t i = 0;
  for (const analytics::MetricValue& value : analytics::evaluate_all(facts)) {
    const analytics::Metric& metric = *value.metric;
    MetricRow row;
    row.id = metric.id;
    row.title = metric.title;
    row.group = title_of(metric.group);
    row.unit = to_text(metric.unit);
    row.formula = metric.formula;
    row.convention = metric.convention;
    row.value = value.reason.empty() ? value.value : kNan;
    const bool comparable = benchmark && !metric.needs_benchmark() && theirs[i].reason.empty();
    row.benchmark = comparable ? theirs[i].value : kNan;
    row.active = comparable && value.reason.empty() ? value.value - theirs[i].value : kNan;
    row.n_used = value.n_used;
    row.reason = value.reason;
    if (short_data && metric.scale == analytics::Scale::kAnnual) {
      row.weak = "less than a year of data";
    }
    view.metrics.push_back(row);
    ++i;
  }
}

void fill_distribution(DashboardView& view, const analytics::Facts& facts) {
  DistributionView& out = view.distribution;
  const auto values = facts.returns.values();
  out.mean = facts.mean();
  out.stdev = analytics::sample_stdev(facts.moments);
  out.var_95 = values.empty() ? kNan : analytics::quantile(values, 0.05);
  out.cvar_95 = values.empty() ? kNan : analytics::es_historical(values, 0.05);
  constexpr double kWidth = 0.0025;
  const auto bin = [](double r) { return static_cast<int>(std::floor(r / kWidth)); };
  const int low = bin(facts.moments.min), high = bin(facts.moments.max);
  for (int i = low; i <= high + 1; ++i) out.edges.push_back(i * kWidth);
  out.counts.assign(out.edges.size() - 1, 0);
  for (const double r : values) ++out.counts[static_cast<std::size_t>(bin(r) - low)];
}

void fill_intervals(DashboardView& view) {
  const auto found = analytics::bootstrap(view.series.returns, {});
  const auto add = [&](const char* id, const analytics::Interval& interval) {
    view.intervals.push_back({id, interval.low, interval.middle, interval.high});
  };
  add("sharpe", found.sharpe);
  add("cagr", found.cagr);
  add("max_drawdown_from_start", found.max_drawdown);
}

}  // namespace

double Draws::uniform() { return (static_cast<double>(generator_.next() >> 11) + 0.5) * 0x1p-53; }

double Draws::normal() {
  return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform());
}

void fill_series(DashboardView& view, std::size_t sessions, bool with_benchmark, double start,
                 Draws& draws) {
  SeriesView& series = view.series;
  const TradeDate last = TradeDate::parse("2025-08-29").value();
  const TradeDate first = calendar::plus_sessions(last, 1 - static_cast<int>(sessions)).value();
  series.dates = calendar::sessions_between(first, last).value();
  draw_returns(series, draws);
  series.growth = growth(series.returns);
  for (const double level : series.growth) {
    series.equity.push_back(std::round(start * level * 100) / 100);
    series.gross.push_back(0.965 + 0.012 * draws.normal());
    series.net.push_back(series.gross.back());
    series.turnover.push_back(std::abs(0.012 + 0.008 * draws.normal()));
  }
  const SimpleReturns ours = SimpleReturns::make(series.dates, series.returns).value();
  const SimpleReturns market = SimpleReturns::make(series.dates, series.benchmark_returns).value();
  const SimpleReturns* theirs = with_benchmark ? &market : nullptr;
  const analytics::Facts facts = analytics::facts_of(ours, theirs, {});
  const analytics::Facts benchmark = analytics::facts_of(market, nullptr, {});
  series.drawdown = facts.depths;
  if (with_benchmark) {
    series.benchmark_growth = growth(series.benchmark_returns);
    series.benchmark_drawdown = benchmark.depths;
  } else {
    series.benchmark_returns.clear();
  }
  fill_rolling(view, ours, theirs);
  view.months = periods_of(ours, theirs, analytics::BucketSize::kMonth);
  view.years = periods_of(ours, theirs, analytics::BucketSize::kYear);
  fill_periods(view, ours, theirs);
  fill_drawdowns(view, facts);
  fill_metrics(view, facts, with_benchmark ? &benchmark : nullptr);
  fill_distribution(view, facts);
  fill_intervals(view);
}

}  // namespace signalbus::report::testing
