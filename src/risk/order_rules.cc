// What may be said about an order by itself: size, price, type, name.
#include "risk/order_rules.h"

#include "risk/words.h"

namespace signalbus::risk {

Words state_allows_order(const OrderView& view, const RiskLimits&) {
  const TradingState state = view.control.state;
  if (state != TradingState::kReduceOnly && state != TradingState::kSellOnly) return std::nullopt;
  const std::string word(to_text(state));
  if (!view.held || !view.after) {
    return "what is held of " + view.order.symbol.text() +
           " is not known, needed by trading state " + word + "; reconcile, or resume NORMAL";
  }
  if (state == TradingState::kReduceOnly && view.reduces()) return std::nullopt;
  const bool sells_held = !view.is_buy() && *view.held > 0 && *view.after >= 0;
  if (state == TradingState::kSellOnly && sells_held) return std::nullopt;
  return "trading state is " + word +
         (state == TradingState::kSellOnly ? ": only what is held is sold"
                                           : ": only orders towards a position of zero pass") +
         "; see `signalbus status`";
}

Words duplicate_order(const OrderView& view, const RiskLimits&) {
  if (!view.twin) return std::nullopt;
  return "the batch has another " + std::string(to_text(view.order.side)) + " of " +
         view.order.symbol.text();
}

Words price_present(const OrderView& view, const RiskLimits&) {
  if (view.price != nullptr) return std::nullopt;
  return "no market price for " + view.order.symbol.text() + " to check the order against";
}

Words max_share_per_order(const OrderView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_share_per_order;
  if (!limit || view.quantity <= limit->value) return std::nullopt;
  return above(view.quantity.text() + " shares", "max_share_per_order", limit->value.text(),
               limit->origin);
}

Words max_notional_per_order(const OrderView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_notional_per_order;
  if (!limit || view.value <= limit->value) return std::nullopt;
  return above(view.value.text() + " USD", "max_notional_per_order", limit->value.text(),
               limit->origin);
}

Words price_tolerance(const OrderView& view, const RiskLimits& limits) {
  const auto& limit = limits.price_tolerance;
  if (!limit || view.price == nullptr) return std::nullopt;
  const Int128 planned = view.order.ref_price.raw();
  const Int128 moved = size_of(view.price->price.raw() - planned);
  if (!is_above(moved, limit->value, planned)) return std::nullopt;
  return "price is now " + view.price->price.text() + ", the plan was made at " +
         view.order.ref_price.text() + ", which is more than risk.price_tolerance_pct " +
         format_scaled(limit->value.raw(), Ratio::kDecimals - 2) + " percent apart" +
         set_at(limit->origin);
}

Words allowed_types(const OrderView& view, const RiskLimits& limits) {
  const auto& limit = limits.allowed_types;
  if (!limit || limit->value.contains(view.order.type)) return std::nullopt;
  return "order type " + std::string(to_text(view.order.type)) + " is not in risk.allowed_types" +
         set_at(limit->origin);
}

Words allowed_tif(const OrderView& view, const RiskLimits& limits) {
  const auto& limit = limits.allowed_tif;
  if (!limit || limit->value.contains(view.order.time_in_force)) return std::nullopt;
  return "time in force " + std::string(to_text(view.order.time_in_force)) +
         " is not in risk.allowed_tif" + set_at(limit->origin);
}

Words restricted_symbols(const OrderView& view, const RiskLimits& limits) {
  const auto& limit = limits.restricted_symbols;
  if (!limit || !limit->value.contains(view.order.symbol)) return std::nullopt;
  return view.order.symbol.text() + " is in risk.restricted_symbols" + set_at(limit->origin);
}

Words universe(const OrderView& view, const RiskLimits& limits) {
  const auto& limit = limits.universe;
  if (!limit || limit->value.contains(view.order.symbol)) return std::nullopt;
  return view.order.symbol.text() + " is not in risk.universe" + set_at(limit->origin);
}

Words max_prev_close_move(const OrderView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_prev_close_move;
  if (!limit || view.price == nullptr) return std::nullopt;
  if (view.symbol == nullptr || !view.symbol->previous_close) {
    return not_known("previous close of " + view.order.symbol.text(), "max_prev_close_move_pct",
                     limit->origin);
  }
  const Price close = *view.symbol->previous_close;
  const Int128 moved = size_of(static_cast<Int128>(view.price->price.raw()) - close.raw());
  if (!is_above(moved, limit->value, close.raw())) return std::nullopt;
  return above("move from the previous close " + close.text() + " to " + view.price->price.text(),
               "max_prev_close_move_pct", percent_text(limit->value), limit->origin);
}

Words max_adv(const OrderView& view, const RiskLimits& limits) {
  const auto& limit = limits.max_adv;
  if (!limit) return std::nullopt;
  if (view.symbol == nullptr || !view.symbol->average_volume) {
    return not_known("average volume of " + view.order.symbol.text(), "max_adv_pct", limit->origin);
  }
  const Quantity volume = *view.symbol->average_volume;
  if (!is_above(view.quantity.raw(), limit->value, volume.raw())) return std::nullopt;
  return above(view.quantity.text() + " shares of an average volume of " + volume.text(),
               "max_adv_pct", percent_text(limit->value), limit->origin);
}

Words max_executions_per_symbol(const OrderView& view, const RiskLimits& limits) {
  constexpr std::string_view kKey = "max_executions_per_symbol_per_day";
  const auto& limit = limits.max_executions_per_symbol;
  if (!limit) return std::nullopt;
  if (view.symbol == nullptr || !view.symbol->orders_today) {
    return not_known("number of today's orders of " + view.order.symbol.text(), kKey,
                     limit->origin);
  }
  const std::int64_t count = *view.symbol->orders_today + view.number;
  if (count <= limit->value) return std::nullopt;
  return above("order " + std::to_string(count) + " of " + view.order.symbol.text() + " today",
               kKey, std::to_string(limit->value), limit->origin);
}

}  // namespace signalbus::risk
