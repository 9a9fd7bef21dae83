// What may be said about the position that an order leads to. Where it only brings a position
// nearer to zero, limits of size agree: nobody must be kept from getting out.
#include "risk/order_rules.h"
#include "risk/words.h"

namespace signalbus::risk {
namespace {

std::string held_of(const OrderView& view) { return "what is held of " + view.order.symbol.text(); }

std::string shares(Int128 raw) { return format_scaled(raw, Quantity::kDecimals); }

}  // namespace

Words allow_short(const OrderView& view, const RiskLimits& limits) {
  if (limits.allow_short || view.is_buy()) return std::nullopt;
  if (!view.after) {
    // A plan from a file of orders alone has no holdings; the gate always asks the ledger.
    if (!view.at_gate) return std::nullopt;
    return held_of(view) + " is not known, needed before any sale; reconcile first";
  }
  if (*view.after >= 0) return std::nullopt;
  return "held are " + shares(*view.held) +
         " shares, and after this sale and the open ones it would be " + shares(*view.after) +
         "; a short position needs weights.allow_short: true";
}

Words require_etb(const OrderView& view, const RiskLimits& limits) {
  const auto& limit = limits.require_etb;
  if (!limit || !limit->value || view.is_buy()) return std::nullopt;
  if (!view.after) return not_known(held_of(view), "require_etb", limit->origin);
  if (*view.after >= 0) return std::nullopt;
  const std::string name = view.order.symbol.text();
  if (view.symbol == nullptr || !view.symbol->easy_to_borrow) {
    return not_known("whether " + name + " is easy to borrow", "require_etb", limit->origin);
  }
  if (*view.symbol->easy_to_borrow) return std::nullopt;
  return name + " is not easy to borrow, and risk.require_etb is set" + set_at(limit->origin);
}

Words max_position_notional(const OrderView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_position_notional;
  if (!limit || view.price == nullptr) return std::nullopt;
  if (!view.after) return not_known(held_of(view), "max_position_notional", limit->origin);
  const Int128 value = value_up(size_of(*view.after), view.price->price);
  if (view.reduces() || value <= limit->value.raw()) return std::nullopt;
  return above("the position would be " + usd(value) + " USD, which", "max_position_notional",
               limit->value.text(), limit->origin);
}

Words max_weight(const OrderView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_weight;
  if (!limit || view.price == nullptr) return std::nullopt;
  if (!view.after) return not_known(held_of(view), "max_weight_pct", limit->origin);
  if (!view.equity) return not_known("equity of the account", "max_weight_pct", limit->origin);
  const Int128 value = value_up(size_of(*view.after), view.price->price);
  if (view.reduces() || !is_above(value, limit->value, view.equity->raw())) return std::nullopt;
  return above("the position would be " + usd(value) + " USD of an equity of " +
                   view.equity->text() + ", which",
               "max_weight_pct", percent_text(limit->value), limit->origin);
}

}  // namespace signalbus::risk
