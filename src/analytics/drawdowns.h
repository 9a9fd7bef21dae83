// Drawdowns: how far below its highest value a curve is, as a series, as episodes, as one pass.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "analytics/series.h"

namespace signalbus::analytics {

/// Whether the value before the first return counts as a high.
enum class Baseline {
  kFromStart,    ///< Yes: a loss on the first day is a drawdown. What reports show.
  kFirstReturn,  ///< No: the specification's convention, the curve begins with 1 + r1.
};

/// V / highest V so far - 1 after each return; 0 or negative.
std::vector<double> drawdowns_of(std::span<const double> returns, Baseline baseline);

/// What one walk along the drawdown series gives, with the start as a high unless it says else.
struct DrawdownSums {
  double deepest = 0;               ///< 0 or negative.
  double deepest_first_return = 0;  ///< The specification's: without the start.
  long double sum = 0;              ///< Of the series; 0 or negative.
  long double sum_of_squares = 0;
  double growth = 1;  ///< What 1 became.
};
DrawdownSums drawdown_sums(std::span<const double> returns);
/// The same, and the drawdown series from the start with it.
DrawdownSums drawdown_sums(std::span<const double> returns, std::vector<double>& depths);

/// Where the curve ends and how deep it was, with the start as a high: bit for bit those of
/// DrawdownSums, for who takes them of a thousand samples.
struct DrawdownEnds {
  double growth = 1;
  double deepest = 0;
};
DrawdownEnds drawdown_ends(std::span<const double> returns);

/// One time under water. All libraries' dates are here; which they call start and end differs.
struct DrawdownEpisode {
  double depth;                       ///< Negative.
  std::optional<TradeDate> peak;      ///< Last date at the high; none: the start itself.
  TradeDate first_underwater;         ///< First date below it.
  TradeDate valley;                   ///< First date of the lowest value.
  TradeDate last_underwater;          ///< Last date below the high (so far).
  std::optional<TradeDate> recovery;  ///< First date at or above the high again; none: open.
  int periods;                        ///< Returns from the peak to recovery, or to the end.

  bool open() const { return !recovery.has_value(); }
  /// Calendar days from the peak to recovery, or to the last date. From the first date under water
  /// where the peak is the start, whose date nobody knows.
  int days() const;
};

/// In the order of time.
std::vector<DrawdownEpisode> drawdown_episodes(const SimpleReturns& returns, Baseline baseline);
/// Of a drawdown series that is there already.
std::vector<DrawdownEpisode> drawdown_episodes(std::span<const TradeDate> dates,
                                               std::span<const double> depths);

/// The `count` deepest; of equal ones the earlier first.
std::vector<DrawdownEpisode> deepest_episodes(std::vector<DrawdownEpisode> episodes,
                                              std::size_t count);

}  // namespace signalbus::analytics
