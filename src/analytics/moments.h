// Moments: mean and central sums of a sample, taken once and shared by every metric.
//
// All functions return NaN where there are too few observations; none throws.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace signalbus::analytics {

inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Two passes in long double. Where all values are the same up to rounding (range at most four
/// epsilons of the largest), the central sums are exactly 0: a standard deviation of 1e-17 is no
/// risk, and dividing by it is no Sharpe ratio.
struct Moments {
  std::size_t count = 0;
  long double mean = 0;  ///< NaN when empty.
  long double m2 = 0;    ///< Sum of (x - mean)^2, not divided by anything.
  long double m3 = 0;
  long double m4 = 0;
  double min = kNan;
  double max = kNan;

  bool constant() const { return m2 == 0; }  ///< Also for no and one observation.
};
Moments moments_of(std::span<const double> values);
/// The same without m3 and m4, for who takes those of a thousand samples.
Moments mean_and_variance_of(std::span<const double> values);

double sample_variance(const Moments& moments);  ///< Divisor n - 1; NaN below 2.
double sample_stdev(const Moments& moments);     ///< NaN below 2.
double population_stdev(const Moments& moments);
/// G1, as pandas has it from 3.0 on: no absolute threshold. NaN below 3; constant: 0.
double skewness(const Moments& moments);
/// G2, excess. NaN below 4; constant: 0.
double excess_kurtosis(const Moments& moments);
double population_skewness(const Moments& moments);         ///< g1; NaN when empty; constant: 0.
double population_excess_kurtosis(const Moments& moments);  ///< g2; NaN when empty; constant: 0.

/// numerator / denominator: 0/0 is NaN, x/0 is infinite. Both are shown as "n/a".
double ratio(long double numerator, long double denominator);

/// Quantile of ascending values, linear between neighbours (numpy's default, R's type 7).
/// p in 0..1. NaN when empty.
double quantile_of_sorted(std::span<const double> sorted, double p);
/// The same of values in any order; sorts a copy.
double quantile(std::span<const double> values, double p);

/// The two ends of a sample in order: what quantiles below 5 % and above 95 % need, without sorting
/// the middle.
class Tails {
 public:
  Tails() = default;
  explicit Tails(std::span<const double> values);

  /// p in 0..0.05 or 0.95..1; anything between is a bug.
  double quantile(double p) const;

 private:
  double at(std::size_t index) const;

  std::size_t count_ = 0;
  std::vector<double> lower_;  ///< The smallest, ascending.
  std::vector<double> upper_;  ///< The largest, ascending.
};

/// Mean of the values that are not above `threshold`; NaN when there are none.
double mean_up_to(std::span<const double> values, double threshold);

/// Pearson's correlation of two samples of one length; NaN where either is constant.
double correlation(std::span<const double> a, std::span<const double> b);

/// Correlation of the values with those `lag` places before; NaN for fewer than lag + 2.
double autocorrelation(std::span<const double> values, std::size_t lag);

/// Ljung and Box's test that the first `lags` (even) autocorrelations are zero; `moments` of the
/// values.
struct LjungBox {
  double statistic = kNan;
  double p_value = kNan;  ///< Small: returns depend on those before.
};
LjungBox ljung_box(std::span<const double> values, const Moments& moments, std::size_t lags);

}  // namespace signalbus::analytics
