// Goal: weights that leave M1 are what the policy allows, and every change is told.
// Method: tables with sums computed by hand; random weights against long double arithmetic.
#include "signals/constraints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "signals/testing.h"

namespace signalbus::signals {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::rows_of;

Result<Normalized> enforce(const std::vector<double>& weights, const WeightPolicy& policy,
                           const SignalPolicy& signals = {}) {
  return enforce_constraints_and_normalize(rows_of(weights), policy, signals);
}

std::vector<double> weights_of(const Normalized& normalized) {
  std::vector<double> out;
  for (const SignalRow& row : normalized.rows) out.push_back(row.weight);
  return out;
}

long double exact_sum(const Normalized& normalized) {
  long double sum = 0;
  for (const SignalRow& row : normalized.rows) sum += row.weight;
  return sum;
}

TEST(ConstraintsTest, LeavesWeightsThatSumToOneAloneAndSaysNothing) {
  const auto out = enforce({0.5, 0.25, 0.25}, {});
  ASSERT_TRUE(out.ok());
  EXPECT_THAT(weights_of(out.value()), ElementsAre(0.5, 0.25, 0.25));
  EXPECT_THAT(out.value().notes, IsEmpty());
  EXPECT_EQ(out.value().raw_sum, 1.0);
}

// ancestor-defects 15
TEST(ConstraintsTest, StatesThatItRescaledASumThatIsNotOne) {
  const auto out = enforce({0.5, 0.75}, {});
  ASSERT_TRUE(out.ok());
  EXPECT_THAT(weights_of(out.value()), ElementsAre(0.4, 0.6));
  EXPECT_EQ(out.value().raw_sum, 1.25);
  EXPECT_THAT(out.value().notes, ElementsAre("weights summed to 1.25 and were scaled to 1"));
}

// ancestor-defects 15: bounded by signals.rescale_limit, both ends inclusive.
TEST(ConstraintsTest, RefusesASumThatLooksLikeAUnitMistake) {
  struct Case {
    double sum;
    bool allow_cash;
    bool ok;
  };
  const Case cases[] = {
      {0.5, false, true},        {0.4999999, false, false}, {1.5, false, true},
      {1.5000001, false, false}, {100, false, false},       {0, false, false},
      {0.4999999, true, true},   {0.01, true, true},        {1.5000001, true, false}};
  for (const Case& c : cases) {
    const auto out =
        enforce({c.sum}, {.allow_cash = c.allow_cash, .max_weight = {}, .blacklist = {}});
    EXPECT_EQ(out.ok(), c.ok) << c.sum << " allow_cash " << c.allow_cash;
    if (out.ok()) continue;
    EXPECT_EQ(out.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(out.error().message, HasSubstr("signals.rescale_limit"));
  }
}

TEST(ConstraintsTest, HonoursAnotherRescaleLimit) {
  SignalPolicy narrow;
  narrow.rescale_limit = 0.125;
  EXPECT_TRUE(enforce({1.125}, {}, narrow).ok());
  EXPECT_TRUE(enforce({0.875}, {}, narrow).ok());
  EXPECT_FALSE(enforce({1.126}, {}, narrow).ok());
  EXPECT_FALSE(enforce({0.874}, {}, narrow).ok());
}

// ancestor-defects 15: kept as cash.
TEST(ConstraintsTest, KeepsTheRestInCashWhereAllowedAndScalesOnlyWhatIsAboveOne) {
  const WeightPolicy cash{.allow_cash = true, .max_weight = {}, .blacklist = {}};
  const auto below = enforce({0.25, 0.25}, cash);
  ASSERT_TRUE(below.ok());
  EXPECT_THAT(weights_of(below.value()), ElementsAre(0.25, 0.25));
  EXPECT_THAT(below.value().notes, IsEmpty());

  const auto above = enforce({0.5, 0.75}, cash);
  ASSERT_TRUE(above.ok());
  EXPECT_THAT(weights_of(above.value()), ElementsAre(0.4, 0.6));
  EXPECT_THAT(above.value().notes, ElementsAre(HasSubstr("1.25")));
}

TEST(ConstraintsTest, RefusesAShortUnlessAllowedAndNamesTheLine) {
  const auto out = enforce({1.0, -1e-9}, {});
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().message,
            "line 3: weight of '2' is -0.000000001, a short; set weights.allow_short: true to "
            "allow it");
}

TEST(ConstraintsTest, RescalesNothingWithShortsAndBoundsTheGross) {
  WeightPolicy shorts{.allow_short = true, .max_weight = {}, .blacklist = {}};
  const auto at_limit = enforce({0.75, -0.25}, shorts);
  ASSERT_TRUE(at_limit.ok());
  EXPECT_THAT(weights_of(at_limit.value()), ElementsAre(0.75, -0.25));

  const auto above = enforce({0.75, -0.26}, shorts);
  ASSERT_FALSE(above.ok());
  EXPECT_THAT(above.error().message, HasSubstr("gross weight is 1.01, above weights.max_gross 1"));

  shorts.max_gross = 2;
  EXPECT_TRUE(enforce({1.5, -0.5}, shorts).ok());
  EXPECT_FALSE(enforce({1.5, -0.500002}, shorts).ok());
}

TEST(ConstraintsTest, KeepsRowsOfWeightZero) {
  const auto out = enforce({0.5, 0, 0.5}, {});
  ASSERT_TRUE(out.ok());
  EXPECT_THAT(weights_of(out.value()), ElementsAre(0.5, 0, 0.5));
}

TEST(ConstraintsTest, RemovesBlacklistedNamesAndSpreadsTheirWeight) {
  const auto out = enforce({0.5, 0.25, 0.25}, {.max_weight = {}, .blacklist = {"1"}});
  ASSERT_TRUE(out.ok());
  EXPECT_THAT(weights_of(out.value()), ElementsAre(0.5, 0.5));
  EXPECT_EQ(out.value().rows.front().asset_id, AssetId("2"));
  EXPECT_EQ(out.value().raw_sum, 1.0);
  EXPECT_THAT(out.value().notes, ElementsAre(HasSubstr("1 name removed by weights.blacklist"),
                                             HasSubstr("summed to 0.5")));
}

TEST(ConstraintsTest, LeavesBlacklistedWeightInCashWhereCashIsAllowed) {
  const auto out =
      enforce({0.5, 0.25, 0.25}, {.allow_cash = true, .max_weight = {}, .blacklist = {"1"}});
  ASSERT_TRUE(out.ok());
  EXPECT_THAT(weights_of(out.value()), ElementsAre(0.25, 0.25));
}

TEST(ConstraintsTest, CapsANameAndGivesTheExcessToTheOthersProRata) {
  // 0.6 -> 0.5; the 0.1 goes to 0.3 and 0.1 as 3:1.
  const auto out = enforce({0.6, 0.3, 0.1}, {.max_weight = 0.5, .blacklist = {}});
  ASSERT_TRUE(out.ok());
  const auto weights = weights_of(out.value());
  EXPECT_DOUBLE_EQ(weights[0], 0.5);
  EXPECT_DOUBLE_EQ(weights[1], 0.375);
  EXPECT_DOUBLE_EQ(weights[2], 0.125);
  EXPECT_THAT(out.value().notes, ElementsAre(HasSubstr("1 name capped at weights.max_weight 0.5")));
}

TEST(ConstraintsTest, CapsNamesThatTheRedistributionLiftsAboveTheCap) {
  // 0.5 -> 0.4 lifts 0.38 to 0.456; that is capped too and all the rest goes to the last: 0.2.
  const auto out = enforce({0.5, 0.38, 0.12}, {.max_weight = 0.4, .blacklist = {}});
  ASSERT_TRUE(out.ok());
  const auto weights = weights_of(out.value());
  EXPECT_DOUBLE_EQ(weights[0], 0.4);
  EXPECT_DOUBLE_EQ(weights[1], 0.4);
  EXPECT_DOUBLE_EQ(weights[2], 0.2);
  EXPECT_THAT(out.value().notes, ElementsAre(HasSubstr("2 names capped")));
}

TEST(ConstraintsTest, RefusesACapThatTheNamesCannotHold) {
  const auto out = enforce({0.5, 0.5}, {.max_weight = 0.4, .blacklist = {}});
  ASSERT_FALSE(out.ok());
  EXPECT_THAT(out.error().message, HasSubstr("weights.max_weight 0.4"));
}

TEST(ConstraintsTest, CapsNamesBesideARowOfWeightZero) {
  // Both names are a rounding above the cap, and the zero row cannot take the rest.
  const auto out = enforce({0.5, 0.5, 0}, {.max_weight = 0.4999999, .blacklist = {}});
  ASSERT_TRUE(out.ok());
  EXPECT_THAT(weights_of(out.value()), ElementsAre(0.4999999, 0.4999999, 0));
}

TEST(ConstraintsTest, CutsShortsAndLongsAtTheCapWithoutRedistribution) {
  const auto out =
      enforce({0.5, -0.4, 0.1}, {.allow_short = true, .max_weight = 0.3, .blacklist = {}});
  ASSERT_TRUE(out.ok());
  EXPECT_THAT(weights_of(out.value()), ElementsAre(0.3, -0.3, 0.1));
  EXPECT_THAT(out.value().notes, ElementsAre(HasSubstr("2 names cut")));
}

TEST(CompensatedSumTest, HoldsWhatPlainSummationLoses) {
  EXPECT_EQ(compensated_sum(rows_of({1.0, 1e100, 1.0, -1e100})), 2.0);
  EXPECT_EQ(compensated_sum(rows_of({})), 0.0);
  EXPECT_EQ(compensated_sum(rows_of(std::vector<double>(10, 0.1))), 1.0);
}

rc::Gen<std::vector<double>> positive_weights() {
  return rc::gen::map(
      rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 1000))),
      [](const std::vector<int>& parts) {
        double sum = 0.5;  // keeps the raw sum inside the rescale limit
        for (const int part : parts) sum += part;
        std::vector<double> out{0.5 / sum};
        for (const int part : parts) out.push_back(part / sum);
        return out;
      });
}

RC_GTEST_PROP(ConstraintsProperty, WithoutCashTheWeightsSumToOne, ()) {
  std::vector<double> weights = *positive_weights();
  const double factor = *rc::gen::inRange(51, 150) / 100.0;
  for (double& weight : weights) weight *= factor;
  const auto out = enforce(weights, {});
  RC_ASSERT(out.ok());
  RC_ASSERT(std::abs(exact_sum(out.value()) - 1.0L) <
            1e-15L * static_cast<long double>(weights.size()));
}

RC_GTEST_PROP(ConstraintsProperty, ACappedBookKeepsItsSumItsOrderAndItsCap, ()) {
  const std::vector<double> weights = *positive_weights();
  const double cap = *rc::gen::inRange(1, 101) / 100.0;
  const auto out = enforce(weights, {.max_weight = cap, .blacklist = {}});
  std::size_t can_hold = 0;
  for (const double weight : weights) can_hold += weight > 0 ? 1 : 0;
  if (!out.ok()) {
    RC_ASSERT(cap * static_cast<double>(can_hold) < 1);
    return;
  }
  RC_ASSERT(cap * static_cast<double>(can_hold) > 1 - 2e-6);
  RC_ASSERT(std::abs(exact_sum(out.value()) - 1.0L) < 2e-6L);
  const auto capped = weights_of(out.value());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    RC_ASSERT(capped[i] <= cap);
    RC_ASSERT((capped[i] > 0) == (weights[i] > 0));
    for (std::size_t j = 0; j < i; ++j) {
      if (weights[i] > weights[j]) RC_ASSERT(capped[i] >= capped[j]);
    }
  }
}

}  // namespace
}  // namespace signalbus::signals
