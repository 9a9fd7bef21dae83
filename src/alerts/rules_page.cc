// The generated part of docs/alerts.md.
#include "alerts/rule.h"
#include "alerts/sentences.h"

namespace signalbus::alerts {
namespace {

std::string threshold_text(const Rule& rule, const std::optional<double>& threshold) {
  if (!threshold) return "-";
  return std::string(to_text(rule.op)) + " " + value_text(*threshold, rule.watched().unit);
}

std::string days_text(int days) { return days == 0 ? "-" : std::to_string(days); }

std::string row_of(const Rule& rule) {
  std::string out = "|";
  const Metric& metric = rule.watched();
  for (const std::string& cell :
       {"`" + rule.name + "`", "`" + rule.metric + "`", "`" + rule.scope + "`",
        threshold_text(rule, rule.warn), threshold_text(rule, rule.critical),
        rule.hysteresis == 0 ? "-" : value_text(rule.hysteresis, metric.unit),
        std::to_string(rule.for_days), days_text(rule.cool_down_days), days_text(rule.remind_days),
        rule.meaning}) {
    out += " " + cell + " |";
  }
  return out + "\n";
}

std::string metric_rows(std::span<const Metric> metrics) {
  std::string out;
  for (const Metric& metric : metrics) {
    out += "| `" + std::string(metric.id) + "` | " + std::string(metric.unit) + " | `" +
           std::string(metric.scope) + "` | " + std::string(metric.meaning) + " |\n";
  }
  return out;
}

}  // namespace

std::string rules_markdown() {
  std::string out =
      "| rule | metric | scope | warns | critical | hysteresis | for days | cool-down | reminds "
      "after | meaning |\n|---|---|---|---|---|---|---|---|---|---|\n";
  for (const Rule& rule : default_rules()) out += row_of(rule);
  out +=
      "\n### What rules may watch\n\nEvery metric of docs/metrics.md, and these:\n\n"
      "| metric | unit | scope | meaning |\n|---|---|---|---|\n";
  return out + metric_rows(day_metrics()) + metric_rows(run_metrics());
}

}  // namespace signalbus::alerts
