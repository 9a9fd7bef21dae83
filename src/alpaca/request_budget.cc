#include "alpaca/request_budget.h"

#include <algorithm>

#include "core/check.h"

namespace signalbus::alpaca {
namespace {

constexpr std::int64_t kWindowMicros = 60'000'000;
constexpr std::int64_t kLongAgo = INT64_MIN / 2;

}  // namespace

RequestBudget::RequestBudget(Quota quota)
    : quota_(quota), closed_until_(kLongAgo), server_until_(kLongAgo), server_left_(0) {
  SB_CHECK(quota.per_minute > quota.cancel_reserve && quota.cancel_reserve >= 0);
}

int RequestBudget::allowed(RequestKind kind) const {
  return kind == RequestKind::kCancel ? quota_.per_minute
                                      : quota_.per_minute - quota_.cancel_reserve;
}

std::int64_t RequestBudget::wait_micros(RequestKind kind, std::int64_t now) const {
  std::int64_t until = std::max(now, closed_until_);
  // So many requests have to be older than a minute before one more fits.
  const auto fits = static_cast<std::size_t>(allowed(kind));
  if (sent_.size() >= fits) until = std::max(until, sent_[sent_.size() - fits] + kWindowMicros);
  const std::int64_t kept = kind == RequestKind::kCancel ? 0 : quota_.cancel_reserve;
  if (now < server_until_ && server_left_ <= kept) until = std::max(until, server_until_);
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
  if (reset_in <= 0 || reset_in > 2 * kWindowMicros) return;  // a clock is wrong, ours or theirs
  server_until_ = now + std::min(reset_in, kWindowMicros);
  server_left_ = *headers.remaining;
}

void RequestBudget::back_off(std::int64_t micros, std::int64_t now) {
  closed_until_ = std::max(closed_until_, now + std::clamp<std::int64_t>(micros, 0, kWindowMicros));
}

}  // namespace signalbus::alpaca
