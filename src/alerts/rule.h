// An alert rule: what is watched, when it warns, when it is critical, and how patient it is.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/metrics.h"

namespace signalbus::alerts {

/// How a value meets a threshold to be bad.
enum class Op { kBelow, kAtMost, kAtLeast, kAbove };
std::string_view to_text(Op op);  ///< "<", "<=", ">=", ">"

struct Rule {
  std::string name;
  std::string metric;
  std::string scope;  ///< "portfolio", or "symbol:*" for every value of that kind.
  Op op = Op::kAtMost;
  std::optional<double> warn;  ///< Absent: it never warns. At least one of the two is there.
  std::optional<double> critical;
  /// A level is left only when the value is better than its threshold by more than this; in the
  /// metric's unit.
  double hysteresis = 0;
  int for_days = 1;        ///< Evaluated days in a row before a level is taken; a day counts once.
  int cool_down_days = 0;  ///< After a notice, none of the same level for that many days.
  int remind_days = 0;     ///< The level lasts: told again after so many days; 0: once.
  std::string meaning = {};  ///< For docs/alerts.md.

  bool is_pattern() const { return scope.ends_with('*'); }
  bool covers(std::string_view value_scope) const;
  const Metric& watched() const;  ///< The metric must exist: parsing refuses any other.
};

/// The rules that are there without configuration.
std::span<const Rule> default_rules();

/// `analytics.risk_thresholds`: the number is critical, and a value a fifth or a quarter better
/// warns (80 % of it, or 125 % where less is worse and the number positive). `max_drawdown` there
/// is the one from the start.
Rule threshold_rule(std::string_view metric, double critical, std::optional<double> warn);

/// docs/alerts.md's table of rules and of what they may watch.
std::string rules_markdown();

}  // namespace signalbus::alerts
