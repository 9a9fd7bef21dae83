// Goal: orders over REST look and behave as Alpaca's, to the key and the code.
// Method: an exchange in the process; shapes from testdata/exchange, written from the contract.
#include "exchange/testing.h"

namespace signalbus::exchange {
namespace {

constexpr const char* kBuyOne =
    R"({"symbol":"AAPL","qty":1,"side":"buy","type":"market","time_in_force":"day"})";
constexpr const char* kRestingBuy =
    R"({"symbol":"AAPL","qty":"2","side":"buy","type":"limit","time_in_force":"gtc",)"
    R"("limit_price":"100","client_order_id":"rest-1"})";

TEST(OrdersApiTest, AnswersAPostWithThePendingOrder) {
  Desk desk;
  const Json order = desk.order(kBuyOne);

  expect_shape(*order.find(""), "order.shape");
  EXPECT_EQ(order.at("status"), "pending_new");
  EXPECT_EQ(order.at("qty"), "1");
  EXPECT_EQ(order.at("filled_qty"), "0");
  EXPECT_EQ(order.at("filled_avg_price"), "null");
  EXPECT_EQ(order.at("order_class"), "");
  EXPECT_EQ(order.at("legs"), "null");
}

TEST(OrdersApiTest, ShowsTheFillAfterwards) {
  Desk desk;
  const Json posted = desk.order(kBuyOne);
  const Json order = desk.get("/v2/orders/" + posted.at("id"));

  expect_shape(*order.find(""), "order.shape");
  EXPECT_EQ(order.at("status"), "filled");
  EXPECT_EQ(order.at("filled_qty"), "1");
  EXPECT_EQ(order.at("filled_avg_price"), "200.25");
  EXPECT_NE(order.at("filled_at"), "null");
  const Json position = desk.get("/v2/positions/AAPL");
  expect_shape(*position.find(""), "position.shape");
  EXPECT_EQ(position.at("qty"), "1");
  EXPECT_EQ(desk.get("/v2/account").at("cash"), "99799.75");
}

TEST(OrdersApiTest, ReadsNumbersAsTextAndAnswersThemNormalised) {
  Desk desk;
  const Json order =
      desk.order(R"({"symbol":"AAPL","qty":1.50,"side":"buy","type":"limit","time_in_force":"day",)"
                 R"("limit_price":100.0})");
  EXPECT_EQ(order.at("qty"), "1.5");
  EXPECT_EQ(order.at("limit_price"), "100");
}

TEST(OrdersApiTest, TakesTheClientOrderIdOnceForEver) {
  Desk desk;
  const Json first = desk.order(kRestingBuy);
  const Json second = desk.order(kRestingBuy, 422);
  EXPECT_EQ(second.at("code"), "40010001");
  EXPECT_EQ(second.at("message"), "client_order_id must be unique");
  EXPECT_EQ(desk.call("DELETE", "/v2/orders/" + first.at("id")).status, 204);
  desk.order(kRestingBuy, 422);
  const Json found = desk.get("/v2/orders:by_client_order_id?client_order_id=rest-1");
  EXPECT_EQ(found.at("id"), first.at("id"));
}

TEST(OrdersApiTest, FindsThePathWithAnEncodedColonToo) {
  Desk desk;
  desk.order(kRestingBuy);
  EXPECT_EQ(desk.get("/v2/orders%3Aby_client_order_id?client_order_id=rest-1").at("qty"), "2");
}

TEST(OrdersApiTest, CancelsWith204AndARepeatIsNoError) {
  Desk desk;
  const std::string path = "/v2/orders/" + desk.order(kRestingBuy).at("id");
  const net::HttpResponse answer = desk.call("DELETE", path);
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(desk.call("DELETE", path).status, 204);
  EXPECT_NE(desk.get(path).at("canceled_at"), "null");
}

TEST(OrdersApiTest, RefusesToCancelWhatIsFilled) {
  Desk desk;
  const std::string path = "/v2/orders/" + desk.order(kBuyOne).at("id");
  const net::HttpResponse answer = desk.call("DELETE", path);
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.body, R"({"code":42210000,"message":"order is already in \"filled\" state"})");
}

TEST(OrdersApiTest, ListsWithFiltersAndBounds) {
  Desk desk;
  desk.order(kRestingBuy);
  desk.order(kBuyOne);
  EXPECT_EQ(desk.get("/v2/orders").size(), 1u);
  EXPECT_EQ(desk.get("/v2/orders?status=closed").size(), 1u);
  EXPECT_EQ(desk.get("/v2/orders?status=all&limit=500&nested=True&direction=asc").size(), 2u);
  EXPECT_EQ(desk.get("/v2/orders?status=all&symbols=AAPL%2CMSFT").size(), 2u);
  EXPECT_EQ(desk.get("/v2/orders?status=all&symbols=NOBODY").size(), 0u);
  EXPECT_EQ(desk.get("/v2/orders?status=all&side=sell").size(), 0u);
  EXPECT_EQ(desk.get("/v2/orders?status=all&after=2026-01-01T00%3A00%3A00%2B00%3A00").size(), 0u);
  EXPECT_EQ(desk.get("/v2/orders?status=all&after=2020-01-01").size(), 2u);
}

TEST(OrdersApiTest, RefusesParametersThatCannotBe) {
  Desk desk;
  for (const char* query :
       {"status=opened", "limit=0", "limit=501", "direction=up", "side=both", "after=yesterday",
        "until=x", "after_order_id=7", "before_order_id=00000000-0000-4000-8000-000000000000"}) {
    EXPECT_EQ(desk.call("GET", std::string("/v2/orders?") + query).status, 422) << query;
  }
}

TEST(OrdersApiTest, ReplacesByANewOrder) {
  Desk desk;
  const std::string old = desk.order(kRestingBuy).at("id");
  const net::HttpResponse answer =
      desk.call("PATCH", "/v2/orders/" + old, R"({"qty": 3, "limit_price": 101.5})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const Json order(answer.body);
  expect_shape(*order.find(""), "order.shape");
  EXPECT_NE(order.at("id"), old);
  EXPECT_EQ(order.at("replaces"), old);
  EXPECT_EQ(order.at("qty"), "3");
  EXPECT_EQ(order.at("limit_price"), "101.5");
  EXPECT_EQ(desk.get("/v2/orders/" + old).at("status"), "replaced");
  EXPECT_EQ(desk.get("/v2/orders/" + old).at("replaced_by"), order.at("id"));
}

TEST(OrdersApiTest, RollsLegsUpOnlyWhenAsked) {
  Desk desk;
  const Json order = desk.order(
      R"({"symbol":"SPY","qty":1,"side":"buy","type":"market","time_in_force":"gtc",)"
      R"("order_class":"bracket","take_profit":{"limit_price":510},"stop_loss":{"stop_price":490}})");
  ASSERT_EQ(order.size("legs"), 2u);
  expect_shape(*order.find("legs.0"), "order.shape");
  const std::string path = "/v2/orders/" + order.at("id");
  EXPECT_EQ(desk.get(path).at("legs"), "null");
  EXPECT_EQ(desk.get(path + "?nested=true").size("legs"), 2u);
  EXPECT_EQ(desk.get("/v2/orders?status=all&nested=true").size(), 1u);
  EXPECT_EQ(desk.get("/v2/orders?status=all").size(), 3u);
}

TEST(OrdersApiTest, CancelsAllWith207EvenWhenThereIsNothing) {
  Desk desk;
  net::HttpResponse answer = desk.call("DELETE", "/v2/orders");
  EXPECT_EQ(answer.status, 207);
  EXPECT_EQ(answer.body, "[]");
  desk.order(kRestingBuy);
  answer = desk.call("DELETE", "/v2/orders");
  EXPECT_EQ(answer.status, 207);
  EXPECT_EQ(Json(answer.body).at("0.status"), "200");
}

TEST(OrdersApiTest, RefusesWithExtraKeysInAlphabeticalOrder) {
  Desk desk;
  const net::HttpResponse answer = desk.call(
      "POST", "/v2/orders",
      R"({"symbol":"AAPL","qty":10000,"side":"buy","type":"market","time_in_force":"day"})");
  EXPECT_EQ(answer.status, 403);
  const Json refusal(answer.body);
  EXPECT_EQ(refusal.at("code"), "40310000");
  EXPECT_EQ(refusal.at("message"), "insufficient buying power");
  EXPECT_NE(refusal.at("buying_power"), "(absent)");
  EXPECT_TRUE(answer.body.starts_with("{\"buying_power\":")) << answer.body;
}

TEST(OrdersApiTest, NamesTheFieldThatIsNoNumber) {
  Desk desk;
  EXPECT_EQ(desk.order(R"({"symbol":"AAPL","qty":"ten","side":"buy"})", 422).at("message"),
            "invalid qty");
  EXPECT_EQ(desk.order(R"({"symbol":"AAPL","qty":1e300,"side":"buy"})", 422).at("message"),
            "invalid qty");
  EXPECT_EQ(desk.order(R"({"symbol":"AAPL","qty":true})", 422).at("message"), "invalid qty");
  EXPECT_EQ(desk.order(R"({"symbol":5,"qty":1})", 422).at("message"), "invalid symbol");
}

TEST(OrdersApiTest, RefusesBodiesThatAreNoObjects) {
  Desk desk;
  for (const char* body : {"", "[]", "{", "null", R"({"qty":1,"qty":2})"}) {
    EXPECT_EQ(desk.order(body, 400).at("code"), "40010000") << body;
  }
}

TEST(OrdersApiTest, RefusesSubPennyPricesWordForWord) {
  Desk desk;
  const Json refusal =
      desk.order(R"({"symbol":"AAPL","qty":1,"side":"buy","type":"limit","time_in_force":"day",)"
                 R"("limit_price":290.123})",
                 422);
  EXPECT_EQ(refusal.at("code"), "42210000");
  EXPECT_EQ(refusal.at("message"),
            "invalid limit_price 290.123. sub-penny increment does not fulfill minimum pricing "
            "criteria");
}

TEST(OrdersApiTest, SurvivesTheLargestNumbers) {
  Desk desk;
  for (const char* qty : {"1000000000", "0.000000001", "-1", "0", "1000000001"}) {
    for (const char* price : {"100000000", "0.0001", "-5", "0", "100000001"}) {
      for (const char* side : {"buy", "sell"}) {
        const std::string body = std::string(R"({"symbol":"AAPL","qty":")") + qty +
                                 R"(","limit_price":")" + price + R"(","side":")" + side +
                                 R"(","type":"limit","time_in_force":"day"})";
        const int status = desk.call("POST", "/v2/orders", body).status;
        EXPECT_TRUE(status == 200 || status == 403 || status == 422) << body << ": " << status;
      }
    }
  }
  EXPECT_EQ(desk.order(R"({"symbol":"AAPL","notional":"1000000000","side":"buy","type":"market",)"
                       R"("time_in_force":"day"})",
                       403)
                .at("message"),
            "insufficient buying power");
  desk.admin("positions", R"({"K1":{"AAPL":{"qty":"1000001","avg_entry_price":"1000000"}}})", 400);
  desk.admin("positions", R"({"K1":{"AAPL":{"qty":"100000","avg_entry_price":"1000000"}}})");
  desk.admin("prices", R"({"AAPL":"1000000"})");
  EXPECT_EQ(desk.get("/v2/account").at("equity"), "100000100000");
  EXPECT_EQ(desk.call("DELETE", "/v2/positions/AAPL").status, 200);
}

TEST(OrdersApiTest, KeepsAccountsApart) {
  Desk desk;
  const std::string id = desk.order(kRestingBuy, 200, "K1").at("id");
  EXPECT_EQ(desk.call("GET", "/v2/orders/" + id, "", "K2").status, 404);
  EXPECT_EQ(desk.get("/v2/orders?status=all", "K2").size(), 0u);
  desk.order(kRestingBuy, 200, "K2");
}

TEST(PositionsApiTest, AnswersUnknownAndFlatNames) {
  Desk desk;
  EXPECT_EQ(desk.call("GET", "/v2/positions").body, "[]");
  net::HttpResponse answer = desk.call("GET", "/v2/positions/AAPL");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body, R"({"code":40410000,"message":"position does not exist"})");
  answer = desk.call("GET", "/v2/positions/NOBODY");
  EXPECT_EQ(Json(answer.body).at("message"), "symbol not found: NOBODY");
}

TEST(PositionsApiTest, ClosesByQuantityAndPercentage) {
  Desk desk;
  desk.admin("positions", R"({"positions":{"K1":{"AAPL":{"qty":"8","avg_entry_price":"190"}}}})");
  EXPECT_EQ(Json(desk.call("DELETE", "/v2/positions/AAPL?qty=2").body).at("qty"), "2");
  EXPECT_EQ(Json(desk.call("DELETE", "/v2/positions/AAPL?percentage=50").body).at("qty"), "3");
  EXPECT_EQ(desk.call("DELETE", "/v2/positions/AAPL?percentage=50&qty=1").status, 422);
  EXPECT_EQ(desk.call("DELETE", "/v2/positions/AAPL?percentage=101").status, 422);
  EXPECT_EQ(desk.call("DELETE", "/v2/positions/AAPL").status, 200);
  EXPECT_EQ(desk.call("DELETE", "/v2/positions/AAPL").status, 404);
}

TEST(PositionsApiTest, ClosesAllWith207) {
  Desk desk;
  EXPECT_EQ(desk.call("DELETE", "/v2/positions").body, "[]");
  desk.admin("positions", R"({"positions":{"K1":{"AAPL":{"qty":"8"},"SPY":{"qty":"1"}}}})");
  const net::HttpResponse answer = desk.call("DELETE", "/v2/positions?cancel_orders=True");
  EXPECT_EQ(answer.status, 207);
  const Json rows(answer.body);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows.at("0.symbol"), "AAPL");
  EXPECT_EQ(rows.at("0.status"), "200");
  expect_shape(*rows.find("0.body"), "order.shape");
}

}  // namespace
}  // namespace signalbus::exchange
