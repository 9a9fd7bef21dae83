// What is asked of an order only at the moment it leaves.
#include "risk/exit_rules.h"

#include <algorithm>

#include "risk/check_run.h"
#include "risk/words.h"

namespace signalbus::risk {

Words halted_at_gate(const ExitView& view, const RiskLimits&) {
  if (view.control.state != TradingState::kHalted) return std::nullopt;
  return "trading is " + describe(view.control) + "; `signalbus resume --reason TEXT` ends that";
}

Words conservation(const ExitView& view, const RiskLimits&) {
  const Int128 wanted =
      static_cast<Int128>(view.facts.earlier_attempts.raw()) + view.post.quantity.raw();
  if (wanted <= view.facts.order.quantity.raw()) return std::nullopt;
  return "the plan asks for " + view.facts.order.quantity.text() +
         " shares, this order would make it " + format_scaled(wanted, Quantity::kDecimals);
}

Words cash_at_gate(const ExitView& view, const RiskLimits&) {
  const auto& cash = view.facts.free_cash;
  if (!cash || !view.order.is_buy() || view.post.notional <= *cash) return std::nullopt;
  return "may cost " + view.post.notional.text() + " USD, and the cash that is free is " +
         cash->text();
}

Words max_quote_age(const ExitView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_quote_age_seconds;
  if (!limit || !view.facts.fresh) return std::nullopt;
  const std::string name = view.facts.order.symbol.text();
  if (!view.facts.fresh->asof) {
    return not_known("age of the price of " + name, "max_quote_age", limit->origin);
  }
  const std::int64_t age = view.post.at.micros() - view.facts.fresh->asof->micros();
  if (age <= limit->value * 1'000'000) return std::nullopt;
  return above("the price of " + name + " is " + format_scaled(age, 6) + " s old, which",
               "max_quote_age", std::to_string(limit->value) + "s", limit->origin);
}

Words max_attempts(const ExitView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_attempts;
  if (!limit || view.facts.attempt <= limit->value) return std::nullopt;
  return above("attempt " + std::to_string(view.facts.attempt), "max_attempts_per_intent",
               std::to_string(limit->value), limit->origin);
}

Words total_notional_at_gate(const ExitView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_total_notional;
  if (!limit) return std::nullopt;
  const Int128 total =
      static_cast<Int128>(view.facts.batch_notional.raw()) + view.post.notional.raw();
  if (total <= limit->value.raw()) return std::nullopt;
  return above("with this order the batch is " + usd(total) + " USD, which", "max_total_notional",
               limit->value.text(), limit->origin);
}

Words daily_notional_at_gate(const ExitView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_daily_notional;
  if (!limit) return std::nullopt;
  const Int128 total =
      static_cast<Int128>(view.day.buys.raw()) + view.day.sells.raw() + view.post.notional.raw();
  if (total <= limit->value.raw()) return std::nullopt;
  return above("with this order today's trades are " + usd(total) + " USD, which",
               "max_daily_notional", limit->value.text(), limit->origin);
}

Words daily_orders_at_gate(const ExitView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_daily_orders;
  if (!limit || view.day.orders + 1 <= limit->value) return std::nullopt;
  return above("order " + std::to_string(view.day.orders + 1) + " of today", "max_daily_orders",
               std::to_string(limit->value), limit->origin);
}

Words open_notional_at_gate(const ExitView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_open_notional;
  if (!limit) return std::nullopt;
  const Int128 total =
      static_cast<Int128>(view.facts.open_notional.raw()) + view.post.notional.raw();
  if (total <= limit->value.raw()) return std::nullopt;
  return above("with this order " + usd(total) + " USD are open, which", "max_open_notional",
               limit->value.text(), limit->origin);
}

Words open_orders_at_gate(const ExitView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_open_orders;
  if (!limit || view.facts.open_orders + 1 <= limit->value) return std::nullopt;
  return above(
      "with this order " + std::to_string(view.facts.open_orders + 1) + " orders are open, which",
      "max_open_orders", std::to_string(limit->value), limit->origin);
}

namespace {

/// Everything a rule of exposure needs at the gate, or what is missing.
std::string missing_for_exposure(const ExitView& view) {
  if (!view.order.after) return "what is held of " + view.facts.order.symbol.text();
  if (!view.facts.exposure) return "exposure of the account";
  if (!view.facts.equity) return "equity of the account";
  return "";
}

Words exposure_above(const ExitView& view, Int128 amount, const std::string& what,
                     std::string_view key, const Limit<Ratio>& limit) {
  if (!is_above(amount, limit.value, view.facts.equity->raw())) return std::nullopt;
  return above("with this order " + what + " is " + usd(amount) + " USD of an equity of " +
                   view.facts.equity->text() + ", which",
               key, percent_text(limit.value), limit.origin);
}

/// By how much this order makes its position larger, 1e-6 USD; zero when it does not.
Int128 growth(const ExitView& view) {
  const Int128 quantity = view.post.quantity.raw();
  const Int128 after = *view.order.after;
  const Int128 before = view.order.is_buy() ? after - quantity : after + quantity;
  const Price price = view.order.price->price;
  const Int128 grown = value_up(size_of(after), price) - value_up(size_of(before), price);
  return std::max<Int128>(grown, 0);
}

}  // namespace

Words gross_at_gate(const ExitView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_gross;
  if (!limit || view.order.price == nullptr) return std::nullopt;
  const std::string missing = missing_for_exposure(view);
  if (!missing.empty()) return not_known(missing, "max_gross_pct", limit->origin);
  const Int128 more = growth(view);
  if (more == 0) return std::nullopt;
  return exposure_above(view, view.facts.exposure->gross.raw() + more, "gross exposure",
                        "max_gross_pct", *limit);
}

Words net_at_gate(const ExitView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_net;
  if (!limit || view.order.price == nullptr) return std::nullopt;
  const std::string missing = missing_for_exposure(view);
  if (!missing.empty()) return not_known(missing, "max_net_pct", limit->origin);
  const Int128 value = value_up(view.post.quantity.raw(), view.order.price->price);
  const Exposure& exposure = *view.facts.exposure;
  const bool buy = view.order.is_buy();
  const Int128 before = buy ? exposure.high.raw() : exposure.low.raw();
  const Int128 after = buy ? before + value : before - value;
  if (size_of(after) <= size_of(before)) return std::nullopt;
  return exposure_above(view, size_of(after), "net exposure", "max_net_pct", *limit);
}

Words sector_at_gate(const ExitView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_sector;
  if (!limit || view.order.price == nullptr) return std::nullopt;
  const std::string missing = missing_for_exposure(view);
  if (!missing.empty()) return not_known(missing, "max_sector_pct", limit->origin);
  const Int128 more = growth(view);
  if (more == 0) return std::nullopt;
  if (!view.facts.exposure->sector) {
    return not_known("exposure to the sector of " + view.facts.order.symbol.text(),
                     "max_sector_pct", limit->origin);
  }
  return exposure_above(view, view.facts.exposure->sector->raw() + more, "exposure to the sector",
                        "max_sector_pct", *limit);
}

}  // namespace signalbus::risk
