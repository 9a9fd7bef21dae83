// RequestBudget: how many requests may leave, so that Alpaca's limit is used and never passed, and
// a cancel always gets through. Pure: the time is passed in.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

namespace signalbus::alpaca {

struct Quota {
  int per_minute = 200;  ///< In any window: Alpaca's limit. Others' requests show in the headers.
  /// Of these, what only cancels may use while the whole window lies ahead. It melts with the time
  /// until the next request is free again, down to one: what nobody canceled with is not wasted.
  int cancel_reserve = 20;
};

enum class RequestKind { kOrdinary, kCancel };

/// What an answer said of the limit; each may be missing.
struct RateHeaders {
  std::optional<std::int64_t> limit;
  std::optional<std::int64_t> remaining;
  std::optional<std::int64_t> reset_in_micros;  ///< From now.
};

/// Remembers when requests left. Times are microseconds of one monotone clock.
class RequestBudget {
 public:
  explicit RequestBudget(Quota quota);

  /// How long to wait before such a request may leave; 0: now.
  std::int64_t wait_micros(RequestKind kind, std::int64_t now) const;
  /// It leaves now. To be called only when wait_micros() is 0.
  void spend(RequestKind kind, std::int64_t now);

  /// What the server said: it may know of requests of others, or have another limit.
  void learn(const RateHeaders& headers, std::int64_t now);
  /// The server refused one (429): nothing leaves for that long.
  void back_off(std::int64_t micros, std::int64_t now);

 private:
  std::int64_t window_wait(RequestKind kind, std::int64_t now) const;
  std::int64_t longest_ahead(RequestKind kind, std::int64_t room) const;
  void forget(std::int64_t now);

  Quota quota_;
  std::deque<std::int64_t> sent_;  ///< Within the last window, oldest first.
  std::int64_t closed_until_;      ///< After a 429.
  std::int64_t server_until_;      ///< End of the server's window ...
  std::int64_t server_left_;       ///< ... and what it still has, less what we sent since.
};

}  // namespace signalbus::alpaca
