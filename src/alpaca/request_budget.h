// RequestBudget: how many requests may leave, so that Alpaca's limit is never reached and a cancel
// always gets through. Pure: the time is passed in.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

namespace signalbus::alpaca {

struct Quota {
  int per_minute = 190;     ///< In any 60 s, of Alpaca's 200: others may use the account too.
  int cancel_reserve = 20;  ///< Of these, what only cancels may use.
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
  int allowed(RequestKind kind) const;
  void forget(std::int64_t now);

  Quota quota_;
  std::deque<std::int64_t> sent_;  ///< Within the last minute, oldest first.
  std::int64_t closed_until_;      ///< After a 429.
  std::int64_t server_until_;      ///< End of the server's window ...
  std::int64_t server_left_;       ///< ... and what it still has, less what we sent since.
};

}  // namespace signalbus::alpaca
