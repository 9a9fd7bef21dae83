// Reconciliation rows and end-of-day positions: what M5 writes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "book/orders.h"
#include "core/ids.h"
#include "core/money.h"
#include "core/time.h"

namespace signalbus {

/// One line of execution_log.csv: an order and its final state.
struct ExecutionLogRow {
  Instant ts;
  Mode mode;
  Symbol symbol;
  Side side;
  Quantity qty;  ///< As planned, positive.
  OrderType order_type;
  std::optional<Price> tp_price;
  std::optional<Price> sl_price;
  TimeInForce time_in_force;
  ClientOrderId client_order_id;
  Price price_used;
  Money notional;
  OrderState status;
  OrderId order_id;
  std::string error;
  BatchId batch_id;
  int attempt;
  Quantity filled_qty;  ///< Only this counts as traded.
  std::optional<Price> filled_avg_price;
  std::optional<Instant> submitted_at;
  Instant updated_at;
  std::string reject_code;
  /// What the order was planned with; absent in older logs and for the legs of a bracket.
  std::optional<Price> decision_price = std::nullopt;
};

enum class ReconStatus { kOk, kMismatch, kSkipped };
std::string_view to_text(ReconStatus status);

/// Why planned, executed and held differ.
enum class Cause {
  kNone,
  kPartialFill,
  kRejected,
  kRounding,
  kSkipped,
  kPriceMove,
  kManualTrade,
  kCorporateAction,
  kFee,
  kDividend,
  kInterest,
  kTransfer,  ///< Cash or shares that were moved in or out.
  kLateFill,
  kUnknown
};
std::string_view to_text(Cause cause);

/// One line of recon_report.csv. Shares are signed: sells are negative.
struct ReconRow {
  std::optional<Symbol> symbol;
  AssetId asset_id;
  Quantity planned_qty;
  Quantity actual_qty;
  Quantity delta_qty;  ///< actual - planned.
  ReconStatus status;
  double target_weight;  ///< Fractions of equity, like the next two.
  double actual_weight;
  double weight_deviation;  ///< actual - target.
  Quantity target_qty;
  Quantity final_qty;
  Quantity qty_difference;  ///< final - target.
  Cause cause;
  std::string explanation;
};

/// What a difference between broker and journal is about.
enum class Subject { kOrder, kFill, kPosition, kCash };
std::string_view to_text(Subject subject);  ///< "order"

/// Shares or USD.
using Amount = std::variant<Quantity, Money>;
std::string amount_text(const Amount& amount);  ///< "3"

/// Where broker and journal differ.
struct Difference {
  /// Names it for `reconcile --ack`: the same difference has the same key until the baseline moves.
  std::string key;
  Subject subject;
  std::string symbol;  ///< As the broker writes it; empty for cash.
  Amount expected;     ///< By the journal, with what the lines before explained.
  Amount actual;       ///< By the broker.
  Cause cause;
  std::string sentence;
  bool acknowledged = false;

  bool is_open() const { return cause == Cause::kUnknown && !acknowledged; }
};

struct EodPosition {
  Symbol symbol;
  Quantity quantity;
  std::optional<Price> price;
  Money market_value;
  double weight_percentage;  ///< 100 x market value / equity.
  AssetId asset_id;          ///< May be empty.
  std::optional<Price> avg_entry_price;
};

/// positions_eod.csv: the positions, sorted by symbol, and the CASH row.
struct EodBook {
  TradeDate run_date;
  std::vector<EodPosition> positions;
  Money cash;
  Money equity;
  std::string source;  ///< "simulated", "journal" or "broker".
};

}  // namespace signalbus
