// Facts: everything that several metrics need of a return series, taken once.
#pragma once

#include <optional>
#include <vector>

#include "analytics/buckets.h"
#include "analytics/drawdowns.h"
#include "analytics/moments.h"
#include "analytics/ratios.h"
#include "analytics/relative.h"
#include "analytics/series.h"

namespace signalbus::analytics {

/// What a report says once and every metric follows.
struct Conventions {
  double periods_per_year = 252;
  double rf_annual = 0;  ///< A yearly rate, always; 0.02 is 2 %.
  RateMode rf_mode = RateMode::kArithmetic;
  /// Date of the value before the first return; absent: the weekday before it.
  std::optional<TradeDate> base_date = std::nullopt;
  /// How many strategies were tried before this one, and how their Sharpe ratios (per period)
  /// scattered: what the deflated ratio deflates by.
  double trials = 1;
  double trials_stdev = 0;

  double rf() const { return rate_per_period(rf_annual, periods_per_year, rf_mode); }
};

struct Facts {
  SimpleReturns returns;
  Conventions conventions;
  Moments moments;
  Moments
      excess;     ///< Of returns over the risk-free series; shifted `moments` where rf is constant.
  double rf = 0;  ///< Per period; the mean of the series where one was given.
  Tails tails;
  DrawdownSums drawdowns;
  std::vector<double> depths;             ///< The drawdown series, from the start.
  std::vector<DrawdownEpisode> episodes;  ///< From the start, in the order of time.
  WinLoss days;
  std::vector<Bucket> weeks, months, quarters, years;
  double autocorrelation = kNan;                    ///< Of lag 1.
  std::optional<Relative> relative = std::nullopt;  ///< Absent without a benchmark.
  int only_ours = 0;                                ///< Dates that the benchmark lacks.

  std::size_t count() const { return moments.count; }
  double mean() const { return static_cast<double>(moments.mean); }
  double annual(double per_period) const { return per_period * conventions.periods_per_year; }
  double cagr() const {
    return compound_growth(drawdowns.growth, count(), conventions.periods_per_year);
  }
  /// Sharpe ratio per period.
  double sharpe_per_period() const { return sharpe(excess, 0); }
};

/// `benchmark` and `risk_free` (returns per period) may be null. A benchmark adds `relative` and
/// changes nothing else. With a risk-free series, excess returns are those of common dates.
/// `calendar` saves the work of dates where it is of these returns' own; it changes nothing.
Facts facts_of(SimpleReturns returns, const SimpleReturns* benchmark,
               const Conventions& conventions, const SimpleReturns* risk_free = nullptr,
               const CalendarRows* calendar = nullptr);

}  // namespace signalbus::analytics
