// What the exchange says about itself: its time, its sessions, what may be traded. Implementation:
// AlpacaVenue.
#pragma once

#include <span>
#include <vector>

#include "book/market.h"
#include "core/result.h"
#include "core/time.h"

namespace signalbus {

struct VenueClock {
  Instant now;
  bool is_open;  ///< Right now; a trading day before its open is closed.
  Instant next_open;
  Instant next_close;
  bool simulated = false;  ///< The exchange said so: then its time is the time.
};

/// A day on which there is trading.
struct VenueSession {
  TradeDate date;
  int open_minute;   ///< After midnight in New York: 570 is 09:30.
  int close_minute;  ///< 780 on a half day.
};

/// Called from one thread; each call may block up to the time-out given at construction.
class Venue {
 public:
  virtual ~Venue() = default;

  virtual Result<VenueClock> clock() = 0;

  /// The sessions of those days, both included, in order.
  virtual Result<std::vector<VenueSession>> sessions(TradeDate first, TradeDate last) = 0;

  /// Rules of those symbols, sorted by symbol. A symbol that the broker does not know comes back as
  /// not tradable: every name that was asked for has a rule.
  virtual Result<std::vector<AssetRule>> asset_rules(std::span<const Symbol> symbols) = 0;
};

}  // namespace signalbus
