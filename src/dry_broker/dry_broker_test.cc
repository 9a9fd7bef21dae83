// Goal: the dry broker is a Broker like any other, and fills at the prices a dry run promises.
// Method: the contract suite, and its own prices by hand.
#include "dry_broker/dry_broker.h"

#include <gtest/gtest.h>

#include "ports/broker_contract.h"
#include "ports/testing/doubles.h"

namespace signalbus {

/// A broker and what it stands on.
struct DryWorld {
  testing::TestClock clock{"2025-08-29T13:00:00Z"};
  PriceBook market{{{Symbol::parse("AAPL").value(), Price::whole(201), std::nullopt}}, {}};
  dry_broker::DryBroker broker{
      market, clock, {AccountId("dry"), Money::whole(1000), Money::whole(1000)}, {}};
};

std::shared_ptr<Broker> make_dry_broker() {
  auto world = std::make_shared<DryWorld>();
  return {world, &world->broker};
}

INSTANTIATE_TEST_SUITE_P(Dry, BrokerContractTest,
                         ::testing::Values(BrokerMaker{"dry", make_dry_broker}));

TEST(DryBrokerTest, FillsTheWholeOrderAtTheMarketPrice) {
  DryWorld world;
  const SubmitAnswer answer = world.broker.submit(contract_intent(0)).value();
  EXPECT_EQ(answer.event.state, OrderState::kSimulated);
  EXPECT_EQ(answer.event.filled_qty, Quantity::whole(2));
  EXPECT_EQ(answer.event.filled_avg_price, Price::whole(201));
  EXPECT_EQ(answer.event.price_used, Price::whole(201));
  EXPECT_EQ(answer.event.submitted_at, world.clock.now());
}

TEST(DryBrokerTest, FillsAtTheReferencePriceWhereTheMarketHasNone) {
  DryWorld world;
  world.market.points.clear();
  const SubmitAnswer answer = world.broker.submit(contract_intent(0)).value();
  EXPECT_EQ(answer.event.filled_avg_price, Price::whole(200));
}

TEST(DryBrokerTest, ARepeatedOrderKeepsItsFirstPrice) {
  DryWorld world;
  (void)world.broker.submit(contract_intent(0)).value();
  world.market.points[0].price = Price::whole(300);
  const SubmitAnswer again = world.broker.submit(contract_intent(0)).value();
  EXPECT_EQ(again.event.filled_avg_price, Price::whole(201));
}

}  // namespace signalbus
