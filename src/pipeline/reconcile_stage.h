// M5: what was planned, executed and held -> end-of-day positions and the reconciliation report.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "pipeline/broker_check.h"
#include "pipeline/execute_stage.h"
#include "pipeline/plan_stage.h"
#include "pipeline/workspace.h"
#include "reconcile/reconcile.h"
#include "report/save_plan.h"

namespace signalbus::pipeline {

struct ReconcileRequest {
  TradeDate run_date;
  Mode mode;
  std::string orders_path;      ///< planned_orders.csv; plan.json lies beside it.
  std::string plan_path;        ///< rebalance_plan.csv
  std::string log_path;         ///< execution_log.csv
  std::string positions_path;   ///< Beginning of day; empty: positions_bod.csv, else the plan's.
  std::string prices_path;      ///< Empty: the plan's prices.
  std::optional<Money> equity;  ///< For a plan without plan.json.
  int quantity_decimals;
  std::string out_dir;
};

struct ReconcileOutcome {
  reconcile::ReconResult result;
  std::size_t ok;
  std::size_t mismatches;
  std::size_t skipped;
  std::vector<std::string> files;
  std::optional<BrokerCheck> broker = std::nullopt;  ///< Set where the broker was asked.

  /// What `--strict` ends with 10 for: rows that are not as planned, and differences at the broker
  /// that are neither bookkeeping (fees, dividends, splits, ...) nor acknowledged.
  std::size_t differences() const;
};

/// plan.json of the date; absent when there is none. kNotFound when nothing was planned for the
/// date.
Result<std::optional<report::PlanRecord>> find_plan(Doors& doors, const ReconcileRequest& request);

/// kNotFound when nothing was planned for the date. On any error nothing was written.
Result<ReconcileOutcome> run_reconcile(Doors& doors, const ReconcileRequest& request);

/// The same with the broker's word: what it holds is what is held, and every difference from the
/// journal is told in recon_broker_YYYYMMDD.csv. Without a plan for the
/// date the reconciliation report has the names that differ, and no others. Errors also as
/// check_broker.
Result<ReconcileOutcome> run_reconcile_with_broker(Doors& doors, const BrokerCheckDoors& ask,
                                                   const ReconcileRequest& request,
                                                   const BrokerCheckRequest& check);

/// The same for a run whose M2 and M4 ran in this process: what they have just written is compared
/// without reading it again. Reads the files where they tell of more than this run.
Result<ReconcileOutcome> reconcile_run(Doors& doors, const ReconcileRequest& request,
                                       const PlanOutcome& planned, const ExecuteOutcome& executed);

}  // namespace signalbus::pipeline
