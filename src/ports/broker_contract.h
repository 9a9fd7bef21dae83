// Goal: every implementation of the Broker port keeps the promises of ports/broker.h.
// Method: one suite over makers. A broker's test includes this file and instantiates it:
//   INSTANTIATE_TEST_SUITE_P(Dry, BrokerContractTest, ::testing::Values(BrokerMaker{...}));
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "ports/broker.h"
#include "ports/testing/intents.h"

namespace signalbus {

/// A broker with whatever it stands on.
struct BrokerMaker {
  std::string name;
  std::function<std::shared_ptr<Broker>()> make;
  /// Lets what was submitted come to its end at the broker; nothing where it does at once.
  std::function<void()> settle = [] {};
};

inline std::ostream& operator<<(std::ostream& out, const BrokerMaker& maker) {
  return out << maker.name;
}

class BrokerContractTest : public ::testing::TestWithParam<BrokerMaker> {
 protected:
  SubmitAnswer submit(const Intent& intent) {
    Result<SubmitAnswer> answer = broker_->submit(intent);
    SB_CHECK(answer.ok());
    return std::move(answer).value();
  }
  std::vector<Fill> fills_of(const ClientOrderId& id) {
    Result<std::vector<Fill>> fills = broker_->fills(kContractStart);
    SB_CHECK(fills.ok());
    std::erase_if(fills.value(), [&](const Fill& fill) { return fill.client_order_id != id; });
    return std::move(fills).value();
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
    submit(intent);
    GetParam().settle();
    const auto found = broker_->order(intent.client_order_id);
    ASSERT_TRUE(found.ok() && found.value().has_value());
    const OrderEvent& event = found.value()->event;
    Quantity filled = Quantity::zero();
    for (const Fill& fill : fills_of(intent.client_order_id)) {
      filled += fill.quantity;
      EXPECT_EQ(fill.order_id, event.order_id);
      EXPECT_EQ(fill.symbol, intent.order.symbol);
      EXPECT_EQ(fill.side, side);
      EXPECT_TRUE(fill.price.is_positive());
      EXPECT_FALSE(fill.execution_id.empty());
    }
    EXPECT_EQ(filled, event.filled_qty);
    EXPECT_EQ(event.filled_avg_price.has_value(), filled.is_positive());
  }
}

TEST_P(BrokerContractTest, FillsOfAnAnswerAreAmongAllFills) {
  const SubmitAnswer answer = submit(contract_intent(0));
  GetParam().settle();
  const std::vector<Fill> all = fills_of(contract_intent(0).client_order_id);
  for (const Fill& fill : answer.fills) {
    EXPECT_EQ(std::count_if(all.begin(), all.end(),
                            [&](const Fill& f) { return f.execution_id == fill.execution_id; }),
              1);
  }
}

TEST_P(BrokerContractTest, ListsWhatWasSubmittedOnceAndInOrder) {
  for (int i = 0; i < 3; ++i) submit(contract_intent(i));
  submit(contract_intent(1));
  const Result<std::vector<BrokerOrder>> orders = broker_->orders(kContractStart);
  ASSERT_TRUE(orders.ok()) << orders.error().message;
  ASSERT_EQ(orders.value().size(), 3U);
  for (int i = 0; i < 3; ++i) {
    const BrokerOrder& order = orders.value()[static_cast<std::size_t>(i)];
    EXPECT_EQ(order.event.client_order_id, contract_intent(i).client_order_id);
    EXPECT_EQ(order.symbol, "AAPL");
    EXPECT_EQ(order.side, Side::kBuy);
    EXPECT_EQ(order.quantity, Quantity::whole(2));
    EXPECT_FALSE(order.status.empty());
  }
}

TEST_P(BrokerContractTest, FlowsOfCashAreInTheirOrderAndOnceEach) {
  submit(contract_intent(0));
  GetParam().settle();
  const auto flows = broker_->cash_flows(TradeDate::from_days(0));
  ASSERT_TRUE(flows.ok()) << flows.error().message;
  for (std::size_t i = 0; i < flows.value().size(); ++i) {
    const CashFlow& flow = flows.value()[i];
    EXPECT_FALSE(flow.id.empty());
    EXPECT_FALSE(flow.word.empty());
    EXPECT_NE(flow.word, "FILL");  // executions are told by fills(), never twice
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_NE(flows.value()[j].id, flow.id);
      EXPECT_LE(flows.value()[j].date, flow.date);
    }
  }
}

TEST_P(BrokerContractTest, FlowsOfCashBeginWithTheDayThatWasAsked) {
  const auto all = broker_->cash_flows(TradeDate::from_days(0));
  ASSERT_TRUE(all.ok()) << all.error().message;
  for (const CashFlow& flow : all.value()) {
    const auto since = broker_->cash_flows(flow.date);
    ASSERT_TRUE(since.ok()) << since.error().message;
    EXPECT_TRUE(std::any_of(since.value().begin(), since.value().end(),
                            [&](const CashFlow& other) { return other.id == flow.id; }));
    const auto later = broker_->cash_flows(flow.date.plus_days(1));
    ASSERT_TRUE(later.ok()) << later.error().message;
    EXPECT_TRUE(std::none_of(later.value().begin(), later.value().end(),
                             [&](const CashFlow& other) { return other.id == flow.id; }));
  }
}

TEST_P(BrokerContractTest, WritesTheSameBytesForTheSameIntent) {
  const auto first = broker_->order_bytes(contract_intent(0));
  const auto second = broker_->order_bytes(contract_intent(0));
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first.value(), second.value());
}

TEST_P(BrokerContractTest, AnOrderNobodyPlacedCannotBeCanceled) {
  const Status status = broker_->cancel(OrderId("00000000-0000-4000-8000-000000000000"));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kNotFound);
}

TEST_P(BrokerContractTest, AFilledOrderIsNotCanceled) {
  const Intent intent = contract_intent(0);
  submit(intent);
  GetParam().settle();
  const SubmitAnswer before = broker_->order(intent.client_order_id).value().value();
  EXPECT_FALSE(broker_->cancel(before.event.order_id).ok());
  const SubmitAnswer after = broker_->order(intent.client_order_id).value().value();
  EXPECT_EQ(after.event.state, before.event.state);
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
