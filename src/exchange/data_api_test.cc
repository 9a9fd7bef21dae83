// Goal: market data has Alpaca's shapes, pages to its end, and never shows the future.
#include "exchange/testing.h"

namespace signalbus::exchange {
namespace {

constexpr const char* kHistory =
    "date,symbol,close,open,high,low,volume\n"
    "2020-12-30,AAPL,100,99,102,98,1000\n"
    "2020-12-31,AAPL,104,100,105,99,2000\n"
    "2021-01-04,AAPL,52,51,60,50,8000\n"
    "2021-01-05,AAPL,55,52,56,51,4000\n"
    "2020-12-31,MSFT,200,199,201,198,100\n"
    "2021-01-04,MSFT,210,200,211,199,200\n";

VenueInputs history_inputs() {
  VenueInputs inputs{.prices = prices_of(kHistory)};
  inputs.actions.push_back({Symbol::parse("AAPL").value(), TradeDate::parse("2021-01-04").value(),
                            true, 2, 1, Price::zero()});
  inputs.actions.push_back({Symbol::parse("MSFT").value(), TradeDate::parse("2021-01-05").value(),
                            false, 1, 1, Price::whole(1)});
  return inputs;
}

class DataApiTest : public ::testing::Test {
 protected:
  static VenueSettings settings() {
    VenueSettings settings;
    settings.requests_per_minute.reset();
    settings.clock = {.kind = ClockKind::kSimulated, .start = monday_ten(), .speed = 0};
    return settings;
  }
  Desk desk_{settings(), history_inputs()};
};

TEST_F(DataApiTest, GivesDailyBarsStampedAtNewYorksMidnight) {
  const Json bars =
      desk_.get("/v2/stocks/bars?symbols=AAPL,MSFT&timeframe=1Day&start=2020-12-30&end=2021-01-04");
  ASSERT_EQ(bars.size("bars.AAPL"), 3u);
  ASSERT_EQ(bars.size("bars.MSFT"), 2u);
  expect_shape(*bars.find("bars.AAPL.0"), "bar.shape");
  EXPECT_EQ(bars.at("bars.AAPL.0.t"), "2020-12-30T05:00:00Z");
  EXPECT_EQ(bars.at("bars.AAPL.0.o"), "99");
  EXPECT_EQ(bars.at("bars.AAPL.0.h"), "102");
  EXPECT_EQ(bars.at("next_page_token"), "null");
}

TEST_F(DataApiTest, ShowsOfTheRunningDayOnlyThePriceOfTheMoment) {
  const Json bars =
      desk_.get("/v2/stocks/AAPL/bars?timeframe=1Day&start=2021-01-04&end=2021-01-08");
  ASSERT_EQ(bars.size("bars"), 1u);
  EXPECT_EQ(bars.at("bars.0.h"), "52");  // the file's 60 has not happened yet
  EXPECT_EQ(bars.at("bars.0.v"), "0");
  desk_.admin("clock", R"({"advance":"6h"})");
  EXPECT_EQ(desk_.get("/v2/stocks/AAPL/bars?timeframe=1Day&start=2021-01-04").at("bars.0.h"), "60");
}

TEST_F(DataApiTest, PagesOverSymbolsAndTime) {
  std::vector<std::string> seen;
  std::string token;
  int pages = 0;
  do {
    const Json page = desk_.get(
        "/v2/stocks/bars?symbols=MSFT%2CAAPL&timeframe=1Day&start=2020-12-30&limit=2&page_token=" +
        token);
    for (const char* symbol : {"AAPL", "MSFT"}) {
      for (std::size_t row = 0; row < page.size(std::string("bars.") + symbol); ++row) {
        seen.push_back(symbol +
                       page.at(std::string("bars.") + symbol + "." + std::to_string(row) + ".t"));
      }
    }
    token = page.at("next_page_token");
    ++pages;
  } while (token != "null" && pages < 10);
  EXPECT_EQ(pages, 3);
  const std::vector<std::string> expected = {"AAPL2020-12-30T05:00:00Z", "AAPL2020-12-31T05:00:00Z",
                                             "AAPL2021-01-04T05:00:00Z", "MSFT2020-12-31T05:00:00Z",
                                             "MSFT2021-01-04T05:00:00Z"};
  EXPECT_EQ(seen, expected);
}

TEST_F(DataApiTest, SortsDescendingThroughPagesToo) {
  const std::string path =
      "/v2/stocks/AAPL/bars?timeframe=1Day&start=2020-12-30&sort=desc&limit=2&page_token=";
  const Json first = desk_.get(path);
  EXPECT_EQ(first.at("bars.0.t"), "2021-01-04T05:00:00Z");
  const Json second = desk_.get(path + first.at("next_page_token"));
  ASSERT_EQ(second.size("bars"), 1u);
  EXPECT_EQ(second.at("bars.0.t"), "2020-12-30T05:00:00Z");
  EXPECT_EQ(second.at("next_page_token"), "null");
}

TEST_F(DataApiTest, AdjustsForSplitsWhenAsked) {
  const std::string path = "/v2/stocks/AAPL/bars?timeframe=1Day&start=2020-12-31&adjustment=";
  EXPECT_EQ(desk_.get(path + "raw").at("bars.0.c"), "104");
  EXPECT_EQ(desk_.get(path + "split").at("bars.0.c"), "52");
  EXPECT_EQ(desk_.get(path + "all").at("bars.0.v"), "4000");
}

TEST_F(DataApiTest, MergesWeeksAndMonths) {
  const Json week = desk_.get("/v2/stocks/AAPL/bars?timeframe=1Week&start=2020-12-28");
  ASSERT_EQ(week.size("bars"), 2u);
  EXPECT_EQ(week.at("bars.0.t"), "2020-12-28T05:00:00Z");
  EXPECT_EQ(week.at("bars.0.o"), "99");
  EXPECT_EQ(week.at("bars.0.h"), "105");
  EXPECT_EQ(week.at("bars.0.l"), "98");
  EXPECT_EQ(week.at("bars.0.c"), "104");
  EXPECT_EQ(week.at("bars.0.v"), "3000");
  const Json month = desk_.get("/v2/stocks/AAPL/bars?timeframe=1Month&start=2020-12-01");
  ASSERT_EQ(month.size("bars"), 2u);
  EXPECT_EQ(month.at("bars.1.t"), "2021-01-01T05:00:00Z");
}

TEST_F(DataApiTest, GivesMinuteBarsOfTheSession) {
  const Json bars = desk_.get(
      "/v2/stocks/AAPL/bars?timeframe=5Min&start=2020-12-31T14:30:00Z&end=2020-12-31T21:30:00Z");
  ASSERT_EQ(bars.size("bars"), 78u);
  EXPECT_EQ(bars.at("bars.0.t"), "2020-12-31T14:30:00Z");
  EXPECT_EQ(bars.at("bars.77.t"), "2020-12-31T20:55:00Z");
  EXPECT_EQ(bars.at("bars.0.c"), "104");
}

TEST_F(DataApiTest, LeavesUnknownSymbolsOut) {
  EXPECT_EQ(desk_.call("GET", "/v2/stocks/bars?symbols=NOBODY&timeframe=1Day").body,
            R"({"bars":{},"next_page_token":null})");
  EXPECT_EQ(desk_.call("GET", "/v2/stocks/trades/latest?symbols=NOBODY").body, R"({"trades":{}})");
  EXPECT_EQ(desk_.call("GET", "/v2/stocks/snapshots?symbols=NOBODY").body, "{}");
}

TEST_F(DataApiTest, RefusesWith400AndACode) {
  for (const char* query :
       {"symbols=AAPL&timeframe=2Day", "timeframe=1Day", "symbols=AAPL&timeframe=1Day&limit=10001",
        "symbols=aapl&timeframe=1Day", "symbols=AAPL&timeframe=1Day&feed=all",
        "symbols=AAPL&timeframe=1Day&page_token=x",
        "symbols=AAPL&timeframe=1Day&start=2021-01-05&end=2021-01-04"}) {
    const net::HttpResponse answer = desk_.call("GET", std::string("/v2/stocks/bars?") + query);
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_NE(Json(answer.body).at("code"), "(absent)") << query;
  }
}

TEST_F(DataApiTest, GivesLatestTradeQuoteAndBar) {
  const Json trade = desk_.get("/v2/stocks/AAPL/trades/latest?feed=iex");
  EXPECT_EQ(trade.at("symbol"), "AAPL");
  EXPECT_EQ(trade.at("trade.p"), "52");
  EXPECT_EQ(trade.at("trade.t"), "2021-01-04T15:00:00Z");
  const Json quotes = desk_.get("/v2/stocks/quotes/latest?symbols=AAPL,MSFT");
  EXPECT_EQ(quotes.at("quotes.MSFT.ap"), "210");
  EXPECT_EQ(quotes.at("quotes.MSFT.bp"), "210");
  expect_shape(*desk_.get("/v2/stocks/bars/latest?symbols=AAPL").find("bars.AAPL"), "bar.shape");
  EXPECT_EQ(desk_.call("GET", "/v2/stocks/NOBODY/trades/latest").status, 404);
}

TEST_F(DataApiTest, SnapshotsHaveNoWrapper) {
  const Json many = desk_.get("/v2/stocks/snapshots?symbols=AAPL,MSFT");
  EXPECT_EQ(many.at("AAPL.latestTrade.p"), "52");
  EXPECT_EQ(many.at("AAPL.prevDailyBar.c"), "104");
  const Json one = desk_.get("/v2/stocks/AAPL/snapshot");
  EXPECT_EQ(one.at("symbol"), "AAPL");
  EXPECT_EQ(one.at("dailyBar.c"), "52");
}

TEST_F(DataApiTest, GivesHistoricalTradesQuotesAndAuctions) {
  EXPECT_EQ(desk_.get("/v2/stocks/trades?symbols=AAPL&start=2020-12-31").at("trades.AAPL.0.t"),
            "2020-12-31T14:30:00Z");
  EXPECT_EQ(desk_.get("/v2/stocks/AAPL/quotes?start=2020-12-31").at("quotes.0.ap"), "104");
  EXPECT_EQ(
      desk_.get("/v2/stocks/auctions?symbols=AAPL&start=2020-12-31").at("auctions.AAPL.0.c.0.p"),
      "104");
}

TEST_F(DataApiTest, NamesCorporateActionsOnceTheyHappened) {
  const Json actions = desk_.get("/v1/corporate-actions?symbols=AAPL,MSFT&start=2021-01-01");
  EXPECT_EQ(actions.at("corporate_actions.forward_splits.0.new_rate"), "2");
  EXPECT_EQ(actions.at("corporate_actions.cash_dividends"), "(absent)");  // tomorrow's
  EXPECT_EQ(desk_.call("GET", "/v1/corporate-actions?symbols=NOBODY").body,
            R"({"corporate_actions":{},"next_page_token":null})");
  const Json list = desk_.get(
      "/v2/corporate_actions/announcements?ca_types=Split&since=2021-01-01&until=2021-02-01");
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(desk_.get("/v2/corporate_actions/announcements/" + list.at("0.id")).at("new_rate"),
            "2");
  EXPECT_EQ(desk_.call("GET", "/v2/corporate_actions/announcements?ca_types=Split").status, 422);
}

TEST_F(DataApiTest, HoldsPositionsThroughASplitAndADividend) {
  VenueSettings start = settings();
  start.clock.start = Instant::parse("2020-12-31T15:00:00Z").value();
  Desk desk(start, history_inputs());
  desk.admin("positions", R"({"positions":{"K1":{"AAPL":{"qty":"10"},"MSFT":{"qty":"4"}}}})");
  EXPECT_EQ(desk.get("/v2/positions/AAPL").at("current_price"), "104");
  desk.admin("clock", R"({"advance":"1session"})");
  EXPECT_EQ(desk.get("/v2/positions/AAPL").at("qty"), "20");
  EXPECT_EQ(desk.get("/v2/positions/AAPL").at("current_price"), "52");
  desk.admin("clock", R"({"advance":"1session"})");
  EXPECT_EQ(desk.get("/v2/account").at("cash"), "100004");
  EXPECT_EQ(desk.get("/v2/account/activities/DIV").at("0.per_share_amount"), "1");
}

}  // namespace
}  // namespace signalbus::exchange
