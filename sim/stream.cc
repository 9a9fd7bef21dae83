#include "sim/stream.h"

namespace signalbus::sim {
namespace {

Instant later(Instant instant, std::int64_t micros) {
  return Instant::from_micros(instant.micros() + micros);
}

}  // namespace

Stream::Stream(Process& process) : process_(process), world_(process.world()) {
  world_.watch(*this);
}

Stream::~Stream() { world_.unwatch(*this); }

bool Stream::is_live() const { return world_.now() >= gap_until_; }

/// After a lost connection the client knows only that something may have happened.
void Stream::lose_connection() {
  coming_.clear();
  gap_until_ =
      later(world_.now(), world_.rng().between(std::int64_t{500'000}, std::int64_t{60'000'000}));
  send(gap_until_, {ClientOrderId(""), OrderId(""), "gap"});
}

void Stream::on_exchange_event(const core::Event& event) {
  const Instant now = world_.now();
  if (now < gap_until_) return;
  if (world_.strikes(Fault::kStreamGap)) return lose_connection();
  if (world_.strikes(Fault::kStreamSilent)) {
    // Found out by the missing answers to pings, after a while.
    silent_until_ = later(now, 20'000'000);
    gap_until_ = later(now, 25'000'000);
    send(gap_until_, {ClientOrderId(""), OrderId(""), "gap"});
  }
  if (now < silent_until_ || world_.strikes(Fault::kHintLost)) return;
  const core::Order& order = world_.exchange().order(event.order);
  const OrderHint hint{ClientOrderId(std::string(order.client_order_id)),
                       OrderId(world_.exchange().order_id(event.order).text()),
                       std::string(to_text(event.kind))};
  std::int64_t delay = world_.rng().between(std::int64_t{5'000}, std::int64_t{80'000});
  if (world_.strikes(Fault::kHintLate)) {
    delay += world_.rng().between(std::int64_t{0}, std::int64_t{3'000'000});
  }
  send(later(now, delay), hint);
  if (world_.strikes(Fault::kHintTwice)) send(later(now, delay + delay / 2), hint);
}

std::vector<OrderHint> Stream::wait_until(Instant deadline) {
  process_.pause_point("wait for hints");
  const std::int64_t error = process_.clock_error();
  const Instant end = later(deadline, -error);
  std::vector<OrderHint> out;
  // A fill on the way may bring a hint sooner than the one that is next now.
  while (out.empty()) {
    const Instant next = coming_.empty() ? end : std::min(end, coming_.begin()->first);
    const Instant step = std::min(next, later(world_.now(), 1'000'000));
    if (step > world_.now()) process_.wait(step.micros() - world_.now().micros());
    while (!coming_.empty() && coming_.begin()->first <= world_.now()) {
      out.push_back(std::move(coming_.begin()->second));
      coming_.erase(coming_.begin());
    }
    if (world_.now() >= end) break;
  }
  return out;
}

}  // namespace signalbus::sim
