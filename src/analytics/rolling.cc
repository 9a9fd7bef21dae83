#include "analytics/rolling.h"

#include <cmath>

#include "analytics/moments.h"
#include "analytics/ratios.h"
#include "core/check.h"

namespace signalbus::analytics {
namespace {

/// Every window is taken anew: no sums that slide and drift, and a constant window is seen as one.
template <class Measure>
std::vector<DatedValue> rolling(const SimpleReturns& returns, std::size_t window, Measure measure) {
  SB_CHECK(window > 0);
  std::vector<DatedValue> out;
  if (returns.size() < window) return out;
  out.reserve(returns.size() - window + 1);
  for (std::size_t end = window; end <= returns.size(); ++end) {
    out.push_back(
        {returns.dates()[end - 1], measure(returns.values().subspan(end - window, window))});
  }
  return out;
}

}  // namespace

std::vector<DatedValue> rolling_sharpe(const SimpleReturns& returns, std::size_t window,
                                       double periods_per_year, double rf) {
  return rolling(returns, window, [&](std::span<const double> values) {
    return sharpe(moments_of(values), rf) * std::sqrt(periods_per_year);
  });
}

std::vector<DatedValue> rolling_volatility(const SimpleReturns& returns, std::size_t window,
                                           double periods_per_year) {
  return rolling(returns, window, [&](std::span<const double> values) {
    return sample_stdev(moments_of(values)) * std::sqrt(periods_per_year);
  });
}

std::vector<DatedValue> rolling_sortino(const SimpleReturns& returns, std::size_t window,
                                        double periods_per_year) {
  return rolling(returns, window, [&](std::span<const double> values) {
    return sortino(values, 0) * std::sqrt(periods_per_year);
  });
}

std::vector<DatedValue> rolling_beta(const Aligned& aligned, std::size_t window) {
  SB_CHECK(window > 0);
  std::vector<DatedValue> out;
  for (std::size_t end = window; end <= aligned.dates.size(); ++end) {
    const std::span<const double> ours = std::span(aligned.ours).subspan(end - window, window);
    const std::span<const double> theirs = std::span(aligned.theirs).subspan(end - window, window);
    const Moments a = moments_of(ours);
    const Moments b = moments_of(theirs);
    long double product = 0;
    for (std::size_t i = 0; i < window; ++i) product += (ours[i] - a.mean) * (theirs[i] - b.mean);
    out.push_back(
        {aligned.dates[end - 1], b.constant() ? kNan : static_cast<double>(product / b.m2)});
  }
  return out;
}

}  // namespace signalbus::analytics
