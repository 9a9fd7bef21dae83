// demo: two years on the embedded exchange, with faults, in seconds.
#include <unistd.h>

#include "app/commands.h"
#include "app/demo_page.h"
#include "app/demo_trading.h"
#include "app/demo_workspace.h"
#include "app/progress_bar.h"
#include "core/paths.h"
#include "exchange/prices.h"
#include "formats/parquet.h"

namespace signalbus::app {
namespace {

constexpr int kDifferencesFound = 10;  // docs/exit-codes.md

/// Each of the names with the same money at first: the mean of their returns.
Result<double> return_of_names(Files& files, const std::string& path, TradeDate first,
                               TradeDate last) {
  SB_TRY(const exchange::PriceTable prices, exchange::PriceTable::load(files, path));
  double sum = 0;
  for (std::size_t symbol = 0; symbol < prices.symbols().size(); ++symbol) {
    const auto from = prices.close_until(symbol, first);
    const auto to = prices.close_until(symbol, last);
    if (!from || !to) return Error{ErrorCode::kInvalidInput, path + ": no price on " + first.iso()};
    sum += to->to_double() / from->to_double() - 1;
  }
  return sum / static_cast<double>(prices.symbols().size());
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
  SB_TRY(result.same_names,
         return_of_names(files, session->workspace().at(session->settings().sim.prices),
                         days.front().date, days.back().date));
  SB_TRY(result.strategies,
         load_strategy_results(files, session->workspace().outputs(), demo.sessions,
                               session->settings().scheduler.m1.blend));
  result.days = std::move(days);
  print_result(options, demo_page(result), demo_json(result));
  return result.differences() == 0 ? 0 : kDifferencesFound;
}

}  // namespace signalbus::app
