// M5's decision: planned against executed against held, each difference with its cause.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "book/market.h"
#include "book/plan.h"
#include "book/recon.h"
#include "core/result.h"

namespace signalbus::reconcile {

/// All that reconciliation looks at.
struct ReconInput {
  TradeDate run_date;
  Mode mode;                             ///< In dry mode the positions are called simulated.
  std::span<const PlanRow> plan;         ///< One row per target and holding.
  std::span<const PlannedOrder> orders;  ///< planned_orders.csv: what was to be executed.
  /// Rows of this run date's batch; of several rows of one order the newest counts.
  std::span<const ExecutionLogRow> executed;
  const Holdings& opening;  ///< Positions at the beginning of the day.
  const PriceBook& prices;  ///< May be empty: the plan's prices serve then.
  Money starting_cash;
  int quantity_decimals;  ///< Differences below one lot of these are rounding.
};

struct ReconResult {
  std::vector<ReconRow> rows;  ///< By the order of the plan, then what the plan does not know.
  EodBook eod;
};

/// What one symbol really traded: only fills count, whatever was planned or refused.
struct Traded {
  Symbol symbol;
  Quantity net;         ///< Bought less sold.
  Quantity bought_qty;  ///< Shares of the buys; sold are these less net.
  Money bought;         ///< Cost of the buys.
  Money sold;           ///< Proceeds of the sells.
};

/// Sums fills by symbol, sorted; one row per order. In dry mode a simulated order counts as filled
/// at its price_used. kInvalidInput for a filled row without a price.
Result<std::vector<Traded>> sum_fills(std::span<const ExecutionLogRow> executed);

/// Opening positions plus fills. Average entry: the weighted mean of what was held and bought; it
/// stays when selling. Positions that end at zero are dropped.
Result<Holdings> build_eod_positions(const Holdings& opening, std::span<const Traded> traded);

/// Market value and 100 x market value / equity of each position (specification §2.5); a position
/// without a price keeps its stated value.
Result<std::vector<EodPosition>> calculate_weight_percentages(const Holdings& positions,
                                                              const PriceBook& prices,
                                                              Money equity);

/// Sets actual_weight and weight_deviation of each row from the positions, as fractions of equity.
void calculate_weight_deviations(std::vector<ReconRow>& rows,
                                 std::span<const EodPosition> positions, Money equity);

/// The whole reconciliation. Pure. Reconciling a plan with itself executed leaves no difference.
Result<ReconResult> reconcile_from_logs(const ReconInput& input);

}  // namespace signalbus::reconcile
