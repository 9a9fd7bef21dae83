// Brinson and Fachler: where the difference to a benchmark comes from, per period and linked.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"

namespace signalbus::analytics {

/// One sector, cash included. Weights are fractions of net asset value; with shorts or leverage
/// cash is negative.
struct Segment {
  std::string name;
  double weight;  ///< Ours, at the beginning of the period.
  double benchmark_weight;
  std::optional<double> ret;            ///< Ours; absent where nothing was held.
  std::optional<double> benchmark_ret;  ///< Absent where neither benchmark nor index has one.
};

struct Effects {
  double allocation = 0;   ///< (wp - wb)(rb - Rb)
  double selection = 0;    ///< wb (rp - rb)
  double interaction = 0;  ///< (wp - wb)(rp - rb)

  double total() const { return allocation + selection + interaction; }
};

struct BrinsonPeriod {
  double ret;  ///< Sum of weight x return.
  double benchmark_ret;
  std::vector<Effects> effects;  ///< Parallel to the segments; add up to ret - benchmark_ret.
};

/// A segment that is not held takes the benchmark's return, so that all is allocation; one that the
/// benchmark lacks takes its index' return where that is known, else ours. kInvalidInput when the
/// weights of a side do not add up to 1 (to 1e-9): a cash segment is missing then.
Result<BrinsonPeriod> brinson_fachler(std::span<const Segment> segments);

struct LinkedEffects {
  double ret;  ///< Compounded.
  double benchmark_ret;
  std::vector<Effects> effects;  ///< Add up to ret - benchmark_ret.
};

/// kInvalidInput where a period loses everything, and where periods differ in their segments.
Result<LinkedEffects> link_effects_carino(std::span<const BrinsonPeriod> periods);
Result<LinkedEffects> link_effects_menchero(std::span<const BrinsonPeriod> periods);

}  // namespace signalbus::analytics
