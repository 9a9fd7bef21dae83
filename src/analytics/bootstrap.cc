#include "analytics/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analytics/drawdowns.h"
#include "analytics/ratios.h"

namespace signalbus::analytics {
namespace {

Interval interval_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {quantile_of_sorted(values, 0.05), quantile_of_sorted(values, 0.5),
          quantile_of_sorted(values, 0.95)};
}

/// Fills `out` with blocks of `returns` that begin anywhere and go on at the start.
void resample(std::span<const double> returns, std::size_t block, SplitMix64& random,
              std::vector<double>& out) {
  for (std::size_t at = 0; at < out.size();) {
    std::size_t from = random.below(returns.size());
    for (std::size_t i = 0; i < block && at < out.size(); ++i, ++at) {
      out[at] = returns[from];
      from = from + 1 == returns.size() ? 0 : from + 1;
    }
  }
}

}  // namespace

std::uint64_t SplitMix64::next() {
  state_ += 0x9E3779B97F4A7C15U;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

std::size_t SplitMix64::below(std::size_t bound) { return (next() >> 32) * bound >> 32; }

BootstrapIntervals bootstrap(std::span<const double> returns, const BootstrapSettings& settings) {
  BootstrapIntervals out;
  if (returns.size() < 2) return out;
  const double cube_root = std::cbrt(static_cast<double>(returns.size()));
  out.block = settings.block > 0 ? settings.block : static_cast<std::size_t>(std::ceil(cube_root));
  SplitMix64 random(settings.seed);
  std::vector<double> sample(returns.size());
  std::vector<double> sharpes;
  std::vector<double> cagrs;
  std::vector<double> drawdowns;
  const double root = std::sqrt(settings.periods_per_year);
  for (std::size_t i = 0; i < settings.resamples; ++i) {
    resample(returns, out.block, random, sample);
    const DrawdownEnds ends = drawdown_ends(sample);
    sharpes.push_back(sharpe(mean_and_variance_of(sample), settings.rf) * root);
    cagrs.push_back(compound_growth(ends.growth, sample.size(), settings.periods_per_year));
    drawdowns.push_back(ends.deepest);
  }
  out.sharpe = interval_of(std::move(sharpes));
  out.cagr = interval_of(std::move(cagrs));
  out.max_drawdown = interval_of(std::move(drawdowns));
  return out;
}

}  // namespace signalbus::analytics
