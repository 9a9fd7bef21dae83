#include "app/exchange_clock.h"

#include <algorithm>
#include <chrono>

namespace signalbus::app {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

std::int64_t scaled(std::int64_t micros, double factor) {
  return static_cast<std::int64_t>(static_cast<double>(micros) * factor);
}

}  // namespace

SimClock::SimClock(Instant now, double speed, std::unique_ptr<alpaca::HttpSender> door,
                   Clock& machine)
    : base_(now),
      base_micros_(machine.monotonic_micros()),
      speed_(speed),
      door_(std::move(door)),
      machine_(machine) {}

Instant SimClock::now() const {
  if (speed_ <= 0) return base_;
  return Instant::from_micros(base_.micros() + scaled(passed(), speed_));
}

std::int64_t SimClock::monotonic_micros() const {
  return base_micros_ + (speed_ > 0 ? scaled(passed(), speed_) : passed() + slept_);
}

void SimClock::sleep_until(Instant deadline) {
  const std::int64_t wait = deadline.micros() - now().micros();
  if (wait <= 0) return;
  if (speed_ > 0) {
    machine_.sleep_until(Instant::from_micros(machine_.now().micros() + scaled(wait, 1 / speed_)));
    return;
  }
  // The exchange knows whole seconds; a deadline within one is reached by its end.
  const std::int64_t seconds = (wait + kSecond - 1) / kSecond;
  net::HttpRequest request;
  request.method = "POST";
  request.target = "/admin/v1/clock";
  request.headers = {{"Host", "127.0.0.1"}, {"Content-Type", "application/json"}};
  request.body = R"({"advance":")" + std::to_string(seconds) + R"(s"})";
  const Result<net::HttpResponse> done = door_->send(request, std::chrono::seconds(10));
  if (!done.ok() || done.value().status != 200) return;
  base_ = base_.plus_seconds(seconds);
  slept_ += seconds * kSecond;
}

RemoteClock::RemoteClock(Venue& venue, Instant now, Clock& machine)
    : venue_(venue), machine_(machine), base_(now), base_micros_(machine.monotonic_micros()) {}

Instant RemoteClock::now() const {
  const std::int64_t passed = machine_.monotonic_micros() - base_micros_;
  const Instant guess = Instant::from_micros(base_.micros() + passed);
  if (passed < kSecond) return guess;
  // Before asking: the question itself looks at this clock.
  base_ = guess;
  base_micros_ = machine_.monotonic_micros();
  const Result<VenueClock> said = venue_.clock();
  if (said.ok()) base_ = std::max(guess, said.value().now);
  return base_;
}

void RemoteClock::sleep_until(Instant deadline) {
  constexpr std::int64_t kSlice = 100'000;
  while (true) {
    const std::int64_t wait = deadline.micros() - now().micros();
    if (wait <= 0) return;
    const Instant before = machine_.now();
    const Instant until = Instant::from_micros(before.micros() + std::min(wait, kSlice));
    machine_.sleep_until(until);
    if (machine_.now() < until) return;  // a stop was asked for
  }
}

}  // namespace signalbus::app
