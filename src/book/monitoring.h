// What is watched: measured values of the account, their thresholds, and the alerts they became.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"

namespace signalbus {

/// One measured value of a day. Alert rules look at it, risk_snapshot_*.csv shows it.
struct RiskValue {
  std::string scope;   ///< "portfolio", "symbol:AAPL", "sector:Energy", "strategy:alpha".
  std::string metric;  ///< "max_drawdown"; a name of `metrics --json` or of docs/alerts.md.
  std::optional<double> value;  ///< Absent: not measurable, see `reason`.
  std::string unit;             ///< "fraction", "ratio", "usd", "bps", "count", "days".
  std::string window;           ///< "since inception", "63 days", "day".
  std::size_t n_used = 0;       ///< Observations that it was made of.
  std::string reason = {};      ///< Why there is no value.
  /// Nothing is wrong for all that: the account is young, no order was sent. It is not told.
  bool is_expected = false;
  std::string detail = {};  ///< What an alert of it says besides: names, an error's text.
};

/// kUnknown: there was no value to compare. It is told, never taken for kOk.
enum class AlertLevel { kOk, kWarn, kCritical, kUnknown };
std::string_view to_text(AlertLevel level);  ///< "critical"
Result<AlertLevel> parse_alert_level(std::string_view text);

/// A line of risk_snapshot_*.csv: a value and what the rules say of it.
struct RiskRow {
  RiskValue value;
  std::optional<double> threshold_warn;  ///< Absent: no rule watches it.
  std::optional<double> threshold_critical;
  AlertLevel level = AlertLevel::kOk;
};

/// An alert as a reader of the page meets it.
struct AlertNotice {
  std::string rule;  ///< The rule's name.
  std::string scope;
  AlertLevel level;      ///< kOk: resolved.
  TradeDate since;       ///< The date on which it took this level.
  std::string sentence;  ///< "drawdown is -16.2 % of the peak, critical is -15 %".
  bool acknowledged = false;
};

}  // namespace signalbus
