// What alert rules may watch: the metrics of returns, measures of the day's books and orders, and
// facts about the run itself.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace signalbus::alerts {

/// Which way is worse.
enum class Bad { kLow, kHigh };

/// Who measures it. A rule is judged only when its source was measured: a run without M6 says
/// nothing of risk, one that could not start nothing but that.
enum class Source { kAnalysis, kRun, kStart };

struct Metric {
  std::string_view id;     ///< As `metrics --json` has it; never changes.
  std::string_view title;  ///< Begins its sentences.
  std::string_view unit;   ///< fraction, ratio, probability, usd, bps, count, days, seconds,
                           ///< periods, event.
  Bad bad;
  Source source;
  std::string_view scope = "portfolio";  ///< Where it is measured: "symbol:*" is one for each name.
  std::string_view meaning = "";  ///< For docs/alerts.md; empty for those of docs/metrics.md.
};

/// Null for an id that nothing measures.
const Metric* find_metric(std::string_view id);
/// Every id, for "did you mean".
std::vector<std::string> metric_ids();

// The parts: metrics of returns (docs/metrics.md), of the day's books, and of the run.
std::span<const Metric> return_metrics();
std::span<const Metric> day_metrics();
std::span<const Metric> run_metrics();

}  // namespace signalbus::alerts
