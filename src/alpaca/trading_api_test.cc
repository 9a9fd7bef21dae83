// Goal: lists are whole or an error, ids are checked, "not found" is Alpaca's own word.
// Method: a scripted service; for paging a service that RapidCheck fills.
#include "alpaca/trading_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "alpaca/paging.h"
#include "alpaca/testing.h"

namespace signalbus::alpaca {
namespace {

using ::testing::HasSubstr;
using testing::order_body;
using testing::Service;

const ClientOrderId kId("sb_20250829_AAPL_0");

struct TradingApiTest : ::testing::Test {
  Service service;
  TradingApi api{service.channel};
};

TEST_F(TradingApiTest, SubmitsTheBytesAsTheyAre) {
  service.sender.then(200, order_body());
  const std::string bytes = R"({"symbol":"AAPL",  "qty":"2"})";
  const Result<SubmitReply> reply = api.submit(bytes, kId, false);
  ASSERT_TRUE(reply.ok()) << reply.error().message;
  EXPECT_EQ(std::get<Order>(reply.value()).client_order_id, kId);
  EXPECT_EQ(service.sender.requests[0].method, "POST");
  EXPECT_EQ(service.sender.requests[0].body, bytes);
}

TEST_F(TradingApiTest, AnAnswerThatProvesNothingIsAnUnknownOutcome) {
  for (const std::string& body :
       {std::string(), std::string("null"), std::string("{}"), std::string("<html>"),
        order_body().substr(0, 60), order_body({{"client_order_id", "\"another\""}}),
        order_body({{"client_order_id", "null"}})}) {
    Service fresh;
    fresh.sender.then(200, body);
    const Result<SubmitReply> reply = TradingApi(fresh.channel).submit("{}", kId, false);
    ASSERT_FALSE(reply.ok()) << body;
    EXPECT_EQ(reply.error().code, ErrorCode::kUnknownOutcome) << body;
    EXPECT_EQ(fresh.sender.requests.size(), 1U);
  }
}

TEST_F(TradingApiTest, ARefusalIsFinalOnlyTheFirstTime) {
  service.sender.then(403, R"({"code":40310000,"message":"insufficient buying power"})");
  const Result<SubmitReply> first = api.submit("{}", kId, false);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(std::get<Refusal>(first.value()).message, "insufficient buying power");
  const Result<SubmitReply> again = api.submit("{}", kId, true);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, ErrorCode::kUnknownOutcome);
  EXPECT_THAT(again.error().message, HasSubstr("insufficient buying power"));
}

TEST_F(TradingApiTest, NotFoundIsAlpacasOwnWordAndNothingElse) {
  service.sender.then(404, R"({"code":40410000,"message":"order not found"})");
  const auto missing = api.order_by_client_id(kId);
  ASSERT_TRUE(missing.ok());
  EXPECT_FALSE(missing.value());
  EXPECT_EQ(service.sender.requests[0].target,
            "/v2/orders:by_client_order_id?client_order_id=sb_20250829_AAPL_0");
  for (const char* body : {"", "<html>404</html>", "{}"}) {
    Service fresh;
    fresh.sender.then(404, body);
    EXPECT_FALSE(TradingApi(fresh.channel).order_by_client_id(kId).ok()) << body;
  }
}

TEST_F(TradingApiTest, AnAnswerAboutAnotherOrderIsNoAnswer) {
  service.sender.then(200, order_body({{"client_order_id", "\"another\""}}));
  const auto found = api.order_by_client_id(kId);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(api.order(OrderId("00000000-0000-4000-8000-000000000000")).ok());
}

TEST_F(TradingApiTest, CancelSaysWhatHappened) {
  service.sender.then(204, "");
  EXPECT_TRUE(api.cancel(OrderId("a/b")).ok());
  EXPECT_EQ(service.sender.requests[0].target, "/v2/orders/a%2Fb");
  service.sender.answers.clear();
  service.sender.then(422, R"({"code":42210000,"message":"order is already in \"filled\" state"})")
      .then(404, R"({"code":40410000,"message":"order not found"})")
      .then(504, "");
  EXPECT_EQ(api.cancel(OrderId("x")).error().code, ErrorCode::kBrokerRefused);
  EXPECT_EQ(api.cancel(OrderId("x")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(api.cancel(OrderId("x")).error().code, ErrorCode::kUnknownOutcome);
}

TEST_F(TradingApiTest, ReadsTheOutcomesOfCancelAllAndCloseAll) {
  service.sender.then(207, R"([{"id":"o1","status":200},{"id":"o2","status":422,
      "body":{"code":42210000,"message":"too late"}}])");
  const auto canceled = api.cancel_all();
  ASSERT_TRUE(canceled.ok()) << canceled.error().message;
  EXPECT_FALSE(canceled.value()[0].refusal);
  EXPECT_EQ(canceled.value()[1].refusal->code, 42210000);
  service.sender.answers.clear();
  service.sender.then(207, R"([{"symbol":"AAPL","status":200,"body":)" + order_body() +
                               R"(},{"symbol":"X","status":403,"body":{"code":40310000,
      "message":"insufficient qty available for order","available":"0"}}])");
  const auto closed = api.close_all_positions(true);
  ASSERT_TRUE(closed.ok()) << closed.error().message;
  EXPECT_EQ(closed.value()[0].order->symbol, "AAPL");
  EXPECT_EQ(closed.value()[1].refusal->status, 403);
  EXPECT_EQ(service.sender.requests.back().target, "/v2/positions?cancel_orders=true");
}

TEST_F(TradingApiTest, NothingIsTakenForAnEmptyAccount) {
  for (const char* body : {"", "null", "{}", "<html>", "\"\"", "5"}) {
    Service fresh;
    TradingApi other(fresh.channel);
    fresh.sender.then(200, body);
    EXPECT_EQ(other.positions().error().code, ErrorCode::kUnavailable) << body;
    EXPECT_EQ(other.orders({}).error().code, ErrorCode::kUnavailable) << body;
    EXPECT_EQ(other.activities({}).error().code, ErrorCode::kUnavailable) << body;
    EXPECT_EQ(other.account().error().code, ErrorCode::kUnavailable) << body;
    EXPECT_EQ(other.clock().error().code, ErrorCode::kUnavailable) << body;
  }
  service.sender.then(200, "[]");
  EXPECT_TRUE(api.positions().value().empty());
}

TEST_F(TradingApiTest, AsksForClosingInExactText) {
  service.sender.then(200, order_body());
  ASSERT_TRUE(api.close_position("BRK.B", Quantity::parse("0.000000001").value()).ok());
  EXPECT_EQ(service.sender.requests[0].target, "/v2/positions/BRK.B?qty=0.000000001");
}

TEST_F(TradingApiTest, KnowsASimulatedClock) {
  service.sender.then(200, testing::read_testdata(SB_TESTDATA, "clock.json"),
                      {{"X-Signalbus-Clock", "simulated"}});
  EXPECT_TRUE(api.clock().value().simulated);
}

std::string parameter(const net::HttpRequest& request, const std::string& name) {
  const auto fields = net::parse_query(net::split_target(request.target).query).value();
  for (const net::Field& field : fields) {
    if (field.name == name) return field.value;
  }
  return "";
}

/// `count` orders in pages as Alpaca gives them, some rows repeated from the page before.
void serve_orders(Service& service, int count, int repeated) {
  service.sender.asks([=](const net::HttpRequest& request) -> Result<net::HttpResponse> {
    const std::string after = parameter(request, "after_order_id");
    int first = after.empty() ? 0 : std::max(0, std::stoi(after.substr(6)) + 1 - repeated);
    std::string body;
    for (int i = first; i < std::min(count, first + 500); ++i) {
      body +=
          (body.empty() ? "" : ",") + order_body({{"id", "\"order-" + std::to_string(i) + "\""}});
    }
    return net::HttpResponse{200, {}, "[" + body + "]"};
  });
}

TEST_F(TradingApiTest, ListsOrdersBeyondOnePageEachOnce) {
  for (const int count : {0, 1, 499, 500, 501, 1000, 1203}) {
    for (const int repeated : {0, 3}) {
      Service fresh;
      serve_orders(fresh, count, repeated);
      const auto orders = TradingApi(fresh.channel)
                              .orders({.after = Instant::parse("2026-01-01T00:00:00Z").value()});
      ASSERT_TRUE(orders.ok()) << orders.error().message;
      ASSERT_EQ(orders.value().size(), static_cast<std::size_t>(count));
      for (std::size_t i = 0; i < orders.value().size(); ++i) {
        ASSERT_EQ(orders.value()[i].id.get(), "order-" + std::to_string(i));
      }
      const net::HttpRequest& first = fresh.sender.requests[0];
      EXPECT_EQ(parameter(first, "after"), "2026-01-01T00:00:00Z");
      EXPECT_EQ(parameter(first, "limit"), "500");
      EXPECT_EQ(parameter(first, "status"), "all");
      EXPECT_EQ(parameter(first, "direction"), "asc");
      if (fresh.sender.requests.size() > 1) {
        EXPECT_EQ(parameter(fresh.sender.requests[1], "after"), "");
        EXPECT_EQ(parameter(fresh.sender.requests[1], "after_order_id"), "order-499");
      }
    }
  }
}

TEST_F(TradingApiTest, AListWithoutEndIsAnError) {
  std::string body;
  for (int i = 0; i < 100; ++i) {
    body += (i == 0 ? "" : ",") + std::string(R"({"activity_type":"FEE","id":")") +
            std::to_string(i) + "\"}";
  }
  service.sender.then(200, "[" + body + "]");
  const auto activities = api.activities({});
  ASSERT_FALSE(activities.ok());
  EXPECT_EQ(activities.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(service.sender.requests.size(), 2U);
  EXPECT_EQ(parameter(service.sender.requests[1], "page_token"), "99");
}

TEST_F(TradingApiTest, AFailedPageFailsTheList) {
  service.sender
      .then(
          200, "[" +
                   [] {
                     std::string rows;
                     for (int i = 0; i < 500; ++i) {
                       rows += (i == 0 ? "" : ",") +
                               order_body({{"id", "\"o" + std::to_string(i) + "\""}});
                     }
                     return rows;
                   }() +
                   "]")
      .then(403, R"({"message":"forbidden."})");
  EXPECT_FALSE(api.orders({}).ok());
}

RC_GTEST_PROP(PagingProperty, EveryRowComesOnceInOrderWhateverThePagesRepeat, ()) {
  const std::vector<int> rows = [] {
    std::vector<int> out(static_cast<std::size_t>(*rc::gen::inRange(0, 60)));
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<int>(i);
    return out;
  }();
  const std::size_t full = static_cast<std::size_t>(*rc::gen::inRange(2, 10));
  const std::size_t repeated = *rc::gen::inRange<std::size_t>(0, full - 1);
  const auto all = all_pages<int>(
      full, "GET x",
      [&](const std::vector<int>& known) -> Result<std::vector<int>> {
        std::size_t first = known.empty() ? 0 : static_cast<std::size_t>(known.back()) + 1;
        first -= std::min(first, repeated);
        const std::size_t last = std::min(rows.size(), first + full);
        return std::vector<int>(rows.begin() + static_cast<long>(first),
                                rows.begin() + static_cast<long>(last));
      },
      [](const int& row) { return std::to_string(row); });
  RC_ASSERT(all.ok());
  RC_ASSERT(all.value() == rows);
}

}  // namespace
}  // namespace signalbus::alpaca
