// Goal: the client and the embedded exchange, written apart from the same contract, agree; and the
// broker over Alpaca's protocol keeps the port's promises, also when the exchange misbehaves.
// Method: an exchange on a socket, the contract suite, then faults of its own script.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "alpaca/alpaca_broker.h"
#include "alpaca/alpaca_prices.h"
#include "alpaca/alpaca_venue.h"
#include "alpaca/trade_updates.h"
#include "exchange/live_testing.h"
#include "ports/broker_contract.h"
#include "storage/system_clock.h"

namespace signalbus::alpaca {
namespace {

using exchange::LiveExchange;

/// An exchange and everything of ours that talks to it, as app will wire it.
struct World {
  LiveExchange exchange;
  storage::SystemClock clock;
  Endpoints endpoints =
      endpoints_of({.trading = "http://127.0.0.1:" + std::to_string(exchange.port()) + "/v2",
                    .data = "http://127.0.0.1:" + std::to_string(exchange.port())})
          .value();
  Keys keys{Secret::of("K1"), Secret::of("secret")};
  NetSender sender{endpoints.trading};
  Channel channel{sender,
                  keys,
                  clock,
                  [] { return 0U; },
                  {.attempt_time_max = std::chrono::milliseconds(2'000),
                   .backoff_first = std::chrono::milliseconds(1),
                   .quota = {.per_minute = 100'000, .cancel_reserve = 20}}};
  TradingApi api{channel};
  AlpacaBroker broker{api, clock};
  AlpacaVenue venue{api};
  DataApi data{channel, "iex"};
};

void settle() { std::this_thread::sleep_for(std::chrono::milliseconds(200)); }

std::shared_ptr<Broker> make_broker() {
  auto world = std::make_shared<World>();
  world->exchange.admin("cash", R"({"cash": {"K1": "250.00"}})");
  return {world, &world->broker};
}

const Intent kIntent = contract_intent(0);

TEST(ExchangeTest, AnOrderAcceptedBehindA504IsFoundAndNeverDoubled) {
  World world;
  world.exchange.fault("{on: POST /v2/orders, do: accept_then_status, status: 504}");
  const auto lost = world.broker.submit(kIntent);
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().code, ErrorCode::kUnknownOutcome);
  const auto found = world.broker.order(kIntent.client_order_id);
  ASSERT_TRUE(found.ok() && found.value());
  Intent again = kIntent;
  again.body = world.broker.order_bytes(kIntent).value();
  again.posts = 1;
  const auto repeated = world.broker.submit(again);
  ASSERT_TRUE(repeated.ok()) << repeated.error().message;
  EXPECT_EQ(repeated.value().event.order_id, found.value()->event.order_id);
  EXPECT_EQ(world.broker.orders(kContractStart).value().size(), 1U);
}

TEST(ExchangeTest, ALostRequestIsUnknownUntilItIsSentAgain) {
  World world;
  world.exchange.fault("{on: POST /v2/orders, do: drop_request}");
  EXPECT_EQ(world.broker.submit(kIntent).error().code, ErrorCode::kUnknownOutcome);
  const auto missing = world.broker.order(kIntent.client_order_id);
  ASSERT_TRUE(missing.ok()) << missing.error().message;
  EXPECT_FALSE(missing.value());
  Intent again = kIntent;
  again.posts = 1;
  ASSERT_TRUE(world.broker.submit(again).ok());
}

TEST(ExchangeTest, ARefusalBringsCodeAndNumbers) {
  World world;
  const auto answer = world.broker.submit(contract_intent(0, Side::kBuy, 100'000));
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer.value().event.state, OrderState::kRejected);
  EXPECT_EQ(answer.value().event.reject_code, "40310000");
  EXPECT_THAT(answer.value().event.error, ::testing::HasSubstr("buying_power "));
}

TEST(ExchangeTest, ALimitOrderIsCanceled) {
  World world;
  Intent intent = kIntent;
  intent.order.type = OrderType::kLimit;
  intent.order.limit_price = Price::whole(100);
  const SubmitAnswer answer = world.broker.submit(intent).value();
  const Status asked = world.broker.cancel(answer.event.order_id);
  ASSERT_TRUE(asked.ok()) << asked.error().message;
  settle();
  EXPECT_EQ(world.broker.order(intent.client_order_id).value()->event.state, OrderState::kCanceled);
}

TEST(ExchangeTest, ListsMoreOrdersAndExecutionsThanAPageHolds) {
  World world;
  for (int i = 0; i < 520; ++i) {
    ASSERT_TRUE(world.broker.submit(contract_intent(i, Side::kBuy, 1)).ok());
  }
  settle();
  const auto orders = world.broker.orders(kContractStart);
  ASSERT_TRUE(orders.ok()) << orders.error().message;
  ASSERT_EQ(orders.value().size(), 520U);
  EXPECT_EQ(orders.value()[519].event.client_order_id, contract_intent(519).client_order_id);
  const auto fills = world.broker.fills(kContractStart);
  ASSERT_TRUE(fills.ok()) << fills.error().message;
  EXPECT_EQ(fills.value().size(), 520U);
}

TEST(ExchangeTest, ReadsEverythingElse) {
  World world;
  (void)world.broker.submit(kIntent).value();
  settle();
  EXPECT_EQ(world.broker.account().value().blocked, "");
  EXPECT_EQ(world.broker.positions().value().holdings.size(), 1U);
  EXPECT_TRUE(world.venue.clock().value().is_open);
  EXPECT_TRUE(world.api.configurations().ok());
  EXPECT_TRUE(world.api.portfolio_history({}).ok());
  const TradeDate today = world.clock.now().utc_date();
  EXPECT_FALSE(world.venue.sessions(today, today.plus_days(14)).value().empty());
  const Symbol aapl = Symbol::parse("AAPL").value();
  const std::vector<Symbol> symbols = {aapl, Symbol::parse("NOPE").value()};
  const auto rules = world.venue.asset_rules(symbols).value();
  EXPECT_TRUE(rules[0].tradable);
  EXPECT_FALSE(rules[1].tradable);
  for (const PriceSource source : {PriceSource::kSnapshot, PriceSource::kLatest}) {
    AlpacaPrices prices(world.data, world.clock, source, {});
    const auto book = prices.prices(symbols);
    ASSERT_TRUE(book.ok()) << book.error().message;
    ASSERT_NE(book.value().find(aapl), nullptr);
    EXPECT_EQ(book.value().find(aapl)->price, Price::parse("200.25").value());
  }
}

TEST(ExchangeTest, TellsOfDepositsWithdrawalsAndSharesThatWereGiven) {
  World world;
  world.exchange.admin("cash", R"({"cash": {"K1": "250.00"}})");
  world.exchange.admin(
      "positions", R"({"positions": {"K1": {"AAPL": {"qty": "5", "avg_entry_price": "190"}}}})");
  world.exchange.admin("cash", R"({"cash": {"K1": "-40.5"}})");
  const auto flows = world.broker.cash_flows(TradeDate::from_days(0));
  ASSERT_TRUE(flows.ok()) << flows.error().message;
  ASSERT_EQ(flows.value().size(), 3U);
  EXPECT_EQ(flows.value()[0].kind, CashFlowKind::kTransfer);
  EXPECT_EQ(flows.value()[0].cash, Money::whole(250));
  EXPECT_EQ(flows.value()[1].word, "JNLS");
  EXPECT_EQ(flows.value()[1].quantity, Quantity::whole(5));
  EXPECT_TRUE(flows.value()[1].cash.is_zero());
  EXPECT_EQ(flows.value()[2].cash, Money::parse("-40.5").value());
}

TEST(ExchangeTest, TheStreamTellsOfAFill) {
  World world;
  TradeUpdates updates(stream_connector(world.endpoints.stream), world.keys, world.clock,
                       [] { return 0U; });
  const auto wait = [&] { return updates.wait_until(world.clock.now().plus_seconds(10)); };
  ASSERT_FALSE(wait().empty()) << updates.trouble();  // the gap before it listened
  (void)world.broker.submit(kIntent).value();
  bool filled = false;
  while (!filled) {
    const auto hints = wait();
    ASSERT_FALSE(hints.empty()) << updates.trouble();
    for (const OrderHint& hint : hints) {
      EXPECT_EQ(hint.client_order_id, kIntent.client_order_id);
      filled = filled || hint.word == "fill";
    }
  }
}

}  // namespace

}  // namespace signalbus::alpaca

namespace signalbus {

// The suite is known by its own namespace.
INSTANTIATE_TEST_SUITE_P(Exchange, BrokerContractTest,
                         ::testing::Values(BrokerMaker{"alpaca", alpaca::make_broker,
                                                       alpaca::settle}));

}  // namespace signalbus
