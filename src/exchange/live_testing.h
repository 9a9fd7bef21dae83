// For tests of this folder: an exchange on a socket, served by a thread of its own.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "exchange/server.h"
#include "exchange/testing.h"
#include "net/http_client.h"
#include "net/websocket_client.h"

namespace signalbus::exchange {

using std::chrono::milliseconds;

/// The machine's own time.
class RunningClock final : public Clock {
 public:
  Instant now() const override {
    return Instant::from_micros(micros_of(std::chrono::system_clock::now().time_since_epoch()));
  }
  std::int64_t monotonic_micros() const override {
    return micros_of(std::chrono::steady_clock::now().time_since_epoch());
  }
  void sleep_until(Instant) override {}

 private:
  static std::int64_t micros_of(std::chrono::nanoseconds since) {
    return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
  }
};

class LiveExchange {
 public:
  explicit LiveExchange(VenueSettings settings = unlimited(), KeyRing keys = {})
      : venue_(settings, VenueInputs{.prices = prices_of(kStaticPrices)}, clock_),
        service_(venue_, std::move(keys)),
        streams_(loop_, service_) {
    SB_CHECK(venue_.start(nullptr).ok());
    auto server = Server::listen(loop_, service_, streams_, {}, {});
    SB_CHECK(server.ok());
    server_ = std::move(server).value();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~LiveExchange() {
    loop_.stop();
    thread_.join();
  }
  LiveExchange(const LiveExchange&) = delete;
  LiveExchange& operator=(const LiveExchange&) = delete;

  static VenueSettings unlimited() {
    VenueSettings settings;
    settings.requests_per_minute.reset();
    return settings;
  }

  net::Url url(const std::string& path = "") const {
    return net::Url::parse(server_->url() + path).value();
  }
  std::uint16_t port() const { return server_->port(); }

  /// One request on a connection of its own.
  Result<net::HttpResponse> send(const std::string& method, const std::string& target,
                                 const std::string& body = "",
                                 milliseconds deadline = milliseconds(10'000)) {
    net::HttpClient client(url());
    net::HttpRequest request{.method = method, .target = target, .headers = {}, .body = body};
    request.headers.add("APCA-API-KEY-ID", "K1");
    request.headers.add("APCA-API-SECRET-KEY", "secret");
    return client.send(request, deadline);
  }

  Json get(const std::string& target) {
    const auto answer = send("GET", target);
    EXPECT_TRUE(answer.ok());
    return Json(answer.ok() ? answer.value().body : "{}");
  }

  void admin(const std::string& what, const std::string& body) {
    const auto answer = send("POST", "/admin/v1/" + what, body);
    ASSERT_TRUE(answer.ok());
    EXPECT_EQ(answer.value().status, 200) << answer.value().body;
  }
  void fault(const std::string& rule) { admin("faults", "faults:\n  - " + rule + "\n"); }

 private:
  RunningClock clock_;
  net::Loop loop_;
  Venue venue_;
  Service service_;
  Streams streams_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

inline std::string market_order(const std::string& id, const std::string& symbol = "AAPL",
                                const std::string& qty = "1") {
  return R"({"symbol":")" + symbol + R"(","qty":")" + qty +
         R"(","side":"buy","type":"market","time_in_force":"day","client_order_id":")" + id + "\"}";
}

/// A client of one of the streams.
class Listener {
 public:
  Listener(const LiveExchange& exchange, const std::string& path, const net::Headers& headers = {})
      : socket_(net::WebSocketClient::connect(exchange.url(path), headers, milliseconds(5'000))) {
    SB_CHECK(socket_.ok());
  }

  void say(const std::string& text) {
    ASSERT_TRUE(socket_.value().send_text(text, milliseconds(5'000)).ok());
  }
  void say_binary(const std::string& bytes) {
    ASSERT_TRUE(socket_.value().send_binary(bytes, milliseconds(5'000)).ok());
  }

  /// The next message; "(nothing)" when none came in time, "(closed)" after the end.
  std::string next(milliseconds wait = milliseconds(5'000)) {
    auto message = socket_.value().receive(wait);
    if (!message.ok()) return "(closed)";
    if (!message.value()) return "(nothing)";
    was_text = message.value()->text;
    return message.value()->data;
  }

  /// Says who it is and what it wants on the trading stream.
  void listen_for_trades() {
    say(R"({"action":"authenticate","data":{"key_id":"K1","secret_key":"secret"}})");
    EXPECT_EQ(Json(next()).at("data.status"), "authorized");
    say(R"({"action":"listen","data":{"streams":["trade_updates"]}})");
    EXPECT_EQ(Json(next()).at("data.streams.0"), "trade_updates");
  }
  std::string next_event(milliseconds wait = milliseconds(5'000)) {
    const std::string message = next(wait);
    return message.starts_with('{') ? Json(message).at("data.event") : message;
  }

  bool was_text = false;

 private:
  Result<net::WebSocketClient> socket_;
};

}  // namespace signalbus::exchange
