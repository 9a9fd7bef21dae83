// VenueClock: the exchange's time, which is the wall's or runs as it was told.
#pragma once

#include "exchange/settings.h"
#include "ports/clock.h"

namespace signalbus::exchange {

class VenueClock {
 public:
  /// `clock` must outlive this.
  VenueClock(const ClockSpec& spec, const Clock& clock);

  Instant now() const;
  bool simulated() const { return spec_.kind == ClockKind::kSimulated; }
  bool moves() const { return !simulated() || spec_.speed > 0; }
  /// Simulated only: goes on from there. Never backwards.
  void jump_to(Instant instant);
  /// The wall's time, whatever the exchange's: for rate limits and logs.
  Instant wall() const { return clock_->now(); }

 private:
  ClockSpec spec_;
  const Clock* clock_;
  Instant base_;
  std::int64_t base_micros_;  // of the monotonic clock at base_
};

}  // namespace signalbus::exchange
