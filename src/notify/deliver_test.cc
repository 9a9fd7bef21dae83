// Goal: nothing lost, nothing sent twice where the answer came, and a dead channel costs one
// attempt. Method: a real journal, channels that answer as told, a clock that is moved.
#include "notify/deliver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "notify/address.h"
#include "ports/testing/doubles.h"
#include "storage/sqlite_journal.h"

namespace signalbus::notify {
namespace {

const Instant kStart = Instant::parse("2026-01-05T21:00:00Z").value();

/// Moved by the channels, which take their time, and by the tests.
void move(signalbus::testing::TestClock& clock, std::int64_t seconds) {
  clock.set(clock.now().plus_seconds(seconds));
}

/// What a channel's other side has seen.
struct Seen {
  std::map<std::string, int> keys;  ///< How often each was accepted.
  int calls = 0;
};

class TestChannel final : public Channel {
 public:
  using Answer = std::function<Result<Receipt>(int call)>;
  TestChannel(std::string name, Seen& seen, signalbus::testing::TestClock& clock, Answer answer)
      : name_(std::move(name)), seen_(seen), clock_(clock), answer_(std::move(answer)) {}
  std::string name() const override { return name_; }
  std::string target() const override { return "test"; }
  Result<Receipt> send(const OutboxMessage& message, Instant /*now*/,
                       std::chrono::milliseconds deadline) override {
    Result<Receipt> answer = answer_(++seen_.calls);
    if (!answer.ok() && answer.error().code == ErrorCode::kUnknownOutcome) {
      move(clock_, deadline.count() / 1000);
    }
    if (answer.ok() && answer.value().accepted) ++seen_.keys[message.key];
    return answer;
  }

 private:
  std::string name_;
  Seen& seen_;
  signalbus::testing::TestClock& clock_;
  Answer answer_;
};

Result<Receipt> accept(int /*call*/) { return Receipt{true, "status 200"}; }
Result<Receipt> time_out(int /*call*/) {
  return Error{ErrorCode::kUnknownOutcome, "no clear answer: Timeout was reached"};
}

class DeliverTest : public ::testing::Test {
 protected:
  void put(const std::string& key, const std::string& channel, std::int64_t lifetime = 86'400) {
    const OutboxMessage message{.key = key,
                                .channel = channel,
                                .date = TradeDate::parse("2026-01-05").value(),
                                .level = AlertLevel::kWarn,
                                .subject = "subject " + key,
                                .text = "text",
                                .html = "",
                                .created = clock_.now(),
                                .expires = clock_.now().plus_seconds(lifetime)};
    ASSERT_TRUE(
        book_->record_alerts(Mode::kDry, AccountId("A"), {{}, {}, {message}, clock_.now()}).ok());
  }
  void add(const std::string& name, TestChannel::Answer answer) {
    channels_.push_back(
        std::make_unique<TestChannel>(name, seen_[name], clock_, std::move(answer)));
  }
  Delivered deliver() {
    return deliver_due(*book_, channels_, clock_, policy_, [] { return 0.5; }, log_).value();
  }

  signalbus::testing::TestClock clock_{"2026-01-05T21:00:00Z"};
  signalbus::testing::CollectedLog log_;
  DeliverPolicy policy_;
  std::map<std::string, Seen> seen_;
  std::vector<std::unique_ptr<Channel>> channels_;
  std::unique_ptr<storage::SqliteJournal> book_ =
      std::move(storage::SqliteJournal::open_in_memory()).value();
};

TEST_F(DeliverTest, SendsEachMessageOnce) {
  add("email", accept);
  put("a", "email");
  put("b", "email");
  EXPECT_EQ(deliver().sent, 2U);
  move(clock_, 100'000);
  EXPECT_EQ(deliver().sent, 0U);
  EXPECT_EQ(seen_["email"].keys, (std::map<std::string, int>{{"a", 1}, {"b", 1}}));
}

TEST_F(DeliverTest, TriesAgainLaterAndLaterAndLosesNothing) {
  add("email", [](int call) -> Result<Receipt> {
    return Receipt{call > 3, call > 3 ? "status 250" : "status 451"};
  });
  put("a", "email");
  EXPECT_EQ(deliver().failed, 1U);
  EXPECT_EQ(deliver().failed, 0U);  // not due yet
  for (int i = 0; i < 2; ++i) {
    move(clock_, 3'600);
    EXPECT_EQ(deliver().failed, 1U);
  }
  move(clock_, 3'600);
  EXPECT_EQ(deliver().sent, 1U);
  EXPECT_EQ(seen_["email"].keys["a"], 1);
}

TEST_F(DeliverTest, ADeadChannelCostsOneAttemptAndHoldsUpNoOther) {
  add("slack", time_out);
  add("email", accept);
  for (const char* key : {"a", "b", "c"}) put(key, "slack");
  put("d", "email");
  const Delivered done = deliver();
  EXPECT_EQ(done.failed, 1U);
  EXPECT_EQ(done.left, 2U);
  EXPECT_EQ(done.sent, 1U);
  EXPECT_EQ(seen_["slack"].calls, 1);
}

TEST_F(DeliverTest, EndsWhenItsTimeIsUp) {
  policy_.total = std::chrono::milliseconds(6'000);
  for (const char* name : {"email", "slack", "webhook"}) {
    add(name, time_out);
    put("a", name);
  }
  const Instant before = clock_.now();
  const Delivered done = deliver();
  EXPECT_EQ(done.failed, 2U);  // five seconds, then the one that is left
  EXPECT_EQ(done.left, 1U);
  EXPECT_LE((clock_.now().micros() - before.micros()) / 1'000'000, 6);
}

TEST_F(DeliverTest, GivesUpInTheEndAndSaysSo) {
  add("email", [](int) -> Result<Receipt> { return Receipt{false, "status 550"}; });
  put("a", "email", 7'200);
  deliver();
  move(clock_, 7'200);
  EXPECT_EQ(deliver().given_up, 1U);
  EXPECT_TRUE(log_.says("email: gave up on \"subject a\" after 1 attempts: status 550"));
  EXPECT_EQ(book_->given_up_since(kStart).value().size(), 1U);
}

TEST_F(DeliverTest, AMessageOfAChannelThatIsGoneWaitsAndIsThenGivenUp) {
  put("a", "sms", 60);
  EXPECT_EQ(deliver().left, 1U);
  move(clock_, 60);
  EXPECT_EQ(deliver().given_up, 1U);
}

RC_GTEST_PROP(WaitProperties, GrowToAnHourAndNeverBelowWhatAnAttemptTakes, ()) {
  const DeliverPolicy policy;
  const int attempts = *rc::gen::inRange(0, 100);
  const double jitter = *rc::gen::inRange(0, 1000) / 1000.0;
  const std::int64_t wait = wait_seconds(policy, attempts, jitter);
  RC_ASSERT(wait > policy.each.count() / 1000);
  RC_ASSERT(wait <= policy.longest_wait);
  if (attempts > 8) RC_ASSERT(wait >= policy.longest_wait / 2);
}

TEST(AddressTest, OnlyThePublicInternetIsPublic) {
  using V4 = std::array<std::uint8_t, 4>;
  for (const V4 address :
       {V4{127, 0, 0, 1}, V4{10, 1, 2, 3}, V4{172, 16, 0, 1}, V4{172, 31, 9, 9}, V4{192, 168, 1, 1},
        V4{169, 254, 169, 254}, V4{100, 64, 0, 1}, V4{0, 0, 0, 0}, V4{224, 0, 0, 1},
        V4{255, 255, 255, 255}, V4{198, 18, 0, 1}, V4{192, 0, 2, 1}}) {
    EXPECT_FALSE(is_public_address(address)) << int{address[0]} << "." << int{address[1]};
  }
  for (const V4 address : {V4{8, 8, 8, 8}, V4{172, 15, 0, 1}, V4{172, 32, 0, 1}, V4{100, 63, 0, 1},
                           V4{169, 253, 0, 1}, V4{223, 255, 255, 255}}) {
    EXPECT_TRUE(is_public_address(address)) << int{address[0]} << "." << int{address[1]};
  }
  using V6 = std::array<std::uint8_t, 16>;
  EXPECT_TRUE(is_public_address(V6{0x26, 0x06, 0x47, 0}));
  for (const V6 address :
       {V6{}, V6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, V6{0xfe, 0x80}, V6{0xfd, 0},
        V6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 8, 8, 8, 8}, V6{0x20, 0x02, 127, 0, 0, 1},
        V6{0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, 127, 0, 0, 1}, V6{0xff, 2},
        V6{0x20, 0x01, 0x0d, 0xb8}, V6{0x20, 0x01, 0, 0}}) {
    EXPECT_FALSE(is_public_address(address)) << int{address[0]} << ":" << int{address[1]};
  }
}

TEST(AddressTest, NamesHostAndPortTogether) {
  const std::vector<std::string> allowed = {"Relay.Local:8443", "[::1]:8080"};
  EXPECT_TRUE(is_named(allowed, "relay.local.", 8443));
  EXPECT_TRUE(is_named(allowed, "::1", 8080));
  EXPECT_FALSE(is_named(allowed, "relay.local", 443));
  EXPECT_FALSE(is_named(allowed, "evil.relay.local", 8443));
}

TEST(HeaderTextTest, OfALongTextKeepsWholeWordsOnly) {
  std::string text;
  for (int i = 0; i < 600; ++i) text += "\xc3\xa4";
  const std::string header = header_text(text);
  EXPECT_LE(header.size(), 900U);
  EXPECT_GT(header.size(), 800U);
  // 42 bytes, 21 characters, are 56 of base64: 12 with the frame, and a space between two.
  const std::string word = header.substr(0, header.find(' '));
  EXPECT_EQ(word.size(), 68U);
  EXPECT_EQ((header.size() + 1) % (word.size() + 1), 0U) << header;
  EXPECT_TRUE(header.ends_with("?=")) << header;
}

TEST(HeaderTextTest, IsOneLineOfAsciiThatDecodesToItself) {
  EXPECT_EQ(header_text("plain"), "plain");
  EXPECT_EQ(header_text("a\r\nBcc: x"), "a  Bcc: x");
  EXPECT_EQ(header_text("\xc3\xa4"), "=?utf-8?B?w6Q=?=");  // RFC 2047 by hand: C3 A4 -> w6Q=
  EXPECT_EQ(header_text("=?utf-8?B?w6Q=?="), "=?utf-8?B?PT91dGYtOD9CP3c2UT0/PQ==?=");
}

TEST(SignatureTest, IsTheHmacThatOthersCompute) {
  // printf '1767647400.{}' | openssl dgst -sha256 -hmac key
  EXPECT_EQ(signature_of(Secret::of("key"), 1767647400, "{}"),
            "v1=290f1e2cc892f3f5045b1225f362fa198290ab12582f595d5bf68c5d99310a3b");
}

}  // namespace
}  // namespace signalbus::notify
