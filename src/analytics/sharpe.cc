#include "analytics/sharpe.h"

#include <cmath>

#include "analytics/normal.h"

namespace signalbus::analytics {
namespace {

constexpr double kEuler = 0.5772156649015329;

/// Variance of the estimated ratio, times n - 1.
double variance_factor(const SharpeSample& s) {
  return 1 - s.skewness * s.ratio + (s.kurtosis() - 1) / 4 * s.ratio * s.ratio;
}

}  // namespace

SharpeSample sharpe_sample(const Moments& moments, double mean) {
  return {ratio(mean, sample_stdev(moments)), static_cast<double>(moments.count), skewness(moments),
          excess_kurtosis(moments)};
}

double probabilistic_sharpe_ratio(const SharpeSample& s, double reference) {
  const double factor = variance_factor(s);
  if (s.count < 2 || !(factor > 0)) return kNan;
  return normal_cdf((s.ratio - reference) * std::sqrt(s.count - 1) / std::sqrt(factor));
}

double expected_maximum_sharpe(double trials, double stdev) {
  if (trials <= 1) return 0;
  return stdev * ((1 - kEuler) * normal_quantile(1 - 1 / trials) +
                  kEuler * normal_quantile(1 - 1 / (trials * std::exp(1.0))));
}

double min_track_record_length(const SharpeSample& s, double reference, double confidence) {
  const double factor = variance_factor(s);
  if (!(factor > 0) || std::isnan(s.ratio)) return kNan;
  if (s.ratio <= reference) return std::numeric_limits<double>::infinity();
  const double z = normal_quantile(confidence) / (s.ratio - reference);
  return 1 + factor * z * z;
}

double autocorrelation_penalty(double autocorrelation, std::size_t count) {
  const double rho = std::abs(autocorrelation);
  if (count < 3 || std::isnan(rho)) return kNan;
  const auto n = static_cast<double>(count);
  double power = 1;
  double sum = 0;
  for (std::size_t k = 1; k < count; ++k) {
    power *= rho;
    if (power < 1e-20) break;
    sum += (n - static_cast<double>(k)) / n * power;
  }
  return std::sqrt(1 + 2 * sum);
}

}  // namespace signalbus::analytics
