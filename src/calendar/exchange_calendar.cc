#include "calendar/exchange_calendar.h"

#include <algorithm>

#include "calendar/new_york.h"
#include "calendar/xnys_table.h"

namespace signalbus::calendar {
namespace {

constexpr int kFirstYear = 1990;
constexpr int kLastYear = 2035;

std::int32_t number_of(TradeDate date) {
  return date.year() * 10'000 + date.month() * 100 + date.day();
}

bool has_session(TradeDate date) {
  const int weekday = date.weekday();
  if (weekday == 0 || weekday == 6) return false;
  const auto closed = closed_weekdays();
  return !std::binary_search(closed.begin(), closed.end(), number_of(date));
}

Session session_of(TradeDate date) {
  const auto early = early_closes();
  const std::int32_t number = number_of(date);
  const auto at = std::lower_bound(early.begin(), early.end(), number,
                                   [](const EarlyClose& e, std::int32_t n) { return e.date < n; });
  const bool half_day = at != early.end() && at->date == number;
  const std::int32_t close = half_day ? at->close : 1'600;
  return {.date = date,
          .open = to_instant(date, TimeOfDay::of(9, 30)),
          .close = to_instant(date, TimeOfDay::of(close / 100, close % 100)),
          .half_day = half_day};
}

/// The first session from `date` on, going by `step` days.
Result<TradeDate> search(TradeDate date, int step) {
  SB_TRY_OK(check_range(date));
  while (!has_session(date)) {
    date = date.plus_days(step);
    SB_TRY_OK(check_range(date));
  }
  return date;
}

}  // namespace

Status check_range(TradeDate date) {
  if (date.year() >= kFirstYear && date.year() <= kLastYear) return Ok{};
  return Error{ErrorCode::kInvalidInput,
               date.iso() +
                   " is outside the exchange calendar, which knows 1990-01-01 to "
                   "2035-12-31; check the date, or install a newer signalbus"};
}

Result<bool> is_session(TradeDate date) {
  SB_TRY_OK(check_range(date));
  return has_session(date);
}

Result<Session> session(TradeDate date) {
  SB_TRY(const bool open, is_session(date));
  if (open) return session_of(date);
  const Result<TradeDate> next = search(date, 1);
  return Error{ErrorCode::kNotFound,
               date.iso() + " is no session of the exchange" +
                   (next.ok() ? ", the next one is " + next.value().iso() : std::string())};
}

Result<Session> next_session(TradeDate after) {
  SB_TRY(const TradeDate date, search(after.plus_days(1), 1));
  return session_of(date);
}

Result<Session> previous_session(TradeDate before) {
  SB_TRY(const TradeDate date, search(before.plus_days(-1), -1));
  return session_of(date);
}

Result<TradeDate> session_on_or_after(TradeDate date) { return search(date, 1); }

Result<std::vector<TradeDate>> sessions_between(TradeDate first, TradeDate last) {
  SB_TRY_OK(check_range(first));
  SB_TRY_OK(check_range(last));
  std::vector<TradeDate> dates;
  for (TradeDate date = first; date <= last; date = date.plus_days(1)) {
    if (has_session(date)) dates.push_back(date);
  }
  return dates;
}

Result<TradeDate> plus_sessions(TradeDate date, int count) {
  SB_TRY_OK(check_range(date));
  const int step = count < 0 ? -1 : 1;
  for (; count != 0; count -= step) {
    SB_TRY(date, search(date.plus_days(step), step));
  }
  return date;
}

Result<int> sessions_from_to(TradeDate from, TradeDate to) {
  if (to < from) {
    SB_TRY(const int count, sessions_from_to(to, from));
    return -count;
  }
  SB_TRY_OK(check_range(from));
  SB_TRY(const std::vector<TradeDate> dates, sessions_between(from.plus_days(1), to));
  return static_cast<int>(dates.size());
}

}  // namespace signalbus::calendar
