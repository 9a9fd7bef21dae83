// reconcile: what was planned, executed and held, by the logs or by the broker; and --ack.
#include "app/account_guard.h"
#include "app/commands.h"
#include "app/operator_name.h"
#include "app/session.h"
#include "app/stage_json.h"
#include "pipeline/run_text.h"
#include "pipeline/stage_results.h"
#include "pipeline/stage_words.h"

namespace signalbus::app {
namespace {

pipeline::ReconcileRequest request_of(const Options& options, Session& session) {
  pipeline::ReconcileRequest request = pipeline::make_reconcile_request(
      session.workspace(), session.settings(), session.mode(), session.run_date());
  request.orders_path = or_default(options.planned, request.orders_path);
  request.plan_path = or_default(options.rebalance_plan, request.plan_path);
  request.log_path = or_default(options.exec_log, request.log_path);
  request.positions_path = options.positions_in;
  request.prices_path = options.prices;
  request.out_dir = or_default(options.out_dir, request.out_dir);
  return request;
}

Result<bool> asks_broker(const Options& options, Session& session) {
  const bool ack = !options.ack.empty();
  if (ack && options.reason.empty()) {
    return Error{ErrorCode::kUsage, "--ack needs --reason TEXT: what the difference is"};
  }
  const bool named = options.source == "broker" || ack;
  if (named && session.mode() == Mode::kDry) {
    return Error{ErrorCode::kUsage,
                 "mode dry has no broker to reconcile with; use --source logs, or name the mode "
                 "with --mode"};
  }
  return named || (options.source.empty() &&
                   pipeline::reconciles_with_broker(session.settings(), session.mode()));
}

/// The account's lock, so that late fills and the new start of books may be written; while another
/// instance holds it, reconciliation only looks.
Result<std::optional<AccountGuard>> guard_if_free(Session& session) {
  Result<AccountGuard> guard = AccountGuard::take(session, "reconcile");
  if (!guard.ok() && guard.error().code == ErrorCode::kLocked) {
    session.doors().log.line(LogLevel::kInfo, "m5",
                             guard.error().message + "; looking only, nothing is recorded");
    return std::optional<AccountGuard>();
  }
  if (!guard.ok()) return std::move(guard).error();
  SB_TRY_OK(guard.value().take_over(session));
  return std::optional<AccountGuard>(std::move(guard).value());
}

Result<pipeline::ReconcileOutcome> with_broker(const Options& options, Session& session) {
  SB_TRY(const std::optional<AccountGuard> guard, guard_if_free(session));
  SB_TRY_OK(session.connect());
  SB_TRY(AlpacaLink * link, session.alpaca());
  SB_TRY(Journal * journal, session.journal());
  SB_TRY(ActivityBook * activities, session.activities());
  const pipeline::BrokerCheckDoors ask{link->broker(), *journal, activities};
  const pipeline::BrokerCheckRequest check =
      pipeline::make_broker_check_request(session.settings(), session.mode(), guard.has_value());
  if (!options.ack.empty()) {
    SB_TRY_OK(pipeline::acknowledge_difference(
        session.doors(), ask, check,
        {options.ack, options.reason, operator_name(), session.doors().clock.now()}));
  }
  return pipeline::run_reconcile_with_broker(session.doors(), ask, request_of(options, session),
                                             check);
}

Result<pipeline::ReconcileOutcome> with_logs(const Options& options, Session& session) {
  const pipeline::ReconcileRequest request = request_of(options, session);
  const auto planned = pipeline::find_plan(session.doors(), request);
  if (!planned.ok() && options.date && session.doors().files.exists(request.plan_path)) {
    Error error = planned.error();
    if (error.code == ErrorCode::kNotFound)
      error.code = ErrorCode::kUsage;  // --date contradicts it
    return error;
  }
  return pipeline::run_reconcile(session.doors(), request);
}

/// What each strategy owns, beside the account's end-of-day positions, where a journal knows.
Status add_sleeves(Session& session, bool with_broker, pipeline::ReconcileOutcome& done) {
  if (!session.doors().files.exists(session.workspace().journal())) return Ok{};
  SB_TRY(Journal * journal, session.journal());
  Broker* broker = nullptr;
  if (with_broker) {
    SB_TRY(AlpacaLink * link, session.alpaca());
    broker = &link->broker();
  }
  SB_TRY(const pipeline::SleeveHistory history,
         pipeline::load_sleeve_history(*journal, session.mode(),
                                       pipeline::account_of(session.settings(), session.mode()),
                                       broker));
  SB_TRY(const pipeline::SleeveReport report,
         pipeline::report_sleeves(session.doors().files, history, done.result.eod,
                                  session.workspace().outputs()));
  done.files.insert(done.files.end(), report.files.begin(), report.files.end());
  return Ok{};
}

}  // namespace

Result<int> reconcile_command(const Options& options) {
  SB_TRY(const std::unique_ptr<Session> session, Session::open(options));
  SB_TRY(const bool broker, asks_broker(options, *session));
  SB_TRY(pipeline::ReconcileOutcome done,
         broker ? with_broker(options, *session) : with_logs(options, *session));
  SB_TRY_OK(add_sleeves(*session, broker, done));
  StageJson json("reconcile");
  json.count("ok", done.ok).count("mismatch", done.mismatches).count("skipped", done.skipped);
  pipeline::write_broker_recon(json.writer(), done);
  pipeline::write_open_differences(json.writer(), pipeline::open_differences_of(done));
  print_result(
      options,
      pipeline::recon_section(done) + pipeline::files_section(done.files, session->workspace()),
      json.take({}, done.files));
  return options.strict && done.differences() > 0 ? 10 : 0;
}

}  // namespace signalbus::app
