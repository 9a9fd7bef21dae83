// The one door to a broker. Implementations: DryBroker; the Alpaca client and the exchange follow.
#pragma once

#include <optional>
#include <vector>

#include "book/market.h"
#include "book/orders.h"
#include "core/result.h"

namespace signalbus {

struct BrokerAccount {
  AccountId id;
  Money equity;
  Money cash;
};

/// The broker's answer to a submission: the state it put the order in, with fills known so far.
struct SubmitAnswer {
  OrderEvent event;
  std::vector<Fill> fills;
};

/// Called from one thread. Every call may block up to the time-out given at construction.
class Broker {
 public:
  virtual ~Broker() = default;

  virtual Result<BrokerAccount> account() = 0;
  virtual Result<Holdings> positions() = 0;

  /// Sends the order of the intent once. A refusal is a value (state kRejected).
  /// kUnknownOutcome: it may have reached the broker; ask order() before anything else.
  virtual Result<SubmitAnswer> submit(const Intent& intent) = 0;

  /// The order under that id; nullopt means "not found", which never means "not accepted".
  virtual Result<std::optional<SubmitAnswer>> order(const ClientOrderId& id) = 0;
};

}  // namespace signalbus
