#include "pipeline/analyze_stage.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <future>
#include <utility>

#include "alerts/judge.h"
#include "analytics/watch_values.h"
#include "calendar/exchange_calendar.h"
#include "core/paths.h"
#include "core/text.h"
#include "inputs/recorded_reads.h"
#include "pipeline/alert_stage.h"
#include "pipeline/requests.h"
#include "report/dashboard_view.h"
#include "report/figures.h"
#include "report/save_performance.h"
#include "report/view_of_performance.h"

namespace signalbus::pipeline {
namespace {

constexpr std::size_t kRunsShown = 60;

/// First day of the period that ends on `last`.
TradeDate period_start(Period period, TradeDate last) {
  switch (period) {
    case Period::kDay:
      return last;
    case Period::kWeek:
      return last.plus_days(-((last.weekday() + 6) % 7));  // Monday
    case Period::kMonth:
      return last.plus_days(1 - last.day());
    case Period::kInception:
      break;
  }
  return TradeDate::from_days(0);
}

std::string title_of(Period period) {
  switch (period) {
    case Period::kDay:
      return "Daily report";
    case Period::kWeek:
      return "Weekly report";
    case Period::kMonth:
      return "Monthly report";
    case Period::kInception:
      break;
  }
  return "Since inception";
}

/// What the page calls the days that its first part adds up.
void name_days(report::TodayView& view, Period period, const analytics::Performance& performance) {
  if (period == Period::kDay) return;
  view.period = period == Period::kWeek    ? "Last week"
                : period == Period::kMonth ? "Last month"
                                           : "Since inception";
  view.since = performance.days[performance.focus.first].date();
}

/// Absent where the calendar does not know the days.
std::optional<int> stale_sessions(TradeDate last, TradeDate as_of) {
  const Result<int> sessions = calendar::sessions_from_to(last, as_of);
  return sessions.ok() ? std::optional(std::max(0, sessions.value())) : std::nullopt;
}

/// What will be open once the run ends with these values; nothing is stored here.
Result<std::vector<AlertNotice>> alerts_to_show(const AnalyzeDoors& ask,
                                                const AnalyzeRequest& request,
                                                const std::vector<RiskValue>& values,
                                                TradeDate date) {
  std::vector<AlertState> states;
  if (ask.alerts != nullptr) {
    SB_TRY(states, ask.alerts->alert_states(request.past.mode, request.past.account));
  }
  return notices_of(
      alerts::evaluate(request.rules, states,
                       {.date = date, .values = values, .measured = {alerts::Source::kAnalysis}})
          .open);
}

/// Whether `folder` stands beside the reports, so that a relative link from the page reaches it.
bool lies_beside(const std::string& folder, const std::string& out_dir) {
  return !folder.empty() && parent_path(folder) == parent_path(out_dir);
}

Result<std::vector<report::RunRowView>> run_rows(Files& files, const AnalyzeDoors& ask,
                                                 const AnalyzeRequest& request) {
  std::vector<report::RunRowView> out;
  if (ask.activities == nullptr) return out;
  SB_TRY(const std::vector<RunSummary> runs, ask.activities->newest_runs(kRunsShown));
  const bool linked = lies_beside(request.runs_dir, request.out_dir);
  for (const RunSummary& run : runs) {
    const std::string id = run.run.run_date.compact() + "-" + std::to_string(run.run.number);
    const bool there =
        linked && files.exists(join_path(join_path(request.runs_dir, id), "manifest.json"));
    out.push_back({.id = id,
                   .date = run.run.run_date,
                   .mode = std::string(to_text(run.run.mode)),
                   .outcome = run.exit_code ? run.outcome : "not finished",
                   .exit_code = run.exit_code.value_or(0),
                   .link = there ? "../" + file_name(request.runs_dir) + "/" + id + "/" : ""});
  }
  return out;
}

std::vector<std::string> recon_links(const analytics::Performance& performance,
                                     const AnalyzeRequest& request) {
  std::vector<std::string> out;
  if (request.past.outputs != request.out_dir) return out;
  for (const analytics::AccountDay& day : performance.days) out.push_back(day.recon.file);
  return out;
}

/// As people know it: an id that the embedded exchange made up tells nobody anything.
std::string account_name(const PastRequest& past) {
  if (past.mode == Mode::kDry) return "dry run";
  if (past.mode == Mode::kSim) return "embedded exchange";
  return past.account.get();
}

report::HeaderView header_of(Doors& doors, const AnalyzeRequest& request, const Past& past,
                             std::string data_hash) {
  return {.title = title_of(request.period),
          .account = account_name(request.past),
          .mode = std::string(to_text(request.past.mode)),
          .strategies = {past.strategies.begin(), past.strategies.end()},
          .time_zone = "",
          .benchmark = "",
          .benchmark_reason = "",
          .data_hash = std::move(data_hash),
          .build = request.version,
          .made_at = doors.clock.now().rfc3339(),
          .reconciliation = "",
          .notes = past.notes};
}

Result<report::ViewContext> context_of(Doors& doors, const AnalyzeDoors& ask,
                                       const AnalyzeRequest& request, const Past& past,
                                       const AnalyzeOutcome& outcome, std::string data_hash) {
  const std::string date = outcome.performance.last().date().compact();
  report::ViewContext out{.header = header_of(doors, request, past, std::move(data_hash)),
                          .drift = {},
                          .alerts = {},
                          .risk = outcome.risk,
                          .runs = {},
                          .files = {{"Profit of each day", "pnl_daily_" + date + ".csv"},
                                    {"Each name, day by day", "names_daily_" + date + ".csv"},
                                    {"Risk snapshot", "risk_snapshot_" + date + ".csv"},
                                    {"Summary as text", "summary.txt"}},
                          .recon_links = recon_links(outcome.performance, request)};
  for (const Drift& drift : past.drift) {
    out.drift.push_back(
        {drift.symbol, drift.target_weight, drift.actual_weight, drift.deviation, drift.cause});
  }
  SB_TRY(out.runs, run_rows(doors.files, ask, request));
  return out;
}

/// data_hash becomes that of all the page says but when it was made and what ran.
void sign(report::DashboardView& view) {
  const std::string made_at = std::exchange(view.header.made_at, "");
  const std::vector<report::RunRowView> runs = std::exchange(view.runs, {});
  view.header.data_hash = sha256_hex(report::dashboard_json(view));
  view.header.made_at = made_at;
  view.runs = runs;
}

bool is_on_page(Files& files, const std::string& path, const std::string& hash) {
  constexpr std::size_t kPageBytesMax = 16 << 20;
  const Result<std::string> page = files.read(path, kPageBytesMax);
  return page.ok() && page.value().find(hash) != std::string::npos;
}

std::string title_line(const AnalyzeRequest& request, const analytics::Performance& performance) {
  const TradeDate last = performance.last().date();
  const TradeDate first = performance.days[performance.focus.first].date();
  return "signalbus " + title_of(request.period) + ", " +
         (first == last ? last.iso() : first.iso() + " to " + last.iso());
}

}  // namespace

Result<Period> parse_period(std::string_view text) {
  if (text == "day") return Period::kDay;
  if (text == "week") return Period::kWeek;
  if (text == "month") return Period::kMonth;
  if (text == "inception") return Period::kInception;
  return Error{ErrorCode::kUsage,
               "period " + quoted(text) + " is unknown; write day, week, month or inception"};
}

std::string AnalyzeOutcome::words() const {
  return counted(performance.days.size(), "day") + ", " +
         report::percent_text(performance.last().ret.value) + " on the last";
}

Result<AnalyzeOutcome> run_analyze(Doors& doors, const AnalyzeDoors& ask,
                                   const AnalyzeRequest& request) {
  inputs::RecordedReads reads(doors.files);
  SB_TRY(Past past, read_past({reads, ask.journal, ask.activities}, request.past));
  const TradeDate last = past.facts.days.back().facts.date;
  past.facts.focus_from = period_start(request.period, last);
  SB_TRY(analytics::Performance performance, analytics::performance_of(std::move(past.facts)));
  AnalyzeOutcome out{.performance = std::move(performance),
                     .values = {},
                     .risk = {},
                     .summary = {},
                     .notes = past.notes,
                     .files = {},
                     .dashboard = join_path(request.out_dir, "summary_dashboard.html")};
  out.values = analytics::watch_values(out.performance,
                                       {stale_sessions(last, request.as_of.value_or(last))});
  constexpr std::array kMeasured = {alerts::Source::kAnalysis};
  out.risk = alerts::judge(out.values, request.rules, kMeasured);
  SB_TRY(const std::vector<AlertNotice> alerts, alerts_to_show(ask, request, out.values, last));
  out.summary = report::summary_text({.performance = out.performance,
                                      .title = title_line(request, out.performance),
                                      .mode = std::string(to_text(request.past.mode)),
                                      .alerts = alerts,
                                      .notes = past.notes});
  SB_TRY(report::ViewContext context,
         context_of(doors, ask, request, past, out, reads.hash_of_all()));
  context.alerts = alerts;
  report::OutputSet outputs;
  // A row for each name and day: as much work as the page.
  std::future<void> writing = std::async([&] {
    report::save_pnl_daily(outputs, out.performance, request.out_dir);
    report::save_risk_snapshot(outputs, out.risk, last, request.out_dir);
    report::save_names_daily(outputs, out.performance, request.out_dir);
    outputs.add(join_path(request.out_dir, "summary.txt"), out.summary);
  });
  report::DashboardView view = report::view_of(out.performance, std::move(context));
  name_days(view.today, request.period, out.performance);
  sign(view);
  // A page that would say the same stays: a run that changed nothing leaves every file as it was.
  const bool stays = is_on_page(doors.files, out.dashboard, view.header.data_hash);
  std::string page = stays ? "" : report::dashboard_html(view);
  writing.get();
  if (!stays) outputs.add(out.dashboard, std::move(page));
  SB_TRY_OK(outputs.commit(doors.files));
  out.files = outputs.paths();
  if (stays) out.files.push_back(out.dashboard);
  doors.log.line(LogLevel::kInfo, "m6", out.words());
  return out;
}

AnalyzeRequest make_analyze_request(const Workspace& workspace, const settings::Settings& settings,
                                    Mode mode, AccountId account, std::optional<TradeDate> end) {
  return {.past = {.mode = mode,
                   .account = std::move(account),
                   .start = std::nullopt,
                   .end = end,
                   .outputs = workspace.outputs(),
                   .log_path = workspace.in_outputs("execution_log.csv"),
                   .market = workspace.market(),
                   .sectors_path =
                       settings.sectors_file.empty() ? "" : workspace.at(settings.sectors_file),
                   .benchmark = settings.analytics.benchmark,
                   .benchmark_weights = settings.analytics.benchmark_weights.empty()
                                            ? ""
                                            : workspace.at(settings.analytics.benchmark_weights),
                   .factors = settings.analytics.factors.empty()
                                  ? ""
                                  : workspace.at(settings.analytics.factors),
                   .rf_annual = settings.analytics.risk_free_rate.to_double(),
                   .arrival_is_fresh = prices_come_from_market(settings)},
          .period = Period::kDay,
          .out_dir = workspace.outputs(),
          .runs_dir = workspace.at("data/runs"),
          .version = {},
          .rules = settings.analytics.alert_rules};
}

Result<AccountId> analyzed_account(const settings::Settings& settings, Mode mode,
                                   ActivityBook* activities) {
  const AccountId configured = account_of(settings, mode);
  if (mode == Mode::kDry || activities == nullptr) return configured;
  SB_TRY(const std::vector<AccountId> known, activities->traded_accounts(mode));
  const bool is_known = std::find(known.begin(), known.end(), configured) != known.end();
  if (known.empty() || is_known) return configured;
  if (known.size() == 1) return known.front();  // what is configured may be its number
  std::string list;
  for (const AccountId& id : known) list += (list.empty() ? "" : ", ") + id.get();
  return Error{ErrorCode::kUsage, "the journal knows several accounts of mode " +
                                      std::string(to_text(mode)) + " (" + list +
                                      "); name one in alpaca.account_id"};
}

}  // namespace signalbus::pipeline
