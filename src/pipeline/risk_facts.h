// What the risk rules are told: gathered for the plan, again when it is executed, and before a run
// trades.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pipeline/exit_gate.h"
#include "pipeline/workspace.h"
#include "ports/broker.h"
#include "ports/journal.h"
#include "ports/market_data.h"
#include "ports/venue.h"
#include "risk/check_orders.h"
#include "risk/facts.h"
#include "risk/limits.h"

namespace signalbus::pipeline {

/// Whom the facts come from; what an absent one would tell stays unknown. Each is asked only for
/// what a limit that is set needs.
struct FactSources {
  Journal* journal = nullptr;
  Broker* broker = nullptr;  ///< Absent: a rehearsal. Nothing of the day is used up, nothing open.
  Venue* venue = nullptr;
  MarketData* market = nullptr;
  std::string sectors_path = {};  ///< Empty: no sector is known.
};

/// The account that the orders are for.
struct AccountSeen {
  std::optional<Money> equity;
  std::optional<Holdings> holdings;
};

/// Facts for a plan with those orders.
Result<risk::PlanFacts> gather_risk_facts(Files& files, const FactSources& sources,
                                          const BatchKey& key, const risk::RiskLimits& limits,
                                          std::span<const PlannedOrder> orders,
                                          AccountSeen account);

/// Whether a limit is set that needs more of a symbol than its price.
bool asks_symbol_facts(const risk::RiskLimits& limits);

/// Of the orders' symbols and of what is held, sorted by symbol: empty when no limit asks. The
/// orders of batch `except` are not counted as today's.
Result<std::vector<risk::SymbolFacts>> gather_symbol_facts(Files& files, const FactSources& sources,
                                                           const BatchKey& key,
                                                           const risk::RiskLimits& limits,
                                                           std::span<const PlannedOrder> orders,
                                                           const std::optional<Holdings>& holdings,
                                                           const std::optional<BatchId>& except);

/// A verdict on a plan with the overrides that let it pass. They are used up only where the batch
/// passes, and only those that were needed.
struct OverriddenVerdict {
  risk::RiskVerdict verdict;
  std::vector<Granted> granted;
};
Result<OverriddenVerdict> check_with_overrides(
    Doors& doors, Journal& journal, std::span<const PlannedOrder> orders, const PriceBook& market,
    const risk::AccountState& account, const risk::RiskLimits& limits, risk::PlanFacts facts);

/// Asked before a run sends anything to a broker: notes the day's equity, and sets the halt that a
/// loss or drawdown limit demands. kHalted or kLimitExceeded with every reason.
Status check_run_start(Doors& doors, Journal& journal, Broker& broker, Venue& venue,
                       const BatchKey& key, const risk::RiskLimits& limits);

}  // namespace signalbus::pipeline
