// Goal: quantiles, normal distribution, back-tests, bootstrap and risk contributions against values
// known from elsewhere and against slower ways to the same number.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "analytics/bootstrap.h"
#include "analytics/drawdowns.h"
#include "analytics/normal.h"
#include "analytics/ratios.h"
#include "analytics/risk_contribution.h"
#include "analytics/rolling.h"
#include "analytics/tail_risk.h"
#include "analytics/testing.h"

namespace signalbus::analytics {
namespace {

using namespace testing;

std::vector<double> any_values(int least, int most) {
  const int count = *rc::gen::inRange(least, most);
  return *rc::gen::container<std::vector<double>>(
      static_cast<std::size_t>(count),
      rc::gen::map(rc::gen::inRange(-30, 31), [](int x) { return x / 1000.0; }));
}

RC_GTEST_PROP(TailsPropertyTest, ItsQuantilesAreThoseOfTheSortedSample, ()) {
  const std::vector<double> values = any_values(1, 90);  // many ties
  const Tails tails(values);
  for (const double p : {0.0, 0.01, 0.03, 0.05, 0.95, 0.97, 0.99, 1.0}) {
    RC_ASSERT(tails.quantile(p) == quantile(values, p));
  }
}

RC_GTEST_PROP(TailsPropertyTest, ALongSampleIsCutWithoutAnError, ()) {
  std::vector<double> values = any_values(500, 1200);
  if (*rc::gen::arbitrary<bool>()) std::sort(values.begin(), values.end());  // as drawdowns may be
  const Tails tails(values);
  for (const double p : {0.0, 0.01, 0.03, 0.05, 0.95, 0.97, 0.99, 1.0}) {
    RC_ASSERT(tails.quantile(p) == quantile(values, p));
  }
}

RC_GTEST_PROP(BootstrapPropertyTest, WhatAResampleIsMeasuredWithIsWhatMetricsAre, ()) {
  const std::vector<double> values = any_values(0, 200);
  const Moments all = moments_of(values);
  const Moments two = mean_and_variance_of(values);
  RC_ASSERT(two.count == all.count);
  RC_ASSERT(two.m2 == all.m2);
  RC_ASSERT(values.empty() || two.mean == all.mean);
  const DrawdownSums sums = drawdown_sums(values);
  const DrawdownEnds ends = drawdown_ends(values);
  RC_ASSERT(ends.growth == sums.growth);
  RC_ASSERT(ends.deepest == sums.deepest);
}

TEST(NormalTest, QuantilesAndTailsAreThoseOfTheTables) {
  EXPECT_NEAR(normal_quantile(0.05), -1.6448536269514729, 1e-14);
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-14);
  EXPECT_NEAR(normal_quantile(1e-10), -6.361340902404056, 1e-12);
  EXPECT_NEAR(normal_quantile(0.5), 0, 1e-15);
  EXPECT_TRUE(std::isinf(normal_quantile(0)));
  EXPECT_TRUE(std::isnan(normal_quantile(1.1)));
  EXPECT_NEAR(chi_square_tail_1(3.841458820694124), 0.05, 1e-14);
  EXPECT_NEAR(chi_square_tail_2(5.991464547107979), 0.05, 1e-14);
}

/// A back-test of `days` of which the first `exceptions` lose more than the forecast.
VarBacktest kupiec(std::size_t days, std::size_t exceptions, double alpha) {
  std::vector<double> returns(days, 0.01);
  std::fill_n(returns.begin(), exceptions, -0.05);
  return backtest_var(returns, std::vector<double>(days, -0.02), alpha);
}

/// Kupiec (1995), table 4: how many exceptions do not reject at 95 %.
TEST(BacktestTest, KupiecRejectsOutsideTheRegionsOfHisTable) {
  struct Region {
    std::size_t days;
    double alpha;
    std::size_t first, last;
  };
  for (const Region& r :
       {Region{255, 0.05, 7, 20}, Region{510, 0.05, 17, 35}, Region{1000, 0.05, 38, 64},
        Region{510, 0.01, 2, 10}, Region{1000, 0.01, 5, 16}}) {
    EXPECT_GT(kupiec(r.days, r.first, r.alpha).kupiec_p, 0.05) << r.days;
    EXPECT_GT(kupiec(r.days, r.last, r.alpha).kupiec_p, 0.05) << r.days;
    EXPECT_LT(kupiec(r.days, r.first - 1, r.alpha).kupiec_p, 0.05) << r.days;
    EXPECT_LT(kupiec(r.days, r.last + 1, r.alpha).kupiec_p, 0.05) << r.days;
  }
}

TEST(BacktestTest, ClusteredExceptionsAreNotIndependent) {
  const VarBacktest clustered = kupiec(250, 12, 0.05);
  EXPECT_EQ(clustered.exceptions, 12U);
  EXPECT_GT(clustered.kupiec_p, 0.5);
  EXPECT_LT(clustered.independence_p, 1e-6);
  EXPECT_NEAR(clustered.conditional, clustered.kupiec + clustered.independence, 1e-12);
  std::vector<double> returns(250, 0.01);
  for (std::size_t i = 10; i < 250; i += 20) returns[i] = -0.05;
  const VarBacktest spread = backtest_var(returns, std::vector<double>(250, -0.02), 0.05);
  EXPECT_GT(spread.independence_p, 0.05);
}

TEST(BacktestTest, NothingAndNoExceptionsAreAnswersToo) {
  EXPECT_TRUE(std::isnan(backtest_var({}, {}, 0.05).kupiec));
  const VarBacktest none = kupiec(250, 0, 0.05);
  EXPECT_NEAR(none.kupiec, -2 * 250 * std::log(0.95), 1e-10);
  EXPECT_EQ(none.independence, 0);
  EXPECT_EQ(basel_zone(4), BaselZone::kGreen);
  EXPECT_EQ(basel_zone(9), BaselZone::kYellow);
  EXPECT_EQ(basel_zone(10), BaselZone::kRed);
}

RC_GTEST_PROP(RollingVarPropertyTest, EachForecastIsTheQuantileOfTheWindowBefore, ()) {
  const std::vector<double> values = any_values(0, 60);
  const std::vector<double> got = rolling_historical_var(values, 10, 0.05);
  RC_ASSERT(got.size() == (values.size() > 10 ? values.size() - 10 : 0));
  for (std::size_t i = 0; i < got.size(); ++i) {
    RC_ASSERT(got[i] == quantile(std::span(values).subspan(i, 10), 0.05));
  }
}

TEST(CornishFisherTest, WhatIsNotMonotoneIsAbsent) {
  std::vector<double> values(400, 0.001);
  values[0] = -0.9;  // one crash: a skewness of -20
  EXPECT_TRUE(std::isnan(tail_risk(values, 0.05).cornish_fisher));
  EXPECT_TRUE(std::isnan(tail_risk(values, 0.05).modified_shortfall));
  EXPECT_LT(tail_risk(values, 0.05).gaussian, 0);
}

TEST(SplitMixTest, ItsNumbersAreThePublishedOnes) {
  SplitMix64 random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317U);
  EXPECT_EQ(random.next(), 3203168211198807973U);
  EXPECT_EQ(random.next(), 9817491932198370423U);
}

TEST(BootstrapTest, TheSameReturnsGiveTheSameIntervalAroundTheirResult) {
  std::vector<double> values;
  SplitMix64 random(7);
  for (int i = 0; i < 500; ++i) {
    values.push_back((static_cast<double>(random.below(2001)) - 980) / 100000);
  }
  const BootstrapIntervals once = bootstrap(values, {});
  const BootstrapIntervals again = bootstrap(values, {});
  EXPECT_EQ(once.sharpe.low, again.sharpe.low);
  EXPECT_EQ(once.block, 8U);
  const double sharpe_of_all = sharpe(moments_of(values), 0) * std::sqrt(252.0);
  EXPECT_LT(once.sharpe.low, sharpe_of_all);
  EXPECT_GT(once.sharpe.high, sharpe_of_all);
  EXPECT_LT(once.max_drawdown.low, once.max_drawdown.high);
  EXPECT_NE(bootstrap(values, {.seed = 3}).sharpe.low, once.sharpe.low);
  EXPECT_TRUE(std::isnan(bootstrap(std::vector{0.1}, {}).sharpe.low));
  // One block of everything changes only where the circle begins.
  EXPECT_NEAR(bootstrap(values, {.block = 500}).sharpe.low, sharpe_of_all, 1e-12);
}

RC_GTEST_PROP(RiskContributionPropertyTest, PartsAddUpToTheVolatilityOfThePortfolio, ()) {
  std::vector<std::vector<double>> returns;
  for (int i = 0; i < 3; ++i) returns.push_back(any_values(20, 21));
  const std::vector<double> weights = {0.5, -0.2, 0.7};
  const RiskContributions risk = risk_contributions(weights, covariance_of(returns));
  std::vector<double> portfolio;
  for (std::size_t t = 0; t < 20; ++t) {
    portfolio.push_back(0.5 * returns[0][t] - 0.2 * returns[1][t] + 0.7 * returns[2][t]);
  }
  RC_ASSERT(std::abs(risk.volatility - sample_stdev(moments_of(portfolio))) < 1e-12);
  double sum = 0;
  for (const double part : risk.contributions) sum += part;
  RC_ASSERT(std::abs(sum - risk.volatility) < 1e-12);
  double components = 0;
  for (const double part : var_components(risk, 0.05)) components += part;
  RC_ASSERT(std::abs(components - normal_quantile(0.05) * risk.volatility) < 1e-12);
}

TEST(RollingTest, TheFirstValueIsAtTheEndOfTheFirstWindow) {
  const SimpleReturns returns = returns_of({0.01, -0.02, 0.03, 0.01});
  const auto got = rolling_volatility(returns, 3, 252);
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0].date.iso(), "2024-01-03");
  EXPECT_TRUE(rolling_sharpe(returns, 5, 252).empty());
  const Aligned with_itself = inner_join(returns, returns);
  EXPECT_NEAR(rolling_beta(with_itself, 2).back().value, 1, 1e-15);
}

}  // namespace
}  // namespace signalbus::analytics
