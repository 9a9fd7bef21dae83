// The blocks analytics and notify: when a value alerts, and who is told.
#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "settings/parse.h"

namespace signalbus::settings {
namespace {

constexpr double kLargest = 1e9;
constexpr int kDaysMax = 3'650;

void check_url(Block& block, const std::string& key, const std::string& url) {
  const std::string problem = url.empty() ? "" : url_problem(url);
  if (!problem.empty()) block.refuse(key, problem);
}

bool is_metric(Block& block, const std::string& key, const std::string& metric) {
  if (alerts::find_metric(metric) != nullptr) return true;
  block.refuse(key, "unknown metric" + did_you_mean(metric, alerts::metric_ids()) +
                        "; docs/alerts.md lists them");
  return false;
}

using Rules = std::vector<alerts::Rule>;

void add_threshold(const std::string& metric, double critical, std::optional<double> warn,
                   AnalyticsSettings& out, Rules& threshold_rules) {
  alerts::Rule rule = alerts::threshold_rule(metric, critical, warn);
  out.risk_thresholds.push_back({.metric = metric, .warn = *rule.warn, .critical = critical});
  threshold_rules.push_back(std::move(rule));
}

void read_threshold(Block& block, const std::string& metric, AnalyticsSettings& out, Rules& rules) {
  const bool known = is_metric(block, metric, metric);
  if (!block.is_map(metric)) {
    const auto critical = block.number(metric, -kLargest, kLargest);
    if (critical && known) add_threshold(metric, *critical, std::nullopt, out, rules);
    return;
  }
  Block levels = block.map(metric);
  const auto warn = levels.number("warn", -kLargest, kLargest);
  const auto critical = levels.number("critical", -kLargest, kLargest);
  if (!levels.has("warn") || !levels.has("critical")) {
    block.refuse(metric, "needs warn and critical, or one number for critical");
  }
  if (!warn || !critical || !known) return;
  if (std::signbit(*warn) != std::signbit(*critical) && *warn != 0 && *critical != 0) {
    block.refuse(metric, "warn and critical must have the same sign, the one of the metric");
  }
  add_threshold(metric, *critical, warn, out, rules);
}

void read_op(Block& block, alerts::Rule& rule) {
  using enum alerts::Op;
  rule.op = block.choice<alerts::Op>(
      "op", {{"<", kBelow}, {"<=", kAtMost}, {">=", kAtLeast}, {">", kAbove}}, rule.op);
}

/// A level that is written replaces the default's; `off` takes it away.
void read_level(Block& block, const std::string& key, std::optional<double>& level) {
  if (!block.has(key)) return;
  if (block.is_off(key)) {
    level.reset();
  } else if (const auto value = block.number(key, -kLargest, kLargest)) {
    level = value;
  }
}

void read_patience(Block& block, alerts::Rule& rule) {
  rule.hysteresis = block.number("hysteresis", 0, kLargest).value_or(rule.hysteresis);
  const auto days = [&](const char* key, int low, int& target) {
    target = static_cast<int>(block.integer(key, {low, kDaysMax}, target));
  };
  days("for_days", 1, rule.for_days);
  days("cool_down_days", 0, rule.cool_down_days);
  days("remind_days", 0, rule.remind_days);
}

/// Warning must come before critical, or it never would.
void check_levels(Block& rules, const std::string& name, const alerts::Rule& rule) {
  if (!rule.warn && !rule.critical) {
    rules.refuse(name, "needs warn or critical; write `" + name + ": off` to have no such rule");
  }
  if (!rule.warn || !rule.critical) return;
  const bool low = rule.op == alerts::Op::kBelow || rule.op == alerts::Op::kAtMost;
  const bool ordered = low ? *rule.warn >= *rule.critical : *rule.warn <= *rule.critical;
  if (!ordered) {
    rules.refuse(name, "warn must be met before critical; with op " +
                           std::string(to_text(rule.op)) + " it is the " +
                           (low ? "larger" : "smaller") + " number");
  }
}

std::vector<std::string> default_names() {
  std::vector<std::string> names;
  for (const alerts::Rule& known : alerts::default_rules()) names.push_back(known.name);
  return names;
}

/// True when the rule knows what it watches.
bool read_subject(Block& block, Block& rules, const std::string& name, bool is_new,
                  alerts::Rule& rule) {
  rule.metric = block.text("metric", rule.metric);
  if (rule.metric.empty()) {
    rules.refuse(name, "is no rule of the start set" + did_you_mean(name, default_names()) +
                           "; a new rule needs metric, what it watches: docs/alerts.md");
    return false;
  }
  if (!is_metric(block, block.has("metric") ? "metric" : name, rule.metric)) return false;
  const alerts::Metric& watched = rule.watched();
  if (is_new) {
    rule.op = watched.bad == alerts::Bad::kLow ? alerts::Op::kAtMost : alerts::Op::kAtLeast;
    rule.scope = watched.scope;
  }
  rule.scope = block.text("scope", rule.scope);
  const std::string_view kind = watched.scope.substr(0, watched.scope.find(':'));
  if (rule.scope.substr(0, rule.scope.find(':')) != kind) {
    block.refuse("scope", "was " + quoted(rule.scope) + ", but " + rule.metric +
                              " is measured for " + std::string(watched.scope));
    return false;
  }
  return true;
}

void read_rule(Block& rules, const std::string& name, Rules& out) {
  const auto found = std::find_if(out.begin(), out.end(),
                                  [&](const alerts::Rule& rule) { return rule.name == name; });
  if (!rules.is_map(name) && rules.is_off(name)) {
    if (found == out.end()) rules.refuse(name, "is off, but there is no such rule");
    if (found != out.end()) out.erase(found);
    return;
  }
  const bool is_new = found == out.end();
  alerts::Rule rule =
      is_new ? alerts::Rule{.name = name, .metric = {}, .scope = {}, .warn = {}, .critical = {}}
             : *found;
  Block block = rules.map(name);
  const bool has_subject = read_subject(block, rules, name, is_new, rule);
  read_op(block, rule);
  read_level(block, "warn", rule.warn);
  read_level(block, "critical", rule.critical);
  read_patience(block, rule);
  if (!has_subject) return;
  check_levels(rules, name, rule);
  if (is_new) {
    out.push_back(std::move(rule));
  } else {
    *found = std::move(rule);
  }
}

bool is_rule_name(const std::string& name) {
  const bool fits = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  return fits && !name.empty() && name.size() <= 48;
}

void read_alerts(Block alerts, const Rules& thresholds, AnalyticsSettings& out) {
  out.alert_email = alerts.text("email", "");
  out.alert_slack_webhook = alerts.secret("slack_webhook");
  out.start_set = alerts.boolean("start_set", true);
  Rules rules;
  if (out.start_set) {
    const auto defaults = alerts::default_rules();
    rules.assign(defaults.begin(), defaults.end());
  }
  rules.insert(rules.end(), thresholds.begin(), thresholds.end());
  Block block = alerts.map("rules");
  for (const std::string& name : alerts.names("rules")) {
    if (is_rule_name(name)) {
      read_rule(block, name, rules);
    } else {
      block.refuse(name, "is no name of a rule; write 1 to 48 of a-z 0-9 _");
    }
  }
  out.alert_rules = std::move(rules);
}

/// Addresses go into lines of a protocol: nothing in them may end a line.
void check_address(Block& block, const std::string& key, const std::string& address) {
  if (address.empty()) return;
  const bool fits = std::all_of(address.begin(), address.end(),
                                [](char c) {
                                  return c > 0x20 && c < 0x7f && c != '<' && c != '>' && c != ',';
                                }) &&
                    std::count(address.begin(), address.end(), '@') == 1;
  if (!fits) block.refuse(key, "was " + quoted(address) + "; write one address as me@example.com");
}

void read_smtp(Block block, const std::string& alert_email, NotifySettings::Smtp& out) {
  out.host = block.text("host", "");
  out.port = block.integer("port", {1, 65'535}, out.port);
  out.user = block.late_text("user", "");
  out.password = block.secret("password");
  out.from = block.text("from", "");
  out.to = block.text("to", alert_email);
  out.tls = block.choice<SmtpTls>("tls",
                                  {{"starttls", SmtpTls::kStartTls},
                                   {"implicit", SmtpTls::kImplicit},
                                   {"none", SmtpTls::kNone}},
                                  out.tls);
  const bool loopback = out.host == "127.0.0.1" || out.host == "localhost" || out.host == "::1";
  if (out.tls == SmtpTls::kNone && !loopback) {
    block.refuse("tls", "none is for a server on this machine only; write starttls or implicit");
  }
  if (!out.host.empty() && (out.from.empty() || out.to.empty())) {
    block.refuse("host", "is set, but from and to are not; add both addresses");
  }
  check_address(block, "from", out.from);
  check_address(block, "to", out.to);
}

void read_sms(Block block, NotifySettings::Sms& out) {
  out.url = block.late_text("url", "");
  check_url(block, "url", out.url);
  out.account = block.late_text("account", "");
  out.token = block.secret("token");
  out.from = block.late_text("from", "");
  out.to = block.late_text("to", "");
}

}  // namespace

void read_analytics(Block& root, Settings& out) {
  Block block = root.map("analytics");
  AnalyticsSettings& analytics = out.analytics;
  analytics.benchmark = block.text("benchmark", "");
  if (!analytics.benchmark.empty()) {
    const Result<Symbol> symbol = Symbol::parse(analytics.benchmark);
    if (!symbol.ok()) block.refuse("benchmark", symbol.error().message);
  }
  analytics.benchmark_weights = block.path("benchmark_weights", "");
  analytics.factors = block.path("factors", "");
  const FractionRule rate{
      .low = Ratio::zero(),
      .high = Ratio::from_raw(500'000'000),
      .hint = "this key is a yearly fraction: write 2% or 0.02 for two percent"};
  analytics.risk_free_rate = block.fraction("risk_free_rate", rate).value_or(Ratio::zero());
  Block thresholds = block.map("risk_thresholds");
  Rules rules;
  for (const std::string& metric : block.names("risk_thresholds")) {
    read_threshold(thresholds, metric, analytics, rules);
  }
  read_alerts(block.map("alerts"), rules, analytics);
}

void read_notify(Block& root, Settings& out) {
  Block block = root.map("notify");
  NotifySettings& notify = out.notify;
  read_smtp(block.map("smtp"), out.analytics.alert_email, notify.smtp);
  read_sms(block.map("sms"), notify.sms);
  notify.slack_webhook = block.map("slack").secret("webhook");
  if (!notify.slack_webhook.is_set()) notify.slack_webhook = out.analytics.alert_slack_webhook;
  Block webhook = block.map("webhook");
  notify.webhook.url = webhook.late_text("url", "");
  check_url(webhook, "url", notify.webhook.url);
  notify.webhook.secret = webhook.secret("secret");
  notify.dead_man = block.map("dead_man").secret("url");
  notify.heartbeat = block.choice<bool>("heartbeat", {{"daily", true}, {"off", false}}, true);
  notify.max_per_day = block.integer("max_per_day", {1, 10'000}, notify.max_per_day);
  notify.give_up_seconds = block.duration("give_up_after").value_or(notify.give_up_seconds);
  notify.allow_private = block.texts("allow_private");
  notify.ca_file = block.path("ca_file", "");
}

}  // namespace signalbus::settings
