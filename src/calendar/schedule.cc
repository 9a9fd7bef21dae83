#include "calendar/schedule.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "calendar/exchange_calendar.h"

namespace signalbus::calendar {
namespace {

Status check_spec(const ScheduleSpec& spec) {
  if (spec.weekday < 0 || spec.weekday > 6) {
    return Error{ErrorCode::kInvalidInput,
                 "weekday " + std::to_string(spec.weekday) + " is not 0 (Sunday) to 6 (Saturday)"};
  }
  if (spec.number < 1 || spec.number > 31) {
    return Error{ErrorCode::kInvalidInput,
                 "day of the month " + std::to_string(spec.number) + " is not 1 to 31"};
  }
  return Ok{};
}

Result<TradeDate> moved(TradeDate date, bool skip_weekends) {
  if (skip_weekends) return session_on_or_after(date);
  SB_TRY_OK(check_range(date));  // the same years for every kind of schedule
  return date;
}

/// The run day of the month that starts with `first`.
Result<TradeDate> day_of_month(TradeDate first, const ScheduleSpec& spec) {
  const TradeDate in_next_month = first.plus_days(31);
  const TradeDate last = in_next_month.plus_days(-in_next_month.day());
  const int number = spec.month_day == MonthDay::kFirstSession ? 1 : spec.number;
  if (spec.month_day == MonthDay::kDate) {
    return moved(std::min(first.plus_days(number - 1), last), spec.skip_weekends);
  }
  SB_TRY(const std::vector<TradeDate> sessions, sessions_between(first, last));
  SB_CHECK(!sessions.empty());  // the exchange was never closed for a month
  const auto index = static_cast<std::size_t>(number);
  const bool to_the_last = spec.month_day == MonthDay::kLastSession || index > sessions.size();
  return to_the_last ? sessions.back() : sessions[index - 1];
}

/// The run day of the period (day, week, month) that lies `step` after that of `today`, if it has
/// one. Days of later periods are later.
Result<std::optional<TradeDate>> day_of_period(TradeDate today, int step,
                                               const ScheduleSpec& spec) {
  switch (spec.kind) {
    case ScheduleKind::kDaily: {
      const TradeDate date = today.plus_days(step);
      SB_TRY(const bool open, is_session(date));
      if (spec.skip_weekends && !open) return std::optional<TradeDate>();
      return std::optional(date);
    }
    case ScheduleKind::kWeekly: {
      const TradeDate sunday = today.plus_days(-today.weekday() + 7 * step);
      SB_TRY(const TradeDate date, moved(sunday.plus_days(spec.weekday), spec.skip_weekends));
      return std::optional(date);
    }
    case ScheduleKind::kMonthly:
      break;
  }
  const int month = today.year() * 12 + today.month() - 1 + step;
  SB_TRY(const TradeDate first, TradeDate::from_civil(month / 12, month % 12 + 1, 1));
  SB_TRY(const TradeDate date, day_of_month(first, spec));
  return std::optional(date);
}

}  // namespace

Result<NextRun> next_run_after(Instant now, const ScheduleSpec& spec) {
  SB_TRY_OK(check_spec(spec));
  const TradeDate today = new_york_date(now);
  SB_TRY_OK(check_range(today));
  // One period back: its run may have been moved past today.
  for (int step = -1;; ++step) {
    const Result<std::optional<TradeDate>> date = day_of_period(today, step, spec);
    // Up to this period a failure may mean a day before 1990, which no run can follow from.
    if (!date.ok() && step <= 0) continue;
    if (!date.ok()) return date.error();
    if (!date.value()) continue;
    const Instant at = to_instant(*date.value(), spec.time);
    if (at > now) return NextRun{*date.value(), at};
  }
}

Result<NextRun> next_run_after(Instant now, std::string_view run_time_hhmm) {
  SB_TRY(const TimeOfDay time, TimeOfDay::parse(run_time_hhmm));
  return next_run_after(now, ScheduleSpec{.kind = ScheduleKind::kDaily, .time = time});
}

}  // namespace signalbus::calendar
