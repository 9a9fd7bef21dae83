// The eight of the specification, with its formulas and its values at the edges.
#include "analytics/metrics.h"

#include <array>
#include <cmath>

namespace signalbus::analytics {
namespace {

using enum MetricGroup;
using enum MetricUnit;
using enum Scale;

const std::array kMetrics = {
    Metric{"total_return", "Total return", kSpecification, kFraction, kPlain, 0, "prod(1+r) - 1",
           "Compounded. 0 without observations, as pandas has it.",
           "PerformanceAnalytics geometric=FALSE and quantstats compounded=False add instead; "
           "empyrical gives NaN when empty",
           [](const Facts& f) -> double { return f.drawdowns.growth - 1; }},
    Metric{"annualized_return", "Annualised mean return", kSpecification, kFraction, kAnnual, 1,
           "mean(r)*A", "Not a growth rate: see cagr for what an investment earned.",
           "Lean compounds it: (1+mean)^A - 1",
           [](const Facts& f) -> double { return f.annual(f.mean()); }},
    Metric{"volatility", "Volatility", kSpecification, kFraction, kAnnual, 2,
           "std(r)*sqrt(A), ddof 1", "0 when all returns are the same up to rounding.",
           "Riskfolio and parts of PerformanceAnalytics divide by n",
           [](const Facts& f) -> double {
             return sample_stdev(f.moments) * std::sqrt(f.conventions.periods_per_year);
           }},
    Metric{
        "sharpe_ratio", "Sharpe ratio without a risk-free rate", kSpecification, kRatio, kAnnual, 0,
        "annualized_return/volatility; 0 when volatility is 0 or undefined",
        "No risk-free rate: see sharpe.",
        "Raw pandas gives 1e17 for constant returns, where rounding leaves a volatility of 1e-16",
        [](const Facts& f) -> double {
          return f.count() < 2 ? 0
                               : sharpe(f.moments, 0) * std::sqrt(f.conventions.periods_per_year);
        }},
    Metric{"max_drawdown", "Maximum drawdown without the start", kSpecification, kFraction, kPlain,
           1, "min over t of V_t/max(V_1..V_t) - 1",
           "The curve begins with 1+r_1: a loss on the first day is invisible. See "
           "max_drawdown_from_start.",
           "pyfolio agrees; empyrical, quantstats, PerformanceAnalytics and Riskfolio include the "
           "start",
           [](const Facts& f) -> double { return f.drawdowns.deepest_first_return; }},
    Metric{"var_95", "Value at risk 95 %", kSpecification, kFraction, kPlain, 1, "q(0.05), linear",
           "Of one period; a loss is negative.",
           "Riskfolio takes an observation instead of interpolating",
           [](const Facts& f) -> double { return f.tails.quantile(0.05); }},
    Metric{"skewness", "Skewness", kSpecification, kRatio, kPlain, 3,
           "G1 = n*sqrt(n-1)/(n-2) * m3/m2^1.5",
           "0 for constant returns. No absolute threshold for small variances.",
           "pandas up to 2 gives 0 for deviations of about 1e-5 and below; scipy and pyfolio use "
           "population moments",
           [](const Facts& f) -> double { return skewness(f.moments); }},
    Metric{"kurtosis", "Excess kurtosis", kSpecification, kRatio, kPlain, 4,
           "G2 = n(n+1)(n-1)*m4/((n-2)(n-3)*m2^2) - 3(n-1)^2/((n-2)(n-3))",
           "0 is normal; 0 for constant returns.", "As for skewness",
           [](const Facts& f) -> double { return excess_kurtosis(f.moments); }},
};

}  // namespace

std::span<const Metric> specification_metrics() { return kMetrics; }

}  // namespace signalbus::analytics
