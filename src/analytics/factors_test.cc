// Goal: common and specific return are the whole return, and exposures are those of the days
// before. Method: hand-counted days, series built from known exposures, a property over random
// days.
#include "analytics/factors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cmath>

#include "analytics/testing.h"

namespace signalbus::analytics {
namespace {

using namespace testing;
using ::testing::HasSubstr;

TEST(FactorPartsTest, OneDayAsAPencilCountsIt) {
  // 1.2 of a market that makes 1 %, -0.5 of a size that makes 2 %: 0.2 % of the 0.5 % are common.
  const std::vector<ExposedDay> days = {{0.005, {1.2, -0.5}, {0.01, 0.02}}};
  const FactorParts made = factor_parts(days);
  EXPECT_NEAR(made.parts[0].common(), 0.012, 1e-15);
  EXPECT_NEAR(made.parts[1].common(), -0.010, 1e-15);
  EXPECT_NEAR(made.specific, 0.003, 1e-15);
  EXPECT_EQ(made.parts[0].timing, 0);
  EXPECT_NEAR(made.total, 0.005, 1e-15);
}

TEST(FactorPartsTest, TimingIsWhatMovingTheExposureMade) {
  // Exposure 2 on the day of +1 %, 0 on the day of -1 %: nothing of it is tilt, all is timing, and
  // the second day returns nothing. ln(1.02)/ln(1.02) links the first day to the whole.
  const std::vector<ExposedDay> days = {{0.02, {2}, {0.01}}, {0, {0}, {-0.01}}};
  const FactorParts made = factor_parts(days);
  EXPECT_EQ(made.parts[0].exposure, 1);
  const double later = 0.02 / std::log(1.02);  // Carino's weight of a day without return
  EXPECT_NEAR(made.parts[0].tilt, 0.01 - 0.01 * later, 1e-15);
  EXPECT_NEAR(made.parts[0].timing, 0.01 + 0.01 * later, 1e-15);
  EXPECT_NEAR(made.specific, 0, 1e-15);
  EXPECT_NEAR(made.total, 0.02, 1e-15);
}

RC_GTEST_PROP(FactorPartsTest, PartsAndSpecificAreTheWhole,
              (const std::vector<std::array<std::int8_t, 5>>& raw)) {
  std::vector<ExposedDay> days;
  double growth = 1;
  for (const auto& bytes : raw) {
    days.push_back({bytes[0] / 2000.0,
                    {bytes[1] / 64.0, bytes[2] / 64.0},
                    {bytes[3] / 3000.0, bytes[4] / 3000.0}});
    growth *= 1 + days.back().ret;
  }
  const FactorParts made = factor_parts(days);
  double sum = made.specific;
  for (const FactorPart& part : made.parts) sum += part.common();
  RC_ASSERT(std::abs(made.total - (growth - 1)) <= 1e-12);
  RC_ASSERT(std::abs(sum - made.total) <= 1e-12);
}

/// Two factors that do not explain each other.
double market(std::size_t day) { return 0.01 * std::sin(static_cast<double>(day) * 1.7); }
double size(std::size_t day) { return 0.008 * std::cos(static_cast<double>(day) * 0.9); }

FactorReturns two_factors(std::size_t days) {
  FactorReturns out{.file = "factors.csv", .names = {"market", "size"}, .dates = {}, .values = {}};
  out.dates = days_from(date("2024-01-01"), days);
  for (std::size_t i = 0; i < days; ++i) {
    out.values.push_back(market(i));
    out.values.push_back(size(i));
  }
  return out;
}

TEST(FactorExposuresTest, AreThoseThatMadeTheReturns) {
  std::vector<double> returns;
  for (std::size_t i = 0; i < 30; ++i) returns.push_back(0.001 + 1.3 * market(i) - 0.4 * size(i));
  const auto exposures = exposures_of(returns, two_factors(30).values);
  ASSERT_TRUE(exposures.has_value());
  EXPECT_NEAR((*exposures)[0], 1.3, 1e-12);
  EXPECT_NEAR((*exposures)[1], -0.4, 1e-12);
}

TEST(FactorExposuresTest, OfFactorsThatExplainEachOtherThereAreNone) {
  std::vector<double> twice;
  std::vector<double> still;
  std::vector<double> returns;
  for (std::size_t i = 0; i < 30; ++i) {
    twice.insert(twice.end(), {market(i), 2 * market(i) + 0.01});
    still.insert(still.end(), {market(i), 0.0});
    returns.push_back(market(i));
  }
  EXPECT_FALSE(exposures_of(returns, twice).has_value());
  EXPECT_FALSE(exposures_of(returns, still).has_value());
  EXPECT_FALSE(exposures_of({}, {}).has_value());
}

TEST(FactorViewTest, ExposuresAreOfTheDaysBeforeAndTheAlphaIsSpecific) {
  std::vector<double> values;
  for (std::size_t i = 0; i < 70; ++i) values.push_back(0.001 + 0.5 * market(i));
  const FactorView view = attribute_to_factors(returns_of(values), two_factors(70));
  ASSERT_EQ(view.reason, "");
  EXPECT_EQ(view.days, 7U);
  EXPECT_EQ(view.first, date("2024-01-01").plus_days(63));
  EXPECT_NEAR(view.newest[0], 0.5, 1e-12);
  EXPECT_NEAR(view.newest[1], 0, 1e-12);
  EXPECT_NEAR(view.parts.specific, 0.007, 1e-4);
  values.back() += 0.3;  // the last day's own return says nothing of its exposure
  const FactorView later = attribute_to_factors(returns_of(values), two_factors(70));
  EXPECT_NEAR(later.newest[0], 0.5, 1e-12);
}

TEST(FactorViewTest, SaysWhyThereIsNone) {
  const SimpleReturns returns = returns_of(std::vector<double>(63, 0.01));
  EXPECT_THAT(attribute_to_factors(returns, {}).reason, HasSubstr("set analytics.factors"));
  EXPECT_EQ(attribute_to_factors(returns, two_factors(90)).reason,
            "needs more than 63 common days with factors.csv, has 63");
  FactorReturns twice = two_factors(70);
  for (std::size_t i = 0; i < 70; ++i) twice.values[2 * i + 1] = twice.values[2 * i];
  EXPECT_THAT(attribute_to_factors(returns_of(std::vector<double>(70, 0.01)), twice).reason,
              HasSubstr("explain each other in the 63 days before"));
}

}  // namespace
}  // namespace signalbus::analytics
