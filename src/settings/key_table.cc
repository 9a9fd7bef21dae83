// The table of keys: what `config show` prints and docs/configuration.md is made of.
#include <array>

#include "risk/rules.h"
#include "settings/describe.h"

namespace signalbus::settings {
namespace {

std::string yes_no(bool value) { return value ? "true" : "false"; }
std::string or_none(const std::string& value) { return value.empty() ? "not set" : value; }

std::string percent(Ratio ratio) { return format_scaled(ratio.raw(), Ratio::kDecimals - 2) + "%"; }
std::string percent(const std::optional<Ratio>& ratio, const char* absent) {
  return ratio ? percent(*ratio) : absent;
}
std::string number(const std::optional<double>& value, const char* absent) {
  return value ? format_double(*value) : absent;
}
std::string count(const std::optional<std::int64_t>& value, const char* absent) {
  return value ? std::to_string(*value) : absent;
}
std::string seconds(const std::optional<std::int64_t>& value) {
  return value ? std::to_string(*value) + "s" : "not limited";
}

template <std::size_t N, class E>
std::string word(const std::array<const char*, N>& words, E value) {
  return words.at(static_cast<std::size_t>(value));
}
std::string on_failure(const StagePolicy& stage) {
  return word(std::array{"stop", "skip", "last_good", "halt"}, stage.on_failure);
}
std::string timeout(const StagePolicy& stage) {
  return count(stage.timeout_seconds, "not limited");
}

std::string time_text(TimeOfDay time) {
  const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return two(time.hour) + ":" + two(time.minute);
}
std::string weekday_text(int weekday) {
  return word(
      std::array{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"},
      weekday);
}
std::string blend_text(const M1Settings& m1) {
  std::string out;
  for (const auto& [id, weight] : m1.blend) {
    out += (out.empty() ? "" : ", ") + id.get() + ": " + format_double(weight);
  }
  return or_none(out);
}
std::string names_text(const std::set<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out.empty() ? "none" : out;
}
std::string list_text(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out.empty() ? "none" : out;
}
std::string thresholds_text(const AnalyticsSettings& analytics) {
  std::string out;
  for (const RiskThreshold& t : analytics.risk_thresholds) {
    out += (out.empty() ? "" : ", ") + t.metric + ": warn " + format_double(t.warn) +
           ", critical " + format_double(t.critical);
  }
  return out.empty() ? "none" : out;
}
std::string bracket(const Settings& s, bool profit) {
  const auto& b = s.planning.bracket_on_buy;
  return b ? percent(profit ? b->take_profit : b->stop_loss) : "not set";
}
std::string collar_bps(const Settings& s) {
  const bool limit = s.planning.order_type == OrderType::kLimit;
  return limit ? std::to_string(s.planning.collar.raw() / 100'000) : "not set";
}
std::string secret(const Secret& secret) { return or_none(secret.masked()); }
/// The account a URL belongs to is often part of it, so only that it is set is shown.
std::string sealed(const std::string& url) { return url.empty() ? "not set" : "***"; }

#define SB_VALUE(expression) [](const Settings& s) -> std::string { return expression; }

constexpr std::string_view kPath = "path";
constexpr std::string_view kBool = "true or false";
constexpr std::string_view kText = "text";
constexpr std::string_view kSecret = "secret: ${NAME} or file:PATH";
constexpr std::string_view kSeconds = "seconds, 1 to 86400";
constexpr std::string_view kStageWord = "stop";
constexpr std::string_view kOnFailure =
    "What a failure of this stage means: those after it that need it do not run.";
constexpr std::string_view kTimeout = "How long the stage may take before it counts as failed.";
constexpr std::string_view kDuration = "duration: 90s, 15m, 24h, 1d";

const KeyRow kRows[] = {
    {"mapping.file", kPath, "The table from asset ids to symbols.", SB_VALUE(s.mapping.file)},
    {"mapping.id_column", kText, "Its column with the asset ids of the strategy files.",
     SB_VALUE(s.mapping.id_column)},
    {"mapping.symbol_column", kText, "Its column with the symbols to trade.",
     SB_VALUE(s.mapping.symbol_column)},
    {"alpaca.key_id", kSecret, "The API key; APCA_API_KEY_ID in the environment wins over it.",
     SB_VALUE(secret(s.alpaca.key_id))},
    {"alpaca.secret", kSecret, "Its secret; APCA_API_SECRET_KEY in the environment wins over it.",
     SB_VALUE(secret(s.alpaca.secret))},
    {"alpaca.trading_endpoint", "URL",
     "Where orders go; APCA_API_BASE_URL in the environment wins over it.",
     SB_VALUE(s.alpaca.trading_endpoint)},
    {"alpaca.data_endpoint", "URL",
     "Where prices come from; APCA_API_DATA_URL in the environment wins over it.",
     SB_VALUE(s.alpaca.data_endpoint)},
    {"alpaca.data_feed", "iex, sip, delayed_sip, boats, overnight, otc",
     "Which market data prices come from; sip needs a subscription.", SB_VALUE(s.alpaca.data_feed)},
    {"alpaca.environment", "paper, live",
     "Real money moves only when this says live and so does the mode.",
     SB_VALUE(word(std::array{"paper", "live"}, s.alpaca.environment))},
    {"alpaca.account_id", kText, "When set, any other account is refused.",
     SB_VALUE(or_none(s.alpaca.account_id))},
    {"alpaca.requests_per_minute", "requests, 10 to 1000000",
     "What Alpaca allows the account, all of which is used; 200 unless it is subscribed to more.",
     SB_VALUE(std::to_string(s.alpaca.requests_per_minute))},
    {"scheduler.time", "HH:MM, New York", "When a scheduled run starts.",
     SB_VALUE(time_text(s.scheduler.time))},
    {"scheduler.schedule", "daily, weekly, monthly", "On which days a scheduled run starts.",
     SB_VALUE(word(std::array{"daily", "weekly", "monthly"}, s.scheduler.schedule))},
    {"scheduler.weekday", "monday to friday", "The day of a weekly schedule.",
     SB_VALUE(weekday_text(s.scheduler.weekday))},
    {"scheduler.month_day", "1 to 28, or last", "The day of a monthly schedule.",
     SB_VALUE(s.scheduler.month_day < 0 ? "last" : std::to_string(s.scheduler.month_day))},
    {"scheduler.skip_weekends", kBool, "Never start on a Saturday or Sunday.",
     SB_VALUE(yes_no(s.scheduler.skip_weekends))},
    {"scheduler.m1.mode", "select, blend", "One strategy, or a mix of several.",
     SB_VALUE(word(std::array{"select", "blend"}, s.scheduler.m1.mode))},
    {"scheduler.m1.pick", "strategy id",
     "The strategy of mode select; may be absent when the manifest has only one.",
     SB_VALUE(s.scheduler.m1.pick ? s.scheduler.m1.pick->get() : "not set")},
    {"scheduler.m1.blend", "map of strategy id to weight",
     "The mix of mode blend: weights above 0, scaled to sum 1.",
     SB_VALUE(blend_text(s.scheduler.m1))},
    {"scheduler.m1.on_failure", "stop, last_good",
     "What a failure of this stage means: stop the run, or use the newest earlier targets.",
     SB_VALUE(on_failure(s.scheduler.m1.stage))},
    {"scheduler.m1.timeout_seconds", kSeconds, kTimeout, SB_VALUE(timeout(s.scheduler.m1.stage))},
    {"scheduler.m2.equity", "USD",
     "What the plan is made for; in sim, paper and live the account says it.",
     SB_VALUE(s.scheduler.m2.equity ? s.scheduler.m2.equity->text() : "not set")},
    {"scheduler.m2.fetch_real_prices", kBool, "Take prices from market data instead of a file.",
     SB_VALUE(yes_no(s.scheduler.m2.fetch_real_prices))},
    {"scheduler.m2.price_source", "snapshot, latest, file",
     "Which prices; snapshot by default when real prices are fetched.",
     SB_VALUE(word(std::array{"snapshot", "latest", "file"}, s.scheduler.m2.price_source))},
    {"scheduler.m2.prices", kPath, "The price file (symbol,price[,asof]).",
     SB_VALUE(or_none(s.scheduler.m2.prices))},
    {"scheduler.m2.positions", kPath,
     "What is held before the run; when absent, the newest end-of-day positions.",
     SB_VALUE(or_none(s.scheduler.m2.positions))},
    {"scheduler.m2.on_failure", kStageWord, kOnFailure, SB_VALUE(on_failure(s.scheduler.m2.stage))},
    {"scheduler.m2.timeout_seconds", kSeconds, kTimeout, SB_VALUE(timeout(s.scheduler.m2.stage))},
    {"scheduler.m4.mode", "dry, sim, paper, live", "Where orders go; dry touches no broker.",
     SB_VALUE(std::string(to_text(s.scheduler.m4.mode)))},
    {"scheduler.m4.run", kBool, "False writes the plan and executes nothing.",
     SB_VALUE(yes_no(s.scheduler.m4.run))},
    {"scheduler.m4.on_failure", kStageWord, kOnFailure, SB_VALUE(on_failure(s.scheduler.m4.stage))},
    {"scheduler.m4.timeout_seconds", kSeconds, kTimeout, SB_VALUE(timeout(s.scheduler.m4.stage))},
    {"scheduler.m5.source", "logs, broker", "What the plan is compared with.",
     SB_VALUE(word(std::array{"logs", "broker"}, s.scheduler.m5.source))},
    {"scheduler.m5.run", kBool, "Reconcile after the execution.",
     SB_VALUE(yes_no(s.scheduler.m5.run))},
    {"scheduler.m5.on_failure", "stop, skip",
     "What a failure of this stage means: the run fails, or counts as done without it.",
     SB_VALUE(on_failure(s.scheduler.m5.stage))},
    {"scheduler.m5.timeout_seconds", kSeconds, kTimeout, SB_VALUE(timeout(s.scheduler.m5.stage))},
    {"scheduler.m6.run", kBool, "Analytics after the reconciliation: profit, risk, dashboard.",
     SB_VALUE(yes_no(s.scheduler.m6.run))},
    {"scheduler.m6.on_failure", "stop, skip",
     "What a failure of this stage means: the run fails, or counts as done without it.",
     SB_VALUE(on_failure(s.scheduler.m6.stage))},
    {"scheduler.m6.timeout_seconds", kSeconds, kTimeout, SB_VALUE(timeout(s.scheduler.m6.stage))},
    {"execution.out_orders", kPath, "Where the planned orders are written.",
     SB_VALUE(s.execution.out_orders)},
    {"execution.out_plan", kPath, "Where the rebalance plan is written.",
     SB_VALUE(s.execution.out_plan)},
    {"execution.time_in_force", "DAY, GTC",
     "How long an order stays open; GTC is for whole shares.",
     SB_VALUE(std::string(to_text(s.planning.time_in_force)))},
    {"execution.quantity_decimals", "0 to 9", "Orders are cut to this many decimals of a share.",
     SB_VALUE(std::to_string(s.planning.quantity_decimals))},
    {"execution.min_order_notional", "USD", "Smaller orders are skipped; full exits are exempt.",
     SB_VALUE(s.planning.min_order_notional.text())},
    {"execution.order_type", "market, limit",
     "Market orders, or limits around the reference price.",
     SB_VALUE(s.planning.order_type == OrderType::kLimit ? "limit" : "market")},
    {"execution.collar_bps", "basis points, 1 to 2000",
     "How far a limit may be from the reference price: 50 is 0.5 %.", SB_VALUE(collar_bps(s))},
    {"execution.mode_on_buy", "simple, bracket",
     "Bracket buys carry a take profit and a stop loss, in whole shares.",
     SB_VALUE(s.planning.bracket_on_buy ? "bracket" : "simple")},
    {"execution.tp_pct", "fraction of the price",
     "Take profit of a bracket above the reference price: 0.02 is 2 %.",
     SB_VALUE(bracket(s, true))},
    {"execution.sl_pct", "fraction of the price",
     "Stop loss of a bracket below the reference price: 0.02 is 2 %.", SB_VALUE(bracket(s, false))},
    {"execution.max_orders", "orders", "At most this many orders in a plan, sells first.",
     SB_VALUE(s.planning.max_orders ? std::to_string(*s.planning.max_orders) : "not limited")},
    {"execution.plan_max_age", kDuration,
     "`execute` refuses a plan made longer ago, beyond mode dry.",
     SB_VALUE(seconds(s.execution.plan_max_age_seconds))},
    {"execution.settle_seconds", "seconds, 0 to 600",
     "How long after the last request an unknown order may still show up.",
     SB_VALUE(std::to_string(s.execution.settle_seconds))},
    {"execution.grace_seconds", "seconds, 0 to 600",
     "How long after a cancel or an expiry late executions are waited for.",
     SB_VALUE(std::to_string(s.execution.grace_seconds))},
    {"execution.fill_wait_seconds", "seconds, 1 to 86400",
     "How long sells, and then buys, may take to fill; what is open after the buys is canceled.",
     SB_VALUE(std::to_string(s.execution.fill_wait_seconds))},
    {"execution.end_wait_seconds", "seconds, 0 to 3600",
     "How long canceled and unknown orders may take to end; then the next run goes on.",
     SB_VALUE(std::to_string(s.execution.end_wait_seconds))},
    {"execution.poll_seconds", "seconds, 1 to 60",
     "How often the broker is asked while orders are open and no stream tells of changes.",
     SB_VALUE(std::to_string(s.execution.poll_seconds))},
    {"execution.close_guard_seconds", "seconds, 0 to 3600",
     "No new order is sent this shortly before the close.",
     SB_VALUE(std::to_string(s.execution.close_guard_seconds))},
    {"planning.foreign_positions", "auto, keep, sell, refuse",
     "Holdings without a target: auto sells ours and keeps those only the broker knows.",
     SB_VALUE(word(std::array{"auto", "keep", "sell", "refuse"}, s.planning.foreign_positions))},
    {"planning.band.absolute", "fraction of the portfolio",
     "Smaller deviations are not traded: 0.005 is half a percent point.",
     SB_VALUE(percent(s.planning.band.absolute, "off"))},
    {"planning.band.relative", "fraction of the target",
     "Smaller deviations are not traded: 0.25 is a quarter of the target.",
     SB_VALUE(percent(s.planning.band.relative, "off"))},
    {"planning.band.trade_to", "target, edge",
     "Outside the band, trade to the target or only to the edge of the band.",
     SB_VALUE(s.planning.band.trade_to_edge ? "edge" : "target")},
    {"planning.max_turnover", "fraction of equity",
     "One-way turnover of a plan; above it all orders shrink by one factor.",
     SB_VALUE(percent(s.planning.max_turnover, "not limited"))},
    {"planning.min_coverage", "fraction of the target weight",
     "A plan with less of it mapped and priced is refused.",
     SB_VALUE(percent(s.planning.min_coverage))},
    {"planning.max_price_age", kDuration, "Names with an older price are skipped.",
     SB_VALUE(seconds(s.planning.max_price_age_seconds))},
    {"planning.allow_liquidation", kBool, "Empty targets may sell everything.",
     SB_VALUE(yes_no(s.planning.allow_liquidation))},
    {"signals.date_match", "latest, exact",
     "The newest signal on or before the run date, or only its own.",
     SB_VALUE(word(std::array{"latest", "exact"}, s.signals.date_match))},
    {"signals.rescale_limit", "fraction",
     "A sum of weights further than this from 1 is refused as a unit mistake.",
     SB_VALUE(format_double(s.signals.rescale_limit))},
    {"signals.max_turnover", "fraction, one-way",
     "A strategy that changes more since its last signal is quarantined.",
     SB_VALUE(number(s.signals.max_turnover, "not limited"))},
    {"signals.on_failure", "stop, drop, hold_sleeve",
     "When a strategy of a blend fails: stop, go on without it, or let it keep what it holds.",
     SB_VALUE(word(std::array{"stop", "drop", "hold_sleeve"}, s.signals.on_failure))},
    {"weights.allow_short", kBool, "Negative weights may be traded; refused otherwise.",
     SB_VALUE(yes_no(s.weights.allow_short))},
    {"weights.allow_cash", kBool, "Sums below 1 stay as they are; scaled to 1 otherwise.",
     SB_VALUE(yes_no(s.weights.allow_cash))},
    {"weights.max_gross", "fraction of the portfolio",
     "Largest sum of absolute weights with shorts.", SB_VALUE(format_double(s.weights.max_gross))},
    {"weights.max_weight", "fraction of the portfolio",
     "Cap of one name; the excess goes to the others.",
     SB_VALUE(number(s.weights.max_weight, "not limited"))},
    {"weights.blacklist", "list of asset ids or symbols", "Names that are never held.",
     SB_VALUE(names_text(s.weights.blacklist))},
    {"risk.on_order_breach", "skip, refuse_plan",
     "An order above a limit is skipped, or refuses the whole plan.",
     SB_VALUE(word(std::array{"skip", "refuse_plan"}, s.risk.on_order_breach))},
    {"risk.sectors_file", "path", "The sector of each symbol (columns symbol, sector).",
     SB_VALUE(or_none(s.sectors_file))},
    {"risk.max_clock_skew", kDuration, "Largest difference between our clock and the broker's.",
     SB_VALUE(std::to_string(s.alpaca.clock_skew_max_seconds) + "s")},
    {"idempotency.enable_client_order_id", kBool,
     "Always true: without it a re-run could double orders.",
     SB_VALUE((static_cast<void>(s), "true"))},
    {"idempotency.client_order_id_prefix", "1 to 16 of A-Z a-z 0-9",
     "First part of every order id we send.", SB_VALUE(s.idempotency.client_order_id_prefix)},
    {"analytics.benchmark", "symbol", "What returns are compared with.",
     SB_VALUE(or_none(s.analytics.benchmark))},
    {"analytics.benchmark_weights", "path",
     "What the benchmark is made of (columns date, symbol, weight[, sector]): docs/analytics.md.",
     SB_VALUE(or_none(s.analytics.benchmark_weights))},
    {"analytics.factors", "path",
     "Daily returns of factors (columns date and one per factor): docs/analytics.md.",
     SB_VALUE(or_none(s.analytics.factors))},
    {"analytics.risk_free_rate", "fraction per year (0.02 = 2 %)",
     "Subtracted from returns in the ratios.", SB_VALUE(percent(s.analytics.risk_free_rate))},
    {"analytics.risk_thresholds.*", "number, or {warn, critical}",
     "When a metric alerts; one number is critical, and 80 % of it warns.",
     SB_VALUE(thresholds_text(s.analytics))},
    {"analytics.alerts.email", "address", "Who gets the alerts, unless notify.smtp.to says.",
     SB_VALUE(or_none(s.analytics.alert_email))},
    {"analytics.alerts.slack_webhook", kSecret, "Where alerts are posted.",
     SB_VALUE(secret(s.analytics.alert_slack_webhook))},
    {"analytics.alerts.start_set", kBool, "The rules of docs/alerts.md are there.",
     SB_VALUE(yes_no(s.analytics.start_set))},
    {"analytics.alerts.rules.*", "off, or {metric, scope, op, warn, critical, ...}",
     "Changes a rule of the start set, or adds one: docs/alerts.md.",
     SB_VALUE(std::to_string(s.analytics.alert_rules.size()) + " rules in all")},
    {"notify.smtp.host", "host name", "Mail server; setting it turns e-mail on.",
     SB_VALUE(or_none(s.notify.smtp.host))},
    {"notify.smtp.port", "1 to 65535", "Its port.", SB_VALUE(std::to_string(s.notify.smtp.port))},
    {"notify.smtp.user", kText, "Account at the mail server.",
     SB_VALUE(or_none(s.notify.smtp.user))},
    {"notify.smtp.password", kSecret, "Its password.", SB_VALUE(secret(s.notify.smtp.password))},
    {"notify.smtp.from", "address", "Sender.", SB_VALUE(or_none(s.notify.smtp.from))},
    {"notify.smtp.to", "address", "Recipient.", SB_VALUE(or_none(s.notify.smtp.to))},
    {"notify.smtp.tls", "starttls, implicit, none",
     "How the connection is secured; none only to this machine.",
     SB_VALUE(word(std::array{"starttls", "implicit", "none"}, s.notify.smtp.tls))},
    {"notify.sms.url", "URL", "SMS gateway; setting it turns SMS on.",
     SB_VALUE(or_none(s.notify.sms.url))},
    {"notify.sms.account", kText, "Account at the gateway.",
     SB_VALUE(or_none(s.notify.sms.account))},
    {"notify.sms.token", kSecret, "Its token.", SB_VALUE(secret(s.notify.sms.token))},
    {"notify.sms.from", "number", "Sender.", SB_VALUE(or_none(s.notify.sms.from))},
    {"notify.sms.to", "number", "Recipient.", SB_VALUE(or_none(s.notify.sms.to))},
    {"notify.slack.webhook", kSecret, "Where messages are posted.",
     SB_VALUE(secret(s.notify.slack_webhook))},
    {"notify.webhook.url", "URL", "Where events are posted as JSON.",
     SB_VALUE(sealed(s.notify.webhook.url))},
    {"notify.webhook.secret", kSecret, "Signs the body.",
     SB_VALUE(secret(s.notify.webhook.secret))},
    {"notify.dead_man.url", kSecret, "Fetched after every run that went well.",
     SB_VALUE(secret(s.notify.dead_man))},
    {"notify.heartbeat", "daily, off", "A message a day even when nothing happened; not by SMS.",
     SB_VALUE(s.notify.heartbeat ? "daily" : "off")},
    {"notify.max_per_day", "1 to 10000", "Messages of a channel a day; critical ones always go.",
     SB_VALUE(std::to_string(s.notify.max_per_day))},
    {"notify.give_up_after", kDuration, "A message that no attempt brought there by then is lost.",
     SB_VALUE(std::to_string(s.notify.give_up_seconds) + "s")},
    {"notify.allow_private", "list of host:port",
     "Hosts in a private network, or on this machine, that may be called.",
     SB_VALUE(list_text(s.notify.allow_private))},
    {"notify.ca_file", kPath, "Certificates (PEM) believed besides the system's.",
     SB_VALUE(or_none(s.notify.ca_file))},
    {"sim.prices", kPath, "Prices of the embedded exchange: static, or a daily history.",
     SB_VALUE(or_none(s.sim.prices))},
    {"sim.cash", "USD", "What an account opens with.", SB_VALUE(s.sim.cash.text())},
    {"sim.clock", "open, wall, DATE[@SPEED]", "The clock of the embedded exchange.",
     SB_VALUE(s.sim.clock)},
    {"sim.faults", kPath, "Fault script.", SB_VALUE(or_none(s.sim.faults))},
    {"sim.seed", "integer", "Of everything random in the exchange.",
     SB_VALUE(std::to_string(s.sim.seed))},
    {"sim.actions", kPath, "Splits and dividends.", SB_VALUE(or_none(s.sim.actions))},
    {"sim.transport", "http, direct", "How orders reach the embedded exchange.",
     SB_VALUE(word(std::array{"http", "direct"}, s.sim.transport))},
};

#undef SB_VALUE

/// The limits come from the table of rules, in front of the rest of their block.
std::vector<KeyRow> make_rows() {
  std::vector<KeyRow> rows;
  for (const KeyRow& row : kRows) {
    if (row.key == "risk.on_order_breach") {
      for (const risk::Rule& rule : risk::rule_table()) {
        if (!rule.key.starts_with("risk.")) continue;
        rows.push_back({rule.key, rule.unit, rule.meaning, [name = rule.name](const Settings& s) {
                          return risk::limit_text(name, s.risk);
                        }});
      }
    }
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

std::span<const KeyRow> key_table() {
  static const std::vector<KeyRow> rows = make_rows();
  return rows;
}

}  // namespace signalbus::settings
