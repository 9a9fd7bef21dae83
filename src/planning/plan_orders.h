// M2's decision: target weights + prices + holdings -> what to trade, and the fate of every name.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "book/market.h"
#include "book/plan.h"
#include "book/sleeves.h"
#include "core/result.h"
#include "planning/map_targets.h"
#include "planning/policy.h"

namespace signalbus::planning {

/// All that the decision may look at.
struct PlanInput {
  const MappedTargets& targets;
  const PriceBook& prices;
  const Holdings& holdings;
  Money equity;
  std::optional<Instant> now;          ///< For the age of prices; absent: ages are not checked.
  std::vector<AssetRule> asset_rules;  ///< Sorted by symbol.
  std::map<Symbol, std::string>
      refused;  ///< Names whose order a risk rule refused, with its words.
  /// Names that must not be traded, with the words why: broker and journal differ over them.
  std::map<Symbol, std::string> quarantined = {};
  /// Why nothing may be bought; absent where cash is not in question.
  std::optional<std::string> no_buys = std::nullopt;
  /// What quarantined strategies hold: never traded, and out of what the weights refer to.
  HeldSleeves held = {};
};

/// Pure: same inputs, same plan, on any machine; the order of input rows changes nothing.
/// kLimitExceeded: a limit of the whole plan refuses it (coverage, missing price, foreign
/// holdings). kInvalidInput: empty targets without allow_liquidation, a short without allow_short,
/// values beyond what money can represent.
Result<RebalancePlan> plan_orders(const PlanInput& input, const PlanPolicy& policy);

}  // namespace signalbus::planning
