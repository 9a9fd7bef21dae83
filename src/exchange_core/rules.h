// The order rules: each a small named function; check_order.cc has the table that orders them.
#pragma once

#include <optional>
#include <string>

#include "exchange_core/state.h"

namespace signalbus::exchange_core {

/// A request with what the rules know of it. Rules run in the order of the table; what an earlier
/// rule has made sure of (a side, an asset), a later one uses.
struct OrderCheck {
  const State& state;
  const AccountRecord& account;
  const OrderRequest& request;
  /// A replacement: that order's holds and reservations count as free, and it is no opposite.
  const OrderRecord* replaced = nullptr;
  const AssetRecord* asset = nullptr;  ///< From the rule that finds it on.
  const Slot* slot = nullptr;          ///< Null: never dealt in.

  bool buys() const { return *request.side == OrderSide::kBuy; }
  bool is_fractional() const { return request.notional || request.qty->raw() % 1'000'000'000 != 0; }
  Quantity position() const { return slot == nullptr ? Quantity::zero() : slot->qty; }
  std::string_view symbol() const { return asset->asset.terms.symbol.view(); }
  const Quote& quote() const { return asset->asset.quote; }
  PositionIntent intent() const;
  bool opens() const;
  /// In shares; a notional at the price that it would trade at.
  Quantity shares() const;
  Price trade_price() const;  ///< The limit, else the quote on the order's side, else the last.
};

using Rule = std::optional<Refusal> (*)(const OrderCheck&);

/// The first refusal, in Alpaca's order (contract 4.1): the shape of the request, the asset, the
/// bracket's prices, fractions, then the rest. Sets check.asset and check.slot.
std::optional<Refusal> check_order(OrderCheck& check);
/// The part of the rules that a replacement runs through again (check.asset and slot are set).
std::optional<Refusal> check_replacement(const OrderCheck& check);

/// Refusals of Alpaca's codes: the status follows from the code (422 for 40010001).
Refusal forbidden(std::string message);      ///< 403 / 40310000
Refusal not_found(std::string message);      ///< 404 / 40410000
Refusal malformed(std::string message);      ///< 422 / 40010001
Refusal unprocessable(std::string message);  ///< 422 / 42210000

namespace rules {

// The account and the request alone.
std::optional<Refusal> account_may_trade(const OrderCheck& check);
std::optional<Refusal> words_are_known(const OrderCheck& check);
std::optional<Refusal> one_quantity(const OrderCheck& check);
std::optional<Refusal> prices_of_the_type(const OrderCheck& check);
std::optional<Refusal> prices_are_positive(const OrderCheck& check);
std::optional<Refusal> legs_are_complete(const OrderCheck& check);
std::optional<Refusal> client_id_fits(const OrderCheck& check);

// The asset.
std::optional<Refusal> asset_is_active(const OrderCheck& check);
std::optional<Refusal> legs_fit_base_price(const OrderCheck& check);
std::optional<Refusal> fractions_are_day_and_simple(const OrderCheck& check);
std::optional<Refusal> client_id_is_new(const OrderCheck& check);
std::optional<Refusal> asset_is_tradable(const OrderCheck& check);
std::optional<Refusal> tif_fits_type(const OrderCheck& check);
std::optional<Refusal> tif_fits_session(const OrderCheck& check);
std::optional<Refusal> extended_hours_fit(const OrderCheck& check);
std::optional<Refusal> prices_have_full_ticks(const OrderCheck& check);
std::optional<Refusal> notional_has_cents(const OrderCheck& check);
std::optional<Refusal> fraction_is_allowed(const OrderCheck& check);

// The position and the other orders.
std::optional<Refusal> class_fits_position(const OrderCheck& check);
std::optional<Refusal> intent_matches(const OrderCheck& check);
std::optional<Refusal> not_liquidation_only(const OrderCheck& check);
std::optional<Refusal> may_sell_short(const OrderCheck& check);
std::optional<Refusal> enough_shares(const OrderCheck& check);
std::optional<Refusal> no_notional_beside_exits(const OrderCheck& check);
std::optional<Refusal> no_open_opposite_entry(const OrderCheck& check);
std::optional<Refusal> no_wash_trade(const OrderCheck& check);
std::optional<Refusal> at_least_one_dollar(const OrderCheck& check);
std::optional<Refusal> enough_buying_power(const OrderCheck& check);

}  // namespace rules
}  // namespace signalbus::exchange_core
