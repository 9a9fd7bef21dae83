// The blocks alpaca and sim, and what a URL may look like. Checked here, so that a mistake in them
// shows when the file is written and not in the middle of a trading day.
#include <algorithm>

#include "core/text.h"
#include "settings/parse.h"

namespace signalbus::settings {
namespace {

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
