// Word that an order may have changed, sooner than asking again would tell. Implementations:
// alpaca's TradeUpdates; a plain wait where there is no stream.
#pragma once

#include <string>
#include <vector>

#include "core/ids.h"
#include "core/time.h"

namespace signalbus {

/// Something may have happened to an order. It may be late, doubled, out of order or missing, so it
/// decides nothing: it says whom to ask about.
struct OrderHint {
  ClientOrderId client_order_id;
  OrderId order_id;
  std::string word;  ///< "fill", "canceled": the broker's.
};

/// wait_until() is called from one thread.
class OrderHints {
 public:
  virtual ~OrderHints() = default;

  /// Returns as soon as there are hints, at `deadline` without any, at once when a stop was
  /// requested. After a gap in the stream it returns early too, with one hint of empty ids and the
  /// word "gap": ask about everything.
  virtual std::vector<OrderHint> wait_until(Instant deadline) = 0;

  /// Whether hints can come now; false: poll.
  virtual bool is_live() const = 0;
};

}  // namespace signalbus
