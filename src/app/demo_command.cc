// demo: two years on the embedded exchange, with faults, in seconds.
#include <unistd.h>

#include <array>
#include <cmath>

#include "app/commands.h"
#include "app/demo_page.h"
#include "app/demo_trading.h"
#include "app/demo_workspace.h"
#include "app/open_page.h"
#include "app/progress_bar.h"
#include "app/version.h"
#include "core/paths.h"
#include "exchange/prices.h"
#include "formats/csv_writer.h"
#include "formats/parquet.h"
#include "pipeline/analyze_stage.h"

namespace signalbus::app {
namespace {

constexpr int kDifferencesFound = 10;  // docs/exit-codes.md

/// Each of the names with the same money at first: what a unit of it became.
Result<double> growth_of_names(const exchange::PriceTable& prices, TradeDate first,
                               TradeDate last) {
  double sum = 0;
  for (std::size_t symbol = 0; symbol < prices.symbols().size(); ++symbol) {
    const auto from = prices.close_until(symbol, first);
    const auto to = prices.close_until(symbol, last);
    if (!from || !to) {
      return Error{ErrorCode::kInvalidInput, "the demo's prices have none on " + first.iso()};
    }
    sum += to->to_double() / from->to_double();
  }
  return sum / static_cast<double>(prices.symbols().size());
}

/// The same as a price of 100 USD at first: the benchmark of the demo's configuration.
Status save_benchmark(Files& files, const exchange::PriceTable& prices, const DemoWorkspace& demo) {
  constexpr std::array<std::string_view, 3> kHeader = {"date", "symbol", "close"};
  formats::CsvWriter csv(kHeader);
  for (const TradeDate date : demo.sessions) {
    SB_TRY(const double growth, growth_of_names(prices, demo.sessions.front(), date));
    csv.date(date).text("EQUAL20");
    csv.fixed(Price::from_raw(std::llround(growth * 1e8) * 1000)).end_row();
  }
  const NewFile file{join_path(demo.root, "data/market/equal20.csv"), csv.take()};
  return files.write(std::span(&file, 1));
}

/// The report over all its days.
Status analyze_days(Session& session) {
  SB_TRY(Journal * journal, session.journal());
  SB_TRY(ActivityBook * activities, session.activities());
  SB_TRY(const AccountId account,
         pipeline::analyzed_account(session.settings(), Mode::kSim, activities));
  pipeline::AnalyzeRequest request = pipeline::make_analyze_request(
      session.workspace(), session.settings(), Mode::kSim, account, std::nullopt);
  request.version = kVersion;
  SB_TRY(AlertBook * alerts, session.alert_book());
  SB_TRY_OK(pipeline::run_analyze(session.doors(), {journal, activities, alerts}, request));
  return Ok{};
}

/// Trades what is left; every finished day is kept before the next begins.
Status trade_the_rest(const DemoWorkspace& demo, Session& session, const Options& options,
                      Progress& progress, std::vector<DemoDay>& days) {
  SB_TRY(const std::unique_ptr<DemoTrading> trading, DemoTrading::open(session, options));
  for (std::size_t i = days.size(); i < demo.sessions.size(); ++i) {
    progress.update("demo", i, demo.sessions.size());
    SB_TRY(DemoDay day, trading->trade(demo.sessions[i]));
    days.push_back(std::move(day));
    SB_TRY_OK(save_demo_days(session.doors().files, demo.days_file(), days));
  }
  progress.update("demo", demo.sessions.size(), demo.sessions.size());
  return Ok{};
}

/// The options of `run --once` in that workspace.
Options run_options(const DemoWorkspace& demo, const Options& options) {
  Options out = options;
  out.command = CommandName::kRun;
  out.root = demo.root;
  out.config = join_path(demo.root, "config/config.yaml");
  out.quiet = true;  // a day's page is for who runs one day
  out.is_demo = true;
  return out;
}

}  // namespace

Result<int> demo_command(const Options& options) {
  const formats::ParquetPreload preload;
  storage::DiskFiles files(storage::SystemCalls::of(Durability::kProcess));
  SB_TRY(const DemoWorkspace demo, prepare_demo(files, options.folder, options.days));
  SB_TRY(std::vector<DemoDay> days, load_demo_days(files, demo.days_file()));
  const Options run = run_options(demo, options);
  SB_TRY(const std::unique_ptr<Session> session, Session::open(run));
  DemoResult result{.root = demo.root, .start = session->settings().sim.cash, .days = {}};
  result.was_done = days.size() >= demo.sessions.size();
  if (!result.was_done) {
    const bool bar = !options.quiet && !options.json && ::isatty(STDERR_FILENO) == 1;
    const std::unique_ptr<Progress> progress = make_progress(bar);
    const bool from_the_start = days.empty();
    const std::int64_t start = session->system_clock().monotonic_micros();
    SB_TRY_OK(trade_the_rest(demo, *session, run, *progress, days));
    const std::int64_t micros = session->system_clock().monotonic_micros() - start;
    if (from_the_start) result.seconds = static_cast<double>(micros) / 1e6;
  }
  SB_TRY(
      const exchange::PriceTable prices,
      exchange::PriceTable::load(files, session->workspace().at(session->settings().sim.prices)));
  SB_TRY(const double growth, growth_of_names(prices, days.front().date, days.back().date));
  result.same_names = growth - 1;
  result.dashboard = session->workspace().in_outputs("summary_dashboard.html");
  if (!result.was_done || !files.exists(result.dashboard)) {
    SB_TRY_OK(save_benchmark(files, prices, demo));
    SB_TRY_OK(analyze_days(*session));
  }
  SB_TRY(result.strategies,
         load_strategy_results(files, session->workspace().outputs(), demo.sessions,
                               session->settings().scheduler.m1.blend));
  result.days = std::move(days);
  print_result(options, demo_page(result), demo_json(result));
  if (options.open_page) open_page(result.dashboard);
  return result.differences() == 0 ? 0 : kDifferencesFound;
}

}  // namespace signalbus::app
