// Goal: what Alpaca sends becomes values without losing a digit, and nothing new in it stops us.
// Method: the examples of Alpaca's own descriptions, and bodies by hand.
#include "alpaca/decode.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>

#include "alpaca/testing.h"

namespace signalbus::alpaca {
namespace {

using testing::order_body;
using testing::read_testdata;

template <class T>
Result<T> decoded(const std::string& body, Result<T> (*decode)(const formats::JsonValue&)) {
  SB_TRY(const formats::JsonDocument document, parse_body(body, "body"));
  return decode(document.root());
}

Order order_of(const std::vector<net::Field>& changes) {
  return decoded(order_body(changes), decode_order).value();
}

TEST(DecodeOrderTest, ReadsAlpacasOwnExample) {
  const Order order =
      decoded(read_testdata(SB_TESTDATA, "order_equity.json"), decode_order).value();
  EXPECT_EQ(order.id.get(), "7b08df51-c1ac-453c-99f9-323a5f075f0d");
  EXPECT_EQ(order.client_order_id.get(), "5680c4bc-9ac1-4a12-a44c-df427ba53032");
  EXPECT_EQ(order.symbol, "AAPL");
  EXPECT_EQ(order.qty, Quantity::whole(2));
  EXPECT_EQ(order.limit_price, Price::whole(150));
  EXPECT_EQ(order.filled_qty, Quantity::zero());
  EXPECT_EQ(order.time_in_force, "gtc");
  EXPECT_EQ(order.status, "accepted");
  EXPECT_EQ(order.order_class, "");
  EXPECT_EQ(order.submitted_at, Instant::parse("2023-12-12T22:31:24.577215Z").value());
  EXPECT_FALSE(order.filled_avg_price || order.notional || order.replaced_by || order.filled_at);
  EXPECT_TRUE(order.legs.empty());
}

TEST(DecodeOrderTest, ReadsOrdersOfOtherAssetClasses) {
  for (const char* name : {"order_option.json", "order_multileg.json", "order_crypto.json"}) {
    const Result<Order> order = decoded(read_testdata(SB_TESTDATA, name), decode_order);
    EXPECT_TRUE(order.ok()) << name << ": " << order.error().message;
  }
  EXPECT_EQ(
      decoded(read_testdata(SB_TESTDATA, "order_option.json"), decode_order).value().order_class,
      "");
  EXPECT_EQ(
      decoded(read_testdata(SB_TESTDATA, "order_multileg.json"), decode_order).value().legs.size(),
      2U);
}

TEST(DecodeOrderTest, KeepsEveryDigitOfFractionsAndAverages) {
  const Order order = order_of({{"qty", R"("0.123456789")"},
                                {"filled_qty", "0.1"},
                                {"filled_avg_price", R"("105.8988475")"},
                                {"notional", R"("100.25")"}});
  EXPECT_EQ(order.qty->text(), "0.123456789");
  EXPECT_EQ(order.filled_qty.text(), "0.1");
  EXPECT_EQ(order.filled_avg_price->text(), "105.8988475");
  EXPECT_EQ(order.notional->text(), "100.25");
}

TEST(DecodeOrderTest, UnknownFieldsAndWordsStopNothing) {
  const Order order = order_of({{"status", R"("pending_moon")"},
                                {"type", R"("telepathic")"},
                                {"side", R"("borrow")"},
                                {"ai_score", "{\"deep\":[1,{}]}"}});
  EXPECT_EQ(order.status, "pending_moon");
  EXPECT_TRUE(is_open(order));
  EXPECT_FALSE(side_of(order.side));
}

TEST(DecodeOrderTest, ReadsBracketLegs) {
  const Order order = order_of({{"order_class", R"("bracket")"},
                                {"legs", "[" + order_body({{"status", R"("held")"}}) + "]"}});
  ASSERT_EQ(order.legs.size(), 1U);
  EXPECT_EQ(order.legs[0].status, "held");
  EXPECT_TRUE(is_open(order.legs[0]));
}

TEST(DecodeOrderTest, RefusesWhatIsNoOrder) {
  for (const std::string& body :
       {std::string("null"), std::string("[]"), std::string("{}"), std::string("\"x\""),
        order_body({{"id", "null"}}), order_body({{"status", "\"\""}}),
        order_body({{"qty", "\"many\""}}), order_body({{"qty", "\"1e30\""}}),
        order_body({{"qty", "true"}}), order_body({{"filled_at", "\"yesterday\""}}),
        order_body({{"legs", "{}"}}), order_body({{"extended_hours", "\"no\""}})}) {
    EXPECT_FALSE(decoded(body, decode_order).ok()) << body;
  }
  EXPECT_EQ(decoded(order_body({{"qty", "\"many\""}}), decode_order).error().message,
            "body: qty: must be a decimal number, was 'many'");
}

TEST(DecodeOrderTest, FiveHundredOrdersAreReadFast) {
  std::string body;
  for (int i = 0; i < 500; ++i) body += (i == 0 ? "[" : ",") + order_body();
  body += "]";
  const auto start = std::chrono::steady_clock::now();
  const formats::JsonDocument document = parse_body(body, "orders").value();
  const auto orders = decode_list(document.root(), decode_order);
  const auto took = std::chrono::steady_clock::now() - start;
  ASSERT_EQ(orders.value().size(), 500U);
  RecordProperty("microseconds", std::to_string(took / std::chrono::microseconds(1)));
  EXPECT_LT(took, std::chrono::milliseconds(500));  // a sanitizer's pace; release needs a few ms
}

TEST(DecodeAccountTest, ReadsAlpacasOwnExample) {
  const Account account =
      decoded(read_testdata(SB_TESTDATA, "account.json"), decode_account).value();
  EXPECT_EQ(account.id, "1d9eed04-be39-4e01-9b84-a48ac5bbafcf");
  EXPECT_EQ(account.number, "PALPACA_123");
  EXPECT_EQ(account.cash.text(), "122086.5");
  EXPECT_EQ(account.equity.text(), "123346.11");
  EXPECT_EQ(account.last_equity->text(), "122011.097511");  // it came with 14 decimals
  EXPECT_EQ(account.buying_power->text(), "245432.61");
  EXPECT_EQ(account.multiplier, "2");
  EXPECT_TRUE(account.shorting_enabled);
  EXPECT_FALSE(account.trading_blocked);
}

TEST(DecodeAccountTest, AnAccountWithoutCashOrEquityIsNone) {
  for (const char* body : {"{}", "null", "[]", R"({"id":"x","status":"ACTIVE"})",
                           R"({"id":"x","status":"ACTIVE","cash":"1","equity":null})"}) {
    EXPECT_FALSE(decoded(body, decode_account).ok()) << body;
  }
}

TEST(DecodePositionTest, AShortIsNegativeWhateverSignCame) {
  for (const char* qty : {"\"-5\"", "\"5\"", "5"}) {
    const std::string body = std::string(R"({"symbol":"X","side":"short","qty":)") + qty + "}";
    EXPECT_EQ(decoded(body, decode_position).value().qty, Quantity::whole(-5));
  }
}

TEST(DecodePositionTest, PricesMayBeMissingBeforeTheFirstOne) {
  const Position position = decoded(R"({"symbol":"BRK.B","side":"long","qty":"0.000000001",
      "current_price":null,"market_value":null,"avg_entry_price":"412.3333333333"})",
                                    decode_position)
                                .value();
  EXPECT_EQ(position.qty.raw(), 1);
  EXPECT_EQ(position.avg_entry_price->text(), "412.333333333");
  EXPECT_FALSE(position.market_value);
}

TEST(DecodeActivityTest, ReadsExecutionsAndCash) {
  const Activity fill = decoded(R"({"activity_type":"FILL","id":"20261008111018097::6a","qty":"3",
      "cum_qty":"5","leaves_qty":"0","price":"179.08","side":"sell_short","symbol":"LCID",
      "order_id":"ed3f","order_status":"filled","type":"fill",
      "transaction_time":"2026-10-08T15:10:18.097Z"})",
                                decode_activity)
                            .value();
  EXPECT_EQ(fill.id, "20261008111018097::6a");
  EXPECT_EQ(side_of(fill.side), Side::kSell);
  EXPECT_EQ(fill.transaction_time, Instant::parse("2026-10-08T15:10:18.097Z").value());
  const Activity fee = decoded(R"({"activity_type":"FEE","activity_sub_type":"TAF","id":"1::2",
      "date":"2026-10-09","net_amount":"-0.02","status":"executed"})",
                               decode_activity)
                           .value();
  EXPECT_EQ(fee.net_amount->text(), "-0.02");
  EXPECT_EQ(fee.sub_type, "TAF");
  EXPECT_FALSE(fee.transaction_time);
}

TEST(DecodePortfolioHistoryTest, KeepsGapsAndCashFlows) {
  const PortfolioHistory history =
      decoded(R"({"timestamp":[1697760000,1697846400],"equity":[100.5,null],"profit_loss":[0,1.25],
      "profit_loss_pct":[null,0.002],"base_value":100.5,"base_value_asof":"2023-10-20",
      "timeframe":"1D","cashflow":{"DIV":[0,1.5],"MOON":[1,2]}})",
              decode_portfolio_history)
          .value();
  EXPECT_EQ(history.timestamp[0], Instant::parse("2023-10-20T00:00:00Z").value());
  EXPECT_EQ(history.equity[0], Money::parse("100.5").value());
  EXPECT_FALSE(history.equity[1]);
  EXPECT_EQ(history.profit_loss_pct[1], Ratio::parse("0.002").value());
  EXPECT_EQ(history.cashflow.at("DIV")[1], Money::parse("1.5").value());
}

TEST(DecodeReferenceTest, ReadsClockCalendarAndAsset) {
  const MarketClock clock = decoded(read_testdata(SB_TESTDATA, "clock.json"), decode_clock).value();
  EXPECT_TRUE(clock.is_open);
  EXPECT_EQ(clock.timestamp, Instant::parse("2025-06-24T18:15:22Z").value());
  EXPECT_EQ(clock.next_open, Instant::parse("2025-06-25T13:30:00Z").value());
  const CalendarDay day = decoded(R"({"date":"2025-11-28","open":"09:30","close":"13:00",
      "session_open":"0400","session_close":"1700","settlement_date":"2025-12-01"})",
                                  decode_calendar_day)
                              .value();
  EXPECT_EQ(day.open, 570);
  EXPECT_EQ(day.close, 780);
  EXPECT_EQ(day.session_close, 1020);
  const Asset asset = decoded(R"({"id":"b0b6","class":"us_equity","exchange":"NYSE",
      "symbol":"BRK.B","status":"active","tradable":true,"fractionable":true,"shortable":true,
      "easy_to_borrow":true,"borrow_status":"hard_to_borrow","attributes":["has_options"],
      "maintenance_margin_requirement":30})",
                              decode_asset)
                          .value();
  EXPECT_FALSE(asset.easy_to_borrow);  // the newer field decides
  EXPECT_EQ(asset.attributes, std::vector<std::string>{"has_options"});
}

TEST(DecodeReferenceTest, AClockThatDoesNotSayIsNone) {
  EXPECT_FALSE(decoded("{}", decode_clock).ok());
  EXPECT_FALSE(decoded(R"({"timestamp":"2025-06-24T14:15:22-04:00","next_open":
      "2025-06-25T09:30:00-04:00","next_close":"2025-06-24T16:00:00-04:00"})",
                       decode_clock)
                   .ok());
  for (const char* close : {"09:30", "9:61", "25:00", "noon"}) {
    const std::string body =
        std::string(R"({"date":"2025-01-02","open":"09:30","close":")") + close + "\"}";
    EXPECT_FALSE(decoded(body, decode_calendar_day).ok()) << close;
  }
}

TEST(DecodeReferenceTest, ReadsEveryKindOfCorporateAction) {
  const auto actions =
      decoded(read_testdata(SB_TESTDATA, "corporate_actions.json"), decode_corporate_actions);
  ASSERT_TRUE(actions.ok()) << actions.error().message;
  ASSERT_EQ(actions.value().size(), 10U);
  const CorporateAction& dividend = actions.value()[0];
  EXPECT_EQ(dividend.kind, "cash_dividends");
  EXPECT_EQ(dividend.symbol, "FCF");
  EXPECT_EQ(dividend.cash, Price::parse("0.125").value());
  EXPECT_EQ(dividend.ex_date, TradeDate::parse("2023-05-04").value());
  const CorporateAction& split = actions.value()[2];
  EXPECT_EQ(split.symbol, "MNTS");
  EXPECT_EQ(split.old_rate, Ratio::whole(50));
  EXPECT_EQ(actions.value()[5].cash, Price::parse("7.8").value());
  EXPECT_EQ(actions.value()[5].new_symbol, "FRBA");
}

TEST(DecodeMarketTest, ReadsSnapshotsWithEveryDigit) {
  const formats::JsonDocument document =
      parse_body(read_testdata(SB_TESTDATA, "snapshots.json"), "s").value();
  const auto snapshots = decode_by_symbol(document.root(), decode_snapshot).value();
  ASSERT_EQ(snapshots.size(), 2U);
  const Snapshot& aapl = snapshots.at("AAPL");
  EXPECT_EQ(aapl.latest_trade->price.text(), "172.61");
  EXPECT_EQ(aapl.latest_quote->bid.text(), "172.6");
  EXPECT_EQ(aapl.latest_quote->ask_size, Quantity::whole(5));
  EXPECT_EQ(aapl.daily_bar->low.text(), "171.6618");
  EXPECT_EQ(aapl.prev_daily_bar->volume, 54091719);
  EXPECT_EQ(aapl.daily_bar->vwap->text(), "172.743391");
}

TEST(DecodeMarketTest, APartOfASnapshotMayBeMissing) {
  const Snapshot snapshot =
      decoded(R"({"latestTrade":null,"latestQuote":{"t":"2026-01-02T15:00:00Z","ap":0,"bp":1.5}})",
              decode_snapshot)
          .value();
  EXPECT_FALSE(snapshot.latest_trade || snapshot.daily_bar);
  EXPECT_TRUE(snapshot.latest_quote->ask.is_zero());
}

RC_GTEST_PROP(OrderJsonProperty, AmountsComeBackAsTheyWereSent, ()) {
  const Quantity shares =
      Quantity::from_raw(*rc::gen::inRange<std::int64_t>(1, 1'000'000'000'000'000'000));
  const Price limit = Price::from_raw(*rc::gen::inRange<std::int64_t>(1, 100'000'000'000'000'000));
  const std::string body = order_json({.client_order_id = ClientOrderId("a"),
                                       .symbol = "BRK.B",
                                       .side = Side::kSell,
                                       .amount = shares,
                                       .type = "limit",
                                       .limit_price = limit});
  const formats::JsonDocument document = parse_body(body, "request").value();
  const auto text_of = [&](const char* key) {
    return document.root().member(key).value().string().value();
  };
  RC_ASSERT(Quantity::parse(text_of("qty")).value() == shares);
  RC_ASSERT(Price::parse(text_of("limit_price")).value() == limit);
  RC_ASSERT(text_of("qty").find('e') == std::string_view::npos);
}

TEST(OrderJsonTest, WritesEveryKindOfOrder) {
  EXPECT_EQ(order_json({.client_order_id = ClientOrderId("id-1"),
                        .symbol = "SPY",
                        .side = Side::kBuy,
                        .amount = Money::parse("100.25").value()}),
            R"({"symbol":"SPY","notional":"100.25","side":"buy","type":"market",)"
            R"("time_in_force":"day","client_order_id":"id-1"})");
  EXPECT_EQ(order_json({.client_order_id = ClientOrderId("id-2"),
                        .symbol = "SPY",
                        .side = Side::kBuy,
                        .amount = Quantity::whole(3),
                        .type = "limit",
                        .time_in_force = "gtc",
                        .limit_price = Price::parse("10.25").value(),
                        .extended_hours = true,
                        .order_class = "bracket",
                        .take_profit = TakeProfit{Price::whole(12)},
                        .stop_loss = StopLoss{Price::whole(9), Price::parse("8.5").value()}}),
            R"({"symbol":"SPY","qty":"3","side":"buy","type":"limit","time_in_force":"gtc",)"
            R"("limit_price":"10.25","extended_hours":true,"client_order_id":"id-2",)"
            R"("order_class":"bracket","take_profit":{"limit_price":"12"},)"
            R"("stop_loss":{"stop_price":"9","limit_price":"8.5"}})");
}

struct StateCase {
  const char* status;
  const char* filled;
  OrderState state;
};

TEST(OrderStateTest, FollowsStatusAndFills) {
  for (const StateCase& c : std::vector<StateCase>{{"pending_new", "0", OrderState::kLive},
                                                   {"accepted", "0", OrderState::kLive},
                                                   {"new", "0", OrderState::kLive},
                                                   {"partially_filled", "1", OrderState::kLive},
                                                   {"held", "0", OrderState::kLive},
                                                   {"pending_cancel", "1", OrderState::kCancelling},
                                                   {"pending_replace", "0", OrderState::kLive},
                                                   {"done_for_day", "1", OrderState::kLive},
                                                   {"calculated", "1", OrderState::kLive},
                                                   {"suspended", "0", OrderState::kLive},
                                                   {"stopped", "0", OrderState::kLive},
                                                   {"a_new_word", "2", OrderState::kLive},
                                                   {"filled", "2", OrderState::kFilled},
                                                   {"canceled", "0", OrderState::kCanceled},
                                                   {"canceled", "1", OrderState::kPartial},
                                                   {"canceled", "2", OrderState::kFilled},
                                                   {"expired", "0", OrderState::kExpired},
                                                   {"expired", "0.5", OrderState::kPartial},
                                                   {"rejected", "0", OrderState::kRejected},
                                                   {"replaced", "1", OrderState::kQuarantined},
                                                   {"filled", "3", OrderState::kQuarantined},
                                                   {"new", "-1", OrderState::kQuarantined}}) {
    const Order order = order_of({{"status", "\"" + std::string(c.status) + "\""},
                                  {"filled_qty", "\"" + std::string(c.filled) + "\""}});
    EXPECT_EQ(state_of(order), c.state) << c.status << " with " << c.filled;
    const OrderEvent event = event_of(order, Price::whole(1), Instant::from_micros(0));
    EXPECT_EQ(event.state, c.state);
    EXPECT_EQ(!event.error.empty(),
              c.state == OrderState::kQuarantined || c.state == OrderState::kRejected);
  }
}

}  // namespace
}  // namespace signalbus::alpaca
