// Goal: attribution adds up, day by day and linked, and changes with nothing that must not matter.
// Method: the checks of the contract as properties; the golden cases are in golden_test.cc.
#include "analytics/attribution.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "analytics/brinson.h"
#include "analytics/linking.h"
#include "analytics/testing.h"

namespace signalbus::analytics {
namespace {

using namespace testing;

double any_number(int least, int most) { return *rc::gen::inRange(least, most) / 1000.0; }

/// Three sectors and cash; weights of each side add up to 1.
std::vector<Segment> any_segments() {
  std::vector<Segment> out;
  double ours = 1;
  double theirs = 1;
  for (const char* name : {"a", "b", "c"}) {
    const double wp = any_number(-200, 600);
    const double wb = any_number(0, 330);
    out.push_back({name, wp, wb, any_number(-80, 80), any_number(-80, 80)});
    ours -= wp;
    theirs -= wb;
  }
  out.push_back({"cash", ours, theirs, 0.0, 0.0});
  return out;
}

std::vector<BrinsonPeriod> any_periods() {
  std::vector<BrinsonPeriod> out;
  const int count = *rc::gen::inRange(1, 12);
  for (int i = 0; i < count; ++i) out.push_back(brinson_fachler(any_segments()).value());
  return out;
}

double total(const std::vector<Effects>& effects) {
  double sum = 0;
  for (const Effects& e : effects) sum += e.total();
  return sum;
}

RC_GTEST_PROP(BrinsonPropertyTest, EffectsAddUpToTheDifferenceEachDay, ()) {
  const BrinsonPeriod day = brinson_fachler(any_segments()).value();
  RC_ASSERT(std::abs(total(day.effects) - (day.ret - day.benchmark_ret)) < 1e-14);
}

RC_GTEST_PROP(BrinsonPropertyTest, LinkedEffectsAddUpToTheDifferenceOfAll, ()) {
  const std::vector<BrinsonPeriod> periods = any_periods();
  const LinkedEffects carino = link_effects_carino(periods).value();
  RC_ASSERT(std::abs(total(carino.effects) - (carino.ret - carino.benchmark_ret)) < 1e-12);
  const LinkedEffects menchero = link_effects_menchero(periods).value();
  RC_ASSERT(std::abs(total(menchero.effects) - (carino.ret - carino.benchmark_ret)) < 1e-12);
}

RC_GTEST_PROP(BrinsonPropertyTest, TheOrderOfPeriodsLeavesCarinoUnchanged, ()) {
  std::vector<BrinsonPeriod> periods = any_periods();
  const LinkedEffects before = link_effects_carino(periods).value();
  std::reverse(periods.begin(), periods.end());
  const LinkedEffects after = link_effects_carino(periods).value();
  for (std::size_t i = 0; i < before.effects.size(); ++i) {
    RC_ASSERT(std::abs(before.effects[i].allocation - after.effects[i].allocation) < 1e-13);
    RC_ASSERT(std::abs(before.effects[i].selection - after.effects[i].selection) < 1e-13);
  }
}

RC_GTEST_PROP(BrinsonPropertyTest, TheBenchmarkItselfHasNoEffects, ()) {
  std::vector<Segment> segments = any_segments();
  for (Segment& s : segments) {
    s.weight = s.benchmark_weight;
    s.ret = s.benchmark_ret;
  }
  const std::vector<BrinsonPeriod> periods(3, brinson_fachler(segments).value());
  for (const auto& linked : {link_effects_carino(periods), link_effects_menchero(periods)}) {
    for (const Effects& e : linked.value().effects) RC_ASSERT(e.total() == 0);
  }
}

TEST(BrinsonTest, OneSegmentHasNoAllocation) {
  const std::vector<Segment> one = {{"all", 1, 1, 0.03, 0.02}};
  const Effects effects = brinson_fachler(one).value().effects.at(0);
  EXPECT_EQ(effects.allocation, 0);
  EXPECT_NEAR(effects.selection, 0.01, 1e-15);
}

TEST(BrinsonTest, WhatOneSideLacksIsAllocation) {
  // Not held: no selection. Not in the benchmark: its index, else all is allocation.
  const std::vector<Segment> segments = {{"not held", 0, 0.4, std::nullopt, 0.05},
                                         {"ours only", 0.4, 0, 0.03, std::nullopt},
                                         {"ours, with an index", 0.1, 0, 0.03, 0.01},
                                         {"rest", 0.5, 0.6, 0.01, 0.01}};
  const BrinsonPeriod day = brinson_fachler(segments).value();
  EXPECT_EQ(day.effects[0].selection + day.effects[0].interaction, 0);
  EXPECT_EQ(day.effects[1].selection + day.effects[1].interaction, 0);
  EXPECT_NEAR(day.effects[2].interaction, 0.1 * 0.02, 1e-15);
  EXPECT_NEAR(total(day.effects), day.ret - day.benchmark_ret, 1e-15);
}

TEST(BrinsonTest, ForgottenCashIsRefused) {
  const std::vector<Segment> segments = {{"a", 0.5, 1, 0.01, 0.01}};
  EXPECT_EQ(brinson_fachler(segments).error().message,
            "attribution: weights of the portfolio add up to 0.5, not 1; add a segment for cash");
  const std::vector<BrinsonPeriod> lost = {{-1, 0, {{}}}};
  EXPECT_FALSE(link_effects_carino(lost).ok());
}

TEST(CarinoTest, FactorsAreContinuousWhereTheyWouldDivideByZero) {
  EXPECT_EQ(carino_factor(0), 1);
  EXPECT_NEAR(carino_factor(1e-9), carino_factor(2e-8), 1e-7);
  EXPECT_NEAR(carino_active_factor(0.05, 0.05), 1 / 1.05, 1e-15);
  EXPECT_NEAR(carino_active_factor(0.05, 0.05 + 1e-12), 1 / 1.05, 1e-12);
  EXPECT_TRUE(std::isnan(carino_factor(-1)));
}

TEST(CarinoTest, LinkingEndsBeforeADayThatLosesEverything) {
  const std::vector<PeriodContribution> periods = {{{0.1, 0.0}}, {{-0.6, -0.4}}, {{0.2, 0.2}}};
  const LinkedContributions linked = link_carino(periods);
  EXPECT_EQ(linked.periods, 1U);
  EXPECT_NEAR(linked.total, 0.1, 1e-15);
}

std::vector<AttributedDay> any_days() {
  std::vector<AttributedDay> out;
  const int count = *rc::gen::inRange(0, 20);
  for (int i = 0; i < count; ++i) {
    AttributedDay day{date("2024-01-01").plus_days(i), Money::whole(100'000), {}};
    for (const char* label : {"a", "b", "_fees"}) {
      if (*rc::gen::inRange(0, 4) > 0) {
        const auto raw = *rc::gen::inRange<std::int64_t>(-3'000'000'000, 3'000'000'000);
        day.parts.push_back({label, Money::from_raw(raw)});
      }
    }
    out.push_back(day);
  }
  return out;
}

double sum_of(const Attribution& attribution) {
  double sum = 0;
  for (const AttributionRow& row : attribution.rows) sum += row.contribution;
  return sum;
}

RC_GTEST_PROP(AttributionPropertyTest, ContributionsAddUpToTheReturnAndDollarsToTheProfit, ()) {
  const std::vector<AttributedDay> days = any_days();
  const Attribution got = attribute(days);
  long double growth = 1;
  for (const AttributedDay& day : days) {
    long double profit = 0;
    for (const PnlPart& part : day.parts) profit += static_cast<long double>(part.pnl.raw());
    growth *= 1 + profit / static_cast<long double>(day.base.raw());
  }
  RC_ASSERT(std::abs(got.ret - static_cast<double>(growth - 1)) < 1e-12);
  RC_ASSERT(std::abs(sum_of(got) - got.ret) < 1e-12);
  Money pnl = Money::zero();
  for (const AttributionRow& row : got.rows) pnl += row.pnl;
  RC_ASSERT(pnl == got.pnl);
}

RC_GTEST_PROP(AttributionPropertyTest, TwiceTheCapitalChangesNothing, ()) {
  std::vector<AttributedDay> days = any_days();
  const Attribution before = attribute(days);
  for (AttributedDay& day : days) {
    day.base += day.base;
    for (PnlPart& part : day.parts) part.pnl += part.pnl;
  }
  const Attribution after = attribute(days);
  RC_ASSERT(before.ret == after.ret);
  for (std::size_t i = 0; i < before.rows.size(); ++i) {
    RC_ASSERT(before.rows[i].label == after.rows[i].label);
    RC_ASSERT(before.rows[i].contribution == after.rows[i].contribution);
  }
}

TEST(AttributionTest, ADayWithoutMoneyCountsInDollarsOnly) {
  const std::vector<AttributedDay> days = {{date("2024-01-01"), Money::zero(), {{"a", usd("5")}}},
                                           {date("2024-01-02"), usd("100"), {{"a", usd("1")}}}};
  const Attribution got = attribute(days);
  EXPECT_EQ(got.days_without_base, 1U);
  EXPECT_EQ(got.pnl.text(), "6");
  EXPECT_NEAR(got.ret, 0.01, 1e-15);
}

}  // namespace
}  // namespace signalbus::analytics
