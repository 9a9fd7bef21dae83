// Goal: with the broker asked, the report and the end-of-day positions say what the broker holds,
// and a row that differs says why. Method: the rows of a small plan and a broker's answer by hand.
#include "reconcile/broker_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "reconcile/two_books.h"

namespace signalbus::reconcile {
namespace {

using ::testing::HasSubstr;
using testing::price;
using testing::qty;
using testing::sym;
using testing::TwoBooks;
using testing::usd;

/// 10 AAPL planned and bought, 4 KO held.
struct BrokerReportTest : ::testing::Test {
  BrokerReportTest() {
    books.hold("KO", "4");
    books.order("o1", Side::kBuy, "10", "AAPL", OrderState::kFilled);
    books.fill("e1", "o1", "10", "20");
  }

  ReconResult tell() {
    const std::vector<PlanRow> plan = {
        testing::plan_row("AAPL", "0", "10", Action::kBuy, "10", "20"),
        testing::plan_row("KO", "4", "4", Action::kHold, "0", "50")};
    const std::vector<PlannedOrder> orders = testing::orders_of(plan);
    const std::vector<ExecutionLogRow> log = {
        testing::log_row("AAPL", Side::kBuy, "10", OrderState::kFilled, "10", "20")};
    Holdings opening;
    opening.holdings = {testing::holding("KO", "4")};
    const PriceBook prices;
    ReconResult logs = reconcile_from_logs({.run_date = books.journal.baseline.date,
                                            .mode = Mode::kPaper,
                                            .plan = plan,
                                            .orders = orders,
                                            .executed = log,
                                            .opening = opening,
                                            .prices = prices,
                                            .starting_cash = usd("1000"),
                                            .quantity_decimals = 4})
                           .value();
    books.close_books();
    for (Holding& holding : books.broker.positions.holdings) {
      holding.market_value = notional_half_even(holding.quantity, price("25")).value();
      holding.avg_entry_price = price("20");
    }
    books.broker.account.equity = usd("2000");
    const BrokerRecon recon = reconcile_broker(books.broker, books.journal).value();
    return tell_by_broker(std::move(logs), books.broker, recon, books.journal.baseline.date);
  }

  TwoBooks books{"1000"};
};

TEST_F(BrokerReportTest, PositionsCashAndWeightsAreTheBrokers) {
  const ReconResult told = tell();
  EXPECT_EQ(told.eod.source, "broker");
  EXPECT_EQ(told.eod.cash, usd("800"));
  EXPECT_EQ(told.eod.equity, usd("2000"));
  ASSERT_EQ(told.eod.positions.size(), 2U);
  const EodPosition& aapl = told.eod.positions[0];
  EXPECT_EQ(aapl.quantity, qty("10"));
  EXPECT_EQ(aapl.price, price("25"));
  EXPECT_EQ(aapl.market_value, usd("250"));
  EXPECT_DOUBLE_EQ(aapl.weight_percentage, 12.5);
  EXPECT_EQ(aapl.asset_id.get(), "id-AAPL");
  EXPECT_EQ(aapl.avg_entry_price, price("20"));
  ASSERT_EQ(told.rows.size(), 2U);
  EXPECT_EQ(told.rows[0].status, ReconStatus::kOk);
  EXPECT_DOUBLE_EQ(told.rows[0].actual_weight, 0.125);
  EXPECT_DOUBLE_EQ(told.rows[0].weight_deviation, 0.025);
}

TEST_F(BrokerReportTest, ARowThatDiffersSaysWhy) {
  books.foreign("h1", Side::kSell, "3", "AAPL", "21");
  const ReconResult told = tell();
  EXPECT_EQ(told.rows[0].status, ReconStatus::kMismatch);
  EXPECT_EQ(told.rows[0].cause, Cause::kManualTrade);
  EXPECT_EQ(told.rows[0].final_qty, qty("7"));
  EXPECT_EQ(told.rows[0].qty_difference, qty("-3"));
  EXPECT_THAT(told.rows[0].explanation, HasSubstr("sold 3 AAPL at 21 USD"));
  EXPECT_EQ(told.rows[1].status, ReconStatus::kOk);
}

TEST_F(BrokerReportTest, WhatIsNotExplainedCountsMoreThanWhatIs) {
  books.foreign("h1", Side::kSell, "3", "AAPL", "21");
  books.move_shares(sym("AAPL"), qty("1"));
  const ReconResult told = tell();
  EXPECT_EQ(told.rows[0].cause, Cause::kUnknown);
  EXPECT_THAT(told.rows[0].explanation, HasSubstr("nothing explains +1"));
}

TEST_F(BrokerReportTest, ASplitIsNoMismatch) {
  books.flow(CashFlowKind::kSplit, "SPLIT", "s1", "KO", "-4", "0");
  books.flow(CashFlowKind::kSplit, "SPLIT", "s2", "KO", "8", "0");
  const ReconResult told = tell();
  EXPECT_EQ(told.rows[1].status, ReconStatus::kOk);
  EXPECT_EQ(told.rows[1].cause, Cause::kCorporateAction);
  EXPECT_EQ(told.rows[1].final_qty, qty("8"));
}

TEST_F(BrokerReportTest, ASymbolThatThePlanDoesNotKnowGetsARowWhenItDiffers) {
  books.foreign("h1", Side::kBuy, "2", "T", "20");
  const ReconResult told = tell();
  ASSERT_EQ(told.rows.size(), 3U);
  EXPECT_EQ(told.rows[2].symbol, sym("T"));
  EXPECT_EQ(told.rows[2].status, ReconStatus::kMismatch);
  EXPECT_EQ(told.rows[2].cause, Cause::kManualTrade);
  EXPECT_EQ(told.rows[2].final_qty, qty("2"));
}

TEST(PriceOfTest, HasTheFewestDecimalsThatGiveTheValue) {
  EXPECT_EQ(price_of(usd("250"), qty("10")), price("25"));
  EXPECT_EQ(price_of(usd("-250"), qty("-10")), price("25"));
  EXPECT_EQ(price_of(usd("138.9"), qty("10")), price("13.89"));
  EXPECT_EQ(price_of(usd("0.0123"), qty("1")), price("0.0123"));
  EXPECT_EQ(price_of(usd("1"), Quantity::zero()), std::nullopt);
}

RC_GTEST_PROP(PriceOfProperty, FindsAPriceOfTwoDecimals, ()) {
  const Quantity quantity = Quantity::whole(*rc::gen::inRange(1, 100'000));
  const Price at = Price::from_raw(*rc::gen::inRange<std::int64_t>(1, 100'000) * 10'000'000);
  RC_ASSERT(price_of(notional_half_even(quantity, at).value(), quantity) == at);
}

}  // namespace
}  // namespace signalbus::reconcile
