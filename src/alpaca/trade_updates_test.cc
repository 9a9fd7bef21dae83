// Goal: the stream wakes whoever waits, survives loss, silence and garbage, and tells no secret.
// Method: a double of the socket that the test feeds; real threads, short times.
#include "alpaca/trade_updates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <mutex>
#include <thread>

#include "alpaca/testing.h"
#include "storage/system_clock.h"

namespace signalbus::alpaca {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::order_body;

/// What all connections of one test share. "LOST" ends the connection that reads it.
struct Wire {
  std::mutex mutex;
  std::deque<std::string> incoming;
  std::vector<std::string> sent;
  int connections = 0;
  int pings = 0;
  bool refuse = false;
  milliseconds quiet{0};

  void feed(std::string message) {
    const std::lock_guard lock(mutex);
    incoming.push_back(std::move(message));
  }
  int connected() {
    const std::lock_guard lock(mutex);
    return connections;
  }
};

class WireSocket final : public StreamSocket {
 public:
  explicit WireSocket(Wire& wire) : wire_(wire) {}
  Status send_text(std::string message) override {
    const std::lock_guard lock(wire_.mutex);
    const bool asks = message.find("authenticate") != std::string::npos;
    wire_.incoming.push_front(
        asks ? std::string(
                   R"({"stream":"authorization","data":{"action":"authenticate","status":")") +
                   (wire_.refuse ? "unauthorized" : "authorized") + "\"}}"
             : R"({"stream":"listening","data":{"streams":["trade_updates"]}})");
    wire_.sent.push_back(std::move(message));
    return Ok{};
  }
  void ping() override {
    const std::lock_guard lock(wire_.mutex);
    ++wire_.pings;
  }
  Result<std::optional<std::string>> receive(milliseconds wait) override {
    {
      const std::lock_guard lock(wire_.mutex);
      if (!wire_.incoming.empty()) {
        std::string message = std::move(wire_.incoming.front());
        wire_.incoming.pop_front();
        if (message == "LOST") return Error{ErrorCode::kUnavailable, "connection lost"};
        return std::optional<std::string>(std::move(message));
      }
    }
    std::this_thread::sleep_for(wait);
    return std::optional<std::string>();
  }
  milliseconds quiet_for() const override {
    const std::lock_guard lock(wire_.mutex);
    return wire_.quiet;
  }

 private:
  Wire& wire_;
};

struct TradeUpdatesTest : ::testing::Test {
  Wire wire;
  storage::SystemClock clock;
  TradeUpdates updates{[this]() -> Result<std::unique_ptr<StreamSocket>> {
                         const std::lock_guard lock(wire.mutex);
                         ++wire.connections;
                         return std::unique_ptr<StreamSocket>(std::make_unique<WireSocket>(wire));
                       },
                       testing::canary_keys(),
                       clock,
                       [] { return 0U; },
                       {.answer_time_max = milliseconds(2'000),
                        .backoff_first = milliseconds(10),
                        .backoff_max = milliseconds(20),
                        .poll = milliseconds(2)}};

  std::vector<OrderHint> wait(int millis = 5'000) {
    return updates.wait_until(Instant::from_micros(clock.now().micros() + millis * 1'000LL));
  }
  bool becomes(const std::function<bool()>& condition) {
    for (int i = 0; i < 2'000 && !condition(); ++i) std::this_thread::sleep_for(milliseconds(2));
    return condition();
  }
};

std::string update(const std::string& event) {
  return R"({"stream":"trade_updates","data":{"event":")" + event +
         R"(","execution_id":"e1","price":"199.5","qty":"2","timestamp":"2026-09-28T15:00:01Z",)" +
         "\"order\":" + order_body() + "}}";
}

TEST_F(TradeUpdatesTest, TellsThatItIsLiveAndThenWhatHappens) {
  const auto first = wait();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].word, "gap");  // what happened before it listened is unknown
  EXPECT_TRUE(updates.is_live());
  wire.feed(update("fill"));
  const auto hints = wait();
  ASSERT_EQ(hints.size(), 1U);
  EXPECT_EQ(hints[0].word, "fill");
  EXPECT_EQ(hints[0].client_order_id.get(), "sb_20250829_AAPL_0");
  const auto taken = updates.take();
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].price, Price::parse("199.5").value());
  EXPECT_EQ(taken[0].qty, Quantity::whole(2));
}

TEST_F(TradeUpdatesTest, WithoutNewsItWaitsUntilTheDeadline) {
  (void)wait();
  const std::int64_t start = clock.monotonic_micros();
  EXPECT_TRUE(wait(50).empty());
  EXPECT_GE(clock.monotonic_micros() - start, 49'000);
}

TEST_F(TradeUpdatesTest, AStopEndsTheWait) {
  (void)wait();
  clock.request_stop();
  const std::int64_t start = clock.monotonic_micros();
  EXPECT_TRUE(wait(60'000).empty());
  EXPECT_LT(clock.monotonic_micros() - start, 5'000'000);
}

TEST_F(TradeUpdatesTest, GarbageAndUnknownEventsDoNotEndTheStream) {
  (void)wait();
  for (const char* garbage : {"", "\x01", "{", "[]", "null", R"({"stream":"trade_updates"})",
                              R"({"stream":"trade_updates","data":{"event":"fill"}})",
                              R"({"action":"error","data":{"error_message":"x"}})"}) {
    wire.feed(garbage);
  }
  wire.feed(update("a_new_event"));
  const auto hints = wait();
  ASSERT_EQ(hints.size(), 1U);
  EXPECT_EQ(hints[0].word, "a_new_event");
  EXPECT_EQ(wire.connected(), 1);
}

TEST_F(TradeUpdatesTest, ALostConnectionIsAGapAndComesBack) {
  (void)wait();
  wire.feed("LOST");
  ASSERT_TRUE(becomes([&] { return wire.connected() == 2 && updates.is_live(); }));
  const auto hints = wait();
  ASSERT_FALSE(hints.empty());
  for (const OrderHint& hint : hints) EXPECT_EQ(hint.word, "gap");
}

TEST_F(TradeUpdatesTest, SilenceIsPingedAndThenCountsAsLoss) {
  (void)wait();
  const auto quieten = [&](milliseconds time) {
    const std::lock_guard lock(wire.mutex);
    wire.quiet = time;
  };
  quieten(milliseconds(15'000));
  ASSERT_TRUE(becomes([&] {
    const std::lock_guard lock(wire.mutex);
    return wire.pings == 1;
  }));
  EXPECT_EQ(wire.connected(), 1);
  quieten(milliseconds(21'000));
  ASSERT_TRUE(becomes([&] { return wire.connected() >= 2; }));
  quieten(milliseconds(0));
  EXPECT_TRUE(becomes([&] { return updates.is_live(); }));
}

TEST_F(TradeUpdatesTest, RefusedKeysAreSaidWithoutTellingThem) {
  (void)wait();
  {
    const std::lock_guard lock(wire.mutex);
    wire.refuse = true;
  }
  wire.feed("LOST");
  ASSERT_TRUE(becomes([&] { return updates.trouble().find("refused") != std::string::npos; }));
  EXPECT_FALSE(updates.is_live());
  EXPECT_THAT(updates.trouble(), Not(HasSubstr("anary")));
}

TEST(StreamMessageTest, WritesTheTwoRequests) {
  EXPECT_EQ(authenticate_message(Secret::of("K"), Secret::of("S")),
            R"({"action":"authenticate","data":{"key_id":"K","secret_key":"S"}})");
  EXPECT_EQ(listen_message(), R"({"action":"listen","data":{"streams":["trade_updates"]}})");
}

}  // namespace
}  // namespace signalbus::alpaca
