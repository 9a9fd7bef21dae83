// Quarantined strategies: what of the account must stay as it is.
#pragma once

#include <set>

#include "book/sleeves.h"
#include "book/targets.h"
#include "core/result.h"

namespace signalbus::sleeves {

/// Strategies that own something: those that signals.on_failure: hold_sleeve can hold.
std::set<StrategyId> strategies_with_a_sleeve(const SleeveBook& book);

/// Symbols that some strategy owns: ours to trade, also where only a crossing brought them.
std::set<Symbol> owned_symbols(const SleeveBook& book);

/// Positions and cash of the strategies that M1 put into quarantine, for the planner.
/// kInvalidInput for a strategy without a sleeve.
Result<HeldSleeves> held_sleeves(const SleeveBook& book, const Contributions& contributions);

}  // namespace signalbus::sleeves
