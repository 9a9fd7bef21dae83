// Rules on the asset, the prices and the time in force.
#include "exchange_core/rules.h"
#include "exchange_core/sessions.h"

namespace signalbus::exchange_core::rules {
namespace {

constexpr std::int64_t kUsd = 1'000'000'000;
constexpr std::int64_t kCent = kUsd / 100;

/// The legs' prices with the price that they are held against.
struct Legs {
  bool exits_long;  ///< They sell: the take-profit lies above the base.
  std::optional<Price> take_profit;
  std::optional<Price> stop;
};

Legs legs_of(const OrderCheck& check) {
  const OrderRequest& request = check.request;
  const bool oco = *request.order_class == OrderClass::kOco;
  Legs legs{.exits_long = check.buys() != oco, .take_profit = std::nullopt, .stop = std::nullopt};
  if (request.take_profit) legs.take_profit = request.take_profit->limit_price;
  if (oco && !legs.take_profit) legs.take_profit = request.limit_price;
  if (request.stop_loss) legs.stop = request.stop_loss->stop_price;
  return legs;
}

Refusal with_base(std::string message, Price base) {
  Refusal refusal = unprocessable(std::move(message));
  refusal.fields.push_back({.key = "base_price", .text = base.text(), .list = {}});
  return refusal;
}

std::optional<Refusal> take_profit_beyond(const Legs& legs, Price base) {
  if (!legs.take_profit || base.is_zero()) return std::nullopt;
  const Price cent = Price::from_raw(kCent);
  if (legs.exits_long) {
    if (*legs.take_profit >= base + cent) return std::nullopt;
    return with_base("take_profit.limit_price must be >= base_price + 0.01", base);
  }
  if (*legs.take_profit <= base - cent) return std::nullopt;
  return with_base("take_profit.limit_price must be <= base_price - 0.01", base);
}

std::optional<Refusal> stop_beyond(const Legs& legs, Price base) {
  if (!legs.stop || base.is_zero()) return std::nullopt;
  const Price cent = Price::from_raw(kCent);
  if (legs.exits_long) {
    if (*legs.stop <= base - cent) return std::nullopt;
    return with_base("stop_loss.stop_price must be <= base_price - 0.01", base);
  }
  if (*legs.stop >= base + cent) return std::nullopt;
  return with_base("stop_loss.stop_price must be >= base_price + 0.01", base);
}

std::optional<Refusal> full_tick(const std::optional<Price>& price, std::string_view name) {
  if (!price) return std::nullopt;
  const std::int64_t tick = price->raw() >= kUsd ? kCent : kUsd / 10'000;
  if (price->raw() % tick == 0) return std::nullopt;
  return unprocessable("invalid " + std::string(name) + " " + price->text() +
                       ". sub-penny increment does not fulfill minimum pricing criteria");
}

std::string quoted_asset(const OrderCheck& check) {
  return "asset \"" + std::string(check.symbol()) + "\"";
}

bool is_day_or_gtc(OrderTif tif) { return tif == OrderTif::kDay || tif == OrderTif::kGtc; }

}  // namespace

std::optional<Refusal> asset_is_active(const OrderCheck& check) {
  if (check.asset->asset.terms.active) return std::nullopt;
  return malformed("asset " + std::string(check.symbol()) + " is not active");
}

std::optional<Refusal> legs_fit_base_price(const OrderCheck& check) {
  if (*check.request.order_class == OrderClass::kSimple) return std::nullopt;
  const Legs legs = legs_of(check);
  const Price market = check.quote().last;
  if (*check.request.order_class == OrderClass::kOco) {
    if (auto refusal = stop_beyond(legs, *legs.take_profit)) return refusal;
  } else if (check.request.limit_price) {
    if (auto refusal = take_profit_beyond(legs, *check.request.limit_price)) return refusal;
    if (auto refusal = stop_beyond(legs, *check.request.limit_price)) return refusal;
  }
  if (auto refusal = take_profit_beyond(legs, market)) return refusal;
  return stop_beyond(legs, market);
}

std::optional<Refusal> fractions_are_day_and_simple(const OrderCheck& check) {
  if (!check.is_fractional()) return std::nullopt;
  if (*check.request.tif != OrderTif::kDay) {
    return unprocessable("fractional orders must be DAY orders");
  }
  if (*check.request.order_class != OrderClass::kSimple) {
    return unprocessable("fractional orders must be simple orders");
  }
  return std::nullopt;
}

std::optional<Refusal> client_id_is_new(const OrderCheck& check) {
  const std::string_view id = check.request.client_order_id;
  if (id.empty() || !find_client_order(check.state, check.account.number, id)) return std::nullopt;
  return malformed("client_order_id must be unique");
}

std::optional<Refusal> asset_is_tradable(const OrderCheck& check) {
  // Without any price neither funds nor fills can be told.
  if (check.asset->asset.terms.tradable && !check.quote().last.is_zero()) return std::nullopt;
  return unprocessable("asset " + std::string(check.symbol()) + " is not tradable");
}

std::optional<Refusal> tif_fits_type(const OrderCheck& check) {
  const OrderRequest& request = check.request;
  if (is_day_or_gtc(*request.tif)) {
    if (*request.type != OrderType::kTrailingStop || !check.is_fractional()) return std::nullopt;
    return unprocessable("trailing stop orders must be for whole shares");
  }
  if (*request.order_class != OrderClass::kSimple) {
    return unprocessable(std::string(to_text(*request.order_class)) +
                         " orders must be DAY or GTC orders");
  }
  if (*request.type == OrderType::kMarket || *request.type == OrderType::kLimit) {
    return std::nullopt;
  }
  return unprocessable("stop orders must be DAY or GTC orders");
}

std::optional<Refusal> tif_fits_session(const OrderCheck& check) {
  const OrderTif tif = *check.request.tif;
  if (is_day_or_gtc(tif)) return std::nullopt;
  if (tif == OrderTif::kIoc || tif == OrderTif::kFok) {
    if (check.state.clock.phase == SessionPhase::kRegular) return std::nullopt;
    return unprocessable("ioc and fok orders are only accepted during market hours");
  }
  if (auction_takes_orders(check.state, tif)) return std::nullopt;
  return unprocessable(tif == OrderTif::kOpg
                           ? "opg orders must be submitted after 7:00pm and before 9:28am"
                           : "cls orders must be submitted after 7:00pm and before 3:50pm");
}

std::optional<Refusal> extended_hours_fit(const OrderCheck& check) {
  const OrderRequest& request = check.request;
  if (!request.extended_hours) return std::nullopt;
  if (*request.type == OrderType::kLimit && is_day_or_gtc(*request.tif) &&
      *request.order_class == OrderClass::kSimple) {
    return std::nullopt;
  }
  return unprocessable("extended hours order must be DAY or GTC limit orders");
}

std::optional<Refusal> prices_have_full_ticks(const OrderCheck& check) {
  const OrderRequest& request = check.request;
  if (auto refusal = full_tick(request.limit_price, "limit_price")) return refusal;
  if (auto refusal = full_tick(request.stop_price, "stop_price")) return refusal;
  if (*request.order_class == OrderClass::kSimple) return std::nullopt;
  if (request.take_profit) {
    if (auto refusal = full_tick(request.take_profit->limit_price, "take_profit.limit_price")) {
      return refusal;
    }
  }
  if (!request.stop_loss) return std::nullopt;
  if (auto refusal = full_tick(request.stop_loss->stop_price, "stop_loss.stop_price")) {
    return refusal;
  }
  return full_tick(request.stop_loss->limit_price, "stop_loss.limit_price");
}

std::optional<Refusal> notional_has_cents(const OrderCheck& check) {
  if (!check.request.notional || check.request.notional->raw() % 10'000 == 0) return std::nullopt;
  return unprocessable("notional value must be limited to 2 decimal places");
}

std::optional<Refusal> fraction_is_allowed(const OrderCheck& check) {
  if (!check.is_fractional()) return std::nullopt;
  if (!check.account.configuration.fractional_trading) return malformed("qty must be integer");
  if (check.asset->asset.terms.fractionable) return std::nullopt;
  return forbidden(quoted_asset(check) + " is not fractionable");
}

}  // namespace signalbus::exchange_core::rules
