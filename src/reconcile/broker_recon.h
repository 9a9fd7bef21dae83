// M5 against the broker: orders, executions, positions and cash there, held against the journal.
// Pure.
//
// The journal expects what the account held at the baseline plus its own executions since. Whatever
// else the broker has is a difference, and a difference has a cause only where data of the broker
// proves it: an order of somebody else, a split, a dividend, a fee. What remains is unknown, and
// unknown keeps a name from being traded until a person has acknowledged it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "book/account.h"
#include "book/market.h"
#include "book/orders.h"
#include "book/recon.h"
#include "core/result.h"

namespace signalbus::reconcile {

/// A broker may show executions and activities late: how far before the baseline it is asked again.
inline constexpr std::int64_t kFillsAgainSeconds = 3600;
inline constexpr int kFlowsAgainDays = 10;  ///< Activities carry days, and are booked days later.

/// What the broker says, as of one moment.
struct BrokerView {
  Instant at;  ///< By our clock.
  BrokerAccount account;
  Holdings positions;
  std::vector<BrokerOrder> orders;  ///< Submitted after the baseline's `orders_after`.
  std::vector<Fill> fills;          ///< After `fills_after`.
  Instant fills_after;              ///< kFillsAgainSeconds before the baseline.
  std::vector<CashFlow> flows;      ///< From kFlowsAgainDays before the baseline on.
};

/// What the journal says.
struct JournalView {
  Baseline baseline;
  /// Every intent of the batches in question, with its newest event, if it has one; of older
  /// batches those whose orders the broker shows.
  struct Order {
    BatchId batch_id;
    Intent intent;
    std::optional<OrderEvent> event;
  };
  std::vector<Order> orders;
  std::vector<Fill> fills;  ///< All executions of these orders.
  std::set<Symbol> traded;  ///< What this system ever traded.
  std::vector<Acknowledgement> acknowledged;
  std::string id_prefix;  ///< Of our client order ids.
};

/// Something of others, in one line: looked at, never touched.
struct Foreign {
  std::string name;  ///< Symbol or order id.
  std::string line;
};

struct BrokerRecon {
  std::vector<Difference> differences;  ///< Orders, executions, positions by symbol, cash.
  /// Names that must not be traded, with the sentence that says why and how to go on.
  std::map<Symbol, std::string> blocked;
  std::optional<std::string> cash_blocked;  ///< The same for cash: nothing may be bought.
  std::vector<std::string> pending;  ///< Orders that have not come to their end; one line each.
  std::vector<Foreign> foreign_orders;
  std::vector<Foreign> foreign_positions;
  std::size_t orders_agree = 0;
  std::size_t fills_agree = 0;
  std::size_t positions_agree = 0;
  Money cash = Money::zero();    ///< At the broker.
  std::vector<Fill> late_fills;  ///< Executions of our orders that the journal does not know.

  bool all_clear() const;          ///< No difference is open.
  std::size_t open_count() const;  ///< Differences that are.
  std::size_t unexpected() const;  ///< Differences but for what books bring: fees, splits, ...
};

/// What books bring by themselves: fees, dividends, interest, transfers, corporate actions,
/// rounding.
bool is_bookkeeping(Cause cause);

/// Compares. kInvalidInput only for amounts beyond what money can represent.
Result<BrokerRecon> reconcile_broker(const BrokerView& broker, const JournalView& journal);

/// The baseline that follows: what the broker says now, with everything counted that it may tell
/// again. Only right after a reconciliation of these views that is all clear.
Baseline next_baseline(const BrokerView& broker, const JournalView& journal, TradeDate today);

/// The baseline of an account that was never looked at before.
Baseline first_baseline(const BrokerView& broker, TradeDate today);

}  // namespace signalbus::reconcile
