// Goal: over real sockets, whatever a server does, a write is sent once and its fate told honestly,
// and no key leaves by any other way than the headers.
// Method: net's server misbehaves on a thread of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "alpaca/alpaca_broker.h"
#include "alpaca/testing.h"
#include "alpaca/trade_updates.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "ports/testing/intents.h"
#include "storage/system_clock.h"

namespace signalbus::alpaca {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::order_body;

/// A server of one behaviour, until the end of the test.
class Server {
 public:
  explicit Server(net::HttpServer::Handler handler)
      : server_(net::HttpServer::listen(
                    loop_, {},
                    [this, handler = std::move(handler)](const net::IncomingRequest& request,
                                                         net::Responder responder) {
                      ++requests;
                      handler(request, std::move(responder));
                    })
                    .value()),
        thread_([this] { loop_.run(); }) {}
  ~Server() {
    loop_.stop();
    thread_.join();
  }
  std::string url(const std::string& scheme = "http") const {
    return scheme + "://127.0.0.1:" + std::to_string(server_.port());
  }

  std::atomic<int> requests{0};

 private:
  net::Loop loop_;

 public:
  // What a handler keeps has to go before the loop that it lives on.
  std::vector<net::Responder> kept;
  std::optional<net::WebSocket> socket;

 private:
  net::HttpServer server_;
  std::thread thread_;
};

struct Client {
  explicit Client(const Server& server)
      : sender(endpoints_of({server.url(), server.url()}).value().trading),
        channel(
            sender, testing::canary_keys(), clock, [] { return 0U; },
            {.attempt_time_max = milliseconds(300),
             .attempts_max = 2,
             .backoff_first = milliseconds(1)},
            &calls),
        api(channel),
        broker(api, clock) {}
  storage::SystemClock clock;
  NetSender sender;
  testing::CollectedCalls calls;
  Channel channel;
  TradingApi api;
  AlpacaBroker broker;
};

struct Misbehaviour {
  const char* name;
  std::function<void(const net::Responder&)> answer;
};

TEST(NetworkTest, WhateverTheServerDoesAWriteIsSentOnceAndItsFateIsOpen) {
  const std::vector<Misbehaviour> all = {
      {"cut", [](const net::Responder& r) { r.send_cut({200, {}, order_body()}, 120); }},
      {"cut head", [](const net::Responder& r) { r.send_cut({200, {}, order_body()}, 9); }},
      {"html", [](const net::Responder& r) { r.send({502, {}, "<html>bad gateway</html>"}); }},
      {"html 200", [](const net::Responder& r) { r.send({200, {}, "<html>login</html>"}); }},
      {"empty", [](const net::Responder& r) { r.send({200, {}, ""}); }},
      {"redirect",
       [](const net::Responder& r) { r.send({307, {{"Location", "http://127.0.0.1:1/"}}, ""}); }},
      {"close", [](const net::Responder& r) { r.close(); }},
      {"garbage",
       [](const net::Responder& r) { r.send_raw("\x16\x03\x01 no http at all\r\n\r\n"); }},
      {"other order",
       [](const net::Responder& r) {
         r.send({200, {}, order_body({{"client_order_id", "\"sb_other\""}})});
       }},
      {"429", [](const net::Responder& r) { r.send({429, {}, R"({"message":"slow down"})"}); }},
      {"504", [](const net::Responder& r) { r.send({504, {}, ""}); }}};
  for (const Misbehaviour& one : all) {
    Server server([&](const net::IncomingRequest&, const net::Responder& r) { one.answer(r); });
    Client client(server);
    const Result<SubmitAnswer> answer = client.broker.submit(contract_intent(0));
    ASSERT_FALSE(answer.ok()) << one.name;
    EXPECT_EQ(answer.error().code, ErrorCode::kUnknownOutcome) << one.name;
    EXPECT_THAT(answer.error().message, Not(HasSubstr("anary"))) << one.name;
    EXPECT_EQ(server.requests, 1) << one.name;
    ASSERT_EQ(client.calls.records.size(), 1U) << one.name;
  }
}

TEST(NetworkTest, ASilentServerIsLeftAfterTheDeadline) {
  Server* self = nullptr;
  Server server(
      [&](const net::IncomingRequest&, net::Responder r) { self->kept.push_back(std::move(r)); });
  self = &server;
  Client client(server);
  EXPECT_EQ(client.broker.submit(contract_intent(0)).error().code, ErrorCode::kUnknownOutcome);
  EXPECT_EQ(server.requests, 1);
  const auto found = client.broker.order(contract_intent(0).client_order_id);
  EXPECT_EQ(found.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(server.requests, 3);  // the read was repeated
  EXPECT_GE(client.calls.records[0].latency_micros, 250'000);
}

TEST(NetworkTest, ANobodyListeningPortMeansThatNothingWasSent) {
  std::string url;
  {
    Server server([](const net::IncomingRequest&, const net::Responder& r) { r.close(); });
    url = server.url();
  }
  storage::SystemClock clock;
  NetSender sender(endpoints_of({url, url}).value().trading);
  Channel channel(sender, testing::canary_keys(), clock, [] { return 0U; }, {});
  TradingApi api(channel);
  EXPECT_EQ(AlpacaBroker(api, clock).submit(contract_intent(0)).error().code,
            ErrorCode::kUnavailable);
}

TEST(NetworkTest, KeysTravelInHeadersAndNowhereElse) {
  Server server([](const net::IncomingRequest& request, const net::Responder& r) {
    const net::HttpRequest& http = request.http;
    const bool leaks = (http.target + http.body).find("anary") != std::string::npos;
    const bool has_keys = http.headers.get("APCA-API-KEY-ID") == testing::kCanaryKey &&
                          http.headers.get("APCA-API-SECRET-KEY") == testing::kCanarySecret;
    if (!has_keys || leaks) return r.send({500, {}, "keys"});
    r.send({200, {{"X-Request-ID", "r1"}}, order_body()});
  });
  Client client(server);
  const Result<SubmitAnswer> answer = client.broker.submit(contract_intent(0));
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(client.calls.records[0].request_id, "r1");
}

TEST(NetworkTest, TheStreamWorksOverARealWebSocketInTextAndBinary) {
  const std::string update =
      R"({"stream":"trade_updates","data":{"event":"new","order":)" + order_body() + "}}";
  Server* self = nullptr;
  Server server([&](const net::IncomingRequest& request, const net::Responder& r) {
    if (request.http.target != "/stream") return r.send({404, {}, ""});
    self->socket = r.accept_websocket({.on_text = [&](const std::string& message) {
      if (message.find("authenticate") != std::string::npos) {
        self->socket->send_binary(R"({"stream":"authorization","data":{"status":"authorized"}})");
        return;
      }
      self->socket->send_text(R"({"stream":"listening","data":{"streams":["trade_updates"]}})");
      self->socket->send_binary(update);
      self->socket->send_text(update);
    }});
  });
  self = &server;
  storage::SystemClock clock;
  TradeUpdates updates(stream_connector(endpoints_of({server.url(), server.url()}).value().stream),
                       testing::canary_keys(), clock, [] { return 0U; });
  std::size_t news = 0;
  while (news < 2) {
    const auto hints = updates.wait_until(clock.now().plus_seconds(10));
    ASSERT_FALSE(hints.empty()) << updates.trouble();
    for (const OrderHint& hint : hints) news += hint.word == "new" ? 1 : 0;
  }
  EXPECT_TRUE(updates.is_live());
}

}  // namespace
}  // namespace signalbus::alpaca
