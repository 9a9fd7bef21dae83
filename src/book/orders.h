// Batches, intents, order events, fills and runs: what the journal keeps.
#pragma once

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

/// Life of an intent. The first three are open, the rest final, except kUnknown: it ends a run, is
/// logged, and must still be resolved.
enum class OrderState {
  kPlanned,
  kSubmitting,
  kLive,  ///< At the broker, not ended; may be filled in part.
  kSimulated,
  kFilled,
  kPartial,
  kCanceled,
  kExpired,
  kRejected,
  kAbandoned,
  kNeverAccepted,
  kUnknown
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
  int posts = 0;  ///< How often it may have been sent before.
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

/// An intent with its newest event, as execution_log.csv shows it.
struct OrderRecord {
  Batch batch;
  Intent intent;
  OrderEvent event;
};

/// One start of the pipeline.
struct RunRecord {
  TradeDate run_date;
  int number;  ///< From 1 within the date; names data/runs/YYYYMMDD-N.
  Mode mode;
  Instant started_at;
};

}  // namespace signalbus
