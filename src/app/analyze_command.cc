// analyze: profit, risk and dashboard of the workspace's days.
#include "app/commands.h"
#include "app/open_page.h"
#include "app/session.h"
#include "app/stage_json.h"
#include "app/version.h"
#include "calendar/new_york.h"
#include "pipeline/analyze_stage.h"
#include "pipeline/run_text.h"
#include "pipeline/stage_results.h"

namespace signalbus::app {
namespace {

/// A file is seen from the working directory, as every flag's path; a symbol is no path.
std::string benchmark_of(const std::string& flag, const std::string& configured) {
  if (flag.empty()) return configured;
  return Symbol::parse(flag).ok() ? flag : absolute_path(flag);
}

/// Of a real account data should reach today, unless another last day is named; what is simulated
/// has days of its own.
std::optional<TradeDate> as_of(const Options& options, Session& session) {
  if (options.end || session.mode() == Mode::kDry || session.mode() == Mode::kSim)
    return std::nullopt;
  return calendar::new_york_date(session.doors().clock.now());
}

Result<pipeline::AnalyzeRequest> request_of(const Options& options, Session& session,
                                            ActivityBook* activities) {
  SB_TRY(const AccountId account,
         pipeline::analyzed_account(session.settings(), session.mode(), activities));
  pipeline::AnalyzeRequest request = pipeline::make_analyze_request(
      session.workspace(), session.settings(), session.mode(), account, options.end);
  request.past.start = options.start;
  request.past.benchmark = benchmark_of(options.benchmark, request.past.benchmark);
  if (!options.out_dir.empty()) request.out_dir = absolute_path(options.out_dir);
  if (!options.period.empty()) {
    SB_TRY(request.period, pipeline::parse_period(options.period));
  }
  request.version = kVersion;
  request.as_of = as_of(options, session);
  return request;
}

std::string json_of(const pipeline::AnalyzeOutcome& done) {
  StageJson json("analyze");
  const analytics::Performance& performance = done.performance;
  json.count("days", performance.days.size()).count("broken_days", performance.totals.days_broken);
  formats::JsonWriter& writer = json.writer();
  writer.key("start").string(performance.days.front().date().iso());
  writer.key("end").string(performance.last().date().iso());
  writer.key("equity").fixed(performance.totals.end);
  writer.key("profit").fixed(performance.totals.profit);
  writer.key("flows").fixed(performance.totals.flows);
  writer.key("twr").real(performance.totals.twr);
  writer.key("mwr").real(performance.totals.mwr);
  writer.key("dashboard").string(done.dashboard);
  writer.key("metrics").begin_object();
  for (const analytics::MetricColumns& row : performance.metrics) {
    writer.key(row.own.metric->id).real(row.own.value);
  }
  writer.end_object();
  pipeline::write_risk_values(writer, done.values);
  return json.take(done.notes, done.files);
}

}  // namespace

Result<int> analyze_command(const Options& options) {
  SB_TRY(const std::unique_ptr<Session> session, Session::open(options));
  pipeline::AnalyzeDoors ask;
  if (session->doors().files.exists(session->workspace().journal())) {
    SB_TRY(ask.journal, session->journal());
    SB_TRY(ask.activities, session->activities());
    SB_TRY(ask.alerts, session->alert_book());
  }
  SB_TRY(const pipeline::AnalyzeRequest request, request_of(options, *session, ask.activities));
  SB_TRY(const pipeline::AnalyzeOutcome done,
         pipeline::run_analyze(session->doors(), ask, request));
  print_result(options,
               done.summary + "\n" + pipeline::files_section(done.files, session->workspace()),
               json_of(done));
  if (options.open_page) open_page(done.dashboard);
  return 0;
}

}  // namespace signalbus::app
