// Goal: the machines behind the streams: what a subscription means, and when a bar is made.
#include "exchange/data_stream.h"

#include "exchange/testing.h"

namespace signalbus::exchange {
namespace {

class TapeTest : public ::testing::Test {
 protected:
  void SetUp() override { tape_.advance_to(desk_.venue.core(), monday_ten(), all_); }
  std::vector<TapeMessage> at(std::int64_t seconds) {
    tape_.advance_to(desk_.venue.core(), monday_ten().plus_seconds(seconds), all_);
    return tape_.take();
  }
  void trade(std::int64_t seconds, const char* price) {
    const core::AssetNumber asset = *desk_.venue.core().find_asset("SPY");
    desk_.venue.set_price(asset, Price::parse(price).value());
    tape_.price_changed(desk_.venue.core(), asset, monday_ten().plus_seconds(seconds));
  }
  static std::vector<std::string> bars(const std::vector<TapeMessage>& messages) {
    std::vector<std::string> out;
    for (const TapeMessage& message : messages) {
      if (message.channel == Channel::kBars) out.push_back(message.json);
    }
    return out;
  }
  MarketTape::Wanted all_ = [](const TapeMessage& message) { return message.symbol == "SPY"; };
  Desk desk_;
  MarketTape tape_;
};

TEST_F(TapeTest, MakesABarOfTheMinutesTrades) {
  trade(5, "501");
  trade(20, "503");
  trade(50, "502");
  EXPECT_TRUE(bars(at(59)).empty());
  const auto made = bars(at(60));
  ASSERT_EQ(made.size(), 1u);
  const Json bar(made[0]);
  EXPECT_EQ(bar.at("t"), "2021-01-04T15:00:00Z");
  EXPECT_EQ(bar.at("o"), "501");
  EXPECT_EQ(bar.at("h"), "503");
  EXPECT_EQ(bar.at("l"), "501");
  EXPECT_EQ(bar.at("c"), "502");
  EXPECT_EQ(bar.at("n"), "3");
}

TEST_F(TapeTest, MakesAFlatBarForListenersOnly) {
  const auto made = bars(at(60));
  ASSERT_EQ(made.size(), 1u);  // SPY is wanted, the others are not
  EXPECT_EQ(Json(made[0]).at("c"), "500");
  EXPECT_EQ(Json(made[0]).at("v"), "0");
}

TEST_F(TapeTest, KeepsTheHighOfTheDay) {
  trade(5, "510");
  at(60);
  trade(70, "505");
  for (const TapeMessage& message : at(120)) {
    if (message.channel != Channel::kDailyBars) continue;
    EXPECT_EQ(Json(message.json).at("h"), "510");
    EXPECT_EQ(Json(message.json).at("c"), "505");
    return;
  }
  ADD_FAILURE() << "no daily bar";
}

TEST_F(TapeTest, SaysWhenASymbolIsHalted) {
  const core::AssetNumber asset = *desk_.venue.core().find_asset("SPY");
  tape_.halt_changed(desk_.venue.core(), asset, true, monday_ten());
  const Json status(tape_.take()[0].json);
  for (const char* key : {"sc", "sm", "rc", "rm", "z"})
    EXPECT_NE(status.at(key), "(absent)") << key;
  EXPECT_EQ(status.at("sc"), "H");
}

TEST(DataSessionTest, CountsTradesAndQuotesAgainstTheLimit) {
  const KeyRing keys;
  DataSession session(keys, 3, [](const std::string&) { return true; });
  session.receive(R"({"action":"auth","key":"K","secret":"S"})");
  EXPECT_NE(session.receive(R"({"action":"subscribe","trades":["A","B"],"quotes":["A"]})")
                .json.find("subscription"),
            std::string::npos);
  EXPECT_EQ(session.receive(R"({"action":"subscribe","trades":["C"]})").json,
            R"([{"T":"error","code":405,"msg":"symbol limit exceeded"}])");
  EXPECT_FALSE(session.wants({Channel::kTrades, "C", ""}));
  EXPECT_NE(session.receive(R"({"action":"subscribe","bars":["*"]})").json.find("\"bars\":[\"*\"]"),
            std::string::npos);
  EXPECT_TRUE(session.wants({Channel::kBars, "ANY", ""}));
}

}  // namespace
}  // namespace signalbus::exchange
