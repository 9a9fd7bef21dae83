// The `risk:` block: every limit of the table in risk/rules.cc. `off` stands for no limit.
#include <set>

#include "core/text.h"
#include "risk/rules.h"
#include "settings/parse.h"

namespace signalbus::settings {
namespace {

using risk::MaybeLimit;
using Integers = formats::YamlReader::Range;

constexpr Ratio kHalf = Ratio::from_raw(500'000'000);
constexpr std::int64_t kOrdersMax = 1'000'000;
constexpr std::int64_t kPercentMax = 100;
constexpr std::int64_t kAttemptsMax = 100;
constexpr std::int64_t kExposurePercentMax = 1'000;

/// Percent points: 1.0 and `1%` are both one percent. Below 0.05 a fraction was likely meant.
std::optional<Ratio> read_percent_points(Block& block, const std::string& key) {
  const std::string text = block.text(key, "1");
  const bool explicit_percent = text.ends_with('%');
  const std::optional<double> number = parse_number(text);
  if (!number) {  // not even a number: the usual words
    block.number(key, 0, 100);
    return std::nullopt;
  }
  const double percent = explicit_percent ? *number * 100 : *number;
  if (!block.has(key)) return std::nullopt;
  if (percent <= 0 || percent > 100) {
    block.refuse(key, "was " + quoted(text) +
                          "; write percent points above 0 and up to 100, as 1.0 "
                          "or 1% for one percent");
    return std::nullopt;
  }
  if (!explicit_percent && percent < 0.05) {
    block.refuse(key, "was " + text + ", which is " + text +
                          " percent, since this key is in percent points; write " + text +
                          "% if that is meant, or " + format_double(percent * 100) + "%");
    return std::nullopt;
  }
  std::string_view digits = text;
  if (explicit_percent) digits.remove_suffix(1);
  const Result<std::int64_t> raw = parse_scaled64(digits, Ratio::kDecimals - 2, Rounding::kExact);
  if (raw.ok()) return Ratio::from_raw(raw.value());
  block.refuse(key, raw.error().message);
  return std::nullopt;
}

/// The limit at `key`, read by `read` unless it is off or absent.
template <class T, class Read>
void read_limit(Block& block, const std::string& key, MaybeLimit<T>& out, Read read) {
  if (block.is_off(key)) return;
  const std::optional<T> value = read();
  if (value) out = risk::Limit<T>{.value = *value, .origin = block.origin(key)};
}

void read_money(Block& block, const std::string& key, MaybeLimit<Money>& out) {
  read_limit(block, key, out, [&] { return block.money(key); });
}
void read_count(Block& block, const std::string& key, Integers range,
                MaybeLimit<std::int64_t>& out) {
  read_limit(block, key, out, [&] { return block.integer(key, range); });
}
void read_seconds(Block& block, const std::string& key, MaybeLimit<std::int64_t>& out) {
  read_limit(block, key, out, [&] { return block.duration(key); });
}
void read_percentage(Block& block, const std::string& key, std::int64_t max,
                     MaybeLimit<Ratio>& out) {
  read_limit(block, key, out, [&] { return block.percentage(key, max); });
}
void read_flag(Block& block, const std::string& key, MaybeLimit<bool>& out) {
  const bool value = block.boolean(key, false);
  if (block.has(key)) out = risk::Limit<bool>{.value = value, .origin = block.origin(key)};
}

std::optional<std::set<Symbol>> read_symbols(Block& block, const std::string& key) {
  std::set<Symbol> out;
  for (const std::string& text : block.texts(key)) {
    const Result<Symbol> symbol = Symbol::parse(text);
    if (symbol.ok()) {
      out.insert(symbol.value());
    } else {
      block.refuse(key, symbol.error().message);
    }
  }
  return block.has(key) ? std::optional(std::move(out)) : std::nullopt;
}

/// A list of words, each standing for a value; never empty.
template <class T>
std::optional<std::set<T>> read_words(Block& block, const std::string& key,
                                      const Block::Choices<T>& choices) {
  std::set<T> out;
  std::string words;
  for (const auto& [word, value] : choices) {
    words += (words.empty() ? "" : ", ") + std::string(word);
  }
  for (const std::string& text : block.texts(key)) {
    const auto* at = std::find_if(choices.begin(), choices.end(),
                                  [&](const auto& choice) { return choice.first == text; });
    if (at == choices.end()) {
      block.refuse(key, "has " + quoted(text) + "; write a list of " + words);
    } else {
      out.insert(at->second);
    }
  }
  if (!block.has(key)) return std::nullopt;
  if (out.empty()) block.refuse(key, "allows nothing; write a list of " + words);
  return out;
}

std::optional<risk::TradeWindow> read_window(Block& block, const std::string& key) {
  const std::string text = block.text(key, "");
  if (!block.has(key)) return std::nullopt;
  const std::size_t dash = text.find('-');
  const Result<calendar::TimeOfDay> first =
      calendar::TimeOfDay::parse(std::string_view(text).substr(0, dash));
  const Result<calendar::TimeOfDay> last = calendar::TimeOfDay::parse(
      dash == std::string::npos ? "" : std::string_view(text).substr(dash + 1));
  if (first.ok() && last.ok() && first.value() < last.value()) {
    return risk::TradeWindow{first.value(), last.value()};
  }
  block.refuse(key,
               "was " + quoted(text) +
                   "; write two times of a day in New York, the earlier first, as 09:35-15:50");
  return std::nullopt;
}

std::optional<Ratio> read_factor(Block& block, const std::string& key) {
  constexpr std::int64_t kFactorMax = 1'000;
  const std::string text = block.text(key, "");
  if (!block.has(key)) return std::nullopt;
  const Result<Ratio> factor = Ratio::parse(text);
  if (factor.ok() && factor.value() >= Ratio::whole(1) &&
      factor.value() <= Ratio::whole(kFactorMax)) {
    return factor.value();
  }
  block.refuse(key, "was " + quoted(text) + "; write a factor from 1 to 1000, as 3 or 2.5");
  return std::nullopt;
}

/// The limits of one order.
void read_order_limits(Block& block, risk::RiskLimits& out) {
  const auto shares = [&] { return block.quantity("max_share_per_order"); };
  read_limit(block, "max_share_per_order", out.max_share_per_order, shares);
  read_money(block, "max_notional_per_order", out.max_notional_per_order);
  read_limit(block, "price_tolerance_pct", out.price_tolerance,
             [&] { return read_percent_points(block, "price_tolerance_pct"); });
  read_flag(block, "reject_if_price_missing", out.reject_if_price_missing);
  read_limit(block, "restricted_symbols", out.restricted_symbols,
             [&] { return read_symbols(block, "restricted_symbols"); });
  read_limit(block, "universe", out.universe, [&] { return read_symbols(block, "universe"); });
  read_limit(block, "allowed_types", out.allowed_types, [&] {
    return read_words<OrderType>(block, "allowed_types",
                                 {{"market", OrderType::kMarket},
                                  {"limit", OrderType::kLimit},
                                  {"bracket", OrderType::kBracket}});
  });
  read_limit(block, "allowed_tif", out.allowed_tif, [&] {
    return read_words<TimeInForce>(block, "allowed_tif",
                                   {{"DAY", TimeInForce::kDay}, {"GTC", TimeInForce::kGtc}});
  });
  read_seconds(block, "max_quote_age", out.max_quote_age_seconds);
  read_percentage(block, "max_prev_close_move_pct", kPercentMax, out.max_prev_close_move);
  read_percentage(block, "max_adv_pct", kPercentMax, out.max_adv);
  read_flag(block, "require_etb", out.require_etb);
  read_count(block, "max_executions_per_symbol_per_day", {1, kOrdersMax},
             out.max_executions_per_symbol);
  read_count(block, "max_attempts_per_intent", {1, kAttemptsMax}, out.max_attempts);
}

/// The limits of positions, batches, days and what is open.
void read_account_limits(Block& block, risk::RiskLimits& out) {
  read_money(block, "max_position_notional", out.max_position_notional);
  read_percentage(block, "max_weight_pct", kExposurePercentMax, out.max_weight);
  read_money(block, "max_total_notional", out.max_total_notional);
  const FractionRule buffer{.low = Ratio::zero(),
                            .high = kHalf,
                            .hint =
                                "this key is a fraction of equity, at most half of it: write 5% "
                                "or 0.05 for five percent"};
  read_limit(block, "min_cash_buffer_pct", out.min_cash_buffer,
             [&] { return block.fraction("min_cash_buffer_pct", buffer); });
  read_percentage(block, "max_gross_pct", kExposurePercentMax, out.max_gross);
  read_percentage(block, "max_net_pct", kExposurePercentMax, out.max_net);
  read_percentage(block, "max_sector_pct", kExposurePercentMax, out.max_sector);
  read_money(block, "max_daily_notional", out.max_daily_notional);
  read_count(block, "max_daily_orders", {1, kOrdersMax}, out.max_daily_orders);
  read_money(block, "max_open_notional", out.max_open_notional);
  read_count(block, "max_open_orders", {1, kOrdersMax}, out.max_open_orders);
  read_limit(block, "max_vs_last_batch_factor", out.max_vs_last_batch,
             [&] { return read_factor(block, "max_vs_last_batch_factor"); });
}

/// The limits of a run.
void read_run_limits(Block& block, risk::RiskLimits& out) {
  read_percentage(block, "max_daily_loss_pct", kPercentMax, out.max_daily_loss);
  read_percentage(block, "max_drawdown_pct", kPercentMax, out.max_drawdown);
  read_limit(block, "trade_window", out.trade_window,
             [&] { return read_window(block, "trade_window"); });
  read_flag(block, "require_calendar_agreement", out.require_calendar_agreement);
  read_percentage(block, "max_reject_rate", kPercentMax, out.max_reject_rate);
  read_count(block, "max_unknown", {0, kOrdersMax}, out.max_unknown);
}

/// Lists that would refuse every order of this very file.
void check_lists(Block& block, const Settings& out) {
  const planning::PlanPolicy& plan = out.planning;
  const auto allows = [&](const auto& limit, const auto& value, const char* key,
                          const std::string& word, const char* set_by) {
    if (!limit || limit->value.empty() || limit->value.contains(value)) return;
    block.refuse(
        key, "has not " + word + ", which " + set_by + " sends; add it, or change that setting");
  };
  const bool is_limit = plan.order_type == OrderType::kLimit;
  allows(out.risk.allowed_types, plan.order_type, "allowed_types", is_limit ? "limit" : "market",
         "execution.order_type");
  if (plan.bracket_on_buy) {
    allows(out.risk.allowed_types, OrderType::kBracket, "allowed_types", "bracket",
           "execution.mode_on_buy");
  }
  allows(out.risk.allowed_tif, plan.time_in_force, "allowed_tif",
         std::string(to_text(plan.time_in_force)), "execution.time_in_force");
}

}  // namespace

void read_risk(Block& root, Settings& out) {
  using risk::OnOrderBreach;
  Block block = root.map("risk");
  risk::RiskLimits& limits = out.risk;
  read_order_limits(block, limits);
  read_account_limits(block, limits);
  read_run_limits(block, limits);
  out.sectors_file = block.path("sectors_file", "");
  if (limits.max_sector && out.sectors_file.empty()) {
    block.refuse("max_sector_pct",
                 "needs to know sectors; set risk.sectors_file to a file of symbol,sector");
  }
  check_lists(block, out);
  limits.allow_short = out.weights.allow_short;
  limits.on_order_breach = block.choice<OnOrderBreach>(
      "on_order_breach",
      {{"skip", OnOrderBreach::kSkip}, {"refuse_plan", OnOrderBreach::kRefusePlan}},
      limits.on_order_breach);
  out.alpaca.clock_skew_max_seconds =
      block.duration("max_clock_skew").value_or(out.alpaca.clock_skew_max_seconds);
  if (limits.min_cash_buffer) out.planning.cash_buffer = limits.min_cash_buffer->value;
  out.planning.refuse_missing_price =
      limits.reject_if_price_missing && limits.reject_if_price_missing->value;
}

/// Real money is never traded without every limit stated.
void require_limits(const Settings& settings, std::vector<std::string>& problems) {
  for (const risk::Rule& rule : risk::rule_table()) {
    if (rule.in_live == risk::InLive::kNotAsked) continue;
    const std::string key(rule.key);
    const auto origin = settings.origins.find(key);
    const bool must_have_value = rule.in_live == risk::InLive::kValue;
    if (origin == settings.origins.end()) {
      problems.push_back(key + ": is not set; mode live needs every limit" +
                         (must_have_value ? "" : ", and this one may say off"));
    } else if (must_have_value && rule.value(settings.risk).empty()) {
      problems.push_back(origin->second + ": " + key + ": is off; mode live needs a value");
    }
  }
}

}  // namespace signalbus::settings
