// The one door to a broker. Implementations: DryBroker, AlpacaBroker; the embedded exchange answers
// through the latter.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "book/account.h"
#include "book/market.h"
#include "book/orders.h"
#include "core/result.h"

namespace signalbus {

/// The broker's answer about an order: the state it is in, with executions known so far. They may
/// be fewer than `event.filled_qty` says: fills() has the rest, perhaps a moment later.
struct SubmitAnswer {
  OrderEvent event;
  std::vector<Fill> fills;
};

/// Called from one thread. Every call may block up to the time-out given at construction. Nothing
/// that changes the account is ever repeated behind the caller's back.
class Broker {
 public:
  virtual ~Broker() = default;

  virtual Result<BrokerAccount> account() = 0;
  virtual Result<Holdings> positions() = 0;

  /// The request that submit() would send for the intent, to be stored (Intent::body) before it is.
  /// The same intent gives the same bytes; empty where nothing leaves the process. kInvalidInput
  /// for an order that cannot be written.
  virtual Result<std::string> order_bytes(const Intent& intent) const = 0;

  /// Sends the order of the intent once: `intent.body` when it is set, else order_bytes(). A
  /// refusal is a value (state kRejected, with its code and words); an id that exists already is
  /// answered with the order it names. kUnknownOutcome: it may have reached the broker; ask order()
  /// before anything else. With `intent.posts` above zero every refusal is this: an earlier copy
  /// may still arrive. kUnavailable: nothing left this machine.
  virtual Result<SubmitAnswer> submit(const Intent& intent) = 0;

  /// The order under that id; nullopt means "not found", which never means "not accepted".
  virtual Result<std::optional<SubmitAnswer>> order(const ClientOrderId& id) = 0;

  /// The take-profit and stop orders that the broker made for a bracket, ended ones too; none for
  /// any other order. kNotFound: it does not show the order.
  virtual Result<std::vector<BrokerOrder>> legs(const OrderId& bracket) = 0;

  /// Every order submitted after that moment, whatever became of it, oldest first, each once; those
  /// of others too. All of them or an error: a list cut short is never an answer.
  virtual Result<std::vector<BrokerOrder>> orders(Instant after) = 0;

  /// Executions after that moment, oldest first, each once, of all orders of the account. The
  /// client order id is empty for an order that this object has not seen in an answer; the order id
  /// is always there.
  virtual Result<std::vector<Fill>> fills(Instant after) = 0;

  /// What changed cash or positions without an order since that day, that day included; each once,
  /// oldest first.
  virtual Result<std::vector<CashFlow>> cash_flows(TradeDate from) = 0;

  /// Asks for an end of the order. Success means "asked": it may still fill; order() tells.
  /// kBrokerRefused: too late, it has ended. kNotFound: no such order. kUnknownOutcome as ever.
  virtual Status cancel(const OrderId& id) = 0;
};

}  // namespace signalbus
