#include "app/exchange_clock.h"

#include <algorithm>
#include <chrono>

namespace signalbus::app {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

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
  const auto passed = static_cast<double>(machine_.monotonic_micros() - base_micros_);
  return Instant::from_micros(base_.micros() + static_cast<std::int64_t>(passed * speed_));
}

void SimClock::sleep_until(Instant deadline) {
  const std::int64_t wait = deadline.micros() - now().micros();
  if (wait <= 0) return;
  if (speed_ > 0) {
    const auto real = static_cast<std::int64_t>(static_cast<double>(wait) / speed_);
    machine_.sleep_until(Instant::from_micros(machine_.now().micros() + real));
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
  if (done.ok() && done.value().status == 200) base_ = base_.plus_seconds(seconds);
}

RemoteClock::RemoteClock(Venue& venue, Instant now, Clock& machine)
    : venue_(venue), machine_(machine), base_(now), base_micros_(machine.monotonic_micros()) {}

Instant RemoteClock::now() const {
  const std::int64_t passed = machine_.monotonic_micros() - base_micros_;
  const Instant guess = Instant::from_micros(base_.micros() + passed);
  if (passed < kSecond) return guess;
  // Whoever carries the question asks for the time too: it gets the guess, and does not ask again.
  base_ = guess;
  base_micros_ = machine_.monotonic_micros();
  const Result<VenueClock> said = venue_.clock();
  const std::int64_t asking = machine_.monotonic_micros() - base_micros_;
  base_ = Instant::from_micros(base_.micros() + asking);
  if (said.ok()) base_ = std::max(base_, said.value().now);
  base_micros_ += asking;
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
