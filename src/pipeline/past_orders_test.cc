// Goal: delay and time to fill are counted where both ends are recorded, and nowhere else.
// Method: one order of ten shares, sent at nine, filled in two executions; each case takes one
// thing away.
#include "pipeline/past_orders.h"

#include <gtest/gtest.h>

namespace signalbus::pipeline {
namespace {

const Instant kNine = Instant::parse("2024-03-04T14:00:00Z").value();

Symbol sym() { return Symbol::parse("AAA").value(); }
Quantity qty(std::string_view text) { return Quantity::parse(text).value(); }
Price price(std::string_view text) { return Price::parse(text).value(); }

ExecutionLogRow row_of_ten() {
  return {.ts = kNine,
          .mode = Mode::kPaper,
          .symbol = sym(),
          .side = Side::kBuy,
          .qty = qty("10"),
          .order_type = OrderType::kMarket,
          .tp_price = std::nullopt,
          .sl_price = std::nullopt,
          .time_in_force = TimeInForce::kDay,
          .client_order_id = ClientOrderId("a"),
          .price_used = price("100.5"),
          .notional = Money::whole(1000),
          .status = OrderState::kFilled,
          .order_id = OrderId("b"),
          .error = {},
          .batch_id = BatchId("20240304-1"),
          .attempt = 1,
          .filled_qty = qty("10"),
          .filled_avg_price = price("101"),
          .submitted_at = kNine,
          .updated_at = kNine.plus_seconds(60),
          .reject_code = {},
          .decision_price = price("100")};
}

PastFill fill_at(const char* order, Instant at) {
  return {{.execution_id = order,
           .order_id = OrderId("b"),
           .client_order_id = ClientOrderId(order),
           .symbol = sym(),
           .side = Side::kBuy,
           .quantity = qty("5"),
           .price = price("101"),
           .at = at},
          TradeDate::parse("2024-03-04").value(),
          {}};
}

LastFills two_fills() {
  PastTrades trades;
  trades.fills = {fill_at("a", kNine.plus_seconds(3)), fill_at("a", kNine.plus_seconds(2)),
                  fill_at("other", kNine.plus_seconds(9))};
  return last_fills(trades);
}

TEST(PastOrdersTest, TheLastExecutionEndsTheWait) {
  EXPECT_EQ(seconds_to_fill(row_of_ten(), two_fills()), 3.0);
}

TEST(PastOrdersTest, AWaitThatHasNoEndOrNoBeginningIsNotCounted) {
  ExecutionLogRow part = row_of_ten();
  part.filled_qty = qty("9");
  EXPECT_FALSE(seconds_to_fill(part, two_fills()));
  ExecutionLogRow never_sent = row_of_ten();
  never_sent.submitted_at.reset();
  EXPECT_FALSE(seconds_to_fill(never_sent, two_fills()));
  EXPECT_FALSE(seconds_to_fill(row_of_ten(), {}));
  ExecutionLogRow other_clock = row_of_ten();
  other_clock.submitted_at = kNine.plus_seconds(4);
  EXPECT_FALSE(seconds_to_fill(other_clock, two_fills()));
}

TEST(PastOrdersTest, TheDecisionIsThePlansPriceWhereTheArrivalIsOfItsOwnMoment) {
  EXPECT_EQ(decision_of(row_of_ten(), true), price("100"));
  EXPECT_FALSE(decision_of(row_of_ten(), false));
  ExecutionLogRow dry = row_of_ten();
  dry.mode = Mode::kDry;
  EXPECT_FALSE(decision_of(dry, true));
  ExecutionLogRow never_sent = row_of_ten();
  never_sent.submitted_at.reset();
  EXPECT_FALSE(decision_of(never_sent, true));
  ExecutionLogRow old_log = row_of_ten();
  old_log.decision_price.reset();
  EXPECT_FALSE(decision_of(old_log, true));
}

}  // namespace
}  // namespace signalbus::pipeline
