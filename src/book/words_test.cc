// Goal: every enumerator has one word, and reads back from it. Method: walk each enum to its end;
// a new enumerator without a word ends the process in to_text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "book/monitoring.h"
#include "book/orders.h"
#include "book/plan.h"
#include "book/recon.h"

namespace signalbus {
namespace {

using ::testing::HasSubstr;

/// The words of the enumerators from 0 to `last`; fails when two are equal.
template <class E>
std::vector<std::pair<E, std::string>> words(E last) {
  std::vector<std::pair<E, std::string>> out;
  std::set<std::string> seen;
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    const auto value = static_cast<E>(i);
    out.emplace_back(value, std::string(to_text(value)));
    EXPECT_TRUE(seen.insert(out.back().second).second) << out.back().second;
  }
  return out;
}

template <class E, class Parse>
void expect_round_trip(E last, Parse parse) {
  for (const auto& [value, word] : words(last)) {
    const Result<E> read = parse(word);
    ASSERT_TRUE(read.ok()) << word;
    EXPECT_EQ(read.value(), value) << word;
  }
}

TEST(WordsTest, EveryEnumeratorReadsBackFromItsWord) {
  expect_round_trip(Side::kSell, parse_side);
  expect_round_trip(OrderType::kBracket, parse_order_type);
  expect_round_trip(Action::kSkip, parse_action);
  expect_round_trip(TimeInForce::kGtc, parse_time_in_force);
  expect_round_trip(Purpose::kProtect, parse_purpose);
  expect_round_trip(Mode::kLive, parse_mode);
  expect_round_trip(OrderState::kNeverAccepted, parse_order_state);
  expect_round_trip(TradingState::kHalted, parse_trading_state);
  expect_round_trip(CashFlowKind::kOther, parse_cash_flow_kind);
  expect_round_trip(ReasonCode::kUnchanged, [](std::string_view text) {
    return Result<ReasonCode>(parse_reason_code(text));
  });
}

TEST(WordsTest, EnumsThatAreOnlyWrittenHaveDistinctWords) {
  EXPECT_EQ(words(BatchState::kEnded).size(), 3u);
  EXPECT_EQ(words(ReconStatus::kSkipped).size(), 3u);
  EXPECT_EQ(words(Cause::kUnknown).size(), 14u);
  EXPECT_EQ(words(Subject::kCash).size(), 4u);
  EXPECT_EQ(words(AlertLevel::kUnknown).size(), 4u);
}

TEST(WordsTest, WritesTheWordsOfTheSpecification) {
  EXPECT_EQ(to_text(Side::kBuy), "BUY");
  EXPECT_EQ(to_text(OrderType::kBracket), "BRACKET");
  EXPECT_EQ(to_text(TimeInForce::kDay), "DAY");
  EXPECT_EQ(to_text(OrderState::kSimulated), "SIMULATED");
  EXPECT_EQ(to_text(OrderState::kNeverAccepted), "NEVER_ACCEPTED");
  EXPECT_EQ(to_text(ReconStatus::kOk), "OK");
  EXPECT_EQ(to_text(ReasonCode::kBelowMinNotional), "below_min_notional");
  EXPECT_EQ(to_text(Cause::kPartialFill), "partial_fill");
}

TEST(WordsTest, AnUnknownWordIsRefusedWithTheWordsThereAre) {
  const auto side = parse_side("buy");
  ASSERT_FALSE(side.ok());
  EXPECT_EQ(side.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(side.error().message, "side 'buy' is not one of BUY, SELL");
  EXPECT_FALSE(parse_side("").ok());
  EXPECT_THAT(parse_mode("LIVE").error().message, HasSubstr("dry, sim, paper, live"));
  EXPECT_THAT(parse_order_state("x\ny").error().message, HasSubstr("'x\\x0ay'"));
}

TEST(WordsTest, AReasonCodeIsWhatStandsBeforeTheColon) {
  EXPECT_EQ(parse_reason_code("no_price: no price for AAPL"), ReasonCode::kNoPrice);
  EXPECT_EQ(parse_reason_code("unchanged"), ReasonCode::kUnchanged);
  EXPECT_EQ(parse_reason_code("close: no longer targeted"), ReasonCode::kNone);
  EXPECT_EQ(parse_reason_code(""), ReasonCode::kNone);
}

TEST(WordsTest, AnUnknownOutcomeIsNotFinal) {
  std::set<OrderState> open;
  for (const auto& [state, word] : words(OrderState::kNeverAccepted)) {
    if (!is_final(state)) open.insert(state);
  }
  EXPECT_EQ(open, (std::set{OrderState::kPlanned, OrderState::kSubmitting, OrderState::kUnknown,
                            OrderState::kLive, OrderState::kCancelling, OrderState::kResolving,
                            OrderState::kQuarantined}));
}

TEST(BatchTest, NamesItselfByRunDateAndNumber) {
  const Batch batch{{Mode::kDry, AccountId("A"), TradeDate::parse("2025-07-28").value()},
                    2,
                    BatchState::kOpen,
                    "",
                    Instant::from_micros(0)};
  EXPECT_EQ(batch.id(), BatchId("20250728-2"));
}

TEST(PlannedOrderTest, OnlyTheOpeningHalfOfAFlipIsTheSecondLeg) {
  PlannedOrder order{.asset_id = AssetId(""),
                     .symbol = Symbol::parse("A").value(),
                     .side = Side::kBuy,
                     .quantity = Quantity::whole(1),
                     .type = OrderType::kMarket,
                     .take_profit = {},
                     .stop_loss = {},
                     .limit_price = {},
                     .ref_price = Price::whole(1),
                     .notional = Money::whole(1),
                     .time_in_force = TimeInForce::kDay,
                     .purpose = Purpose::kCloseToFlip};
  EXPECT_EQ(order.leg(), 1);
  order.purpose = Purpose::kOpenFlipped;
  EXPECT_EQ(order.leg(), 2);
}

}  // namespace
}  // namespace signalbus
