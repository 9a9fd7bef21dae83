// The executor: takes the orders of a batch to their final states, through the journal and the exit
// gate, whatever the broker, the network and the power do. Every start is a recovery.
//
// The decisions are pure and live in execution/ (order_machine, preflight, fund_buys); here they
// meet the ports. Write-ahead before every POST, the stored bytes again under the same id, nothing
// given up that may have been sent.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "book/market.h"
#include "book/orders.h"
#include "core/result.h"
#include "execution/order_machine.h"
#include "executor/order_table.h"
#include "ports/broker.h"
#include "ports/clock.h"
#include "ports/journal.h"
#include "ports/market_data.h"
#include "ports/order_hints.h"
#include "ports/run_log.h"
#include "ports/venue.h"

namespace signalbus::executor {

struct Doors {
  Broker& broker;
  Journal& journal;
  Clock& clock;
  OrderHints& hints;
  RunLog& log;
  Venue* venue = nullptr;  ///< Absent in mode dry: no sessions, no asset rules, no funds to ask.
  MarketData* market = nullptr;  ///< Fresh prices for the gate; absent: the reference prices.
};

/// Times in seconds; every one has a key in the `execution:` block.
struct Policy {
  execution::Patience patience;
  std::int64_t fill_wait = 300;    ///< For the fills of a phase, from its last POST; then cancel.
  std::int64_t end_wait = 60;      ///< For what was canceled or is unknown to end, after that.
  std::int64_t poll = 2;           ///< Between looks at the broker when no hint comes sooner.
  std::int64_t close_guard = 120;  ///< No new order this shortly before the close.
  int group = 64;                  ///< Write-aheads that share one transaction.
};

/// What the gate is asked about one POST.
struct ExitOrder {
  const Intent& intent;
  Quantity quantity;               ///< What the POST asks for: as planned, or less where funds are.
  const PricePoint* fresh;         ///< The market's price of this moment; null: it has none.
  int posts;                       ///< How often it was sent before.
  std::span<const Tracked> batch;  ///< Every order of the batch as it stands, this one too.
  const Holdings* positions;       ///< The broker's; null in mode dry.
  Instant now;
  std::optional<Instant> closes;   ///< The session, as the exchange says.
  std::optional<Money> free_cash;  ///< What is left for buys of this phase; absent: not known.
};
/// Runs in the transaction of the write-ahead; pure. kLimitExceeded: that order is not sent;
/// kHalted: none is.
using Gate = std::function<Status(const ExitOrder&, const GateFacts&)>;

/// Asked after every answer of the broker; pure. A record is the halt to be set.
using Breaker = std::function<std::optional<ControlRecord>(std::span<const Tracked>, Instant)>;

struct Job {
  Batch batch;
  std::string id_prefix;  ///< Of our client order ids.
  Gate gate;
  Breaker breaker = {};
  Money cash_floor = Money::zero();  ///< Cash that buys must leave (the buffer).
  int quantity_decimals = 4;         ///< Lots of orders that funds scale.
  Money min_notional = Money::whole(1);
};

struct Outcome {
  BatchState state = BatchState::kOpen;  ///< kOpen: something is unresolved, the next run goes on.
  bool halted = false;
  std::size_t dropped = 0;         ///< Orders never sent, each with its reason in the journal.
  std::size_t unresolved = 0;      ///< Not final: unknown, quarantined, still being canceled.
  std::vector<std::string> notes;  ///< What a person should know, one sentence each.
};

/// Goes on with a batch that the journal has, from whatever state it is in, until every order is
/// final or patience ends; closes the batch when all are. Errors: kUnavailable and kBrokerRefused
/// before anything was sent, kHalted before anything was sent, kLimitExceeded outside the session,
/// kStorage and kLocked at once (the caller must end the process).
Result<Outcome> execute(const Doors& doors, const Job& job, const Policy& policy);

/// Settles what earlier batches of the account left open: nothing new is sent, what was never sent
/// is abandoned, what is live past its day is canceled. `except` is the batch that execute() will
/// do.
Result<Outcome> settle_earlier(const Doors& doors, Mode mode, const AccountId& account,
                               const std::string& id_prefix, const std::optional<BatchId>& except,
                               const Policy& policy);

/// Follows the legs of brackets of earlier batches: what filled and ended is recorded. Those of the
/// symbols in `release` are canceled first, because they hold the shares that are to be sold.
/// `except` is a batch that is being executed: it follows its own.
Result<Outcome> follow_legs(const Doors& doors, Mode mode, const AccountId& account,
                            const std::string& id_prefix, const std::set<Symbol>& release,
                            const Policy& policy,
                            const std::optional<BatchId>& except = std::nullopt);

/// Cancels every open order of ours until two listings in a row, `pause` seconds apart, show none
/// and none is unknown; says what may still be live. For the halt.
Result<Outcome> sweep(const Doors& doors, Mode mode, const AccountId& account,
                      const std::string& id_prefix, const Policy& policy, std::int64_t pause = 10);

}  // namespace signalbus::executor
