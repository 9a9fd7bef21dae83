// Goal: end-of-day positions are the opening ones plus what was filled, valued rightly.
// Method: one or two names; averages and weights by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reconcile/testing.h"

namespace signalbus::reconcile {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::holding;
using ::testing::IsEmpty;
using testing::log_row;
using testing::price;
using testing::qty;
using testing::sym;
using testing::usd;

std::vector<Traded> fills(const std::vector<ExecutionLogRow>& rows) {
  auto sums = sum_fills(rows);
  SB_CHECK(sums.ok());
  return std::move(sums).value();
}

// ancestor-defects 3
TEST(SumFillsTest, OnlyFillsCount) {
  const auto traded = fills({log_row("A", Side::kBuy, "10", OrderState::kRejected, "0"),
                             log_row("B", Side::kBuy, "10", OrderState::kPartial, "4"),
                             log_row("C", Side::kSell, "10", OrderState::kFilled, "10", "2.5"),
                             log_row("D", Side::kBuy, "10", OrderState::kUnknown, "0"),
                             log_row("E", Side::kBuy, "10", OrderState::kAbandoned, "0")});
  ASSERT_EQ(traded.size(), 2u);
  EXPECT_EQ(traded[0].symbol, sym("B"));
  EXPECT_EQ(traded[0].net, qty("4"));
  EXPECT_EQ(traded[0].bought, usd("40"));
  EXPECT_EQ(traded[1].net, qty("-10"));
  EXPECT_EQ(traded[1].sold, usd("25"));
}

TEST(SumFillsTest, NetsBuysAndSellsOfOneName) {
  const auto traded = fills({log_row("A", Side::kBuy, "10", OrderState::kFilled, "10", "3"),
                             log_row("A", Side::kSell, "4", OrderState::kFilled, "4", "5")});
  ASSERT_EQ(traded.size(), 1u);
  EXPECT_EQ(traded[0].net, qty("6"));
  EXPECT_EQ(traded[0].bought_qty, qty("10"));
  EXPECT_EQ(traded[0].bought, usd("30"));
  EXPECT_EQ(traded[0].sold, usd("20"));
}

TEST(SumFillsTest, ASimulatedOrderCountsAsFilledAtThePriceUsedInDryModeOnly) {
  ExecutionLogRow row = log_row("A", Side::kBuy, "10", OrderState::kSimulated, "0", "3");
  EXPECT_THAT(fills({row}), IsEmpty()) << "a broker mode simulates nothing";
  row.mode = Mode::kDry;
  ASSERT_EQ(fills({row}).size(), 1u);
  EXPECT_EQ(fills({row})[0].net, qty("10"));
  EXPECT_EQ(fills({row})[0].bought, usd("30"));
  row.filled_qty = row.qty;
  row.filled_avg_price = row.price_used;
  EXPECT_EQ(fills({row})[0].net, qty("10")) << "stated once more, not added";
}

TEST(SumFillsTest, RefusesAFillWithoutAPrice) {
  ExecutionLogRow row = log_row("A", Side::kBuy, "10", OrderState::kFilled, "10");
  row.filled_avg_price.reset();
  const auto sums = sum_fills(std::vector{row});
  ASSERT_FALSE(sums.ok());
  EXPECT_EQ(sums.error().message, "order ORD_A_BUY filled 10 without a fill price");
}

// ---- Positions ----

TEST(EodPositionsTest, AddsFillsDropsZerosAndKeepsWhatDidNotTrade) {
  const Holdings opening{{holding("A", "10"), holding("B", "5"), holding("Z", "1.5")}, {}};
  const auto eod = build_eod_positions(
      opening, fills({log_row("A", Side::kSell, "10", OrderState::kFilled, "10"),
                      log_row("B", Side::kSell, "2", OrderState::kFilled, "2"),
                      log_row("C", Side::kBuy, "3", OrderState::kFilled, "3")}));
  ASSERT_TRUE(eod.ok());
  std::vector<std::string> shown;
  for (const Holding& h : eod.value().holdings)
    shown.push_back(h.symbol.text() + " " + h.quantity.text());
  EXPECT_THAT(shown, ElementsAre("B 3", "C 3", "Z 1.5"));
}

TEST(EodPositionsTest, AverageEntryFollowsBuysAndIgnoresSells) {
  using Rows = std::vector<ExecutionLogRow>;
  const auto bought = [](std::string_view n, std::string_view at) {
    return log_row("A", Side::kBuy, n, OrderState::kFilled, n, at);
  };
  const auto sold = [](std::string_view n, std::string_view at) {
    return log_row("A", Side::kSell, n, OrderState::kFilled, n, at);
  };
  struct Case {
    const char* name;
    std::optional<Holding> before;
    Rows trades;
    const char* quantity;
    const char* average;  // "" = cannot be known
  };
  const Case cases[] = {
      {"open", std::nullopt, {bought("3", "10")}, "3", "10"},
      {"add", holding("A", "10", "20"), {bought("5", "26")}, "15", "22"},  // (200 + 130) / 15
      {"reduce", holding("A", "10", "20"), {sold("4", "30")}, "6", "20"},
      {"add then reduce",
       holding("A", "10", "20"),
       {bought("5", "26"), sold("3", "50")},
       "12",
       "22"},
      {"buy and sell the same",
       holding("A", "10", "20"),
       {bought("5", "26"), sold("5", "50")},
       "10",
       "22"},
      {"flip to short", holding("A", "10", "20"), {sold("15", "30")}, "-5", "30"},
      {"flip to long", holding("A", "-10", "20"), {bought("15", "30")}, "5", "30"},
      {"open short", std::nullopt, {sold("4", "12.5")}, "-4", "12.5"},
      {"add to short", holding("A", "-10", "20"), {sold("10", "30")}, "-20", "25"},
      {"cover a part", holding("A", "-10", "20"), {bought("4", "30")}, "-6", "20"},
      {"add to unknown", holding("A", "10"), {bought("5", "26")}, "15", ""},
      {"reduce unknown", holding("A", "10"), {sold("5", "26")}, "5", ""},
      {"thirds", holding("A", "1", "1"), {bought("2", "2")}, "3", "1.666666667"}};
  for (const Case& c : cases) {
    Holdings opening;
    if (c.before) opening.holdings.push_back(*c.before);
    const auto eod = build_eod_positions(opening, fills(c.trades));
    ASSERT_TRUE(eod.ok()) << c.name;
    ASSERT_EQ(eod.value().holdings.size(), 1u) << c.name;
    const Holding& after = eod.value().holdings[0];
    EXPECT_EQ(after.quantity.text(), c.quantity) << c.name;
    EXPECT_EQ(after.avg_entry_price ? after.avg_entry_price->text() : "", c.average) << c.name;
  }
}

TEST(EodPositionsTest, WeightsAreHundredTimesValueOverEquity) {
  PriceBook prices{{{sym("A"), price("25"), {}}, {sym("S"), price("10"), {}}}, {}};
  Holdings held{{holding("A", "10"), holding("M", "3"), holding("S", "-5")}, {}};
  held.holdings[1].market_value = usd("100");
  const auto out = calculate_weight_percentages(held, prices, usd("1000"));
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out.value()[0].market_value, usd("250"));
  EXPECT_DOUBLE_EQ(out.value()[0].weight_percentage, 25);
  EXPECT_EQ(out.value()[1].market_value, usd("100")) << "stated value where there is no price";
  EXPECT_EQ(out.value()[1].price, std::nullopt);
  EXPECT_DOUBLE_EQ(out.value()[1].weight_percentage, 10);
  EXPECT_EQ(out.value()[2].market_value, usd("-50"));
  EXPECT_DOUBLE_EQ(out.value()[2].weight_percentage, -5);
  const auto worthless = calculate_weight_percentages(held, prices, Money::zero());
  EXPECT_EQ(worthless.value()[0].weight_percentage, 0);
}

}  // namespace
}  // namespace signalbus::reconcile
