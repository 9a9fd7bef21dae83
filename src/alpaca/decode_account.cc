// Account, positions, activities, portfolio history.
#include "alpaca/decode.h"
#include "alpaca/fields.h"

namespace signalbus::alpaca {
namespace {

using formats::JsonValue;

/// An array of numbers where null is a gap.
template <class T>
Result<std::vector<std::optional<T>>> column(Fields& fields, std::string_view key,
                                             std::int64_t units_max) {
  std::vector<std::optional<T>> out;
  const std::optional<JsonValue> array = fields.find(key);
  SB_TRY_OK(fields.check());
  if (!array) return out;
  SB_TRY(const std::vector<JsonValue> items, array->items());
  for (const JsonValue& item : items) {
    if (item.is_null()) {
      out.emplace_back();
      continue;
    }
    SB_TRY(const T value, decimal_of<T>(item, Rounding::kHalfEven, units_max));
    out.emplace_back(value);
  }
  return out;
}

Result<std::vector<Instant>> epoch_seconds(Fields& fields, std::string_view key) {
  std::vector<Instant> out;
  const std::optional<JsonValue> array = fields.find(key);
  SB_TRY_OK(fields.check());
  if (!array) return out;
  SB_TRY(const std::vector<JsonValue> items, array->items());
  for (const JsonValue& item : items) {
    SB_TRY(const std::int64_t seconds, item.integer());
    std::int64_t micros = 0;
    if (__builtin_mul_overflow(seconds, 1'000'000, &micros)) {
      return item.error("must be a time in seconds");
    }
    out.push_back(Instant::from_micros(micros));
  }
  return out;
}

Result<std::map<std::string, std::vector<Money>>> cashflows(Fields& fields) {
  std::map<std::string, std::vector<Money>> out;
  const std::optional<JsonValue> object = fields.find("cashflow");
  SB_TRY_OK(fields.check());
  if (!object) return out;
  SB_TRY(const auto members, object->members());
  Fields inner(*object);
  for (const auto& [type, array] : members) {
    SB_TRY(const auto amounts, column<Money>(inner, type, kMoneyMaxUsd));
    std::vector<Money>& flow = out[std::string(type)];
    for (const auto& amount : amounts) flow.push_back(amount.value_or(Money::zero()));
  }
  return out;
}

}  // namespace

Result<Account> decode_account(const JsonValue& value) {
  Fields fields(value);
  Account out{.id = fields.need_text("id"),
              .number = fields.text("account_number"),
              .status = fields.need_text("status"),
              .currency = fields.text("currency"),
              .cash = fields.need_money("cash"),
              .equity = fields.need_money("equity"),
              .last_equity = fields.money("last_equity"),
              .buying_power = fields.money("buying_power"),
              .regt_buying_power = fields.money("regt_buying_power"),
              .non_marginable_buying_power = fields.money("non_marginable_buying_power"),
              .long_market_value = fields.money("long_market_value"),
              .short_market_value = fields.money("short_market_value"),
              .initial_margin = fields.money("initial_margin"),
              .maintenance_margin = fields.money("maintenance_margin"),
              .accrued_fees = fields.money("accrued_fees"),
              .sma = fields.money("sma"),
              .balance_asof = fields.date("balance_asof"),
              .multiplier = fields.text("multiplier"),
              .trading_blocked = fields.flag("trading_blocked"),
              .transfers_blocked = fields.flag("transfers_blocked"),
              .account_blocked = fields.flag("account_blocked"),
              .trade_suspended_by_user = fields.flag("trade_suspended_by_user"),
              .shorting_enabled = fields.flag("shorting_enabled"),
              .created_at = fields.instant("created_at")};
  SB_TRY_OK(fields.check());
  return out;
}

Result<AccountConfigurations> decode_configurations(const JsonValue& value) {
  Fields fields(value);
  AccountConfigurations out{.suspend_trade = fields.flag("suspend_trade"),
                            .no_shorting = fields.flag("no_shorting"),
                            .fractional_trading = fields.flag("fractional_trading"),
                            .ptp_no_exception_entry = fields.flag("ptp_no_exception_entry"),
                            .max_margin_multiplier = fields.text("max_margin_multiplier"),
                            .trade_confirm_email = fields.text("trade_confirm_email")};
  SB_TRY_OK(fields.check());
  return out;
}

Result<Position> decode_position(const JsonValue& value) {
  Fields fields(value);
  Position out{.asset_id = fields.text("asset_id"),
               .symbol = fields.need_text("symbol"),
               .exchange = fields.text("exchange"),
               .asset_class = fields.text("asset_class"),
               .qty = fields.need_quantity("qty"),
               .qty_available = fields.quantity("qty_available"),
               .avg_entry_price = fields.price("avg_entry_price"),
               .current_price = fields.price("current_price"),
               .lastday_price = fields.price("lastday_price"),
               .cost_basis = fields.money("cost_basis"),
               .market_value = fields.money("market_value"),
               .unrealized_pl = fields.money("unrealized_pl"),
               .unrealized_intraday_pl = fields.money("unrealized_intraday_pl")};
  // Shorts were seen with either sign; the side decides.
  if (fields.text("side") == "short" && out.qty.is_positive()) out.qty = -out.qty;
  SB_TRY_OK(fields.check());
  return out;
}

Result<Activity> decode_activity(const JsonValue& value) {
  Fields fields(value);
  Activity out{.id = fields.need_text("id"),
               .type = fields.need_text("activity_type"),
               .sub_type = fields.text("activity_sub_type"),
               .symbol = fields.text("symbol"),
               .side = fields.text("side"),
               .order_id = fields.text("order_id"),
               .order_status = fields.text("order_status"),
               .fill_type = fields.text("type"),
               .qty = fields.quantity("qty"),
               .cum_qty = fields.quantity("cum_qty"),
               .leaves_qty = fields.quantity("leaves_qty"),
               .price = fields.price("price"),
               .per_share_amount = fields.price("per_share_amount"),
               .net_amount = fields.money("net_amount"),
               .transaction_time = fields.instant("transaction_time"),
               .created_at = fields.instant("created_at"),
               .date = fields.date("date"),
               .status = fields.text("status"),
               .group_id = fields.text("group_id"),
               .description = fields.text("description"),
               .currency = fields.text("currency")};
  SB_TRY_OK(fields.check());
  return out;
}

Result<PortfolioHistory> decode_portfolio_history(const JsonValue& value) {
  Fields fields(value);
  PortfolioHistory out{.timestamp = {},
                       .equity = {},
                       .profit_loss = {},
                       .profit_loss_pct = {},
                       .base_value = fields.money("base_value").value_or(Money::zero()),
                       .base_value_asof = fields.date("base_value_asof"),
                       .timeframe = fields.text("timeframe"),
                       .cashflow = {}};
  SB_TRY_OK(fields.check());
  SB_TRY(out.timestamp, epoch_seconds(fields, "timestamp"));
  SB_TRY(out.equity, column<Money>(fields, "equity", kMoneyMaxUsd));
  SB_TRY(out.profit_loss, column<Money>(fields, "profit_loss", kMoneyMaxUsd));
  SB_TRY(out.profit_loss_pct, column<Ratio>(fields, "profit_loss_pct", 1'000'000));
  SB_TRY(out.cashflow, cashflows(fields));
  if (out.equity.size() != out.timestamp.size()) {
    return value.error("equity and timestamp must have the same length");
  }
  return out;
}

}  // namespace signalbus::alpaca
