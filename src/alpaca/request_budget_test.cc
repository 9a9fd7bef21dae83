// Goal: Alpaca's limit is never exceeded, and a cancel never waits for ordinary requests.
// Method: RapidCheck drives random arrivals; the window is recounted here.
#include "alpaca/request_budget.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

namespace signalbus::alpaca {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kWindow = kMinute + kSecond / 10;  // requests travel unevenly long

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
  RC_ASSERT(busiest_minute(sent, true) <= quota.per_minute - std::min(reserve, 1));
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

/// Fixed minutes that begin anywhere, as the exchange and Alpaca count, and requests that take up
/// to 100 ms to arrive.
RC_GTEST_PROP(RequestBudgetProperty, TheServersOwnWindowIsUsedAndNeverPassed, ()) {
  RequestBudget budget({});
  const std::int64_t phase = *rc::gen::inRange<std::int64_t>(0, kMinute);
  std::map<std::int64_t, int> windows;
  std::int64_t now = kMinute;
  const std::int64_t start = now;
  for (int i = 0; i < 970; ++i) {
    now += budget.wait_micros(RequestKind::kOrdinary, now);
    budget.spend(RequestKind::kOrdinary, now);
    const std::int64_t arrives = now + *rc::gen::inRange<std::int64_t>(0, kSecond / 10);
    RC_ASSERT(++windows[(arrives + phase) / kMinute] <= 200);
    now += *rc::gen::inRange<std::int64_t>(0, kSecond / 100);
  }
  // 199 a window: four of them, and a burst of less than 180 in the fifth.
  RC_ASSERT((now - start) * 99 <= 4 * kMinute * 100);
}

TEST(RequestBudgetTest, TheReserveMeltsWhileTheWindowRunsOut) {
  RequestBudget budget({.per_minute = 200, .cancel_reserve = 20});
  for (int i = 0; i < 180; ++i) budget.spend(RequestKind::kOrdinary, 0);
  // One of 20 every 20th of the window, and the last never.
  for (int i = 1; i < 20; ++i) {
    const std::int64_t wait = budget.wait_micros(RequestKind::kOrdinary, 0);
    EXPECT_EQ(wait, i * kWindow / 20);
    budget.spend(RequestKind::kOrdinary, wait);
    EXPECT_EQ(budget.wait_micros(RequestKind::kCancel, wait), 0);
  }
  EXPECT_EQ(budget.wait_micros(RequestKind::kOrdinary, kWindow - 1), 1);
}

TEST(RequestBudgetTest, ABurstGoesOutAtOnceAndTheRestAMinuteLater) {
  RequestBudget budget({.per_minute = 5, .cancel_reserve = 2});
  for (int i = 0; i < 3; ++i) budget.spend(RequestKind::kOrdinary, 100);
  EXPECT_EQ(budget.wait_micros(RequestKind::kOrdinary, 100), kWindow / 2);
  for (int i = 0; i < 2; ++i) budget.spend(RequestKind::kCancel, 100);
  EXPECT_EQ(budget.wait_micros(RequestKind::kOrdinary, 200), kWindow - 100);
  EXPECT_EQ(budget.wait_micros(RequestKind::kCancel, 200), kWindow - 100);
  EXPECT_EQ(budget.wait_micros(RequestKind::kOrdinary, 100 + kWindow), 0);
}

TEST(RequestBudgetTest, BelievesTheServerThatLessIsLeft) {
  RequestBudget budget({.per_minute = 100, .cancel_reserve = 10});
  budget.learn({200, 7, 30 * kSecond}, 0);
  budget.spend(RequestKind::kOrdinary, 1);
  budget.spend(RequestKind::kOrdinary, 1);
  // Five are left for half a minute, which is what is kept for cancels then.
  EXPECT_EQ(budget.wait_micros(RequestKind::kOrdinary, 1), 30 * kSecond - 1 - 4 * kWindow / 10);
  EXPECT_EQ(budget.wait_micros(RequestKind::kCancel, 1), 0);
  EXPECT_EQ(budget.wait_micros(RequestKind::kOrdinary, 30 * kSecond), 0);
}

TEST(RequestBudgetTest, ASmallerLimitOfTheServerCountsAndALargerDoesNot) {
  RequestBudget budget({.per_minute = 100, .cancel_reserve = 20});
  budget.learn({10'000, std::nullopt, std::nullopt}, 0);
  for (int i = 0; i < 80; ++i) budget.spend(RequestKind::kOrdinary, 0);
  EXPECT_EQ(budget.wait_micros(RequestKind::kOrdinary, 0), kWindow / 20);
  RequestBudget small({.per_minute = 100, .cancel_reserve = 20});
  small.learn({4, std::nullopt, std::nullopt}, 0);
  for (int i = 0; i < 2; ++i) small.spend(RequestKind::kOrdinary, 0);
  EXPECT_EQ(small.wait_micros(RequestKind::kOrdinary, 0), kWindow / 2);
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
