#include "app/day_runner.h"

#include "app/notifier.h"
#include "app/version.h"
#include "calendar/exchange_calendar.h"

namespace signalbus::app {
namespace {

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

}  // namespace

Result<pipeline::RunOutcome> DayRunner::run(TradeDate date) const {
  Result<pipeline::RunOutcome> done = run_stages(date);
  tell_start(session, date, done.ok() ? "" : done.error().message);
  return done;
}

Result<pipeline::RunOutcome> DayRunner::run_stages(TradeDate date) const {
  SB_TRY_OK(note_session(session, date));
  const pipeline::RunRequest request{.run_date = date,
                                     .mode = session.mode(),
                                     .again = options.again,
                                     .skip = options.skip,
                                     .only = options.only,
                                     .version = kVersion,
                                     .spawn = spawn};
  SB_TRY(const pipeline::PlanSources ask, session.plan_sources());
  SB_TRY(pipeline::AlertDoors alerts, alert_doors(session));
  SB_TRY(ActivityBook * activities, session.activities());
  const pipeline::RunDoors doors{
      journal, [this](const PriceBook& market) { return session.execute_doors(market); }, ask,
      std::move(alerts), activities};
  return pipeline::run_once(session.doors(), doors, session.workspace(), session.settings(),
                            manifest, request);
}

}  // namespace signalbus::app
