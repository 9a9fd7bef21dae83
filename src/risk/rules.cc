#include "risk/rules.h"

#include <algorithm>

#include "core/check.h"
#include "risk/batch_rules.h"
#include "risk/exit_rules.h"
#include "risk/order_rules.h"
#include "risk/run_rules.h"
#include "risk/words.h"

namespace signalbus::risk {
namespace {

// ---- Limits as text ----

std::string text_of(Quantity value) { return value.text(); }
std::string text_of(Money value) { return value.text(); }
std::string text_of(bool value) { return value ? "true" : "false"; }
std::string text_of(std::int64_t value) { return std::to_string(value); }
std::string text_of(const TradeWindow& window) {
  return window.first.text() + "-" + window.last.text();
}
template <class T>
std::string text_of(const std::set<T>& values) {
  std::string out;
  for (const T& value : values) {
    out += out.empty() ? "" : ", ";
    if constexpr (std::is_same_v<T, Symbol>) {
      out += value.view();
    } else {
      out += to_text(value);
    }
  }
  return out.empty() ? "none" : out;
}

using ValueText = std::string (*)(const RiskLimits&);

template <auto kMember>
std::string plain(const RiskLimits& limits) {
  const auto& limit = limits.*kMember;
  return limit ? text_of(limit->value) : "";
}
template <auto kMember>
std::string percent(const RiskLimits& limits) {
  const auto& limit = limits.*kMember;
  return limit ? percent_text(limit->value) : "";
}
template <auto kMember>
std::string seconds(const RiskLimits& limits) {
  const auto& limit = limits.*kMember;
  return limit ? std::to_string(limit->value) + "s" : "";
}
std::string factor(const RiskLimits& limits) {
  return limits.max_vs_last_batch ? limits.max_vs_last_batch->value.text() : "";
}
std::string shorts(const RiskLimits& limits) { return text_of(limits.allow_short); }

// ---- The table ----

constexpr std::string_view kBool = "true or false";
constexpr std::string_view kUsd = "USD";
constexpr std::string_view kOrders = "orders";
constexpr std::string_view kDuration = "duration: 90s, 15m, 24h, 1d";
constexpr std::string_view kSymbols = "list of symbols";
constexpr std::string_view kOfEquity = "percentage of equity, as 10%";
constexpr std::string_view kSize = "SEC 15c3-5(c)(1)(ii), RTS 6 Art. 15(1), FIA";
constexpr std::string_view kCredit = "SEC 15c3-5(c)(1)(i), RTS 6 Art. 15(4)";

using L = RiskLimits;

using enum OnBreach;
using enum Overriding;
constexpr Resend kAsked = Resend::kAsked;
constexpr Resend kCountedOnce = Resend::kNotAsked;
constexpr InLive kBuiltIn = InLive::kNotAsked;
constexpr InLive kValue = InLive::kValue;
constexpr InLive kMayBeOff = InLive::kMayBeOff;

// One rule in four lines: name, key, unit; meaning; source, breach, live, override, resend; checks.
// clang-format off
constexpr Rule kRules[] = {
    {"trading_state", "", "",
     "HALTED sends nothing; REDUCE_ONLY only orders towards a position of zero; SELL_ONLY only "
     "sales of what is held.",
     "RTS 6 Art. 12, FIA", kByState, kBuiltIn, kNever, kAsked,
     {.order = state_allows_order, .exit = halted_at_gate, .start = halted_at_start}, nullptr},
    {"duplicate_order", "", "",
     "A batch has one order of a symbol, side and leg.",
     "SEC 15c3-5(c)(1)(ii)", kSkipOrder, kBuiltIn, kNever, kCountedOnce,
     {.order = duplicate_order}, nullptr},
    {"conservation", "", "",
     "All attempts of an order together never ask for more than the plan does.",
     "SEC 34-70694 (Knight)", kSkipOrder, kBuiltIn, kNever, kCountedOnce,
     {.exit = conservation}, nullptr},
    {"cash", "", "",
     "A buy may cost no more than the cash that is free; margin is not used.",
     kCredit, kSkipOrder, kBuiltIn, kNever, kCountedOnce,
     {.exit = cash_at_gate}, nullptr},
    {"allow_short", "weights.allow_short", kBool,
     "False: no more is sold than is held less what open sales sell already.",
     "SEC 15c3-5(c)(2)(i), Reg SHO", kSkipOrder, kBuiltIn, kNever, kCountedOnce,
     {.order = allow_short}, shorts},
    {"reject_if_price_missing", "risk.reject_if_price_missing", kBool,
     "Orders need a market price; true refuses a whole plan in which one is missing, false skips "
     "the name.",
     "data integrity", kSkipOrder, kValue, kNever, kAsked,
     {.order = price_present}, plain<&L::reject_if_price_missing>, "false"},
    {"restricted_symbols", "risk.restricted_symbols", kSymbols,
     "Never traded, neither bought nor sold.",
     "SEC 15c3-5(c)(2)(ii)", kSkipOrder, kMayBeOff, kNever, kCountedOnce,
     {.order = restricted_symbols}, plain<&L::restricted_symbols>, "none"},
    {"universe", "risk.universe", kSymbols,
     "Nothing else is traded.",
     "SEC 15c3-5(c)(2)(ii)", kSkipOrder, kMayBeOff, kNever, kCountedOnce,
     {.order = universe}, plain<&L::universe>, "all"},
    {"allowed_types", "risk.allowed_types", "list of market, limit, bracket",
     "Order types that may leave.",
     "FIA", kSkipOrder, kValue, kNever, kCountedOnce,
     {.order = allowed_types}, plain<&L::allowed_types>, "all"},
    {"allowed_tif", "risk.allowed_tif", "list of DAY, GTC",
     "Times in force that may leave.",
     "FIA", kSkipOrder, kValue, kNever, kCountedOnce,
     {.order = allowed_tif}, plain<&L::allowed_tif>, "all"},
    {"max_share_per_order", "risk.max_share_per_order", "shares",
     "Largest quantity of one order.",
     kSize, kSkipOrder, kValue, kOnce, kCountedOnce,
     {.order = max_share_per_order}, plain<&L::max_share_per_order>},
    {"max_notional_per_order", "risk.max_notional_per_order", kUsd,
     "Largest value of one order; at the gate at the price of that moment.",
     kSize, kSkipOrder, kValue, kOnce, kCountedOnce,
     {.order = max_notional_per_order}, plain<&L::max_notional_per_order>},
    {"price_tolerance_pct", "risk.price_tolerance_pct", "percent points (1.0 = 1 %)",
     "How far the market may have moved from the price of the plan.",
     "RTS 6 Art. 15(1)(a)", kSkipOrder, kValue, kOnce, kAsked,
     {.order = price_tolerance}, percent<&L::price_tolerance>},
    {"max_quote_age", "risk.max_quote_age", kDuration,
     "Oldest price that an order may leave on; at planning that is planning.max_price_age.",
     "RTS 6 Art. 15(1)(a)", kSkipOrder, kMayBeOff, kOnce, kAsked,
     {.exit = max_quote_age}, seconds<&L::max_quote_age_seconds>},
    {"max_prev_close_move_pct", "risk.max_prev_close_move_pct", "percentage, as 20%",
     "How far the price may be from the previous close: beyond, the data is doubted.",
     kSize, kSkipOrder, kMayBeOff, kOnce, kAsked,
     {.order = max_prev_close_move}, percent<&L::max_prev_close_move>},
    {"max_adv_pct", "risk.max_adv_pct", "percentage of the volume, as 5%",
     "Largest order as a part of the average daily volume of 20 sessions.",
     "FIA", kSkipOrder, kMayBeOff, kOnce, kCountedOnce,
     {.order = max_adv}, percent<&L::max_adv>},
    {"require_etb", "risk.require_etb", kBool,
     "Only what is easy to borrow is sold short.",
     "SEC 15c3-5(c)(2)(i), Reg SHO", kSkipOrder, kValue, kNever, kCountedOnce,
     {.order = require_etb}, plain<&L::require_etb>, "false"},
    {"max_executions_per_symbol_per_day", "risk.max_executions_per_symbol_per_day", kOrders,
     "How many orders of one symbol may leave on one trading day.",
     "RTS 6 Art. 15(3)", kSkipOrder, kMayBeOff, kOnce, kCountedOnce,
     {.order = max_executions_per_symbol}, plain<&L::max_executions_per_symbol>},
    {"max_attempts_per_intent", "risk.max_attempts_per_intent", "attempts",
     "How often one order of a plan may be tried again after it ended unfilled.",
     "RTS 6 Art. 15(3)", kSkipOrder, kValue, kOnce, kCountedOnce,
     {.exit = max_attempts}, plain<&L::max_attempts>},
    {"max_position_notional", "risk.max_position_notional", kUsd,
     "Largest position of one symbol, open orders included; orders towards zero pass.",
     "RTS 6 Art. 15(4)", kSkipOrder, kValue, kOnce, kCountedOnce,
     {.order = max_position_notional}, plain<&L::max_position_notional>},
    {"max_weight_pct", "risk.max_weight_pct", kOfEquity,
     "Largest position of one symbol, open orders included; orders towards zero pass.",
     "RTS 6 Art. 15(4)", kSkipOrder, kMayBeOff, kOnce, kCountedOnce,
     {.order = max_weight}, percent<&L::max_weight>},
    {"max_total_notional", "risk.max_total_notional", kUsd,
     "Largest value of all orders of a batch, buys plus sells.",
     kCredit, kRefuseBatch, kValue, kOnce, kCountedOnce,
     {.batch = max_total_notional, .exit = total_notional_at_gate}, plain<&L::max_total_notional>},
    {"min_cash_buffer_pct", "risk.min_cash_buffer_pct", "fraction of equity (0.05 = 5 %)",
     "What is never invested.",
     kCredit, kRefuseBatch, kValue, kOnce, kCountedOnce,
     {.batch = min_cash_buffer}, percent<&L::min_cash_buffer>},
    {"max_gross_pct", "risk.max_gross_pct", kOfEquity,
     "Largest sum of all positions without their sign; what makes it smaller passes.",
     kCredit, kRefuseBatch, kMayBeOff, kOnce, kCountedOnce,
     {.batch = max_gross, .exit = gross_at_gate}, percent<&L::max_gross>},
    {"max_net_pct", "risk.max_net_pct", kOfEquity,
     "Largest sum of all positions, shorts subtracted; what makes it smaller passes.",
     kCredit, kRefuseBatch, kMayBeOff, kOnce, kCountedOnce,
     {.batch = max_net, .exit = net_at_gate}, percent<&L::max_net>},
    {"max_sector_pct", "risk.max_sector_pct", kOfEquity,
     "Largest sum of all positions of one sector; what makes it smaller passes.",
     kCredit, kRefuseBatch, kMayBeOff, kOnce, kCountedOnce,
     {.batch = max_sector, .exit = sector_at_gate}, percent<&L::max_sector>},
    {"max_daily_notional", "risk.max_daily_notional", kUsd,
     "Largest value of all orders that leave on one trading day.",
     "SEC 15c3-5(c)(1)(i), \"over a short period\"", kRefuseBatch, kValue, kOnce, kCountedOnce,
     {.batch = max_daily_notional, .exit = daily_notional_at_gate}, plain<&L::max_daily_notional>},
    {"max_daily_orders", "risk.max_daily_orders", kOrders,
     "How many orders may leave on one trading day.",
     "SEC 15c3-5(c)(1)(i), RTS 6 Art. 15(1)(d)", kRefuseBatch, kValue, kOnce, kCountedOnce,
     {.batch = max_daily_orders, .exit = daily_orders_at_gate}, plain<&L::max_daily_orders>},
    {"max_open_notional", "risk.max_open_notional", kUsd,
     "Largest value of all orders that are open or in doubt at once.",
     "RTS 6 Art. 15(4)", kRefuseBatch, kMayBeOff, kOnce, kCountedOnce,
     {.batch = max_open_notional, .exit = open_notional_at_gate}, plain<&L::max_open_notional>},
    {"max_open_orders", "risk.max_open_orders", kOrders,
     "How many orders may be open or in doubt at once.",
     "RTS 6 Art. 15(4)", kRefuseBatch, kMayBeOff, kOnce, kCountedOnce,
     {.batch = max_open_orders, .exit = open_orders_at_gate}, plain<&L::max_open_orders>},
    {"max_vs_last_batch_factor", "risk.max_vs_last_batch_factor", "factor, as 3",
     "A batch may trade so many times the median of the last batches; the first one always passes.",
     "FIA", kRefuseBatch, kMayBeOff, kOnce, kCountedOnce,
     {.batch = max_vs_last_batch}, factor},
    {"max_daily_loss_pct", "risk.max_daily_loss_pct", "percentage of equity at the day's start, as 3%",
     "A larger loss since the first look of the day halts.",
     "FIA", kHalt, kValue, kOnce, kCountedOnce,
     {.start = max_daily_loss}, percent<&L::max_daily_loss>},
    {"max_drawdown_pct", "risk.max_drawdown_pct", "percentage of the highest equity, as 20%",
     "A larger loss since the highest start of a day halts.",
     "FIA", kHalt, kValue, kOnce, kCountedOnce,
     {.start = max_drawdown}, percent<&L::max_drawdown>},
    {"trade_window", "risk.trade_window", "HH:MM-HH:MM, New York",
     "When orders may leave, both ends included.",
     "RTS 6", kRefuseRun, kMayBeOff, kOnce, kAsked,
     {.session = trade_window}, plain<&L::trade_window>},
    {"require_calendar_agreement", "risk.require_calendar_agreement", kBool,
     "True: nothing is sent on a day whose end the exchange and our calendar see differently.",
     "RTS 6", kRefuseRun, kValue, kNever, kAsked,
     {.session = require_calendar_agreement}, plain<&L::require_calendar_agreement>, "false"},
    {"max_reject_rate", "risk.max_reject_rate", "percentage of answers, as 20%",
     "More refusals than this halt, from the fifth answer of a batch on.",
     "FINRA 15-09", kHalt, kValue, kNever, kCountedOnce,
     {.tally = max_reject_rate}, percent<&L::max_reject_rate>},
    {"max_unknown", "risk.max_unknown", kOrders,
     "More orders of a batch with an unknown outcome at once halt.",
     "FINRA 15-09", kHalt, kValue, kNever, kCountedOnce,
     {.tally = max_unknown}, plain<&L::max_unknown>},
};
// clang-format on

}  // namespace

std::span<const Rule> rule_table() { return kRules; }

const Rule* find_rule(std::string_view name) {
  const auto* at = std::find_if(std::begin(kRules), std::end(kRules),
                                [name](const Rule& rule) { return rule.name == name; });
  return at == std::end(kRules) ? nullptr : at;
}

std::string limit_text(std::string_view name, const RiskLimits& limits) {
  const Rule* rule = find_rule(name);
  SB_CHECK(rule != nullptr && rule->value != nullptr);
  std::string text = rule->value(limits);
  return text.empty() ? std::string(rule->absent) : text;
}

}  // namespace signalbus::risk
