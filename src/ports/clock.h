// The only way to know the time. Implementations: SystemClock, FixedClock (tests, dry runs with
// --now).
#pragma once

#include "core/time.h"

namespace signalbus {

/// Called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;

  virtual Instant now() const = 0;
  /// Monotone microseconds from an arbitrary start: durations and deadlines, never dates.
  virtual std::int64_t monotonic_micros() const = 0;
  /// Returns at `deadline` or earlier, at once when a stop was requested.
  virtual void sleep_until(Instant deadline) = 0;
};

}  // namespace signalbus
