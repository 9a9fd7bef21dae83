#include "exchange/order_json.h"

namespace signalbus::exchange {
namespace {

using core::OrderStatus;

void append_times(JsonText& json, const core::Order& order, const core::OrderState& state) {
  const auto ended = [&](std::string_view key, OrderStatus status) {
    if (state.status == status) {
      json.time(key, state.ended_at);
    } else {
      json.null(key);
    }
  };
  json.time("created_at", order.created_at);
  json.time("updated_at", state.updated_at);
  json.time("submitted_at", order.created_at);
  ended("filled_at", OrderStatus::kFilled);
  ended("expired_at", OrderStatus::kExpired);
  ended("canceled_at", OrderStatus::kCanceled);
  ended("failed_at", OrderStatus::kRejected);
  ended("replaced_at", OrderStatus::kReplaced);
}

void append_id(JsonText& json, std::string_view key, const core::Exchange& exchange,
               core::OrderNumber order) {
  if (order == core::kNoOrder) {
    json.null(key);
  } else {
    json.text(key, exchange.order_id(order).text());
  }
}

void append_legs(JsonText& json, const core::Exchange& exchange, const core::Order& order,
                 bool nested) {
  const bool has_legs = order.legs[0] != core::kNoOrder || order.legs[1] != core::kNoOrder;
  if (!nested || !has_legs) {
    json.null("legs");
    return;
  }
  json.begin_array("legs");
  for (const core::OrderNumber leg : order.legs) {
    if (leg != core::kNoOrder) append_order(json, {}, exchange, leg, false);
  }
  json.end_array();
}

}  // namespace

void append_order(JsonText& json, std::string_view key, const core::Exchange& exchange,
                  const core::Order& order, const core::OrderState& state, bool nested) {
  const core::Asset& asset = exchange.asset(order.asset);
  json.begin_object(key);
  json.text("id", exchange.order_id(order.number).text());
  json.text("client_order_id", order.client_order_id);
  append_times(json, order, state);
  append_id(json, "replaced_by", exchange, state.replaced_by);
  append_id(json, "replaces", exchange, order.replaces);
  json.text("asset_id", asset.id.text());
  json.text("symbol", asset.terms.symbol.view());
  json.raw("asset_class", "\"us_equity\"");
  json.decimal_or_null("notional", order.notional);
  json.decimal_or_null("qty", state.qty);
  json.decimal("filled_qty", state.filled_qty);
  json.decimal_or_null("filled_avg_price", state.filled_avg_price);
  json.text("order_class", to_text(order.order_class));
  json.text("order_type", to_text(order.type));
  json.text("type", to_text(order.type));
  json.text("side", to_text(order.side));
  json.text("position_intent", to_text(order.intent));
  json.text("time_in_force", to_text(order.tif));
  json.decimal_or_null("limit_price", state.limit_price);
  json.decimal_or_null("stop_price", state.stop_price);
  json.text("status", to_text(state.status));
  json.boolean("extended_hours", order.extended_hours);
  append_legs(json, exchange, order, nested);
  json.decimal_or_null("trail_percent", order.trail_percent);
  json.decimal_or_null("trail_price", order.trail_price);
  json.decimal_or_null("hwm", state.high_water_mark);
  json.raw("ratio_qty", "null");
  json.raw("subtag", "null");
  json.raw("source", "null");
  json.time("expires_at", order.expires_at);
  json.end_object();
}

void append_order(JsonText& json, std::string_view key, const core::Exchange& exchange,
                  core::OrderNumber number, bool nested) {
  const core::Order& order = exchange.order(number);
  append_order(json, key, exchange, order, order.state, nested);
}

void append_position(JsonText& json, const core::Exchange& exchange,
                     const core::PositionView& position) {
  const core::Asset& asset = exchange.asset(position.asset);
  json.begin_object();
  json.text("asset_id", asset.id.text());
  json.text("symbol", asset.terms.symbol.view());
  json.text("exchange", asset.terms.exchange);
  json.raw("asset_class", "\"us_equity\"");
  json.boolean("asset_marginable", asset.terms.marginable);
  json.decimal("qty", position.qty);
  json.decimal("avg_entry_price", position.avg_entry_price);
  json.text("side", position.qty.is_negative() ? "short" : "long");
  json.decimal("market_value", position.market_value);
  json.decimal("cost_basis", position.cost_basis);
  json.decimal("unrealized_pl", position.unrealized_pl);
  json.decimal("unrealized_plpc", position.unrealized_plpc);
  json.decimal("unrealized_intraday_pl", position.unrealized_intraday_pl);
  json.decimal("unrealized_intraday_plpc", position.unrealized_intraday_plpc);
  json.decimal("current_price", position.current_price);
  json.decimal("lastday_price", position.lastday_price);
  json.decimal("change_today", position.change_today);
  json.decimal("qty_available", position.qty_available);
  json.end_object();
}

void append_account(JsonText& json, const core::AccountView& view) {
  json.begin_object();
  json.text("id", view.id.text());
  json.text("account_number", view.account_number);
  json.raw("status", "\"ACTIVE\"");
  json.raw("crypto_status", "\"INACTIVE\"");
  json.raw("options_approved_level", "0");
  json.raw("options_trading_level", "0");
  json.raw("currency", "\"USD\"");
  json.decimal("buying_power", view.buying_power);
  json.decimal("regt_buying_power", view.regt_buying_power);
  json.raw("options_buying_power", "\"0\"");
  json.decimal("effective_buying_power", view.buying_power);
  json.decimal("non_marginable_buying_power", view.non_marginable_buying_power);
  json.decimal("cash", view.cash);
  json.decimal("accrued_fees", view.accrued_fees);
  json.raw("pending_reg_taf_fees", "\"0\"");
  json.raw("pending_transfer_in", "\"0\"");
  json.raw("pending_transfer_out", "\"0\"");
  json.raw("intraday_adjustments", "\"0\"");
  json.decimal("portfolio_value", view.equity);
  json.decimal("equity", view.equity);
  json.decimal("last_equity", view.last_equity);
  json.text("multiplier", std::to_string(view.multiplier));
  json.boolean("trading_blocked", view.flags.trading_blocked);
  json.boolean("transfers_blocked", view.flags.transfers_blocked);
  json.boolean("account_blocked", view.flags.account_blocked);
  json.time("created_at", view.created_at);
  json.boolean("trade_suspended_by_user", view.configuration.suspend_trade);
  json.boolean("shorting_enabled", view.shorting_enabled);
  json.decimal("long_market_value", view.long_market_value);
  json.decimal("short_market_value", view.short_market_value);
  json.decimal("position_market_value", view.long_market_value - view.short_market_value);
  json.decimal("initial_margin", view.initial_margin);
  json.decimal("maintenance_margin", view.maintenance_margin);
  json.decimal("last_maintenance_margin", view.last_maintenance_margin);
  json.raw("sma", "\"0\"");
  json.text("balance_asof", view.balance_asof.iso());
  json.end_object();
}

void append_configuration(JsonText& json, const core::Configuration& configuration,
                          const AccountExtras& extras) {
  json.begin_object();
  json.boolean("suspend_trade", configuration.suspend_trade);
  json.boolean("no_shorting", configuration.no_shorting);
  json.boolean("fractional_trading", configuration.fractional_trading);
  json.text("max_margin_multiplier", std::to_string(configuration.max_margin_multiplier));
  if (extras.max_options_trading_level) {
    json.integer("max_options_trading_level", *extras.max_options_trading_level);
  } else {
    json.null("max_options_trading_level");
  }
  json.boolean("ptp_no_exception_entry", extras.ptp_no_exception_entry);
  json.boolean("disable_overnight_trading", extras.disable_overnight_trading);
  json.text("trade_confirm_email", extras.trade_confirm_email);
  json.end_object();
}

void append_asset(JsonText& json, const core::Asset& asset) {
  const core::AssetTerms& terms = asset.terms;
  json.begin_object();
  json.text("id", asset.id.text());
  json.raw("class", "\"us_equity\"");
  json.text("exchange", terms.exchange);
  json.text("symbol", terms.symbol.view());
  json.text("name", terms.name.empty() ? terms.symbol.view() : std::string_view(terms.name));
  json.text("status", terms.active ? "active" : "inactive");
  json.boolean("tradable", terms.tradable);
  json.boolean("marginable", terms.marginable);
  json.raw("maintenance_margin_requirement", terms.marginable ? "30" : "100");
  json.raw("margin_requirement_long", terms.marginable ? "\"30\"" : "\"100\"");
  json.raw("margin_requirement_short", terms.marginable ? "\"30\"" : "\"100\"");
  json.boolean("shortable", terms.shortable);
  json.boolean("easy_to_borrow", terms.easy_to_borrow);
  json.text("borrow_status", terms.easy_to_borrow ? "easy_to_borrow" : "hard_to_borrow");
  json.boolean("fractionable", terms.fractionable);
  json.begin_array("attributes").end_array();
  json.end_object();
}

}  // namespace signalbus::exchange
