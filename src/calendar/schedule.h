// When the scheduler runs next: daily, weekly or monthly, at a time of day in New York.
#pragma once

#include "calendar/new_york.h"
#include "core/result.h"
#include "core/time.h"

namespace signalbus::calendar {

enum class ScheduleKind { kDaily, kWeekly, kMonthly };

/// Which day of its month a monthly run takes.
enum class MonthDay {
  kFirstSession,
  kLastSession,
  kNthSession,  ///< `number` from 1; the last session where the month has fewer.
  kDate         ///< The `number`-th, 1 to 31; the last day where the month has fewer.
};

/// With `skip_weekends` only days with a session of the exchange run: a daily run leaves the others
/// out, a weekly or dated monthly run moves to the next session, over the end of the week or month
/// if it must. Without it a run takes its day as it comes; the three session rules of a month
/// always mean sessions.
struct ScheduleSpec {
  ScheduleKind kind;
  TimeOfDay time;                                ///< In New York.
  int weekday = 1;                               ///< Weekly: 0 Sunday .. 6 Saturday.
  MonthDay month_day = MonthDay::kFirstSession;  ///< Monthly.
  int number = 1;                                ///< For kNthSession and kDate.
  bool skip_weekends = false;
};

struct NextRun {
  TradeDate date;  ///< The day the run is for: its key, so that no day runs twice.
  Instant at;      ///< The time on that day; skipped and repeated hours as to_instant has them.
};

/// The first run strictly later than `now`. kInvalidInput for an impossible weekday or number, and
/// beyond the years of the exchange calendar (1990-2035).
Result<NextRun> next_run_after(Instant now, const ScheduleSpec& spec);

/// Every day at `HH:MM` in New York, as the functional specification has it.
Result<NextRun> next_run_after(Instant now, std::string_view run_time_hhmm);

}  // namespace signalbus::calendar
