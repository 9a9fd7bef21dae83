// The start set of rules: one table, from which docs/alerts.md is made.
#include "alerts/rule.h"
#include "core/check.h"

namespace signalbus::alerts {
namespace {

constexpr int kWeek = 7;
constexpr int kMonth = 30;

std::vector<Rule> risk_rules() {
  using enum Op;
  return {
      {"day_loss", "day_return", "portfolio", kAtMost, -0.02, -0.03, 0, 1, 0, 1,
       "A day's loss, of equity."},
      {"drawdown", "drawdown", "portfolio", kAtMost, -0.10, -0.15, 0.01, 1, kWeek, 0,
       "Equity below its peak."},
      {"value_at_risk", "var_95", "portfolio", kAtMost, -0.02, -0.03, 0.001, 3, kMonth, 0,
       "What one day in twenty loses."},
      {"var_exceptions", "var_99_exceptions_250d", "portfolio", kAtLeast, 5, 10, 0, 1, kMonth, 0,
       "Basel's lights: up to 4 green, 5 to 9 yellow, 10 red. They are for VaR 99 %."},
      {"var_coverage", "var_95_kupiec_p_250d", "portfolio", kBelow, 0.05, 0.01, 0.01, 1, kMonth, 0,
       "VaR 95 % is wrong: too many losses beyond it, or too few (12.5 in 250 days are expected)."},
      {"sharpe", "rolling_sharpe_63d", "portfolio", kBelow, 0.0, std::nullopt, 0.1, 3, kMonth, 0,
       "A quarter that did not pay for its risk."},
      {"gross_exposure", "gross_exposure", "portfolio", kAbove, 1.2, 1.5, 0.02, 1, 0, 0,
       "More is held than the account is worth."},
      {"net_long", "net_exposure", "portfolio", kAbove, 1.05, 1.2, 0.02, 1, 0, 0,
       "The upper end of the band of net exposure."},
      {"net_short", "net_exposure", "portfolio", kBelow, -0.05, -0.2, 0.02, 1, 0, 0,
       "Its lower end."},
      {"single_name", "weight", "symbol:*", kAbove, 0.10, 0.20, 0.005, 1, kWeek, 0,
       "Too much in one name."},
      {"sector", "sector_weight", "sector:*", kAbove, 0.30, 0.40, 0.01, 1, kWeek, 0,
       "Too much in one sector."},
      {"concentration", "effective_n", "portfolio", kBelow, 8, std::nullopt, 0.5, 1, kMonth, 0,
       "As concentrated as fewer than eight equal positions."},
      {"turnover", "turnover_to_median_60d", "portfolio", kAbove, 2, std::nullopt, 0, 1, 0, 1,
       "Twice the usual trading: a strategy may have lost its mind."},
      {"slippage", "slippage_bps", "portfolio", kAbove, 15, 30, 0, 1, 0, 1,
       "Fills much worse than the prices that were planned with."},
      {"fill_rate", "fill_rate", "portfolio", kBelow, 0.90, std::nullopt, 0, 1, 0, 1,
       "Much of what was ordered was not filled."},
      {"liquidity", "days_to_liquidate", "portfolio", kAbove, 1, 3, 0.1, 1, kWeek, 0,
       "The book cannot be sold in time."},
      {"identity_usd", "identity_break_usd", "portfolio", kAbove, std::nullopt, 1, 0, 1, 0, 1,
       "The day's profit does not add up: fills, positions, cash and equity contradict each "
       "other."},
      {"identity_bps", "identity_break_bps", "portfolio", kAbove, std::nullopt, 1, 0, 1, 0, 1,
       "The same, of equity."},
      {"stale_data", "stale_sessions", "portfolio", kAbove, 1, 3, 0, 1, 0, 1,
       "What was measured is old."},
      {"unknown_activity", "unknown_activities", "portfolio", kAbove, 0, std::nullopt, 0, 1, 0, 1,
       "The broker booked something that this version does not know."},
  };
}

std::vector<Rule> run_rules() {
  using enum Op;
  return {
      {"run_failed", "run_failed", "run", kAbove, std::nullopt, 0, 0, 1, 0, 1,
       "The run could not even begin."},
      {"stage_failed", "stage_failed", "stage:*", kAbove, std::nullopt, 0, 0, 1, 0, 1,
       "A stage failed; those that depend on it did not run."},
      {"order_refused", "orders_refused", "portfolio", kAbove, std::nullopt, 0, 0, 1, 0, 1,
       "The broker refused an order."},
      {"order_over_limit", "orders_over_limit", "portfolio", kAbove, 0, std::nullopt, 0, 1, 0, 1,
       "A risk limit refused an order."},
      {"order_unresolved", "orders_unresolved", "portfolio", kAbove, std::nullopt, 0, 0, 1, 0, 1,
       "Nobody knows whether an order is live."},
      {"halted", "trading_halted", "portfolio", kAbove, std::nullopt, 0, 0, 1, 0, 1,
       "The kill switch is on."},
      {"open_difference", "open_differences", "portfolio", kAbove, std::nullopt, 0, 0, 1, 0, 1,
       "The broker's books and ours differ, and nothing explains it."},
      {"notification_lost", "notifications_lost", "channel:*", kAbove, std::nullopt, 0, 0, 1, 0, 1,
       "A channel took no message for a day; the others say so."},
  };
}

std::vector<Rule> all_rules() {
  std::vector<Rule> rules = risk_rules();
  for (Rule& rule : run_rules()) rules.push_back(std::move(rule));
  return rules;
}

}  // namespace

std::span<const Rule> default_rules() {
  static const std::vector<Rule> rules = all_rules();
  return rules;
}

}  // namespace signalbus::alerts
