#include "analytics/shortfall.h"

#include <map>

#include "analytics/attribution.h"
#include "analytics/moments.h"

namespace signalbus::analytics {
namespace {

/// A sum of quantity x price at 1e-18, rounded once at the end.
class ExactSum {
 public:
  void add(Quantity quantity, Price from, Price to) {
    sum_ += static_cast<Int128>(quantity.raw()) * (to.raw() - from.raw());
  }
  Result<Money> total(bool negate) const {
    return Money::narrow(divide(negate ? -sum_ : sum_, pow10(12), Rounding::kHalfEven));
  }

 private:
  Int128 sum_ = 0;
};

Quantity filled_of(std::span<const Execution> fills) {
  Quantity sum = Quantity::zero();
  for (const Execution& fill : fills) sum += fill.quantity;
  return sum;
}

/// What is the order's as a whole, whoever asked for it.
void count_order(GroupCost& group, const OrderCostFacts& order, Quantity filled) {
  ++group.orders;
  group.filled_in_full += filled >= order.ordered ? 1U : 0U;
  group.with_decision += order.decision ? 1U : 0U;
  if (order.fill_seconds) group.fill_seconds.push_back(*order.fill_seconds);
}

void add_to(GroupCost& group, const OrderCostFacts& order, const Shortfall& cost) {
  const Quantity filled = filled_of(order.fills);
  group.cost = group.cost + cost;
  count_order(group, order, filled);
  group.ordered += order.ordered;
  group.filled += filled;
}

/// `amount` shared as the strategies asked, nearest of what is left, to the unit.
Result<std::vector<Money>> share_money(Money amount, std::span<const StrategyShare> asked) {
  Int128 left = amount.raw();
  Int128 weights = 0;
  for (const StrategyShare& share : asked) weights += share.quantity.raw();
  std::vector<Money> out;
  for (const StrategyShare& share : asked) {
    SB_TRY(const Int128 part,
           multiply_divide(left, share.quantity.raw(), weights, Rounding::kHalfEven));
    SB_TRY(const Money money, Money::narrow(part));
    out.push_back(money);
    left -= part;
    weights -= share.quantity.raw();
  }
  return out;
}

/// The parts of an order's cost, one per strategy that asked.
Result<std::vector<Shortfall>> share_cost(const Shortfall& cost,
                                          std::span<const StrategyShare> asked) {
  std::vector<Shortfall> out(asked.size());
  for (Money Shortfall::* part : {&Shortfall::delay, &Shortfall::execution, &Shortfall::opportunity,
                                  &Shortfall::fees, &Shortfall::base, &Shortfall::filled_base}) {
    SB_TRY(const std::vector<Money> shares, share_money(cost.*part, asked));
    for (std::size_t i = 0; i < asked.size(); ++i) out[i].*part = shares[i];
  }
  return out;
}

std::vector<GroupCost> values_of(std::map<std::string, GroupCost> groups) {
  std::vector<GroupCost> out;
  for (auto& [label, group] : groups) {
    group.label = label;
    out.push_back(std::move(group));
  }
  return out;
}

double bps(Money part, Money whole) {
  return whole.is_zero() ? kNan : part.to_double() / whole.to_double() * 1e4;
}

}  // namespace

double Shortfall::total_bps() const { return bps(total(), base); }
double Shortfall::slippage_bps() const { return bps(execution, filled_base); }
double GroupCost::fill_rate() const {
  return ordered.is_zero() ? kNan : filled.to_double() / ordered.to_double();
}
double GroupCost::full_rate() const {
  return orders == 0 ? kNan : static_cast<double>(filled_in_full) / static_cast<double>(orders);
}
double GroupCost::time_to_fill() const {
  return fill_seconds.empty() ? kNan : quantile(fill_seconds, 0.5);
}

Shortfall operator+(const Shortfall& a, const Shortfall& b) {
  return {a.delay + b.delay, a.execution + b.execution, a.opportunity + b.opportunity,
          a.fees + b.fees,   a.base + b.base,           a.filled_base + b.filled_base};
}

Result<Shortfall> shortfall_of(const OrderCostFacts& order) {
  const bool sells = order.side == Side::kSell;
  const Quantity filled = filled_of(order.fills);
  ExactSum delay;
  ExactSum execution;
  ExactSum opportunity;
  delay.add(order.ordered, order.decision.value_or(order.arrival), order.arrival);
  for (const Execution& fill : order.fills) execution.add(fill.quantity, order.arrival, fill.price);
  opportunity.add(order.ordered - filled, order.arrival, order.end.value_or(order.arrival));
  Shortfall out;
  SB_TRY(out.delay, delay.total(sells));
  SB_TRY(out.execution, execution.total(sells));
  SB_TRY(out.opportunity, opportunity.total(sells));
  SB_TRY(out.base, notional_half_even(order.ordered, order.arrival));
  SB_TRY(out.filled_base, notional_half_even(filled, order.arrival));
  out.fees = order.fees;
  return out;
}

double slippage_bps(Side side, std::span<const Execution> fills, Price reference) {
  long double paid = 0;
  long double shares = 0;
  for (const Execution& fill : fills) {
    paid +=
        static_cast<long double>(fill.quantity.raw()) * static_cast<long double>(fill.price.raw());
    shares += static_cast<long double>(fill.quantity.raw());
  }
  if (shares == 0 || !reference.is_positive()) return kNan;
  const long double relative = paid / shares / static_cast<long double>(reference.raw()) - 1;
  return static_cast<double>((side == Side::kSell ? -relative : relative) * 1e4L);
}

Result<std::vector<GroupCost>> cost_by_symbol(std::span<const OrderCostFacts> orders) {
  std::map<std::string, GroupCost> groups;
  for (const OrderCostFacts& order : orders) {
    SB_TRY(const Shortfall cost, shortfall_of(order));
    add_to(groups[order.symbol.text()], order, cost);
  }
  return values_of(std::move(groups));
}

Result<std::vector<GroupCost>> cost_by_strategy(std::span<const OrderCostFacts> orders) {
  std::map<std::string, GroupCost> groups;
  for (const OrderCostFacts& order : orders) {
    SB_TRY(const Shortfall cost, shortfall_of(order));
    if (order.asked.empty()) {
      add_to(groups[std::string(kAccountLabel)], order, cost);
      continue;
    }
    SB_TRY(const std::vector<Shortfall> parts, share_cost(cost, order.asked));
    const std::vector<StrategyShare> ordered = share_fill(order.ordered, order.asked);
    const Quantity filled = filled_of(order.fills);
    const std::vector<StrategyShare> filled_parts = share_fill(filled, order.asked);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      GroupCost& group = groups[order.asked[i].strategy_id.get()];
      group.cost = group.cost + parts[i];
      count_order(group, order, filled);
      group.ordered += ordered[i].quantity;
      group.filled += filled_parts[i].quantity;
    }
  }
  return values_of(std::move(groups));
}

}  // namespace signalbus::analytics
