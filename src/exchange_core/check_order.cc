#include "exchange_core/ledger.h"
#include "exchange_core/reserve.h"
#include "exchange_core/rules.h"

namespace signalbus::exchange_core {
namespace {

std::optional<Refusal> first_of(std::span<const Rule> table, const OrderCheck& check) {
  for (const Rule rule : table) {
    if (std::optional<Refusal> refusal = rule(check)) return refusal;
  }
  return std::nullopt;
}

// What the request alone decides; no asset is needed.
constexpr Rule kShapeRules[] = {
    rules::account_may_trade,  rules::words_are_known,     rules::one_quantity,
    rules::prices_of_the_type, rules::prices_are_positive, rules::legs_are_complete,
    rules::client_id_fits,
};

// Recorded order: inactive, base price, "must be DAY", "must be simple", then the rest, with "not
// fractionable" before what is held.
constexpr Rule kAssetRules[] = {
    rules::asset_is_active,    rules::legs_fit_base_price,      rules::fractions_are_day_and_simple,
    rules::client_id_is_new,   rules::asset_is_tradable,        rules::tif_fits_type,
    rules::tif_fits_session,   rules::extended_hours_fit,       rules::prices_have_full_ticks,
    rules::notional_has_cents, rules::class_fits_position,      rules::fraction_is_allowed,
    rules::intent_matches,     rules::not_liquidation_only,     rules::may_sell_short,
    rules::enough_shares,      rules::no_notional_beside_exits, rules::no_open_opposite_entry,
    rules::no_wash_trade,      rules::at_least_one_dollar,      rules::enough_buying_power,
};

constexpr Rule kReplacementRules[] = {
    rules::prices_are_positive,    rules::client_id_fits,   rules::client_id_is_new,
    rules::tif_fits_type,          rules::tif_fits_session, rules::extended_hours_fit,
    rules::prices_have_full_ticks, rules::enough_shares,    rules::no_wash_trade,
    rules::enough_buying_power,
};

}  // namespace

PositionIntent OrderCheck::intent() const {
  if (replaced != nullptr) return replaced->order.intent;
  if (buys()) {
    return position().is_negative() ? PositionIntent::kBuyToClose : PositionIntent::kBuyToOpen;
  }
  return position().is_positive() ? PositionIntent::kSellToClose : PositionIntent::kSellToOpen;
}

bool OrderCheck::opens() const { return opens_position(intent()); }

Price OrderCheck::trade_price() const {
  if (request.limit_price) return *request.limit_price;
  const Price side = buys() ? quote().ask : quote().bid;
  return side.is_zero() ? quote().last : side;
}

Quantity OrderCheck::shares() const {
  if (request.qty) return *request.qty;
  const Price price = trade_price();
  if (!price.is_positive()) return Quantity::zero();
  const Result<Quantity> shares = shares_toward_zero(*request.notional, price);
  return shares.ok() ? shares.value() : Quantity::whole(kQuantityMaxShares);
}

std::optional<Refusal> check_order(OrderCheck& check) {
  if (std::optional<Refusal> refusal = first_of(kShapeRules, check)) return refusal;
  const std::optional<AssetNumber> asset = find_asset(check.state, check.request.symbol);
  if (!asset) {
    return unprocessable("asset \"" + std::string(check.request.symbol) + "\" not found");
  }
  check.asset = &check.state.asset(*asset);
  check.slot = find_slot(check.account, *asset);
  return first_of(kAssetRules, check);
}

std::optional<Refusal> check_replacement(const OrderCheck& check) {
  return first_of(kReplacementRules, check);
}

Refusal forbidden(std::string message) { return {403, 40310000, std::move(message), {}}; }
Refusal not_found(std::string message) { return {404, 40410000, std::move(message), {}}; }
Refusal malformed(std::string message) { return {422, 40010001, std::move(message), {}}; }
Refusal unprocessable(std::string message) { return {422, 42210000, std::move(message), {}}; }

}  // namespace signalbus::exchange_core
