// Bootstrap intervals: how much of a result could be the order and choice of days.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "analytics/moments.h"

namespace signalbus::analytics {

/// A small generator with a fixed sequence per seed (SplitMix64: Steele, Lea, Flood 2014), so that
/// the same returns give the same interval everywhere.
class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  /// Uniform in 0..bound-1; bound below 2^32. Its bias is below bound / 2^32.
  std::size_t below(std::size_t bound);

 private:
  std::uint64_t state_;
};

struct BootstrapSettings {
  std::size_t resamples = 1000;
  /// Length of a block: days that follow each other stay together. 0: n^(1/3), rounded up.
  std::size_t block = 0;
  std::uint64_t seed = 20'240'101;
  double periods_per_year = 252;
  double rf = 0;  ///< Per period.
};

struct Interval {
  double low = kNan;  ///< 5 %.
  double middle = kNan;
  double high = kNan;  ///< 95 %.
};
struct BootstrapIntervals {
  Interval sharpe;  ///< Annualised.
  Interval cagr;
  Interval max_drawdown;  ///< From the start.
  std::size_t block = 0;
};
/// Circular blocks (Politis and Romano 1992). All NaN below 2 returns.
BootstrapIntervals bootstrap(std::span<const double> returns, const BootstrapSettings& settings);

}  // namespace signalbus::analytics
