// Options: what a command line asked for, parsed and typed; nothing is opened yet.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/exchange_flags.h"
#include "book/orders.h"
#include "core/money.h"
#include "core/result.h"
#include "core/time.h"

namespace signalbus::app {

enum class CommandName {
  kSignals,
  kPlan,
  kRun,
  kExecute,
  kReconcile,
  kInit,
  kConfigCheck,
  kConfigShow,
  kDoctor,
  kExchange,
  kStatus,
  kHalt,
  kResume,
  kOverride,
  kAuditVerify,
  kDemo,
  kAlerts,
  kAlertsAck,
  kNotifyTest,
  kNotifyDeliver,
  kNotifyList,
  kAnalyze,
  kMetrics,
  kPrices
};

/// One struct for all commands: each uses the fields of its own flags.
struct Options {
  CommandName command = CommandName::kRun;

  /// Set by demo for its runs: nothing waits for the disk, and what faults do to a run goes to its
  /// log only.
  bool is_demo = false;

  // Common.
  std::string config;  ///< Empty: config/config.yaml in the root.
  std::string root;    ///< Empty: the parent of config/, else the config file's folder.
  bool json = false;
  bool quiet = false;
  bool debug = false;
  std::optional<TradeDate> date;
  std::optional<Instant> now;  ///< Pretend it is this instant; dry and sim only.

  // signals
  std::string manifest;
  std::string merge_mode;  ///< "select", "blend" or empty
  std::string pick;
  std::string blend;  ///< a=0.6,b=0.4
  std::string out;

  // plan
  std::string targets;
  std::optional<Money> equity;
  std::string out_orders;
  std::string out_plan;
  bool fetch_real_prices = false;
  std::string price_source;
  std::string prices;
  std::string positions;

  // execute, run
  std::optional<Mode> mode;
  std::string orders;
  std::string plan;
  bool accept_edited = false;
  std::string live_confirm;  ///< The account that mode live trades, by id or number.
  bool again = false;
  bool once = false;
  bool daemon = false;
  bool skip_weekends = false;
  bool isolate = false;
  std::set<std::string> skip;
  std::set<std::string> only;

  // reconcile
  std::string source;
  std::string out_dir;
  std::string planned;
  std::string exec_log;
  std::string rebalance_plan;
  std::string positions_in;
  bool strict = false;
  std::string ack;  ///< Key of a difference that a person has looked into.

  // halt, resume, override, reconcile --ack
  std::string reason;
  bool wait = false;  ///< Until nothing may be live any more.
  TradingState resume_to = TradingState::kNormal;
  std::string rule;  ///< Name of a risk rule, or of an alert rule.
  std::optional<std::int64_t> for_seconds;

  // alerts, notify
  std::string scope;
  std::string channel;
  bool all = false;  ///< Also what is over.

  // init, demo
  std::string folder;
  std::optional<int> days;

  bool open_page = false;  ///< Show the dashboard.

  // analyze, metrics, prices
  std::optional<TradeDate> start;
  std::optional<TradeDate> end;
  std::string benchmark;  ///< A symbol, or a file.
  std::string period;     ///< day, week, month, inception or empty.
  std::string returns;
  double rf = 0;  ///< Per year.
  double periods_per_year = 252;
  bool are_prices = false;  ///< The file has prices, not returns.
  std::vector<std::string> symbols;

  ExchangeFlags exchange;
};

/// What parsing gave: options, or a text to print (help, version) with its exit code.
struct ParsedLine {
  std::optional<Options> options;
  std::string text;
  int exit_code = 0;
};

/// Parses arguments without the program's name. The link name the program was called by, if it is
/// one of the specification's scripts, has already become the first argument.
ParsedLine parse_command_line(std::vector<std::string> arguments);

/// The sub-command of a link name ("run_signal_bus" -> "signals"); empty for other names.
std::string command_of_link(const std::string& program);

}  // namespace signalbus::app
