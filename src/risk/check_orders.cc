#include "risk/check_orders.h"

#include <map>
#include <utility>

#include "risk/grants.h"
#include "risk/order_rules.h"
#include "risk/views.h"

namespace signalbus::risk {
namespace {

/// What the whole batch and the open orders do to one symbol, raw shares.
struct SymbolSums {
  Int128 batch = 0;  // signed
  Int128 open_buys = 0;
  Int128 open_sells = 0;
  std::int64_t seen = 0;                            // orders of the symbol looked at so far
  std::map<std::pair<Side, int>, int> legs_seen{};  // of those, by side and leg
};

using SumsBySymbol = std::map<Symbol, SymbolSums>;

SumsBySymbol sum_up(std::span<const PlannedOrder> orders, const PlanFacts& facts) {
  SumsBySymbol sums;
  for (const PlannedOrder& order : orders) {
    const Int128 quantity = order.quantity.raw();
    sums[order.symbol].batch += order.side == Side::kBuy ? quantity : -quantity;
  }
  if (!facts.open_orders) return sums;
  for (const OpenOrder& open : *facts.open_orders) {
    const auto at = sums.find(open.symbol);
    if (at == sums.end()) continue;
    (open.side == Side::kBuy ? at->second.open_buys : at->second.open_sells) +=
        open.remaining.raw();
  }
  return sums;
}

OrderView view_of(const PlannedOrder& order, const PriceBook& prices, const PlanFacts& facts,
                  SymbolSums& sums) {
  OrderView view{.order = order,
                 .quantity = order.quantity,
                 .price = prices.find(order.symbol),
                 .value = order.notional,
                 .symbol = facts.find(order.symbol),
                 .control = facts.control,
                 .equity = facts.equity,
                 .held = std::nullopt,
                 .after = std::nullopt,
                 .twin = sums.legs_seen[{order.side, order.leg()}]++ > 0,
                 .number = ++sums.seen,
                 .at_gate = false};
  if (!facts.holdings) return view;
  const Holding* holding = facts.holdings->find(order.symbol);
  view.held = holding == nullptr ? 0 : Int128{holding->quantity.raw()};
  view.after = *view.held + sums.batch + (view.is_buy() ? sums.open_buys : -sums.open_sells);
  return view;
}

/// A missing price refuses the whole batch when the setting says so; any breach when asked to.
bool refuses_batch(const Rule& rule, const RiskLimits& limits) {
  if (limits.on_order_breach == OnOrderBreach::kRefusePlan) return true;
  return rule.checks.order == price_present && limits.reject_if_price_missing &&
         limits.reject_if_price_missing->value;
}

/// One check of a plan.
class PlanCheck {
 public:
  PlanCheck(const RiskLimits& limits, const PlanFacts& facts, std::span<const Rule> rules)
      : limits_(limits), rules_(rules), grants_(facts.granted) {}

  void check_order(const OrderView& view) {
    for (const Rule& rule : rules_) {
      Words words = rule.checks.order == nullptr ? std::nullopt : rule.checks.order(view, limits_);
      if (!words) continue;
      Breach breach{rule.name, std::move(*words)};
      if (grants_.let_through(rule, breach, verdict_.passed)) {
        verdict_.passed.back().symbol = view.order.symbol;
        continue;
      }
      if (refuses_batch(rule, limits_)) {
        verdict_.batch.push_back({rule.name, view.order.symbol.text() + ": " + breach.words});
      }
      verdict_.refused.push_back({view.order, std::move(breach)});
      return;
    }
    verdict_.allowed.push_back(view.order);
  }

  void check_batch(const AccountState& account, const PriceBook& prices, const PlanFacts& facts) {
    if (verdict_.allowed.empty()) return;
    const Totals totals = totals_of(verdict_.allowed);
    const BatchView view{verdict_.allowed, totals, account, prices, facts};
    for (const Rule& rule : rules_) {
      Words words = rule.checks.batch == nullptr ? std::nullopt : rule.checks.batch(view, limits_);
      if (!words) continue;
      Breach breach{rule.name, std::move(*words)};
      if (grants_.let_through(rule, breach, verdict_.passed)) continue;
      verdict_.batch.push_back(std::move(breach));
    }
  }

  RiskVerdict take() && {
    if (verdict_.batch_refused()) {
      verdict_.allowed.clear();
      verdict_.passed.clear();
    }
    return std::move(verdict_);
  }

 private:
  const RiskLimits& limits_;
  std::span<const Rule> rules_;
  Grants grants_;
  RiskVerdict verdict_;
};

}  // namespace

RiskVerdict risk_check_orders(std::span<const PlannedOrder> orders, const PriceBook& prices,
                              const AccountState& account, const RiskLimits& limits,
                              const PlanFacts& facts, std::span<const Rule> rules) {
  PlanCheck check(limits, facts, rules);
  SumsBySymbol sums = sum_up(orders, facts);
  for (const PlannedOrder& order : orders) {
    check.check_order(view_of(order, prices, facts, sums.at(order.symbol)));
  }
  check.check_batch(account, prices, facts);
  return std::move(check).take();
}

}  // namespace signalbus::risk
