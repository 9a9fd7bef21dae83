// Goal: the admin tells the truth to this machine, changes what it is told to, and nobody else.
#include "exchange/testing.h"

namespace signalbus::exchange {
namespace {

constexpr const char* kBuy =
    R"({"symbol":"AAPL","qty":2,"side":"buy","type":"market","time_in_force":"day",)"
    R"("client_order_id":"one"})";

net::HttpResponse ask(Desk& desk, const net::Headers& headers, bool loopback = true) {
  const net::HttpRequest request{
      .method = "GET", .target = "/admin/v1/ledger", .headers = headers, .body = {}};
  return desk.service.answer(request, loopback).response;
}

TEST(AdminTest, ListsWhatWasReceivedRefusedAndFilled) {
  Desk desk;
  desk.order(kBuy);
  desk.order(kBuy, 422);
  desk.order(R"({"symbol":"NOBODY","qty":1,"side":"buy","type":"market","time_in_force":"day",)"
             R"("client_order_id":"two"})",
             422);
  const Json ledger = desk.get("/admin/v1/ledger");
  EXPECT_EQ(ledger.at("accounts.K1.cash"), "99599.5");
  EXPECT_EQ(ledger.at("accounts.K1.positions.0.symbol"), "AAPL");
  ASSERT_EQ(ledger.size("accounts.K1.orders"), 2u);
  EXPECT_EQ(ledger.at("accounts.K1.orders.0.received"), "2");
  EXPECT_EQ(ledger.at("accounts.K1.orders.0.http_status"), "200");
  EXPECT_EQ(ledger.at("accounts.K1.orders.0.status"), "filled");
  EXPECT_EQ(ledger.at("accounts.K1.orders.0.fills.0.price"), "200.25");
  EXPECT_EQ(ledger.at("accounts.K1.orders.0.body_sha256").size(), 64u);
  EXPECT_EQ(ledger.at("accounts.K1.orders.1.http_status"), "422");
  EXPECT_EQ(ledger.at("accounts.K1.orders.1.status"), "refused");
}

TEST(AdminTest, MovesPricesAndWithThemRestingOrders) {
  Desk desk;
  const std::string path =
      "/v2/orders/" +
      desk.order(R"({"symbol":"AAPL","qty":1,"side":"buy","type":"limit","limit_price":150,)"
                 R"("time_in_force":"gtc"})")
          .at("id");
  desk.admin("prices", R"({"prices":{"AAPL":"149.5","NEW":10}})");
  EXPECT_EQ(desk.get(path).at("status"), "filled");
  EXPECT_EQ(desk.get(path).at("filled_avg_price"), "149.5");
  EXPECT_EQ(desk.get("/v2/assets/NEW").at("tradable"), "true");
}

TEST(AdminTest, MovesCashBothWaysAndSetsPositions) {
  Desk desk;
  desk.admin("cash", R"({"cash":{"K1":"1000.00"}})");
  desk.admin("cash", R"({"K1":"-500.25"})");
  EXPECT_EQ(desk.get("/v2/account").at("cash"), "100499.75");
  desk.admin("positions", R"({"positions":{"K1":{"AAPL":{"qty":"5","avg_entry_price":"190"}}}})");
  EXPECT_EQ(desk.get("/v2/positions/AAPL").at("avg_entry_price"), "190");
  EXPECT_EQ(desk.get("/v2/positions/AAPL").at("cost_basis"), "950");
}

TEST(AdminTest, ChangesAFlagOfAHeldName) {
  Desk desk;
  desk.admin("positions", R"({"K1":{"AAPL":{"qty":"1.5"}}})");
  desk.admin("assets", R"({"assets":{"AAPL":{"fractionable":false}}})");
  EXPECT_EQ(desk.get("/v2/assets/AAPL").at("fractionable"), "false");
  const Json refusal = desk.order(
      R"({"symbol":"AAPL","qty":1.5,"side":"sell","type":"market","time_in_force":"day"})", 403);
  EXPECT_EQ(refusal.at("message"), "asset \"AAPL\" is not fractionable");
  desk.admin("assets", R"({"AAPL":{"status":"inactive"}})");
  EXPECT_EQ(desk.get("/v2/assets/AAPL").at("status"), "inactive");
}

TEST(AdminTest, RefusesBodiesAndChangesNothing) {
  Desk desk;
  desk.admin("prices", R"({"AAPL":"1","MSFT":"-1"})", 400);
  EXPECT_EQ(desk.get("/v2/stocks/AAPL/trades/latest").at("trade.p"), "200.25");
  for (const auto& [what, body] : std::vector<std::pair<const char*, const char*>>{
           {"prices", "nonsense"},
           {"prices", R"({"lower":"1"})"},
           {"cash", R"({"K1":"much"})"},
           {"cash", R"({"K1":"0"})"},
           {"positions", R"({"K1":{"NOBODY":{"qty":"1"}}})"},
           {"positions", R"({"K1":{"AAPL":{}}})"},
           {"assets", R"({"AAPL":{"fractionable":"no"}})"},
           {"assets", R"({"AAPL":{"colour":"red"}})"},
           {"assets", R"({"AAPL":{"exchange":"NASDQ"}})"},
           {"clock", R"({"advance":"1d"})"},
           {"faults", "faults: [{on: any, do: nothing}]"}}) {
    desk.admin(what, body, 400);
  }
  EXPECT_EQ(desk.call("POST", "/admin/v1/nothing", "{}").status, 404);
  EXPECT_EQ(desk.call("GET", "/admin/v1/cash").status, 404);
}

TEST(AdminTest, MovesOnlySimulatedClocks) {
  VenueSettings settings;
  settings.clock = {.kind = ClockKind::kSimulated, .start = monday_ten(), .speed = 0};
  Desk desk(settings);
  desk.admin("clock", R"({"advance":"90s"})");
  EXPECT_EQ(desk.get("/admin/v1/clock").at("now"), "2021-01-04T15:01:30Z");
  desk.admin("clock", R"({"advance":"soon"})", 400);
  desk.admin("clock", R"({"advance":"20000d"})", 400);
}

TEST(AdminTest, AddsListsAndClearsFaults) {
  Desk desk;
  desk.admin("faults", "faults: [{on: \"GET /v2/clock\", do: status_before, status: 500}]");
  EXPECT_EQ(desk.call("GET", "/v2/clock").status, 500);
  const Json list = desk.get("/admin/v1/faults");
  EXPECT_EQ(list.at("faults.0.do"), "status_before");
  EXPECT_EQ(list.at("faults.0.fired"), "1");
  EXPECT_EQ(desk.call("DELETE", "/admin/v1/faults").status, 200);
  EXPECT_EQ(desk.get("/admin/v1/faults").size("faults"), 0u);
}

TEST(AdminTest, IsForThisMachineAndItsOwnPagesOnly) {
  Desk desk;
  desk.service.set_own_origins({"http://127.0.0.1:8080"});
  EXPECT_EQ(ask(desk, {{"Host", "127.0.0.1:8080"}}).status, 200);
  EXPECT_EQ(ask(desk, {{"Host", "localhost"}}).status, 200);
  EXPECT_EQ(ask(desk, {{"Host", "[::1]:8080"}}).status, 200);
  EXPECT_EQ(ask(desk, {{"Host", "127.0.0.1:8080"}}, false).status, 403);
  for (const char* host :
       {"evil.example", "127.0.0.1.evil.example", "localhost:8080x", "0.0.0.0:8080", ""}) {
    EXPECT_EQ(ask(desk, {{"Host", host}}).status, 403) << host;
  }
  EXPECT_EQ(ask(desk, {}).status, 403);
  EXPECT_EQ(ask(desk, {{"Host", "localhost"}, {"Host", "localhost"}}).status, 403);
  EXPECT_EQ(ask(desk, {{"Host", "localhost"}, {"Origin", "http://127.0.0.1:8080"}}).status, 200);
  for (const char* origin : {"null", "http://evil.example", "http://127.0.0.1:9090"}) {
    const net::HttpResponse answer = ask(desk, {{"Host", "localhost"}, {"Origin", origin}});
    EXPECT_EQ(answer.status, 403) << origin;
    EXPECT_EQ(answer.headers.find("Access-Control-Allow-Origin"), nullptr);
  }
}

}  // namespace
}  // namespace signalbus::exchange
