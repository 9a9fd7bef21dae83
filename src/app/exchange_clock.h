// The time of an exchange that has its own: the embedded one of mode sim, and one behind a port.
#pragma once

#include <memory>

#include "alpaca/http_sender.h"
#include "exchange/settings.h"
#include "ports/clock.h"
#include "ports/venue.h"

namespace signalbus::app {

/// The clock that a session works with: this machine's, until an exchange says that its own counts.
class SwitchClock final : public Clock {
 public:
  explicit SwitchClock(Clock& first) : clock_(&first) {}
  void switch_to(Clock& clock) { clock_ = &clock; }

  Instant now() const override { return clock_->now(); }
  std::int64_t monotonic_micros() const override { return clock_->monotonic_micros(); }
  void sleep_until(Instant deadline) override { clock_->sleep_until(deadline); }

 private:
  Clock* clock_;
};

/// The simulated clock of our own exchange (mode sim). Where it moves only when told, sleeping
/// tells it; where it runs, sleeping waits. Durations are of that time too: a sleep of a minute has
/// taken a minute.
class SimClock final : public Clock {
 public:
  /// `now` is what the exchange says at this moment; `door` leads to it, `machine` outlives this.
  SimClock(Instant now, double speed, std::unique_ptr<alpaca::HttpSender> door, Clock& machine);

  Instant now() const override;
  std::int64_t monotonic_micros() const override;
  void sleep_until(Instant deadline) override;

 private:
  std::int64_t passed() const { return machine_.monotonic_micros() - base_micros_; }

  Instant base_;
  std::int64_t base_micros_;
  std::int64_t slept_ = 0;  // where it stands still: by how much it was moved
  double speed_;
  std::unique_ptr<alpaca::HttpSender> door_;
  Clock& machine_;
};

/// The time of somebody else's simulated exchange: what it last said, and real time since. Asks
/// again about once a second, because it may run faster; never goes backwards.
class RemoteClock final : public Clock {
 public:
  RemoteClock(Venue& venue, Instant now, Clock& machine);

  Instant now() const override;
  std::int64_t monotonic_micros() const override { return machine_.monotonic_micros(); }
  void sleep_until(Instant deadline) override;

 private:
  Venue& venue_;
  Clock& machine_;
  mutable Instant base_;
  mutable std::int64_t base_micros_;
};

}  // namespace signalbus::app
