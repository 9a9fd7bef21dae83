#include "analytics/drawdowns.h"

#include <algorithm>

namespace signalbus::analytics {
namespace {

/// Prices that come back to their high give returns whose product may miss it by rounding: that is
/// a recovery, not a drawdown of 1e-16.
constexpr long double kRounding = 1e-13L;

/// level / peak - 1, 0 within rounding.
double depth_below(long double peak, long double level) {
  // Wiped out at the first return without a start: the high is 0 itself.
  if (peak - level <= peak * kRounding) return 0;
  return static_cast<double>(level - peak) / static_cast<double>(peak);
}

}  // namespace

std::vector<double> drawdowns_of(std::span<const double> returns, Baseline baseline) {
  std::vector<double> out;
  out.reserve(returns.size());
  long double level = 1;
  long double peak = baseline == Baseline::kFromStart ? 1 : 0;
  for (const double r : returns) {
    level *= 1 + static_cast<long double>(r);
    peak = std::max(peak, level);
    out.push_back(depth_below(peak, level));
  }
  return out;
}

DrawdownSums drawdown_sums(std::span<const double> returns) {
  std::vector<double> depths;
  return drawdown_sums(returns, depths);
}

DrawdownSums drawdown_sums(std::span<const double> returns, std::vector<double>& depths) {
  DrawdownSums out;
  depths.clear();
  depths.reserve(returns.size());
  long double level = 1;
  long double peak = 1;
  long double peak_of_spec = 0;
  for (const double r : returns) {
    level *= 1 + static_cast<long double>(r);
    peak = std::max(peak, level);
    peak_of_spec = std::max(peak_of_spec, level);
    const double depth = depth_below(peak, level);
    depths.push_back(depth);
    out.sum += depth;
    out.sum_of_squares += static_cast<long double>(depth) * depth;
    out.deepest = std::min(out.deepest, depth);
    // The two highs are the same as soon as the curve was once above its start.
    const double of_spec = peak_of_spec == peak ? depth : depth_below(peak_of_spec, level);
    out.deepest_first_return = std::min(out.deepest_first_return, of_spec);
  }
  out.growth = static_cast<double>(level);
  return out;
}

DrawdownEnds drawdown_ends(std::span<const double> returns) {
  // Far above rounding: what is above this much of the deepest is not deeper, without a division.
  constexpr long double kSurely = 1 - 1e-9L;
  DrawdownEnds out;
  long double level = 1;
  long double peak = 1;
  long double shallow = 0;
  for (const double r : returns) {
    level *= 1 + static_cast<long double>(r);
    peak = std::max(peak, level);
    if (level - peak > shallow * peak) continue;
    out.deepest = std::min(out.deepest, depth_below(peak, level));
    shallow = out.deepest * kSurely;
  }
  out.growth = static_cast<double>(level);
  return out;
}

int DrawdownEpisode::days() const {
  const TradeDate from = peak.value_or(first_underwater);
  return recovery.value_or(last_underwater).days() - from.days();
}

std::vector<DrawdownEpisode> drawdown_episodes(const SimpleReturns& returns, Baseline baseline) {
  return drawdown_episodes(returns.dates(), drawdowns_of(returns.values(), baseline));
}

std::vector<DrawdownEpisode> drawdown_episodes(std::span<const TradeDate> dates,
                                               std::span<const double> depths) {
  std::vector<DrawdownEpisode> out;
  bool under = false;
  for (std::size_t i = 0; i < depths.size(); ++i) {
    if (depths[i] < 0 && !under) {
      const auto peak = i == 0 ? std::nullopt : std::optional(dates[i - 1]);
      out.push_back({depths[i], peak, dates[i], dates[i], dates[i], std::nullopt, 0});
    }
    under = depths[i] < 0;
    if (out.empty() || !out.back().open()) continue;
    DrawdownEpisode& episode = out.back();
    ++episode.periods;
    if (!under) {
      episode.recovery = dates[i];
      continue;
    }
    episode.last_underwater = dates[i];
    if (depths[i] < episode.depth) {
      episode.depth = depths[i];
      episode.valley = dates[i];
    }
  }
  return out;
}

std::vector<DrawdownEpisode> deepest_episodes(std::vector<DrawdownEpisode> episodes,
                                              std::size_t count) {
  std::stable_sort(
      episodes.begin(), episodes.end(),
      [](const DrawdownEpisode& a, const DrawdownEpisode& b) { return a.depth < b.depth; });
  if (episodes.size() > count) {
    episodes.erase(episodes.begin() + static_cast<std::ptrdiff_t>(count), episodes.end());
  }
  return episodes;
}

}  // namespace signalbus::analytics
