// PlainWait: OrderHints where there is no stream. Time passes, and everything has to be asked for.
#pragma once

#include "ports/clock.h"
#include "ports/order_hints.h"

namespace signalbus::executor {

class PlainWait final : public OrderHints {
 public:
  explicit PlainWait(Clock& clock) : clock_(clock) {}

  std::vector<OrderHint> wait_until(Instant deadline) override {
    clock_.sleep_until(deadline);
    return {};
  }
  bool is_live() const override { return false; }

 private:
  Clock& clock_;
};

}  // namespace signalbus::executor
