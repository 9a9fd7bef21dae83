#include "alpaca/request_budget.h"

#include <algorithm>

#include "core/check.h"

namespace signalbus::alpaca {
namespace {

constexpr std::int64_t kMinuteMicros = 60'000'000;
/// A request takes its time to arrive, the next perhaps less: a minute here could be less there.
constexpr std::int64_t kWindowMicros = kMinuteMicros + 100'000;
constexpr std::int64_t kLongAgo = INT64_MIN / 2;

}  // namespace

RequestBudget::RequestBudget(Quota quota)
    : quota_(quota), closed_until_(kLongAgo), server_until_(kLongAgo), server_left_(0) {
  SB_CHECK(quota.per_minute > quota.cancel_reserve && quota.cancel_reserve >= 0);
}

/// The longest time until a request is free again at which one may leave, with so many besides it
/// still free; -1: never.
std::int64_t RequestBudget::longest_ahead(RequestKind kind, std::int64_t room) const {
  const std::int64_t reserve = kind == RequestKind::kCancel ? 0 : quota_.cancel_reserve;
  if (room < std::min<std::int64_t>(reserve, 1)) return -1;
  return room >= reserve ? kWindowMicros : room * kWindowMicros / reserve;
}

/// The first moment from `now` on at which our own requests leave room for one more.
std::int64_t RequestBudget::window_wait(RequestKind kind, std::int64_t now) const {
  std::int64_t from = now;
  for (std::size_t i = 0; i < sent_.size(); ++i) {
    const std::int64_t free_at = sent_[i] + kWindowMicros;
    if (free_at <= from) continue;
    const auto room = quota_.per_minute - 1 - static_cast<std::int64_t>(sent_.size() - i);
    const std::int64_t left = longest_ahead(kind, room);
    if (left >= 0 && std::max(from, free_at - left) < free_at)
      return std::max(from, free_at - left);
    from = free_at;
  }
  return from;
}

std::int64_t RequestBudget::wait_micros(RequestKind kind, std::int64_t now) const {
  std::int64_t until = window_wait(kind, std::max(now, closed_until_));
  if (now < server_until_) {
    // As above, by the server's own window.
    const std::int64_t left = longest_ahead(kind, server_left_ - 1);
    until = std::max(until, left >= 0 ? server_until_ - left : server_until_);
  }
  return until - now;
}

void RequestBudget::forget(std::int64_t now) {
  while (!sent_.empty() && sent_.front() + kWindowMicros <= now) sent_.pop_front();
}

void RequestBudget::spend(RequestKind kind, std::int64_t now) {
  SB_CHECK(wait_micros(kind, now) == 0);
  forget(now);
  sent_.push_back(now);
  if (now < server_until_) --server_left_;
}

void RequestBudget::learn(const RateHeaders& headers, std::int64_t now) {
  // A smaller limit than ours counts; a larger one is not taken up, the setting decides.
  if (headers.limit && *headers.limit > 1 && *headers.limit < quota_.per_minute) {
    quota_.per_minute = static_cast<int>(*headers.limit);
    quota_.cancel_reserve = std::min(quota_.cancel_reserve, quota_.per_minute / 2);
  }
  if (!headers.remaining || !headers.reset_in_micros || *headers.remaining < 0) return;
  const std::int64_t reset_in = *headers.reset_in_micros;
  if (reset_in <= 0 || reset_in > 2 * kMinuteMicros) return;  // a clock is wrong, ours or theirs
  server_until_ = now + std::min(reset_in, kMinuteMicros);
  server_left_ = *headers.remaining;
}

void RequestBudget::back_off(std::int64_t micros, std::int64_t now) {
  closed_until_ = std::max(closed_until_, now + std::clamp<std::int64_t>(micros, 0, kMinuteMicros));
}

}  // namespace signalbus::alpaca
