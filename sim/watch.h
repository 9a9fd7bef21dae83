// Watch: who sees what a simulated world sees, at the moment when it happens.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "book/orders.h"
#include "exchange/venue.h"
#include "net/http.h"
#include "ports/journal.h"

namespace signalbus::sim {

class Process;

/// Which life of the program it is: 1, 2, ...
using ProcessId = int;

/// Throws Violation. Must not move time.
class Watch {
 public:
  virtual ~Watch() = default;

  virtual void on_birth(const Process&) {}
  /// The life is over, killed or not; what was not durable may be gone.
  virtual void on_death(ProcessId) {}

  virtual void on_exchange_event(const exchange_core::Event&) {}
  /// A request leaves the process.
  virtual void on_request(ProcessId, const net::HttpRequest&) {}
  /// What the process hears of it; never for an answer that was lost.
  virtual void on_answer(ProcessId, const net::HttpRequest&, int /*status*/) {}
  /// A request has reached the exchange, which gave that status; `late`: after the client gave up.
  virtual void on_arrival(const net::HttpRequest&, int /*status*/, bool /*late*/) {}

  /// A life asks the journal to change, and has its answer. What it died between may be done or
  /// not.
  virtual void on_write_begins(ProcessId) {}
  virtual void on_write_ends(ProcessId) {}
  // What changed in it, once it said so.
  virtual void on_take_over(ProcessId) {}
  virtual void on_batch_opened(ProcessId, const Batch&, std::span<const Intent>) {}
  virtual void on_legs_added(ProcessId, const Batch&, std::span<const Intent>) {}
  virtual void on_write_ahead(ProcessId, const Batch&, std::span<const WriteAhead>,
                              std::span<const Status> /*answers*/) {}
  virtual void on_recorded(ProcessId, const Batch&, std::span<const OrderEvent>,
                           std::span<const Fill>) {}
  virtual void on_batch_closed(ProcessId, const Batch&, BatchState) {}
  virtual void on_control(const ControlRecord&) {}
  /// A write failed with kStorage: nothing may follow in that life.
  virtual void on_write_failed(ProcessId) {}
  virtual void on_log(ProcessId, std::string_view /*line*/) {}
};

}  // namespace signalbus::sim
