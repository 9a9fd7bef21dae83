// Goal: no difference is missed, none is invented, and each has its cause.
// Method: plans of one to three rows with the log that went with them; a random plan that is filled
// as planned must reconcile with itself.
#include "reconcile/reconcile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "reconcile/testing.h"

namespace signalbus::reconcile {
namespace {

using ::testing::HasSubstr;
using testing::holding;
using testing::log_row;
using testing::plan_row;
using testing::qty;
using testing::sym;
using testing::usd;

struct Day {
  std::vector<PlanRow> plan;
  std::vector<ExecutionLogRow> executed;
  Holdings opening;
  PriceBook prices;
  Money cash = Money::whole(1'000);
  Mode mode = Mode::kPaper;
  std::optional<std::vector<PlannedOrder>> orders = std::nullopt;  ///< Absent: as the plan says.

  ReconResult reconcile() const {
    const std::vector<PlannedOrder> planned = orders.value_or(testing::orders_of(plan));
    auto out = reconcile_from_logs({.run_date = TradeDate::from_days(20'000),
                                    .mode = mode,
                                    .plan = plan,
                                    .orders = planned,
                                    .executed = executed,
                                    .opening = opening,
                                    .prices = prices,
                                    .starting_cash = cash,
                                    .quantity_decimals = 4});
    SB_CHECK(out.ok());
    return std::move(out).value();
  }
};

TEST(ReconcileTest, APlanThatWasFilledHasNoDifference) {
  Day day;
  day.plan = {plan_row("A", "0", "5", Action::kBuy, "5"),
              plan_row("B", "4", "0", Action::kSell, "4")};
  day.opening.holdings = {holding("B", "4")};
  day.executed = {log_row("A", Side::kBuy, "5", OrderState::kFilled, "5", "10"),
                  log_row("B", Side::kSell, "4", OrderState::kFilled, "4", "11")};
  const ReconResult out = day.reconcile();
  ASSERT_EQ(out.rows.size(), 2u);
  for (const ReconRow& row : out.rows) {
    EXPECT_EQ(row.status, ReconStatus::kOk);
    EXPECT_EQ(row.cause, Cause::kNone);
    EXPECT_TRUE(row.delta_qty.is_zero() && row.qty_difference.is_zero());
  }
  EXPECT_EQ(out.rows[1].planned_qty, qty("-4")) << "sells are negative";
  EXPECT_EQ(out.rows[1].actual_qty, qty("-4"));
  EXPECT_EQ(out.eod.cash, usd("994"));  // 1,000 - 50 + 44
  EXPECT_EQ(out.eod.equity, usd("1044"));
  ASSERT_EQ(out.eod.positions.size(), 1u);
  EXPECT_EQ(out.eod.positions[0].asset_id, AssetId("id-A"));
  EXPECT_EQ(out.eod.source, "journal");
  EXPECT_DOUBLE_EQ(out.rows[0].actual_weight, 50.0 / 1044);
  EXPECT_DOUBLE_EQ(out.rows[0].weight_deviation, 50.0 / 1044 - 0.1);
}

TEST(ReconcileTest, DryModeCallsItsPositionsSimulated) {
  Day day;
  day.mode = Mode::kDry;
  day.plan = {plan_row("A", "0", "5", Action::kBuy, "5")};
  day.executed = {log_row("A", Side::kBuy, "5", OrderState::kSimulated, "0", "10")};
  day.executed[0].mode = Mode::kDry;
  const ReconResult out = day.reconcile();
  EXPECT_EQ(out.eod.source, "simulated");
  EXPECT_EQ(out.rows[0].status, ReconStatus::kOk);
  EXPECT_EQ(out.eod.cash, usd("950"));
}

// ancestor-defects 3
TEST(ReconcileTest, ARefusedOrderMovesNothingAndSaysWhy) {
  Day day;
  day.plan = {plan_row("A", "0", "5", Action::kBuy, "5")};
  day.executed = {log_row("A", Side::kBuy, "5", OrderState::kRejected, "0")};
  day.executed[0].error = "asset A is not active";
  const ReconResult out = day.reconcile();
  EXPECT_EQ(out.rows[0].status, ReconStatus::kMismatch);
  EXPECT_EQ(out.rows[0].actual_qty, Quantity::zero());
  EXPECT_EQ(out.rows[0].delta_qty, qty("-5"));
  EXPECT_EQ(out.rows[0].cause, Cause::kRejected);
  EXPECT_EQ(out.rows[0].explanation, "order ORD_A_BUY ended REJECTED: asset A is not active");
  EXPECT_TRUE(out.eod.positions.empty());
  EXPECT_EQ(out.eod.cash, usd("1000"));
}

TEST(ReconcileTest, APartialFillIsAMismatchWithItsParts) {
  for (const OrderState state :
       {OrderState::kPartial, OrderState::kCanceled, OrderState::kExpired}) {
    Day day;
    day.plan = {plan_row("A", "9", "4", Action::kSell, "5")};
    day.opening.holdings = {holding("A", "9")};
    day.executed = {log_row("A", Side::kSell, "5", state, "2")};
    const ReconResult out = day.reconcile();
    EXPECT_EQ(out.rows[0].delta_qty, qty("3"));
    EXPECT_EQ(out.rows[0].final_qty, qty("7"));
    EXPECT_EQ(out.rows[0].cause, Cause::kPartialFill);
    EXPECT_THAT(out.rows[0].explanation, HasSubstr("2 of 5 filled"));
  }
}

TEST(ReconcileTest, AnOrderWithoutALogRowIsAMismatch) {
  Day day;
  day.plan = {plan_row("A", "0", "5", Action::kBuy, "5")};
  const ReconResult out = day.reconcile();
  EXPECT_EQ(out.rows[0].status, ReconStatus::kMismatch);
  EXPECT_EQ(out.rows[0].cause, Cause::kUnknown);
  EXPECT_EQ(out.rows[0].explanation, "no order was logged for it");
}

TEST(ReconcileTest, AnOrderWhoseFateIsOpenIsNotCalledFinal) {
  for (const OrderState state :
       {OrderState::kUnknown, OrderState::kSubmitting, OrderState::kPlanned}) {
    Day day;
    day.plan = {plan_row("A", "0", "5", Action::kBuy, "5")};
    day.executed = {log_row("A", Side::kBuy, "5", state, "0")};
    const ReconRow row = day.reconcile().rows[0];
    EXPECT_EQ(row.cause, Cause::kUnknown);
    EXPECT_THAT(row.explanation, HasSubstr(std::string(to_text(state))));
  }
}

TEST(ReconcileTest, TheNewestStateOfAnOrderCountsOnce) {
  Day day;
  day.plan = {plan_row("A", "0", "5", Action::kBuy, "5")};
  ExecutionLogRow unknown = log_row("A", Side::kBuy, "5", OrderState::kUnknown, "2");
  ExecutionLogRow filled = log_row("A", Side::kBuy, "5", OrderState::kFilled, "5");
  filled.updated_at = unknown.updated_at.plus_seconds(60);
  for (const auto& rows : {std::vector{unknown, filled}, std::vector{filled, unknown}}) {
    day.executed = rows;
    const ReconResult out = day.reconcile();
    EXPECT_EQ(out.rows[0].status, ReconStatus::kOk);
    EXPECT_EQ(out.rows[0].actual_qty, qty("5"));
    EXPECT_EQ(out.eod.cash, usd("950"));
  }
}

TEST(ReconcileTest, ASkippedNameKeepsItsReason) {
  Day day;
  day.plan = {plan_row("A", "0", "5", Action::kSkip, "0")};
  day.plan[0].code = ReasonCode::kNoPrice;
  day.plan[0].words = "no price for A";
  PlanRow unmapped = day.plan[0];
  unmapped.symbol.reset();
  unmapped.asset_id = AssetId("4711");
  unmapped.code = ReasonCode::kNoMapping;
  unmapped.words = "asset id is not in the mapping file";
  day.plan.push_back(unmapped);
  const ReconResult out = day.reconcile();
  EXPECT_EQ(out.rows[0].status, ReconStatus::kSkipped);
  EXPECT_EQ(out.rows[0].cause, Cause::kSkipped);
  EXPECT_EQ(out.rows[0].explanation, "no_price: no price for A");
  EXPECT_EQ(out.rows[1].explanation, "asset 4711: no_mapping: asset id is not in the mapping file");
}

// Orders edited by hand and accepted (--accept-edited) are what was to be executed.
TEST(ReconcileTest, AnAcceptedEditIsComparedWithTheOrdersAndNotWithThePlan) {
  Day day;
  day.plan = {plan_row("A", "0", "5", Action::kBuy, "5")};
  day.orders = {{testing::order("A", Side::kBuy, "3"), testing::order("NEW", Side::kBuy, "2")}};
  day.executed = {log_row("A", Side::kBuy, "3", OrderState::kFilled, "3"),
                  log_row("NEW", Side::kBuy, "2", OrderState::kFilled, "2")};
  const ReconResult out = day.reconcile();
  ASSERT_EQ(out.rows.size(), 2u);
  EXPECT_EQ(out.rows[0].status, ReconStatus::kOk);
  EXPECT_EQ(out.rows[0].planned_qty, qty("3"));
  EXPECT_EQ(out.rows[0].qty_difference, qty("-2")) << "the target is missed, and the row says so";
  EXPECT_EQ(out.rows[1].symbol, sym("NEW"));
  EXPECT_EQ(out.rows[1].status, ReconStatus::kOk);
  EXPECT_EQ(out.rows[1].explanation, "ordered without a row in the plan");
}

TEST(ReconcileTest, AnAddedOrderThatFellShortIsAMismatchWithItsCause) {
  Day day;
  day.orders = {{testing::order("NEW", Side::kBuy, "2")}};
  day.executed = {log_row("NEW", Side::kBuy, "2", OrderState::kRejected, "0")};
  const ReconResult out = day.reconcile();
  ASSERT_EQ(out.rows.size(), 1u);
  EXPECT_EQ(out.rows[0].status, ReconStatus::kMismatch);
  EXPECT_EQ(out.rows[0].cause, Cause::kRejected);
  EXPECT_EQ(out.rows[0].delta_qty, qty("-2"));
}

TEST(ReconcileTest, BothLegsOfAFlipAddUp) {
  Day day;
  day.plan = {plan_row("A", "5", "-3", Action::kSell, "8")};
  day.opening.holdings = {holding("A", "5")};
  day.orders = {{testing::order("A", Side::kSell, "5"), testing::order("A", Side::kSell, "3")}};
  day.executed = {log_row("A", Side::kSell, "5", OrderState::kFilled, "5"),
                  log_row("A", Side::kSell, "3", OrderState::kFilled, "3")};
  day.executed[1].client_order_id = ClientOrderId("ORD_A_SELL_2");
  const ReconRow row = day.reconcile().rows[0];
  EXPECT_EQ(row.status, ReconStatus::kOk);
  EXPECT_EQ(row.planned_qty, qty("-8"));
  EXPECT_EQ(row.final_qty, qty("-3"));
}

TEST(ReconcileTest, ATradeOutsideThePlanIsAMismatch) {
  Day day;
  day.executed = {log_row("X", Side::kBuy, "5", OrderState::kFilled, "5")};
  const ReconResult out = day.reconcile();
  ASSERT_EQ(out.rows.size(), 1u);
  EXPECT_EQ(out.rows[0].symbol, sym("X"));
  EXPECT_EQ(out.rows[0].status, ReconStatus::kMismatch);
  EXPECT_EQ(out.rows[0].cause, Cause::kManualTrade);
  EXPECT_EQ(out.rows[0].delta_qty, qty("5"));
}

TEST(ReconcileTest, AHoldingOutsideThePlanIsAMismatch) {
  Day day;
  day.opening.holdings = {holding("X", "5")};
  const ReconResult out = day.reconcile();
  ASSERT_EQ(out.rows.size(), 1u);
  EXPECT_EQ(out.rows[0].status, ReconStatus::kMismatch);
  EXPECT_EQ(out.rows[0].cause, Cause::kUnknown);
  EXPECT_EQ(out.rows[0].qty_difference, qty("5"));
}

TEST(ReconcileTest, LessThanALotIsRounding) {
  Day day;
  day.plan = {plan_row("A", "0.00005", "5", Action::kBuy, "4.9999")};
  day.opening.holdings = {holding("A", "0.00005")};
  day.executed = {log_row("A", Side::kBuy, "4.9999", OrderState::kFilled, "4.9999")};
  const ReconRow row = day.reconcile().rows[0];
  EXPECT_EQ(row.status, ReconStatus::kOk);
  EXPECT_EQ(row.qty_difference, qty("-0.00005"));
  EXPECT_EQ(row.cause, Cause::kRounding);
}

TEST(ReconcileTest, APositionThatThePlanDidNotAssumeIsNotRounding) {
  Day day;  // the plan thought 10 were held, 20 were
  day.plan = {plan_row("A", "10", "15", Action::kBuy, "5")};
  day.opening.holdings = {holding("A", "20")};
  day.executed = {log_row("A", Side::kBuy, "5", OrderState::kFilled, "5")};
  const ReconRow row = day.reconcile().rows[0];
  EXPECT_EQ(row.status, ReconStatus::kMismatch);
  EXPECT_EQ(row.qty_difference, qty("10"));
  EXPECT_EQ(row.cause, Cause::kUnknown);
  EXPECT_EQ(row.explanation, "20 shares were held at the start of the day, the plan assumed 10");
}

TEST(ReconcileTest, AScaledOrderNamesItsReason) {
  Day day;
  day.plan = {plan_row("A", "0", "10", Action::kBuy, "6")};
  day.plan[0].code = ReasonCode::kInsufficientFunds;
  day.plan[0].words = "buys scaled to 60 %";
  day.executed = {log_row("A", Side::kBuy, "6", OrderState::kFilled, "6")};
  const ReconRow row = day.reconcile().rows[0];
  EXPECT_EQ(row.status, ReconStatus::kOk);
  EXPECT_EQ(row.cause, Cause::kSkipped);
  EXPECT_EQ(row.explanation, "insufficient_funds: buys scaled to 60 %");
}

TEST(ReconcileTest, ShortPositionsCountNegative) {
  Day day;
  day.plan = {plan_row("A", "0", "-4", Action::kSell, "4")};
  day.executed = {log_row("A", Side::kSell, "4", OrderState::kFilled, "4", "10")};
  const ReconResult out = day.reconcile();
  EXPECT_EQ(out.rows[0].final_qty, qty("-4"));
  EXPECT_EQ(out.rows[0].status, ReconStatus::kOk);
  EXPECT_EQ(out.eod.cash, usd("1040"));
  EXPECT_EQ(out.eod.positions[0].market_value, usd("-40"));
  EXPECT_EQ(out.eod.equity, usd("1000"));
}

TEST(ReconcileTest, GivenPricesOverrideThePlan) {
  Day day;
  day.plan = {plan_row("A", "5", "5", Action::kHold, "0", "10")};
  day.opening.holdings = {holding("A", "5")};
  EXPECT_EQ(day.reconcile().eod.positions[0].market_value, usd("50"));
  day.prices.points = {{sym("A"), testing::price("12"), {}}};
  EXPECT_EQ(day.reconcile().eod.positions[0].market_value, usd("60"));
}

RC_GTEST_PROP(ReconcileProperty, APlanFilledAtItsPricesReconcilesWithItself, ()) {
  Day day;
  day.cash = Money::from_raw(*rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000));
  const auto raw = [](std::int64_t most) { return *rc::gen::inRange<std::int64_t>(1, most); };
  Int128 expected = static_cast<Int128>(day.cash.raw());
  const int names = *rc::gen::inRange(0, 8);
  for (int i = 0; i < names; ++i) {
    const std::string symbol = "S" + std::to_string(i);
    const Quantity before = Quantity::from_raw(raw(1'000'000'000'000) - 500'000'000'000);
    const Quantity trade = Quantity::from_raw(raw(1'000'000'000'000));
    const bool buy = *rc::gen::inRange(0, 2) > 0;
    const Quantity after = buy ? before + trade : before - trade;
    const Price at = Price::from_raw(raw(1'000'000'000'000));
    day.plan.push_back(plan_row(symbol, before.text(), after.text(),
                                buy ? Action::kBuy : Action::kSell, trade.text(), at.text()));
    if (!before.is_zero()) day.opening.holdings.push_back(holding(symbol, before.text()));
    // A flip fills as two orders of one name.
    const bool flips = before.is_negative() != after.is_negative() && !before.is_zero();
    const Side side = buy ? Side::kBuy : Side::kSell;
    const Quantity first = flips ? before.abs() : trade;
    day.executed.push_back(
        log_row(symbol, side, first.text(), OrderState::kFilled, first.text(), at.text()));
    if (flips && first < trade) {
      const Quantity second = trade - first;
      day.executed.push_back(
          log_row(symbol, side, second.text(), OrderState::kFilled, second.text(), at.text()));
      day.executed.back().client_order_id = ClientOrderId("leg2_" + symbol);
      expected += (buy ? -1 : 1) * notional_half_even(second, at).value().raw();
    }
    expected += (buy ? -1 : 1) * notional_half_even(first, at).value().raw();
  }
  const ReconResult out = day.reconcile();
  RC_ASSERT(out.rows.size() == day.plan.size());
  for (const ReconRow& row : out.rows) {
    RC_ASSERT(row.status == ReconStatus::kOk && row.cause == Cause::kNone);
    RC_ASSERT(row.delta_qty.is_zero() && row.qty_difference.is_zero());
  }
  RC_ASSERT(out.eod.cash.raw() == expected);
  Int128 total = out.eod.cash.raw();
  double weights = 0;
  for (const EodPosition& position : out.eod.positions) {
    total += position.market_value.raw();
    weights += position.weight_percentage / 100;
  }
  RC_ASSERT(total == out.eod.equity.raw());
  if (out.eod.equity.is_positive()) {
    weights += out.eod.cash.to_double() / out.eod.equity.to_double();
    const double scale = 1 + std::abs(out.eod.cash.to_double() / out.eod.equity.to_double());
    RC_ASSERT(std::abs(weights - 1) < 1e-9 * scale * 100);
  }
}

}  // namespace
}  // namespace signalbus::reconcile
