#include "analytics/metrics.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace signalbus::analytics {

std::string_view title_of(MetricGroup group) {
  switch (group) {
    case MetricGroup::kSpecification:
      return "As the specification defines them";
    case MetricGroup::kReturn:
      return "Return";
    case MetricGroup::kRisk:
      return "Risk";
    case MetricGroup::kReward:
      return "Return for risk";
    case MetricGroup::kDrawdown:
      return "Drawdown";
    case MetricGroup::kDistribution:
      return "Distribution";
    case MetricGroup::kWinLoss:
      return "Wins, losses and calendar periods";
    case MetricGroup::kRelative:
      return "Against the benchmark";
  }
  return "";
}

std::string_view to_text(MetricUnit unit) {
  switch (unit) {
    case MetricUnit::kFraction:
      return "fraction";
    case MetricUnit::kRatio:
      return "ratio";
    case MetricUnit::kProbability:
      return "probability";
    case MetricUnit::kPeriods:
      return "periods";
    case MetricUnit::kDays:
      return "days";
  }
  return "";
}

std::span<const Metric> metric_table() {
  static const std::vector<Metric> table = [] {
    std::vector<Metric> all;
    for (const std::span<const Metric> part :
         {specification_metrics(), return_metrics(), risk_metrics(), ratio_metrics(),
          drawdown_metrics(), distribution_metrics(), period_metrics(), relative_metrics()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return table;
}

const Metric* find_metric(std::string_view id) {
  const std::span<const Metric> table = metric_table();
  const auto at =
      std::find_if(table.begin(), table.end(), [&](const Metric& m) { return m.id == id; });
  return at == table.end() ? nullptr : &*at;
}

MetricValue evaluate(const Metric& metric, const Facts& facts) {
  MetricValue out{&metric, kNan, facts.count(), ""};
  if (metric.needs_benchmark()) {
    if (!facts.relative) {
      out.reason = "needs a benchmark";
      return out;
    }
    out.n_used = facts.relative->count();
  }
  if (out.n_used < static_cast<std::size_t>(metric.min_observations)) {
    out.reason = "needs " + std::to_string(metric.min_observations) + " observations, has " +
                 std::to_string(out.n_used);
    return out;
  }
  out.value = metric.value(facts);
  if (std::isinf(out.value)) out.reason = "divides by zero";
  if (std::isnan(out.value)) out.reason = "not defined for these returns";
  return out;
}

std::vector<MetricValue> evaluate_all(const Facts& facts) {
  std::vector<MetricValue> out;
  out.reserve(metric_table().size());
  for (const Metric& metric : metric_table()) out.push_back(evaluate(metric, facts));
  return out;
}

}  // namespace signalbus::analytics
