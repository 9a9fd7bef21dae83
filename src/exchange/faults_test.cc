// Goal: a fault script says what it means or is refused with its line; the plan fires as told.
#include "exchange/faults.h"

#include <gtest/gtest.h>

namespace signalbus::exchange {
namespace {

std::string problem(const std::string& script) {
  const auto rules = parse_faults(script, "faults.yaml");
  return rules.ok() ? "" : rules.error().message;
}

FaultPlan plan_of(const std::string& script, std::uint64_t seed = 1) {
  auto rules = parse_faults(script, "faults.yaml");
  EXPECT_TRUE(rules.ok()) << rules.error().message;
  FaultPlan plan(seed);
  plan.add(std::move(rules).value());
  return plan;
}

Occasion request(std::string_view method, std::string_view path, std::string_view key = "K1") {
  return {.kind = Occasion::Kind::kRequest, .method = method, .path = path, .key_id = key};
}

/// One letter per occasion: `x` fired, `.` did not.
std::string pattern(FaultPlan& plan, const Occasion& occasion, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += plan.fire(occasion).empty() ? '.' : 'x';
  return out;
}

TEST(FaultScriptTest, TakesEveryVerb) {
  const auto rules = parse_faults(
      "faults:\n"
      "  - {on: any, do: drop_request}\n"
      "  - {on: any, do: drop_response, times: always}\n"
      "  - {on: \"POST /v2/orders\", do: status_before, status: 503}\n"
      "  - {on: \"POST /v2/orders\", do: accept_then_status, status: 504}\n"
      "  - {on: \"GET /v2/*\", do: delay, seconds: 0.25}\n"
      "  - {on: any, do: truncate, bytes: 10}\n"
      "  - {on: any, do: garble}\n"
      "  - {on: any, do: html}\n"
      "  - {on: stream, do: duplicate}\n"
      "  - {on: stream, do: reorder}\n"
      "  - {on: stream, do: silence}\n"
      "  - {on: stream, do: close}\n"
      "  - {on: fill, do: partial_fill, share: 0.4, symbol: AAPL}\n"
      "  - {on: fill, do: async_reject}\n"
      "  - {on: \"POST /v2/orders\", do: stuck_pending_cancel}\n"
      "  - {on: fill, do: halt_symbol}\n"
      "  - {on: fill, do: lag, seconds: 30}\n"
      "  - {on: any, do: split, ratio: \"4:1\", symbol: AAPL}\n"
      "  - {on: any, do: foreign_order, symbol: AAPL, side: sell, qty: 3, after: 2, "
      "probability: 0.5, key_id: K1}\n",
      "faults.yaml");
  ASSERT_TRUE(rules.ok()) << rules.error().message;
  ASSERT_EQ(rules.value().size(), kFaultVerbs);
  for (std::size_t index = 0; index < kFaultVerbs; ++index) {
    EXPECT_EQ(rules.value()[index].verb, static_cast<FaultVerb>(index));
  }
  EXPECT_EQ(rules.value()[4].micros, 250'000);
  EXPECT_EQ(rules.value()[12].share.text(), "0.4");
  EXPECT_EQ(rules.value()[17].ratio.numerator, 4u);
  const FaultRule& last = rules.value().back();
  EXPECT_EQ(last.qty.text(), "3");
  EXPECT_EQ(last.after, 2u);
  EXPECT_EQ(last.probability.text(), "0.5");
  EXPECT_EQ(last.key_id, "K1");
  EXPECT_FALSE(rules.value()[1].times.has_value());
}

TEST(FaultScriptTest, RefusesWithTheLineAndAHint) {
  const std::string unknown = problem("faults:\n  - {on: any, do: drop_reqest}\n");
  EXPECT_NE(unknown.find("faults.yaml:2"), std::string::npos) << unknown;
  EXPECT_NE(unknown.find("did you mean 'drop_request'?"), std::string::npos) << unknown;
  const std::string key = problem("faults:\n  - on: any\n    do: garble\n    tims: 2\n");
  EXPECT_NE(key.find("faults.yaml:4"), std::string::npos) << key;
  EXPECT_NE(key.find("did you mean 'times'?"), std::string::npos) << key;
  EXPECT_NE(problem("fault: []\n").find("did you mean 'faults'?"), std::string::npos);
}

TEST(FaultScriptTest, RefusesWhatCannotBe) {
  for (const char* rule : {"{do: garble}",
                           "{on: any}",
                           "{on: anything, do: garble}",
                           "{on: \"FETCH /v2/orders\", do: garble}",
                           "{on: \"POST\", do: garble}",
                           "{on: any, do: delay}",
                           "{on: any, do: delay, seconds: -1}",
                           "{on: any, do: garble, seconds: 1}",
                           "{on: any, do: status_before}",
                           "{on: any, do: status_before, status: 200}",
                           "{on: any, do: garble, times: 0}",
                           "{on: any, do: garble, times: twice}",
                           "{on: any, do: garble, probability: 2}",
                           "{on: stream, do: html}",
                           "{on: \"GET /v2/*\", do: reorder}",
                           "{on: \"GET /v2/*\", do: partial_fill}",
                           "{on: fill, do: partial_fill, share: 1}",
                           "{on: any, do: split, ratio: \"1:1\", symbol: A}",
                           "{on: any, do: split, symbol: A}",
                           "{on: any, do: halt_symbol}",
                           "{on: fill, do: halt_symbol, symbol: lower}"}) {
    EXPECT_NE(problem(std::string("faults:\n  - ") + rule + "\n"), "") << rule;
  }
}

TEST(FaultPlanTest, FiresOnceUnlessToldOtherwise) {
  FaultPlan once = plan_of("faults: [{on: any, do: garble}]");
  EXPECT_EQ(pattern(once, request("GET", "/v2/clock"), 4), "x...");
  FaultPlan twice = plan_of("faults: [{on: any, do: garble, times: 2, after: 1}]");
  EXPECT_EQ(pattern(twice, request("GET", "/v2/clock"), 5), ".xx..");
  FaultPlan always = plan_of("faults: [{on: any, do: garble, times: always}]");
  EXPECT_EQ(pattern(always, request("GET", "/v2/clock"), 5), "xxxxx");
}

TEST(FaultPlanTest, MatchesMethodPathAndKey) {
  FaultPlan plan =
      plan_of("faults: [{on: \"GET /v2/orders*\", do: garble, times: always, key_id: K1}]");
  EXPECT_EQ(pattern(plan, request("GET", "/v2/orders/77"), 1), "x");
  EXPECT_EQ(pattern(plan, request("GET", "/v2/orders"), 1), "x");
  EXPECT_EQ(pattern(plan, request("POST", "/v2/orders"), 1), ".");
  EXPECT_EQ(pattern(plan, request("GET", "/v2/clock"), 1), ".");
  EXPECT_EQ(pattern(plan, request("GET", "/v2/orders", "K2"), 1), ".");
}

TEST(FaultPlanTest, OrderVerbsWaitForOrders) {
  FaultPlan plan = plan_of("faults: [{on: fill, do: partial_fill, symbol: AAPL}]");
  EXPECT_EQ(pattern(plan, request("POST", "/v2/orders"), 2), "..");
  Occasion order{.kind = Occasion::Kind::kOrder,
                 .method = "POST",
                 .path = "/v2/orders",
                 .key_id = "K1",
                 .symbol = "MSFT"};
  EXPECT_EQ(pattern(plan, order, 1), ".");
  order.symbol = "AAPL";
  EXPECT_EQ(pattern(plan, order, 2), "x.");
}

TEST(FaultPlanTest, StreamVerbsOnFillTouchFillMessagesOnly) {
  FaultPlan plan = plan_of("faults: [{on: fill, do: duplicate, times: always}]");
  Occasion message{.kind = Occasion::Kind::kMessage, .key_id = "K1"};
  EXPECT_EQ(pattern(plan, message, 1), ".");
  message.is_fill = true;
  EXPECT_EQ(pattern(plan, message, 1), "x");
}

TEST(FaultPlanTest, ChanceIsTheSeeds) {
  const std::string script = "faults: [{on: any, do: garble, times: always, probability: 0.5}]";
  FaultPlan first = plan_of(script, 1);
  FaultPlan same = plan_of(script, 1);
  FaultPlan other = plan_of(script, 2);
  const Occasion clock = request("GET", "/v2/clock");
  const std::string luck = pattern(first, clock, 200);
  EXPECT_EQ(pattern(same, clock, 200), luck);
  EXPECT_NE(pattern(other, clock, 200), luck);
  const auto fired = std::count(luck.begin(), luck.end(), 'x');
  EXPECT_GT(fired, 60);
  EXPECT_LT(fired, 140);
  EXPECT_EQ(first.entries()[0].seen, 200u);
  EXPECT_EQ(first.entries()[0].fired, static_cast<std::uint64_t>(fired));
}

}  // namespace
}  // namespace signalbus::exchange
