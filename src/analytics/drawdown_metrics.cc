// Metrics of drawdown.
#include "analytics/metrics.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace signalbus::analytics {
namespace {

using enum MetricGroup;
using enum MetricUnit;
using enum Scale;

template <class Get>
double average(const Facts& f, Get get) {
  double sum = 0;
  for (const DrawdownEpisode& episode : f.episodes) sum += get(episode);
  return f.episodes.empty() ? 0 : sum / static_cast<double>(f.episodes.size());
}

template <class Get>
double longest(const Facts& f, Get get) {
  int most = 0;
  for (const DrawdownEpisode& episode : f.episodes) most = std::max(most, get(episode));
  return most;
}

double cdar(const Facts& f) { return mean_up_to(f.depths, Tails(f.depths).quantile(0.05)); }

const std::array kMetrics = {
    Metric{"max_drawdown_from_start", "Maximum drawdown", kDrawdown, kFraction, kPlain, 1,
           "min over t of V_t/max(1, V_1..V_t) - 1", "The start counts as a high; negative.",
           "Positive in PerformanceAnalytics and Riskfolio",
           [](const Facts& f) -> double { return f.drawdowns.deepest; }},
    Metric{"average_drawdown", "Average depth of a drawdown", kDrawdown, kFraction, kPlain, 1,
           "mean over episodes of their depth", "0 without an episode.",
           "Riskfolio takes the mean of the drawdown series: see pain_index",
           [](const Facts& f) -> double {
             return average(f, [](const DrawdownEpisode& e) { return e.depth; });
           }},
    Metric{"average_drawdown_days", "Average days of a drawdown", kDrawdown, kDays, kPlain, 1,
           "mean over episodes of days from peak to recovery",
           "Calendar days; to the last date while open.", "quantstats counts (end - start) + 1",
           [](const Facts& f) -> double {
             return average(f,
                            [](const DrawdownEpisode& e) { return static_cast<double>(e.days()); });
           }},
    Metric{"longest_drawdown_days", "Longest drawdown in days", kDrawdown, kDays, kPlain, 1,
           "max over episodes of days from peak to recovery",
           "Calendar days; to the last date while open.", "",
           [](const Facts& f) -> double {
             return longest(f, [](const DrawdownEpisode& e) { return e.days(); });
           }},
    Metric{"longest_drawdown_periods", "Longest drawdown in periods", kDrawdown, kPeriods, kPlain,
           1, "max over episodes of returns from peak to recovery", "",
           "pyfolio counts business days with both ends",
           [](const Facts& f) -> double {
             return longest(f, [](const DrawdownEpisode& e) { return e.periods; });
           }},
    Metric{"ulcer_index", "Ulcer index", kDrawdown, kFraction, kPlain, 1, "sqrt(mean(dd^2))",
           "A fraction; divisor n.", "quantstats divides by n-1; ffn is in percent over n+1 prices",
           [](const Facts& f) -> double {
             return static_cast<double>(
                 sqrtl(f.drawdowns.sum_of_squares / static_cast<long double>(f.count())));
           }},
    Metric{"pain_index", "Pain index", kDrawdown, kFraction, kPlain, 1, "mean|dd|", "", "",
           [](const Facts& f) -> double {
             return static_cast<double>(-f.drawdowns.sum / static_cast<long double>(f.count()));
           }},
    Metric{"cdar", "Conditional drawdown at risk 95 %", kDrawdown, kFraction, kPlain, 1,
           "mean(dd | dd <= q(dd, 0.05))", "The worst twentieth of the drawdown series.",
           "Riskfolio: exact share of the borderline value",
           [](const Facts& f) -> double { return cdar(f); }},
};

}  // namespace

std::span<const Metric> drawdown_metrics() { return kMetrics; }

}  // namespace signalbus::analytics
