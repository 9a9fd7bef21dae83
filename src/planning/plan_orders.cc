// The plan: values the account, sizes every name, funds the trades, and adds it all up.
#include "planning/plan_orders.h"

#include <algorithm>

#include "core/text.h"
#include "planning/symbol_finder.h"
#include "planning/trade.h"

namespace signalbus::planning {
namespace {

/// What one holding is worth; without a price, what its source said, with a note.
Result<ExactUsd> value_of(const Holding& holding, const PricePoint* point,
                          std::vector<std::string>& notes) {
  if (point != nullptr) {
    const Result<Money> fits = notional_half_even(holding.quantity, point->price);
    if (!fits.ok()) return Error(fits.error()).in("value of holding " + holding.symbol.text());
    return exact_value(holding.quantity, point->price);
  }
  if (holding.market_value) {
    notes.push_back("holding " + holding.symbol.text() +
                    " has no price, counted at its stated value " + holding.market_value->text() +
                    " USD");
    return exact_value(*holding.market_value);
  }
  notes.push_back("holding " + holding.symbol.text() +
                  " has neither price nor stated value, counted as 0");
  return ExactUsd{0};
}

Result<AccountValue> value_account(const PlanInput& input, const PlanPolicy& policy,
                                   std::span<const Symbol> targeted) {
  AccountValue out{0, Money::zero(), 0, {}};
  ExactUsd foreign = 0;
  SymbolFinder<PricePoint> prices(input.prices.points);
  SymbolFinder<Symbol> targets(targeted);
  for (const Holding& holding : input.holdings.holdings) {
    SB_TRY(const ExactUsd value, value_of(holding, prices.find(holding.symbol), out.notes));
    out.held += value;
    if (const HeldPosition* kept = input.held.find(holding.symbol)) {
      SB_TRY(const ExactUsd part, multiply_divide(value, kept->quantity.raw(),
                                                  holding.quantity.raw(), Rounding::kHalfEven));
      out.quarantined += part;
    }
    if (targets.find(holding.symbol) != nullptr) continue;
    SB_TRY(const bool kept, is_kept(holding, policy.foreign_positions));
    if (kept) foreign += value;
  }
  if (!input.holdings.unnamed.empty()) {
    foreign += exact_value(input.holdings.unnamed_value);
    out.held += exact_value(input.holdings.unnamed_value);
    std::string names;
    for (const std::string& name : input.holdings.unnamed) {
      names += (names.empty() ? "" : ", ") + name;
    }
    out.notes.push_back("held besides, and left alone: " + names + ", worth " +
                        input.holdings.unnamed_value.text() + " USD");
  }
  const Rounding up = foreign > 0 ? Rounding::kAwayFromZero : Rounding::kTowardZero;
  SB_TRY(out.foreign, Money::narrow(divide(foreign, kExactPerMoney, up)));
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
  Int128 total = 0;  // in 1e-18, like ExactWeight
  Int128 priced = 0;
};

/// `trades` begins with one trade per target, in the same order.
Coverage coverage_of(const MappedTargets& targets, const std::vector<Trade>& trades) {
  Coverage out;
  for (std::size_t i = 0; i < targets.targets.size(); ++i) {
    const std::int64_t weight = targets.targets[i].exact_weight.abs().raw();
    const PlanRow& row = trades[i].row;
    out.total += weight;
    if (row.price && row.code != ReasonCode::kStalePrice) out.priced += weight;
  }
  return out;
}

double to_weight(Int128 exact) { return static_cast<double>(exact) / 1e18; }

Status check_coverage(const Coverage& coverage, const PlanPolicy& policy) {
  const Int128 needed = coverage.total * policy.min_coverage.raw();
  if (coverage.priced * pow10(Ratio::kDecimals) >= needed) return Ok{};
  return Error{ErrorCode::kLimitExceeded,
               "only " + format_scaled(coverage.priced * 10'000 / coverage.total, 2) +
                   " % of the target weight has a symbol and a price, planning.min_coverage is " +
                   policy.min_coverage.text() +
                   "; the plan would sell what it cannot replace; check mapping and prices"};
}

/// Prices without a time pass the age check; whoever set a limit must know.
void note_untimed_prices(const PlanInput& input, const PlanPolicy& policy,
                         const std::vector<Trade>& trades, std::vector<std::string>& notes) {
  if (!policy.max_price_age_seconds) return;
  std::size_t untimed = 0;
  for (const Trade& trade : trades) {
    if (!trade.row.price) continue;
    const PricePoint* point = input.prices.find(*trade.row.symbol);
    if (point != nullptr && !point->asof) ++untimed;
  }
  if (untimed == 0) return;
  notes.push_back(counted(untimed, "price") + (untimed == 1 ? " has" : " have") +
                  " no time, planning.max_price_age was not checked for " +
                  (untimed == 1 ? "it" : "them"));
}

double planned_weight(const PlanRow& row, double equity) {
  if (!row.price || equity <= 0) return 0;
  const double signed_qty = row.planned_qty.to_double() * (row.action == Action::kSell ? -1 : 1);
  return (row.current_qty.to_double() + signed_qty) * row.price->to_double() / equity;
}

/// Weights that refer to a part of the account would mislead whoever compares them with it: with
/// quarantined positions a row shows the weight of all that it wants to be held.
void show_whole_weights(RebalancePlan& plan) {
  const double whole = (plan.investable + plan.held_value).to_double();
  for (PlanRow& row : plan.rows) {
    if (!row.price || whole <= 0) continue;
    row.target_weight = row.target_qty.to_double() * row.price->to_double() / whole;
  }
}

/// Completes the rows of finished trades and adds up what they cost.
Status fill_rows(std::vector<Trade>& trades, RebalancePlan& plan) {
  MoneySum buys;
  MoneySum sells;
  MoneySum unsold;
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
  }
  SB_TRY(plan.buy_notional, buys.total());
  SB_TRY(plan.sell_notional, sells.total());
  SB_TRY(plan.rounding_allowance, unsold.total());
  MoneySum cash;
  cash.add(plan.starting_cash);
  cash.add(plan.sell_notional);
  cash.add(-plan.buy_notional);
  SB_TRY(plan.cash_after, cash.total());
  return Ok{};
}

void note_quarantine(const Investable& investable, RebalancePlan& plan) {
  if (plan.held_value.is_zero()) return;
  plan.notes.push_back(
      plan.held_value.text() + " USD stay with quarantined strategies; weights refer to the rest" +
      (investable.value == 0 ? ", and there is none: the others sell what they hold" : ""));
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
  if (account.held > exact_value(input.equity)) {
    plan.notes.push_back("holdings are worth more than the equity of " + input.equity.text() +
                         " USD: there is no cash, and targets are sized for that equity; check it");
  }
  const ExactUsd cash = std::max<ExactUsd>(0, exact_value(input.equity) - account.held);
  SB_TRY(plan.starting_cash, Money::narrow(divide(cash, kExactPerMoney, Rounding::kTowardZero)));
  const ExactUsd quarantined = account.quarantined + exact_value(input.held.cash);
  SB_TRY(plan.held_value, Money::narrow(divide(quarantined, kExactPerMoney, Rounding::kHalfEven)));
  SB_TRY(const Investable investable,
         investable_amount(input.equity, account.foreign, policy.cash_buffer, quarantined));
  note_quarantine(investable, plan);
  SB_TRY(plan.investable, Money::narrow(divide(investable.value, pow10(investable.decimals - 6),
                                               Rounding::kTowardZero)));
  SB_TRY(std::vector<Trade> trades, size_trades(input, policy, investable, targeted, plan.rows));
  note_untimed_prices(input, policy, trades, plan.notes);
  const Coverage coverage = coverage_of(input.targets, trades);
  SB_TRY_OK(check_coverage(coverage, policy));
  plan.target_weight = to_weight(coverage.total);
  plan.priced_weight = to_weight(coverage.priced);
  const ExactUsd invested = investable.value * pow10(18 - investable.decimals);
  const ExactUsd buffer =
      exact_value(input.equity) - exact_value(account.foreign) - account.quarantined - invested;
  SB_TRY_OK(fund_trades(trades, policy, input.equity, {cash, buffer}));
  SB_TRY(plan.orders, make_orders(trades, policy));
  SB_TRY_OK(fill_rows(trades, plan));
  if (!input.held.positions.empty()) show_whole_weights(plan);
  return plan;
}

}  // namespace signalbus::planning
