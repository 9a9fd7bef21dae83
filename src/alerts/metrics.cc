#include "alerts/metrics.h"

#include <array>

namespace signalbus::alerts {
namespace {

using enum Bad;
using enum Source;

constexpr std::array kDayMetrics = {
    Metric{"day_return", "Return of the day", "fraction", kLow, kAnalysis, "portfolio",
           "The day's profit as a fraction of the equity it was made with."},
    Metric{"drawdown", "Drawdown", "fraction", kLow, kAnalysis, "portfolio",
           "Equity against its highest so far, as of now: it recovers, a maximum does not."},
    Metric{"var_99_exceptions_250d", "Losses beyond VaR 99 % in 250 days", "count", kHigh,
           kAnalysis, "portfolio", "As the traffic lights of Basel count them."},
    Metric{"var_95_kupiec_p_250d", "Kupiec's test of VaR 95 %, 250 days", "probability", kLow,
           kAnalysis, "portfolio", "How likely that many losses beyond it are, if it is right."},
    Metric{"rolling_sharpe_63d", "Sharpe ratio of 63 days", "ratio", kLow, kAnalysis, "portfolio",
           "Of the last quarter."},
    Metric{"gross_exposure", "Gross exposure", "ratio", kHigh, kAnalysis, "portfolio",
           "Longs plus shorts, of equity."},
    Metric{"net_exposure", "Net exposure", "ratio", kHigh, kAnalysis, "portfolio",
           "Longs less shorts, of equity."},
    Metric{"weight", "Weight", "fraction", kHigh, kAnalysis, "symbol:*",
           "Size of one name without its sign, of equity."},
    Metric{"sector_weight", "Weight of the sector", "fraction", kHigh, kAnalysis, "sector:*",
           "Size of one sector without its sign, of equity."},
    Metric{"effective_n", "Effective number of positions", "ratio", kLow, kAnalysis, "portfolio",
           "As many equal positions would be as concentrated."},
    Metric{"turnover_to_median_60d", "Turnover against its median of 60 days", "ratio", kHigh,
           kAnalysis, "portfolio", "How many times as much as usual was traded."},
    Metric{"slippage_bps", "Slippage", "bps", kHigh, kAnalysis, "portfolio",
           "Of the day's fills against their reference prices; positive is a cost."},
    Metric{"fill_rate", "Fill rate", "fraction", kLow, kAnalysis, "portfolio",
           "Filled of the day's ordered shares."},
    Metric{"orders_filled", "Orders filled in full", "fraction", kLow, kAnalysis, "portfolio",
           "Of the day's orders."},
    Metric{"time_to_fill", "Time to fill", "seconds", kHigh, kAnalysis, "portfolio",
           "Median of the day's filled orders, from submission to the last execution."},
    Metric{"days_to_liquidate", "Days to liquidate", "days", kHigh, kAnalysis, "portfolio",
           "Until the slowest name is sold, at 20 % of its mean volume of the five sessions "
           "before; of each name under symbol:*."},
    Metric{"capacity", "Capacity", "usd", kLow, kAnalysis, "portfolio",
           "Equity at which the account's own trading halves its Sharpe ratio."},
    Metric{"identity_break_usd", "Break of the day's profit identity", "usd", kHigh, kAnalysis,
           "portfolio", "What equity says beyond what was counted, without its sign."},
    Metric{"identity_break_bps", "Break of the day's profit identity, of equity", "bps", kHigh,
           kAnalysis, "portfolio", "The same, of equity."},
    Metric{"stale_sessions", "Age of the newest prices in sessions", "count", kHigh, kAnalysis,
           "portfolio", "Sessions without a price since."},
    Metric{"unknown_activities", "Account activities of an unknown kind", "count", kHigh, kAnalysis,
           "portfolio", "Words of the broker that this version does not know."},
};

constexpr std::array kRunMetrics = {
    Metric{"run_failed", "Run that could not begin", "event", kHigh, kStart, "run",
           "Nothing was done at all: no account, no connection, no session."},
    Metric{"stage_failed", "Failed stage", "event", kHigh, kRun, "stage:*",
           "A stage ended without its result."},
    Metric{"orders_refused", "Orders refused by the broker", "count", kHigh, kRun, "portfolio",
           "REJECTED or NEVER_ACCEPTED in the batch of the run."},
    Metric{"orders_over_limit", "Orders refused by a risk limit", "count", kHigh, kRun, "portfolio",
           "By the plan or by the exit gate."},
    Metric{"orders_unresolved", "Orders whose fate is unknown", "count", kHigh, kRun, "portfolio",
           "They may be live: `signalbus reconcile`."},
    Metric{"trading_halted", "Trading is halted", "event", kHigh, kRun, "portfolio",
           "Until `signalbus resume`."},
    Metric{"open_differences", "Differences that nothing explains", "count", kHigh, kRun,
           "portfolio", "Between plan, journal and broker, and not acknowledged."},
    Metric{"notifications_lost", "Notifications given up", "count", kHigh, kRun, "channel:*",
           "Messages that a channel did not take for a day."},
};

template <std::size_t N>
const Metric* find_in(const std::array<Metric, N>& table, std::string_view id) {
  for (const Metric& metric : table) {
    if (metric.id == id) return &metric;
  }
  return nullptr;
}

}  // namespace

std::span<const Metric> day_metrics() { return kDayMetrics; }
std::span<const Metric> run_metrics() { return kRunMetrics; }

const Metric* find_metric(std::string_view id) {
  if (const Metric* found = find_in(kDayMetrics, id)) return found;
  if (const Metric* found = find_in(kRunMetrics, id)) return found;
  for (const Metric& metric : return_metrics()) {
    if (metric.id == id) return &metric;
  }
  return nullptr;
}

std::vector<std::string> metric_ids() {
  std::vector<std::string> ids;
  for (const auto part : {return_metrics(), day_metrics(), run_metrics()}) {
    for (const Metric& metric : part) ids.emplace_back(metric.id);
  }
  return ids;
}

}  // namespace signalbus::alerts
