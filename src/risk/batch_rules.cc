// What a batch may add up to: its own size, its cash, the day, what is open, what is usual.
#include "risk/batch_rules.h"

#include <algorithm>

#include "risk/check_orders.h"
#include "risk/words.h"

namespace signalbus::risk {
namespace {

std::int64_t count_of(const BatchView& view, Side side) {
  return std::count_if(view.orders.begin(), view.orders.end(),
                       [side](const PlannedOrder& order) { return order.side == side; });
}

}  // namespace

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

Words max_total_notional(const BatchView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_total_notional;
  if (!limit || view.totals.all() <= limit->value.raw()) return std::nullopt;
  return "buys and sells of " + usd(view.totals.all()) + " USD are above risk.max_total_notional " +
         limit->value.text() + set_at(limit->origin);
}

Words min_cash_buffer(const BatchView& view, const RiskLimits& limits) {
  const auto& limit = limits.min_cash_buffer;
  if (!limit || view.totals.buys == 0) return std::nullopt;
  const AccountState& account = view.account;
  // One unit because the starting cash was cut to 1e-6.
  const Int128 available =
      static_cast<Int128>(account.starting_cash.raw()) + account.rounding_allowance.raw() + 1;
  const Int128 buffer = static_cast<Int128>(account.base.raw()) * limit->value.raw();  // 1e-15
  if (available * pow10(12) + view.totals.cash >= buffer * 1'000) return std::nullopt;
  const Int128 cash_after = account.starting_cash.raw() + view.totals.sells - view.totals.buys;
  return "cash after the orders would be " + usd(cash_after) + " USD, below " +
         usd(divide(buffer, pow10(Ratio::kDecimals), Rounding::kAwayFromZero)) +
         " (risk.min_cash_buffer_pct " + limit->value.text() + " of " + account.base.text() + ")" +
         set_at(limit->origin);
}

Words max_daily_notional(const BatchView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_daily_notional;
  if (!limit) return std::nullopt;
  const auto& day = view.facts.day;
  if (!day) return not_known("what was traded today", "max_daily_notional", limit->origin);
  const Int128 before = static_cast<Int128>(day->buys.raw()) + day->sells.raw();
  const Int128 total = before + view.totals.all();
  if (total <= limit->value.raw()) return std::nullopt;
  return above("today's trades of " + usd(total) + " USD, " + usd(before) + " of them before,",
               "max_daily_notional", limit->value.text(), limit->origin);
}

Words max_daily_orders(const BatchView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_daily_orders;
  if (!limit) return std::nullopt;
  const auto& day = view.facts.day;
  if (!day) return not_known("number of today's orders", "max_daily_orders", limit->origin);
  const std::int64_t total = day->orders + static_cast<std::int64_t>(view.orders.size());
  if (total <= limit->value) return std::nullopt;
  return above(
      std::to_string(total) + " orders today, " + std::to_string(day->orders) + " of them before,",
      "max_daily_orders", std::to_string(limit->value), limit->origin);
}

// Sells and buys are two phases: the larger of them is what may be open at once.

Words max_open_notional(const BatchView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_open_notional;
  if (!limit) return std::nullopt;
  const auto& open = view.facts.open_orders;
  if (!open) {
    return not_known("what is open at the broker", "max_open_notional", limit->origin);
  }
  Int128 total = std::max(view.totals.buys, view.totals.sells);
  for (const OpenOrder& order : *open) total += order.notional.raw();
  if (total <= limit->value.raw()) return std::nullopt;
  return above("open orders of " + usd(total) + " USD", "max_open_notional", limit->value.text(),
               limit->origin);
}

Words max_open_orders(const BatchView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_open_orders;
  if (!limit) return std::nullopt;
  const auto& open = view.facts.open_orders;
  if (!open) return not_known("what is open at the broker", "max_open_orders", limit->origin);
  const std::int64_t total = static_cast<std::int64_t>(open->size()) +
                             std::max(count_of(view, Side::kBuy), count_of(view, Side::kSell));
  if (total <= limit->value) return std::nullopt;
  return above(std::to_string(total) + " open orders", "max_open_orders",
               std::to_string(limit->value), limit->origin);
}

Words max_vs_last_batch(const BatchView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_vs_last_batch;
  if (!limit) return std::nullopt;
  if (!view.facts.last_batches) {
    return not_known("what the last batches traded", "max_vs_last_batch_factor", limit->origin);
  }
  std::vector<Money> last = *view.facts.last_batches;
  if (last.empty()) return std::nullopt;  // the first batch has nothing to be unusual against
  std::sort(last.begin(), last.end());
  const Int128 low = last[(last.size() - 1) / 2].raw();
  const Int128 high = last[last.size() / 2].raw();
  if (!is_above(view.totals.all() * 2, limit->value, low + high)) return std::nullopt;
  return above("buys and sells of " + usd(view.totals.all()) + " USD against a median of " +
                   usd((low + high) / 2) + " before,",
               "max_vs_last_batch_factor", limit->value.text(), limit->origin);
}

}  // namespace signalbus::risk
