// Goal: every implementation of the Broker port keeps the promises of ports/broker.h.
// Method: one suite over makers. A broker's test includes this file and instantiates it:
//   INSTANTIATE_TEST_SUITE_P(Dry, BrokerContractTest, ::testing::Values(BrokerMaker{...}));
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "ports/broker.h"

namespace signalbus {

/// A broker with whatever it stands on.
struct BrokerMaker {
  std::string name;
  std::function<std::shared_ptr<Broker>()> make;
};

inline std::ostream& operator<<(std::ostream& out, const BrokerMaker& maker) {
  return out << maker.name;
}

/// An intent to buy or sell AAPL at about 200 USD.
inline Intent contract_intent(int sequence, Side side = Side::kBuy, int shares = 2) {
  const Price price = Price::whole(200);
  const Quantity quantity = Quantity::whole(shares);
  return {.client_order_id = ClientOrderId("sb_20250829_AAPL_" + std::to_string(sequence)),
          .sequence = sequence,
          .attempt = 1,
          .order = {.asset_id = AssetId("1690"),
                    .symbol = Symbol::parse("AAPL").value(),
                    .side = side,
                    .quantity = quantity,
                    .type = OrderType::kMarket,
                    .take_profit = std::nullopt,
                    .stop_loss = std::nullopt,
                    .limit_price = std::nullopt,
                    .ref_price = price,
                    .notional = notional_half_even(quantity, price).value(),
                    .time_in_force = TimeInForce::kDay,
                    .purpose = Purpose::kOpen},
          .state = OrderState::kSubmitting};
}

class BrokerContractTest : public ::testing::TestWithParam<BrokerMaker> {
 protected:
  SubmitAnswer submit(const Intent& intent) {
    Result<SubmitAnswer> answer = broker_->submit(intent);
    SB_CHECK(answer.ok());
    return std::move(answer).value();
  }
  std::shared_ptr<Broker> broker_ = GetParam().make();
};

TEST_P(BrokerContractTest, DoesNotFindAnIdThatWasNeverSubmitted) {
  const auto found = broker_->order(ClientOrderId("sb_20250829_AAPL_never"));
  ASSERT_TRUE(found.ok()) << found.error().message;  // "not found" is an answer, not a failure
  EXPECT_FALSE(found.value().has_value());
}

TEST_P(BrokerContractTest, FindsASubmittedOrderByItsId) {
  const Intent intent = contract_intent(0);
  submit(intent);
  const auto found = broker_->order(intent.client_order_id);
  ASSERT_TRUE(found.ok());
  ASSERT_TRUE(found.value().has_value());
  EXPECT_EQ(found.value()->event.client_order_id, intent.client_order_id);
}

TEST_P(BrokerContractTest, SubmittingOneIdTwiceIsOneOrder) {
  const Intent intent = contract_intent(0);
  const SubmitAnswer first = submit(intent);
  const SubmitAnswer second = submit(intent);
  EXPECT_EQ(first.event.order_id, second.event.order_id);
  ASSERT_LE(first.fills.size(), second.fills.size());  // it may have filled further meanwhile
  for (std::size_t i = 0; i < first.fills.size(); ++i) {
    EXPECT_EQ(first.fills[i].execution_id, second.fills[i].execution_id);
  }
  EXPECT_LE(second.event.filled_qty, intent.order.quantity);
}

TEST_P(BrokerContractTest, AnswersWithAStateThatTheBrokerDecided) {
  const SubmitAnswer answer = submit(contract_intent(0));
  EXPECT_NE(answer.event.state, OrderState::kPlanned);
  EXPECT_NE(answer.event.state, OrderState::kAbandoned);
  EXPECT_NE(answer.event.state, OrderState::kUnknown);
}

TEST_P(BrokerContractTest, EventAndFillsTellTheSameStory) {
  for (const Side side : {Side::kBuy, Side::kSell}) {
    const Intent intent = contract_intent(side == Side::kBuy ? 0 : 1, side);
    const SubmitAnswer answer = submit(intent);
    Quantity filled = Quantity::zero();
    for (const Fill& fill : answer.fills) {
      filled += fill.quantity;
      EXPECT_EQ(fill.client_order_id, intent.client_order_id);
      EXPECT_EQ(fill.order_id, answer.event.order_id);
      EXPECT_EQ(fill.symbol, intent.order.symbol);
      EXPECT_EQ(fill.side, side);
      EXPECT_TRUE(fill.price.is_positive());
      EXPECT_FALSE(fill.execution_id.empty());
    }
    EXPECT_EQ(filled, answer.event.filled_qty);
    EXPECT_EQ(answer.event.filled_avg_price.has_value(), filled.is_positive());
  }
}

TEST_P(BrokerContractTest, OrdersOfOtherIdsAreOtherOrders) {
  const SubmitAnswer first = submit(contract_intent(0));
  const SubmitAnswer second = submit(contract_intent(1));
  EXPECT_NE(first.event.client_order_id, second.event.client_order_id);
  for (const Fill& a : first.fills) {
    for (const Fill& b : second.fills) EXPECT_NE(a.execution_id, b.execution_id);
  }
}

TEST_P(BrokerContractTest, SaysWhoseAccountItIs) {
  const Result<BrokerAccount> account = broker_->account();
  ASSERT_TRUE(account.ok()) << account.error().message;
  EXPECT_FALSE(account.value().id.get().empty());
}

TEST_P(BrokerContractTest, PositionsAreSortedAndNeverZero) {
  submit(contract_intent(0));
  const Result<Holdings> positions = broker_->positions();
  ASSERT_TRUE(positions.ok()) << positions.error().message;
  const auto& holdings = positions.value().holdings;
  for (std::size_t i = 0; i < holdings.size(); ++i) {
    EXPECT_FALSE(holdings[i].quantity.is_zero());
    if (i > 0) {
      EXPECT_LT(holdings[i - 1].symbol, holdings[i].symbol);
    }
  }
}

}  // namespace signalbus
