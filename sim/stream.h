// Stream: the trade-update stream of one process, as late, doubled, disordered and silent as the
// world wants it.
#pragma once

#include <map>
#include <vector>

#include "ports/order_hints.h"
#include "sim/process.h"

namespace signalbus::sim {

class Stream final : public OrderHints, public Watch {
 public:
  explicit Stream(Process& process);
  ~Stream() override;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  std::vector<OrderHint> wait_until(Instant deadline) override;
  bool is_live() const override;

  void on_exchange_event(const core::Event& event) override;

 private:
  void send(Instant at, OrderHint hint) { coming_.emplace(at, std::move(hint)); }
  void lose_connection();

  Process& process_;
  World& world_;
  std::multimap<Instant, OrderHint> coming_;
  Instant silent_until_ = Instant::from_micros(0);  // connected, but nothing comes
  Instant gap_until_ = Instant::from_micros(0);     // not connected
};

}  // namespace signalbus::sim
