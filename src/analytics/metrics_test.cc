// Goal: the table of metrics is complete, consistent with itself, and says why a value is absent.
#include "analytics/metrics.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "analytics/measures.h"
#include "analytics/specification.h"
#include "analytics/testing.h"
#include "formats/json.h"

namespace signalbus::analytics {
namespace {

using namespace testing;

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

Facts plain(const std::vector<double>& values) {
  return facts_of(returns_of(values), nullptr, Conventions{});
}
MetricValue value(const Facts& facts, std::string_view id) {
  return evaluate(*find_metric(id), facts);
}

/// Returns of about a percent, with zeros among them.
std::vector<double> any_returns(int most = 60) {
  const int count = *rc::gen::inRange(0, most);
  return *rc::gen::container<std::vector<double>>(
      static_cast<std::size_t>(count),
      rc::gen::map(rc::gen::inRange(-300, 301), [](int x) { return x / 10000.0; }));
}

TEST(MetricTableTest, EveryPublishedNameIsThere) {
  const std::string text = read(SB_TESTDATA "/analytics/metric_names.json");
  const auto document = formats::parse_json(text, "metric_names.json", 1 << 20).value();
  const auto names = document.root().member("names").value().members().value();
  EXPECT_EQ(names.size(), 58U);
  for (const auto& [name, definition] : names) EXPECT_NE(find_metric(name), nullptr) << name;
}

TEST(MetricTableTest, IdsAreUniqueAndEveryRowSaysWhatItIs) {
  std::set<std::string_view> ids;
  for (const Metric& metric : metric_table()) {
    EXPECT_TRUE(ids.insert(metric.id).second) << metric.id;
    EXPECT_FALSE(metric.title.empty() || metric.formula.empty()) << metric.id;
    EXPECT_GE(metric.min_observations, 0) << metric.id;
  }
  for (const Measure& measure : measure_table()) {
    EXPECT_TRUE(ids.insert(measure.id).second) << measure.id;
    EXPECT_EQ(find_measure(measure.id), &measure);
  }
  EXPECT_EQ(find_metric("sharpe "), nullptr);
}

TEST(MetricsPageTest, TheCommittedPageIsTheGeneratedOne) {
  const std::string path = SB_SOURCE_DIR "/docs/metrics.md";
  if (std::getenv("SB_UPDATE_DOCS") != nullptr) {
    std::ofstream(path, std::ios::binary) << metrics_markdown();
  }
  EXPECT_EQ(read(path), metrics_markdown())
      << "docs/metrics.md is out of date; run SB_UPDATE_DOCS=1 on this test and commit it";
}

TEST(EvaluateTest, AnAbsentValueHasAReason) {
  const Facts two = plain({0.01, 0.02});
  EXPECT_EQ(value(two, "skewness").reason, "needs 3 observations, has 2");
  EXPECT_EQ(value(two, "beta").reason, "needs a benchmark");
  EXPECT_EQ(value(two, "profit_factor").reason, "divides by zero");
  EXPECT_EQ(value(two, "omega").reason, "not defined for these returns");
  EXPECT_EQ(value(two, "best_day").reason, "");
  EXPECT_EQ(value(two, "best_day").n_used, 2U);
}

struct Edge {
  std::string name;
  std::vector<double> returns;
};
const std::vector<Edge>& edges() {
  static const std::vector<Edge> all = {{"empty", {}},
                                        {"missing only", {kNan, kNan}},
                                        {"one", {0.01}},
                                        {"one loss", {-0.01}},
                                        {"wiped out at once", {-1.0}},
                                        {"wiped out", {0.1, -1.0, 0.2}},
                                        {"zeros", {0.0, 0.0, 0.0, 0.0, 0.0}},
                                        {"constant", std::vector<double>(30, 0.1)},
                                        {"constant loss", std::vector<double>(30, -0.01)},
                                        {"two", {0.01, -0.02}},
                                        {"tiny", {1e-9, -1e-9, 2e-9, 1e-9}}};
  return all;
}

TEST(EdgeTest, EveryMetricIsFiniteOrSaysWhyNot) {
  for (const Edge& edge : edges()) {
    const SimpleReturns returns = returns_of(edge.returns);
    const Facts facts = facts_of(returns, &returns, Conventions{});
    for (const MetricValue& got : evaluate_all(facts)) {
      EXPECT_EQ(std::isfinite(got.value), got.reason.empty())
          << edge.name << ": " << got.metric->id << " is " << got.value << " " << got.reason;
    }
  }
}

TEST(EdgeTest, ConstantReturnsHaveNoRiskAndNoHugeRatio) {
  for (const double r : {0.1, 0.01, -0.003, 1e-7}) {
    for (const std::size_t n : {2U, 3U, 10U, 252U, 399U}) {
      const Facts facts = plain(std::vector<double>(n, r));
      EXPECT_EQ(value(facts, "volatility").value, 0) << r;
      EXPECT_EQ(value(facts, "sharpe").value, 0) << r;
      EXPECT_EQ(value(facts, "sharpe_ratio").value, 0) << r;
    }
  }
}

TEST(EdgeTest, AWipeOutLosesEverythingAndHasNoLogarithm) {
  const Facts facts = plain({0.1, -1.0, 0.2});
  EXPECT_EQ(value(facts, "total_return").value, -1);
  EXPECT_EQ(value(facts, "cagr").value, -1);
  EXPECT_EQ(value(facts, "max_drawdown").value, -1);
  EXPECT_EQ(value(facts, "max_drawdown_from_start").value, -1);
  EXPECT_FALSE(value(facts, "stability").reason.empty());
}

TEST(EdgeTest, ALossOnTheFirstDayIsADrawdownFromTheStartOnly) {
  const Facts facts = plain({-0.1, 0.05, -0.05});
  EXPECT_NEAR(value(facts, "max_drawdown").value, -0.05, 1e-15);
  EXPECT_NEAR(value(facts, "max_drawdown_from_start").value, -0.10225, 1e-15);
}

TEST(SharpeTest, TheRateIsYearlyAndMayBeASeries) {
  const std::vector<double> values = {0.01, -0.02, 0.03, 0.005, -0.001};
  Conventions conventions;
  conventions.rf_annual = 0.05;
  const Facts constant = facts_of(returns_of(values), nullptr, conventions);
  const SimpleReturns series = returns_of(std::vector<double>(5, 0.05 / 252));
  const Facts by_series = facts_of(returns_of(values), nullptr, Conventions{}, &series);
  EXPECT_NEAR(value(constant, "sharpe").value, value(by_series, "sharpe").value, 1e-12);
  EXPECT_NEAR(value(constant, "sharpe").value, calculate_sharpe_ratio(returns_of(values), 0.05),
              1e-12);
  conventions.rf_annual = -0.05;  // a negative rate counts too
  EXPECT_GT(value(facts_of(returns_of(values), nullptr, conventions), "sharpe").value,
            value(plain(values), "sharpe").value);
}

TEST(DeflatedSharpeTest, MoreTrialsMakeItLessSure) {
  Conventions conventions;
  const std::vector<double> values = {0.01, -0.02, 0.03, 0.005, -0.001, 0.01, 0.004};
  const auto deflated = [&](double trials) {
    conventions.trials = trials;
    conventions.trials_stdev = 0.1;
    return value(facts_of(returns_of(values), nullptr, conventions), "deflated_sharpe_ratio").value;
  };
  EXPECT_EQ(deflated(1), value(plain(values), "probabilistic_sharpe_ratio").value);
  EXPECT_GT(deflated(1), deflated(2));
  EXPECT_GT(deflated(2), deflated(100));
}

RC_GTEST_PROP(MetricPropertyTest, ABenchmarkChangesNoOtherColumn, ()) {
  const SimpleReturns ours = returns_of(any_returns());
  const SimpleReturns benchmark = returns_of(any_returns());
  const Facts without = facts_of(ours, nullptr, Conventions{});
  const Facts with = facts_of(ours, &benchmark, Conventions{});
  for (const Metric& metric : metric_table()) {
    if (metric.needs_benchmark()) continue;
    const double a = evaluate(metric, without).value;
    const double b = evaluate(metric, with).value;
    RC_ASSERT(a == b || (std::isnan(a) && std::isnan(b)));
  }
}

RC_GTEST_PROP(MetricPropertyTest, ACalendarChangesNothing, ()) {
  const std::size_t count = *rc::gen::inRange<std::size_t>(1, 400);
  std::vector<double> values = *rc::gen::container<std::vector<double>>(
      count, rc::gen::map(rc::gen::inRange(-30, 31), [](int x) { return x / 1000.0; }));
  const std::vector<TradeDate> dates = days_from(date("2023-11-20"), count);
  const CalendarRows calendar = calendar_rows(dates);
  if (*rc::gen::arbitrary<bool>()) values[count / 2] = kNan;  // then the calendar is not its own
  const SimpleReturns returns = SimpleReturns::make(dates, values).value();
  const auto alone = evaluate_all(facts_of(returns, nullptr, Conventions{}));
  const auto shared = evaluate_all(facts_of(returns, nullptr, Conventions{}, nullptr, &calendar));
  for (std::size_t i = 0; i < alone.size(); ++i) {
    RC_ASSERT(alone[i].reason == shared[i].reason);
    RC_ASSERT(!alone[i].reason.empty() || alone[i].value == shared[i].value);
  }
}

RC_GTEST_PROP(MetricPropertyTest, SharpeIsTheSameWhenReturnsAndRateMoveTogether, ()) {
  const std::vector<double> values = any_returns();
  RC_PRE(values.size() >= 2U);
  std::vector<double> moved;
  for (const double r : values) moved.push_back(r + 0.001);
  Conventions conventions;
  conventions.rf_annual = 0.252;
  const double a = value(plain(values), "sharpe").value;
  const double b = value(facts_of(returns_of(moved), nullptr, conventions), "sharpe").value;
  RC_ASSERT(std::abs(a - b) <= 1e-9 * std::max(1.0, std::abs(a)));
}

RC_GTEST_PROP(MetricPropertyTest, SortinoAndTheMomentsDoNotKnowTheOrder, ()) {
  std::vector<double> values = any_returns();
  RC_PRE(values.size() >= 4U);
  const Facts before = plain(values);
  std::reverse(values.begin(), values.end());
  const Facts after = plain(values);
  for (const char* id : {"sortino", "volatility", "skewness", "kurtosis", "cvar", "total_return"}) {
    const double a = value(before, id).value;
    const double b = value(after, id).value;
    RC_ASSERT(std::abs(a - b) <= 1e-10 * std::max(1.0, std::abs(a)) || (a == b) ||
              (std::isnan(a) && std::isnan(b)));
  }
}

RC_GTEST_PROP(MetricPropertyTest, AddingToEveryReturnMakesTheDrawdownSmaller, ()) {
  const std::vector<double> values = any_returns();
  RC_PRE(!values.empty());
  std::vector<double> better;
  for (const double r : values) better.push_back(r + 0.002);
  RC_ASSERT(value(plain(better), "max_drawdown_from_start").value >=
            value(plain(values), "max_drawdown_from_start").value);
}

RC_GTEST_PROP(MetricPropertyTest, ABenchmarkAgainstItselfIsNeutral, ()) {
  const SimpleReturns returns = returns_of(any_returns());
  const Facts facts = facts_of(returns, &returns, Conventions{});
  RC_PRE(returns.size() >= 2U && !facts.moments.constant());
  RC_ASSERT(std::abs(value(facts, "beta").value - 1) < 1e-12);
  RC_ASSERT(std::abs(value(facts, "alpha").value) < 1e-12);
  RC_ASSERT(value(facts, "tracking_error").value == 0);
  RC_ASSERT(value(facts, "active_return").value == 0);
}

}  // namespace
}  // namespace signalbus::analytics
