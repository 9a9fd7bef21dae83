#include "risk/check_orders.h"

#include <array>
#include <optional>

#include "core/text.h"

namespace signalbus::risk {
namespace {

std::string set_at(const std::string& origin) { return origin.empty() ? "" : " (" + origin + ")"; }

// ---- Rules of one order: the words of the breach, or nothing. ----

using OrderWords = std::optional<std::string>;

OrderWords max_share_per_order(const PlannedOrder& order, const PriceBook&,
                               const RiskLimits& limits) {
  const auto& limit = limits.max_share_per_order;
  if (!limit || order.quantity <= limit->value) return std::nullopt;
  return order.quantity.text() + " shares is above risk.max_share_per_order " +
         limit->value.text() + set_at(limit->origin);
}

OrderWords max_notional_per_order(const PlannedOrder& order, const PriceBook&,
                                  const RiskLimits& limits) {
  const auto& limit = limits.max_notional_per_order;
  if (!limit || order.notional <= limit->value) return std::nullopt;
  return order.notional.text() + " USD is above risk.max_notional_per_order " +
         limit->value.text() + set_at(limit->origin);
}

OrderWords price_tolerance(const PlannedOrder& order, const PriceBook& prices,
                           const RiskLimits& limits) {
  const auto& limit = limits.price_tolerance;
  const PricePoint* point = prices.find(order.symbol);
  if (!limit || point == nullptr) return std::nullopt;
  const Int128 moved = static_cast<Int128>(point->price.raw()) - order.ref_price.raw();
  const Int128 allowed = static_cast<Int128>(limit->value.raw()) * order.ref_price.raw();
  if ((moved < 0 ? -moved : moved) * pow10(Ratio::kDecimals) <= allowed) return std::nullopt;
  return "price is now " + point->price.text() + ", the plan was made at " +
         order.ref_price.text() + ", which is more than risk.price_tolerance_pct " +
         format_scaled(static_cast<Int128>(limit->value.raw()), Ratio::kDecimals - 2) +
         " percent apart" + set_at(limit->origin);
}

OrderWords price_present(const PlannedOrder& order, const PriceBook& prices, const RiskLimits&) {
  if (prices.find(order.symbol) != nullptr) return std::nullopt;
  return "no market price for " + order.symbol.text() + " to check the order against";
}

struct OrderRule {
  std::string_view name;
  OrderWords (*check)(const PlannedOrder&, const PriceBook&, const RiskLimits&);
};

constexpr std::array kOrderRules = {
    OrderRule{"reject_if_price_missing", price_present},
    OrderRule{"max_share_per_order", max_share_per_order},
    OrderRule{"max_notional_per_order", max_notional_per_order},
    OrderRule{"price_tolerance_pct", price_tolerance},
};

// ---- Rules of the whole batch. ----

struct Totals {
  Int128 buys = 0;
  Int128 sells = 0;
  Int128 cash = 0;  // sells less buys in 1e-18 USD: many rounded notionals would drift
};

Totals totals_of(std::span<const PlannedOrder> orders) {
  Totals totals;
  for (const PlannedOrder& order : orders) {
    const bool buy = order.side == Side::kBuy;
    const Int128 value = static_cast<Int128>(order.quantity.raw()) * order.ref_price.raw();
    (buy ? totals.buys : totals.sells) += order.notional.raw();
    totals.cash += buy ? -value : value;
  }
  return totals;
}

std::string usd(Int128 raw) { return format_scaled(raw, Money::kDecimals); }

OrderWords max_total_notional(const Totals& totals, const AccountState&, const RiskLimits& limits) {
  const auto& limit = limits.max_total_notional;
  if (!limit || totals.buys + totals.sells <= limit->value.raw()) return std::nullopt;
  return "buys and sells of " + usd(totals.buys + totals.sells) +
         " USD are above risk.max_total_notional " + limit->value.text() + set_at(limit->origin);
}

OrderWords min_cash_buffer(const Totals& totals, const AccountState& account,
                           const RiskLimits& limits) {
  const auto& limit = limits.min_cash_buffer;
  if (!limit || totals.buys == 0) return std::nullopt;
  // One unit because the starting cash was cut to 1e-6.
  const Int128 available =
      static_cast<Int128>(account.starting_cash.raw()) + account.rounding_allowance.raw() + 1;
  const Int128 buffer = static_cast<Int128>(account.base.raw()) * limit->value.raw();  // 1e-15
  if (available * pow10(12) + totals.cash >= buffer * 1'000) return std::nullopt;
  const Int128 cash_after = account.starting_cash.raw() + totals.sells - totals.buys;
  return "cash after the orders would be " + usd(cash_after) + " USD, below " +
         usd(divide(buffer, pow10(Ratio::kDecimals), Rounding::kAwayFromZero)) +
         " (risk.min_cash_buffer_pct " + limit->value.text() + " of " + account.base.text() + ")" +
         set_at(limit->origin);
}

struct BatchRule {
  std::string_view name;
  OrderWords (*check)(const Totals&, const AccountState&, const RiskLimits&);
};

constexpr std::array kBatchRules = {
    BatchRule{"max_total_notional", max_total_notional},
    BatchRule{"min_cash_buffer_pct", min_cash_buffer},
};

/// A missing price refuses the whole batch when the setting says so; any breach when asked to.
bool refuses_batch(const OrderRule& rule, const RiskLimits& limits) {
  if (limits.on_order_breach == OnOrderBreach::kRefusePlan) return true;
  return rule.check == price_present && limits.reject_if_price_missing &&
         limits.reject_if_price_missing->value;
}

/// The first rule that refuses the order; false when none does.
bool check_order(const PlannedOrder& order, const PriceBook& prices, const RiskLimits& limits,
                 RiskVerdict& verdict) {
  for (const OrderRule& rule : kOrderRules) {
    OrderWords words = rule.check(order, prices, limits);
    if (!words) continue;
    if (refuses_batch(rule, limits)) {
      verdict.batch.push_back({rule.name, order.symbol.text() + ": " + *words});
    }
    verdict.refused.push_back({order, {rule.name, std::move(*words)}});
    return true;
  }
  return false;
}

}  // namespace

RiskVerdict risk_check_orders(std::span<const PlannedOrder> orders, const PriceBook& prices,
                              const AccountState& account, const RiskLimits& limits) {
  RiskVerdict verdict;
  for (const PlannedOrder& order : orders) {
    if (!check_order(order, prices, limits, verdict)) verdict.allowed.push_back(order);
  }
  const Totals totals = totals_of(verdict.allowed);
  for (const BatchRule& rule : kBatchRules) {
    OrderWords words = rule.check(totals, account, limits);
    if (words) verdict.batch.push_back({rule.name, std::move(*words)});
  }
  if (verdict.batch_refused()) verdict.allowed.clear();
  return verdict;
}

}  // namespace signalbus::risk
