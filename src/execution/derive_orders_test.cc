// Goal: orders from a plan file are the plain orders that its rows describe, no more.
// Method: rows written inline.
#include "execution/derive_orders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace signalbus::execution {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

PlanRow row(std::string_view symbol, Action action, std::string_view current,
            std::string_view target, std::string_view planned) {
  const Quantity before = Quantity::parse(current).value();
  const Quantity after = Quantity::parse(target).value();
  return {.asset_id = AssetId(std::string(symbol)),
          .symbol = Symbol::parse(symbol).value(),
          .price = Price::whole(10),
          .target_weight = 0.1,
          .target_qty = after,
          .current_qty = before,
          .delta = after - before,
          .action = action,
          .planned_qty = Quantity::parse(planned).value(),
          .planned_weight = 0,
          .notional = Money::zero(),
          .code = ReasonCode::kNone,
          .words = {}};
}

std::vector<std::string> shown(const std::vector<PlannedOrder>& orders) {
  std::vector<std::string> out;
  for (const PlannedOrder& order : orders) {
    out.push_back(std::string(to_text(order.side)) + " " + order.quantity.text() + " " +
                  order.symbol.text() + ": " + std::string(to_text(order.purpose)));
  }
  return out;
}

TEST(DeriveOrdersTest, TakesOneOrderPerTradingRowSellsFirst) {
  const std::vector<PlanRow> rows{
      row("A", Action::kBuy, "0", "3", "3"),  row("B", Action::kHold, "5", "5", "0"),
      row("C", Action::kSkip, "0", "5", "0"), row("D", Action::kSell, "9", "7", "2"),
      row("E", Action::kSell, "4", "0", "4"), row("F", Action::kBuy, "1", "8", "7")};
  const auto orders = derive_orders_from_plan(rows);
  ASSERT_TRUE(orders.ok());
  EXPECT_THAT(shown(orders.value()),
              ElementsAre("SELL 4 E: close: no longer targeted", "SELL 2 D: reduce to target",
                          "BUY 7 F: increase to target", "BUY 3 A: open a new position"));
  EXPECT_EQ(orders.value()[0].notional, Money::whole(40));
}

// ancestor-defects 17
TEST(DeriveOrdersTest, InventsNoBracketAndNoLimitPrices) {
  const std::vector<PlanRow> rows{row("A", Action::kBuy, "0", "3.5", "3.5")};
  const PlannedOrder order = derive_orders_from_plan(rows).value().at(0);
  EXPECT_EQ(order.type, OrderType::kMarket);
  EXPECT_EQ(order.time_in_force, TimeInForce::kDay);
  EXPECT_FALSE(order.take_profit || order.stop_loss || order.limit_price);
}

// ancestor-defects 11
TEST(DeriveOrdersTest, AChangeOfSideIsTwoLegsAsInThePlanItself) {
  const std::vector<PlanRow> rows{row("A", Action::kSell, "10.5", "-10", "20.5"),
                                  row("B", Action::kBuy, "-2", "1", "3")};
  const auto orders = derive_orders_from_plan(rows);
  ASSERT_TRUE(orders.ok());
  EXPECT_THAT(shown(orders.value()),
              ElementsAre("SELL 10.5 A: close before changing side",
                          "SELL 10 A: change side after the close has filled",
                          "BUY 2 B: close before changing side",
                          "BUY 1 B: change side after the close has filled"));
}

TEST(DeriveOrdersTest, AnExitThatWasScaledIsAReduction) {
  const std::vector<PlanRow> rows{row("A", Action::kSell, "10", "0", "4")};
  EXPECT_THAT(shown(derive_orders_from_plan(rows).value()),
              ElementsAre("SELL 4 A: reduce to target"));
}

TEST(DeriveOrdersTest, RefusesARowThatTradesWithoutWhatAnOrderNeeds) {
  PlanRow no_symbol = row("A", Action::kBuy, "0", "1", "1");
  no_symbol.symbol.reset();
  PlanRow no_price = row("A", Action::kBuy, "0", "1", "1");
  no_price.price.reset();
  for (const PlanRow& bad : {no_symbol, no_price, row("A", Action::kBuy, "0", "1", "0"),
                             row("A", Action::kSell, "1", "0", "-1")}) {
    const auto orders = derive_orders_from_plan(std::vector{bad});
    ASSERT_FALSE(orders.ok());
    EXPECT_EQ(orders.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(orders.error().message, HasSubstr("row of asset 'A'"));
  }
}

}  // namespace
}  // namespace signalbus::execution
