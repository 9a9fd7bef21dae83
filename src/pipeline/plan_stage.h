// M2: targets + prices + holdings -> rebalance plan and planned orders on disk.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "book/market.h"
#include "book/plan.h"
#include "book/sleeves.h"
#include "book/targets.h"
#include "core/result.h"
#include "inputs/load_market.h"
#include "pipeline/broker_check.h"
#include "pipeline/sleeve_history.h"
#include "pipeline/workspace.h"
#include "planning/policy.h"
#include "ports/broker.h"
#include "ports/market_data.h"
#include "ports/venue.h"
#include "report/save_plan.h"
#include "risk/limits.h"

namespace signalbus::pipeline {

/// Whom M2 asks instead of reading files; an absent one leaves it to the files.
struct PlanSources {
  MarketData* market = nullptr;  ///< Prices.
  Broker* broker = nullptr;      ///< Equity and positions.
  Venue* venue = nullptr;        ///< What may be traded, sold short, cut into fractions.
  /// The trading state, the use of the day, overrides. With a broker: held against it, so that
  /// nothing is traded that both differ over.
  Journal* journal = nullptr;
};

struct PlanRequest {
  Mode mode = Mode::kDry;
  AccountId account;
  std::string root;  ///< plan.json names files below it as seen from it.
  TargetBook targets;
  std::string targets_path;  ///< For plan.json, like the next.
  std::string targets_sha256;
  std::string mapping_path;
  bool mapping_required = false;  ///< False: without the file, asset ids are symbols.
  inputs::MappingColumns mapping_columns;
  std::string prices_path;  ///< Read; written where prices come from the market.
  /// Empty: the broker's positions where there is a broker, else nothing is held.
  std::string positions_path;
  std::optional<Money> equity;  ///< As the flag said; wins over everything.
  std::optional<Money> configured_equity;
  std::string account_id;  ///< Id or number; empty: whatever account the broker has for us.
  std::int64_t clock_skew_max_seconds = 5;  ///< Between our clock and the exchange's.
  std::set<Symbol> traded_symbols;  ///< What the journal knows: ours whatever the file says.
  /// What each strategy asked for. Absent: one sleeve per strategy id of the targets.
  KnownContributions contributions = {};
  SleeveHistory history = {};  ///< What each owns.
  planning::PlanPolicy policy;
  risk::RiskLimits risk;
  std::string sectors_path = {};              ///< Of risk.sectors_file; empty: none.
  std::vector<report::PlanSetting> settings;  ///< For plan.json.
  std::string orders_path;
  std::string plan_path;
  /// Whose books are held against the broker's; absent: nobody's.
  std::optional<BrokerCheckRequest> check = std::nullopt;
};

/// A plan and what it was made of.
struct PlanDecision {
  RebalancePlan plan;
  PriceBook prices;
  Holdings holdings;
  SleevePlan sleeves;                       ///< Whose the orders are, and what moves inside.
  std::vector<report::PlanSource> sources;  ///< Input files with their hashes, less the targets.
  ControlRecord control;                    ///< The trading state.
  std::size_t risk_skips;                   ///< Orders that a risk limit skipped.
  bool prices_fetched;                      ///< From the market: no file holds them yet.
  /// The bytes of the files. Made here: in a run, Arrow is still loading for M1 meanwhile.
  std::string orders_csv;
  std::string plan_csv;
  std::string positions_bod_csv;
};

struct PlanOutcome {
  RebalancePlan plan;
  report::PlanRecord record;
  PriceBook prices;
  Holdings holdings;
  SleevePlan sleeves;
  ControlRecord control;   ///< The trading state when it was made.
  std::size_t risk_skips;  ///< Orders that a risk limit skipped: exit 4 at the end.
  std::vector<std::string> files;
};

/// Gathers the inputs and plans. kLimitExceeded when a limit of the whole batch refuses it; what
/// the market, broker or venue fails with, as they fail: nothing is planned on a guess. Writes
/// nothing, and needs no hash of the targets yet.
Result<PlanDecision> decide_plan(Doors& doors, const PlanSources& ask, const PlanRequest& request);

/// Writes what was decided. kStorage when a file cannot be written; then none was.
Result<PlanOutcome> save_plan(Doors& doors, const PlanRequest& request, PlanDecision decision);

/// Both. On any error nothing was written.
Result<PlanOutcome> run_plan(Doors& doors, const PlanSources& ask, const PlanRequest& request);

/// These lie beside the planned orders.
std::string plan_json_path(const std::string& orders_path);
std::string positions_bod_path(const std::string& orders_path);
std::string planned_shares_path(const std::string& orders_path);
std::string planned_moves_path(const std::string& orders_path);

/// The newest positions_eod_YYYYMMDD.csv strictly before the date, or "" when there is none.
Result<std::string> find_latest_positions_file(const Files& files, const std::string& outputs_dir,
                                               TradeDate before);

/// A pinned account (by id or number; empty: any) is traded, or none; and none that is blocked.
Status check_account(const BrokerAccount& account, const std::string& wanted);

}  // namespace signalbus::pipeline
