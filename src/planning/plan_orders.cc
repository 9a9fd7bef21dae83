// The plan: values the account, sizes every name, funds the trades, and adds it all up.
#include "planning/plan_orders.h"

#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "planning/trade.h"

namespace signalbus::planning {
namespace {

/// What one holding is worth; without a price, what its source said, with a note.
Result<Money> value_of(const Holding& holding, const PriceBook& prices,
                       std::vector<std::string>& notes) {
  if (const PricePoint* point = prices.find(holding.symbol)) {
    return notional_half_even(holding.quantity, point->price);
  }
  if (holding.market_value) {
    notes.push_back("holding " + holding.symbol.text() +
                    " has no price, counted at its stated value " + holding.market_value->text() +
                    " USD");
    return *holding.market_value;
  }
  notes.push_back("holding " + holding.symbol.text() +
                  " has neither price nor stated value, counted as 0");
  return Money::zero();
}

Result<AccountValue> value_account(const PlanInput& input, const PlanPolicy& policy,
                                   std::span<const Symbol> targeted) {
  AccountValue out{Money::zero(), Money::zero(), {}};
  MoneySum held;
  MoneySum foreign;
  for (const Holding& holding : input.holdings.holdings) {
    SB_TRY(const Money value, value_of(holding, input.prices, out.notes));
    held.add(value);
    if (std::binary_search(targeted.begin(), targeted.end(), holding.symbol)) continue;
    SB_TRY(const bool kept, is_kept(holding, policy.foreign_positions));
    if (kept) foreign.add(value);
  }
  SB_TRY(out.held, held.total());
  SB_TRY(out.foreign, foreign.total());
  return out;
}

Status check_targets(const MappedTargets& targets, const PlanPolicy& policy) {
  const bool empty = std::all_of(targets.targets.begin(), targets.targets.end(),
                                 [](const MappedTarget& t) { return t.exact_weight.is_zero(); });
  if (!empty || policy.allow_liquidation) return Ok{};
  return Error{ErrorCode::kInvalidInput,
               "targets hold no weight at all, which would sell everything; set "
               "planning.allow_liquidation: true when that is meant"};
}

/// Weight of the targets, and the part that has a symbol and a usable price.
struct Coverage {
  double total = 0;
  double priced = 0;
};

Coverage coverage_of(const std::vector<Trade>& trades) {
  Coverage out;
  for (const Trade& trade : trades) {
    const double weight = std::abs(trade.row.target_weight);
    out.total += weight;
    if (trade.row.price && trade.row.code != ReasonCode::kStalePrice) out.priced += weight;
  }
  return out;
}

Status check_coverage(const Coverage& coverage, const PlanPolicy& policy) {
  const double part = coverage.total > 0 ? coverage.priced / coverage.total : 1;
  if (part >= policy.min_coverage.to_double()) return Ok{};
  return Error{ErrorCode::kLimitExceeded,
               "only " + format_double(std::floor(part * 10'000) / 100) +
                   " % of the target weight has a symbol and a price, planning.min_coverage is " +
                   policy.min_coverage.text() +
                   "; the plan would sell what it cannot replace; check mapping and prices"};
}

double planned_weight(const PlanRow& row, double equity) {
  if (!row.price || equity <= 0) return 0;
  const double signed_qty = row.planned_qty.to_double() * (row.action == Action::kSell ? -1 : 1);
  return (row.current_qty.to_double() + signed_qty) * row.price->to_double() / equity;
}

/// Moves finished trades into plan rows and adds up what they cost.
Status fill_rows(std::vector<Trade>& trades, RebalancePlan& plan) {
  MoneySum buys;
  MoneySum sells;
  MoneySum unsold;
  plan.rows.reserve(trades.size());
  const double equity = plan.equity.to_double();
  for (Trade& trade : trades) {
    trade.row.planned_qty = trade.trades() ? trade.wanted : Quantity::zero();
    trade.row.notional = trade.trades() ? trade.notional : Money::zero();
    trade.row.planned_weight = planned_weight(trade.row, equity);
    if (trade.buys()) buys.add(trade.notional);
    if (trade.sells()) sells.add(trade.notional);
    if (!trade.unsold.is_zero()) {
      SB_TRY(const Money left, notional_up(trade.unsold, *trade.row.price));
      unsold.add(left);
    }
    plan.rows.push_back(std::move(trade.row));
  }
  SB_TRY(plan.buy_notional, buys.total());
  SB_TRY(plan.sell_notional, sells.total());
  SB_TRY(plan.rounding_allowance, unsold.total());
  plan.cash_after = plan.starting_cash + plan.sell_notional - plan.buy_notional;
  return Ok{};
}

RebalancePlan empty_plan(const PlanInput& input) {
  return {.trade_date = input.targets.trade_date,
          .equity = input.equity,
          .foreign_value = Money::zero(),
          .investable = Money::zero(),
          .starting_cash = Money::zero(),
          .buy_notional = Money::zero(),
          .sell_notional = Money::zero(),
          .cash_after = Money::zero(),
          .rounding_allowance = Money::zero(),
          .target_weight = 0,
          .priced_weight = 0,
          .rows = {},
          .orders = {},
          .notes = {}};
}

}  // namespace

Result<RebalancePlan> plan_orders(const PlanInput& input, const PlanPolicy& policy) {
  if (!input.equity.is_positive()) {
    return Error{ErrorCode::kInvalidInput,
                 "equity is " + input.equity.text() + " USD, it must be above 0"};
  }
  SB_TRY_OK(check_targets(input.targets, policy));
  RebalancePlan plan = empty_plan(input);
  const std::vector<Symbol> targeted = targeted_symbols(input.targets);
  SB_TRY(AccountValue account, value_account(input, policy, targeted));
  plan.foreign_value = account.foreign;
  plan.notes = std::move(account.notes);
  plan.starting_cash = std::max(Money::zero(), input.equity - account.held);
  SB_TRY(const Investable investable,
         investable_amount(input.equity, account.foreign, policy.cash_buffer));
  SB_TRY(plan.investable, Money::narrow(divide(investable.value, pow10(investable.decimals - 6),
                                               Rounding::kTowardZero)));
  SB_TRY(std::vector<Trade> trades, size_trades(input, policy, investable, targeted));
  const Coverage coverage = coverage_of(trades);
  SB_TRY_OK(check_coverage(coverage, policy));
  plan.target_weight = coverage.total;
  plan.priced_weight = coverage.priced;
  const Money buffer = input.equity - account.foreign - plan.investable;
  SB_TRY_OK(fund_trades(trades, policy, input.equity, plan.starting_cash, buffer));
  SB_TRY(plan.orders, make_orders(trades, policy));
  SB_TRY_OK(fill_rows(trades, plan));
  return plan;
}

}  // namespace signalbus::planning
