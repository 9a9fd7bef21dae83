// The blocks that later modules act on: alpaca, analytics, notify, sim. Checked now, so that a
// mistake in them shows when the file is written and not in the middle of a trading day.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/text.h"
#include "settings/parse.h"

namespace signalbus::settings {
namespace {

/// The metrics of `signalbus metrics --json`: a threshold on any other would never alert.
constexpr std::array<std::string_view, 58> kMetrics = {"total_return",
                                                       "annualized_return",
                                                       "volatility",
                                                       "sharpe_ratio",
                                                       "max_drawdown",
                                                       "var_95",
                                                       "skewness",
                                                       "kurtosis",
                                                       "sharpe",
                                                       "cagr",
                                                       "max_drawdown_from_start",
                                                       "downside_deviation",
                                                       "sortino",
                                                       "adjusted_sortino",
                                                       "calmar",
                                                       "sterling",
                                                       "omega",
                                                       "ulcer_index",
                                                       "pain_index",
                                                       "martin_ratio",
                                                       "pain_ratio",
                                                       "var_historical",
                                                       "var_gaussian",
                                                       "var_cornish_fisher",
                                                       "cvar",
                                                       "es_gaussian",
                                                       "tail_ratio",
                                                       "stability",
                                                       "win_rate",
                                                       "payoff_ratio",
                                                       "profit_factor",
                                                       "gain_to_pain",
                                                       "gain_to_pain_monthly",
                                                       "common_sense_ratio",
                                                       "kelly_discrete",
                                                       "kelly_mv",
                                                       "best_day",
                                                       "worst_day",
                                                       "avg_win",
                                                       "avg_loss",
                                                       "max_consecutive_wins",
                                                       "max_consecutive_losses",
                                                       "probabilistic_sharpe_ratio",
                                                       "smart_sharpe",
                                                       "expected_return",
                                                       "beta",
                                                       "alpha",
                                                       "r_squared",
                                                       "correlation",
                                                       "tracking_error",
                                                       "information_ratio",
                                                       "treynor",
                                                       "m_squared",
                                                       "up_capture",
                                                       "down_capture",
                                                       "up_capture_annualised",
                                                       "down_capture_annualised",
                                                       "batting_average"};

/// The host of a URL in lower case, without port and final dot; in brackets for IPv6.
std::string host_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return "";
  std::string_view authority = url.substr(scheme + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  const std::size_t end =
      authority.starts_with('[') ? authority.find(']') + 1 : authority.find(':');
  std::string host(authority.substr(0, end));
  if (host.ends_with('.')) host.pop_back();
  std::transform(host.begin(), host.end(), host.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return host;
}

void check_url(Block& block, const std::string& key, const std::string& url) {
  const std::string problem = url.empty() ? "" : url_problem(url);
  if (!problem.empty()) block.refuse(key, problem);
}

/// The environment wins over the file; it also settles a `${NAME}` that is unset there.
std::optional<std::string> from_environment(Block& block, const std::string& key,
                                            const std::string& variable, Settings& out) {
  std::optional<std::string> value = block.lookup(variable);
  if (!value || value->empty()) return std::nullopt;
  out.origins[block.path_of(key)] = "environment variable " + variable;
  block.forget_unset(key);
  return value;
}

void read_credentials(Block& block, Settings& out) {
  out.alpaca.key_id = block.secret("key_id");
  out.alpaca.secret = block.secret("secret");
  if (auto value = from_environment(block, "key_id", "APCA_API_KEY_ID", out)) {
    out.alpaca.key_id = Secret::of(std::move(*value));
  }
  if (auto value = from_environment(block, "secret", "APCA_API_SECRET_KEY", out)) {
    out.alpaca.secret = Secret::of(std::move(*value));
  }
}

void read_endpoints(Block& block, Settings& out) {
  AlpacaSettings& alpaca = out.alpaca;
  alpaca.trading_endpoint = block.late_text("trading_endpoint", alpaca.trading_endpoint);
  alpaca.data_endpoint = block.late_text("data_endpoint", alpaca.data_endpoint);
  if (auto value = from_environment(block, "trading_endpoint", "APCA_API_BASE_URL", out)) {
    alpaca.trading_endpoint = std::move(*value);
  }
  if (auto value = from_environment(block, "data_endpoint", "APCA_API_DATA_URL", out)) {
    alpaca.data_endpoint = std::move(*value);
  }
  alpaca.data_feed = block.choice<std::string>("data_feed",
                                               {{"iex", "iex"},
                                                {"sip", "sip"},
                                                {"delayed_sip", "delayed_sip"},
                                                {"boats", "boats"},
                                                {"overnight", "overnight"},
                                                {"otc", "otc"}},
                                               alpaca.data_feed);
  check_url(block, "trading_endpoint", alpaca.trading_endpoint);
  check_url(block, "data_endpoint", alpaca.data_endpoint);
}

/// Real money behind a word that says paper, or the other way round.
void check_environment(Block& block, const AlpacaSettings& alpaca) {
  const std::string host = host_of(alpaca.trading_endpoint);
  const bool live = alpaca.environment == Environment::kLive;
  if (live && host == "paper-api.alpaca.markets") {
    block.refuse("environment",
                 "is live, but trading_endpoint is Alpaca's paper endpoint; write "
                 "environment: paper, or https://api.alpaca.markets");
  }
  if (!live && host == "api.alpaca.markets") {
    block.refuse("trading_endpoint",
                 "is Alpaca's live endpoint, but environment is paper; write "
                 "https://paper-api.alpaca.markets, or environment: live");
  }
}

void read_threshold(Block& block, const std::string& metric, AnalyticsSettings& out) {
  if (std::find(kMetrics.begin(), kMetrics.end(), metric) == kMetrics.end()) {
    const std::vector<std::string> known(kMetrics.begin(), kMetrics.end());
    block.refuse(metric, "unknown metric" + did_you_mean(metric, known) +
                             "; signalbus metrics --json lists them");
  }
  constexpr double kLargest = 1e6;
  if (!block.is_map(metric)) {
    const auto critical = block.number(metric, -kLargest, kLargest);
    if (!critical) return;
    out.risk_thresholds.push_back(
        {.metric = metric, .warn = *critical * 0.8, .critical = *critical});
    return;
  }
  Block levels = block.map(metric);
  const auto warn = levels.number("warn", -kLargest, kLargest);
  const auto critical = levels.number("critical", -kLargest, kLargest);
  if (!levels.has("warn") || !levels.has("critical")) {
    block.refuse(metric, "needs warn and critical, or one number for critical");
  }
  if (!warn || !critical) return;
  if (std::signbit(*warn) != std::signbit(*critical) && *warn != 0 && *critical != 0) {
    block.refuse(metric, "warn and critical must have the same sign, the one of the metric");
  }
  out.risk_thresholds.push_back({.metric = metric, .warn = *warn, .critical = *critical});
}

void read_smtp(Block block, NotifySettings::Smtp& out) {
  out.host = block.text("host", "");
  out.port = block.integer("port", {1, 65'535}, out.port);
  out.user = block.late_text("user", "");
  out.password = block.secret("password");
  out.from = block.text("from", "");
  out.to = block.text("to", "");
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
}

void read_sms(Block block, NotifySettings::Sms& out) {
  out.url = block.late_text("url", "");
  check_url(block, "url", out.url);
  out.account = block.late_text("account", "");
  out.token = block.secret("token");
  out.from = block.late_text("from", "");
  out.to = block.late_text("to", "");
}

bool is_sim_clock(std::string_view text) {
  if (text == "open" || text == "wall") return true;
  const std::size_t at = text.find('@');
  const bool date = TradeDate::parse(text.substr(0, at)).ok();
  if (!date || at == std::string_view::npos) return date;
  const std::optional<double> speed = parse_number(text.substr(at + 1));
  return speed && *speed >= 0;
}

}  // namespace

std::string url_problem(std::string_view url) {
  if (url.find('@') != std::string_view::npos) {  // first, so that no other message repeats it
    return "may not carry a user or password; remove what stands before '@'";
  }
  const bool http = url.starts_with("http://");
  const std::string host = host_of(url);
  const bool printable =
      std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if ((!http && !url.starts_with("https://")) || host.empty() || !printable) {
    return "was " + quoted(url) + "; write a URL as https://host";
  }
  const bool loopback = host == "127.0.0.1" || host == "localhost" || host == "[::1]";
  if (http && !loopback) {
    return "was " + quoted(url) + "; plain http is for this machine only, write https";
  }
  return "";
}

void read_alpaca(Block& root, Settings& out) {
  Block block = root.map("alpaca");
  AlpacaSettings& alpaca = out.alpaca;
  read_credentials(block, out);
  read_endpoints(block, out);
  alpaca.environment = block.choice<Environment>(
      "environment", {{"paper", Environment::kPaper}, {"live", Environment::kLive}},
      alpaca.environment);
  check_environment(block, alpaca);
  alpaca.account_id = block.late_text("account_id", "");
  alpaca.requests_per_minute =
      block.integer("requests_per_minute", {10, 1'000'000}, alpaca.requests_per_minute);
}

void read_analytics(Block& root, Settings& out) {
  Block block = root.map("analytics");
  AnalyticsSettings& analytics = out.analytics;
  analytics.benchmark = block.text("benchmark", "");
  if (!analytics.benchmark.empty()) {
    const Result<Symbol> symbol = Symbol::parse(analytics.benchmark);
    if (!symbol.ok()) block.refuse("benchmark", symbol.error().message);
  }
  const FractionRule rate{
      .low = Ratio::zero(),
      .high = Ratio::from_raw(500'000'000),
      .hint = "this key is a yearly fraction: write 2% or 0.02 for two percent"};
  analytics.risk_free_rate = block.fraction("risk_free_rate", rate).value_or(Ratio::zero());
  Block thresholds = block.map("risk_thresholds");
  for (const std::string& metric : block.names("risk_thresholds")) {
    read_threshold(thresholds, metric, analytics);
  }
  Block alerts = block.map("alerts");
  analytics.alert_email = alerts.text("email", "");
  analytics.alert_slack_webhook = alerts.secret("slack_webhook");
}

void read_notify(Block& root, Settings& out) {
  Block block = root.map("notify");
  read_smtp(block.map("smtp"), out.notify.smtp);
  read_sms(block.map("sms"), out.notify.sms);
  out.notify.slack_webhook = block.map("slack").secret("webhook");
  Block webhook = block.map("webhook");
  out.notify.webhook.url = webhook.late_text("url", "");
  check_url(webhook, "url", out.notify.webhook.url);
  out.notify.webhook.secret = webhook.secret("secret");
}

void read_sim(Block& root, Settings& out) {
  Block block = root.map("sim");
  SimSettings& sim = out.sim;
  sim.prices = block.path("prices", "");
  sim.cash = block.money("cash").value_or(sim.cash);
  sim.clock = block.text("clock", sim.clock);
  if (!is_sim_clock(sim.clock)) {
    block.refuse("clock", "was " + quoted(sim.clock) +
                              "; write open, wall, or a date with an optional speed as "
                              "2021-01-04@600");
  }
  sim.faults = block.path("faults", "");
  sim.seed = block.integer("seed", {0, INT64_MAX}, sim.seed);
  sim.actions = block.path("actions", "");
  sim.transport = block.choice<SimTransport>(
      "transport", {{"http", SimTransport::kHttp}, {"direct", SimTransport::kDirect}},
      sim.transport);
}

}  // namespace signalbus::settings
