// Batches, intents, order events, fills and runs: what the journal keeps.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "book/plan.h"
#include "core/ids.h"
#include "core/money.h"
#include "core/time.h"

namespace signalbus {

/// Where orders go. Only the Broker adapter differs.
enum class Mode { kDry, kSim, kPaper, kLive };
std::string_view to_text(Mode mode);  ///< "dry"
Result<Mode> parse_mode(std::string_view text);

/// Life of an intent; execution/order_machine.h has the transitions.
enum class OrderState {
  kPlanned,      ///< Nothing was sent.
  kSubmitting,   ///< The write-ahead is durable; the POST may or may not have left.
  kUnknown,      ///< It may be at the broker. Only the broker's word or the horizon ends this.
  kLive,         ///< At the broker, not ended; may be filled in part.
  kCancelling,   ///< An end was asked for; it may still fill.
  kResolving,    ///< Ended at the broker; its executions are still being collected.
  kQuarantined,  ///< What the broker says contradicts the journal; a person must decide.
  kSimulated,    ///< From here on: final.
  kFilled,
  kPartial,
  kCanceled,
  kExpired,
  kRejected,
  kAbandoned,     ///< Never sent, on purpose.
  kNeverAccepted  ///< Sent, and proven never to have arrived.
};
std::string_view to_text(OrderState state);  ///< "SIMULATED", as execution_log.csv has it
Result<OrderState> parse_order_state(std::string_view text);
bool is_final(OrderState state);

/// One batch per mode, account, run date and number.
struct BatchKey {
  Mode mode;
  AccountId account;
  TradeDate run_date;
};

enum class BatchState {
  kOpen,      ///< Resumed with its stored intents, never planned anew.
  kFinished,  ///< Done; traded again only by an explicit new batch.
  kEnded      ///< Stopped by a halt or deadline: final, but the next run plans anew.
};
std::string_view to_text(BatchState state);

struct Batch {
  BatchKey key;
  int number;  ///< From 1.
  BatchState state;
  std::string plan_hash;  ///< Of plan.json; what the batch executes.
  Instant opened_at;

  /// YYYYMMDD-N.
  BatchId id() const { return BatchId(key.run_date.compact() + "-" + std::to_string(number)); }
};

/// The part of an order that one strategy asked for. Parts of an intent add up to its quantity.
struct StrategyShare {
  StrategyId strategy_id;
  Quantity quantity;  ///< Positive.
};

/// One order that a batch wants, with all that sending it needs: a resumed batch reads nothing
/// else.
struct Intent {
  ClientOrderId client_order_id;
  int sequence;  ///< Order of sending within the batch, from 0.
  int attempt;   ///< From 1.
  PlannedOrder order;
  OrderState state;
  /// The request as it was first built; when set, exactly these bytes are sent (again).
  std::string body = {};
  int posts = 0;                                    ///< How often it may have been sent before.
  std::optional<Instant> posted_at = std::nullopt;  ///< When it last may have been sent.
  std::vector<StrategyShare> shares = {};  ///< Who asked for it; empty where nobody keeps sleeves.
  /// What the stored request asks for where that is less than planned, because funds were.
  std::optional<Quantity> reduced_to = std::nullopt;

  /// The order whose bracket this is a leg of; empty for an order that was sent for itself.
  ClientOrderId parent = ClientOrderId("");

  bool is_leg() const { return !parent.get().empty(); }
  Quantity asked_quantity() const { return reduced_to.value_or(order.quantity); }
};

/// What became of an order at one moment.
struct OrderEvent {
  ClientOrderId client_order_id;
  OrderState state;
  OrderId order_id;  ///< The broker's; empty in dry mode.
  Quantity filled_qty;
  std::optional<Price> filled_avg_price;
  Price price_used;  ///< The price the decision to send was made with.
  std::optional<Instant> submitted_at;
  Instant updated_at;
  std::string reject_code;
  std::string error;
};

/// One execution.
struct Fill {
  std::string execution_id;  ///< The broker's, or a deterministic one.
  OrderId order_id;
  ClientOrderId client_order_id;
  Symbol symbol;
  Side side;
  Quantity quantity;
  Price price;
  Instant at;
};

enum class CashFlowKind {
  kDividend,
  kInterest,
  kFee,
  kTransfer,  ///< Deposits and withdrawals.
  kSplit,     ///< Changes a quantity, no cash.
  kOther
};
std::string_view to_text(CashFlowKind kind);  ///< "dividend"
Result<CashFlowKind> parse_cash_flow_kind(std::string_view text);

/// What changed cash or a position at the broker without an order.
struct CashFlow {
  std::string id;  ///< The broker's.
  CashFlowKind kind;
  std::string word;                      ///< The broker's own ("DIV", "JNLC").
  std::optional<Symbol> symbol;          ///< Absent where none of ours is named.
  Quantity quantity = Quantity::zero();  ///< Signed change of the position.
  Money cash = Money::zero();            ///< Signed change of cash.
  TradeDate date;
};

/// An intent with its newest event, as execution_log.csv shows it.
struct OrderRecord {
  Batch batch;
  Intent intent;
  OrderEvent event;
};

/// What is left of trading, from all of it to none.
enum class TradingState {
  kNormal,
  kReduceOnly,  ///< Only orders that bring a position nearer to zero.
  kSellOnly,    ///< Only sells of what is held.
  kHalted       ///< Nothing is sent; open orders are canceled.
};
std::string_view to_text(TradingState state);  ///< "REDUCE_ONLY"
Result<TradingState> parse_trading_state(std::string_view text);

/// Who set the trading state and why. One per journal, for every mode that reaches a broker.
struct ControlRecord {
  TradingState state = TradingState::kNormal;
  std::string reason = {};  ///< Empty only before it was ever set.
  std::string by = {};      ///< A user, or the rule that tripped ("risk.max_daily_loss_pct").
  std::optional<Instant> at = std::nullopt;
};

/// One POST that is about to leave: what must be durable before it does.
struct WriteAhead {
  ClientOrderId client_order_id;
  std::string
      body;  ///< The bytes that will be sent; equal to the stored ones when it was sent before.
  Quantity quantity;  ///< What the bytes ask for; at most the planned quantity.
  Price price_used;   ///< What the decision to send was made with.
  Money notional;     ///< What it counts for against daily limits, collar included.
  Instant at;
};

/// What left for the broker on one trading day, first POSTs only, whatever became of them.
struct DayUse {
  Money buys = Money::zero();
  Money sells = Money::zero();
  std::int64_t orders = 0;
};

/// Equity at the start of trading days, for loss and drawdown limits.
struct EquityMarks {
  std::optional<Money> day_start;  ///< First observation of the day.
  std::optional<Money> peak;       ///< Highest day start ever, that day's included.
};

/// Permission to pass one rule once.
struct Override {
  std::string rule;    ///< Key of the rule without "risk.": "max_order_notional".
  std::string reason;  ///< Never empty.
  std::string by;
  Instant at;
  Instant expires_at;
};

/// Money and shares that moved inside the account: `quantity` shares of `symbol` from one strategy
/// to another against `cash` the other way (crossed wishes), or cash alone (capital moved, symbol
/// absent).
struct SleeveMove {
  StrategyId from;
  StrategyId to;
  std::optional<Symbol> symbol;
  Quantity quantity = Quantity::zero();  ///< Positive, from `from` to `to`; zero where cash moves.
  Price price = Price::zero();           ///< The same for both sides.
  Money cash = Money::zero();            ///< Paid by `to` to `from` for shares; moved to `to` else.
  std::string reason;                    ///< "crossed", "capital", "opening".
};

/// One line of the account's history as per-strategy books see it: a move, or a fill with the
/// shares of its intent.
struct SleeveEntry {
  BatchId batch_id;
  std::optional<SleeveMove> move;
  std::optional<Fill> fill;           ///< Exactly one of the two is set.
  std::vector<StrategyShare> shares;  ///< Of the fill's intent.
};

/// An account's history, shared: years of it are asked for several times a run. Never null.
using SleeveEntries = std::shared_ptr<const std::vector<SleeveEntry>>;

/// A difference between broker and journal that a person has looked at.
struct Acknowledgement {
  std::string key;  ///< Of the difference, as the report shows it.
  std::string reason;
  std::string by;
  Instant at;
};

/// One start of the pipeline.
struct RunRecord {
  TradeDate run_date;
  int number;  ///< From 1 within the date; names data/runs/YYYYMMDD-N.
  Mode mode;
  Instant started_at;
};

}  // namespace signalbus
