// run: all stages of one date, or of every scheduled day until TERM.
#include <csignal>

#include "app/account_guard.h"
#include "app/commands.h"
#include "app/session.h"
#include "app/spawn.h"
#include "app/version.h"
#include "calendar/exchange_calendar.h"
#include "formats/parquet.h"
#include "pipeline/daemon.h"
#include "pipeline/run_once.h"
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

/// Whether the exchange trades that day. Beyond dry and sim the broker's word decides, and it must
/// not contradict our calendar, unless the exchange is one of this machine, which may open on any
/// day.
Result<bool> trades_on(Session& session, TradeDate date) {
  SB_TRY(const bool ours, calendar::is_session(date));
  if (session.mode() == Mode::kDry || session.mode() == Mode::kSim) return ours;
  SB_TRY(AlpacaLink * link, session.alpaca());
  SB_TRY(const std::vector<VenueSession> theirs, link->venue().sessions(date, date));
  if (theirs.empty() != ours || link->endpoints().trading.is_loopback()) return !theirs.empty();
  return Error{ErrorCode::kLimitExceeded, date.iso() +
                                              ": the broker's calendar says that the exchange is " +
                                              (ours ? "closed" : "open") +
                                              ", ours says the opposite; nothing is traded until "
                                              "somebody has looked"};
}

/// A day without a session is only a note where nothing real is traded.
Status note_session(Session& session, TradeDate date) {
  SB_TRY(const bool open, trades_on(session, date));
  if (open) return Ok{};
  const std::string what = date.iso() + " is not a trading day of the exchange";
  if (session.mode() == Mode::kDry || session.mode() == Mode::kSim) {
    session.doors().log.line(LogLevel::kWarn, "run",
                             what + "; mode " + std::string(to_text(session.mode())) + " goes on");
    return Ok{};
  }
  return Error{ErrorCode::kLimitExceeded, what + "; orders would wait for the next session"};
}

/// What every run of this process shares.
struct Runner {
  Session& session;
  const Options& options;
  const pipeline::Manifest& manifest;
  Journal& journal;
  pipeline::Spawn spawn;

  Result<pipeline::RunOutcome> once(TradeDate date) const {
    SB_TRY_OK(note_session(session, date));
    const pipeline::RunRequest request{.run_date = date,
                                       .mode = session.mode(),
                                       .again = options.again,
                                       .skip = options.skip,
                                       .only = options.only,
                                       .version = kVersion,
                                       .spawn = spawn};
    SB_TRY(const pipeline::PlanSources ask, session.plan_sources());
    const pipeline::RunDoors doors{
        journal, [this](const PriceBook& market) { return session.execute_doors(market); }, ask};
    return pipeline::run_once(session.doors(), doors, session.workspace(), session.settings(),
                              manifest, request);
  }

  /// One run of the daemon: prints its page, returns its exit code.
  int scheduled(TradeDate date) const {
    const Result<pipeline::RunOutcome> done = once(date);
    if (!done.ok()) {
      session.doors().log.line(LogLevel::kError, "run", done.error().message);
      return exit_code_of(done.error().code);
    }
    print_result(options, pipeline::run_page(done.value(), session.workspace()),
                 pipeline::run_json(done.value(), session.workspace()));
    return done.value().exit_code;
  }
};

Result<int> run_daemon_until_stopped(Session& session, const Runner& runner) {
  stop_on_signals(session.system_clock());
  const pipeline::DaemonDoors doors{runner.journal,
                                    [&] { return session.system_clock().stop_requested(); },
                                    [&](TradeDate date) { return runner.scheduled(date); }};
  pipeline::DaemonRequest request{session.mode(),
                                  pipeline::account_of(session.settings(), session.mode()),
                                  session.settings().scheduler};
  if (runner.options.skip_weekends) request.schedule.skip_weekends = true;
  SB_TRY_OK(pipeline::run_daemon(session.doors(), doors, request));
  return 0;
}

/// A stage failure was logged to stderr by its stage; the page says it again in its place.
Result<int> run_one_date(Session& session, const Options& options, const Runner& runner) {
  SB_TRY(const pipeline::RunOutcome done, runner.once(session.run_date()));
  print_result(options, pipeline::run_page(done, session.workspace()),
               pipeline::run_json(done, session.workspace()));
  return done.exit_code;
}

}  // namespace

Result<int> run_command(const Options& options, const std::string& program) {
  std::optional<formats::ParquetPreload> preload;  // beside everything up to its first use
  if (!options.isolate) preload.emplace();
  SB_TRY(const std::unique_ptr<Session> session, Session::open(options));
  SB_TRY(const pipeline::Manifest manifest, session->manifest());
  SB_TRY(const AccountGuard guard, AccountGuard::take(*session, "run"));
  SB_TRY(Journal * journal, session->journal());
  SB_TRY_OK(guard.take_over(*session));
  SB_TRY_OK(session->connect());
  Runner runner{*session, options, manifest, *journal, {}};
  if (options.isolate) {
    SB_TRY(const std::string handle, guard.lock().hand_down());
    runner.spawn = make_spawn(program, options, handle);
  }
  return options.daemon ? run_daemon_until_stopped(*session, runner)
                        : run_one_date(*session, options, runner);
}

}  // namespace signalbus::app
