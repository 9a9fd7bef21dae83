// Goal: the targets of a run date are what the chosen strategies asked for, whoever was named
// first. Method: two small strategies written inline, expected sums by hand.
#include "signals/merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "signals/testing.h"

namespace signalbus::signals {
namespace {

using testing::date;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::loaded;
using ::testing::Not;
using testing::rows_of;
using testing::spec;

const TradeDate kRunDate = date("2025-07-28");

MergeRequest select(std::optional<std::string> pick) {
  MergeRequest request{kRunDate, MergeMode::kSelect, std::nullopt, {}};
  if (pick) request.pick = StrategyId(*pick);
  return request;
}

MergeRequest blend(const std::vector<std::pair<std::string, double>>& weights) {
  MergeRequest request{kRunDate, MergeMode::kBlend, std::nullopt, {}};
  for (const auto& [id, weight] : weights) request.blend.emplace_back(StrategyId(id), weight);
  return request;
}

const std::vector<StrategySpec> kManifest = {spec("momentum"), spec("value"), spec("drl")};

// ---- Which strategies ----

// ancestor-defects 14
TEST(StrategiesForTest, RefusesSelectWithoutAPickWhenThereAreSeveral) {
  const auto out = strategies_for(kManifest, select(std::nullopt));
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().code, ErrorCode::kUsage);
  EXPECT_EQ(out.error().message,
            "select needs --pick, or scheduler.m1.pick: the manifest has 3 strategies (momentum, "
            "value, drl)");
}

TEST(StrategiesForTest, SelectsTheOnlyStrategyWithoutAPick) {
  const auto out = strategies_for({spec("drl")}, select(std::nullopt));
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out.value().front().id, StrategyId("drl"));
}

TEST(StrategiesForTest, SuggestsTheNameThatWasMeant) {
  const auto out = strategies_for(kManifest, select("momentom"));
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().code, ErrorCode::kUsage);
  EXPECT_EQ(out.error().message,
            "strategy 'momentom' is not in the manifest (momentum, value, drl), did you mean "
            "'momentum'?");
}

TEST(StrategiesForTest, ListsTheNamesWhenNoneIsNear) {
  const auto out = strategies_for(kManifest, select("carry-trade"));
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().message,
            "strategy 'carry-trade' is not in the manifest (momentum, value, drl)");
}

TEST(StrategiesForTest, RefusesBlendsThatCannotBeMeant) {
  const std::vector<std::pair<std::vector<std::pair<std::string, double>>, std::string>> cases = {
      {{}, "blend needs weights"},
      {{{"drl", 0.0}}, "blend weight of drl is 0, it must be above 0"},
      {{{"drl", -0.5}}, "blend weight of drl is -0.5"},
      {{{"drl", std::nan("")}}, "blend weight of drl"},
      {{{"drl", INFINITY}}, "blend weight of drl"},
      {{{"drl", 0.5}, {"drl", 0.5}}, "blend names drl twice"},
      {{{"drl", 0.5}, {"vlaue", 0.5}}, "did you mean 'value'?"}};
  for (const auto& [weights, words] : cases) {
    const auto out = strategies_for(kManifest, blend(weights));
    ASSERT_FALSE(out.ok()) << words;
    EXPECT_EQ(out.error().code, ErrorCode::kUsage);
    EXPECT_THAT(out.error().message, HasSubstr(words));
  }
}

TEST(StrategiesForTest, ListsABlendInManifestOrder) {
  const auto out = strategies_for(kManifest, blend({{"drl", 1}, {"momentum", 1}}));
  ASSERT_TRUE(out.ok());
  ASSERT_EQ(out.value().size(), 2u);
  EXPECT_EQ(out.value()[0].id.get(), "momentum");
  EXPECT_EQ(out.value()[1].id.get(), "drl");
}

// ---- Freshness ----

TEST(PickLatestTest, AcceptsASignalAsOldAsMaxAgeDaysAndRefusesOlder) {
  LoadedStrategy strategy = loaded("drl", "2025-07-21", rows_of({1}));
  EXPECT_EQ(pick_latest_per_strategy({strategy}, kRunDate, {}).signals.size(), 1u);

  strategy.newest = date("2025-07-20");
  const PickedSignals picked = pick_latest_per_strategy({strategy}, kRunDate, {});
  ASSERT_EQ(picked.failures.size(), 1u);
  EXPECT_EQ(picked.failures[0].error.code, ErrorCode::kStale);
  EXPECT_EQ(picked.failures[0].error.message,
            "strategy drl (drl.csv): newest signal is of 2025-07-20, 8 days before 2025-07-28, "
            "max_age_days is 7; refresh the file, or raise max_age_days in the manifest");
}

TEST(PickLatestTest, HonoursMaxAgeDaysOfZero) {
  LoadedStrategy strategy = loaded("drl", "2025-07-28", rows_of({1}));
  strategy.spec.max_age_days = 0;
  EXPECT_THAT(pick_latest_per_strategy({strategy}, kRunDate, {}).failures, IsEmpty());
  strategy.newest = date("2025-07-27");
  EXPECT_EQ(pick_latest_per_strategy({strategy}, kRunDate, {}).failures.size(), 1u);
}

TEST(PickLatestTest, WantsTheRunDateItselfWhenMatchIsExact) {
  SignalPolicy exact;
  exact.date_match = DateMatch::kExact;
  const auto today = loaded("drl", "2025-07-28", rows_of({1}));
  const auto yesterday = loaded("drl", "2025-07-27", rows_of({1}));
  EXPECT_THAT(pick_latest_per_strategy({today}, kRunDate, exact).failures, IsEmpty());
  const auto picked = pick_latest_per_strategy({yesterday}, kRunDate, exact);
  ASSERT_EQ(picked.failures.size(), 1u);
  EXPECT_THAT(picked.failures[0].error.message, HasSubstr("signals.date_match: exact"));
}

TEST(PickLatestTest, SaysWhatTheFileHasWhenNothingIsOnOrBeforeTheRunDate) {
  LoadedStrategy strategy = loaded("drl", "2025-07-28", {});
  strategy.newest.reset();
  strategy.earliest = date("2025-08-01");
  auto picked = pick_latest_per_strategy({strategy}, kRunDate, {});
  ASSERT_EQ(picked.failures.size(), 1u);
  EXPECT_THAT(picked.failures[0].error.message,
              HasSubstr("no signal on or before 2025-07-28, the earliest is 2025-08-01"));
  strategy.earliest.reset();
  picked = pick_latest_per_strategy({strategy}, kRunDate, {});
  EXPECT_THAT(picked.failures[0].error.message, HasSubstr("the file has no such row"));
}

TEST(PickLatestTest, QuarantinesAJumpInTurnover) {
  // 0.5,0.5 -> 0.25,0.5,+0.25 of a new name: (0.25 + 0.25) / 2 = 0.25 one way.
  LoadedStrategy strategy = loaded("drl", "2025-07-28", rows_of({0.25, 0.5, 0.25}));
  strategy.previous_rows = rows_of({0.5, 0.5});
  SignalPolicy policy;
  policy.max_turnover = 0.25;
  EXPECT_THAT(pick_latest_per_strategy({strategy}, kRunDate, policy).failures, IsEmpty());
  policy.max_turnover = 0.24;
  const auto picked = pick_latest_per_strategy({strategy}, kRunDate, policy);
  ASSERT_EQ(picked.failures.size(), 1u);
  EXPECT_THAT(picked.failures[0].error.message,
              HasSubstr("turnover since its previous signal is 0.25, above signals.max_turnover"));
}

// ---- Merge ----

PickedSignals two_strategies() {
  return pick_latest_per_strategy({loaded("value", "2025-07-25", rows_of({0.5, 0.5})),
                                   loaded("drl", "2025-07-28", rows_of({0, 0.25, 1.0}))},
                                  kRunDate, {});
}

std::map<std::string, double> weights_of(const TargetBook& book) {
  std::map<std::string, double> out;
  for (const Target& target : book.targets) out[target.asset_id.get()] = target.weight;
  return out;
}

TEST(MergeTest, SelectKeepsTheStrategyItsDateAndItsTimes) {
  auto rows = rows_of({0.25, 0.75});
  rows[0].asof = Instant::parse("2025-07-25T09:00:00Z").value();
  const auto picked = pick_latest_per_strategy({loaded("value", "2025-07-25", rows)}, kRunDate, {});
  const auto out = merge_for_date(picked, select("value"), {}, {});
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out.value().book.trade_date, kRunDate);
  const Target& first = out.value().book.targets.front();
  EXPECT_EQ(first.weight, 0.25);
  EXPECT_EQ(first.strategy_id, StrategyId("value"));
  EXPECT_EQ(first.signal_date, date("2025-07-25"));
  EXPECT_EQ(first.asof.rfc3339(), "2025-07-25T09:00:00Z");
  EXPECT_EQ(out.value().contributions.rows.front().blend_weight, 1);
  EXPECT_THAT(out.value().notes, IsEmpty());
}

TEST(MergeTest, BlendMixesStrategiesThatWereNormalisedFirst) {
  // drl sums to 1.25 and becomes 0, 0.2, 0.8; then 0.25 x value + 0.75 x drl.
  const auto out =
      merge_for_date(two_strategies(), blend({{"value", 0.25}, {"drl", 0.75}}), {}, {});
  ASSERT_TRUE(out.ok());
  const auto weights = weights_of(out.value().book);
  ASSERT_EQ(weights.size(), 3u);
  EXPECT_DOUBLE_EQ(weights.at("1"), 0.125);
  EXPECT_DOUBLE_EQ(weights.at("2"), 0.275);
  EXPECT_DOUBLE_EQ(weights.at("3"), 0.6);
  for (const Target& target : out.value().book.targets) {
    EXPECT_EQ(target.strategy_id, StrategyId("blend"));
    EXPECT_EQ(target.signal_date, date("2025-07-25")) << "the oldest of the parts";
  }
  EXPECT_THAT(out.value().notes, ElementsAre(HasSubstr("strategy drl: weights summed to 1.25")));
}

TEST(MergeTest, ContributionsAddUpToTheTargetExactly) {
  const auto out = merge_for_date(two_strategies(), blend({{"value", 3}, {"drl", 7}}), {}, {});
  ASSERT_TRUE(out.ok());
  std::map<std::string, double> sums;
  for (const Contribution& row : out.value().contributions.rows) {
    EXPECT_EQ(row.contribution, row.strategy_weight * row.blend_weight);
    sums[row.asset_id.get()] += row.contribution;
  }
  EXPECT_EQ(sums, weights_of(out.value().book));
}

TEST(MergeTest, ScalesBlendWeightsToOneWithANote) {
  const auto out = merge_for_date(two_strategies(), blend({{"value", 1}, {"drl", 3}}), {}, {});
  ASSERT_TRUE(out.ok());
  EXPECT_THAT(out.value().notes,
              ::testing::Contains("blend weights summed to 4 and were scaled to 1"));
  EXPECT_EQ(out.value().strategies[0].strategy_id, StrategyId("drl"));
  EXPECT_EQ(out.value().strategies[0].blend_weight, 0.75);
  EXPECT_EQ(out.value().strategies[0].raw_sum, 1.25);
}

TEST(MergeTest, TheOrderInWhichStrategiesAreNamedChangesNoByte) {
  PickedSignals picked = two_strategies();
  picked.signals.push_back({StrategyId("alpha"), kRunDate, rows_of({0.3, 0.3, 0.3})});
  const MergeRequest request = blend({{"value", 0.1}, {"drl", 0.3}, {"alpha", 0.7}});
  const auto forward = merge_for_date(picked, request, {}, {});
  std::reverse(picked.signals.begin(), picked.signals.end());
  MergeRequest reversed = request;
  std::reverse(reversed.blend.begin(), reversed.blend.end());
  const auto backward = merge_for_date(picked, reversed, {}, {});
  ASSERT_TRUE(forward.ok() && backward.ok());
  EXPECT_EQ(weights_of(forward.value().book), weights_of(backward.value().book));
  EXPECT_EQ(forward.value().notes, backward.value().notes);
  EXPECT_THAT(forward.value().notes, Not(IsEmpty()));
}

TEST(MergeTest, SortsTargetsNumericallyAndStatesEachOnce) {
  auto rows = rows_of({0.25, 0.25, 0.5});
  rows[0].asset_id = AssetId("2");
  rows[1].asset_id = AssetId("10");
  rows[2].asset_id = AssetId("ABC");
  const auto out =
      merge_for_date({{{StrategyId("a"), kRunDate, rows}, {StrategyId("b"), kRunDate, rows}}, {}},
                     blend({{"a", 0.5}, {"b", 0.5}}), {}, {});
  ASSERT_TRUE(out.ok());
  std::vector<std::string> ids;
  for (const Target& target : out.value().book.targets) ids.push_back(target.asset_id.get());
  EXPECT_THAT(ids, ElementsAre("2", "10", "ABC"));
}

TEST(MergeTest, AFailedStrategyStopsTheBlendByDefaultAndNamesAllFailures) {
  PickedSignals picked = two_strategies();
  picked.failures.push_back({StrategyId("x"), {ErrorCode::kStale, "strategy x: too old"}});
  picked.failures.push_back({StrategyId("y"), {ErrorCode::kInvalidInput, "strategy y: bad"}});
  const auto out =
      merge_for_date(picked, blend({{"value", 1}, {"drl", 1}, {"x", 1}, {"y", 1}}), {}, {});
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().code, ErrorCode::kStale);
  EXPECT_EQ(out.error().message, "strategy x: too old\nstrategy y: bad");
}

TEST(MergeTest, DropGoesOnWithTheOthersAtFullWeightAndSaysSo) {
  SignalPolicy drop;
  drop.on_failure = OnFailure::kDrop;
  PickedSignals picked = two_strategies();
  picked.failures.push_back({StrategyId("x"), {ErrorCode::kStale, "strategy x: too old"}});
  picked.signals.push_back({StrategyId("unit"), kRunDate, rows_of({50, 50})});
  const auto out = merge_for_date(
      picked, blend({{"value", 0.25}, {"drl", 0.25}, {"x", 0.25}, {"unit", 0.25}}), drop, {});
  ASSERT_TRUE(out.ok());
  EXPECT_DOUBLE_EQ(weights_of(out.value().book).at("3"), 0.4);
  EXPECT_THAT(out.value().notes, ::testing::Contains(HasSubstr("strategy x dropped")));
  EXPECT_THAT(out.value().notes, ::testing::Contains(HasSubstr("sum to 100")));
  EXPECT_EQ(out.value().strategies.size(), 2u);
}

TEST(MergeTest, DropCannotLeaveNothing) {
  SignalPolicy drop;
  drop.on_failure = OnFailure::kDrop;
  const PickedSignals picked{{}, {{StrategyId("x"), {ErrorCode::kStale, "strategy x: too old"}}}};
  EXPECT_FALSE(merge_for_date(picked, select("x"), drop, {}).ok());
  const PickedSignals broken{{{StrategyId("x"), kRunDate, rows_of({50})}}, {}};
  EXPECT_FALSE(merge_for_date(broken, select("x"), drop, {}).ok());
}

// ---- hold_sleeve ----

/// A failed `x` and a broken `unit` besides the two good ones.
PickedSignals two_good_two_bad() {
  PickedSignals picked = two_strategies();
  picked.failures.push_back({StrategyId("x"), {ErrorCode::kStale, "strategy x: too old"}});
  picked.signals.push_back({StrategyId("unit"), kRunDate, rows_of({50, 50})});
  return picked;
}

MergeRequest blend_of_four(std::set<StrategyId> with_a_sleeve) {
  MergeRequest request = blend({{"value", 0.25}, {"drl", 0.25}, {"x", 0.25}, {"unit", 0.25}});
  request.sleeves = std::move(with_a_sleeve);
  return request;
}

SignalPolicy hold() {
  SignalPolicy policy;
  policy.on_failure = OnFailure::kHoldSleeve;
  return policy;
}

TEST(HoldSleeveTest, TheOthersGoOnAndTheFailedAreNamedAsHeld) {
  const auto out = merge_for_date(two_good_two_bad(),
                                  blend_of_four({StrategyId("x"), StrategyId("unit")}), hold(), {});
  ASSERT_TRUE(out.ok()) << out.error().message;
  EXPECT_DOUBLE_EQ(weights_of(out.value().book).at("3"), 0.4);  // as if two had been asked for
  const std::vector<HeldStrategy>& held = out.value().contributions.held;
  ASSERT_EQ(held.size(), 2u);
  EXPECT_EQ(held[0].strategy_id.get(), "unit");
  EXPECT_THAT(held[0].reason, HasSubstr("sum to 100"));
  EXPECT_EQ(held[1].strategy_id.get(), "x");
  EXPECT_EQ(held[1].reason, "strategy x: too old");
  for (const Contribution& row : out.value().contributions.rows) {
    EXPECT_NE(row.strategy_id.get(), "x");
    EXPECT_EQ(row.blend_weight, 0.5);
  }
  EXPECT_THAT(out.value().notes,
              ::testing::Contains(
                  HasSubstr("strategy x keeps what it holds (signals.on_failure: hold_sleeve)")));
}

TEST(HoldSleeveTest, WhoOwnsNothingStopsTheBlendAndSaysWhy) {
  const auto failed =
      merge_for_date(two_good_two_bad(), blend_of_four({StrategyId("unit")}), hold(), {});
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kStale);
  EXPECT_EQ(failed.error().message,
            "strategy x: too old; it owns nothing yet that signals.on_failure: hold_sleeve could "
            "hold, so nothing is traded");
  const auto broken =
      merge_for_date(two_good_two_bad(), blend_of_four({StrategyId("x")}), hold(), {});
  ASSERT_FALSE(broken.ok());
  EXPECT_THAT(broken.error().message, HasSubstr("strategy unit"));
  EXPECT_THAT(broken.error().message, HasSubstr("owns nothing yet"));
}

TEST(HoldSleeveTest, WithoutAGoodStrategyNothingIsTraded) {
  MergeRequest request = select("x");
  request.sleeves = {StrategyId("x")};
  const PickedSignals stale{{}, {{StrategyId("x"), {ErrorCode::kStale, "strategy x: too old"}}}};
  EXPECT_EQ(merge_for_date(stale, request, hold(), {}).error().message, "strategy x: too old");
  const PickedSignals broken{{{StrategyId("x"), kRunDate, rows_of({50})}}, {}};
  EXPECT_FALSE(merge_for_date(broken, request, hold(), {}).ok());
}

TEST(HoldSleeveTest, NothingIsHeldWhenAllIsWell) {
  const auto out = merge_for_date(two_strategies(), blend({{"value", 1}, {"drl", 1}}), hold(), {});
  ASSERT_TRUE(out.ok());
  EXPECT_TRUE(out.value().contributions.held.empty());
}

TEST(MergeTest, NamesTheStrategyWhoseWeightsBreakAConstraint) {
  const PickedSignals picked{{{StrategyId("x"), kRunDate, rows_of({1, -1})}}, {}};
  const auto out = merge_for_date(picked, select("x"), {}, {});
  ASSERT_FALSE(out.ok());
  EXPECT_THAT(out.error().message, HasSubstr("strategy x: line 3: weight of '2' is -1, a short"));
}

RC_GTEST_PROP(MergeProperty, ABlendIsTheConvexMixtureOfItsParts, ()) {
  const auto weights = rc::gen::map(
      rc::gen::container<std::vector<int>>(6, rc::gen::inRange(0, 50)), [](std::vector<int> parts) {
        parts.push_back(1);
        double sum = 0;
        for (const int part : parts) sum += part;
        std::vector<double> out;
        for (const int part : parts) out.push_back(part / sum);
        return out;
      });
  const std::vector<double> a = *weights;
  const std::vector<double> b = *weights;
  const int share = *rc::gen::inRange(1, 100);
  const PickedSignals picked{
      {{StrategyId("a"), kRunDate, rows_of(a)}, {StrategyId("b"), kRunDate, rows_of(b)}}, {}};
  const auto out = merge_for_date(
      picked, blend({{"a", static_cast<double>(share)}, {"b", static_cast<double>(100 - share)}}),
      {}, {});
  RC_ASSERT(out.ok());
  RC_ASSERT(out.value().book.targets.size() == a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    const long double expected =
        (static_cast<long double>(a[i]) * share + static_cast<long double>(b[i]) * (100 - share)) /
        100;
    RC_ASSERT(std::abs(out.value().book.targets[i].weight - expected) < 1e-15L);
  }
}

}  // namespace
}  // namespace signalbus::signals
