// What the risk rules are told: gathered for the plan, before a run trades, and for the exit gate.
#pragma once

#include "executor/executor.h"
#include "pipeline/workspace.h"
#include "ports/broker.h"
#include "ports/journal.h"
#include "risk/facts.h"
#include "risk/limits.h"

namespace signalbus::pipeline {

/// Of the trading state, the day and the last batches; with a broker also equity, holdings and open
/// orders.
Result<risk::PlanFacts> gather_risk_facts(Journal& journal, const BatchKey& key, Broker* broker);

/// Asked before a run sends anything to a broker: notes the day's equity, and sets the halt that a
/// loss or drawdown limit demands. kHalted or kLimitExceeded with every reason.
Status check_run_start(Doors& doors, Journal& journal, Broker& broker, Venue& venue,
                       const BatchKey& key, const risk::RiskLimits& limits);

/// The exit gate of a batch: every rule of risk/ that is asked when an order leaves. `granted` are
/// the overrides that let the plan pass; `equity` is the account's.
executor::Gate make_exit_gate(const risk::RiskLimits& limits, std::optional<Money> equity,
                              std::vector<Override> granted);

}  // namespace signalbus::pipeline
