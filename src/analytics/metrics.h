// The table of metrics: id, formula, convention, function. The command `metrics`, the report's
// tooltips and docs/metrics.md are all made of it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/facts.h"

namespace signalbus::analytics {

enum class MetricGroup {
  kSpecification,
  kReturn,
  kRisk,
  kReward,
  kDrawdown,
  kDistribution,
  kWinLoss,
  kRelative
};
std::string_view title_of(MetricGroup group);

enum class MetricUnit {
  kFraction,     ///< Shown as percent.
  kRatio,        ///< A plain number.
  kProbability,  ///< 0..1.
  kPeriods,      ///< A count of returns.
  kDays          ///< Calendar days.
};
std::string_view to_text(MetricUnit unit);  ///< "fraction"

/// A metric scaled to a year is shown grey for less than a year of data.
enum class Scale { kPlain, kAnnual };

struct Metric {
  std::string_view id;     ///< As `metrics --json` has it; never changes.
  std::string_view title;  ///< For people.
  MetricGroup group;
  MetricUnit unit;
  Scale scale;
  int min_observations;         ///< Below, the value is absent.
  std::string_view formula;     ///< In the notation of docs/metrics.md.
  std::string_view convention;  ///< What it takes for granted, where people could expect else.
  std::string_view others;      ///< Where other libraries differ; may be empty.
  double (*value)(const Facts&);

  bool needs_benchmark() const { return group == MetricGroup::kRelative; }
};

/// Every metric of a return series, in the order in which a report shows them.
std::span<const Metric> metric_table();
const Metric* find_metric(std::string_view id);  ///< Null for an id that no metric has.

struct MetricValue {
  const Metric* metric;
  double value;        ///< Finite unless there is a reason.
  std::size_t n_used;  ///< Observations that it was made of.
  std::string reason;  ///< Why there is none ("needs 4 observations, has 2"); empty else.
};
MetricValue evaluate(const Metric& metric, const Facts& facts);
std::vector<MetricValue> evaluate_all(const Facts& facts);

/// docs/metrics.md.
std::string metrics_markdown();

// The parts of the table, one per file.
std::span<const Metric> specification_metrics();
std::span<const Metric> return_metrics();
std::span<const Metric> risk_metrics();
std::span<const Metric> ratio_metrics();
std::span<const Metric> drawdown_metrics();
std::span<const Metric> distribution_metrics();
std::span<const Metric> period_metrics();
std::span<const Metric> relative_metrics();

}  // namespace signalbus::analytics
