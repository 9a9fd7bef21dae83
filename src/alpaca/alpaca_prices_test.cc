// Goal: a price is traded on only when it is one: fresh, two-sided, narrow, or a fresh trade.
// Method: quotes by hand at and beyond each limit; a scripted service for batches and feeds.
#include "alpaca/alpaca_prices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alpaca/testing.h"
#include "storage/system_clock.h"

namespace signalbus::alpaca {
namespace {

using ::testing::HasSubstr;
using testing::Service;

const Instant kNow = Instant::parse("2026-09-28T15:00:00Z").value();
const Symbol kAapl = Symbol::parse("AAPL").value();

struct QuoteCase {
  const char* bid;
  const char* ask;
  int age;
  const char* problem;
};

TEST(QuoteProblemTest, NamesEveryKindOfInsanity) {
  for (const QuoteCase& c :
       {QuoteCase{"100", "100.1", 0, ""}, QuoteCase{"100", "100", 60, ""},
        QuoteCase{"99.5", "100.5", 0, ""}, QuoteCase{"99.49", "100.5", 0, "wider than 100 bps"},
        QuoteCase{"0", "100", 0, "one-sided"}, QuoteCase{"100", "0", 0, "one-sided"},
        QuoteCase{"0", "0", 0, "empty"}, QuoteCase{"-1", "100", 0, "one-sided"},
        QuoteCase{"100.1", "100", 0, "crossed"}, QuoteCase{"100", "100.1", 61, "61 s old"}}) {
    const Quote quote{kNow.plus_seconds(-c.age), Price::parse(c.bid).value(),
                      Price::parse(c.ask).value(), std::nullopt, std::nullopt};
    const std::string problem = quote_problem(quote, kNow, {});
    if (*c.problem == '\0') {
      EXPECT_EQ(problem, "") << c.bid << " " << c.ask;
    } else {
      EXPECT_THAT(problem, HasSubstr(c.problem));
      EXPECT_THAT(problem, HasSubstr(std::string("bid ") + Price::parse(c.bid).value().text()));
    }
  }
}

Snapshot snapshot_of(std::optional<Quote> quote, std::optional<Trade> trade) {
  Snapshot out;
  out.latest_quote = quote;
  out.latest_trade = std::move(trade);
  out.daily_bar = Bar{kNow, Price::whole(1), Price::whole(1), Price::whole(1), Price::whole(1)};
  return out;
}

Quote quote_of(const char* bid, const char* ask) {
  return {kNow.plus_seconds(-3), Price::parse(bid).value(), Price::parse(ask).value()};
}

Trade trade_of(const char* price, int age) {
  return {kNow.plus_seconds(-age), Price::parse(price).value(), std::nullopt, ""};
}

TEST(ChoosePriceTest, TakesTheMiddleOfASaneQuoteWithItsTime) {
  const auto chosen =
      choose_price(kAapl, snapshot_of(quote_of("10.01", "10.02"), trade_of("9", 1)), kNow, {});
  const PricePoint& point = std::get<PricePoint>(chosen);
  EXPECT_EQ(point.price.text(), "10.015");
  EXPECT_EQ(point.asof, kNow.plus_seconds(-3));
}

TEST(ChoosePriceTest, FallsBackToAFreshTrade) {
  const auto chosen =
      choose_price(kAapl, snapshot_of(quote_of("0", "10.02"), trade_of("9", 900)), kNow, {});
  EXPECT_EQ(std::get<PricePoint>(chosen).price, Price::whole(9));
  EXPECT_EQ(std::get<PricePoint>(chosen).asof, kNow.plus_seconds(-900));
}

TEST(ChoosePriceTest, NeverFallsBackToADailyClose) {
  const auto stale =
      choose_price(kAapl, snapshot_of(quote_of("0", "10.02"), trade_of("9", 5'400)), kNow, {});
  EXPECT_EQ(std::get<NoPrice>(stale).words,
            "quote is one-sided (bid 0, ask 10.02); latest trade is 5,400 s old, at most 900 s are "
            "allowed");
  const auto none = choose_price(kAapl, snapshot_of(std::nullopt, std::nullopt), kNow, {});
  EXPECT_EQ(std::get<NoPrice>(none).words, "there is no quote; there is no latest trade");
  const auto zero = choose_price(kAapl, snapshot_of(std::nullopt, trade_of("0", 1)), kNow, {});
  EXPECT_THAT(std::get<NoPrice>(zero).words, HasSubstr("latest trade has the price 0"));
}

struct AlpacaPricesTest : ::testing::Test {
  Service service;
  DataApi api{service.channel, "iex"};
};

TEST_F(AlpacaPricesTest, GivesPricesAndReasons) {
  service.sender.then(200, R"({
      "AAPL":{"latestQuote":{"t":"2026-09-28T14:59:50Z","ap":200.1,"bp":200}},
      "MSFT":{"latestQuote":{"t":"2026-09-28T14:59:50Z","ap":0,"bp":500}}})");
  const std::vector<Symbol> symbols = {Symbol::parse("MSFT").value(), kAapl,
                                       Symbol::parse("GONE").value()};
  AlpacaPrices prices(api, service.clock, PriceSource::kSnapshot, {});
  const PriceBook book = prices.prices(symbols).value();
  ASSERT_EQ(book.points.size(), 1U);
  EXPECT_EQ(book.find(kAapl)->price.text(), "200.05");
  ASSERT_EQ(book.bad.size(), 1U);
  EXPECT_THAT(book.bad[0].words, HasSubstr("(feed iex)"));
  EXPECT_EQ(service.sender.requests[0].target,
            "/v2/stocks/snapshots?symbols=AAPL%2CGONE%2CMSFT&feed=iex");
}

TEST_F(AlpacaPricesTest, AsksForTradesOnlyWhereTheQuoteIsNoGood) {
  service.sender
      .then(200, R"({"quotes":{"AAPL":{"t":"2026-09-28T14:59:50Z","ap":200.1,"bp":200},
                               "MSFT":{"t":"2026-09-28T14:59:50Z","ap":0,"bp":0}}})")
      .then(200, R"({"trades":{"MSFT":{"t":"2026-09-28T14:59:50Z","p":500.5,"s":1}}})");
  const std::vector<Symbol> symbols = {kAapl, Symbol::parse("MSFT").value()};
  AlpacaPrices prices(api, service.clock, PriceSource::kLatest, {});
  const PriceBook book = prices.prices(symbols).value();
  EXPECT_EQ(book.find(symbols[1])->price.text(), "500.5");
  EXPECT_EQ(service.sender.requests[1].target, "/v2/stocks/trades/latest?symbols=MSFT&feed=iex");
}

TEST_F(AlpacaPricesTest, AsksForAtMostAHundredSymbolsAtOnce) {
  service.sender.then(200, "{}");
  std::vector<std::string> symbols;
  for (int i = 0; i < 250; ++i) symbols.push_back("S" + std::to_string(i));
  ASSERT_TRUE(api.snapshots(symbols).ok());
  EXPECT_EQ(service.sender.requests.size(), 3U);
}

TEST_F(AlpacaPricesTest, OneUnreadableSymbolDoesNotSpoilTheBatch) {
  service.sender.asks([](const net::HttpRequest& request) -> Result<net::HttpResponse> {
    if (request.target.find("BAD") != std::string::npos) {
      return net::HttpResponse{400, {}, R"({"message":"invalid symbol: BAD"})"};
    }
    std::string body;
    const auto fields = net::parse_query(net::split_target(request.target).query).value();
    for (const net::Field& field : fields) {
      if (field.name == "symbols") body = "{\"" + field.value.substr(0, 2) + "\":{}}";
    }
    return net::HttpResponse{200, {}, body};
  });
  const auto found = api.snapshots(std::vector<std::string>{"S0", "S1", "BAD", "S3"});
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found.value().count("S0"), 1U);
  EXPECT_EQ(found.value().count("S3"), 1U);
  EXPECT_EQ(found.value().count("BAD"), 0U);
}

TEST_F(AlpacaPricesTest, AFeedThatIsNotPaidForIsARefusal) {
  service.sender.then(403, R"({"code":42210000,
      "message":"subscription does not permit querying recent SIP data"})");
  AlpacaPrices prices(api, service.clock, PriceSource::kSnapshot, {});
  const auto refused = prices.prices(std::vector<Symbol>{kAapl});
  EXPECT_EQ(refused.error().code, ErrorCode::kBrokerRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("prices (feed iex): GET /v2/stocks/snapshots"));
}

TEST_F(AlpacaPricesTest, PutsBarsOfAllPagesTogether) {
  const std::string bar = R"({"t":"2026-01-02T05:00:00Z","o":1,"h":2,"l":0.5,"c":1.0001,"v":7})";
  service.sender.then(200, R"({"bars":{"A":[)" + bar + R"(]},"next_page_token":"tok="})")
      .then(200, R"({"bars":{"A":[)" + bar + "],\"B\":[" + bar + R"(]},"next_page_token":null})");
  const auto bars = api.bars({.symbols = {"A", "B"}, .start = kNow});
  ASSERT_TRUE(bars.ok()) << bars.error().message;
  EXPECT_EQ(bars.value().at("A").size(), 2U);
  EXPECT_EQ(bars.value().at("B")[0].close.text(), "1.0001");
  EXPECT_THAT(service.sender.requests[1].target, HasSubstr("page_token=tok%3D"));
  service.sender.answers.clear();
  service.sender.then(200, R"({"bars":{},"next_page_token":"same"})");
  EXPECT_FALSE(api.bars({.symbols = {"A"}, .start = kNow}).ok());
}

TEST_F(AlpacaPricesTest, HistoryIsTheLastCloseAndTheMeanVolume) {
  const auto bar = [](int day, int close, int volume) {
    return R"({"t":"2026-09-)" + std::to_string(day) + R"(T04:00:00Z","o":1,"h":2,"l":0.5,"c":)" +
           std::to_string(close) + R"(,"v":)" + std::to_string(volume) + "}";
  };
  service.sender.then(200, R"({"bars":{"AAPL":[)" + bar(24, 9, 100) + "," + bar(25, 11, 300) +
                               R"(]},"next_page_token":null})");
  storage::FixedClock clock(kNow);
  AlpacaPrices prices(api, clock, PriceSource::kSnapshot, {});
  const std::vector<Symbol> symbols = {kAapl, Symbol::parse("NEW").value()};
  const auto history = prices.daily_history(symbols, TradeDate::parse("2026-09-28").value());
  ASSERT_TRUE(history.ok()) << history.error().message;
  ASSERT_EQ(history.value().size(), 1U);  // what has no bars has no history
  EXPECT_EQ(history.value()[0].previous_close, Price::whole(11));
  EXPECT_EQ(history.value()[0].average_volume, Quantity::whole(200));
  EXPECT_THAT(service.sender.requests[0].target, HasSubstr("adjustment=raw"));
  EXPECT_THAT(service.sender.requests[0].target, HasSubstr("end=2026-09-28T00%3A00%3A00Z"));
}

TEST_F(AlpacaPricesTest, ReadsCorporateActionsByPages) {
  service.sender.then(200, testing::read_testdata(SB_TESTDATA, "corporate_actions.json"));
  const auto actions = api.corporate_actions({.symbols = {},
                                              .first = TradeDate::parse("2023-01-01").value(),
                                              .last = TradeDate::parse("2023-12-31").value()});
  ASSERT_TRUE(actions.ok()) << actions.error().message;
  EXPECT_EQ(actions.value().size(), 10U);
  EXPECT_EQ(service.sender.requests[0].target,
            "/v1/corporate-actions?start=2023-01-01&end=2023-12-31&limit=1000&sort=asc");
}

}  // namespace
}  // namespace signalbus::alpaca
