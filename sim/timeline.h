// Timeline: the one time of a simulated world, and what will happen when it gets there.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "core/time.h"
#include "ports/clock.h"

namespace signalbus::sim {

/// As a Clock it is the exchange's: right, and nobody sleeps on it.
class Timeline final : public Clock {
 public:
  explicit Timeline(Instant start) : now_(start) {}

  Instant now() const override { return now_; }
  std::int64_t monotonic_micros() const override { return now_.micros(); }
  void sleep_until(Instant) override {}

  /// At that moment, or at the next one when it has passed. In the order of time, then of calls.
  void at(Instant when, std::function<void()> what) {
    events_.push({std::max(when, now_), next_++, std::move(what)});
  }
  void in(std::int64_t micros, std::function<void()> what) {
    at(Instant::from_micros(now_.micros() + micros), std::move(what));
  }

  /// Moves on, doing what is due on the way. An event must not move time itself.
  void advance_to(Instant target) {
    while (!events_.empty() && events_.top().when <= target) {
      // The queue only shows its top as const; it is popped before it runs, for it may add events.
      std::function<void()> what = std::move(const_cast<Event&>(events_.top()).what);
      now_ = std::max(now_, events_.top().when);
      events_.pop();
      what();
    }
    now_ = std::max(now_, target);
  }
  void pass(std::int64_t micros) { advance_to(Instant::from_micros(now_.micros() + micros)); }

 private:
  struct Event {
    Instant when;
    std::uint64_t number;
    std::function<void()> what;
    bool operator<(const Event& other) const {  // a queue's top is its largest
      return when != other.when ? when > other.when : number > other.number;
    }
  };
  Instant now_;
  std::uint64_t next_ = 0;
  std::priority_queue<Event> events_;
};

}  // namespace signalbus::sim
