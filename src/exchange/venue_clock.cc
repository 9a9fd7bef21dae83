#include "exchange/venue_clock.h"

#include <algorithm>

namespace signalbus::exchange {

VenueClock::VenueClock(const ClockSpec& spec, const Clock& clock)
    : spec_(spec), clock_(&clock), base_(spec.start), base_micros_(clock.monotonic_micros()) {}

Instant VenueClock::now() const {
  if (!simulated()) return clock_->now();
  const std::int64_t passed = clock_->monotonic_micros() - base_micros_;
  return Instant::from_micros(base_.micros() + passed * spec_.speed);
}

void VenueClock::jump_to(Instant instant) {
  base_ = std::max(now(), instant);
  base_micros_ = clock_->monotonic_micros();
}

}  // namespace signalbus::exchange
