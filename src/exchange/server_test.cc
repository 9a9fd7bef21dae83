// Goal: from outside, over sockets: an order travels to its stream event, and every fault shows.
#include "exchange/live_testing.h"
#include "exchange/msgpack.h"

namespace signalbus::exchange {
namespace {

TEST(ServerTest, AnOrderBecomesStreamEventsInBinaryJson) {
  LiveExchange exchange;
  Listener stream(exchange, "/stream");
  stream.listen_for_trades();
  const auto posted = exchange.send("POST", "/v2/orders", market_order("one"));
  ASSERT_TRUE(posted.ok()) << posted.error().message;
  EXPECT_EQ(posted.value().status, 200);

  EXPECT_EQ(stream.next_event(), "pending_new");
  EXPECT_FALSE(stream.was_text);
  const Json fresh(stream.next());
  EXPECT_EQ(fresh.at("data.event"), "new");
  EXPECT_EQ(fresh.at("data.price"), "(absent)");
  EXPECT_NE(fresh.at("data.timestamp"), "(absent)");
  const Json fill(stream.next());
  EXPECT_EQ(fill.at("stream"), "trade_updates");
  EXPECT_EQ(fill.at("data.event"), "fill");
  EXPECT_EQ(fill.at("data.price"), "200.25");
  EXPECT_EQ(fill.at("data.qty"), "1");
  EXPECT_EQ(fill.at("data.position_qty"), "1");
  EXPECT_EQ(fill.at("data.order.id"), Json(posted.value().body).at("id"));
  EXPECT_EQ(fill.at("data.order.status"), "filled");
  expect_shape(*fill.find("data.order"), "order.shape");
  EXPECT_TRUE(core::Uuid::parse(fill.at("data.execution_id")).has_value());
}

TEST(ServerTest, TradesStreamRefusesWrongKeysAndListensOnlyWhenAsked) {
  LiveExchange exchange(LiveExchange::unlimited(), KeyRing(KeyTable{{"K1", "secret"}}));
  Listener stream(exchange, "/stream/");
  stream.say(R"({"action":"listen","data":{"streams":["trade_updates"]}})");
  Json answer(stream.next());
  EXPECT_EQ(answer.at("data.status"), "unauthorized");
  EXPECT_EQ(answer.at("data.action"), "listen");
  stream.say(R"({"action":"authenticate","data":{"key_id":"K1","secret_key":"wrong"}})");
  EXPECT_EQ(Json(stream.next()).at("data.status"), "unauthorized");
  stream.say(R"({"action":"auth","key":"K1","secret":"secret"})");
  EXPECT_EQ(Json(stream.next()).at("data.status"), "authorized");
  EXPECT_TRUE(exchange.send("POST", "/v2/orders", market_order("unheard")).ok());
  EXPECT_EQ(stream.next(milliseconds(100)), "(nothing)");
  stream.say("no json");
  EXPECT_EQ(Json(stream.next()).at("action"), "error");
}

TEST(ServerTest, MarketDataGoesThroughItsControlMessages) {
  LiveExchange exchange;
  Listener stream(exchange, "/v2/iex");
  EXPECT_EQ(stream.next(), R"([{"T":"success","msg":"connected"}])");
  stream.say(R"({"action":"auth","key":"K1","secret":"secret"})");
  EXPECT_EQ(stream.next(), R"([{"T":"success","msg":"authenticated"}])");
  stream.say(R"({"action":"auth","key":"K1","secret":"secret"})");
  EXPECT_EQ(Json(stream.next()).at("0.code"), "403");
  stream.say(R"({"action":"dance"})");
  EXPECT_EQ(Json(stream.next()).at("0.code"), "400");
  stream.say(R"({"action":"subscribe","trades":["AAPL"],"quotes":["AAPL","SPY"],"bars":[]})");
  EXPECT_EQ(stream.next(),
            R"([{"T":"subscription","trades":["AAPL"],"quotes":["AAPL","SPY"],"bars":[],)"
            R"("updatedBars":[],"dailyBars":[],"statuses":[],"lulds":[],)"
            R"("corrections":["AAPL"],"cancelErrors":["AAPL"]}])");
  exchange.admin("prices", R"({"AAPL":"201","SPY":"501","MSFT":"1"})");
  const Json news(stream.next());
  ASSERT_EQ(news.size(), 3u) << news.text();
  EXPECT_EQ(news.at("0.T"), "t");
  EXPECT_EQ(news.at("0.p"), "201");
  EXPECT_EQ(news.at("1.T"), "q");
  EXPECT_EQ(news.at("2.S"), "SPY");
  stream.say(R"({"action":"unsubscribe","quotes":["AAPL"],"trades":["AAPL"]})");
  EXPECT_EQ(Json(stream.next()).size("0.quotes"), 1u);
  exchange.admin("prices", R"({"AAPL":"202"})");
  EXPECT_EQ(stream.next(milliseconds(100)), "(nothing)");
}

TEST(ServerTest, MarketDataSpeaksMsgpackWhenAsked) {
  LiveExchange exchange;
  Listener stream(exchange, "/v2/sip", {{"Content-Type", "application/msgpack"}});
  EXPECT_EQ(msgpack_to_json(stream.next()).value(), R"([{"T":"success","msg":"connected"}])");
  EXPECT_FALSE(stream.was_text);
  stream.say_binary(json_to_msgpack(R"({"action":"auth","key":"K1","secret":"secret"})"));
  stream.next();
  stream.say_binary(json_to_msgpack(R"({"action":"subscribe","trades":["*"]})"));
  EXPECT_EQ(Json(msgpack_to_json(stream.next()).value()).at("0.code"), "405");
  stream.say_binary(json_to_msgpack(R"({"action":"subscribe","trades":["AAPL"]})"));
  stream.next();
  exchange.admin("prices", R"({"AAPL":"201.5"})");
  const std::string frame = stream.next();
  EXPECT_NE(frame.find("\xd7\xff"), std::string::npos);  // the time is an extension
  EXPECT_EQ(Json(msgpack_to_json(frame).value()).at("0.p"), "201.5");
}

TEST(ServerTest, MarketDataClosesOnWrongKeysAndSecondConnections) {
  LiveExchange exchange(LiveExchange::unlimited(), KeyRing(KeyTable{{"K1", "secret"}}));
  Listener wrong(exchange, "/v2/iex");
  wrong.next();
  wrong.say(R"({"action":"auth","key":"K1","secret":"wrong"})");
  EXPECT_EQ(Json(wrong.next()).at("0.code"), "402");
  EXPECT_EQ(wrong.next(), "(closed)");
  Listener early(exchange, "/v2/iex");
  early.next();
  early.say(R"({"action":"subscribe","trades":["AAPL"]})");
  EXPECT_EQ(Json(early.next()).at("0.code"), "401");
  EXPECT_EQ(early.next(), "(closed)");
  Listener first(exchange, "/v2/iex");
  first.next();
  first.say(R"({"action":"auth","key":"K1","secret":"secret"})");
  EXPECT_EQ(Json(first.next()).at("0.msg"), "authenticated");
  Listener second(exchange, "/v2/iex");
  second.next();
  second.say(R"({"action":"auth","key":"K1","secret":"secret"})");
  EXPECT_EQ(Json(second.next()).at("0.code"), "406");
  EXPECT_EQ(second.next(), "(closed)");
}

TEST(ServerTest, UnknownStreamsAreUnknownPaths) {
  LiveExchange exchange;
  const auto socket =
      net::WebSocketClient::connect(exchange.url("/v2/nothing"), {}, milliseconds(5'000));
  EXPECT_FALSE(socket.ok());
}

TEST(ServerTest, ManyRequestsOnOneConnectionKeepTheirOrder) {
  LiveExchange exchange;
  net::HttpClient client(exchange.url());
  for (int i = 0; i < 50; ++i) {
    net::HttpRequest request{.method = "POST", .target = "/v2/orders", .headers = {}, .body = {}};
    request.headers.add("APCA-API-KEY-ID", "K1");
    request.headers.add("APCA-API-SECRET-KEY", "secret");
    request.body = market_order("row-" + std::to_string(i), "BRK.B", "0.01");
    const auto answer = client.send(request, milliseconds(5'000));
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    EXPECT_EQ(Json(answer.value().body).at("client_order_id"), "row-" + std::to_string(i));
  }
  const Json ledger = exchange.get("/admin/v1/ledger");
  EXPECT_EQ(ledger.size("accounts.K1.orders"), 50u);
  EXPECT_EQ(ledger.at("accounts.K1.positions.0.qty"), "0.5");
}

// -- Faults on requests -----------------------------------------------------------------------

class FaultsTest : public ::testing::Test {
 protected:
  Result<net::HttpResponse> post(const std::string& id,
                                 milliseconds deadline = milliseconds(5'000)) {
    return exchange_.send("POST", "/v2/orders", market_order(id), deadline);
  }
  std::string received(const std::string& id) {
    const Json ledger = exchange_.get("/admin/v1/ledger");
    for (std::size_t row = 0; row < ledger.size("accounts.K1.orders"); ++row) {
      const std::string path = "accounts.K1.orders." + std::to_string(row);
      if (ledger.at(path + ".client_order_id") == id) return ledger.at(path + ".received");
    }
    return "0";
  }
  LiveExchange exchange_;
};

TEST_F(FaultsTest, DropRequestLosesItUnseen) {
  exchange_.fault("{on: \"POST /v2/orders\", do: drop_request}");
  EXPECT_EQ(post("a").error().code, ErrorCode::kUnknownOutcome);
  EXPECT_EQ(received("a"), "0");
  EXPECT_TRUE(post("a").ok());
}

TEST_F(FaultsTest, DropResponseTakesTheOrderAndSaysNothing) {
  exchange_.fault("{on: \"POST /v2/orders\", do: drop_response}");
  EXPECT_EQ(post("a").error().code, ErrorCode::kUnknownOutcome);
  EXPECT_EQ(received("a"), "1");
}

TEST_F(FaultsTest, StatusBeforeAnswersWithoutTaking) {
  exchange_.fault("{on: \"POST /v2/orders\", do: status_before, status: 429}");
  const auto answer = post("a");
  EXPECT_EQ(answer.value().status, 429);
  EXPECT_EQ(Json(answer.value().body).at("message"), "rate limit exceeded");
  EXPECT_NE(answer.value().headers.get("X-RateLimit-Reset"), "");
  EXPECT_EQ(received("a"), "0");
}

TEST_F(FaultsTest, AcceptThenStatusTakesAndAnswers504) {
  exchange_.fault("{on: \"POST /v2/orders\", do: accept_then_status, status: 504}");
  const auto answer = post("a");
  EXPECT_EQ(answer.value().status, 504);
  EXPECT_NE(Json(answer.value().body).at("code"), "(absent)");
  EXPECT_EQ(received("a"), "1");
  EXPECT_EQ(post("a").value().status, 422);
}

TEST_F(FaultsTest, DelayAnswersLate) {
  exchange_.fault("{on: \"GET /v2/clock\", do: delay, seconds: 0.3}");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(exchange_.send("GET", "/v2/clock").value().status, 200);
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(300));
}

TEST_F(FaultsTest, TruncateCutsTheBody) {
  exchange_.fault("{on: \"POST /v2/orders\", do: truncate, bytes: 20}");
  EXPECT_EQ(post("a").error().code, ErrorCode::kUnknownOutcome);
  EXPECT_EQ(received("a"), "1");
}

TEST_F(FaultsTest, GarbleIsNoJson) {
  exchange_.fault("{on: \"GET /v2/account\", do: garble}");
  const auto answer = exchange_.send("GET", "/v2/account");
  EXPECT_EQ(answer.value().status, 200);
  EXPECT_FALSE(formats::parse_json(answer.value().body, "body", 1 << 20).ok());
}

TEST_F(FaultsTest, HtmlIsAPageOfAProxy) {
  exchange_.fault("{on: \"GET /v2/account\", do: html}");
  const auto answer = exchange_.send("GET", "/v2/account");
  EXPECT_EQ(answer.value().status, 502);
  EXPECT_EQ(answer.value().headers.get("Content-Type"), "text/html");
  EXPECT_TRUE(answer.value().body.starts_with("<html>"));
}

TEST_F(FaultsTest, DuplicateHandlesARequestTwice) {
  exchange_.fault("{on: \"POST /v2/orders\", do: duplicate}");
  EXPECT_EQ(post("a").value().status, 200);
  EXPECT_EQ(received("a"), "2");
  EXPECT_EQ(exchange_.get("/v2/orders?status=all").size(), 1u);
}

TEST_F(FaultsTest, SilenceTakesTheOrderAndNeverAnswers) {
  exchange_.fault("{on: \"POST /v2/orders\", do: silence}");
  EXPECT_EQ(post("a", milliseconds(300)).error().code, ErrorCode::kUnknownOutcome);
  EXPECT_EQ(received("a"), "1");
}

TEST_F(FaultsTest, CloseAnswersAndHangsUp) {
  exchange_.fault("{on: \"GET /v2/clock\", do: close}");
  net::HttpClient client(exchange_.url());
  net::HttpRequest request{.method = "GET", .target = "/v2/clock", .headers = {}, .body = {}};
  request.headers.add("APCA-API-KEY-ID", "K1");
  request.headers.add("APCA-API-SECRET-KEY", "secret");
  const auto first = client.send(request, milliseconds(5'000));
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_EQ(first.value().headers.get("Connection"), "");  // it does not say so beforehand
  std::this_thread::sleep_for(milliseconds(200));
  const auto second = client.send(request, milliseconds(5'000));  // on a new connection
  ASSERT_TRUE(second.ok()) << second.error().message;
}

TEST_F(FaultsTest, LagHidesYoungOrdersFromReaders) {
  EXPECT_EQ(post("a").value().status, 200);
  exchange_.fault("{on: \"GET /v2/orders*\", do: lag, seconds: 60, times: 2}");
  const std::string path = "/v2/orders:by_client_order_id?client_order_id=a";
  EXPECT_EQ(exchange_.send("GET", path).value().status, 404);
  EXPECT_EQ(exchange_.send("GET", "/v2/orders?status=all").value().body, "[]");
  EXPECT_EQ(exchange_.send("GET", path).value().status, 200);
}

// -- Faults on orders and the market ----------------------------------------------------------

TEST_F(FaultsTest, PartialFillFillsAShare) {
  exchange_.fault("{on: fill, do: partial_fill, share: 0.5}");
  Listener stream(exchange_, "/stream");
  stream.listen_for_trades();
  EXPECT_TRUE(exchange_.send("POST", "/v2/orders", market_order("a", "SPY", "10")).ok());
  EXPECT_EQ(stream.next_event(), "pending_new");
  EXPECT_EQ(stream.next_event(), "new");
  const Json part(stream.next());
  EXPECT_EQ(part.at("data.event"), "partial_fill");
  EXPECT_EQ(part.at("data.qty"), "5");
  EXPECT_EQ(part.at("data.order.status"), "partially_filled");
}

TEST_F(FaultsTest, AsyncRejectAcceptsFirst) {
  exchange_.fault("{on: \"POST /v2/orders\", do: async_reject}");
  const auto answer = post("a");
  EXPECT_EQ(answer.value().status, 200);
  EXPECT_EQ(Json(answer.value().body).at("status"), "pending_new");
  const Json order = exchange_.get("/v2/orders:by_client_order_id?client_order_id=a");
  EXPECT_EQ(order.at("status"), "rejected");
  EXPECT_NE(order.at("failed_at"), "null");
}

TEST_F(FaultsTest, StuckPendingCancelNeverEnds) {
  exchange_.fault("{on: fill, do: stuck_pending_cancel}");
  const auto answer =
      exchange_.send("POST", "/v2/orders",
                     R"({"symbol":"AAPL","qty":1,"side":"buy","type":"limit","limit_price":1,)"
                     R"("time_in_force":"day"})");
  const std::string path = "/v2/orders/" + Json(answer.value().body).at("id");
  EXPECT_EQ(exchange_.send("DELETE", path).value().status, 204);
  EXPECT_EQ(exchange_.get(path).at("status"), "pending_cancel");
}

TEST_F(FaultsTest, HaltStopsFillsOfASymbol) {
  exchange_.fault("{on: \"POST /v2/orders\", do: halt_symbol}");
  EXPECT_EQ(post("a").value().status, 200);
  EXPECT_EQ(exchange_.get("/v2/orders:by_client_order_id?client_order_id=a").at("status"), "new");
  exchange_.admin("assets", R"({"AAPL":{"halted":false}})");
  EXPECT_EQ(exchange_.get("/v2/orders:by_client_order_id?client_order_id=a").at("status"),
            "filled");
}

TEST_F(FaultsTest, LagOfAFillKeepsTheOrderWaiting) {
  exchange_.fault("{on: fill, do: lag, seconds: 1}");
  EXPECT_EQ(post("a").value().status, 200);
  const std::string path = "/v2/orders:by_client_order_id?client_order_id=a";
  EXPECT_EQ(exchange_.get(path).at("status"), "pending_new");
  std::this_thread::sleep_for(milliseconds(1'200));
  EXPECT_EQ(exchange_.get(path).at("status"), "filled");
}

TEST_F(FaultsTest, SplitMultipliesPositions) {
  EXPECT_EQ(post("a").value().status, 200);
  exchange_.fault("{on: \"GET /v2/positions\", do: split, ratio: \"4:1\", symbol: AAPL}");
  const Json positions = exchange_.get("/v2/positions");
  EXPECT_EQ(positions.at("0.qty"), "4");
  EXPECT_EQ(positions.at("0.current_price"), "50.0625");
}

TEST_F(FaultsTest, ForeignOrderIsSomebodyElses) {
  exchange_.fault("{on: \"GET /v2/account\", do: foreign_order, symbol: SPY, qty: 2}");
  exchange_.get("/v2/account");
  const Json orders = exchange_.get("/v2/orders?status=all");
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_TRUE(orders.at("0.client_order_id").starts_with("foreign-"));
  EXPECT_EQ(orders.at("0.symbol"), "SPY");
  EXPECT_EQ(exchange_.get("/v2/positions/SPY").at("qty"), "2");
}

// -- Faults on streams ------------------------------------------------------------------------

class StreamFaultsTest : public ::testing::Test {
 protected:
  void SetUp() override { stream_.listen_for_trades(); }
  void trade(const std::string& id) {
    EXPECT_TRUE(exchange_.send("POST", "/v2/orders", market_order(id)).ok());
  }
  std::vector<std::string> events(int count) {
    std::vector<std::string> out;
    for (int i = 0; i < count; ++i) out.push_back(stream_.next_event());
    return out;
  }
  using Events = std::vector<std::string>;
  LiveExchange exchange_;
  Listener stream_{exchange_, "/stream"};
};

TEST_F(StreamFaultsTest, DropsAMessage) {
  exchange_.fault("{on: fill, do: drop_response}");
  trade("a");
  trade("b");
  EXPECT_EQ(events(5), (Events{"pending_new", "new", "pending_new", "new", "fill"}));
}

TEST_F(StreamFaultsTest, DuplicatesAMessage) {
  exchange_.fault("{on: fill, do: duplicate}");
  trade("a");
  EXPECT_EQ(events(4), (Events{"pending_new", "new", "fill", "fill"}));
}

TEST_F(StreamFaultsTest, ReordersMessages) {
  exchange_.fault("{on: stream, do: reorder, after: 1}");
  trade("a");
  EXPECT_EQ(events(3), (Events{"pending_new", "fill", "new"}));
}

TEST_F(StreamFaultsTest, DelaysAMessageAndAllBehindIt) {
  exchange_.fault("{on: stream, do: delay, seconds: 0.3}");
  trade("a");
  EXPECT_EQ(stream_.next_event(milliseconds(100)), "(nothing)");
  EXPECT_EQ(events(3), (Events{"pending_new", "new", "fill"}));
}

TEST_F(StreamFaultsTest, LagsOneMessageBehindTheOthers) {
  exchange_.fault("{on: stream, do: lag, seconds: 0.3}");
  trade("a");
  EXPECT_EQ(events(3), (Events{"new", "fill", "pending_new"}));
}

TEST_F(StreamFaultsTest, FallsSilentWhileConnected) {
  exchange_.fault("{on: stream, do: silence}");
  trade("a");
  EXPECT_EQ(stream_.next_event(milliseconds(200)), "(nothing)");
}

TEST_F(StreamFaultsTest, ClosesTheConnection) {
  exchange_.fault("{on: stream, do: close}");
  trade("a");
  EXPECT_EQ(stream_.next_event(), "(closed)");
}

TEST_F(StreamFaultsTest, CutsAndGarblesMessages) {
  exchange_.fault("{on: stream, do: truncate, bytes: 10}");
  exchange_.fault("{on: stream, do: garble, after: 1}");
  trade("a");
  EXPECT_EQ(stream_.next(), R"({"stream":)");
  EXPECT_FALSE(formats::parse_json(stream_.next(), "message", 1 << 20).ok());
  EXPECT_EQ(stream_.next_event(), "fill");
}

}  // namespace
}  // namespace signalbus::exchange
