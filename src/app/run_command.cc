// run: all stages of one date, or of every scheduled day until TERM.
#include <csignal>

#include "app/account_guard.h"
#include "app/commands.h"
#include "app/day_runner.h"
#include "app/notifier.h"
#include "app/spawn.h"
#include "pipeline/daemon.h"
#include "pipeline/run_text.h"

namespace signalbus::app {
namespace {

storage::SystemClock* g_clock = nullptr;  // for the signal handler only

extern "C" void on_stop_signal(int) {
  if (g_clock != nullptr) g_clock->request_stop();
}

void stop_on_signals(storage::SystemClock& clock) {
  g_clock = &clock;
  struct sigaction action{};
  action.sa_handler = on_stop_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // a second signal ends the process at once
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
}

/// One run of the daemon: prints its page, returns its exit code.
int run_scheduled(const DayRunner& runner, TradeDate date) {
  const Result<pipeline::RunOutcome> done = runner.run(date);
  if (!done.ok()) {
    runner.session.doors().log.line(LogLevel::kError, "run", done.error().message);
    return exit_code_of(done.error().code);
  }
  print_result(runner.options, pipeline::run_page(done.value(), runner.session.workspace()),
               pipeline::run_json(done.value(), runner.session.workspace()));
  return done.value().exit_code;
}

Result<int> run_daemon_until_stopped(Session& session, const DayRunner& runner) {
  stop_on_signals(session.system_clock());
  const pipeline::DaemonDoors doors{runner.journal,
                                    [&] { return session.system_clock().stop_requested(); },
                                    [&](TradeDate date) { return run_scheduled(runner, date); },
                                    [&] { deliver_quietly(session); }};
  pipeline::DaemonRequest request{session.mode(),
                                  pipeline::account_of(session.settings(), session.mode()),
                                  session.settings().scheduler};
  if (runner.options.skip_weekends) request.schedule.skip_weekends = true;
  SB_TRY_OK(pipeline::run_daemon(session.doors(), doors, request));
  return 0;
}

/// A stage failure was logged to stderr by its stage; the page says it again in its place.
Result<int> run_one_date(Session& session, const Options& options, const DayRunner& runner) {
  SB_TRY(const pipeline::RunOutcome done, runner.run(session.run_date()));
  print_result(options, pipeline::run_page(done, session.workspace()),
               pipeline::run_json(done, session.workspace()));
  return done.exit_code;
}

/// Everything that needs the account, whose lock is free again when it returns.
Result<int> run_with_account(Session& session, const Options& options, const std::string& program) {
  SB_TRY(const pipeline::Manifest manifest, session.manifest());
  SB_TRY(const AccountGuard guard, AccountGuard::take(session, "run"));
  SB_TRY(Journal * journal, session.journal());
  SB_TRY_OK(guard.take_over(session));
  const Status connected = session.connect();
  if (!connected.ok()) {
    tell_start(session, session.run_date(), connected.error().message);
    return connected.error();
  }
  DayRunner runner{session, options, manifest, *journal, {}};
  if (options.isolate) {
    SB_TRY(const std::string handle, guard.lock().hand_down());
    runner.spawn = make_spawn(program, options, handle);
  }
  return options.daemon ? run_daemon_until_stopped(session, runner)
                        : run_one_date(session, options, runner);
}

}  // namespace

Result<int> run_command(const Options& options, const std::string& program) {
  SB_TRY(const std::unique_ptr<Session> session, Session::open(options));
  Result<int> code = run_with_account(*session, options, program);
  // The run is over and printed, and others may trade the account: nobody waits for a channel.
  const bool may_write = code.ok() || (code.error().code != ErrorCode::kStorage &&
                                       code.error().code != ErrorCode::kLocked);
  if (may_write) deliver_quietly(*session);
  return code;
}

}  // namespace signalbus::app
