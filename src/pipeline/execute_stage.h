// M4: planned orders -> the broker, through the risk gate and the journal; then the execution log.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "book/market.h"
#include "book/orders.h"
#include "book/sleeves.h"
#include "core/result.h"
#include "execution/batch.h"
#include "executor/executor.h"
#include "pipeline/plan_stage.h"
#include "pipeline/risk_facts.h"
#include "pipeline/workspace.h"
#include "ports/broker.h"
#include "ports/journal.h"
#include "report/save_plan.h"
#include "risk/limits.h"

namespace signalbus::pipeline {

/// The plan as execution needs it, from memory or from the files of `plan`.
struct ExecutablePlan {
  std::vector<PlannedOrder> orders;
  TradeDate trade_date;
  Money starting_cash;
  Money base;  ///< Equity without foreign positions.
  Money rounding_allowance;
  std::string plan_hash;
  std::string
      prices_path;  ///< The price file of the plan, as plan.json has it; empty when unknown.
  std::optional<Instant> made_at = std::nullopt;  ///< Absent without plan.json.
  SleevePlan sleeves = {};  ///< Whose the orders are; empty shares where nobody knows.
};

struct ExecuteRequest {
  BatchKey key;
  bool again = false;  ///< Trade a finished batch once more, as the next batch.
  std::string id_prefix;
  risk::RiskLimits risk;
  std::string sectors_path = {};  ///< Of risk.sectors_file; empty: none.
  /// What a rehearsal starts from, by the files of the plan. With a broker, it is asked.
  AccountSeen rehearsal = {};
  executor::Policy policy;
  int quantity_decimals = 4;
  Money min_notional = Money::whole(1);
  std::string log_path;    ///< execution_log.csv
  std::string fills_path;  ///< filled_orders.csv
};

struct ExecuteOutcome {
  execution::BatchDecision decision;
  Batch batch;
  std::vector<OrderRecord> orders;  ///< Every order of the batch with its final state.
  std::vector<OrderRecord> legs;    ///< Of its brackets, open or ended.
  std::size_t refused;              ///< By risk limits.
  std::size_t rows_added;           ///< To the execution log.
  std::vector<std::string> files;
  executor::Outcome end;  ///< How the executor left the batch, and earlier ones.

  /// docs/exit-codes.md: unresolved before halted before refused by the broker before by a limit.
  int exit_code() const;
  /// "batch 20250829-1, 3 orders": for the list of stages.
  std::string words() const;
};

/// The adapters of execution. `market` is what the gate compares reference prices with.
struct ExecuteDoors {
  Broker& broker;
  Journal& journal;
  const PriceBook& market;
  Venue* venue = nullptr;       ///< Absent in dry mode.
  OrderHints* hints = nullptr;  ///< Absent: the broker is asked every now and then.
  MarketData* fresh = nullptr;  ///< Prices of this moment for the gate; absent: those of `market`.
};

/// The orders' own reference prices, as a book.
PriceBook reference_prices(std::span<const PlannedOrder> orders);

/// What the gate compares reference prices with: the plan's price file as it is now, or the
/// reference prices themselves when nothing fresher is known. A stored batch passed the gate when
/// it was opened, so without a plan there is nothing to compare.
Result<PriceBook> gate_prices(Files& files, const Workspace& workspace,
                              const std::optional<ExecutablePlan>& plan);

/// Executes the batch of the key: opens it with the plan, resumes it with its stored intents, or
/// leaves it alone when it is finished. `plan` is only looked at when a batch is opened.
/// kLimitExceeded: the gate refused the whole batch, nothing was opened.
Result<ExecuteOutcome> run_execute(Doors& doors, const ExecuteDoors& execute,
                                   const std::optional<ExecutablePlan>& plan,
                                   const ExecuteRequest& request);

/// Where `execute` finds its plan.
struct PlanFiles {
  std::string orders_path;
  std::string plan_path;
  bool accept_edited = false;  ///< Orders edited by hand become the plan.
};

/// The plan of this very run.
ExecutablePlan executable_plan_of(const PlanOutcome& made);

/// Reads planned_orders.csv and holds it against plan.json. kInvalidInput when it was edited and
/// that is not accepted, or there is no plan.json although the mode demands one.
Result<ExecutablePlan> load_executable_plan(Doors& doors, const PlanFiles& paths, Mode mode,
                                            std::optional<TradeDate> run_date);

/// What the plan found, for a rehearsal. A file that cannot be read leaves its part unknown, which
/// the rules that need it refuse.
AccountSeen planned_account(Files& files, const PlanFiles& paths);

/// Whether the plan still fits the account: kStale when it is of another day than `today`, was made
/// more than `age_max` seconds ago, or the broker holds something else than positions_bod.csv of
/// the plan says; the message lists what changed.
Status check_plan_is_current(Doors& doors, const PlanFiles& paths, const ExecutablePlan& plan,
                             Broker& broker, TradeDate today, std::int64_t age_max);

}  // namespace signalbus::pipeline
