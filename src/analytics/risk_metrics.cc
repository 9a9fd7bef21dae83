// Metrics of risk: volatility and tails.
#include "analytics/metrics.h"

#include <array>
#include <cmath>

#include "analytics/rolling.h"
#include "analytics/tail_risk.h"

namespace signalbus::analytics {
namespace {

using enum MetricGroup;
using enum MetricUnit;
using enum Scale;

double downside_per_period(const Facts& f) {
  return static_cast<double>(
      sqrtl(f.days.sum_downside_squares / static_cast<long double>(f.count())));
}

double mean_absolute_deviation(const Facts& f) {
  long double sum = 0;
  for (const double r : f.returns.values()) sum += std::abs(r - f.mean());
  return static_cast<double>(sum / static_cast<long double>(f.count()));
}

Moments last_half_year(const Facts& f) { return moments_of(f.returns.values().last(kHalfYear)); }

const std::array kMetrics = {
    Metric{"downside_deviation", "Downside deviation", kRisk, kFraction, kAnnual, 1,
           "sqrt(sum(min(r,0)^2)/n)*sqrt(A)", "n counts all returns, also those above 0.",
           "PerformanceAnalytics method=\"subset\" divides by the losses only; Lean annualises a "
           "variance",
           [](const Facts& f) -> double {
             return downside_per_period(f) * std::sqrt(f.conventions.periods_per_year);
           }},
    Metric{"semi_deviation", "Semi-deviation", kRisk, kFraction, kAnnual, 1,
           "sqrt(sum(min(r-mean,0)^2)/n)*sqrt(A)", "About the mean.", "Riskfolio divides by n-1",
           [](const Facts& f) -> double {
             return downside_deviation(f.returns.values(), f.mean()) *
                    std::sqrt(f.conventions.periods_per_year);
           }},
    Metric{"mean_absolute_deviation", "Mean absolute deviation", kRisk, kFraction, kPlain, 1,
           "mean|r - mean(r)|", "Per period.", "",
           [](const Facts& f) -> double { return mean_absolute_deviation(f); }},
    Metric{"var_historical", "Value at risk 95 %, historical", kRisk, kFraction, kPlain, 1,
           "q(0.05), linear", "= var_95.", "",
           [](const Facts& f) -> double { return f.tails.quantile(kTailLevel); }},
    Metric{"var_gaussian", "Value at risk 95 %, normal", kRisk, kFraction, kPlain, 2,
           "mean + z(0.05)*std, ddof 1", "",
           "PerformanceAnalytics divides by n; pyfolio takes mean - 2 std",
           [](const Facts& f) -> double { return var_gaussian(f.moments, kTailLevel); }},
    Metric{"var_cornish_fisher", "Value at risk 95 %, Cornish-Fisher", kRisk, kFraction, kPlain, 4,
           "mean + sigma*(z + (z^2-1)S/6 + (z^3-3z)K/24 - (2z^3-5z)S^2/36)",
           "Population moments. Absent where the expansion is not monotone.",
           "PerformanceAnalytics drops S and K for tiny variances",
           [](const Facts& f) -> double { return var_cornish_fisher(f.moments, kTailLevel); }},
    Metric{
        "cvar", "Expected shortfall 95 %", kRisk, kFraction, kPlain, 1, "mean(r | r <= q(0.05))",
        "",
        "PerformanceAnalytics takes r < q; empyrical the floor((n-1)*0.05)+1 smallest; "
        "quantstats before 0.0.86 mixed a normal threshold with an empirical mean, since then its "
        "default is normal",
        [](const Facts& f) -> double {
          return mean_up_to(f.returns.values(), f.tails.quantile(kTailLevel));
        }},
    Metric{"es_gaussian", "Expected shortfall 95 %, normal", kRisk, kFraction, kPlain, 2,
           "mean - sigma*phi(z)/0.05, ddof 0", "", "",
           [](const Facts& f) -> double { return es_gaussian(f.moments, kTailLevel); }},
    Metric{"es_modified", "Expected shortfall 95 %, modified", kRisk, kFraction, kPlain, 4,
           "Edgeworth expansion (Boudt, Peterson, Croux 2008)",
           "Population moments; never better than var_cornish_fisher.", "",
           [](const Facts& f) -> double { return es_modified(f.moments, kTailLevel); }},
    Metric{"tail_ratio", "Tail ratio", kRisk, kRatio, kPlain, 1, "|q(0.95)|/|q(0.05)|", "", "",
           [](const Facts& f) -> double {
             return ratio(std::abs(f.tails.quantile(0.95)), std::abs(f.tails.quantile(0.05)));
           }},
    Metric{"rolling_volatility", "Volatility of the last half year", kRisk, kFraction, kAnnual, 126,
           "std of the last 126 r * sqrt(A)", "", "",
           [](const Facts& f) -> double {
             return sample_stdev(last_half_year(f)) * std::sqrt(f.conventions.periods_per_year);
           }},
};

}  // namespace

std::span<const Metric> risk_metrics() { return kMetrics; }

}  // namespace signalbus::analytics
