// Linking: contributions of single periods that add up exactly to the return of all of them.
#pragma once

#include <span>
#include <vector>

#include "analytics/moments.h"

namespace signalbus::analytics {

/// What the parts of one period contributed. They add up to its return (fees and cash are parts).
struct PeriodContribution {
  std::vector<double> parts;
};

struct LinkedContributions {
  std::vector<double> parts;  ///< Add up to `total`.
  double total = 0;           ///< Compounded return of the periods that were linked.
  /// Periods that count: linking stops before a period that loses everything, whose logarithm is
  /// infinite.
  std::size_t periods = 0;
};

/// Carino: each period is scaled by ln(1+r_t)/r_t over ln(1+R)/R. The order of periods makes no
/// difference. All periods must have the same number of parts.
LinkedContributions link_carino(std::span<const PeriodContribution> periods);

/// ln(1+r)/r, 1 at 0; by its series near 0. NaN for r <= -1.
double carino_factor(double r);

/// (ln(1+p) - ln(1+b))/(p - b), 1/(1+p) where they are equal. NaN where either is -1 or less.
double carino_active_factor(double p, double b);

}  // namespace signalbus::analytics
