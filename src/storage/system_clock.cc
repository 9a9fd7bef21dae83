#include "storage/system_clock.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

namespace signalbus::storage {
namespace {

static_assert(std::atomic<bool>::is_always_lock_free, "request_stop() runs in signal handlers");

std::int64_t micros_of(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000 + time.tv_nsec / 1'000;
}

}  // namespace

SystemClock::SystemClock() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  SB_CHECK(event_.is_open());
}

Instant SystemClock::now() const { return Instant::from_micros(micros_of(CLOCK_REALTIME)); }

std::int64_t SystemClock::monotonic_micros() const { return micros_of(CLOCK_MONOTONIC); }

void SystemClock::sleep_until(Instant deadline) {
  constexpr std::int64_t kNapMicrosMax = 30'000'000;
  while (!stopped_.load()) {
    const std::int64_t left = deadline.micros() - now().micros();
    if (left <= 0) return;
    const std::int64_t nap = std::min(left, kNapMicrosMax);
    const timespec timeout{.tv_sec = nap / 1'000'000, .tv_nsec = nap % 1'000'000 * 1'000};
    pollfd event{.fd = event_.get(), .events = POLLIN, .revents = 0};
    ::ppoll(&event, 1, &timeout, nullptr);  // the event is never drained: a stop stays a stop
  }
}

void SystemClock::request_stop() {
  const int saved_errno = errno;  // a signal handler must not disturb the code it interrupts
  stopped_.store(true);
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(event_.get(), &one, sizeof one);
  errno = saved_errno;
}

void FixedClock::sleep_until(Instant deadline) {
  std::int64_t now = now_.load();
  while (now < deadline.micros() && !now_.compare_exchange_weak(now, deadline.micros())) {
  }
}

}  // namespace signalbus::storage
