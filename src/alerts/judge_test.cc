// Goal: an alert is told once, when it begins, gets worse and ends; never for a value that trembles
// at its threshold, never twice for the same day, and never silently not at all.
// Method: one rule walked through days; RapidCheck properties over random walks, with an oracle of
// plain thresholds.
#include "alerts/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <set>

#include "alerts/sentences.h"

namespace signalbus::alerts {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TradeDate day(int n) { return TradeDate::from_days(20'000 + n); }

Rule drawdown_rule() {
  return {.name = "drawdown",
          .metric = "drawdown",
          .scope = "portfolio",
          .op = Op::kAtMost,
          .warn = -0.10,
          .critical = -0.15,
          .hysteresis = 0.01};
}

RiskValue value_of(std::optional<double> value, std::string scope = "portfolio",
                   std::string metric = "drawdown") {
  return {.scope = std::move(scope),
          .metric = std::move(metric),
          .value = value,
          .unit = "fraction",
          .window = "day",
          .n_used = 10,
          .reason = value ? "" : "needs 2 observations, has 1"};
}

/// A rule's life: each call is the next day unless told.
class Walk {
 public:
  explicit Walk(Rule rule) : rule_(std::move(rule)) {}
  std::optional<AlertChange> next(std::optional<double> value) { return on(++day_, value); }
  std::optional<AlertChange> again(std::optional<double> value) { return on(day_, value); }
  std::optional<AlertChange> on(int number, std::optional<double> value) {
    day_ = number;
    Step step = alerts::step(rule_, state_, value_of(value), day(number));
    state_ = std::move(step.state);
    return std::move(step.change);
  }
  void acknowledge() { state_ = alerts::acknowledge(*state_, "me", "known"); }
  AlertLevel level() const { return state_->level; }
  const AlertState& state() const { return *state_; }

 private:
  Rule rule_;
  std::optional<AlertState> state_;
  int day_ = 0;
};

TEST(StepTest, TellsABeginningAWorseningAndAnEnd) {
  Walk walk(drawdown_rule());

  EXPECT_FALSE(walk.next(-0.05));
  const auto warned = walk.next(-0.12);
  ASSERT_TRUE(warned);
  EXPECT_EQ(warned->notice.level, AlertLevel::kWarn);
  EXPECT_EQ(warned->notice.sentence, "Drawdown is -12 %, warning is -10 %");
  EXPECT_FALSE(walk.next(-0.13));
  const auto critical = walk.next(-0.162);
  ASSERT_TRUE(critical);
  EXPECT_EQ(critical->notice.sentence, "Drawdown is -16.2 %, critical is -15 %");
  EXPECT_EQ(critical->before, AlertLevel::kWarn);
  const auto resolved = walk.next(-0.02);
  ASSERT_TRUE(resolved);
  EXPECT_EQ(resolved->notice.level, AlertLevel::kOk);
  EXPECT_EQ(resolved->suppressed, "");
  EXPECT_FALSE(walk.next(-0.02));
}

TEST(StepTest, DoesNotFlapInsideTheHysteresis) {
  Walk walk(drawdown_rule());
  ASSERT_TRUE(walk.next(-0.10));
  for (const double value : {-0.0999, -0.1001, -0.091, -0.10, -0.0905}) {
    EXPECT_FALSE(walk.next(value)) << value;
    EXPECT_EQ(walk.level(), AlertLevel::kWarn) << value;
  }
  EXPECT_TRUE(walk.next(-0.0899));
}

TEST(StepTest, WaitsForAsManyDaysAsTheRuleSaysAndCountsADayOnce) {
  Rule rule = drawdown_rule();
  rule.for_days = 3;
  Walk walk(rule);

  EXPECT_FALSE(walk.next(-0.12));
  EXPECT_FALSE(walk.again(-0.12));
  EXPECT_FALSE(walk.again(-0.12));
  EXPECT_FALSE(walk.next(-0.12));
  EXPECT_TRUE(walk.next(-0.12));
}

TEST(StepTest, AnotherValueOfTheSameDayTakesThePlaceOfTheFirst) {
  Rule rule = drawdown_rule();
  rule.for_days = 2;
  Walk walk(rule);
  EXPECT_FALSE(walk.next(-0.12));
  EXPECT_FALSE(walk.again(-0.01));  // it was a mistake
  EXPECT_FALSE(walk.next(-0.12));   // so this is the first day
  EXPECT_TRUE(walk.next(-0.12));
}

TEST(StepTest, ADayBeforeTheNewestChangesNothing) {
  Walk walk(drawdown_rule());
  ASSERT_TRUE(walk.on(5, -0.12));
  const AlertState before = walk.state();
  EXPECT_FALSE(walk.on(4, -0.01));
  EXPECT_EQ(walk.state(), before);
}

TEST(StepTest, TellsThatItCannotJudgeAndNeverTakesThatForOk) {
  Walk walk(drawdown_rule());
  const auto unknown = walk.next(std::nullopt);
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->notice.level, AlertLevel::kUnknown);
  EXPECT_EQ(unknown->notice.sentence, "Drawdown cannot be judged: needs 2 observations, has 1");
  EXPECT_FALSE(walk.next(std::numeric_limits<double>::quiet_NaN()));
  EXPECT_EQ(walk.level(), AlertLevel::kUnknown);
  EXPECT_FALSE(walk.next(-0.01));  // measured, and ok: nothing to tell
  EXPECT_EQ(walk.level(), AlertLevel::kOk);
}

TEST(StepTest, WhatIsMissingWithoutAnythingBeingWrongIsUnknownAndNotTold) {
  RiskValue young = value_of(std::nullopt);
  young.is_expected = true;
  const Step first = step(drawdown_rule(), std::nullopt, young, day(1));
  EXPECT_EQ(first.state.level, AlertLevel::kUnknown);
  ASSERT_TRUE(first.change);
  EXPECT_EQ(first.change->suppressed, "nothing is wrong");
  EXPECT_FALSE(step(drawdown_rule(), first.state, young, day(2)).change);
  const Step missing = step(drawdown_rule(), first.state, value_of(std::nullopt), day(3));
  ASSERT_TRUE(missing.change) << "now something is";
  EXPECT_EQ(missing.change->suppressed, "");
}

TEST(StepTest, ACriticalThatCannotBeMeasuredAnyMoreIsNotOver) {
  Walk walk(drawdown_rule());
  ASSERT_TRUE(walk.next(-0.2));
  EXPECT_EQ(walk.next(std::nullopt)->notice.level, AlertLevel::kUnknown);
  EXPECT_EQ(walk.next(-0.145)->notice.level, AlertLevel::kCritical);  // held by the hysteresis
  EXPECT_EQ(walk.next(-0.01)->notice.level, AlertLevel::kOk);
}

TEST(StepTest, ACoolDownSuppressesWithItsReasonAndWhatLastsIsToldAfterIt) {
  Rule rule = drawdown_rule();
  rule.cool_down_days = 5;
  Walk walk(rule);
  EXPECT_EQ(walk.on(1, -0.2)->suppressed, "");
  EXPECT_EQ(walk.on(2, -0.01)->suppressed, "");
  EXPECT_EQ(walk.on(3, -0.2)->suppressed, "told on " + day(1).iso() + ", cool-down is 5 days");
  EXPECT_FALSE(walk.on(4, -0.2));
  const auto late = walk.on(6, -0.2);
  ASSERT_TRUE(late);
  EXPECT_EQ(late->suppressed, "");
  EXPECT_EQ(late->notice.since, day(3));
}

TEST(StepTest, TheEndOfWhatNobodyHeardOfIsNotTold) {
  Rule rule = drawdown_rule();
  rule.cool_down_days = 5;
  Walk walk(rule);
  walk.on(1, -0.2);
  walk.on(2, -0.01);
  walk.on(3, -0.2);
  EXPECT_EQ(walk.on(4, -0.01)->suppressed, "its beginning was not told");
}

TEST(StepTest, RemindsOfWhatLastsUnlessSomebodyHasSeenIt) {
  Rule rule = drawdown_rule();
  rule.remind_days = 2;
  Walk walk(rule);
  ASSERT_TRUE(walk.on(1, -0.12));
  EXPECT_FALSE(walk.on(2, -0.12));
  const auto reminder = walk.on(3, -0.12);
  ASSERT_TRUE(reminder);
  EXPECT_EQ(reminder->before, AlertLevel::kWarn);
  walk.acknowledge();
  EXPECT_FALSE(walk.on(6, -0.12));
}

TEST(StepTest, AnAcknowledgementIsSilentUntilItGetsWorse) {
  Walk walk(drawdown_rule());
  ASSERT_TRUE(walk.next(-0.12));
  walk.acknowledge();
  const auto worse = walk.next(-0.2);
  ASSERT_TRUE(worse);
  EXPECT_EQ(worse->suppressed, "");
  EXPECT_EQ(walk.state().acknowledged_by, "");
  walk.acknowledge();
  EXPECT_EQ(walk.next(-0.12)->suppressed, "acknowledged by me");
}

TEST(EvaluateTest, AScopeThatIsGoneIsOverAndAMissingValueOfOneScopeIsTold) {
  const Rule name{.name = "single_name",
                  .metric = "weight",
                  .scope = "symbol:*",
                  .op = Op::kAbove,
                  .warn = 0.1,
                  .critical = 0.2};
  const std::vector<Rule> rules = {drawdown_rule(), name};
  const Evaluated first = evaluate(
      rules, {},
      {day(1), {value_of(-0.01), value_of(0.25, "symbol:AAPL", "weight")}, {Source::kAnalysis}});
  ASSERT_EQ(first.changes.size(), 1U);
  EXPECT_EQ(first.changes[0].notice.sentence, "AAPL: weight is 25 %, critical is above 20 %");

  const Evaluated second = evaluate(rules, first.states, {day(2), {}, {Source::kAnalysis}});

  ASSERT_EQ(second.changes.size(), 2U);
  EXPECT_EQ(second.changes[0].notice.sentence, "Drawdown cannot be judged: it was not measured");
  EXPECT_EQ(second.changes[1].notice.sentence, "symbol:AAPL is not there any more");
}

TEST(EvaluateTest, ASourceThatWasNotMeasuredLeavesItsRulesAlone) {
  const std::vector<Rule> rules = {drawdown_rule()};
  const Evaluated first = evaluate(rules, {}, {day(1), {value_of(-0.2)}, {Source::kAnalysis}});
  const Evaluated second = evaluate(rules, first.states, {day(2), {}, {Source::kRun}});
  EXPECT_THAT(second.states, IsEmpty());
  EXPECT_THAT(second.changes, IsEmpty());
  ASSERT_EQ(second.open.size(), 1U);
}

TEST(EvaluateTest, ARuleThatIsTakenAwayEndsWhatItHadOpen) {
  const std::vector<Rule> rules = {drawdown_rule()};
  const Evaluated first = evaluate(rules, {}, {day(1), {value_of(-0.2)}, {Source::kAnalysis}});
  const Evaluated second = evaluate({}, first.states, {day(2), {}, {Source::kAnalysis}});
  ASSERT_EQ(second.changes.size(), 1U);
  EXPECT_EQ(second.changes[0].notice.sentence, "the rule is not there any more");
  EXPECT_THAT(second.open, IsEmpty());
}

TEST(EvaluateTest, QuietDaysStoreNothing) {
  const std::vector<Rule> rules = {drawdown_rule()};
  EXPECT_THAT(evaluate(rules, {}, {day(1), {value_of(-0.05)}, {Source::kAnalysis}}).states,
              IsEmpty());
}

TEST(JudgeTest, GivesEachValueTheThresholdsOfTheWorstRuleThatWatchesIt) {
  Rule soft = drawdown_rule();
  soft.name = "soft";
  soft.warn = -0.01;
  soft.critical = std::nullopt;
  const std::vector<Rule> rules = {soft, drawdown_rule()};
  const std::vector<Source> measured = {Source::kAnalysis};
  const std::vector<RiskValue> values = {value_of(-0.2), value_of(1, "portfolio", "sharpe"),
                                         value_of(std::nullopt, "portfolio", "beta")};

  const std::vector<RiskRow> rows = judge(values, rules, measured);

  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].level, AlertLevel::kCritical);
  EXPECT_EQ(rows[0].threshold_critical, -0.15);
  EXPECT_EQ(rows[1].level, AlertLevel::kOk);
  EXPECT_FALSE(rows[1].threshold_critical);
  EXPECT_EQ(rows[2].level, AlertLevel::kUnknown);
  EXPECT_EQ(judge({}, rules, measured).size(), 1U);  // the one value that both rules miss
}

TEST(DefaultRulesTest, HaveUniqueNamesKnownMetricsAndLevelsInOrder) {
  std::set<std::string> names;
  for (const Rule& rule : default_rules()) {
    EXPECT_TRUE(names.insert(rule.name).second) << rule.name;
    ASSERT_NE(find_metric(rule.metric), nullptr) << rule.metric;
    EXPECT_TRUE(rule.warn || rule.critical) << rule.name;
    EXPECT_FALSE(rule.meaning.empty()) << rule.name;
    if (!rule.warn || !rule.critical) continue;
    const bool low = rule.op == Op::kBelow || rule.op == Op::kAtMost;
    EXPECT_EQ(low, *rule.critical < *rule.warn) << rule.name;
  }
}

TEST(ThresholdRuleTest, TheNumberIsCriticalAndWarnsOnItsSafeSide) {
  const Rule drawdown = threshold_rule("max_drawdown", -0.2, std::nullopt);
  EXPECT_EQ(drawdown.metric, "max_drawdown_from_start");
  EXPECT_EQ(drawdown.op, Op::kAtMost);
  EXPECT_DOUBLE_EQ(*drawdown.warn, -0.16);
  const Rule volatility = threshold_rule("volatility", 0.25, std::nullopt);
  EXPECT_EQ(volatility.op, Op::kAtLeast);
  EXPECT_DOUBLE_EQ(*volatility.warn, 0.2);
  const Rule sharpe = threshold_rule("sharpe", 0.5, std::nullopt);
  EXPECT_EQ(sharpe.op, Op::kAtMost);
  EXPECT_DOUBLE_EQ(*sharpe.warn, 0.625);
}

// ---- properties

std::vector<double> random_values() {
  return *rc::gen::container<std::vector<double>>(
      rc::gen::map(rc::gen::inRange(-220, 20), [](int n) { return n / 1000.0; }));
}

Rule random_rule() {
  Rule rule = drawdown_rule();
  rule.hysteresis = *rc::gen::inRange(0, 40) / 1000.0;
  rule.for_days = *rc::gen::inRange(1, 4);
  rule.cool_down_days = *rc::gen::inRange(0, 6);
  rule.remind_days = *rc::gen::inRange(0, 4);
  return rule;
}

RC_GTEST_PROP(StepProperties, TheSameEvaluationAgainTellsAndChangesNothing, ()) {
  Walk walk(random_rule());
  for (const double value : random_values()) {
    walk.next(value);
    const AlertState state = walk.state();
    RC_ASSERT(!walk.again(value));
    RC_ASSERT(walk.state() == state);
  }
}

RC_GTEST_PROP(StepProperties, NoLevelIsLeftInsideItsHysteresisAndNoneTakenShortOfItsThreshold, ()) {
  const Rule rule = random_rule();
  Walk walk(rule);
  AlertLevel before = AlertLevel::kOk;
  for (const double value : random_values()) {
    walk.next(value);
    const AlertLevel after = walk.level();
    if (gravity(after) > gravity(before))
      RC_ASSERT(gravity(level_of(rule, value_of(value))) >= gravity(after));
    if (before == AlertLevel::kCritical && after != before)
      RC_ASSERT(value > *rule.critical + rule.hysteresis);
    if (before == AlertLevel::kWarn && after == AlertLevel::kOk)
      RC_ASSERT(value > *rule.warn + rule.hysteresis);
    before = after;
  }
}

RC_GTEST_PROP(StepProperties, EveryCriticalIsToldOrSuppressedWithAReasonUnderAKeyOfItsOwn, ()) {
  const Rule rule = random_rule();
  Walk walk(rule);
  AlertLevel before = AlertLevel::kOk;
  std::set<std::string> keys;
  for (const double value : random_values()) {
    const auto change = walk.next(value);
    const bool became = walk.level() == AlertLevel::kCritical && before != AlertLevel::kCritical;
    if (became) RC_ASSERT(change.has_value());
    if (change) RC_ASSERT(keys.insert(change->key).second);
    if (change && !change->suppressed.empty()) RC_ASSERT(rule.cool_down_days > 0);
    before = walk.level();
  }
}

/// What is stored is only what changed; forgetting the quiet days must not change what comes later.
RC_GTEST_PROP(EvaluateProperties, StoredStatesTellTheSameAsKeptOnes, ()) {
  const std::vector<Rule> rules = {random_rule()};
  Walk walk(rules[0]);
  std::vector<AlertState> stored;
  int number = 0;
  for (const double value : random_values()) {
    ++number;
    const auto expected = walk.on(number, value);
    Evaluated got = evaluate(rules, stored, {day(number), {value_of(value)}, {Source::kAnalysis}});
    if (!got.states.empty()) stored = got.states;
    RC_ASSERT(got.changes.size() == (expected ? 1U : 0U));
    if (expected) {
      RC_ASSERT(got.changes[0].key == expected->key);
      RC_ASSERT(got.changes[0].suppressed == expected->suppressed);
    }
  }
}

}  // namespace
}  // namespace signalbus::alerts
