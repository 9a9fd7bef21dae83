// docs/metrics.md, made of the table of metrics and of the measures of books and orders.
#include "analytics/measures.h"
#include "analytics/metrics.h"

namespace signalbus::analytics {
namespace {

constexpr std::string_view kIntroduction =
    R"(<!-- Generated from src/analytics/*_metrics.cc; SB_UPDATE_DOCS=1 and the analytics test rewrite it. -->
# Metrics

Notation: `r` simple returns of periods, `n` how many there are, `A` periods per year (252 unless
set), `V_t` the product of 1+r up to t, `b` the benchmark's returns, `rf` the yearly risk-free rate,
`x/y` division, `q(p)` the quantile with linear interpolation (numpy's default, R's type 7), `std`
with divisor n-1 and `sigma` with n, `S` and `K` skewness and excess kurtosis of the population,
`z(p)`, `phi` and `Phi` quantile, density and distribution function of the normal distribution, `W`
the win rate, `dd` the series of drawdowns.

- A missing return is dropped and counted, never filled with 0. Infinite returns and returns below
  -1 are refused. Every value carries the number of returns it was made of.
- Where a value is not defined it is absent, with the reason. Returns that are all the same up to
  rounding have a volatility of 0 and a Sharpe ratio of 0.
- `rf` is yearly, and becomes rf/A per period. A series of risk-free returns may take its place.
- Benchmark metrics use the dates that both series have. All other metrics are the same with and
  without a benchmark.
- A loss is negative, in drawdowns, values at risk and shortfalls alike.
- A value scaled to a year from less than a year of data is marked.

)";

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string row(const std::vector<std::string_view>& cells) {
  std::string out = "|";
  for (const std::string_view text : cells) out += " " + cell(text) + " |";
  return out + "\n";
}

std::string table_of(MetricGroup group) {
  std::string out = "## " + std::string(title_of(group)) +
                    "\n\n| id | name | formula | convention | elsewhere | unit | at least |\n"
                    "|---|---|---|---|---|---|---|\n";
  for (const Metric& metric : metric_table()) {
    if (metric.group != group) continue;
    const std::string id = "`" + std::string(metric.id) + "`";
    const std::string formula = "`" + std::string(metric.formula) + "`";
    const std::string unit =
        std::string(to_text(metric.unit)) + (metric.scale == Scale::kAnnual ? ", yearly" : "");
    const std::string least = std::to_string(metric.min_observations);
    out += row({id, metric.title, formula, metric.convention, metric.others, unit, least});
  }
  return out + "\n";
}

constexpr std::string_view kLeftOut = R"(
## Left out

Risk of ruin ((1-W)/(1+W))^n, which is 0 for any real series, and quantstats' profit ratio, which
divides means by counts.
)";

}  // namespace

std::string metrics_markdown() {
  std::string out(kIntroduction);
  for (int i = 0; i <= static_cast<int>(MetricGroup::kRelative); ++i) {
    out += table_of(static_cast<MetricGroup>(i));
  }
  out +=
      "## Positions, orders and flows\n\n| name | formula | convention | elsewhere |\n"
      "|---|---|---|---|\n";
  for (const Measure& measure : measure_table()) {
    const std::string formula = "`" + std::string(measure.formula) + "`";
    out += row({measure.title, formula, measure.convention, measure.others});
  }
  return out + std::string(kLeftOut);
}

}  // namespace signalbus::analytics
