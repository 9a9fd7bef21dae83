// Rolling measures: one value per date from the first full window on.
#pragma once

#include <cstddef>
#include <vector>

#include "analytics/series.h"

namespace signalbus::analytics {

inline constexpr std::size_t kHalfYear = 126;  ///< Sessions: the usual window.

struct DatedValue {
  TradeDate date;
  double value;  ///< NaN where it is undefined in that window.
};

/// mean(r - rf) / stdev x sqrt(A) over `window` returns; 0 for a constant window. rf per period.
std::vector<DatedValue> rolling_sharpe(const SimpleReturns& returns, std::size_t window,
                                       double periods_per_year, double rf = 0);
std::vector<DatedValue> rolling_volatility(const SimpleReturns& returns, std::size_t window,
                                           double periods_per_year);
/// mean x A / downside deviation below 0.
std::vector<DatedValue> rolling_sortino(const SimpleReturns& returns, std::size_t window,
                                        double periods_per_year);
/// Beta over exactly `window` pairs.
std::vector<DatedValue> rolling_beta(const Aligned& aligned, std::size_t window);

}  // namespace signalbus::analytics
