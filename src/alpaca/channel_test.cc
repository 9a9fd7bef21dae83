// Goal: reads are repeated with care, writes never; the rate limit is kept; nothing secret is told.
// Method: a scripted service on a clock that moves only by sleeping.
#include "alpaca/channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alpaca/testing.h"

namespace signalbus::alpaca {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Service;

const Call kRead{.endpoint = "/v2/orders/{id}", .target = "/v2/orders/abc"};
const Call kWrite{.method = "POST",
                  .endpoint = "/v2/orders",
                  .target = "/v2/orders",
                  .body = "{}",
                  .effect = Effect::kWritesFirst};
const Call kCancel{.method = "DELETE",
                   .endpoint = "/v2/orders/{id}",
                   .target = "/v2/orders/abc",
                   .effect = Effect::kWritesFirst,
                   .kind = RequestKind::kCancel};

std::int64_t seconds_since_start(const Service& service) {
  return (service.clock.now().micros() - Instant::parse("2026-09-28T15:00:00Z").value().micros()) /
         1'000'000;
}

TEST(ChannelTest, SendsKeysAndContentTypeAndThePrefix) {
  Service service({.prefix = "/api"});
  service.sender.then(200, "{}");
  ASSERT_TRUE(service.channel.call(kWrite).ok());
  ASSERT_TRUE(service.channel.call(kRead).ok());
  const net::HttpRequest& write = service.sender.requests[0];
  EXPECT_EQ(write.target, "/api/v2/orders");
  EXPECT_EQ(write.headers.get("APCA-API-KEY-ID"), testing::kCanaryKey);
  EXPECT_EQ(write.headers.get("APCA-API-SECRET-KEY"), testing::kCanarySecret);
  EXPECT_EQ(write.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(service.sender.requests[1].headers.find("Content-Type"), nullptr);
}

TEST(ChannelTest, RepeatsAReadWithGrowingPauses) {
  Service service({.backoff_first = std::chrono::milliseconds(2'000)});
  service.sender.then(503, "").fails(ErrorCode::kUnknownOutcome).then(200, "[]");
  const Result<Reply> reply = service.channel.call(kRead);
  ASSERT_TRUE(reply.ok()) << reply.error().message;
  EXPECT_EQ(service.sender.requests.size(), 3U);
  EXPECT_EQ(seconds_since_start(service), 1 + 2);  // half of 2 s, half of 4 s
}

TEST(ChannelTest, GivesUpAReadAsUnavailable) {
  Service service;
  service.sender.fails(ErrorCode::kUnknownOutcome, "no answer in 10 s");
  const Result<Reply> reply = service.channel.call(kRead);
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(reply.error().message, "GET /v2/orders/{id}: no answer in 10 s");
  EXPECT_EQ(service.sender.requests.size(), 4U);
}

TEST(ChannelTest, ARefusedReadIsNotRepeated) {
  for (const int status : {401, 404, 422}) {
    Service service;
    service.sender.then(status, R"({"code":40410000,"message":"order not found"})");
    const Result<Reply> reply = service.channel.call(kRead);
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply.value().refusal->status, status);
    EXPECT_EQ(service.sender.requests.size(), 1U);
  }
}

TEST(ChannelTest, NeverRepeatsAWriteWhateverHappens) {
  for (const Call& call : {kWrite, kCancel}) {
    for (const int status : {301, 400, 408, 409, 429, 500, 502, 503, 504}) {
      Service service;
      service.sender.then(status, "");
      const Result<Reply> reply = service.channel.call(call);
      ASSERT_FALSE(reply.ok()) << status;
      EXPECT_EQ(reply.error().code, ErrorCode::kUnknownOutcome) << status;
      EXPECT_EQ(service.sender.requests.size(), 1U) << status;
    }
    for (const ErrorCode code : {ErrorCode::kUnavailable, ErrorCode::kUnknownOutcome}) {
      Service service;
      service.sender.fails(code);
      const Result<Reply> reply = service.channel.call(call);
      ASSERT_FALSE(reply.ok());
      EXPECT_EQ(reply.error().code, code);  // "nothing left this machine" stays what it is
      EXPECT_EQ(service.sender.requests.size(), 1U);
    }
  }
}

TEST(ChannelTest, WaitsAsLongAsTheServiceAsks) {
  Service service;
  service.sender.then(429, "", {{"Retry-After", "7"}}).then(200, "[]");
  ASSERT_TRUE(service.channel.call(kRead).ok());
  EXPECT_EQ(seconds_since_start(service), 7);
  Service by_reset;
  const std::int64_t reset = by_reset.clock.now().micros() / 1'000'000 + 20;
  by_reset.sender.then(429, "", {{"X-RateLimit-Reset", std::to_string(reset)}}).then(200, "[]");
  ASSERT_TRUE(by_reset.channel.call(kRead).ok());
  EXPECT_EQ(seconds_since_start(by_reset), 20);
}

TEST(ChannelTest, DoesNotBelieveAResetThatIsYearsAway) {
  Service service;
  const std::int64_t reset = service.clock.now().micros() / 1'000'000 + 100'000'000;
  service.sender.then(429, "", {{"X-RateLimit-Reset", std::to_string(reset)}}).then(200, "[]");
  ASSERT_TRUE(service.channel.call(kRead).ok());
  EXPECT_EQ(service.sender.requests.size(), 2U);
  EXPECT_EQ(seconds_since_start(service), 1);
}

TEST(ChannelTest, DoesNotWaitBeyondTheWholeDeadline) {
  Service service;
  service.sender.then(429, "", {{"Retry-After", "3000"}});
  const Result<Reply> reply = service.channel.call(kRead);
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(reply.error().message, HasSubstr("the rate limit is reached"));
  EXPECT_EQ(seconds_since_start(service), 0);
  EXPECT_EQ(service.sender.requests.size(), 1U);
}

TEST(ChannelTest, KeepsTheRateLimitAndLetsACancelThrough) {
  Service service({.quota = {.per_minute = 5, .cancel_reserve = 2}});
  service.sender.then(200, "[]");
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(service.channel.call(kRead).ok());
  EXPECT_EQ(service.channel.pacing(RequestKind::kOrdinary), std::chrono::milliseconds(30'050));
  ASSERT_TRUE(service.channel.call(kCancel).ok());
  EXPECT_EQ(seconds_since_start(service), 0);
  ASSERT_TRUE(service.channel.call(kRead).ok());
  EXPECT_EQ(seconds_since_start(service), 60);
  EXPECT_EQ(service.calls.records.back().paced_micros, 60'100'000);
}

TEST(ChannelTest, WithoutRoomInTheLimitNothingLeaves) {
  Service service({.total_time_max = std::chrono::milliseconds(10'000),
                   .quota = {.per_minute = 2, .cancel_reserve = 1}});
  service.sender.then(200, "{}");
  ASSERT_TRUE(service.channel.call(kWrite).ok());
  const Result<Reply> second = service.channel.call(kWrite);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(second.error().message, HasSubstr("nothing was sent"));
  EXPECT_EQ(service.sender.requests.size(), 1U);
}

/// Sleeps return at once, as after SIGTERM.
class StoppedClock final : public Clock {
 public:
  Instant now() const override { return Instant::from_micros(0); }
  std::int64_t monotonic_micros() const override { return 0; }
  void sleep_until(Instant) override {}
};

TEST(ChannelTest, AStopEndsWaitingInsteadOfSpinning) {
  StoppedClock clock;
  testing::ScriptedSender sender;
  Channel channel(sender, testing::canary_keys(), clock, [] { return 0xffffffffU; }, {});
  sender.then(503, "");
  EXPECT_FALSE(channel.call(kRead).ok());
  EXPECT_EQ(sender.requests.size(), 1U);
}

TEST(ChannelTest, RecordsEveryCallWithTemplateOutcomeAndRequestId) {
  Service service;
  service.sender.then(504, "", {{"X-Request-ID", "r1"}}).then(200, "[]", {{"X-Request-ID", "r2"}});
  ASSERT_TRUE(service.channel.call(kRead).ok());
  service.sender.answers.clear();
  service.sender.then(403, R"({"code":40310000,"message":"no"})").fails(ErrorCode::kUnknownOutcome);
  ASSERT_TRUE(service.channel.call(kWrite).ok());
  ASSERT_FALSE(service.channel.call(kWrite).ok());
  const auto& calls = service.calls.records;
  ASSERT_EQ(calls.size(), 4U);
  EXPECT_EQ(calls[0].outcome, CallOutcome::kTransient);
  EXPECT_EQ(calls[0].request_id, "r1");
  EXPECT_EQ(calls[1].attempt, 2);
  EXPECT_EQ(calls[1].outcome, CallOutcome::kDone);
  EXPECT_EQ(calls[1].endpoint, "/v2/orders/{id}");
  EXPECT_EQ(calls[2].outcome, CallOutcome::kRefused);
  EXPECT_EQ(calls[2].status, 403);
  EXPECT_EQ(calls[3].outcome, CallOutcome::kUnknown);
  EXPECT_EQ(calls[3].status, 0);
}

TEST(ChannelTest, NoErrorAndNoRecordHoldsAKey) {
  for (const int status : {200, 301, 400, 401, 403, 404, 422, 429, 500}) {
    for (const char* body : {"", "<html>", R"({"code":40110000,"message":"no"})"}) {
      Service service;
      service.sender.then(status, body);
      for (const Call& call : {kRead, kWrite, kCancel}) {
        const Result<Reply> reply = service.channel.must(call);
        if (!reply.ok()) {
          EXPECT_THAT(reply.error().message, Not(HasSubstr("CANARY")));
          EXPECT_THAT(reply.error().message, Not(HasSubstr("canary")));
        }
      }
      for (const CallRecord& record : service.calls.records) {
        const std::string all = record.method + record.endpoint + record.request_id;
        EXPECT_THAT(all, Not(HasSubstr("CANARY")));
        EXPECT_THAT(all, Not(HasSubstr("canary")));
      }
    }
  }
}

TEST(ConnectionTest, TakesBaseUrlsWithAndWithoutVersion) {
  for (const char* url :
       {"https://paper-api.alpaca.markets", "https://paper-api.alpaca.markets/",
        "https://paper-api.alpaca.markets/v2", "https://paper-api.alpaca.markets/v2/"}) {
    const Result<Endpoints> endpoints = endpoints_of({url, "http://127.0.0.1:8080/v2"});
    ASSERT_TRUE(endpoints.ok()) << url << ": " << endpoints.error().message;
    EXPECT_EQ(endpoints.value().trading.path, "");
    EXPECT_EQ(endpoints.value().data.path, "");
    EXPECT_EQ(endpoints.value().stream.path, "/stream");
    EXPECT_FALSE(endpoints.value().is_live());
  }
  EXPECT_FALSE(endpoints_of({}).value().is_live());
  EXPECT_TRUE(endpoints_of({.trading = "https://API.alpaca.markets/v2"}).value().is_live());
}

TEST(ConnectionTest, RefusesToSendKeysInTheClear) {
  for (const char* url :
       {"http://paper-api.alpaca.markets", "http://10.0.0.5:8080", "http://127.0.0.1.evil.example",
        "ftp://x", "paper-api.alpaca.markets", "https://u:p@api.alpaca.markets", ""}) {
    const Result<Endpoints> endpoints = endpoints_of({.trading = url});
    ASSERT_FALSE(endpoints.ok()) << url;
    EXPECT_EQ(endpoints.error().code, ErrorCode::kUsage) << url;
  }
}

TEST(ConnectionTest, KeysMustBeWhole) {
  EXPECT_TRUE(testing::canary_keys().check().ok());
  EXPECT_THAT((Keys{Secret(), Secret::of("s")}).check().error().message,
              HasSubstr("set APCA_API_KEY_ID"));
  EXPECT_THAT((Keys{Secret::of("k"), Secret::in_file("/run/s")}).check().error().message,
              HasSubstr("still in its file '/run/s'"));
  const Error broken = (Keys{Secret::of("k"), Secret::of("canary\nX: y")}).check().error();
  EXPECT_THAT(broken.message, Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace signalbus::alpaca
