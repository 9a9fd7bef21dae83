// The statistical half of a synthetic view, by the same functions that the report uses.
#pragma once

#include <vector>

#include "analytics/bootstrap.h"
#include "report/dashboard_view.h"

namespace signalbus::report::testing {

/// Draws that are the same for a seed.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : generator_(seed) {}
  double uniform();  ///< In (0, 1).
  double normal();
  std::size_t below(std::size_t bound) { return generator_.below(bound); }

 private:
  analytics::SplitMix64 generator_;
};

/// Dates, equity, returns, drawdowns, rolling measures, metrics, calendar, distribution.
/// `sessions` end on 2025-08-29. `start` is the equity before the first.
void fill_series(DashboardView& view, std::size_t sessions, bool with_benchmark, double start,
                 Draws& draws);

}  // namespace signalbus::report::testing
