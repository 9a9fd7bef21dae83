// Trade: one name on its way through the planner. Shared by the planner's own files only.
#pragma once

#include <span>
#include <vector>

#include "book/market.h"
#include "book/plan.h"
#include "core/result.h"
#include "planning/plan_orders.h"

namespace signalbus::planning {

/// A row of the plan and what is still open about it.
struct Trade {
  explicit Trade(PlanRow& row_of_plan) : row(row_of_plan) {}

  PlanRow& row;
  Quantity wanted = Quantity::zero();   ///< Shares to trade, positive; cut and scaled on the way.
  Quantity flipped = Quantity::zero();  ///< Of these, the second leg of a long-short flip.
  Quantity unsold = Quantity::zero();   ///< What lots and minimums left of a sale.
  Money notional = Money::zero();       ///< wanted x price.
  int decimals = 0;                     ///< Orders of this name are cut to these.
  bool full_exit = false;               ///< Closes the position: exact and exempt from minimums.

  bool trades() const { return row.action == Action::kBuy || row.action == Action::kSell; }
  bool buys() const { return row.action == Action::kBuy; }
  bool sells() const { return row.action == Action::kSell; }
  void skip(ReasonCode code, std::string words);
  /// A buy that takes a short back without going long: whole shares, never a bracket.
  bool covers() const { return buys() && row.current_qty.is_negative() && flipped.is_zero(); }
};

/// USD in 1e-18, the unit of quantity x price. Sums of these round nothing, so that a plan that
/// fits its money to the last digit is not mistaken for one that does not.
using ExactUsd = Int128;
inline constexpr std::int64_t kExactPerMoney = 1'000'000'000'000;

inline ExactUsd exact_value(Quantity quantity, Price price) {
  return static_cast<Int128>(quantity.raw()) * price.raw();
}
inline ExactUsd exact_value(Money amount) {
  return static_cast<Int128>(amount.raw()) * kExactPerMoney;
}

/// What everything held is worth, and how much of it is not ours.
struct AccountValue {
  ExactUsd held;  ///< All holdings, at plan prices (at the stated value where there is none).
  Money foreign;  ///< Those that stay untouched, rounded up.
  ExactUsd quarantined;  ///< Positions of quarantined sleeves, without their cash.
  std::vector<std::string> notes;
};

/// What buys may draw on besides the sells of the plan, and what of it must stay.
struct Funds {
  ExactUsd cash;
  ExactUsd buffer;
};

/// The money that weights refer to, kept wider than Money so that nothing is rounded before the
/// one division by the price.
struct Investable {
  Int128 value;  ///< In 10^-decimals USD.
  int decimals;  ///< 6..15.
};

/// Whether a holding that no target names is left alone, and why (words), under the policy.
Result<bool> is_kept(const Holding& holding, ForeignPositions policy);

/// `quarantined` is what held sleeves own, cash included: it comes off the whole, so that the
/// others have what they had before. Not below zero. kLimitExceeded when foreign positions are
/// worth more than the equity, kInvalidInput when the difference does not fit in Money.
Result<Investable> investable_amount(Money equity, Money foreign, Ratio cash_buffer,
                                     ExactUsd quarantined);

/// weight x investable / price in shares, toward zero, without rounding in between. kInvalidInput
/// beyond kQuantityMaxShares, so that differences with holdings cannot overflow.
Result<Quantity> target_quantity(ExactWeight weight, const Investable& investable, Price price);

/// Decides size or reason for each target and each holding without one (size_trades.cc). `rows`,
/// the plan's, must be empty; the trades refer to them.
Result<std::vector<Trade>> size_trades(const PlanInput& input, const PlanPolicy& policy,
                                       const Investable& investable,
                                       std::span<const Symbol> targeted,
                                       std::vector<PlanRow>& rows);

/// Symbols that some target names, sorted.
std::vector<Symbol> targeted_symbols(const MappedTargets& targets);

/// Cuts the size to lots and skips what is then too small to send; exits stay exact.
Status settle_size(Trade& trade, const PlanPolicy& policy);

/// Applies the turnover cap, then scales buys to the money there is (fund_trades.cc).
Status fund_trades(std::vector<Trade>& trades, const PlanPolicy& policy, Money equity,
                   const Funds& funds);

/// Orders of the trades, sells first, each by notional descending, then symbol (make_orders.cc).
Result<std::vector<PlannedOrder>> make_orders(std::vector<Trade>& trades, const PlanPolicy& policy);

}  // namespace signalbus::planning
