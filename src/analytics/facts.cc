#include "analytics/facts.h"

#include <algorithm>

namespace signalbus::analytics {
namespace {

void add_buckets(Facts& out, const SimpleReturns& returns, const CalendarRows& calendar) {
  out.weeks = bucket_returns(returns, BucketSize::kWeek, calendar.weeks);
  out.months = bucket_returns(returns, BucketSize::kMonth, calendar.months);
  out.quarters = bucket_returns(returns, BucketSize::kQuarter, calendar.quarters);
  out.years = bucket_returns(returns, BucketSize::kYear, calendar.years);
}

}  // namespace

Facts facts_of(SimpleReturns returns, const SimpleReturns* benchmark,
               const Conventions& conventions, const SimpleReturns* risk_free,
               const CalendarRows* calendar) {
  Facts out;
  out.conventions = conventions;
  const auto values = returns.values();
  out.moments = moments_of(values);
  out.rf = conventions.rf();
  out.excess = out.moments;
  out.excess.mean -= out.rf;
  if (risk_free != nullptr) {
    const Aligned aligned = inner_join(returns, *risk_free);
    out.excess = moments_of(differences(aligned));
    out.rf = static_cast<double>(moments_of(aligned.theirs).mean);
  }
  out.tails = Tails(values);
  out.drawdowns = drawdown_sums(values, out.depths);
  out.episodes = drawdown_episodes(returns.dates(), out.depths);
  out.days = win_loss_of(values);
  const bool fits = calendar != nullptr && std::ranges::equal(calendar->dates, returns.dates());
  add_buckets(out, returns, fits ? *calendar : calendar_rows(returns.dates()));
  out.autocorrelation = autocorrelation(values, 1);
  if (benchmark != nullptr) {
    const Aligned aligned = inner_join(returns, *benchmark);
    out.relative = relative_of(aligned);
    out.only_ours = aligned.only_ours;
  }
  out.returns = std::move(returns);
  return out;
}

}  // namespace signalbus::analytics
