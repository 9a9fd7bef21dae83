// Goal: what the broker would refuse is not sent, with the reason; everything else is.
// Method: one obstacle at a time against an order that passes.
#include "execution/preflight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace signalbus::execution {
namespace {

using ::testing::HasSubstr;

Symbol sym(std::string_view text) { return Symbol::parse(text).value(); }
Quantity qty(std::string_view text) { return Quantity::parse(text).value(); }

Intent intent(Side side, std::string_view quantity, Purpose purpose = Purpose::kIncrease) {
  return {.client_order_id = ClientOrderId("id"),
          .sequence = 0,
          .attempt = 1,
          .order = {.asset_id = AssetId("1"),
                    .symbol = sym("AAPL"),
                    .side = side,
                    .quantity = qty(quantity),
                    .type = OrderType::kMarket,
                    .take_profit = {},
                    .stop_loss = {},
                    .limit_price = {},
                    .ref_price = Price::whole(10),
                    .notional = notional_half_even(qty(quantity), Price::whole(10)).value(),
                    .time_in_force = TimeInForce::kDay,
                    .purpose = purpose},
          .state = OrderState::kPlanned};
}

class PreflightTest : public ::testing::Test {
 protected:
  std::string words(const Intent& order) {
    Holdings positions;
    if (!held.is_zero()) {
      positions.holdings = {{sym("AAPL"), held, {}, {}, {}, HoldingOrigin::kBrokerOnly}};
    }
    return obstacle(order, {rules, positions, open, Money::whole(1)}).value_or("");
  }
  std::vector<AssetRule> rules{{sym("AAPL"), true, true, true}};
  std::vector<OpenOrder> open;
  Quantity held = Quantity::whole(10);
};

TEST_F(PreflightTest, LetsOrdinaryOrdersPass) {
  EXPECT_EQ(words(intent(Side::kBuy, "1.5")), "");
  EXPECT_EQ(words(intent(Side::kSell, "10")), "");
  held = Quantity::zero();
  EXPECT_EQ(words(intent(Side::kSell, "3")), "") << "a whole short of a shortable name";
}

TEST_F(PreflightTest, AnAssetThatIsUnknownOrNotTradableIsNotSent) {
  rules[0].tradable = false;
  EXPECT_THAT(words(intent(Side::kBuy, "1")), HasSubstr("not_tradable"));
  rules.clear();
  EXPECT_THAT(words(intent(Side::kBuy, "1")), HasSubstr("not_tradable"));
}

TEST_F(PreflightTest, FractionsAreSimpleDayOrdersOfFractionableNames) {
  Intent good_till_canceled = intent(Side::kBuy, "1.5");
  good_till_canceled.order.time_in_force = TimeInForce::kGtc;
  EXPECT_THAT(words(good_till_canceled), HasSubstr("not_fractionable"));
  Intent bracket = intent(Side::kBuy, "1.5");
  bracket.order.type = OrderType::kBracket;
  EXPECT_THAT(words(bracket), HasSubstr("simple DAY orders"));
  bracket.reduced_to = Quantity::whole(1);  // what is sent counts, not what was planned
  EXPECT_EQ(words(bracket), "");
  rules[0].fractionable = false;
  EXPECT_THAT(words(intent(Side::kBuy, "1.5")), HasSubstr("not_fractionable"));
  EXPECT_EQ(words(intent(Side::kBuy, "2")), "");
}

TEST_F(PreflightTest, NothingIsSoldThatIsNotHeld) {
  EXPECT_THAT(words(intent(Side::kSell, "10.000000001")), HasSubstr("10 held"));
  held = Quantity::zero();
  EXPECT_THAT(words(intent(Side::kSell, "0.5")), HasSubstr("cannot be sold short"));
  rules[0].shortable = false;
  EXPECT_THAT(words(intent(Side::kSell, "3")), HasSubstr("cannot be sold short"));
}

TEST_F(PreflightTest, OpenOrdersOfOthersHoldSharesAndStandAgainstOurs) {
  open = {{sym("AAPL"), Side::kSell, Quantity::whole(4), false}};
  EXPECT_EQ(words(intent(Side::kSell, "6")), "");
  EXPECT_THAT(words(intent(Side::kSell, "7")), HasSubstr("hold 4 of 10 shares"));
  EXPECT_THAT(words(intent(Side::kBuy, "1")), HasSubstr("wash trade"));
  open[0].ours = true;
  EXPECT_EQ(words(intent(Side::kBuy, "1")), "");
}

TEST_F(PreflightTest, SmallOrdersAreNotSentUnlessTheyCloseThePosition) {
  EXPECT_THAT(words(intent(Side::kBuy, "0.0999")), HasSubstr("below_min_notional"));
  EXPECT_EQ(words(intent(Side::kBuy, "0.1")), "");
  EXPECT_EQ(words(intent(Side::kSell, "0.05", Purpose::kClose)), "");
}

// The broker's own words for it: "stop_loss.stop_price must be <= base_price - 0.01".
// ancestor-defects 17: against the market of the moment, not the price of the plan.
TEST(BracketObstacleTest, BothExitsStayACentFromTheMarket) {
  Intent bracket = intent(Side::kBuy, "10");
  bracket.order.take_profit = Price::whole(11);
  bracket.order.stop_loss = Price::whole(9);
  const auto at = [&](std::string_view market) {
    return bracket_obstacle(bracket.order, Price::parse(market).value()).value_or("");
  };
  EXPECT_EQ(at("9"), "") << "an ordinary order has no exits";
  bracket.order.type = OrderType::kBracket;
  EXPECT_EQ(at("9.01"), "");
  EXPECT_EQ(at("10.99"), "");
  EXPECT_THAT(at("9.009"), HasSubstr("bad_price: the market is at 9.009, past the stop loss of 9"));
  EXPECT_THAT(at("10.991"), HasSubstr("past the take profit of 11"));
}

}  // namespace
}  // namespace signalbus::execution
