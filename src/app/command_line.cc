// The command line: flags of every command, with help and examples; CLI11 is slow to build.
#include <CLI/CLI.hpp>

#include "app/command_flags.h"
#include "app/options.h"
#include "app/unknown_command.h"
#include "app/version.h"
#include "core/paths.h"
#include "core/text.h"
#include "settings/block.h"

namespace signalbus::app {
namespace {

void add_live_confirm(CLI::App& command, Options& options) {
  command
      .add_option("--live-confirm", options.live_confirm,
                  "Mode live: the account that is meant, by number or id")
      ->type_name("ACCOUNT");
}

CLI::App* add_signals(CLI::App& app, Options& options) {
  CLI::App* command = app.add_subcommand("signals", "M1: strategy files -> target weights");
  command->footer(
      "Examples:\n"
      "  signalbus signals --manifest config/strategy_manifest.yaml --date 2025-08-29 --mode "
      "select "
      "--pick drl --out data/intermediate/targets_consolidated_20250829.parquet\n"
      "  signalbus signals --manifest config/strategy_manifest.yaml --mode blend --blend "
      "drl=0.6,equal=0.4 --out targets.csv");
  add_common(*command, options);
  add_date(*command, options);
  command->add_option("--manifest", options.manifest, "Strategy manifest")->type_name("FILE");
  command->add_option("--mode", options.merge_mode, "select one strategy or blend several")
      ->check(CLI::IsMember({"select", "blend"}));
  command->add_option("--pick", options.pick, "Strategy to select")->type_name("ID");
  command->add_option("--blend", options.blend, "Blend weights, scaled to sum 1")
      ->type_name("a=0.6,b=0.4");
  command->add_option("--out", options.out, "Targets file to write (.parquet or .csv)")
      ->type_name("FILE");
  return command;
}

CLI::App* add_plan(CLI::App& app, Options& options) {
  CLI::App* command = app.add_subcommand("plan", "M2: target weights -> planned orders");
  command->footer(
      "Example:\n"
      "  signalbus plan --config config/config.yaml --targets "
      "data/intermediate/targets_consolidated_20250829.parquet --equity 100000 --prices "
      "data/prices/prices_20250829.csv");
  add_common(*command, options);
  add_date(*command, options);
  command->add_option("--targets", options.targets, "Targets file (.parquet or .csv)")
      ->type_name("FILE");
  typed_option(*command, "--equity", options.equity, "Account equity in USD",
               [](const std::string& text) { return Money::parse(text, Rounding::kHalfEven); })
      ->type_name("USD");
  command->add_option("--out-orders", options.out_orders, "planned_orders.csv")->type_name("FILE");
  command->add_option("--out-plan", options.out_plan, "rebalance_plan.csv")->type_name("FILE");
  command->add_flag("--fetch-real-prices", options.fetch_real_prices, "Prices from the broker");
  command->add_option("--price-source", options.price_source, "Where prices come from")
      ->check(CLI::IsMember({"snapshot", "latest", "file"}));
  command->add_option("--prices", options.prices, "Price file: symbol,price[,asof]")
      ->type_name("FILE");
  command->add_option("--positions", options.positions, "Positions file: symbol,qty")
      ->type_name("FILE");
  return command;
}

CLI::App* add_run(CLI::App& app, Options& options) {
  CLI::App* command = app.add_subcommand("run", "M3: all stages, once or every scheduled day");
  command->footer(
      "Examples:\n"
      "  signalbus run --config config/config.yaml --date 2025-08-29 --once\n"
      "  signalbus run --config config/config.yaml --daemon --skip-weekends");
  add_common(*command, options);
  add_date(*command, options);
  add_mode(*command, options, "--mode");
  CLI::Option* once = command->add_flag("--once", options.once, "Run now, once (the default)");
  command->add_flag("--daemon", options.daemon, "Run at the scheduled time until stopped")
      ->excludes(once);
  command->add_flag("--skip-weekends", options.skip_weekends, "Daemon: only on trading days");
  command->add_flag("--again", options.again, "Trade a finished batch once more");
  command->add_flag("--isolate", options.isolate, "Each stage in a process of its own");
  add_live_confirm(*command, options);
  const auto stages = CLI::IsMember({"m1", "m2", "m4", "m5", "m6"});
  command->add_option("--skip", options.skip, "Stages to leave out")->check(stages);
  command->add_option("--only", options.only, "Stages to run, no other")->check(stages);
  return command;
}

CLI::App* add_execute(CLI::App& app, Options& options) {
  CLI::App* command = app.add_subcommand("execute", "M4: planned orders -> the broker");
  command->footer("Example:\n  signalbus execute --config config/config.yaml --mode dry");
  add_common(*command, options);
  add_date(*command, options);
  add_mode(*command, options, "--mode");
  command->add_option("--orders", options.orders, "planned_orders.csv")->type_name("FILE");
  command->add_option("--plan", options.plan, "rebalance_plan.csv")->type_name("FILE");
  command->add_flag("--accept-edited", options.accept_edited,
                    "Execute orders that were edited by hand");
  command->add_flag("--again", options.again, "Trade a finished batch once more");
  add_live_confirm(*command, options);
  return command;
}

CLI::App* add_reconcile(CLI::App& app, Options& options) {
  CLI::App* command = app.add_subcommand("reconcile", "M5: planned, executed and held compared");
  command->footer(
      "Example:\n  signalbus reconcile --config config/config.yaml --date 2025-08-29 --source logs "
      "--out-dir data/outputs\n  signalbus reconcile --source broker --strict\n  signalbus "
      "reconcile --ack position:AAPL:20260102:+3 --reason 'a gift'");
  add_common(*command, options);
  add_date(*command, options);
  command->add_option("--source", options.source, "What is true")
      ->check(CLI::IsMember({"logs", "broker"}));
  command->add_option("--out-dir", options.out_dir, "Folder of the reports")->type_name("DIR");
  command->add_option("--planned", options.planned, "planned_orders.csv")->type_name("FILE");
  command->add_option("--exec-log", options.exec_log, "execution_log.csv")->type_name("FILE");
  command->add_option("--rebalance-plan", options.rebalance_plan, "rebalance_plan.csv")
      ->type_name("FILE");
  command->add_option("--positions-in", options.positions_in, "Positions at the day's beginning")
      ->type_name("FILE");
  command->add_option("--prices", options.prices, "Price file: symbol,price")->type_name("FILE");
  command->add_flag("--strict", options.strict, "Exit with 10 when differences are found");
  command->add_option("--ack", options.ack, "A difference that you have looked into, by its key")
      ->type_name("KEY");
  command->add_option("--reason", options.reason, "With --ack: what it is")->type_name("TEXT");
  add_mode(*command, options, "--mode");
  add_live_confirm(*command, options);
  return command;
}

CLI::App* add_status(CLI::App& app, Options& options) {
  CLI::App* command = app.add_subcommand("status", "Trading state, open batches, open orders");
  command->footer("Example:\n  signalbus status --root paper_trading");
  add_common(*command, options);
  return command;
}

CLI::App* add_halt(CLI::App& app, Options& options) {
  CLI::App* command = app.add_subcommand("halt", "Stop trading now, until `resume`");
  command->footer("Example:\n  signalbus halt --reason \"prices look wrong\" --wait");
  add_common(*command, options);
  command->add_option("--reason", options.reason, "Kept with the halt")->type_name("TEXT");
  command->add_flag("--wait", options.wait, "Return when no order may be live any more");
  return command;
}

CLI::App* add_resume(CLI::App& app, Options& options) {
  CLI::App* command = app.add_subcommand("resume", "Trade again after a halt");
  command->footer(
      "Examples:\n"
      "  signalbus resume --reason \"prices are right again\"\n"
      "  signalbus resume --to SELL_ONLY --reason \"no new positions today\"");
  add_common(*command, options);
  command->add_option("--reason", options.reason, "Kept with the state")
      ->type_name("TEXT")
      ->required();
  command
      ->add_option_function<std::string>(
          "--to",
          [&options](const std::string& text) {
            const Result<TradingState> state = parse_trading_state(text);
            if (!state.ok()) throw CLI::ValidationError(state.error().message);
            options.resume_to = state.value();
          },
          "NORMAL (the default), REDUCE_ONLY or SELL_ONLY")
      ->type_name("STATE");
  return command;
}

CLI::App* add_override(CLI::App& app, Options& options) {
  CLI::App* command = app.add_subcommand("override", "Let one breach of one risk rule pass, once");
  command->footer(
      "Example:\n"
      "  signalbus override max_total_notional --reason \"first investment\" --for 30m\n"
      "Rules: docs/risk-controls.md");
  add_common(*command, options);
  command->add_option("rule", options.rule, "Name of the rule, as max_total_notional")->required();
  command->add_option("--reason", options.reason, "Kept with the permission")
      ->type_name("TEXT")
      ->required();
  typed_option(*command, "--for", options.for_seconds, "How long it is good for (default: 30m)",
               [](const std::string& text) -> Result<std::int64_t> {
                 const std::optional<std::int64_t> seconds = settings::parse_duration(text);
                 if (seconds) return *seconds;
                 return Error{ErrorCode::kUsage, "was " + signalbus::quoted(text) +
                                                     "; write a duration, as 90s, 15m or 24h"};
               })
      ->type_name("DURATION");
  return command;
}

CLI::App* add_audit(CLI::App& app, Options& options) {
  CLI::App* audit = app.add_subcommand("audit", "Whether the journal is what was recorded");
  audit->require_subcommand(1);
  CLI::App* verify = audit->add_subcommand("verify", "Name the first record that was changed");
  verify->footer("Example:\n  signalbus audit verify --root paper_trading");
  add_common(*verify, options);
  return verify;
}

CLI::App* add_init(CLI::App& app, Options& options) {
  CLI::App* command = app.add_subcommand("init", "Write a commented workspace into a folder");
  command->footer("Example:\n  signalbus init paper_trading");
  command->add_flag("--json", options.json, "Print one JSON object instead of text");
  command->add_flag("--quiet", options.quiet, "Print errors only");
  command->add_option("dir", options.folder, "Folder; nothing in it is overwritten")->required();
  return command;
}

CLI::App* add_demo(CLI::App& app, Options& options) {
  CLI::App* command =
      app.add_subcommand("demo", "Two years of trading on the embedded exchange, in seconds");
  command->footer(
      "Examples:\n"
      "  signalbus demo\n"
      "  signalbus demo --days 60 --dir /tmp/demo\n"
      "Three strategies on real prices, with faults, in a workspace of their own. No account, no\n"
      "network. A demo that was stopped goes on when it is called again.");
  command->add_flag("--json", options.json, "Print one JSON object instead of text");
  command->add_flag("--quiet", options.quiet, "Print errors only");
  command
      ->add_option("--dir", options.folder,
                   "Workspace; nothing in it is overwritten (default: a new ./signalbus-demo)")
      ->type_name("DIR");
  command
      ->add_option_function<int>(
          "--days", [&options](const int& days) { options.days = days; },
          "How many sessions, the newest of the prices (default: 504, two years)")
      ->type_name("N");
  return command;
}

CLI::App* add_exchange(CLI::App& app, Options& options) {
  CLI::App* command =
      app.add_subcommand("exchange", "Alpaca's protocol on this machine, without an account");
  command->footer(
      "Examples:\n"
      "  signalbus exchange --prices prices.csv\n"
      "  signalbus exchange --listen 127.0.0.1:0 --prices history.csv --clock 2021-01-04@600\n"
      "  signalbus exchange --prices prices.csv --faults faults.yaml --rate off --state paper\n"
      "More: docs/exchange.md, docs/faults.md");
  ExchangeFlags& flags = options.exchange;
  const auto file = [&](const char* name, std::string& target, const char* help) {
    command->add_option(name, target, help)->type_name("FILE");
  };
  command->add_option("--listen", flags.listen, "Address and port; port 0 picks a free one")
      ->capture_default_str()
      ->type_name("HOST:PORT");
  file("--prices", flags.prices, "symbol,price or a daily history (CSV, Parquet, XLSX)");
  command->add_option("--cash", flags.cash, "Cash of every new account")
      ->capture_default_str()
      ->type_name("USD");
  command
      ->add_option("--clock", flags.clock,
                   "open, wall, DATE or DATE@SPEED (default: open; wall with a history)")
      ->type_name("CLOCK");
  file("--faults", flags.faults, "Fault script");
  command->add_option("--seed", flags.seed, "Same seed, same ids and same luck")
      ->capture_default_str();
  file("--keys", flags.keys, "key,secret lines; others are refused");
  file("--log", flags.log, "Where the log goes (default: stdout)");
  command->add_option("--state", flags.state, "Keeps accounts across restarts")->type_name("DIR");
  file("--assets", flags.assets, "symbol,name,exchange,status and flags");
  file("--actions", flags.actions, "symbol,ex_date,type,ratio,amount: splits and dividends");
  file("--fees", flags.fees, "fee,side,per_share,of_value,order_max");
  command->add_option("--rate", flags.rate, "Requests a minute per account, or off")
      ->capture_default_str()
      ->type_name("N");
  command->add_option("--multiplier", flags.multiplier, "Buying power: 1, 2 or 4 times")
      ->capture_default_str()
      ->check(CLI::IsMember({1, 2, 4}));
  command->add_option("--spread", flags.spread, "Between bid and ask")
      ->capture_default_str()
      ->check(CLI::Range(0, 5000))
      ->type_name("BPS");
  command->add_option("--walk", flags.walk, "Most that prices move in a minute")
      ->capture_default_str()
      ->check(CLI::Range(0, 1000))
      ->type_name("BPS");
  command->add_option("--partial-fills", flags.partial_fills, "Probability (Alpaca's paper: 0.1)")
      ->capture_default_str()
      ->type_name("P");
  command
      ->add_option("--stream-symbols", flags.stream_symbols,
                   "Trades plus quotes of one market-data connection")
      ->capture_default_str();
  command
      ->add_option("--stream-connections", flags.stream_connections,
                   "Market-data connections per key")
      ->capture_default_str();
  return command;
}

}  // namespace

std::string command_of_link(const std::string& program) {
  const std::string name = file_name(program);
  if (name == "run_signal_bus") return "signals";
  if (name == "run_execution") return "plan";
  if (name == "scheduler") return "run";
  if (name == "alp_execution") return "execute";
  if (name == "m5_reconcile") return "reconcile";
  if (name == "test_alpaca_api") return "doctor";
  return "";
}

ParsedLine parse_command_line(std::vector<std::string> arguments) {
  Options options;
  CLI::App app("Turns target weights of trading strategies into a portfolio held at the broker.",
               "signalbus");
  app.set_version_flag("--version", std::string("signalbus ") + kVersion);
  app.require_subcommand(1);
  app.footer("Start with `signalbus init paper_trading`, or see `signalbus COMMAND --help`.");
  const std::pair<CLI::App*, CommandName> commands[] = {
      {add_run(app, options), CommandName::kRun},
      {add_signals(app, options), CommandName::kSignals},
      {add_plan(app, options), CommandName::kPlan},
      {add_execute(app, options), CommandName::kExecute},
      {add_reconcile(app, options), CommandName::kReconcile},
      {add_exchange(app, options), CommandName::kExchange},
      {add_status(app, options), CommandName::kStatus},
      {add_halt(app, options), CommandName::kHalt},
      {add_resume(app, options), CommandName::kResume},
      {add_override(app, options), CommandName::kOverride},
      {add_audit(app, options), CommandName::kAuditVerify},
      {add_demo(app, options), CommandName::kDemo},
      {add_init(app, options), CommandName::kInit}};
  const AlertCommands alerts = add_alerts(app, options);
  const NotifyCommands notify = add_notify(app, options);
  CLI::App* config = app.add_subcommand("config", "Validate or show the configuration");
  config->require_subcommand(1);
  CLI::App* check = config->add_subcommand("check", "Name every problem of the configuration");
  CLI::App* show = config->add_subcommand("show", "Each value with its unit and meaning");
  add_common(*check, options);
  add_common(*show, options);
  add_mode(*check, options, "--mode");
  CLI::App* doctor =
      app.add_subcommand("doctor", "Keys, network, clock, account, disk: pass or fix");
  doctor->footer("Example:\n  signalbus doctor --root paper_trading");
  add_common(*doctor, options);
  add_mode(*doctor, options, "--mode");
  if (std::string unknown = unknown_command(arguments); !unknown.empty()) {
    return {std::nullopt, std::move(unknown), 2};
  }
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = app.exit(error, out, err);
    return {std::nullopt, out.str() + err.str(), code == 0 ? 0 : 2};
  }
  if (check->parsed()) options.command = CommandName::kConfigCheck;
  if (show->parsed()) options.command = CommandName::kConfigShow;
  if (doctor->parsed()) options.command = CommandName::kDoctor;
  if (alerts.alerts->parsed()) options.command = CommandName::kAlerts;
  if (alerts.ack->parsed()) options.command = CommandName::kAlertsAck;
  if (notify.test->parsed()) options.command = CommandName::kNotifyTest;
  if (notify.deliver->parsed()) options.command = CommandName::kNotifyDeliver;
  if (notify.list->parsed()) options.command = CommandName::kNotifyList;
  for (const auto& [command, name] : commands) {
    if (command->parsed()) options.command = name;
  }
  return {std::move(options), "", 0};
}

}  // namespace signalbus::app
