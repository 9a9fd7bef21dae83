// Value at risk and expected shortfall, four ways, and the test whether the losses agree with it.
//
// Everything is a return of one period: a loss is negative.
#pragma once

#include <cstddef>
#include <span>

#include "analytics/moments.h"

namespace signalbus::analytics {

/// The usual level: the worst 5 of 100 periods.
inline constexpr double kTailLevel = 0.05;

/// mean + z(alpha) x stdev (ddof 1).
double var_gaussian(const Moments& moments, double alpha);
/// With skewness and kurtosis of the population (Cornish and Fisher). NaN where the expansion is
/// not monotone at `alpha`, so that a deeper level would be a smaller loss.
double var_cornish_fisher(const Moments& moments, double alpha);
/// mean - population stdev x density(z) / alpha.
double es_gaussian(const Moments& moments, double alpha);
/// Edgeworth's expansion (Boudt, Peterson, Croux 2008); never better than the Cornish-Fisher VaR.
double es_modified(const Moments& moments, double alpha);
/// mean(r | r <= quantile(alpha)): the default everywhere.
double es_historical(std::span<const double> returns, double alpha);

/// The four values at risk with their shortfalls.
struct TailRisk {
  double historical = kNan;
  double gaussian = kNan;
  double cornish_fisher = kNan;
  double historical_shortfall = kNan;
  double gaussian_shortfall = kNan;
  double modified_shortfall = kNan;
  /// The newest squared returns weigh most (lambda 0.94, RiskMetrics): what a quiet year hides.
  double ewma = kNan;
  double ewma_shortfall = kNan;
};
TailRisk tail_risk(std::span<const double> returns, double alpha);

/// Did losses exceed the value at risk as often as it says, and not in clusters?
struct VarBacktest {
  std::size_t days = 0;
  std::size_t exceptions = 0;  ///< Days with a return below that day's value at risk.
  double expected = 0;
  double kupiec = kNan;        ///< Likelihood ratio of the count; chi-square, 1 degree.
  double kupiec_p = kNan;      ///< Small: too many or too few.
  double independence = kNan;  ///< Christoffersen's: does one follow another; 1 degree.
  double independence_p = kNan;
  double conditional = kNan;  ///< Both together; 2 degrees.
  double conditional_p = kNan;
};
/// `forecasts` holds the value at risk that was known before each return. Same lengths.
VarBacktest backtest_var(std::span<const double> returns, std::span<const double> forecasts,
                         double alpha);

/// The historical value at risk of the `window` returns before each day: forecasts for
/// returns[window..].
std::vector<double> rolling_historical_var(std::span<const double> returns, std::size_t window,
                                           double alpha);

/// Basel's traffic light for a 99 % value at risk over 250 days.
enum class BaselZone { kGreen, kYellow, kRed };
BaselZone basel_zone(std::size_t exceptions);

}  // namespace signalbus::analytics
