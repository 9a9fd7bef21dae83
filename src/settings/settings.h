// Settings: config.yaml and strategy_manifest.yaml as typed values. Every key with unit, default
// and meaning: docs/configuration.md, generated from the table in describe.h.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/secret.h"
#include "planning/policy.h"
#include "risk/limits.h"
#include "settings/later.h"
#include "settings/schedule.h"
#include "signals/policy.h"

namespace signalbus::settings {

/// The table from asset ids to symbols.
struct MappingSettings {
  std::string file = "./data/mapping/tic_gvkey_mapping_2025.csv";
  std::string id_column = "gvkey";
  std::string symbol_column = "tic";
  bool is_explicit = false;  ///< The block is in the file: then a missing table is an error;
                             ///< otherwise asset ids may be symbols themselves.
};

enum class Environment { kPaper, kLive };

/// Only sim, paper and live read it. The environment (APCA_API_KEY_ID, APCA_API_SECRET_KEY,
/// APCA_API_BASE_URL, APCA_API_DATA_URL) wins over the file.
struct AlpacaSettings {
  Secret key_id;
  Secret secret;
  std::string trading_endpoint =
      "https://paper-api.alpaca.markets";  ///< Plain http: loopback only.
  std::string data_endpoint = "https://data.alpaca.markets";
  std::string data_feed = "iex";  ///< iex, sip, delayed_sip, ...: what the account is entitled to.
  Environment environment = Environment::kPaper;  ///< live is needed for mode live.
  std::string account_id;                         ///< When set, any other account is refused.
  std::int64_t requests_per_minute = 200;   ///< 10..1,000,000; what Alpaca allows the account.
  std::int64_t clock_skew_max_seconds = 5;  ///< risk.max_clock_skew: ours against the broker's.
};

struct ExecutionSettings {
  std::string out_orders = "./data/outputs/planned_orders.csv";
  std::string out_plan = "./data/outputs/rebalance_plan.csv";
  std::int64_t plan_max_age_seconds = 86'400;  ///< `execute` refuses an older plan.
  std::int64_t settle_seconds = 5;  ///< 0..600; after the last POST, for unknown answers to show.
  std::int64_t grace_seconds = 10;  ///< 0..600; after a cancel or expiry, for late executions.
  std::int64_t fill_wait_seconds = 300;    ///< 1..86400; for sells, then for buys, to fill.
  std::int64_t end_wait_seconds = 60;      ///< 0..3600; after that, for what was canceled to end.
  std::int64_t poll_seconds = 2;           ///< 1..60; between looks at the broker.
  std::int64_t close_guard_seconds = 120;  ///< 0..3600; no new order this shortly before the close.
};

/// client_order_id is `{prefix}_{YYYYMMDD}_{symbol}_{side}_{hash}`; it cannot be turned off.
struct IdempotencySettings {
  std::string client_order_id_prefix = "ORD";  ///< 1..16 of A-Z a-z 0-9.
};

/// A text whose `${NAME}` is not set: matters only to the mode that reads the key.
struct UnsetVariable {
  std::string name;    ///< APCA_API_KEY_ID
  std::string key;     ///< alpaca.key_id
  std::string origin;  ///< config.yaml:3
};

struct Settings {
  MappingSettings mapping;
  AlpacaSettings alpaca;
  SchedulerSettings scheduler;
  ExecutionSettings execution;    ///< What is not already in `planning`.
  planning::PlanPolicy planning;  ///< From execution, planning, risk and weights: complete.
  signals::SignalPolicy signals;
  signals::WeightPolicy weights;
  risk::RiskLimits risk;     ///< An absent limit is not checked.
  std::string sectors_file;  ///< risk.sectors_file: symbol,sector; empty: no sector is known.
  IdempotencySettings idempotency;
  AnalyticsSettings analytics;
  NotifySettings notify;
  SimSettings sim;
  std::vector<UnsetVariable> unset;
  std::map<std::string, std::string> origins;  ///< "risk.max_total_notional" -> "config.yaml:41".
};

/// Looks up an environment variable; absent when it is not set.
using Lookup = std::function<std::optional<std::string>(const std::string&)>;

/// The text of config.yaml, typed and cross-checked. Pure. kUsage with every problem of the file,
/// one per line as `file:line: key: what; remedy`. An unset `${NAME}` is no problem here in the
/// alpaca and notify blocks (see check_mode).
Result<Settings> parse_settings(std::string_view text, const std::string& file_name,
                                const Lookup& lookup);

/// What a mode needs beyond a valid file: keys for paper and live, `alpaca.environment` of the same
/// word, and every risk limit for live. kUsage names each thing missing.
Status check_mode(const Settings& settings, Mode mode);

/// The text of strategy_manifest.yaml. Pure; opens no strategy file. Paths may be absolute, but a
/// relative one must not leave the workspace through `..`. kUsage with every problem of the file.
Result<std::vector<signals::StrategySpec>> load_manifest(std::string_view text,
                                                         const std::string& file_name);

}  // namespace signalbus::settings
