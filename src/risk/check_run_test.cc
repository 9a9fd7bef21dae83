// Goal: a loss halts with who, why and when; a halt stays until somebody ends it; what cannot be
// known refuses the run without halting it.
#include "risk/check_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "risk/overrides.h"
#include "risk/testing/values.h"

namespace signalbus::risk {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the words of these tests
using ::testing::HasSubstr;

const Instant kNow = at("2025-08-29T14:00:00Z");

RiskLimits loss_limits() {
  RiskLimits limits;
  limits.max_daily_loss = limit(ratio("0.03"));
  limits.max_drawdown = limit(ratio("0.2"));
  return limits;
}

StartFacts losing() {
  return {.equity = usd("96000"), .marks = {usd("100000"), usd("110000")}, .now = kNow};
}

TEST(CheckStartTest, ALossBeyondTheLimitHaltsInTheNameOfItsRule) {
  const StartVerdict verdict = check_start(losing(), loss_limits());
  ASSERT_TRUE(verdict.halt.has_value());
  EXPECT_EQ(verdict.halt->state, TradingState::kHalted);
  EXPECT_EQ(verdict.halt->by, "risk.max_daily_loss_pct");
  EXPECT_EQ(verdict.halt->at, kNow);
  EXPECT_EQ(verdict.halt->reason,
            "equity is 96000 USD, 4000 below the equity at the day's start of 100000, which is "
            "above risk.max_daily_loss_pct 3% (config.yaml:7)");
  EXPECT_EQ(verdict.status().error().code, ErrorCode::kHalted);
}

TEST(CheckStartTest, AGainAndASmallLossStart) {
  StartFacts facts = losing();
  for (const char* equity : {"97000", "120000"}) {
    facts.equity = usd(equity);
    EXPECT_TRUE(check_start(facts, loss_limits()).status().ok()) << equity;
  }
}

TEST(CheckStartTest, EquityThatIsNotKnownRefusesWithoutHalting) {
  for (const int missing : {0, 1, 2}) {
    StartFacts facts = losing();
    if (missing == 0) facts.equity.reset();
    if (missing == 1) facts.marks.day_start.reset();
    if (missing == 2) facts.marks.peak.reset();
    const StartVerdict verdict = check_start(facts, loss_limits());
    EXPECT_FALSE(verdict.halt.has_value());
    EXPECT_EQ(verdict.status().error().code, ErrorCode::kLimitExceeded);
    EXPECT_THAT(verdict.status().error().message, HasSubstr("is not known"));
  }
}

TEST(CheckStartTest, AnAccountWithoutWorthNeverStarts) {
  const StartFacts facts{.equity = usd("-5"), .marks = {usd("-5"), usd("-5")}, .now = kNow};
  EXPECT_TRUE(check_start(facts, loss_limits()).halt.has_value());
}

TEST(CheckStartTest, AHaltStaysWithItsFirstReason) {
  StartFacts facts = losing();
  facts.control = {TradingState::kHalted, "runaway prices", "alice", kNow};
  const StartVerdict verdict = check_start(facts, loss_limits());
  EXPECT_FALSE(verdict.halt.has_value());
  EXPECT_EQ(verdict.status().error().code, ErrorCode::kHalted);
  EXPECT_THAT(verdict.status().error().message,
              HasSubstr("HALTED by alice since 2025-08-29T14:00:00Z: runaway prices; `signalbus "
                        "resume --reason TEXT` ends that"));
}

TEST(CheckStartTest, AfterResumeAnOverrideLetsTheNextRunLoseOnce) {
  StartFacts facts = losing();
  facts.granted = {make_override("max_daily_loss_pct", "bad day", "alice", kNow, 60).value()};
  const StartVerdict verdict = check_start(facts, loss_limits());
  EXPECT_TRUE(verdict.status().ok());
  ASSERT_EQ(verdict.passed.size(), 1u);
  EXPECT_EQ(verdict.passed[0].breach.rule, "max_daily_loss_pct");
  EXPECT_EQ(verdict.passed[0].used.reason, "bad day");
}

TEST(CheckStartTest, TheWindowIsNewYorksInSummerAndWinter) {
  RiskLimits limits;
  limits.trade_window =
      limit(TradeWindow{calendar::TimeOfDay::of(9, 35), calendar::TimeOfDay::of(15, 50)});
  const std::pair<const char*, bool> cases[] = {
      {"2025-08-29T13:34:59.999999Z", false}, {"2025-08-29T13:35:00Z", true},   // EDT
      {"2025-01-10T14:34:59.999999Z", false}, {"2025-01-10T14:35:00Z", true},   // EST
      {"2025-08-30T00:30:00Z", false},        {"2025-03-09T14:00:00Z", true}};  // 20:30; the change
  for (const auto& [now, open] : cases) {
    const StartFacts facts{.session = SessionFacts{at(now), {}}, .now = at(now)};
    EXPECT_EQ(check_start(facts, limits).status().ok(), open) << now;
  }
}

TEST(BreakerTest, HaltsInTheNameOfItsRule) {
  RiskLimits limits;
  limits.max_reject_rate = limit(ratio("0.2"));
  const auto halt = check_breaker({.answered = 5, .rejected = 2, .unknown = 0}, kNow, limits);
  ASSERT_TRUE(halt.has_value());
  EXPECT_EQ(describe(*halt),
            "HALTED by risk.max_reject_rate since 2025-08-29T14:00:00Z: the broker refused 2 of 5 "
            "orders, which is above risk.max_reject_rate 20% (config.yaml:7)");
}

TEST(BreakerTest, ARateOfFourAnswersMeansNothingYet) {
  RiskLimits limits;
  limits.max_reject_rate = limit(ratio("0.2"));
  EXPECT_FALSE(check_breaker({.answered = 4, .rejected = 4, .unknown = 0}, kNow, limits));
}

TEST(BreakerTest, CountsOnlyWhatTheBrokerAnswered) {
  const std::vector<OrderState> states = {
      OrderState::kPlanned,   OrderState::kSubmitting,  OrderState::kAbandoned,
      OrderState::kUnknown,   OrderState::kQuarantined, OrderState::kNeverAccepted,
      OrderState::kRejected,  OrderState::kLive,        OrderState::kCancelling,
      OrderState::kResolving, OrderState::kFilled,      OrderState::kPartial,
      OrderState::kCanceled,  OrderState::kExpired,     OrderState::kSimulated};
  const BatchTally tally = tally_of(states);
  EXPECT_EQ(tally.answered, 9);
  EXPECT_EQ(tally.rejected, 1);
  EXPECT_EQ(tally.unknown, 2);
}

// ---- Overrides ----

TEST(OverrideTest, IsGoodForOneRuleAndAWhile) {
  const Override permission =
      make_override("risk.max_total_notional", "first investment", "alice", kNow, 1'800).value();
  EXPECT_EQ(permission.rule, "max_total_notional");
  EXPECT_EQ(permission.expires_at, kNow.plus_seconds(1'800));
  EXPECT_EQ(describe(permission),
            "the next breach of risk.max_total_notional passes, once, until 2025-08-29T14:30:00Z");
}

TEST(OverrideTest, RefusesRulesThatNobodyMayPass) {
  for (const char* rule : {"trading_state", "duplicate_order", "conservation", "cash",
                           "allow_short", "restricted_symbols", "universe"}) {
    const Status status = check_may_override(rule);
    ASSERT_FALSE(status.ok()) << rule;
    EXPECT_EQ(status.error().code, ErrorCode::kUsage);
    EXPECT_THAT(status.error().message, HasSubstr("cannot be overridden; "));
  }
  EXPECT_THAT(check_may_override("max_total_notionl").error().message,
              HasSubstr("did you mean 'max_total_notional'?"));
  EXPECT_THAT(check_may_override("risk.wobble").error().message,
              HasSubstr("no rule 'risk.wobble'; docs/risk-controls.md lists them"));
}

TEST(OverrideTest, NeedsAReasonAndAnEnd) {
  EXPECT_THAT(make_override("max_adv_pct", " \t", "alice", kNow, 60).error().message,
              HasSubstr("--reason is empty"));
  for (const std::int64_t seconds : {std::int64_t{0}, std::int64_t{86'401}}) {
    EXPECT_THAT(make_override("max_adv_pct", "x", "alice", kNow, seconds).error().message,
                HasSubstr("--for was " + std::to_string(seconds)));
  }
  EXPECT_TRUE(make_override("max_adv_pct", "x", "alice", kNow, 86'400).ok());
}

TEST(OverrideTest, OnePermissionPassesOneOrderNotTwo) {
  RiskLimits limits;
  limits.max_share_per_order = limit(qty("5"));
  PlanFacts facts;
  facts.granted = {make_override("max_share_per_order", "x", "alice", kNow, 60).value()};
  const std::vector<PlannedOrder> orders{buy("A", "6", "100"), buy("B", "7", "100")};
  const auto verdict =
      risk_check_orders(orders, market({{"A", "100"}, {"B", "100"}}), kRich, limits, facts);
  ASSERT_EQ(verdict.passed.size(), 1u);
  EXPECT_THAT(verdict.passed[0].breach.words, HasSubstr("6 shares is above"));
  ASSERT_EQ(verdict.refused.size(), 1u);
  EXPECT_EQ(verdict.refused[0].order.symbol, sym("B"));
}

TEST(OverrideTest, ABatchThatIsRefusedAnywayUsesNone) {
  RiskLimits limits;
  limits.max_share_per_order = limit(qty("5"));
  limits.max_total_notional = limit(usd("100"));
  PlanFacts facts;
  facts.granted = {make_override("max_share_per_order", "x", "alice", kNow, 60).value()};
  const std::vector<PlannedOrder> orders{buy("A", "6", "100")};
  const auto verdict = risk_check_orders(orders, market({{"A", "100"}}), kRich, limits, facts);
  EXPECT_TRUE(verdict.batch_refused());
  EXPECT_TRUE(verdict.passed.empty());
}

}  // namespace
}  // namespace signalbus::risk
