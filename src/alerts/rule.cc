#include "alerts/rule.h"

#include <cmath>

#include "core/check.h"

namespace signalbus::alerts {

std::string_view to_text(Op op) {
  switch (op) {
    case Op::kBelow:
      return "<";
    case Op::kAtMost:
      return "<=";
    case Op::kAtLeast:
      return ">=";
    case Op::kAbove:
      return ">";
  }
  return "";
}

bool Rule::covers(std::string_view value_scope) const {
  if (!is_pattern()) return value_scope == scope;
  return value_scope.starts_with(std::string_view(scope).substr(0, scope.size() - 1));
}

const Metric& Rule::watched() const {
  const Metric* found = find_metric(metric);
  SB_CHECK(found != nullptr);
  return *found;
}

Rule threshold_rule(std::string_view metric, double critical, std::optional<double> warn) {
  constexpr double kNearer = 0.8;
  const std::string_view id = metric == "max_drawdown" ? "max_drawdown_from_start" : metric;
  const Metric* watched = find_metric(id);
  SB_CHECK(watched != nullptr);
  const bool low = watched->bad == Bad::kLow;
  const bool towards_zero = (critical < 0) == low;  // where better values lie
  Rule rule;
  rule.name = "threshold_" + std::string(metric);
  rule.metric = id;
  rule.scope = watched->scope;
  rule.op = low ? Op::kAtMost : Op::kAtLeast;
  rule.critical = critical;
  rule.warn = warn ? *warn : towards_zero ? critical * kNearer : critical / kNearer;
  rule.hysteresis = std::abs(critical) / 50;
  rule.cool_down_days = 7;
  return rule;
}

}  // namespace signalbus::alerts
