// Goal: sharing out loses and invents nothing, never takes a unit back, and is as near to exact as
// documented.
// Method: small tables by hand, and properties over any weights.
#include "sleeves/share_out.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <numeric>

#include "core/decimal.h"

namespace signalbus::sleeves {
namespace {

using Numbers = std::vector<std::int64_t>;

Int128 sum(const Numbers& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), Int128{0});
}

/// One to six weights, at least one of them above zero.
rc::Gen<Numbers> weights_up_to(std::int64_t largest) {
  return rc::gen::suchThat(rc::gen::mapcat(rc::gen::inRange(1, 7),
                                           [largest](int count) {
                                             return rc::gen::container<Numbers>(
                                                 static_cast<std::size_t>(count),
                                                 rc::gen::inRange<std::int64_t>(0, largest + 1));
                                           }),
                           [](const Numbers& weights) { return sum(weights) > 0; });
}

TEST(ShareOutTest, GivesTheNearestOfWhatIsLeftFirstToLast) {
  EXPECT_EQ(share_out(100, Numbers{1, 1, 1}), (Numbers{33, 34, 33}));  // 33.3, 33.5 up, rest
  EXPECT_EQ(share_out(7, Numbers{3, 1}), (Numbers{5, 2}));             // 5.25
  EXPECT_EQ(share_out(1, Numbers{1, 1}), (Numbers{1, 0}));             // halves go up
  EXPECT_EQ(share_out(0, Numbers{5, 0}), (Numbers{0, 0}));
  EXPECT_EQ(share_out(9, Numbers{0, 4, 0}), (Numbers{0, 9, 0}));
  EXPECT_EQ(share_out(0, Numbers{}), Numbers{});
}

TEST(ShareOutTest, HoldsTheLargestQuantities) {
  const std::int64_t most = 1'000'000'000'000'000'000;  // a billion shares
  EXPECT_EQ(share_out(3 * most, Numbers{most, most, most}), (Numbers{most, most, most}));
  EXPECT_EQ(share_out(most, Numbers{most, most}), (Numbers{most / 2, most / 2}));
}

// The reason for not using largest remainders: of 10 and 11 seats for weights 6, 6, 2 they give the
// smallest 2 and then 1 (Alabama's paradox), so one share more would take one from it.
TEST(ShareOutTest, ANewUnitIsNeverTakenFromAnyone) {
  Numbers before = share_out(0, Numbers{6, 6, 2});
  for (std::int64_t total = 1; total <= 28; ++total) {
    const Numbers now = share_out(total, Numbers{6, 6, 2});
    int grown = 0;
    for (std::size_t i = 0; i < now.size(); ++i) {
      EXPECT_GE(now[i], before[i]) << "at " << total;
      grown += now[i] > before[i] ? 1 : 0;
    }
    EXPECT_EQ(grown, 1) << "at " << total;
    before = now;
  }
}

RC_GTEST_PROP(ShareOutPropertyTest, OneUnitMoreIsOneUnitMoreInOnePart, ()) {
  const Numbers weights = *weights_up_to(1'000'000'000'000);
  const auto total = *rc::gen::inRange<std::int64_t>(0, 3'000'000'000'000);
  const Numbers before = share_out(total, weights);
  const Numbers after = share_out(total + 1, weights);
  RC_ASSERT(sum(before) == total);
  int grown = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    RC_ASSERT(after[i] == before[i] || after[i] == before[i] + 1);
    grown += after[i] > before[i] ? 1 : 0;
    RC_ASSERT(weights[i] > 0 || before[i] == 0);
  }
  RC_ASSERT(grown == 1);
}

RC_GTEST_PROP(ShareOutPropertyTest, AllOfItGivesEveryoneItsWeight, ()) {
  const Numbers weights = *weights_up_to(1'000'000'000'000'000);
  RC_ASSERT(share_out(static_cast<std::int64_t>(sum(weights)), weights) == weights);
}

RC_GTEST_PROP(ShareOutPropertyTest, IsWithinHalfAUnitPerPartOfTheExactShare, ()) {
  const Numbers weights = *weights_up_to(1'000'000'000);
  const auto total = *rc::gen::inRange<std::int64_t>(0, 2'000'000'000);
  const Numbers parts = share_out(total, weights);
  const Int128 whole = sum(weights);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    // 2 x |part - total x w / W| <= count, times W.
    const Int128 off =
        static_cast<Int128>(parts[i]) * whole - static_cast<Int128>(total) * weights[i];
    RC_ASSERT(2 * (off < 0 ? -off : off) <= static_cast<Int128>(weights.size()) * whole);
  }
}

TEST(ShareSignedTest, LongsReceiveWhatShortsPay) {
  // A dividend of 1 a share: the account holds 10 - 4 = 6.
  EXPECT_EQ(share_signed(6, Numbers{10, -4}).value(), (Numbers{10, -4}));
  EXPECT_EQ(share_signed(-6, Numbers{10, -4}).value(), (Numbers{-10, 4}));
}

TEST(ShareSignedTest, UnitsLeftOverGoToTheLargest) {
  EXPECT_EQ(share_signed(100, Numbers{1, 1, 1}).value(), (Numbers{34, 33, 33}));
  EXPECT_EQ(share_signed(11, Numbers{1, 2, 1}).value(), (Numbers{3, 5, 3}));  // 2.75, 5.5, 2.75
}

TEST(ShareSignedTest, RefusesPartsThatDoNotFit) {
  const std::int64_t most = 1'000'000'000'000'000'000;
  const auto parts = share_signed(most, Numbers{most, 1 - most});
  ASSERT_FALSE(parts.ok());
  EXPECT_EQ(parts.error().code, ErrorCode::kInvalidInput);
}

RC_GTEST_PROP(ShareSignedPropertyTest, LosesNothing, ()) {
  const auto weights = *rc::gen::suchThat(
      rc::gen::container<Numbers>(rc::gen::inRange<std::int64_t>(-1'000'000, 1'000'000)),
      [](const Numbers& numbers) { return sum(numbers) != 0; });
  const auto total = *rc::gen::inRange<std::int64_t>(-1'000'000'000, 1'000'000'000);
  const auto parts = share_signed(total, weights);
  RC_ASSERT(parts.ok());
  RC_ASSERT(sum(parts.value()) == total);
}

}  // namespace
}  // namespace signalbus::sleeves
