// Metrics of the shape of returns.
#include "analytics/metrics.h"

#include <array>

namespace signalbus::analytics {
namespace {

using enum MetricGroup;
using enum MetricUnit;
using enum Scale;

double outlier_win(const Facts& f) {
  const auto count = static_cast<long double>(f.days.wins + f.days.zeros);
  return ratio(f.tails.quantile(0.99), ratio(f.days.sum_wins, count));
}

const std::array kMetrics = {
    Metric{"skewness_population", "Skewness of the population", kDistribution, kRatio, kPlain, 1,
           "g1 = (m3/n)/(m2/n)^1.5", "", "scipy's and pyfolio's default",
           [](const Facts& f) -> double { return population_skewness(f.moments); }},
    Metric{"kurtosis_population", "Excess kurtosis of the population", kDistribution, kRatio,
           kPlain, 1, "g2 = (m4/n)/(m2/n)^2 - 3", "", "scipy's and pyfolio's default",
           [](const Facts& f) -> double { return population_excess_kurtosis(f.moments); }},
    Metric{"stability", "Stability", kDistribution, kRatio, kPlain, 2,
           "R^2 of cumulated log(1+r) on time", "Absent after a wipe-out; 1 for a constant return.",
           "empyrical only",
           [](const Facts& f) -> double { return stability(f.returns.values(), f.moments); }},
    Metric{"autocorrelation_1", "Autocorrelation of lag 1", kDistribution, kRatio, kPlain, 3,
           "corr(r_2..r_n, r_1..r_n-1)", "", "statsmodels divides by n around one mean",
           [](const Facts& f) -> double { return f.autocorrelation; }},
    Metric{"ljung_box_p", "Ljung-Box test, 10 lags", kDistribution, kProbability, kPlain, 12,
           "P(chi2_10 > n(n+2) sum_k rho_k^2/(n-k))",
           "Small: returns depend on those before. rho_k around one mean, divided by n.", "",
           [](const Facts& f) -> double {
             return ljung_box(f.returns.values(), f.moments, 10).p_value;
           }},
    Metric{"hurst_exponent", "Hurst exponent (rescaled range)", kDistribution, kRatio, kPlain, 2,
           "log(R/s)/log(n)", "One window, biased: an indication only.", "PerformanceAnalytics",
           [](const Facts& f) -> double { return hurst_exponent(f.returns.values(), f.moments); }},
    Metric{"outlier_win_ratio", "Outlier win ratio", kDistribution, kRatio, kPlain, 1,
           "q(0.99)/mean(r | r >= 0)", "Zeros count as wins here, as quantstats has it.", "",
           [](const Facts& f) -> double { return outlier_win(f); }},
    Metric{"outlier_loss_ratio", "Outlier loss ratio", kDistribution, kRatio, kPlain, 1,
           "q(0.01)/mean(r | r < 0)", "", "",
           [](const Facts& f) -> double {
             return ratio(f.tails.quantile(0.01), f.days.average_loss());
           }},
};

}  // namespace

std::span<const Metric> distribution_metrics() { return kMetrics; }

}  // namespace signalbus::analytics
