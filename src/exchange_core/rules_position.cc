// Rules on the position, the account's other orders and its funds.
#include <algorithm>

#include "exchange_core/ledger.h"
#include "exchange_core/matching.h"
#include "exchange_core/reserve.h"
#include "exchange_core/rules.h"

namespace signalbus::exchange_core::rules {
namespace {

Quantity held_by(const OrderRecord* record) {
  return record == nullptr ? Quantity::zero() : record->held;
}

std::string cents(Money amount) {
  const Int128 whole = divide(amount.raw(), 10'000, Rounding::kHalfEven);
  return format_scaled(whole, 2);
}

/// The account's orders at the market in that asset that `wanted` picks.
template <class Wanted>
std::vector<const OrderRecord*> other_orders(const OrderCheck& check, const Wanted& wanted) {
  std::vector<const OrderRecord*> out;
  if (check.slot == nullptr || check.slot->live == 0) return out;
  for (const OrderNumber number : check.asset->open) {
    const OrderRecord& record = check.state.order(number);
    if (record.order.account != check.account.number || &record == check.replaced) continue;
    if (wanted(record)) out.push_back(&record);
  }
  return out;
}

Refusal insufficient_qty(const OrderCheck& check, Quantity free) {
  const auto holding =
      other_orders(check, [](const OrderRecord& record) { return record.held.is_positive(); });
  Refusal refusal =
      forbidden("insufficient qty available for order (requested: " + check.shares().text() +
                ", available: " + free.text() + ")");
  const Quantity existing = check.position().abs();
  refusal.fields.push_back({.key = "available", .text = free.text(), .list = {}});
  refusal.fields.push_back({.key = "existing_qty", .text = existing.text(), .list = {}});
  refusal.fields.push_back(
      {.key = "held_for_orders", .text = (existing - free).text(), .list = {}});
  if (!holding.empty()) {
    RefusalField related{.key = "related_orders", .text = {}, .list = {}, .is_list = true};
    for (const OrderRecord* record : holding) {
      const std::uint32_t number = record->order.number.get();
      related.list.push_back(check.state.ids.make(IdKind::kOrder, number).text());
    }
    refusal.fields.push_back(std::move(related));
  }
  refusal.fields.push_back({.key = "symbol", .text = std::string(check.symbol()), .list = {}});
  return refusal;
}

bool is_market_or_stop(OrderType type) {
  return type == OrderType::kMarket || type == OrderType::kStop;
}

/// Orders that cannot trade against the account's own: exits of a group, trailing stops.
bool is_exempt_from_wash(const Order& order) {
  return order.is_leg() || order.order_class == OrderClass::kOco ||
         order.type == OrderType::kTrailingStop;
}

bool washes(const OrderCheck& check, const Order& other) {
  if ((other.side == OrderSide::kBuy) == check.buys() || is_exempt_from_wash(other)) return false;
  if (is_market_or_stop(*check.request.type) || is_market_or_stop(other.type)) return true;
  const Price mine = check.request.limit_price.value_or(Price::zero());
  return check.buys() ? mine >= other.state.limit_price : other.state.limit_price >= mine;
}

std::string_view wash_reason(OrderType existing) {
  return is_market_or_stop(existing) ? "opposite side market/stop order exists"
                                     : "opposite side limit order exists";
}

/// The stop that the order would start with.
Price first_stop(const OrderCheck& check) {
  const OrderRequest& request = check.request;
  if (*request.type != OrderType::kTrailingStop) return request.stop_price.value_or(Price::zero());
  const Price last = check.quote().last;
  const Price trail = trail_of(last, request.trail_price.value_or(Price::zero()),
                               request.trail_percent.value_or(Ratio::zero()));
  return check.buys() ? last + trail : last - trail;
}

Money cost_basis(const OrderCheck& check) {
  const OrderRequest& request = check.request;
  if (request.notional) return *request.notional;
  const PricedOrder order{.side = *request.side,
                          .type = *request.type,
                          .limit = request.limit_price.value_or(Price::zero()),
                          .stop = first_stop(check)};
  return cost_up(*request.qty, reserve_price(order, check.quote()));
}

}  // namespace

std::optional<Refusal> class_fits_position(const OrderCheck& check) {
  const OrderClass order_class = *check.request.order_class;
  if (order_class == OrderClass::kSimple) return std::nullopt;
  if (order_class == OrderClass::kOco) {
    if (!check.opens()) return std::nullopt;
    return unprocessable("oco orders must be exit orders");
  }
  if (check.opens()) return std::nullopt;
  return unprocessable(std::string(to_text(order_class)) + " orders must be entry orders");
}

std::optional<Refusal> intent_matches(const OrderCheck& check) {
  const std::optional<PositionIntent> specified = check.request.position_intent;
  if (!specified || *specified == check.intent()) return std::nullopt;
  return unprocessable(
      "position intent mismatch, inferred: " + std::string(to_text(check.intent())) +
      ", specified: " + std::string(to_text(*specified)));
}

std::optional<Refusal> not_liquidation_only(const OrderCheck& check) {
  if (!check.account.flags.liquidation_only || !check.opens()) return std::nullopt;
  return forbidden("account is restricted to liquidation only");
}

std::optional<Refusal> may_sell_short(const OrderCheck& check) {
  if (check.buys() || !check.opens()) return std::nullopt;
  if (check.is_fractional()) return unprocessable("fractional orders cannot be sold short");
  if (!may_short(check.account)) return forbidden("account is not allowed to short");
  const AssetTerms& terms = check.asset->asset.terms;
  if (terms.shortable && terms.easy_to_borrow) return std::nullopt;
  return unprocessable("asset \"" + std::string(check.symbol()) + "\" cannot be sold short");
}

std::optional<Refusal> enough_shares(const OrderCheck& check) {
  if (check.opens()) return std::nullopt;
  // The quantity of an exit leg cannot change, and its sibling may be the one that holds.
  if (check.replaced != nullptr && check.replaced->order.order_class != OrderClass::kSimple) {
    return std::nullopt;
  }
  const Quantity wanted = check.shares();
  const Quantity free = available(*check.slot) + held_by(check.replaced);
  if (wanted <= free) return std::nullopt;
  if (!check.buys() && check.is_fractional() && wanted > check.position()) {
    return unprocessable("fractional orders cannot be sold short");
  }
  return insufficient_qty(check, free);
}

std::optional<Refusal> no_notional_beside_exits(const OrderCheck& check) {
  if (!check.request.notional || check.state.clock.phase == SessionPhase::kRegular) {
    return std::nullopt;
  }
  const auto exits =
      other_orders(check, [](const OrderRecord& record) { return record.held.is_positive(); });
  if (exits.empty()) return std::nullopt;
  return forbidden("unable to open new notional orders while having open closing position orders");
}

std::optional<Refusal> no_open_opposite_entry(const OrderCheck& check) {
  if (!check.position().is_zero()) return std::nullopt;
  const auto opposite = other_orders(check, [&](const OrderRecord& record) {
    return (record.order.side == OrderSide::kBuy) != check.buys() &&
           opens_position(record.order.intent);
  });
  if (opposite.empty()) return std::nullopt;
  return forbidden(check.buys() ? "cannot open a long buy while a short sell order is open"
                                : "cannot open a short sell while a long buy order is open");
}

std::optional<Refusal> no_wash_trade(const OrderCheck& check) {
  const OrderRequest& request = check.request;
  if (*request.order_class != OrderClass::kSimple || *request.type == OrderType::kTrailingStop) {
    return std::nullopt;
  }
  const auto opposite =
      other_orders(check, [&](const OrderRecord& record) { return washes(check, record.order); });
  if (opposite.empty()) return std::nullopt;
  const Order& existing = opposite.front()->order;
  Refusal refusal = forbidden("potential wash trade detected. use complex orders");
  refusal.fields.push_back(
      {.key = "existing_order_id",
       .text = check.state.ids.make(IdKind::kOrder, existing.number.get()).text(),
       .list = {}});
  refusal.fields.push_back(
      {.key = "reject_reason", .text = std::string(wash_reason(existing.type)), .list = {}});
  return refusal;
}

std::optional<Refusal> at_least_one_dollar(const OrderCheck& check) {
  if (!check.opens()) return std::nullopt;
  const Money value = check.request.notional ? *check.request.notional
                                             : value_of(*check.request.qty, check.trade_price());
  if (value >= Money::whole(1)) return std::nullopt;
  return forbidden("cost basis must be >= minimal amount of order 1");
}

std::optional<Refusal> enough_buying_power(const OrderCheck& check) {
  if (!check.opens()) return std::nullopt;
  const Money cost = cost_basis(check);
  const Money freed = check.replaced == nullptr ? Money::zero() : check.replaced->reserved;
  const Money power =
      freed + (check.asset->asset.terms.marginable ? buying_power(check.account)
                                                   : non_marginable_buying_power(check.account));
  if (cost <= power) return std::nullopt;
  Refusal refusal = forbidden("insufficient buying power");
  refusal.fields.push_back(
      {.key = "buying_power", .text = cents(std::max(power, Money::zero())), .list = {}});
  refusal.fields.push_back({.key = "cost_basis", .text = cents(cost), .list = {}});
  return refusal;
}

}  // namespace signalbus::exchange_core::rules
