// Goal: a strategy's result is what it earned, untouched by capital that came or went.
// Method: numbers by hand; a property over any flows.
#include "sleeves/results.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "sleeves/entries.h"
#include "sleeves/testing.h"

namespace signalbus::sleeves {
namespace {

using namespace testing;

const SleeveResult& result_of(const std::vector<SleeveResult>& results, const char* id) {
  for (const SleeveResult& result : results) {
    if (result.strategy_id.get() == id) return result;
  }
  SB_CHECK(false);
  return results.front();
}

TEST(SleeveResultsTest, ProfitIsEquityLessCapital) {
  SleeveBook book;
  book_move(book, capital("_account", "value", "1000"));
  book_move(book, capital("value", "_account", "200"));
  book_trade(sleeve_of(book, StrategyId("value")), sym("AAPL"), qty("5"), usd("-500"));
  const PriceBook prices{{{sym("AAPL"), price("130"), std::nullopt}}, {}};
  const auto results = sleeve_results(book, prices).value();
  const SleeveResult& value = result_of(results, "value");
  EXPECT_EQ(value.cash, usd("300"));
  EXPECT_EQ(value.market_value, usd("650"));
  EXPECT_EQ(value.equity, usd("950"));
  EXPECT_EQ(value.capital_moved, usd("800"));
  EXPECT_EQ(value.profit, usd("150"));
  EXPECT_DOUBLE_EQ(*value.profit_pct, 15);  // of the 1000 it once had
  EXPECT_EQ(value.positions[0].market_value, usd("650"));
  EXPECT_EQ(value.positions[0].position.cost, usd("500"));
}

TEST(SleeveResultsTest, WithoutAPriceTheLastTradedOneCountsElseTheCost) {
  SleeveBook book;
  Sleeve& value = sleeve_of(book, StrategyId("value"));
  book_trade(value, sym("AAPL"), qty("5"), usd("-500"));
  EXPECT_EQ(market_value(value, {}, book).value(), usd("500"));
  EXPECT_FALSE(sleeve_results(book, {}).value()[0].positions[0].price.has_value());
  see_price(book, sym("AAPL"), price("90"));
  EXPECT_EQ(market_value(value, {}, book).value(), usd("450"));
  const PriceBook prices{{{sym("AAPL"), price("130"), std::nullopt}}, {}};
  EXPECT_EQ(market_value(value, prices, book).value(), usd("650"));
}

TEST(SleeveResultsTest, AStrategyWithoutCapitalHasNoPercentage) {
  SleeveBook book;
  sleeve_of(book, StrategyId("value"));
  EXPECT_FALSE(sleeve_results(book, {}).value()[0].profit_pct.has_value());
}

TEST(SleeveResultsTest, ResultsTooLargeForMoneyAreRefused) {
  SleeveBook book;
  change_position(sleeve_of(book, StrategyId("value")), sym("AAPL"), qty("1000000000"));
  const PriceBook prices{{{sym("AAPL"), price("100000000"), std::nullopt}}, {}};
  EXPECT_EQ(sleeve_results(book, prices).error().code, ErrorCode::kInvalidInput);
}

SleeveMark mark(const char* equity, const char* moved_in = "0") {
  return {usd(equity), usd(moved_in)};
}

double return_over(const std::vector<SleeveMark>& marks) {
  return time_weighted_index(marks).back() - 1;
}

TEST(TimeWeightedIndexTest, ChainsThePeriods) {
  const std::vector<SleeveMark> marks = {mark("100"), mark("110"), mark("99")};
  const std::vector<double> index = time_weighted_index(marks);
  ASSERT_EQ(index.size(), 3u);
  EXPECT_EQ(index[0], 1);
  EXPECT_NEAR(index[1], 1.1, 1e-12);
  EXPECT_NEAR(index[2], 0.99, 1e-12);
  EXPECT_TRUE(time_weighted_index({}).empty());
}

TEST(TimeWeightedIndexTest, CapitalThatCameInEarnedNothingBefore) {
  // Opened with 100, which earn 10 %; then 90 more come in and the 200 lose 5 %.
  EXPECT_NEAR(return_over({mark("0", "100"), mark("110", "90"), mark("190")}), 1.1 * 0.95 - 1,
              1e-12);
}

TEST(TimeWeightedIndexTest, WithoutCapitalNothingIsEarned) {
  EXPECT_EQ(return_over({mark("0"), mark("0")}), 0);
  // All of it leaves, comes back a mark later, and earns 5 %.
  EXPECT_NEAR(return_over({mark("100", "-100"), mark("0", "100"), mark("105")}), 0.05, 1e-12);
}

RC_GTEST_PROP(TimeWeightedIndexPropertyTest, FlowsChangeNothing, ()) {
  // Daily returns in tenths of a percent, and any capital moved before each day.
  const auto returns =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(-300, 300)));
  double expected = 1;
  std::vector<SleeveMark> marks = {{Money::whole(1'000'000)}};
  for (const int tenths : returns) {
    expected *= 1 + tenths / 1000.0;
    const Money before = marks.back().equity;
    // Never so much that the sleeve is empty.
    marks.back().moved_in =
        Money::from_raw(*rc::gen::inRange<std::int64_t>(-before.raw() / 2, 2'000'000'000'000));
    const Money begin = before + marks.back().moved_in;
    marks.push_back({begin + Money::from_raw(begin.raw() / 1000 * tenths)});
  }
  RC_ASSERT(std::abs(return_over(marks) + 1 - expected) <= 1e-6 * (1 + expected));
}

}  // namespace
}  // namespace signalbus::sleeves
