#include "app/command_flags.h"

namespace signalbus::app {

void add_common(CLI::App& command, Options& options) {
  command.add_option("--config", options.config, "Configuration file")->type_name("FILE");
  command.add_option("--root", options.root, "Workspace folder (default: the parent of config/)")
      ->type_name("DIR");
  command.add_flag("--json", options.json, "Print one JSON object instead of text");
  command.add_flag("--quiet", options.quiet, "Print errors only");
  command.add_flag("--debug", options.debug, "Log every step to stderr");
  typed_option(command, "--now", options.now, "Pretend it is this instant (dry and sim only)",
               Instant::parse)
      ->type_name("RFC3339");
}

void add_date(CLI::App& command, Options& options) {
  typed_option(command, "--date", options.date, "Run date (default: today in New York)",
               TradeDate::parse)
      ->type_name("YYYY-MM-DD");
}

void add_mode(CLI::App& command, Options& options, const std::string& name) {
  typed_option(command, name, options.mode, "dry, sim, paper or live", parse_mode)
      ->type_name("MODE");
}

AlertCommands add_alerts(CLI::App& app, Options& options) {
  CLI::App* alerts = app.add_subcommand("alerts", "What is out of its limits, and since when");
  alerts->require_subcommand(0, 1);
  alerts->footer(
      "Examples:\n"
      "  signalbus alerts\n"
      "  signalbus alerts --all --json\n"
      "  signalbus alerts ack single_name --scope symbol:AAPL --reason \"sold tomorrow\"\n"
      "Rules: docs/alerts.md");
  add_common(*alerts, options);
  add_mode(*alerts, options, "--mode");
  alerts->add_flag("--all", options.all, "Also the newest changes, told or not");
  CLI::App* ack = alerts->add_subcommand("ack", "Silence an alert until it gets worse or is over");
  ack->footer(
      "Example:\n  signalbus alerts ack drawdown --reason \"the strategy is being wound down\"");
  add_common(*ack, options);
  add_mode(*ack, options, "--mode");
  ack->add_option("rule", options.rule, "Name of the rule, as drawdown")->required();
  ack->add_option("--scope", options.scope, "Which one, where the rule has several open")
      ->type_name("SCOPE");
  ack->add_option("--reason", options.reason, "Kept with the alert")->type_name("TEXT")->required();
  return {alerts, ack};
}

NotifyCommands add_notify(CLI::App& app, Options& options) {
  CLI::App* notify = app.add_subcommand("notify", "Try the channels; the messages on their way");
  notify->require_subcommand(1);
  notify->footer(
      "Examples:\n"
      "  signalbus notify test\n"
      "  signalbus notify test --channel email\n"
      "  signalbus notify list\n"
      "  signalbus notify deliver\n"
      "Channels: docs/alerts.md");
  CLI::App* test = notify->add_subcommand("test", "Send a message by every channel now");
  test->footer("Example:\n  signalbus notify test --channel slack");
  add_common(*test, options);
  add_mode(*test, options, "--mode");
  test->add_option("--channel", options.channel, "Only this one")
      ->check(CLI::IsMember({"email", "slack", "webhook", "sms", "dead_man"}));
  CLI::App* deliver = notify->add_subcommand("deliver", "Send what waits and is due");
  deliver->footer("Example:\n  signalbus notify deliver --root paper_trading");
  CLI::App* list = notify->add_subcommand("list", "The messages that wait");
  list->footer("Example:\n  signalbus notify list --all");
  add_common(*deliver, options);
  add_common(*list, options);
  list->add_flag("--all", options.all, "Also those that were sent or given up");
  return {test, deliver, list};
}

}  // namespace signalbus::app
