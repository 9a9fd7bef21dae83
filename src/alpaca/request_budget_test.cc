// Goal: Alpaca's limit is never exceeded, and a cancel never waits for ordinary requests.
// Method: RapidCheck drives random arrivals; the window is recounted here.
#include "alpaca/request_budget.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace signalbus::alpaca {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;

struct Sent {
  std::int64_t at;
  RequestKind kind;
};

/// The most requests of which any half-open minute holds.
int busiest_minute(const std::vector<Sent>& sent, bool ordinary_only) {
  int most = 0;
  for (std::size_t first = 0; first < sent.size(); ++first) {
    int count = 0;
    for (std::size_t i = first; i < sent.size() && sent[i].at < sent[first].at + kMinute; ++i) {
      if (!ordinary_only || sent[i].kind == RequestKind::kOrdinary) ++count;
    }
    most = std::max(most, count);
  }
  return most;
}

RC_GTEST_PROP(RequestBudgetProperty, NoMinuteHoldsMoreThanTheQuota, ()) {
  const int reserve = *rc::gen::inRange(0, 10);
  const Quota quota{.per_minute = reserve + *rc::gen::inRange(1, 30), .cancel_reserve = reserve};
  RequestBudget budget(quota);
  std::vector<Sent> sent;
  std::int64_t now = *rc::gen::inRange<std::int64_t>(0, kMinute);
  for (int i = 0; i < 200; ++i) {
    now += *rc::gen::inRange<std::int64_t>(0, 3 * kSecond);
    const RequestKind kind =
        *rc::gen::inRange(0, 3) == 0 ? RequestKind::kCancel : RequestKind::kOrdinary;
    now += budget.wait_micros(kind, now);
    RC_ASSERT(budget.wait_micros(kind, now) == 0);
    budget.spend(kind, now);
    sent.push_back({now, kind});
  }
  RC_ASSERT(busiest_minute(sent, false) <= quota.per_minute);
  RC_ASSERT(busiest_minute(sent, true) <= quota.per_minute - quota.cancel_reserve);
}

RC_GTEST_PROP(RequestBudgetProperty, OrdinaryRequestsNeverMakeACancelWait, ()) {
  const Quota quota{.per_minute = 30, .cancel_reserve = *rc::gen::inRange(1, 10)};
  RequestBudget budget(quota);
  std::int64_t now = 0;
  for (int i = 0; i < 100; ++i) {
    now += budget.wait_micros(RequestKind::kOrdinary, now);
    budget.spend(RequestKind::kOrdinary, now);
    RC_ASSERT(budget.wait_micros(RequestKind::kCancel, now) == 0);
    now += *rc::gen::inRange<std::int64_t>(0, kSecond);
  }
}

TEST(RequestBudgetTest, ABurstGoesOutAtOnceAndTheRestAMinuteLater) {
  RequestBudget budget({.per_minute = 5, .cancel_reserve = 2});
  for (int i = 0; i < 3; ++i) budget.spend(RequestKind::kOrdinary, 100);
  EXPECT_EQ(budget.wait_micros(RequestKind::kOrdinary, 100), kMinute);
  for (int i = 0; i < 2; ++i) budget.spend(RequestKind::kCancel, 100);
  EXPECT_EQ(budget.wait_micros(RequestKind::kCancel, 200), kMinute - 100);
  EXPECT_EQ(budget.wait_micros(RequestKind::kOrdinary, 100 + kMinute), 0);
}

TEST(RequestBudgetTest, BelievesTheServerThatLessIsLeft) {
  RequestBudget budget({.per_minute = 100, .cancel_reserve = 10});
  budget.learn({200, 12, 30 * kSecond}, 0);
  budget.spend(RequestKind::kOrdinary, 1);
  budget.spend(RequestKind::kOrdinary, 1);
  EXPECT_EQ(budget.wait_micros(RequestKind::kOrdinary, 1), 30 * kSecond - 1);
  EXPECT_EQ(budget.wait_micros(RequestKind::kCancel, 1), 0);
  EXPECT_EQ(budget.wait_micros(RequestKind::kOrdinary, 30 * kSecond), 0);
}

TEST(RequestBudgetTest, ASmallerLimitOfTheServerCountsAndALargerDoesNot) {
  RequestBudget budget({.per_minute = 100, .cancel_reserve = 20});
  budget.learn({10'000, std::nullopt, std::nullopt}, 0);
  for (int i = 0; i < 80; ++i) budget.spend(RequestKind::kOrdinary, 0);
  EXPECT_EQ(budget.wait_micros(RequestKind::kOrdinary, 0), kMinute);
  RequestBudget small({.per_minute = 100, .cancel_reserve = 20});
  small.learn({4, std::nullopt, std::nullopt}, 0);
  for (int i = 0; i < 2; ++i) small.spend(RequestKind::kOrdinary, 0);
  EXPECT_EQ(small.wait_micros(RequestKind::kOrdinary, 0), kMinute);
}

TEST(RequestBudgetTest, NonsenseInHeadersChangesNothing) {
  RequestBudget budget({.per_minute = 100, .cancel_reserve = 20});
  budget.learn({-1, -1, -1}, 0);
  budget.learn({0, 0, 0}, 0);
  budget.learn({std::nullopt, 0, 3600 * kSecond}, 0);
  EXPECT_EQ(budget.wait_micros(RequestKind::kOrdinary, 0), 0);
}

TEST(RequestBudgetTest, After429NothingLeavesForAWhileButNeverLongerThanAMinute) {
  RequestBudget budget({.per_minute = 100, .cancel_reserve = 20});
  budget.back_off(7 * kSecond, 0);
  EXPECT_EQ(budget.wait_micros(RequestKind::kCancel, kSecond), 6 * kSecond);
  budget.back_off(3600 * kSecond, 0);
  EXPECT_EQ(budget.wait_micros(RequestKind::kOrdinary, 0), kMinute);
}

}  // namespace
}  // namespace signalbus::alpaca
