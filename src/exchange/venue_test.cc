// Goal: prices, clock, files and fees of a venue; and that a restart gives the same exchange back.
#include "exchange/venue.h"

#include "exchange/admin_ledger.h"
#include "exchange/testing.h"

namespace signalbus::exchange {
namespace {

template <class Loader>
std::string problem_of(const std::string& text, Loader loader) {
  testing::MemoryFiles files;
  files.contents["f.csv"] = text;
  const auto result = loader(files, "f.csv");
  return result.ok() ? "" : result.error().message;
}

VenueSettings simulated(const char* start, std::int64_t speed = 0) {
  VenueSettings settings;
  settings.requests_per_minute.reset();
  settings.clock = {
      .kind = ClockKind::kSimulated, .start = Instant::parse(start).value(), .speed = speed};
  return settings;
}

TEST(SettingsTest, ReadsClocks) {
  EXPECT_EQ(parse_clock("open").value().kind, ClockKind::kOpen);
  EXPECT_EQ(parse_clock("wall").value().kind, ClockKind::kWall);
  const ClockSpec spec = parse_clock("2021-01-04@600").value();
  EXPECT_EQ(spec.start.rfc3339(), "2021-01-04T14:30:00Z");
  EXPECT_EQ(spec.speed, 600);
  EXPECT_EQ(parse_clock("2021-01-04").value().speed, 1);
  for (const char* text : {"", "closed", "2021-01-04@", "2021-01-04@-1", "2021-01-04@fast",
                           "2021-13-04", "1980-01-04", "2040-01-04"}) {
    EXPECT_FALSE(parse_clock(text).ok()) << text;
  }
}

TEST(SettingsTest, ReadsRatesAndDurations) {
  EXPECT_FALSE(parse_rate("off").value().has_value());
  EXPECT_EQ(*parse_rate("200").value(), 200u);
  EXPECT_FALSE(parse_rate("0").ok());
  EXPECT_FALSE(parse_rate("many").ok());
  EXPECT_EQ(parse_duration("90s").value(), 90);
  EXPECT_EQ(parse_duration("15m").value(), 900);
  EXPECT_EQ(parse_duration("24h").value(), 86'400);
  EXPECT_EQ(parse_duration("1d").value(), 86'400);
  for (const char* text : {"", "s", "1", "-1s", "0s", "1w", "99999999999d"}) {
    EXPECT_FALSE(parse_duration(text).ok()) << text;
  }
}

TEST(PriceTableTest, ReadsStaticWideAndLongTables) {
  const PriceTable flat = prices_of(kStaticPrices);
  EXPECT_FALSE(flat.is_daily());
  EXPECT_EQ(flat.symbols().size(), 4u);
  EXPECT_EQ(flat.close_until(0, TradeDate::from_days(0))->text(), "200.25");

  const PriceTable wide = prices_of("date,B,A\n2021-01-04,2,1\n2021-01-05,,1.5\n");
  EXPECT_TRUE(wide.is_daily());
  const TradeDate fifth = TradeDate::parse("2021-01-05").value();
  EXPECT_EQ(wide.close_until(0, fifth)->text(), "1.5");
  EXPECT_EQ(wide.close_until(1, fifth)->text(), "2");  // the last one there was
  EXPECT_FALSE(wide.bar(1, fifth).has_value());
  EXPECT_FALSE(wide.close_until(0, TradeDate::parse("2021-01-03").value()).has_value());

  const PriceTable tall = prices_of("date,symbol,close,high\n2021-01-05,A,5,7\n2021-01-04,A,4,\n");
  EXPECT_EQ(tall.bar(0, fifth)->high.text(), "7");
  EXPECT_EQ(tall.bar(0, fifth)->low.text(), "5");
}

TEST(PriceTableTest, RefusesWithFileLineAndColumn) {
  const auto load = [](Files& files, const std::string& path) {
    return PriceTable::load(files, path);
  };
  EXPECT_EQ(problem_of("symbol,price\nA,1\nB,x\n", load).substr(0, 15), "f.csv:3: price:");
  EXPECT_EQ(problem_of("symbol,price\nA,1\nA,2\n", load),
            "f.csv:3: symbol: second price of A, the first is in line 2");
  for (const char* text :
       {"symbol,price\n", "a,b\n1,2\n", "date,lower\n2021-01-04,1\n", "symbol,price\nA,0\n",
        "date,A\nyesterday,1\n", "date,symbol\n2021-01-04,A\n"}) {
    EXPECT_NE(problem_of(text, load), "") << text;
  }
}

TEST(VenueFilesTest, ReadsAssetsActionsFeesAndKeys) {
  testing::MemoryFiles files;
  files.contents["a.csv"] = "symbol,exchange,status,shortable\nA,NYSE,inactive,FALSE\nB,,,\n";
  const auto assets = load_assets(files, "a.csv").value();
  EXPECT_EQ(assets[0].exchange, "NYSE");
  EXPECT_FALSE(assets[0].active);
  EXPECT_FALSE(assets[0].shortable);
  EXPECT_EQ(assets[1].exchange, "NASDAQ");
  EXPECT_TRUE(assets[1].shortable);

  files.contents["c.csv"] =
      "symbol,ex_date,type,ratio,amount\nB,2021-02-01,dividend,,0.25\nA,2021-01-05,split,0.1,\n";
  const auto actions = load_actions(files, "c.csv").value();
  EXPECT_EQ(actions[0].numerator, 1u);
  EXPECT_EQ(actions[0].denominator, 10u);
  EXPECT_EQ(actions[1].amount.text(), "0.25");

  files.contents["f.csv"] = "fee,side,per_share,of_value,order_max\nTAF,sell,0.000195,,9.79\n";
  EXPECT_FALSE(load_fees(files, "f.csv").value()[0].buys);

  files.contents["k.csv"] = "key,secret\nK,S\r\nL,T,U\n";
  const KeyTable keys = load_keys(files, "k.csv").value();
  EXPECT_EQ(keys.at("K"), "S");
  EXPECT_EQ(keys.at("L"), "T,U");
}

TEST(VenueFilesTest, SaysNoSecretInAnError) {
  const auto load = [](Files& files, const std::string& path) { return load_keys(files, path); };
  EXPECT_EQ(problem_of("TOPSECRET\n", load), "f.csv:1: must be key,secret");
  EXPECT_EQ(problem_of("K,S\nK,T\n", load), "f.csv:2: that key stands in an earlier line already");
}

TEST(VenueTest, ShowsYesterdaysCloseUntilTheOpen) {
  Desk desk(simulated("2021-01-04T14:29:00Z"), "date,A\n2020-12-31,10\n2021-01-04,12\n");
  const core::AssetNumber asset = *desk.venue.core().find_asset("A");
  EXPECT_EQ(desk.venue.core().asset(asset).quote.last.text(), "10");
  ASSERT_TRUE(desk.venue.advance_by(60).ok());
  EXPECT_EQ(desk.venue.core().asset(asset).quote.last.text(), "12");
  EXPECT_EQ(desk.venue.core().asset(asset).last_day_price.text(), "10");
}

TEST(VenueTest, RunsAsFastAsItWasTold) {
  Desk desk(simulated("2021-01-04T14:30:00Z", 600), kStaticPrices);
  desk.clock.sleep_until(monday_ten().plus_seconds(6));
  desk.venue.settle();
  EXPECT_EQ(desk.venue.now().rfc3339(), "2021-01-04T15:30:00Z");
}

TEST(VenueTest, OpensTheSpreadInTicks) {
  VenueSettings settings;
  settings.spread_bps = 10;
  Desk desk(settings);
  const Json quote = desk.get("/v2/stocks/AAPL/quotes/latest");
  EXPECT_EQ(quote.at("quote.bp"), "200.14");  // 200.25 less 5 bps is 200.149875
  EXPECT_EQ(quote.at("quote.ap"), "200.36");
}

TEST(VenueTest, WalksByTheSeedWithinTheBound) {
  VenueSettings settings = simulated("2021-01-04T14:30:00Z");
  settings.walk_bps = 20;
  const auto walk = [&](std::uint64_t seed) {
    settings.seed = seed;
    Desk desk(settings);
    std::string path;
    for (int minute = 0; minute < 30; ++minute) {
      const core::AssetNumber asset = *desk.venue.core().find_asset("SPY");
      const Price before = desk.venue.core().asset(asset).quote.last;
      EXPECT_TRUE(desk.venue.advance_by(60).ok());
      const Price after = desk.venue.core().asset(asset).quote.last;
      EXPECT_LE((after - before).abs(), Price::parse("1.01").value());  // 20 bps of 500, a tick
      path += after.text() + " ";
    }
    return path;
  };
  EXPECT_EQ(walk(1), walk(1));
  EXPECT_NE(walk(1), walk(2));
}

TEST(VenueTest, ChargesFeesOnTheNextDayRoundedUpToACent) {
  VenueInputs inputs{.prices = prices_of("date,A\n2020-12-31,10\n2021-01-04,10\n2021-01-05,10\n")};
  inputs.fees.push_back({.name = "TAF",
                         .buys = false,
                         .sells = true,
                         .per_share = Price::parse("0.000195").value(),
                         .of_value = Ratio::zero(),
                         .order_max = std::nullopt});
  Desk desk(simulated("2021-01-04T15:00:00Z"), std::move(inputs));
  desk.admin("positions", R"({"positions":{"K1":{"A":{"qty":"100"}}}})");
  desk.order(R"({"symbol":"A","qty":100,"side":"sell","type":"market","time_in_force":"day"})");
  EXPECT_EQ(desk.get("/v2/account").at("cash"), "101000");
  desk.admin("clock", R"({"advance":"1session"})");
  EXPECT_EQ(desk.get("/v2/account").at("cash"), "100999.98");  // 0.0195 becomes 0.02
  EXPECT_EQ(desk.get("/v2/account/activities/FEE").at("0.net_amount"), "-0.02");
}

/// Lines in memory, as a file would keep them.
class Lines final : public CommandSink {
 public:
  Status append(std::string_view line) override {
    lines.emplace_back(line);
    return Ok{};
  }
  Status sync() override {
    ++syncs;
    return failing ? Status(Error{ErrorCode::kStorage, "disk full"}) : Status(Ok{});
  }
  std::vector<std::string> lines;
  int syncs = 0;
  bool failing = false;
};

/// A Desk that records.
struct RecordedDesk {
  RecordedDesk(Lines& sink, Instant wall, const std::vector<std::string>& before = {})
      : clock(wall),
        venue(simulated("2021-01-04T15:00:00Z"),
              VenueInputs{.prices = prices_of("date,A,B\n2020-12-31,10,20\n2021-01-04,11,21\n"
                                              "2021-01-05,12,22\n")},
              clock),
        service(venue, {}) {
    if (!before.empty()) {
      const Status replayed = venue.replay(before);
      EXPECT_TRUE(replayed.ok()) << replayed.error().message;
    }
    EXPECT_TRUE(venue.start(&sink).ok());
  }
  net::HttpResponse call(const std::string& method, const std::string& target,
                         const std::string& body = "") {
    net::HttpRequest request{.method = method, .target = target, .headers = {}, .body = body};
    request.headers.add("Host", "localhost");
    request.headers.add("APCA-API-KEY-ID", "K1");
    request.headers.add("APCA-API-SECRET-KEY", "s");
    return service.answer(request, true).response;
  }
  StillClock clock;
  Venue venue;
  Service service;
};

TEST(VenueStateTest, ARestartGivesTheSameExchangeBack) {
  Lines lines;
  std::string ledger;
  std::string orders;
  std::string account;
  {
    RecordedDesk desk(lines, monday_ten());
    for (const char* body :
         {R"({"symbol":"A","qty":5,"side":"buy","type":"market","time_in_force":"day"})",
          R"({"symbol":"B","notional":"33.33","side":"buy","type":"market","time_in_force":"day"})",
          R"({"symbol":"B","qty":1,"side":"buy","type":"limit","limit_price":1,)"
          R"("time_in_force":"gtc","client_order_id":"tab\there"})",
          R"({"symbol":"X","qty":1,"side":"buy","client_order_id":"refused"})",
          R"({"symbol":"A","qty":2,"side":"buy","type":"limit","limit_price":11,)"
          R"("time_in_force":"gtc","order_class":"bracket",)"
          R"("take_profit":{"limit_price":20},"stop_loss":{"stop_price":5,"limit_price":4}})"}) {
      desk.call("POST", "/v2/orders", body);
    }
    desk.call("POST", "/admin/v1/cash", R"({"cash":{"K1":"-10.5"}})");
    desk.call("PATCH", "/v2/account/configurations", R"({"trade_confirm_email":"none"})");
    desk.call("POST", "/admin/v1/clock", R"({"advance":"1session"})");
    desk.call("DELETE", "/v2/positions/A");
    ledger = ledger_json(desk.venue);
    orders = desk.call("GET", "/v2/orders?status=all").body;
    account = desk.call("GET", "/v2/account").body;
  }
  Lines more;
  RecordedDesk desk(more, monday_ten().plus_seconds(3'600), lines.lines);
  EXPECT_EQ(ledger_json(desk.venue), ledger);
  EXPECT_EQ(desk.call("GET", "/v2/orders?status=all").body, orders);
  EXPECT_EQ(desk.call("GET", "/v2/account").body, account);
  EXPECT_EQ(Json(desk.call("GET", "/v2/account/configurations").body).at("trade_confirm_email"),
            "none");
  EXPECT_EQ(desk.call("POST", "/v2/orders",
                      R"({"symbol":"A","qty":1,"side":"buy","type":"market",)"
                      R"("time_in_force":"day","client_order_id":"tab\there"})")
                .status,
            422);
}

TEST(VenueStateTest, EveryPrefixOfTheLinesIsAnExchange) {
  Lines lines;
  {
    RecordedDesk desk(lines, monday_ten());
    desk.call("POST", "/v2/orders",
              R"({"symbol":"A","qty":5,"side":"buy","type":"market","time_in_force":"day"})");
    desk.call("DELETE", "/v2/positions");
  }
  ASSERT_GT(lines.lines.size(), 8u);
  for (std::size_t count = 1; count < lines.lines.size(); ++count) {
    const std::vector<std::string> prefix(lines.lines.begin(),
                                          lines.lines.begin() + static_cast<std::ptrdiff_t>(count));
    Lines more;
    RecordedDesk desk(more, monday_ten(), prefix);
    EXPECT_EQ(desk.call("GET", "/v2/account").status, 200) << count;
  }
}

TEST(VenueStateTest, SyncsBeforeItAnswersAndSaysNothingAfterAFailure) {
  Lines lines;
  RecordedDesk desk(lines, monday_ten());
  const int before = lines.syncs;
  const std::string body =
      R"({"symbol":"A","qty":5,"side":"buy","type":"market","time_in_force":"day"})";
  EXPECT_EQ(desk.call("POST", "/v2/orders", body).status, 200);
  EXPECT_EQ(lines.syncs, before + 1);
  lines.failing = true;
  EXPECT_EQ(desk.call("POST", "/v2/orders", body).status, 500);
  EXPECT_EQ(desk.service.state().error().code, ErrorCode::kStorage);
}

TEST(VenueStateTest, RefusesLinesThatAreNotOurs) {
  StillClock clock(monday_ten());
  Venue venue({}, VenueInputs{.prices = prices_of(kStaticPrices)}, clock);
  const std::vector<std::string> strange = {"hello"};
  EXPECT_EQ(venue.replay(strange).error().message,
            "does not begin as a ledger of the exchange does");
}

}  // namespace
}  // namespace signalbus::exchange
