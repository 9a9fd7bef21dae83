#include "pipeline/daemon.h"

#include <algorithm>

#include "calendar/new_york.h"
#include "calendar/schedule.h"

namespace signalbus::pipeline {
namespace {

calendar::ScheduleSpec spec_of(const settings::SchedulerSettings& schedule) {
  using Kind = calendar::ScheduleKind;
  const bool monthly = schedule.schedule == settings::Schedule::kMonthly;
  const bool weekly = schedule.schedule == settings::Schedule::kWeekly;
  return {.kind = monthly  ? Kind::kMonthly
                  : weekly ? Kind::kWeekly
                           : Kind::kDaily,
          .time = calendar::TimeOfDay::of(schedule.time.hour, schedule.time.minute),
          .weekday = schedule.weekday,
          .month_day = calendar::MonthDay::kDate,
          .number = schedule.month_day < 0 ? 31 : schedule.month_day,
          .skip_weekends = schedule.skip_weekends};
}

/// A batch that a crash left open is finished before anything else.
Status finish_open_batch(Doors& doors, const DaemonDoors& daemon, const DaemonRequest& request) {
  const TradeDate today = calendar::new_york_date(doors.clock.now());
  SB_TRY(const std::optional<Batch> latest,
         daemon.journal.latest_batch({request.mode, request.account, today}));
  if (!latest || latest->state != BatchState::kOpen) return Ok{};
  doors.log.line(LogLevel::kWarn, "run",
                 "batch " + latest->id().get() + " was left unfinished and is resumed");
  daemon.run(today);
  return Ok{};
}

constexpr std::int64_t kIdleSeconds = 60;
constexpr std::int64_t kQuietSeconds = 120;  // before a run: idle work must not make it late

/// Sleeps until the run is due; false when a stop was requested meanwhile.
bool sleep_until_due(Doors& doors, const DaemonDoors& daemon, Instant at) {
  while (!daemon.stop_requested() && doors.clock.now() < at) {
    const bool is_idle = daemon.idle && doors.clock.now().plus_seconds(kQuietSeconds) < at;
    if (is_idle) daemon.idle();
    doors.clock.sleep_until(is_idle ? std::min(at, doors.clock.now().plus_seconds(kIdleSeconds))
                                    : at);
  }
  return !daemon.stop_requested();
}

Status run_unless_done(Doors& doors, const DaemonDoors& daemon, const DaemonRequest& request,
                       TradeDate date) {
  SB_TRY(const bool done, daemon.journal.run_succeeded(request.mode, date));
  if (done) {
    doors.log.line(LogLevel::kInfo, "run", "the run of " + date.iso() + " is done already");
    return Ok{};
  }
  const int code = daemon.run(date);
  const LogLevel level = code == 0 ? LogLevel::kInfo : LogLevel::kError;
  doors.log.line(level, "run",
                 "run of " + date.iso() + " ended with exit code " + std::to_string(code));
  return Ok{};
}

}  // namespace

Status run_daemon(Doors& doors, const DaemonDoors& daemon, const DaemonRequest& request) {
  SB_TRY_OK(finish_open_batch(doors, daemon, request));
  const calendar::ScheduleSpec spec = spec_of(request.schedule);
  Instant after = doors.clock.now();
  while (!daemon.stop_requested()) {
    SB_TRY(const calendar::NextRun next, calendar::next_run_after(after, spec));
    doors.log.line(LogLevel::kInfo, "run",
                   "next run for " + next.date.iso() + " at " + next.at.rfc3339());
    if (!sleep_until_due(doors, daemon, next.at)) break;
    SB_TRY_OK(run_unless_done(doors, daemon, request, next.date));
    // Runs whose time passed during this one are coalesced: a plan for a date that is over would
    // trade on prices that are gone.
    after = std::max(next.at, doors.clock.now());
  }
  doors.log.line(LogLevel::kInfo, "run", "stopped as asked, between runs");
  return Ok{};
}

}  // namespace signalbus::pipeline
