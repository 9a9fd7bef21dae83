// The command line of analyze, metrics and prices.
#include "app/command_line_parts.h"

namespace signalbus::app {
namespace {

void add_range(CLI::App& command, Options& options, const char* start, const char* end) {
  typed_option(command, "--start", options.start, start, TradeDate::parse)->type_name("YYYY-MM-DD");
  typed_option(command, "--end", options.end, end, TradeDate::parse)->type_name("YYYY-MM-DD");
}

}  // namespace

CLI::App* add_analyze(CLI::App& app, Options& options) {
  CLI::App* command = app.add_subcommand("analyze", "M6: profit, risk and the dashboard");
  command->footer(
      "Examples:\n"
      "  signalbus analyze --config config/config.yaml\n"
      "  signalbus analyze --start 2025-01-01 --end 2025-06-30 --period inception --open\n"
      "  signalbus analyze --benchmark data/market/spy.csv --out-dir /tmp/report\n"
      "Reads data/outputs, data/market and the journal; asks nobody. docs/analytics.md");
  add_common(*command, options);
  add_mode(*command, options, "--mode");
  add_range(*command, options, "First day (default: the first there is)",
            "Last day (default: the last there is)");
  command->add_option("--out-dir", options.out_dir, "Folder of the reports")->type_name("DIR");
  command
      ->add_option("--benchmark", options.benchmark,
                   "A symbol of data/market, or a file date,symbol,close")
      ->type_name("SYMBOL|FILE");
  command
      ->add_option("--period", options.period,
                   "What the report adds up first: the last day (default), week, month, or all")
      ->check(CLI::IsMember({"day", "week", "month", "inception"}));
  command->add_flag("--open", options.open_page, "Show the dashboard in the browser");
  return command;
}

CLI::App* add_metrics(CLI::App& app, Options& options) {
  CLI::App* command = app.add_subcommand("metrics", "Every metric of any file of returns");
  command->footer(
      "Examples:\n"
      "  signalbus metrics --returns returns.csv\n"
      "  signalbus metrics --returns closes.parquet --prices --benchmark spy.csv --rf 0.02 --json\n"
      "The file has a column date and one or more of values; an empty cell is missing.\n"
      "Formulas: docs/metrics.md");
  command->add_flag("--json", options.json, "Print one JSON object instead of text");
  command->add_flag("--quiet", options.quiet, "Print errors only");
  command->add_option("--returns", options.returns, "CSV or Parquet: date,return")
      ->type_name("FILE")
      ->required();
  command->add_option("--benchmark", options.benchmark, "The same of a benchmark, one column")
      ->type_name("FILE");
  command->add_option("--rf", options.rf, "Risk-free rate per year: 0.02 is 2 %")
      ->capture_default_str()
      ->check(CLI::Range(-1.0, 10.0))
      ->type_name("RATE");
  command->add_option("--periods", options.periods_per_year, "Returns in a year")
      ->capture_default_str()
      ->check(CLI::Range(1.0, 1e6))
      ->type_name("N");
  command->add_flag("--prices", options.are_prices, "The values are prices, not returns");
  return command;
}

CLI::App* add_prices(CLI::App& app, Options& options) {
  CLI::App* command =
      app.add_subcommand("prices", "Daily closes from the market data into data/market");
  command->footer(
      "Examples:\n"
      "  signalbus prices\n"
      "  signalbus prices --symbols SPY,AAPL --start 2024-01-02 --end 2024-12-31\n"
      "Without --symbols: every name that was held, and analytics.benchmark. Closes are "
      "unadjusted;\n"
      "what is there already is completed, never lost.");
  add_common(*command, options);
  add_mode(*command, options, "--mode");
  add_range(*command, options, "First day (default: what is missing)",
            "Last day (default: the last session that has ended)");
  command->add_option("--symbols", options.symbols, "Names to fetch")
      ->delimiter(',')
      ->type_name("A,B,...");
  return command;
}

}  // namespace signalbus::app
