// SystemClock and FixedClock: the real time, and a time that stands still until someone sleeps.
#pragma once

#include <atomic>

#include "ports/clock.h"
#include "storage/descriptor.h"

namespace signalbus::storage {

class SystemClock final : public Clock {
 public:
  /// Ends the process (SB_CHECK) when the kernel has no descriptor left: it is made at start.
  SystemClock();

  Instant now() const override;
  std::int64_t monotonic_micros() const override;
  /// Looks at the wall clock again at least every 30 s, so that a step or a suspend is noticed.
  void sleep_until(Instant deadline) override;

  /// Wakes every present and future sleep. Async-signal-safe: may be called in a signal handler.
  void request_stop();
  bool stop_requested() const { return stopped_.load(); }

 private:
  FileDescriptor event_;
  std::atomic<bool> stopped_{false};
};

/// For `--now` and tests. A sleep jumps to its deadline; both times then move alike.
class FixedClock final : public Clock {
 public:
  explicit FixedClock(Instant now) : start_(now), now_(now.micros()) {}

  Instant now() const override { return Instant::from_micros(now_.load()); }
  std::int64_t monotonic_micros() const override { return now_.load() - start_.micros(); }
  void sleep_until(Instant deadline) override;

 private:
  const Instant start_;
  std::atomic<std::int64_t> now_;
};

}  // namespace signalbus::storage
