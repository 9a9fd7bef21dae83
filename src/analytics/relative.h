// Against a benchmark: beta, alpha, captures, tracking. Everything on the dates that both have.
#pragma once

#include <cstddef>

#include "analytics/moments.h"
#include "analytics/series.h"

namespace signalbus::analytics {

/// Sums over the periods of one side of the benchmark.
struct CaptureSide {
  std::size_t periods = 0;
  std::size_t same_sign = 0;  ///< Ours went the same way.
  std::size_t better = 0;     ///< Ours was above the benchmark.
  double ours = 0;            ///< Compounded return over those periods.
  double theirs = 0;

  /// Compounded ours / compounded theirs; NaN without periods.
  double capture() const;
  /// The same with each side annualised over its own periods. Absurd on short samples.
  double annualised_capture(double periods_per_year) const;
};

/// Everything that one walk over the pairs gives.
struct Relative {
  Moments ours;
  Moments theirs;
  Moments active;           ///< Of ours - theirs.
  long double product = 0;  ///< Sum of (r - mean r)(b - mean b).
  CaptureSide up;           ///< Periods with b > 0.
  CaptureSide down;         ///< Periods with b < 0: a flat benchmark is neither.
  std::size_t won = 0;      ///< Periods with r > b.
  double growth_ours = 1;
  double growth_theirs = 1;

  std::size_t count() const { return ours.count; }
  double beta() const;                          ///< NaN for a constant benchmark.
  double correlation() const;                   ///< NaN where either is constant.
  double alpha_per_period(double rf) const;     ///< mean(r - rf) - beta mean(b - rf).
  double residual_variance(double ddof) const;  ///< Of r - beta b; divisor n - ddof.
};
Relative relative_of(const Aligned& aligned);

}  // namespace signalbus::analytics
