// How sure a Sharpe ratio is: probabilistic, deflated, the track record it takes, and "smart".
#pragma once

#include <cstddef>

#include "analytics/moments.h"

namespace signalbus::analytics {

/// What the sampling error of a Sharpe ratio depends on.
struct SharpeSample {
  double ratio;     ///< Per period, not annualised.
  double count;     ///< Observations.
  double skewness;  ///< G1.
  double excess;    ///< Excess kurtosis G2: 0 for a normal distribution.
  double kurtosis() const { return excess + 3; }  ///< Raw: what the formulas take.
};
/// `mean` is that of returns over risk-free ones.
SharpeSample sharpe_sample(const Moments& moments, double mean);

/// P(true Sharpe ratio > reference), after Bailey and Lopez de Prado (2012). Per period. NaN where
/// the variance of the estimate would not be positive, and below 2 observations.
double probabilistic_sharpe_ratio(const SharpeSample& sample, double reference);

/// The largest Sharpe ratio that `trials` attempts without skill are expected to show, when the
/// ratios of the attempts scatter by `stdev` (ddof 1). 0 for one attempt.
double expected_maximum_sharpe(double trials, double stdev);

/// Observations until the probabilistic ratio reaches `confidence`; infinite where the ratio does
/// not exceed the reference.
double min_track_record_length(const SharpeSample& sample, double reference, double confidence);

/// What quantstats divides Sharpe and Sortino by to make them "smart":
/// sqrt(1 + 2 sum over k of (n-k)/n rho^k), rho = |autocorrelation of lag 1|.
double autocorrelation_penalty(double autocorrelation, std::size_t count);

}  // namespace signalbus::analytics
