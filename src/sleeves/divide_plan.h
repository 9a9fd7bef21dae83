// Whose the orders of a plan are, what is crossed inside first, and how capital moves.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "book/market.h"
#include "book/plan.h"
#include "book/sleeves.h"
#include "book/targets.h"
#include "core/result.h"

namespace signalbus::sleeves {

struct DivideInput {
  const RebalancePlan& plan;               ///< Finished: within funds and limits.
  const Contributions& contributions;      ///< What each strategy asked for.
  const SleeveBook& book;                  ///< Folded up to the holdings the plan was made with.
  const PriceBook& prices;                 ///< Of the plan.
  const std::set<std::string>& blacklist;  ///< Symbols that nobody is granted.
};

/// Divides a finished plan among the strategies. Pure; the order of input rows changes nothing.
///
/// 1. Capital: each strategy's equity at plan prices becomes blend weight x plan.investable, by one
///    move of cash from or to the account's sleeve ("opening" the first time, else "capital").
/// 2. Wishes: contribution x investable / price less what the sleeve holds; the account's sleeve
///    wishes to be rid of what the plan may trade. Opposite wishes of a symbol are crossed, each
///    side pro rata, at the plan's price ("crossed"). Nothing is crossed without a price to trust:
///    names skipped for their price, by a risk limit or as not tradable, and foreign ones.
/// 3. Each order is shared out pro rata to what is still wished on its side. A sell larger than
///    that (rounding, blacklist) takes from what is held; a buy nobody wishes is the account's.
///
/// No sleeve sells more than it holds unless its own target is short. Sleeves of
/// `contributions.held` take part in nothing. kInvalidInput for amounts beyond money's range.
Result<SleevePlan> divide_plan(const DivideInput& input);

/// The shares of an order whose quantity was changed by hand, pro rata.
std::vector<StrategyShare> rescale_shares(std::span<const StrategyShare> shares, Quantity quantity);

/// One sleeve per strategy id of the targets: for targets that no M1 of ours explained.
Contributions contributions_of_targets(const TargetBook& targets);

/// Whether contributions add up to the targets (to 1e-9 of weight). kInvalidInput names the first
/// asset that differs.
Status check_contributions(const Contributions& contributions, const TargetBook& targets);

}  // namespace signalbus::sleeves
