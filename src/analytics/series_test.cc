// Goal: what enters a series is what its type says, and what was left out is counted.
#include "analytics/series.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "analytics/testing.h"

namespace signalbus::analytics {
namespace {

using namespace testing;

constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(SeriesTest, MissingValuesAreDroppedAndCounted) {
  const SimpleReturns returns = returns_of({kNan, 0.01, kNan, -0.02});
  EXPECT_EQ(returns.size(), 2U);
  EXPECT_EQ(returns.dropped(), 2);
  EXPECT_EQ(returns.dates()[0].iso(), "2024-01-02");
  EXPECT_EQ(returns.dates()[1].iso(), "2024-01-04");
}

TEST(SeriesTest, ARefusalNamesIndexDateAndValue) {
  const auto dates = days_from(date("2024-01-01"), 2);
  const auto refused = [&](double value) {
    return SimpleReturns::make(dates, std::vector{0.0, value}).error().message;
  };
  EXPECT_EQ(refused(-1.5).substr(0, 44), "value 2 (2024-01-02): return -1.5 loses more");
  EXPECT_EQ(refused(kInf).substr(0, 41), "value 2 (2024-01-02): return is infinite;");
  EXPECT_FALSE(Prices::make(dates, std::vector{1.0, 0.0}).ok());
  EXPECT_FALSE(Prices::make(dates, std::vector{1.0, -kInf}).ok());
  EXPECT_FALSE(LogReturns::make(dates, std::vector{0.0, -kInf}).ok());
  EXPECT_TRUE(LogReturns::make(dates, std::vector{0.0, -5.0}).ok());
  EXPECT_TRUE(SimpleReturns::make(dates, std::vector{0.0, -1.0}).ok()) << "wiped out is legal";
}

TEST(SeriesTest, DatesAscendAndThereIsOnePerValue) {
  const std::vector<TradeDate> same = {date("2024-01-02"), date("2024-01-02")};
  EXPECT_EQ(SimpleReturns::make(same, std::vector{0.0, 0.0}).error().message,
            "value 2 (2024-01-02): date is not after 2024-01-02; sort, one row per date");
  EXPECT_FALSE(SimpleReturns::make(same, std::vector{0.0}).ok());
}

TEST(SeriesTest, AMissingPriceIsBridged) {
  const auto dates = days_from(date("2024-01-01"), 4);
  const Prices prices = Prices::make(dates, std::vector{100.0, kNan, 110.0, 99.0}).value();
  const SimpleReturns returns = to_simple_returns(prices);
  ASSERT_EQ(returns.size(), 2U);
  EXPECT_NEAR(returns.values()[0], 0.1, 1e-15);
  EXPECT_NEAR(returns.values()[1], -0.1, 1e-15);
  EXPECT_EQ(returns.dates()[0].iso(), "2024-01-03");
  EXPECT_TRUE(to_simple_returns(Prices()).empty());
}

TEST(SeriesTest, TheLogarithmOfAWipeOutIsRefused) {
  EXPECT_EQ(to_log_returns(returns_of({0.1, -1.0})).error().message,
            "value 2 (2024-01-02): a return of -1 has no logarithm");
}

RC_GTEST_PROP(SeriesPropertyTest, LogarithmsAndBackChangeNothing, (std::vector<int> draws)) {
  std::vector<double> values;
  for (const int draw : draws) values.push_back(static_cast<double>(draw % 900) / 1000);
  const SimpleReturns returns = returns_of(values);
  const SimpleReturns back = to_simple_returns(to_log_returns(returns).value());
  for (std::size_t i = 0; i < values.size(); ++i) {
    RC_ASSERT(std::abs(back.values()[i] - values[i]) < 1e-15);
  }
}

TEST(InnerJoinTest, OnlyCommonDatesStayAndTheOthersAreCounted) {
  const auto dates = days_from(date("2024-01-01"), 4);
  const auto ours = SimpleReturns::make(dates, std::vector{0.1, 0.2, kNan, 0.4}).value();
  const auto later = days_from(date("2024-01-02"), 4);
  const auto theirs = SimpleReturns::make(later, std::vector{0.02, 0.03, 0.04, 0.05}).value();
  const Aligned joined = inner_join(ours, theirs);
  EXPECT_EQ(joined.ours, (std::vector{0.2, 0.4}));
  EXPECT_EQ(joined.theirs, (std::vector{0.02, 0.04}));
  EXPECT_EQ(joined.only_ours, 1);
  EXPECT_EQ(joined.only_theirs, 2);
  EXPECT_EQ(inner_join(theirs, ours).dates, joined.dates);
}

}  // namespace
}  // namespace signalbus::analytics
