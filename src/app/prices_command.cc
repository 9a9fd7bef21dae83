// prices: daily closes from the broker's market data into data/market.
#include "app/commands.h"
#include "app/session.h"
#include "app/stage_json.h"
#include "calendar/exchange_calendar.h"
#include "calendar/new_york.h"
#include "core/text.h"
#include "inputs/load_benchmark.h"
#include "pipeline/fetch_history.h"
#include "pipeline/run_text.h"

namespace signalbus::app {
namespace {

constexpr int kDaysBefore = 10;   // of the first day held: the benchmark's base
constexpr int kYearOfDays = 366;  // where nothing was held yet

/// The last session whose close is known.
Result<TradeDate> last_ended_session(Instant now) {
  const TradeDate today = calendar::new_york_date(now);
  const Result<calendar::Session> session = calendar::session(today);
  if (session.ok() && session.value().close <= now) return today;
  SB_TRY(const calendar::Session before, calendar::previous_session(today));
  return before.date;
}

Result<std::vector<Symbol>> wanted_symbols(const Options& options, Session& session,
                                           const pipeline::HeldNames& held,
                                           const settings::AnalyticsSettings& analytics) {
  std::set<Symbol> out;
  for (const std::string& name : options.symbols) {
    Result<Symbol> symbol = Symbol::parse(name);
    if (!symbol.ok()) return Error{ErrorCode::kUsage, "--symbols: " + symbol.error().message};
    out.insert(symbol.value());
  }
  if (options.symbols.empty()) {
    out.insert(held.symbols.begin(), held.symbols.end());
    const Result<Symbol> symbol = Symbol::parse(analytics.benchmark);
    if (symbol.ok()) out.insert(symbol.value());
    if (!analytics.benchmark_weights.empty()) {
      SB_TRY(const std::vector<BenchmarkWeight> weights,
             inputs::load_benchmark_weights(session.doors().files,
                                            session.workspace().at(analytics.benchmark_weights)));
      for (const BenchmarkWeight& part : weights) {
        if (part.symbol) out.insert(*part.symbol);
      }
    }
  }
  if (!out.empty()) return std::vector<Symbol>(out.begin(), out.end());
  return Error{ErrorCode::kUsage, session.workspace().outputs() +
                                      " has no positions yet and analytics.benchmark is not set; "
                                      "name symbols with --symbols SPY,AAPL"};
}

}  // namespace

Result<int> prices_command(const Options& options) {
  SB_TRY(const std::unique_ptr<Session> session, Session::open(options));
  SB_TRY(const pipeline::HeldNames held,
         pipeline::held_names(session->doors().files, session->workspace().outputs()));
  SB_TRY(const std::vector<Symbol> symbols,
         wanted_symbols(options, *session, held, session->settings().analytics));
  SB_TRY(AlpacaLink * link, session->alpaca());
  SB_TRY_OK(session->connect());
  SB_TRY(const TradeDate newest, last_ended_session(session->doors().clock.now()));
  const TradeDate end = std::min(options.end.value_or(newest), newest);
  const TradeDate first =
      held.first_day ? held.first_day->plus_days(-kDaysBefore) : end.plus_days(-kYearOfDays);
  const pipeline::HistoryRequest request{.folder = session->workspace().market(),
                                         .symbols = symbols,
                                         .start = options.start,
                                         .first = std::min(first, end),
                                         .end = end};
  SB_TRY(const pipeline::HistoryOutcome done,
         pipeline::fetch_history(session->doors(), link->prices(settings::PriceSource::kSnapshot),
                                 request));
  std::vector<std::string> notes;
  for (const Symbol& symbol : done.without) {
    notes.push_back(symbol.text() + ": the market data has no bars of it");
  }
  std::string text = counted(done.bars, "bar") + " of " + counted(symbols.size(), "symbol") +
                     " to " + end.iso() + ": " + std::to_string(done.fresh) + " new, " +
                     std::to_string(done.changed) + " with another close than before\n";
  for (const std::string& note : notes) text += "  " + note + "\n";
  StageJson json("prices");
  json.count("bars", done.bars).count("new", done.fresh).count("changed", done.changed);
  print_result(options, text + pipeline::files_section(done.files, session->workspace()),
               json.take(notes, done.files));
  return 0;
}

}  // namespace signalbus::app
