// Goal: the ports' promises hold over Alpaca's protocol: no order twice, no refusal that is none,
// every state and holding named honestly. Method: a scripted service, one behaviour a test.
#include "alpaca/alpaca_broker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alpaca/alpaca_venue.h"
#include "alpaca/testing.h"
#include "ports/testing/intents.h"

namespace signalbus::alpaca {
namespace {

using ::testing::HasSubstr;
using testing::order_body;
using testing::Service;

struct AlpacaBrokerTest : ::testing::Test {
  Service service;
  TradingApi api{service.channel};
  AlpacaBroker broker{api, service.clock};
  Intent intent = contract_intent(0);
};

constexpr const char* kDuplicate =
    R"({"code":40010001,"message":"client_order_id must be unique"})";

TEST_F(AlpacaBrokerTest, SubmitsWhatTheIntentSays) {
  service.sender.then(200, order_body());
  const Result<SubmitAnswer> answer = broker.submit(intent);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer.value().event.state, OrderState::kLive);
  EXPECT_EQ(answer.value().event.price_used, intent.order.ref_price);
  EXPECT_EQ(answer.value().event.order_id.get(), "61e69015-8549-4bfd-b9c3-01e75843f47d");
  EXPECT_EQ(service.sender.requests[0].body,
            R"({"symbol":"AAPL","qty":"2","side":"buy","type":"market","time_in_force":"day",)"
            R"("client_order_id":"sb_20250829_AAPL_0"})");
  EXPECT_EQ(broker.order_bytes(intent).value(), service.sender.requests[0].body);
}

TEST_F(AlpacaBrokerTest, SendsStoredBytesUnchanged) {
  service.sender.then(200, order_body());
  intent.body = R"({"client_order_id":"sb_20250829_AAPL_0", "as":"stored"})";
  intent.posts = 1;
  ASSERT_TRUE(broker.submit(intent).ok());
  EXPECT_EQ(service.sender.requests[0].body, intent.body);
}

TEST_F(AlpacaBrokerTest, ARefusalIsAValueWithCodeWordsAndNumbers) {
  service.sender.then(403, R"({"code":40310000,"message":"insufficient buying power",
      "buying_power":"10","cost_basis":"400"})",
                      {{"X-Request-ID", "r7"}});
  const SubmitAnswer answer = broker.submit(intent).value();
  EXPECT_EQ(answer.event.state, OrderState::kRejected);
  EXPECT_EQ(answer.event.reject_code, "40310000");
  EXPECT_EQ(answer.event.error,
            "insufficient buying power, buying_power 10, cost_basis 400 (request r7)");
}

TEST_F(AlpacaBrokerTest, ARefusalOfARepeatProvesNothing) {
  service.sender.then(403, R"({"code":40310000,"message":"insufficient buying power"})");
  intent.posts = 1;
  EXPECT_EQ(broker.submit(intent).error().code, ErrorCode::kUnknownOutcome);
}

TEST_F(AlpacaBrokerTest, AnIdThatExistsIsAnsweredWithItsOrder) {
  service.sender.then(422, kDuplicate)
      .then(200, order_body({{"status", "\"filled\""},
                             {"filled_qty", "\"2\""},
                             {"filled_avg_price", "\"199.5\""}}));
  const Result<SubmitAnswer> answer = broker.submit(intent);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer.value().event.state, OrderState::kFilled);
  EXPECT_EQ(answer.value().event.filled_avg_price, Price::parse("199.5").value());
  EXPECT_EQ(service.sender.requests.size(), 2U);
  EXPECT_EQ(service.sender.requests[1].method, "GET");
}

TEST_F(AlpacaBrokerTest, AnIdThatExistsButIsNotShownYetIsUnknown) {
  service.sender.then(422, kDuplicate)
      .then(404, R"({"code":40410000,"message":"order not found"})");
  EXPECT_EQ(broker.submit(intent).error().code, ErrorCode::kUnknownOutcome);
}

TEST_F(AlpacaBrokerTest, AnOrderWithOtherTermsIsNotOurs) {
  for (const net::Field& change : std::vector<net::Field>{{"symbol", "\"MSFT\""},
                                                          {"side", "\"sell\""},
                                                          {"qty", "\"3\""},
                                                          {"qty", "null"},
                                                          {"type", "\"limit\""},
                                                          {"limit_price", "\"1\""},
                                                          {"time_in_force", "\"gtc\""},
                                                          {"order_class", "\"bracket\""}}) {
    Service fresh;
    TradingApi fresh_api(fresh.channel);
    fresh.sender.then(422, kDuplicate).then(200, order_body({change}));
    const auto answer = AlpacaBroker(fresh_api, fresh.clock).submit(intent);
    ASSERT_FALSE(answer.ok()) << change.name;
    EXPECT_EQ(answer.error().code, ErrorCode::kUnknownOutcome);
    EXPECT_THAT(answer.error().message, HasSubstr("another installation"));
  }
}

TEST_F(AlpacaBrokerTest, WritesBracketsAndLimits) {
  intent.order.type = OrderType::kBracket;
  intent.order.take_profit = Price::whole(220);
  intent.order.stop_loss = Price::parse("180.5").value();
  EXPECT_THAT(
      broker.order_bytes(intent).value(),
      HasSubstr(R"("type":"market","time_in_force":"day","client_order_id":)"
                R"("sb_20250829_AAPL_0","order_class":"bracket",)"
                R"("take_profit":{"limit_price":"220"},"stop_loss":{"stop_price":"180.5"})"));
  intent.order.stop_loss.reset();
  EXPECT_EQ(broker.order_bytes(intent).error().code, ErrorCode::kInvalidInput);
  intent.order.type = OrderType::kLimit;
  EXPECT_EQ(broker.order_bytes(intent).error().code, ErrorCode::kInvalidInput);
  intent.order.limit_price = Price::parse("0.1234").value();
  EXPECT_THAT(broker.order_bytes(intent).value(),
              HasSubstr(R"("type":"limit","time_in_force":"day","limit_price":"0.1234")"));
}

TEST_F(AlpacaBrokerTest, NamesTheOrdersOfExecutionsThatItHasSeen) {
  service.sender.then(200, "[" + order_body() + "]").then(200, R"([
      {"activity_type":"FILL","id":"e1","qty":"2","price":"199.5","side":"buy","symbol":"AAPL",
       "order_id":"61e69015-8549-4bfd-b9c3-01e75843f47d",
       "transaction_time":"2026-09-28T15:00:01Z"},
      {"activity_type":"FILL","id":"e2","qty":"1","price":"3","side":"sell","symbol":"F",
       "order_id":"someone","transaction_time":"2026-09-28T15:00:02Z"},
      {"activity_type":"FILL","id":"e3","qty":"1","price":"3","side":"buy",
       "symbol":"AAPL250620C00100000","order_id":"o","transaction_time":"2026-09-28T15:00:03Z"}])");
  const Instant start = Instant::parse("2026-09-28T14:00:00Z").value();
  ASSERT_TRUE(broker.orders(start).ok());
  const Result<std::vector<Fill>> fills = broker.fills(start);
  ASSERT_TRUE(fills.ok()) << fills.error().message;
  ASSERT_EQ(fills.value().size(), 2U);
  EXPECT_EQ(fills.value()[0].client_order_id.get(), "sb_20250829_AAPL_0");
  EXPECT_EQ(fills.value()[0].price, Price::parse("199.5").value());
  EXPECT_EQ(fills.value()[1].client_order_id.get(), "");
  EXPECT_EQ(fills.value()[1].side, Side::kSell);
}

TEST_F(AlpacaBrokerTest, AnExecutionWithoutItsNumbersIsAnError) {
  service.sender.then(200, R"([{"activity_type":"FILL","id":"e1","qty":"2","side":"buy",
      "symbol":"AAPL","order_id":"o","transaction_time":"2026-09-28T15:00:01Z"}])");
  EXPECT_EQ(broker.fills(kContractStart).error().code, ErrorCode::kUnavailable);
}

constexpr const char* kFlows = R"([
    {"activity_type":"DIV","activity_sub_type":"CDIV","id":"d1","date":"2026-09-28","qty":"120",
     "symbol":"AAPL","per_share_amount":"0.26","net_amount":"31.20","status":"executed"},
    {"activity_type":"FEE","activity_sub_type":"TAF","id":"f1","date":"2026-09-27",
     "net_amount":"-0.02","created_at":"2026-09-28T04:00:00Z"},
    {"activity_type":"SPLIT","activity_sub_type":"FSPLIT","id":"s1","date":"2026-09-28",
     "symbol":"NVDA","qty":"-10","net_amount":"0","group_id":"g"},
    {"activity_type":"SPLIT","activity_sub_type":"FSPLIT","id":"s2","date":"2026-09-28",
     "symbol":"NVDA","qty":"100","net_amount":"0","group_id":"g"},
    {"activity_type":"CSD","id":"c1","date":"2026-09-29","net_amount":"1000"},
    {"activity_type":"CSD","id":"c2","date":"2026-09-29","net_amount":"5","status":"canceled"},
    {"activity_type":"WORD","id":"w1","created_at":"2026-09-29T10:00:00Z","net_amount":"-1",
     "symbol":"AAPL250620C00100000","qty":"1"},
    {"activity_type":"JNLS","id":"j1","date":"2026-09-26","symbol":"F","qty":"5"}])";

TEST_F(AlpacaBrokerTest, FlowsOfCashAreNamedByKindAndByAlpacasWord) {
  service.sender.then(200, kFlows);
  const auto flows = broker.cash_flows(TradeDate::parse("2026-09-27").value());
  ASSERT_TRUE(flows.ok()) << flows.error().message;
  std::vector<std::string> told;
  for (const CashFlow& f : flows.value()) {
    told.push_back(f.date.iso() + " " + std::string(to_text(f.kind)) + " " + f.word + " " +
                   (f.symbol ? f.symbol->text() : "-") + " " + f.quantity.text() + " " +
                   f.cash.text());
  }
  EXPECT_THAT(told, ::testing::ElementsAre(
                        "2026-09-27 fee FEE - 0 -0.02", "2026-09-28 dividend DIV AAPL 0 31.2",
                        "2026-09-28 split SPLIT NVDA -10 0", "2026-09-28 split SPLIT NVDA 100 0",
                        "2026-09-29 transfer CSD - 0 1000", "2026-09-29 other WORD - 0 -1"));
  EXPECT_THAT(service.sender.requests[0].target,
              HasSubstr("category=non_trade_activity&after=2026-09-26T00%3A00%3A00Z"));
}

TEST_F(AlpacaBrokerTest, AFlowWithoutADayOrInAnotherCurrencyIsAnError) {
  for (const char* row : {R"([{"activity_type":"CSD","id":"c1","net_amount":"1"}])",
                          R"([{"activity_type":"CSD","id":"c1","net_amount":"1",
                              "date":"2026-09-28","currency":"EUR"}])"}) {
    Service fresh;
    TradingApi fresh_api(fresh.channel);
    fresh.sender.then(200, row);
    const auto flows =
        AlpacaBroker(fresh_api, fresh.clock).cash_flows(TradeDate::parse("2026-09-27").value());
    ASSERT_FALSE(flows.ok()) << row;
    EXPECT_EQ(flows.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(flows.error().message, HasSubstr("activity 'c1'"));
  }
}

TEST_F(AlpacaBrokerTest, ListsForeignOrdersToo) {
  service.sender.then(200, "[" +
                               order_body({{"symbol", "\"AAPL250620C00100000\""},
                                           {"side", "\"buy_to_open\""},
                                           {"client_order_id", "null"},
                                           {"status", "\"new_word\""}}) +
                               "]");
  const auto orders = broker.orders(kContractStart).value();
  ASSERT_EQ(orders.size(), 1U);
  EXPECT_EQ(orders[0].symbol, "AAPL250620C00100000");
  EXPECT_EQ(orders[0].side, Side::kBuy);
  EXPECT_EQ(orders[0].status, "new_word");
  EXPECT_EQ(orders[0].event.state, OrderState::kLive);
}

TEST_F(AlpacaBrokerTest, PositionsAreSortedAndWhatCannotBeNamedIsCounted) {
  service.sender.then(200, R"([
      {"symbol":"MSFT","asset_class":"us_equity","side":"short","qty":"-3","market_value":"-1500"},
      {"symbol":"AAPL","asset_class":"us_equity","side":"long","qty":"1.5","market_value":"300",
       "avg_entry_price":"190"},
      {"symbol":"AAPL250620C00100000","asset_class":"us_option","side":"long","qty":"1",
       "market_value":"12500.5"},
      {"symbol":"BTCUSD","asset_class":"crypto","side":"long","qty":"0.1","market_value":"9000"}])");
  const Holdings holdings = broker.positions().value();
  ASSERT_EQ(holdings.holdings.size(), 2U);
  EXPECT_EQ(holdings.holdings[0].symbol.view(), "AAPL");
  EXPECT_EQ(holdings.holdings[1].quantity, Quantity::whole(-3));
  EXPECT_EQ(holdings.holdings[0].origin, HoldingOrigin::kBrokerOnly);
  EXPECT_EQ(holdings.unnamed_value, Money::parse("21500.5").value());
  EXPECT_EQ(holdings.unnamed.size(), 2U);
}

TEST_F(AlpacaBrokerTest, SaysWhatKeepsTheAccountFromTrading) {
  const auto account_with = [](const std::string& more) {
    Service fresh;
    TradingApi fresh_api(fresh.channel);
    fresh.sender.then(
        200, R"({"id":"a","account_number":"PA1","cash":"-1.5","equity":"2")" + more + "}");
    return AlpacaBroker(fresh_api, fresh.clock).account();
  };
  const BrokerAccount fine = account_with(R"(,"status":"ACTIVE","buying_power":"4")").value();
  EXPECT_EQ(fine.blocked, "");
  EXPECT_EQ(fine.buying_power, Money::whole(4));
  EXPECT_EQ(fine.number, "PA1");
  EXPECT_EQ(account_with(R"(,"status":"ACTIVE","trading_blocked":true)").value().blocked,
            "trading is blocked");
  EXPECT_EQ(account_with(R"(,"status":"MOON")").value().blocked, "the account's status is MOON");
  EXPECT_EQ(account_with(R"(,"status":"ACTIVE","currency":"EUR")").error().code,
            ErrorCode::kBrokerRefused);
}

TEST(AlpacaVenueTest, AnUnknownOrInactiveSymbolMayDoNothing) {
  Service service;
  TradingApi api(service.channel);
  service.sender
      .then(200, R"({"symbol":"AAPL","status":"active","tradable":true,"fractionable":true,
                     "shortable":true,"easy_to_borrow":true})")
      .then(200, R"({"symbol":"DEAD","status":"inactive","tradable":true,"fractionable":true})")
      .then(404, R"({"code":40410000,"message":"asset not found for NONE"})");
  const std::vector<Symbol> symbols = {Symbol::parse("NONE").value(), Symbol::parse("AAPL").value(),
                                       Symbol::parse("DEAD").value()};
  const auto rules = AlpacaVenue(api).asset_rules(symbols);
  ASSERT_TRUE(rules.ok()) << rules.error().message;
  ASSERT_EQ(rules.value().size(), 3U);
  EXPECT_TRUE(rules.value()[0].tradable && rules.value()[0].fractionable);
  EXPECT_TRUE(rules.value()[0].shortable);
  EXPECT_FALSE(rules.value()[1].tradable);
  EXPECT_FALSE(rules.value()[2].tradable || rules.value()[2].fractionable);
}

TEST(AlpacaVenueTest, ManySymbolsAreAskedForAtOnce) {
  Service service;
  TradingApi api(service.channel);
  service.sender.then(200, R"([{"symbol":"A1","status":"active","tradable":true},
                               {"symbol":"A1","status":"inactive","tradable":false}])");
  std::vector<Symbol> symbols;
  for (int i = 0; i < 30; ++i) symbols.push_back(Symbol::parse("A" + std::to_string(i)).value());
  const auto rules = AlpacaVenue(api).asset_rules(symbols).value();
  EXPECT_EQ(rules.size(), 30U);
  EXPECT_EQ(service.sender.requests.size(), 1U);
  EXPECT_TRUE(rules[1].tradable);
  EXPECT_FALSE(rules[2].tradable);
}

TEST(AlpacaVenueTest, SessionsOutsideTheQuestionAreNoSessions) {
  Service service;
  TradingApi api(service.channel);
  service.sender.then(200, R"([{"date":"2025-11-28","open":"09:30","close":"13:00"},
                               {"date":"1970-01-02","open":"09:30","close":"16:00"}])");
  const auto sessions =
      AlpacaVenue(api)
          .sessions(TradeDate::parse("2025-11-27").value(), TradeDate::parse("2025-11-28").value())
          .value();
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_EQ(sessions[0].close_minute, 780);
}

}  // namespace
}  // namespace signalbus::alpaca
