// What stands between an order and the broker: every rule of risk/ that is asked when an order
// leaves, and the breaker that is asked when an answer comes.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "executor/executor.h"
#include "risk/facts.h"
#include "risk/limits.h"

namespace signalbus::pipeline {

/// Permission to pass one rule, bound to what it was granted for.
struct Granted {
  Override permission;
  std::optional<Symbol> symbol;  ///< Absent: the batch as a whole passed.
};

/// What the gate is told besides the order and those around it.
struct GateSetup {
  std::optional<Money> equity;             ///< Of the account.
  std::optional<Holdings> rehearsal;       ///< What is held where no broker is asked.
  std::vector<risk::SymbolFacts> symbols;  ///< Sorted by symbol; this batch not counted.
  std::vector<Granted> granted;            ///< The overrides that let the plan pass.
};

executor::Gate make_exit_gate(const risk::RiskLimits& limits, GateSetup setup);

/// Empty where no limit asks for one.
executor::Breaker make_breaker(const risk::RiskLimits& limits);

}  // namespace signalbus::pipeline
