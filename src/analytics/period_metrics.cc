// Metrics of wins, losses and calendar periods.
#include "analytics/metrics.h"

#include <algorithm>
#include <array>

namespace signalbus::analytics {
namespace {

using enum MetricGroup;
using enum MetricUnit;
using enum Scale;

WinLoss compounded(const std::vector<Bucket>& buckets) {
  std::vector<double> values;
  values.reserve(buckets.size());
  for (const Bucket& bucket : buckets) values.push_back(bucket.compounded);
  return win_loss_of(values);
}

bool earns_less(const Bucket& a, const Bucket& b) { return a.compounded < b.compounded; }

double best_of(const std::vector<Bucket>& buckets) {
  return std::max_element(buckets.begin(), buckets.end(), earns_less)->compounded;
}
double worst_of(const std::vector<Bucket>& buckets) {
  return std::min_element(buckets.begin(), buckets.end(), earns_less)->compounded;
}

const std::array kMetrics = {
    Metric{"win_rate", "Win rate of days", kWinLoss, kFraction, kPlain, 1, "#(r>0)/#(r!=0)",
           "Of periods, not of trades.", "empyrical: none; ffn divides by n-1",
           [](const Facts& f) -> double { return f.days.win_rate(); }},
    Metric{"win_rate_months", "Win rate of months", kWinLoss, kFraction, kPlain, 1,
           "the same of compounded calendar months", "", "",
           [](const Facts& f) -> double { return compounded(f.months).win_rate(); }},
    Metric{"win_rate_years", "Win rate of years", kWinLoss, kFraction, kPlain, 1,
           "the same of compounded calendar years", "", "",
           [](const Facts& f) -> double { return compounded(f.years).win_rate(); }},
    Metric{"payoff_ratio", "Payoff ratio", kWinLoss, kRatio, kPlain, 1, "mean(win)/|mean(loss)|",
           "", "", [](const Facts& f) -> double { return f.days.payoff(); }},
    Metric{"avg_win", "Average winning day", kWinLoss, kFraction, kPlain, 1, "mean(r | r > 0)", "",
           "", [](const Facts& f) -> double { return f.days.average_win(); }},
    Metric{"avg_loss", "Average losing day", kWinLoss, kFraction, kPlain, 1, "mean(r | r < 0)", "",
           "", [](const Facts& f) -> double { return f.days.average_loss(); }},
    Metric{"avg_up_month", "Average winning month", kWinLoss, kFraction, kPlain, 1,
           "mean of compounded months above 0", "", "",
           [](const Facts& f) -> double { return compounded(f.months).average_win(); }},
    Metric{"avg_down_month", "Average losing month", kWinLoss, kFraction, kPlain, 1,
           "mean of compounded months below 0", "", "ffn counts a month of 0 as down",
           [](const Facts& f) -> double { return compounded(f.months).average_loss(); }},
    Metric{"max_consecutive_wins", "Longest run of winning days", kWinLoss, kPeriods, kPlain, 1,
           "longest run of r > 0", "A zero ends it.", "",
           [](const Facts& f) -> double { return static_cast<double>(f.days.longest_wins); }},
    Metric{"max_consecutive_losses", "Longest run of losing days", kWinLoss, kPeriods, kPlain, 1,
           "longest run of r < 0", "A zero ends it.", "",
           [](const Facts& f) -> double { return static_cast<double>(f.days.longest_losses); }},
    Metric{"best_day", "Best day", kWinLoss, kFraction, kPlain, 1, "max(r)", "", "",
           [](const Facts& f) -> double { return f.moments.max; }},
    Metric{"worst_day", "Worst day", kWinLoss, kFraction, kPlain, 1, "min(r)", "", "",
           [](const Facts& f) -> double { return f.moments.min; }},
    Metric{"best_week", "Best week", kWinLoss, kFraction, kPlain, 1,
           "max of compounded calendar ISO weeks", "Partial ISO weeks at both ends count.",
           "quantstats splits a week across New Year",
           [](const Facts& f) -> double { return best_of(f.weeks); }},
    Metric{"worst_week", "Worst week", kWinLoss, kFraction, kPlain, 1,
           "min of compounded calendar ISO weeks", "Partial ISO weeks at both ends count.", "",
           [](const Facts& f) -> double { return worst_of(f.weeks); }},
    Metric{"best_month", "Best month", kWinLoss, kFraction, kPlain, 1,
           "max of compounded calendar months", "Partial months at both ends count.",
           "quantstats merges all Januaries",
           [](const Facts& f) -> double { return best_of(f.months); }},
    Metric{"worst_month", "Worst month", kWinLoss, kFraction, kPlain, 1,
           "min of compounded calendar months", "Partial months at both ends count.", "",
           [](const Facts& f) -> double { return worst_of(f.months); }},
    Metric{"best_quarter", "Best quarter", kWinLoss, kFraction, kPlain, 1,
           "max of compounded calendar quarters", "Partial quarters at both ends count.", "",
           [](const Facts& f) -> double { return best_of(f.quarters); }},
    Metric{"worst_quarter", "Worst quarter", kWinLoss, kFraction, kPlain, 1,
           "min of compounded calendar quarters", "Partial quarters at both ends count.", "",
           [](const Facts& f) -> double { return worst_of(f.quarters); }},
    Metric{"best_year", "Best year", kWinLoss, kFraction, kPlain, 1,
           "max of compounded calendar years", "Partial years at both ends count.", "",
           [](const Facts& f) -> double { return best_of(f.years); }},
    Metric{"worst_year", "Worst year", kWinLoss, kFraction, kPlain, 1,
           "min of compounded calendar years", "Partial years at both ends count.", "",
           [](const Facts& f) -> double { return worst_of(f.years); }},
};

}  // namespace

std::span<const Metric> period_metrics() { return kMetrics; }

}  // namespace signalbus::analytics
