// Goal: costs of trading, returns with flows, exposures, calendar buckets and the specification's
// tables against examples counted by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "analytics/buckets.h"
#include "analytics/exposures.h"
#include "analytics/flow_returns.h"
#include "analytics/lots.h"
#include "analytics/shortfall.h"
#include "analytics/specification.h"
#include "analytics/testing.h"

namespace signalbus::analytics {
namespace {

using namespace testing;

/// 100 wanted at 50.00, sent at 50.10, 40 filled at 50.20 and 20 at 50.30, closed at 51.
OrderCostFacts buy_order() {
  return {.symbol = sym("XYZ"),
          .side = Side::kBuy,
          .ordered = qty("100"),
          .decision = price("50"),
          .arrival = price("50.10"),
          .end = price("51"),
          .fills = {{qty("40"), price("50.20")}, {qty("20"), price("50.30")}},
          .fees = usd("0.5")};
}

TEST(ShortfallTest, DelayExecutionOpportunityAndFees) {
  const Shortfall cost = shortfall_of(buy_order()).value();
  EXPECT_EQ(cost.delay.text(), "10");        // 100 x 0.10
  EXPECT_EQ(cost.execution.text(), "8");     // 40 x 0.10 + 20 x 0.20
  EXPECT_EQ(cost.opportunity.text(), "36");  // 40 x 0.90
  EXPECT_EQ(cost.total().text(), "54.5");
  EXPECT_NEAR(cost.total_bps(), 54.5 / 5010 * 1e4, 1e-9);
  EXPECT_NEAR(cost.slippage_bps(), 8 / 3006.0 * 1e4, 1e-9);
}

TEST(ShortfallTest, ASaleGainsWhereABuyPays) {
  OrderCostFacts sale = buy_order();
  sale.side = Side::kSell;
  const Shortfall cost = shortfall_of(sale).value();
  EXPECT_EQ(cost.delay.text(), "-10");
  EXPECT_EQ(cost.execution.text(), "-8");
  EXPECT_EQ(cost.opportunity.text(), "-36");
  EXPECT_EQ(cost.fees.text(), "0.5");
}

TEST(ShortfallTest, WithoutDecisionAndEndOnlyExecutionCounts) {
  OrderCostFacts order = buy_order();
  order.decision.reset();
  order.end.reset();
  EXPECT_EQ(shortfall_of(order).value().total().text(), "8.5");
  order.fills.clear();
  EXPECT_TRUE(std::isnan(shortfall_of(order).value().slippage_bps()));
}

/// `seconds` absent: not filled in full.
OrderCostFacts waited(std::optional<double> seconds) {
  OrderCostFacts order = buy_order();
  if (seconds) order.fills = {{qty("100"), price("50.20")}};
  order.fill_seconds = seconds;
  return order;
}

TEST(CostGroupsTest, TheMedianWaitIsOfTheOrdersThatHaveOne) {
  std::vector<OrderCostFacts> orders = {waited(9.0), waited({}), waited(1.0), waited(2.0)};
  orders[1].decision.reset();
  const GroupCost odd = cost_by_symbol(orders).value().at(0);
  EXPECT_EQ(odd.time_to_fill(), 2.0);
  EXPECT_EQ(odd.full_rate(), 0.75);
  EXPECT_EQ(odd.with_decision, 3U);
  EXPECT_EQ(odd.cost.delay.text(), "30");
  orders.push_back(waited(4.0));
  EXPECT_EQ(cost_by_symbol(orders).value().at(0).time_to_fill(), 3.0);
  for (OrderCostFacts& order : orders) {
    order.asked = {{StrategyId("a"), qty("1")}, {StrategyId("b"), qty("1")}};
  }
  const auto strategies = cost_by_strategy(orders).value();
  ASSERT_EQ(strategies.size(), 2U);
  EXPECT_EQ(strategies[1].time_to_fill(), 3.0);
  EXPECT_EQ(strategies[1].full_rate(), 0.8);
  EXPECT_TRUE(std::isnan(GroupCost{}.time_to_fill()));
  EXPECT_TRUE(std::isnan(GroupCost{}.full_rate()));
}

TEST(SlippageTest, AnyReferenceWithItsSign) {
  const std::vector<Execution> fills = {{qty("40"), price("50.20")}, {qty("20"), price("50.50")}};
  EXPECT_NEAR(slippage_bps(Side::kBuy, fills, price("50")), 60, 1e-9);  // vwap 50.30
  EXPECT_NEAR(slippage_bps(Side::kSell, fills, price("50")), -60, 1e-9);
  EXPECT_TRUE(std::isnan(slippage_bps(Side::kBuy, {}, price("50"))));
}

TEST(CostGroupsTest, StrategiesShareANettedOrderAndAddUpToIt) {
  OrderCostFacts shared = buy_order();
  shared.asked = {{StrategyId("a"), qty("1")}, {StrategyId("b"), qty("2")}};
  const std::vector<OrderCostFacts> orders = {shared, buy_order()};
  const auto groups = cost_by_strategy(orders).value();
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups[0].label, "_account");
  EXPECT_EQ(groups[1].cost.delay.text(), "3.333333");
  EXPECT_EQ(groups[2].cost.delay.text(), "6.666667");
  EXPECT_EQ((groups[1].cost + groups[2].cost).total().text(), "54.5");
  EXPECT_EQ((groups[1].filled + groups[2].filled).text(), "60");
  const auto by_symbol = cost_by_symbol(orders).value();
  ASSERT_EQ(by_symbol.size(), 1U);
  EXPECT_EQ(by_symbol[0].cost.total().text(), "109");
  EXPECT_NEAR(by_symbol[0].fill_rate(), 0.6, 1e-15);
  EXPECT_EQ(by_symbol[0].filled_in_full, 0U);
}

Fill trade(Side side, std::string_view quantity, std::string_view at) {
  return {.execution_id = "",
          .order_id = OrderId(""),
          .client_order_id = ClientOrderId(""),
          .symbol = sym("XYZ"),
          .side = side,
          .quantity = qty(quantity),
          .price = price(at),
          .at = Instant::from_micros(0)};
}

TEST(LotsTest, TheOldestIsSoldFirstAndARestTurnsShort) {
  LotBook book;
  const TradeDate first = date("2024-01-02");
  EXPECT_TRUE(book.apply(trade(Side::kBuy, "10", "100"), first).value().empty());
  EXPECT_TRUE(book.apply(trade(Side::kBuy, "10", "120"), first.plus_days(1)).value().empty());
  const auto closed = book.apply(trade(Side::kSell, "25", "130"), first.plus_days(9)).value();
  ASSERT_EQ(closed.size(), 2U);
  EXPECT_EQ(closed[0].realised.text(), "300");
  EXPECT_EQ(closed[0].days_held(), 9);
  EXPECT_EQ(closed[1].realised.text(), "100");
  EXPECT_EQ(book.quantity(sym("XYZ")).text(), "-5");
  EXPECT_EQ(book.cost(sym("XYZ")).text(), "-650");
  const auto covered = book.apply(trade(Side::kBuy, "5", "110"), first.plus_days(10)).value();
  EXPECT_EQ(covered.at(0).realised.text(), "100");
  EXPECT_EQ(book.realised().text(), "500");
  EXPECT_TRUE(book.lots().empty());
}

TEST(LotsTest, SplitsKeepCostAndCapitalReturnedLowersIt) {
  LotBook book;
  const TradeDate day = date("2024-01-02");
  (void)book.apply(trade(Side::kBuy, "10", "100"), day).value();
  (void)book.apply(trade(Side::kBuy, "5", "140"), day).value();
  EXPECT_TRUE(book.split(sym("XYZ"), qty("15"), day).value().empty());
  EXPECT_EQ(book.lots().at(sym("XYZ"))[0].quantity.text(), "20");
  EXPECT_EQ(book.cost(sym("XYZ")).text(), "1700");
  ASSERT_TRUE(book.return_capital(sym("XYZ"), usd("30")).ok());
  EXPECT_EQ(book.lots().at(sym("XYZ"))[0].cost.text(), "980");
  EXPECT_EQ(book.lots().at(sym("XYZ"))[1].cost.text(), "690");
  const PriceBook prices{.points = {{sym("XYZ"), price("60"), std::nullopt}}, .bad = {}};
  EXPECT_EQ(book.unrealised(prices).value().text(), "130");
  const auto gone = book.split(sym("XYZ"), qty("-30"), day).value();
  EXPECT_EQ(gone.size(), 2U);
  EXPECT_EQ(book.realised().text(), "-1670");
}

TEST(FlowReturnTest, AFlowCountsAtTheEndOrAtTheStart) {
  const TradeDate day = date("2024-01-02");
  // 100 gains 2 and 50 comes in the evening; 100 and 50 together gain 3.
  EXPECT_NEAR(day_return({day, usd("100"), usd("152"), usd("0"), usd("50")}).value, 0.02, 1e-15);
  EXPECT_NEAR(day_return({day, usd("100"), usd("153"), usd("50"), usd("0")}).value, 0.02, 1e-15);
  EXPECT_TRUE(day_return({day, usd("100"), usd("153"), usd("50")}).large_flow);
  EXPECT_FALSE(day_return({day, usd("100"), usd("112"), usd("10")}).large_flow);
  const DayReturn fresh = day_return({day, usd("0"), usd("50"), usd("0"), usd("50")});
  EXPECT_FALSE(fresh.defined);
  EXPECT_EQ(fresh.value, 0);
  EXPECT_EQ(timing_of(9 * 3600), FlowTiming::kStart);
  EXPECT_EQ(timing_of(9 * 3600 + 1800), FlowTiming::kEnd);
}

TEST(FlowReturnTest, TimeAndMoneyWeightedReturnsDifferByTheTimingOfFlows) {
  // +10 %, then 100 more, then -10 %.
  const TradeDate day = date("2024-01-02");
  const std::vector<EquityDay> days = {
      {day, usd("100"), usd("210"), usd("0"), usd("100")},
      {day.plus_days(1), usd("210"), usd("189"), usd("0"), usd("0")}};
  EXPECT_NEAR(time_weighted_return(day_returns(days)), -0.01, 1e-15);
  const std::vector<WeightedFlow> flows = {{usd("100"), 0.5}};
  EXPECT_NEAR(modified_dietz(usd("100"), usd("189"), flows), -11.0 / 150, 1e-15);
  const double rate = money_weighted_return(usd("100"), usd("189"), flows);
  EXPECT_NEAR(100 * (1 + rate) + 100 * std::sqrt(1 + rate), 189, 1e-9);
  EXPECT_NEAR(money_weighted_return(usd("100"), usd("121"), {}), 0.21, 1e-12);
  EXPECT_TRUE(std::isnan(money_weighted_return(usd("0"), usd("5"), {})));
}

TEST(BucketsTest, AWeekIsNotCutByNewYear) {
  EXPECT_EQ(bucket_of(date("2020-12-31"), BucketSize::kWeek), (BucketKey{2020, 53}));
  EXPECT_EQ(bucket_of(date("2021-01-01"), BucketSize::kWeek), (BucketKey{2020, 53}));
  EXPECT_EQ(bucket_of(date("2021-01-04"), BucketSize::kWeek), (BucketKey{2021, 1}));
  EXPECT_EQ(bucket_of(date("2024-12-30"), BucketSize::kWeek), (BucketKey{2025, 1}));
  EXPECT_EQ(bucket_of(date("2024-08-15"), BucketSize::kQuarter), (BucketKey{2024, 3}));
  EXPECT_EQ(first_day({2020, 53}, BucketSize::kWeek).iso(), "2020-12-28");
  EXPECT_EQ(first_day_after({2024, 4}, BucketSize::kQuarter).iso(), "2025-01-01");
  EXPECT_EQ(months_before(date("2024-03-31"), 1).iso(), "2024-02-29");
  EXPECT_EQ(months_before(date("2024-01-15"), 13).iso(), "2022-12-15");
}

TEST(BucketsTest, PartialBucketsAreFlaggedAtTheEnds) {
  const auto dates = days_from(date("2024-01-10"), 40);  // to 18 February
  const SimpleReturns returns = SimpleReturns::make(dates, std::vector<double>(40, 0.001)).value();
  const auto months = bucket_returns(returns, BucketSize::kMonth);
  ASSERT_EQ(months.size(), 2U);
  EXPECT_TRUE(months[0].partial);
  EXPECT_TRUE(months[1].partial);
  EXPECT_EQ(months[0].count, 22);
  const auto whole = days_from(date("2024-01-02"), 28);  // to 29 January: all its sessions but two
  const auto january = bucket_returns(
      SimpleReturns::make(whole, std::vector<double>(28, 0.001)).value(), BucketSize::kMonth);
  EXPECT_FALSE(january.at(0).partial);
}

TEST(PeriodToDateTest, TheBaseIsTheLastDateBeforeThePeriod) {
  const std::vector<TradeDate> dates = {date("2023-12-29"), date("2024-01-02"), date("2024-02-01"),
                                        date("2024-02-02")};
  const SimpleReturns returns =
      SimpleReturns::make(dates, std::vector{0.5, 0.1, 0.01, 0.02}).value();
  const PeriodToDate got = period_to_date(returns);
  EXPECT_NEAR(got.month.value(), 1.01 * 1.02 - 1, 1e-15);
  EXPECT_NEAR(got.year.value(), 1.1 * 1.01 * 1.02 - 1, 1e-15);
  EXPECT_FALSE(got.months_3.has_value()) << "the series does not reach back so far";
  EXPECT_FALSE(period_to_date({}).month.has_value());
}

TEST(ExposureTest, LongShortGrossNetAndSectors) {
  const std::vector<MarkedPosition> book = {
      {sym("A"), usd("600")}, {sym("B"), usd("-200")}, {sym("C"), usd("200")}};
  const Exposure exposure = exposure_of(book, usd("1000"));
  EXPECT_NEAR(exposure.gross, 1.0, 1e-15);
  EXPECT_NEAR(exposure.net, 0.6, 1e-15);
  EXPECT_EQ(exposure.longs, 2U);
  EXPECT_EQ(exposure.short_value.text(), "-200");
  EXPECT_TRUE(std::isnan(exposure_of(book, usd("0")).gross));
  EXPECT_NEAR(concentration_of(gross_weights(book)).hhi, 0.36 + 0.04 + 0.04, 1e-15);
  EXPECT_EQ(concentration_of({}).effective_n, 0);
  const std::vector<std::string> sectors = {"tech", "", "tech"};
  const auto groups = exposure_by_label(book, sectors, usd("1000"));
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].label, "tech");
  EXPECT_NEAR(groups[0].gross_weight, 0.8, 1e-15);
  EXPECT_EQ(groups[1].label, "unknown");
  EXPECT_NEAR(days_to_liquidate(usd("-1000"), usd("500"), 0.2), 10, 1e-12);
}

TEST(SpecificationTest, DailyPnlAndTurnoverOfAHistory) {
  const TradeDate one = date("2024-01-02");
  const TradeDate two = one.plus_days(1);
  const std::vector<PositionRow> positions = {
      {one, sym("A"), qty("10")}, {one, sym("B"), qty("-5")}, {two, sym("A"), qty("4")}};
  std::vector<PriceRow> prices = {{one, sym("A"), price("100")},
                                  {one, sym("B"), price("20")},
                                  {two, sym("A"), price("101")},
                                  {two, sym("B"), price("22")}};
  const auto pnl = calculate_daily_pnl(positions, prices).value();
  ASSERT_EQ(pnl.size(), 2U);
  EXPECT_EQ(pnl[0].pnl.text(), "10");
  EXPECT_EQ(pnl[1].pnl.text(), "-10");
  const auto turnover = calculate_turnover(positions, prices).value();
  ASSERT_EQ(turnover.size(), 2U);
  EXPECT_EQ(turnover[0].buys.text(), "1000");
  EXPECT_EQ(turnover[0].sells.text(), "100");
  EXPECT_EQ(turnover[1].sells.text(), "606");
  EXPECT_EQ(turnover[1].buys.text(), "110");
  EXPECT_NEAR(turnover[0].turnover, 2, 1e-15);  // from nothing to a whole book
  EXPECT_NEAR(turnover[1].turnover, 716 / ((1100 + 404) / 2.0), 1e-15);
  prices.pop_back();
  EXPECT_EQ(calculate_daily_pnl(positions, prices).error().message,
            "prices: B has no close of 2024-01-03; add it, or remove the position");
}

TEST(SpecificationTest, DrawdownOfAnEquityCurve) {
  const auto dates = days_from(date("2024-01-02"), 3);
  const auto got = calculate_drawdown(Prices::make(dates, std::vector{100.0, 120.0, 90.0}).value());
  ASSERT_EQ(got.size(), 3U);
  EXPECT_EQ(got[2].running_max, 120);
  EXPECT_NEAR(got[2].drawdown, -0.25, 1e-15);
}

TEST(SpecificationTest, AlertsTellWhatPassedItsThresholdAndWhatWasNotChecked) {
  const RiskMetrics metrics = calculate_risk_metrics(returns_of({0.1, -0.3, 0.05}));
  const std::vector<NamedValue> thresholds = {
      {"max_drawdown", -0.2}, {"volatility", 0.25}, {"var_95", -0.5}, {"kurtosis", 3}, {"x", 1}};
  const auto alerts = check_risk_alerts(metrics.named(), thresholds);
  ASSERT_EQ(alerts.size(), 4U);
  EXPECT_EQ(alerts[0].substr(0, 17), "max_drawdown: -0.");
  EXPECT_TRUE(alerts[0].ends_with("is below -0.2"));
  EXPECT_TRUE(alerts[1].ends_with("is above 0.25"));
  EXPECT_EQ(alerts[2], "kurtosis: has no value yet; its threshold is not checked");
  EXPECT_EQ(alerts[3], "x: there is no such metric; its threshold is not checked");
}

TEST(SpecificationTest, SharpeOfConstantReturnsIsZero) {
  EXPECT_EQ(calculate_sharpe_ratio(returns_of(std::vector<double>(10, 0.1))), 0);
  EXPECT_EQ(calculate_sharpe_ratio(returns_of({0.1})), 0);
}

}  // namespace
}  // namespace signalbus::analytics
