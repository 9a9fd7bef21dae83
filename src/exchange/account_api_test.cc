// Goal: account, settings, activities, clock, calendar and assets as Alpaca's clients parse them.
#include <set>

#include "exchange/testing.h"

namespace signalbus::exchange {
namespace {

VenueSettings sessions() {
  VenueSettings settings;
  settings.clock = {.kind = ClockKind::kSimulated, .start = monday_ten(), .speed = 0};
  return settings;
}

std::string buy(const std::string& id) {
  return R"({"symbol":"AAPL","qty":1,"side":"buy","type":"market","time_in_force":"day",)"
         R"("client_order_id":")" +
         id + "\"}";
}

TEST(AccountApiTest, ShowsTheAccountWithTextMoney) {
  Desk desk;
  const Json account = desk.get("/v2/account");
  expect_shape(*account.find(""), "account.shape");
  EXPECT_EQ(account.at("daytrade_count"), "(absent)");  // gone from the API since July 2026
  EXPECT_EQ(account.at("pattern_day_trader"), "(absent)");
  EXPECT_EQ(account.at("cash"), "100000");
  EXPECT_EQ(account.at("buying_power"), "400000");
  EXPECT_EQ(account.at("multiplier"), "4");
  EXPECT_TRUE(account.at("account_number").starts_with("PA"));
}

TEST(AccountApiTest, OpensAnAccountPerKey) {
  Desk desk;
  const std::string first = desk.get("/v2/account", "K1").at("id");
  EXPECT_NE(desk.get("/v2/account", "K2").at("id"), first);
  EXPECT_EQ(desk.get("/v2/account", "K1").at("id"), first);
}

TEST(AccountApiTest, PatchesOnlyWhatIsNotNull) {
  Desk desk;
  expect_shape(*desk.get("/v2/account/configurations").find(""), "configuration.shape");
  const net::HttpResponse answer =
      desk.call("PATCH", "/v2/account/configurations",
                R"({"suspend_trade":true,"dtbp_check":null,"pdt_check":null,)"
                R"("max_options_trading_level":null,"trade_confirm_email":"none"})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const Json changed(answer.body);
  expect_shape(*changed.find(""), "configuration.shape");
  EXPECT_EQ(changed.at("suspend_trade"), "true");
  EXPECT_EQ(changed.at("trade_confirm_email"), "none");
  EXPECT_EQ(changed.at("fractional_trading"), "true");
  EXPECT_EQ(desk.order(buy("a"), 403).at("message"), "new orders are rejected by user request");
}

TEST(AccountApiTest, RefusesSettingsThatCannotBe) {
  Desk desk;
  for (const char* body : {R"({"suspend_trade":"yes"})", R"({"max_margin_multiplier":"3"})",
                           R"({"trade_confirm_email":"some"})"}) {
    EXPECT_EQ(desk.call("PATCH", "/v2/account/configurations", body).status, 422) << body;
  }
  EXPECT_EQ(desk.call("PATCH", "/v2/account/configurations", "no").status, 400);
}

TEST(ActivitiesApiTest, PagesThroughFillsToTheEnd) {
  Desk desk;
  for (int i = 0; i < 5; ++i) desk.order(buy("fill-" + std::to_string(i)));
  std::vector<std::string> ids;
  std::string token;
  for (int page = 0; page < 10; ++page) {
    const Json rows = desk.get("/v2/account/activities/FILL?page_size=2&page_token=" +
                               net::percent_encoded(token));
    for (std::size_t row = 0; row < rows.size(); ++row) {
      expect_shape(*rows.find(std::to_string(row)), "fill_activity.shape");
      ids.push_back(rows.at(std::to_string(row) + ".id"));
    }
    if (rows.size() < 2) break;
    token = ids.back();
  }
  EXPECT_EQ(ids.size(), 5u);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 5u);
}

TEST(ActivitiesApiTest, FiltersByTypeAndCategory) {
  Desk desk;
  desk.order(buy("one"));
  desk.admin("cash", R"({"cash":{"K1":"250.00"}})");
  EXPECT_EQ(desk.get("/v2/account/activities").size(), 2u);
  EXPECT_EQ(desk.get("/v2/account/activities?activity_types=CSD").at("0.net_amount"), "250");
  EXPECT_EQ(desk.get("/v2/account/activities?activity_types=TRANS,FILL").size(), 2u);
  EXPECT_EQ(desk.get("/v2/account/activities?activity_types=OPASN").size(), 0u);
  EXPECT_EQ(desk.get("/v2/account/activities?category=trade_activity").size(), 1u);
  EXPECT_EQ(
      desk.call("GET", "/v2/account/activities?category=trade_activity&activity_types=FILL").status,
      422);
  EXPECT_EQ(desk.call("GET", "/v2/account/activities?page_size=0").status, 422);
  EXPECT_EQ(desk.call("GET", "/v2/account/activities?page_token=nobody").status, 422);
}

TEST(PortfolioApiTest, GivesNumbersOfEqualLength) {
  VenueSettings settings = sessions();
  Desk desk(settings, "date,AAPL\n2020-12-31,100\n2021-01-04,110\n2021-01-05,121\n");
  desk.admin("positions", R"({"positions":{"K1":{"AAPL":{"qty":"100","avg_entry_price":"110"}}}})");
  desk.admin("clock", R"({"advance":"1d"})");
  const Json history = desk.get("/v2/account/portfolio/history?period=1M&timeframe=1D");
  const std::size_t count = history.size("timestamp");
  ASSERT_EQ(count, 2u);
  for (const char* series : {"equity", "profit_loss", "profit_loss_pct"}) {
    EXPECT_EQ(history.size(series), count) << series;
    EXPECT_TRUE(history.find(std::string(series) + ".0")->number().ok()) << series;
  }
  EXPECT_EQ(history.at("equity.0"), "111000");
  EXPECT_EQ(history.at("equity.1"), "112100");
  EXPECT_EQ(history.at("timeframe"), "1D");
  EXPECT_EQ(history.size("cashflow"), 0u);
  EXPECT_EQ(desk.call("GET", "/v2/account/portfolio/history?timeframe=2D").status, 422);
  EXPECT_EQ(desk.call("GET", "/v2/account/portfolio/history?period=soon").status, 422);
}

TEST(ClockApiTest, IsAlwaysOpenOnAnyDayByDefault) {
  Desk desk({}, kStaticPrices, Instant::parse("2026-11-29T03:00:00Z").value());  // a Saturday night
  const Json clock = desk.get("/v2/clock");
  EXPECT_EQ(clock.at("is_open"), "true");
  EXPECT_EQ(clock.at("timestamp"), "2026-11-28T22:00:00-05:00");
  EXPECT_EQ(clock.at("next_close"), "2026-11-29T00:00:00-05:00");
  const Json days = desk.get("/v2/calendar?start=2026-11-28&end=2026-11-29");
  ASSERT_EQ(days.size(), 2u);
  EXPECT_EQ(days.at("0.open"), "00:00");
  EXPECT_EQ(desk.call("GET", "/v2/clock").headers.get("X-Signalbus-Clock"), "");
}

TEST(ClockApiTest, FollowsSessionsWhenSimulated) {
  Desk desk(sessions());
  Json clock = desk.get("/v2/clock");
  EXPECT_EQ(clock.at("is_open"), "true");
  EXPECT_EQ(clock.at("next_close"), "2021-01-04T16:00:00-05:00");
  EXPECT_EQ(clock.at("next_open"), "2021-01-05T09:30:00-05:00");
  desk.admin("clock", R"({"advance":"6h"})");
  clock = desk.get("/v2/clock");
  EXPECT_EQ(clock.at("is_open"), "false");
  EXPECT_EQ(clock.at("timestamp"), "2021-01-04T16:00:00-05:00");
  desk.admin("clock", R"({"advance":"1session"})");
  clock = desk.get("/v2/clock");
  EXPECT_EQ(clock.at("is_open"), "true");
  EXPECT_EQ(clock.at("timestamp"), "2021-01-05T09:30:00-05:00");
  EXPECT_EQ(desk.call("GET", "/v2/clock").headers.get("X-Signalbus-Clock"), "simulated");
}

TEST(ClockApiTest, KnowsHalfDaysAndSettlement) {
  Desk desk(sessions());
  const Json days = desk.get("/v2/calendar?start=2024-11-27T00%3A00%3A00.000Z&end=2024-11-29");
  ASSERT_EQ(days.size(), 2u);  // Thanksgiving is no session
  EXPECT_EQ(days.at("0.date"), "2024-11-27");
  EXPECT_EQ(days.at("0.close"), "16:00");
  EXPECT_EQ(days.at("0.settlement_date"), "2024-11-29");
  EXPECT_EQ(days.at("1.close"), "13:00");
  EXPECT_EQ(days.at("1.session_open"), "0400");
  EXPECT_EQ(days.at("1.session_close"), "1700");
  EXPECT_EQ(desk.call("GET", "/v2/calendar?start=soon").status, 422);
}

TEST(AssetsApiTest, ListsAndFinds) {
  Desk desk;
  const Json assets = desk.get("/v2/assets?status=active&asset_class=us_equity");
  ASSERT_EQ(assets.size(), 4u);
  expect_shape(*assets.find("0"), "asset.shape");
  const Json asset = desk.get("/v2/assets/BRK.B");
  EXPECT_EQ(asset.at("symbol"), "BRK.B");
  EXPECT_EQ(desk.get("/v2/assets/" + asset.at("id")).at("symbol"), "BRK.B");
  const net::HttpResponse unknown = desk.call("GET", "/v2/assets/NOBODY");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(Json(unknown.body).at("code"), "40410000");
  EXPECT_EQ(desk.get("/v2/assets?status=inactive").size(), 0u);
  EXPECT_EQ(desk.get("/v2/assets?exchange=NYSE").size(), 0u);
}

TEST(ServiceTest, RefusesWithoutAKeyInJson) {
  Desk desk;
  net::HttpRequest request{.method = "GET", .target = "/v2/account", .headers = {}, .body = {}};
  const net::HttpResponse answer = desk.service.answer(request, true).response;
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.body, R"({"code":40110000,"message":"request is not authorized"})");
  EXPECT_EQ(answer.headers.get("Content-Type"), "application/json; charset=UTF-8");
}

TEST(ServiceTest, ChecksSecretsWhenItHasKeys) {
  Desk desk({}, kStaticPrices, monday_ten(), KeyRing(KeyTable{{"GOOD", "secret"}}));
  EXPECT_EQ(desk.call("GET", "/v2/account", "", "GOOD").status, 200);
  EXPECT_EQ(desk.call("GET", "/v2/account", "", "OTHER").status, 401);
  net::HttpRequest basic{.method = "GET", .target = "/v2/account", .headers = {}, .body = {}};
  basic.headers.add("Authorization", "Basic R09PRDpzZWNyZXQ=");  // GOOD:secret
  EXPECT_EQ(desk.service.answer(basic, true).response.status, 200);
  net::HttpRequest wrong{.method = "GET", .target = "/v2/account", .headers = {}, .body = {}};
  wrong.headers.add("Authorization", "Basic R09PRDp3cm9uZw==");  // GOOD:wrong
  EXPECT_EQ(desk.service.answer(wrong, true).response.status, 401);
}

TEST(ServiceTest, AnswersUnknownPathsAndMethodsInJson) {
  Desk desk;
  for (const char* path :
       {"/", "/v2", "/v2/nothing", "/v2/orders/", "/v3/clock", "/v2/orders//x"}) {
    const net::HttpResponse answer = desk.call("GET", path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(Json(answer.body).at("code"), "40410000") << path;
  }
  EXPECT_EQ(desk.call("PUT", "/v2/orders").status, 405);
  EXPECT_EQ(desk.call("GET", "/v2/orders?status=%zz").status, 400);
}

TEST(ServiceTest, GivesEveryAnswerItsOwnRequestId) {
  Desk desk;
  const std::string first(desk.call("GET", "/v2/clock").headers.get("X-Request-ID"));
  const std::string second(desk.call("GET", "/nothing").headers.get("X-Request-ID"));
  EXPECT_EQ(first.size(), 32u);
  EXPECT_NE(first, second);
}

TEST(ServiceTest, LimitsRequestsPerAccountAndMinute) {
  VenueSettings settings;
  settings.requests_per_minute = 3;
  Desk desk(settings);
  for (int left = 2; left >= 0; --left) {
    const net::HttpResponse answer = desk.call("GET", "/v2/clock");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.headers.get("X-RateLimit-Limit"), "3");
    EXPECT_EQ(answer.headers.get("X-RateLimit-Remaining"), std::to_string(left));
  }
  const net::HttpResponse answer = desk.call("GET", "/v2/clock");
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.body, R"({"code":42910000,"message":"rate limit exceeded"})");
  EXPECT_EQ(answer.headers.get("X-RateLimit-Reset"),
            std::to_string(monday_ten().micros() / 1'000'000 + 60));
  EXPECT_EQ(desk.call("GET", "/v2/clock", "", "K2").status, 200);
  EXPECT_EQ(desk.call("GET", "/v2/stocks/meta/exchanges").headers.get("X-RateLimit-Remaining"), "2")
      << "market data is counted apart";
  desk.clock.sleep_until(monday_ten().plus_seconds(60));
  EXPECT_EQ(desk.call("GET", "/v2/clock").status, 200);
}

}  // namespace
}  // namespace signalbus::exchange
