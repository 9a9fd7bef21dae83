// Metrics of return.
#include "analytics/metrics.h"

#include <array>

namespace signalbus::analytics {
namespace {

using enum MetricGroup;
using enum MetricUnit;
using enum Scale;

int calendar_days(const Facts& f) {
  const TradeDate first = f.returns.dates().front();
  // Monday's return began on Friday.
  const TradeDate weekday = first.plus_days(first.weekday() == 1   ? -3
                                            : first.weekday() == 0 ? -2
                                                                   : -1);
  return f.returns.dates().back().days() - f.conventions.base_date.value_or(weekday).days();
}

double time_in_market(const Facts& f) {
  return static_cast<double>(f.count() - f.days.zeros) / static_cast<double>(f.count());
}

const std::array kMetrics = {
    Metric{"cagr", "Growth per year (periods)", kReturn, kFraction, kAnnual, 1, "V_n^(A/n) - 1",
           "n counts returns that are there.",
           "empyrical counts missing rows too; quantstats used days/252 until 2025",
           [](const Facts& f) -> double { return f.cagr(); }},
    Metric{"cagr_calendar", "Growth per year (calendar)", kReturn, kFraction, kAnnual, 1,
           "V_n^(365.25/days) - 1", "Days from the date before the first return.",
           "Lean divides by 365; ffn counts seconds",
           [](const Facts& f) -> double {
             return calendar_growth(f.drawdowns.growth, calendar_days(f));
           }},
    Metric{
        "expected_return", "Expected return per period", kReturn, kFraction, kPlain, 1,
        "prod(1+r)^(1/n) - 1", "Geometric mean.", "",
        [](const Facts& f) -> double { return compound_growth(f.drawdowns.growth, f.count(), 1); }},
    Metric{"risk_adjusted_return", "Growth per year in the market", kReturn, kFraction, kAnnual, 1,
           "cagr/time_in_market", "What was earned per share of time with a return.",
           "quantstats rounds the time up to whole percent",
           [](const Facts& f) -> double { return ratio(f.cagr(), time_in_market(f)); }},
    Metric{"time_in_market", "Time in the market", kReturn, kFraction, kPlain, 1, "#(r != 0)/n",
           "From returns alone; exposures tell it exactly.",
           "quantstats rounds up to whole percent",
           [](const Facts& f) -> double { return time_in_market(f); }},
};

}  // namespace

std::span<const Metric> return_metrics() { return kMetrics; }

}  // namespace signalbus::analytics
