#include "pipeline/run_once.h"

#include <algorithm>

#include "core/text.h"
#include "inputs/recorded_reads.h"
#include "pipeline/archive.h"
#include "pipeline/judge_run.h"
#include "pipeline/odd_days.h"
#include "pipeline/stage_results.h"
#include "pipeline/stage_words.h"

namespace signalbus::pipeline {
namespace {

using settings::OnStageFailure;
using settings::StagePolicy;

/// What M2 plans for, and where it stands.
struct KnownTargets {
  TargetBook book;
  std::string path;
  std::string sha256;
  std::optional<Contributions> contributions = std::nullopt;  ///< As M1 made them in this process.
};

/// One run on its way through the stages.
class Run {
 public:
  Run(Doors& doors, const RunDoors& run_doors, const Workspace& workspace,
      const settings::Settings& settings, const Manifest& manifest, const RunRequest& request,
      RunOutcome& outcome)
      : doors_(doors),
        run_doors_(run_doors),
        workspace_(workspace),
        settings_(settings),
        manifest_(manifest),
        request_(request),
        out_(outcome) {}

  Status all_stages();

 private:
  template <class Work>
  bool stage(const std::string& name, const StagePolicy& policy, Work work);
  bool is_asked(const std::string& name) const;
  Result<StageAnswer> spawned(const std::vector<std::string>& arguments, const StagePolicy& policy);

  Result<StageAnswer> m1();
  Result<StageAnswer> m1_last_good(const Error& error);
  Result<SignalsOutcome> decide_and_save_signals();
  Result<KnownTargets> load_targets(const std::string& path);
  Result<PlanRequest> plan_request();
  Result<SleeveHistory> sleeve_history();
  bool holds_sleeves() const {
    return settings_.signals.on_failure == signals::OnFailure::kHoldSleeve;
  }
  void plan_ahead();
  Result<StageAnswer> m2();
  Result<StageAnswer> m4();
  Result<StageAnswer> m5();
  Result<StageAnswer> m6();
  Status decide();

  Doors& doors_;
  const RunDoors& run_doors_;
  const Workspace& workspace_;
  const settings::Settings& settings_;
  const Manifest& manifest_;
  const RunRequest& request_;
  RunOutcome& out_;
  execution::BatchDecision decision_{execution::BatchDecision::Kind::kOpenNew, 1};
  std::optional<KnownTargets> targets_;
  /// M2's decision; made before M1's files are written where M1 runs in this process.
  struct Ahead {
    PlanRequest request;
    Result<PlanDecision> decision;
  };
  std::optional<Ahead> ahead_;
};

bool Run::is_asked(const std::string& name) const {
  if (request_.skip.contains(name)) return false;
  return request_.only.empty() || request_.only.contains(name);
}

/// Runs one stage with its clock and its failure policy; true when what follows may go on.
template <class Work>
bool Run::stage(const std::string& name, const StagePolicy& policy, Work work) {
  if (!is_asked(name)) {
    out_.stages.push_back({name, StageState::kSkipped, "not asked for", 0, 0});
    return true;
  }
  const std::int64_t start = doors_.clock.monotonic_micros();
  Result<StageAnswer> answer = work();
  const std::int64_t micros = doors_.clock.monotonic_micros() - start;
  if (policy.timeout_seconds && micros > *policy.timeout_seconds * 1'000'000) {
    out_.notes.push_back(name + " took longer than its timeout_seconds of " +
                         std::to_string(*policy.timeout_seconds) +
                         "; only --isolate can end a stage early");
  }
  const StageAnswer end = answer.ok() ? std::move(answer).value() : failure_of(answer.error());
  const bool failed = end.state == StageState::kFailed;
  const bool tolerated = failed && policy.on_failure == OnStageFailure::kSkip;
  if (failed) {
    doors_.log.line(tolerated ? LogLevel::kWarn : LogLevel::kError, name, end.message);
  }
  out_.stages.push_back({name, end.state, end.message, micros, tolerated ? 0 : end.exit_code});
  return !failed || tolerated;
}

Result<StageAnswer> Run::spawned(const std::vector<std::string>& arguments,
                                 const StagePolicy& policy) {
  return spawn_stage(request_.spawn, arguments, policy, out_, doors_.log);
}

Result<StageAnswer> Run::m1() {
  const StagePolicy& policy = settings_.scheduler.m1.stage;
  const bool has_last_good = policy.on_failure == OnStageFailure::kLastGood;
  if (request_.spawn) {
    Result<StageAnswer> answer =
        spawned(build_m1_cmd(workspace_, settings_, request_.run_date), policy);
    const bool failed = !answer.ok() || answer.value().state == StageState::kFailed;
    if (!failed || !has_last_good) return answer;
    return m1_last_good(answer.ok() ? Error{ErrorCode::kInvalidInput, answer.value().message}
                                    : answer.error());
  }
  Result<SignalsOutcome> done = decide_and_save_signals();
  if (!done.ok()) {
    if (!has_last_good) return std::move(done).error();
    return m1_last_good(done.error());
  }
  out_.m1 = std::move(done).value();
  add_files(out_, out_.m1->files);
  targets_ = {out_.m1->merged.book, workspace_.targets(request_.run_date), out_.m1->targets_sha256,
              out_.m1->merged.contributions};
  out_.notes.insert(out_.notes.end(), out_.m1->merged.notes.begin(), out_.m1->merged.notes.end());
  return StageAnswer{StageState::kDone, counted(targets_->book.targets.size(), "target"), 0};
}

/// Writing Parquet waits for its library, which loads beside us: that wait is M2's time to decide.
Result<SignalsOutcome> Run::decide_and_save_signals() {
  SignalsRequest request =
      make_signals_request(workspace_, settings_, manifest_, request_.run_date);
  if (holds_sleeves()) {
    SB_TRY(const SleeveHistory history, sleeve_history());
    SB_TRY(request.merge.sleeves, strategies_with_a_sleeve(history));
  }
  SB_TRY(signals::MergedTargets merged, decide_signals(doors_, request));
  targets_ = {merged.book, workspace_.targets(request_.run_date), "", merged.contributions};
  if (is_asked("m2")) plan_ahead();
  Result<SignalsOutcome> saved = save_signals(doors_, request, std::move(merged));
  if (!saved.ok()) {  // nothing may be planned for targets that are not on disk
    targets_.reset();
    ahead_.reset();
  }
  return saved;
}

void Run::plan_ahead() {
  Result<PlanRequest> request = plan_request();
  if (!request.ok()) return;  // m2 will find the same, and say so in its place
  Result<PlanDecision> decision = decide_plan(doors_, run_doors_.plan, request.value());
  ahead_ = {std::move(request).value(), std::move(decision)};
}

/// The newest earlier targets stand in for a failed M1, with a note that says so.
Result<StageAnswer> Run::m1_last_good(const Error& error) {
  const std::string folder = workspace_.at("data/intermediate");
  SB_TRY(const std::string newest, find_targets_before(doors_.files, folder, request_.run_date));
  if (newest.empty()) return Error(error);
  SB_TRY(targets_, load_targets(join_path(folder, newest)));
  // Who asked for what is found under the targets' own date.
  SB_TRY(KnownContributions known, find_contributions(doors_.files, targets_->path,
                                                      targets_->book.trade_date, holds_sleeves()));
  targets_->contributions = std::move(known.contributions);
  targets_->book.trade_date = request_.run_date;
  const std::string note = "m1 failed (" + error.message + "); the targets of " + newest +
                           " stand in (scheduler.m1.on_failure: last_good)";
  doors_.log.line(LogLevel::kWarn, "m1", note);
  out_.notes.push_back(note);
  return StageAnswer{StageState::kDone, "last good targets " + newest, 0};
}

Result<KnownTargets> Run::load_targets(const std::string& path) {
  inputs::RecordedReads files(doors_.files);
  SB_TRY(TargetBook book, inputs::load_targets(files, path, request_.run_date));
  return KnownTargets{std::move(book), path, files.hash_of(path)};
}

Result<PlanRequest> Run::plan_request() {
  SB_TRY(std::set<Symbol> traded,
         run_doors_.journal.traded_symbols(request_.mode, account_of(settings_, request_.mode)));
  SB_TRY(PlanRequest made, make_plan_request(workspace_, settings_, doors_.files, request_.mode,
                                             targets_->book, std::move(traded)));
  SB_TRY(made.history, sleeve_history());
  if (targets_->contributions) {
    made.contributions.contributions = targets_->contributions;
  } else {
    SB_TRY(made.contributions,
           find_contributions(doors_.files, targets_->path, request_.run_date, holds_sleeves()));
  }
  made.check = make_broker_check_request(settings_, request_.mode, true);  // a run has the account
  return made;
}

Result<SleeveHistory> Run::sleeve_history() {
  return load_sleeve_history(run_doors_.journal, request_.mode,
                             account_of(settings_, request_.mode), run_doors_.plan.broker);
}

Result<StageAnswer> Run::m2() {
  const std::string path = workspace_.targets(request_.run_date);
  // Last good targets are of another date, which the command of M2 would rightly refuse.
  if (request_.spawn && !targets_) {
    return spawned(build_m2_cmd(workspace_, path, request_.run_date), settings_.scheduler.m2.stage);
  }
  if (!targets_) {
    SB_TRY(targets_, load_targets(path));
    if (targets_->book.trade_date != request_.run_date) {
      return Error{ErrorCode::kUsage, path + ": targets are for " +
                                          targets_->book.trade_date.iso() + ", the run is for " +
                                          request_.run_date.iso() + "; run m1 for that date"};
    }
  }
  if (!ahead_) {
    SB_TRY(PlanRequest made, plan_request());
    Result<PlanDecision> decision = decide_plan(doors_, run_doors_.plan, made);
    ahead_ = {std::move(made), std::move(decision)};
  }
  PlanRequest& plan = ahead_->request;
  SB_TRY_OK(note_odd_days(doors_.files, workspace_, request_.run_date, plan, out_.notes));
  plan.targets_path = targets_->path;
  plan.targets_sha256 = targets_->sha256;
  if (out_.m1) {
    plan.contributions.path = out_.m1->contributions_path;
    plan.contributions.sha256 = out_.m1->contributions_sha256;
  }
  SB_TRY(PlanDecision decision, std::move(ahead_->decision));
  SB_TRY(out_.m2, save_plan(doors_, plan, std::move(decision)));
  add_files(out_, out_.m2->files);
  out_.notes.insert(out_.notes.end(), out_.m2->plan.notes.begin(), out_.m2->plan.notes.end());
  return StageAnswer{StageState::kDone, counted(out_.m2->plan.orders.size(), "order"),
                     out_.m2->risk_skips > 0 ? 4 : 0};
}

Result<StageAnswer> Run::m4() {
  if (request_.spawn) {
    return spawned(build_m4_cmd(workspace_, request_.mode, request_.run_date, request_.again),
                   settings_.scheduler.m4.stage);
  }
  ExecuteRequest request =
      make_execute_request(workspace_, settings_, request_.mode, request_.run_date, request_.again);
  std::optional<ExecutablePlan> plan;
  if (out_.m2) {
    plan = executable_plan_of(*out_.m2);
    request.rehearsal = {out_.m2->plan.equity, out_.m2->holdings};
  } else if (decision_.kind == execution::BatchDecision::Kind::kOpenNew) {
    SB_TRY(plan, load_executable_plan(doors_, plan_files(workspace_, settings_), request_.mode,
                                      request_.run_date));
  }
  if (!out_.m2 && request_.mode == Mode::kDry) {
    request.rehearsal = planned_account(doors_.files, plan_files(workspace_, settings_));
  }
  SB_TRY(const PriceBook market, out_.m2 ? Result<PriceBook>(out_.m2->prices)
                                         : gate_prices(doors_.files, workspace_, plan));
  SB_TRY(const ExecuteDoors execute, run_doors_.execute(market));
  SB_TRY(out_.m4, run_execute(doors_, execute, plan, request));
  add_files(out_, out_.m4->files);
  const std::vector<std::string>& notes = out_.m4->end.notes;
  out_.notes.insert(out_.notes.end(), notes.begin(), notes.end());
  const bool through = out_.m4->end.unresolved == 0 && !out_.m4->end.halted;
  return StageAnswer{through ? StageState::kDone : StageState::kFailed, out_.m4->words(),
                     out_.m4->exit_code()};
}

Result<StageAnswer> Run::m5() {
  const ReconcileRequest request =
      make_reconcile_request(workspace_, settings_, request_.mode, request_.run_date);
  const bool ask = reconciles_with_broker(settings_, request_.mode);
  SB_CHECK(!ask || request_.spawn || run_doors_.plan.broker != nullptr);
  const bool both_here = out_.m2 && out_.m4;
  if (!both_here && !ask) {
    const Result<std::optional<report::PlanRecord>> plan = find_plan(doors_, request);
    if (!plan.ok() && plan.error().code == ErrorCode::kNotFound) {
      return StageAnswer{StageState::kSkipped, "nothing to reconcile: " + plan.error().message, 0};
    }
  }
  if (request_.spawn) {
    return spawned(build_m5_cmd(workspace_, settings_, request_.mode, request_.run_date),
                   settings_.scheduler.m5.stage);
  }
  Result<ReconcileOutcome> done =
      ask ? run_reconcile_with_broker(
                doors_, {*run_doors_.plan.broker, run_doors_.journal, run_doors_.activities},
                request, make_broker_check_request(settings_, request_.mode, true))
      : both_here ? reconcile_run(doors_, request, *out_.m2, *out_.m4)
                  : run_reconcile(doors_, request);
  if (!done.ok()) return std::move(done).error();
  out_.m5 = std::move(done).value();
  out_.open_differences = open_differences_of(*out_.m5);
  add_files(out_, out_.m5->files);
  SB_TRY(const SleeveHistory history, sleeve_history());
  SB_TRY(SleeveReport sleeves,
         report_sleeves(doors_.files, history, out_.m5->result.eod, request.out_dir));
  add_files(out_, sleeves.files);
  out_.sleeves = std::move(sleeves.results);
  return StageAnswer{StageState::kDone, counted(out_.m5->differences(), "difference"), 0};
}

Result<StageAnswer> Run::m6() {
  const auto command = build_m6_cmd(workspace_, request_.mode, request_.run_date);
  if (request_.spawn) return spawned(command, settings_.scheduler.m6.stage);
  AnalyzeRequest request =
      make_analyze_request(workspace_, settings_, request_.mode,
                           account_of(settings_, request_.mode), request_.run_date);
  request.version = request_.version;
  const AnalyzeDoors ask{&run_doors_.journal, run_doors_.activities, run_doors_.alerts.book};
  Result<AnalyzeOutcome> done = run_analyze(doors_, ask, request);
  if (!done.ok()) {
    if (done.error().code != ErrorCode::kNotFound) return std::move(done).error();
    return StageAnswer{StageState::kSkipped, "nothing to analyse: " + done.error().message, 0};
  }
  out_.m6 = std::move(done).value();
  out_.measured = out_.m6->values;
  add_files(out_, out_.m6->files);
  return StageAnswer{StageState::kDone, out_.m6->words(), 0};
}

/// A finished batch is left alone; an open one is resumed with its stored plan.
Status Run::decide() {
  const BatchKey key{request_.mode, account_of(settings_, request_.mode), request_.run_date};
  SB_TRY(const std::optional<Batch> latest, run_doors_.journal.latest_batch(key));
  decision_ = execution::decide_batch(latest, request_.again);
  if (decision_.kind == execution::BatchDecision::Kind::kOpenNew) return Ok{};
  const bool resumes = decision_.kind == execution::BatchDecision::Kind::kResume;
  const std::string note =
      "batch " + latest->id().get() +
      (resumes
           ? " is unfinished: it is resumed with its stored orders, nothing is planned anew"
           : " of this date is finished: nothing is planned or sent; --again opens the next batch");
  doors_.log.line(LogLevel::kInfo, "run", note);
  out_.notes.push_back(note);
  for (const char* name : {"m1", "m2"}) {
    out_.stages.push_back({name, StageState::kDoneBefore, "batch " + latest->id().get(), 0, 0});
  }
  return Ok{};
}

Status Run::all_stages() {
  const settings::SchedulerSettings& scheduler = settings_.scheduler;
  SB_TRY_OK(decide());
  bool go_on = true;
  if (decision_.kind == execution::BatchDecision::Kind::kOpenNew) {
    go_on = stage("m1", scheduler.m1.stage, [&] { return m1(); });
    if (go_on) go_on = stage("m2", scheduler.m2.stage, [&] { return m2(); });
  }
  if (go_on && scheduler.m4.run) {
    go_on = stage("m4", scheduler.m4.stage, [&] { return m4(); });
  }
  // Whatever failed before: what was done is reconciled.
  if (scheduler.m5.run) stage("m5", scheduler.m5.stage, [&] { return m5(); });
  if (scheduler.m6.run || request_.only.contains("m6"))
    stage("m6", scheduler.m6.stage, [&] { return m6(); });
  list_other_files(doors_.files, workspace_, settings_, request_, out_);
  return Ok{};
}

}  // namespace

Result<RunOutcome> run_once(Doors& doors, const RunDoors& run_doors, const Workspace& workspace,
                            const settings::Settings& settings, const Manifest& manifest,
                            const RunRequest& request) {
  SB_TRY(const RunRecord record,
         run_doors.journal.begin_run(request.mode, request.run_date, doors.clock.now()));
  RunOutcome outcome{.run = record,
                     .stages = {},
                     .notes = {},
                     .files = {},
                     .archive = free_archive(doors.files, workspace, record),
                     .exit_code = 0};
  doors.log.line(LogLevel::kInfo, "run",
                 "run " + request.run_date.compact() + "-" + std::to_string(record.number) +
                     ", mode " + std::string(to_text(request.mode)));
  Run run(doors, run_doors, workspace, settings, manifest, request, outcome);
  SB_TRY_OK(run.all_stages());
  std::vector<int> codes;
  for (const StageReport& stage : outcome.stages) codes.push_back(stage.exit_code);
  outcome.exit_code = worst_exit_code(codes);
  SB_TRY_OK(judge_run(doors, run_doors, settings, request, outcome));
  SB_TRY_OK(archive_run(doors, workspace, settings, request, outcome));
  SB_TRY_OK(run_doors.journal.finish_run(record, doors.clock.now(), outcome.exit_code,
                                         outcome_words(outcome)));
  return outcome;
}

}  // namespace signalbus::pipeline
