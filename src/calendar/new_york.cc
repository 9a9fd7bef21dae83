#include "calendar/new_york.h"

#include <chrono>
#include <cstdio>

#include "core/text.h"

namespace signalbus::calendar {
namespace {

constexpr std::int32_t kStandard = -5 * 3'600;
constexpr std::int32_t kDaylight = -4 * 3'600;
constexpr int kClockChange = 2 * 3'600;  // at 02:00 by the wall clock, in spring and in autumn

/// Any year: an instant may lie a few hours outside the years that TradeDate can read.
TradeDate civil(int year, unsigned month, unsigned day) {
  const std::chrono::sys_days days =
      std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
  return TradeDate::from_days(static_cast<std::int32_t>(days.time_since_epoch().count()));
}

/// The n-th Sunday of a month, from 1.
TradeDate nth_sunday(int year, unsigned month, int n) {
  const TradeDate first = civil(year, month, 1);
  return first.plus_days((7 - first.weekday()) % 7 + 7 * (n - 1));
}

TradeDate last_sunday(int year, unsigned month) {
  const TradeDate last = civil(year, month + 1, 1).plus_days(-1);
  return last.plus_days(-last.weekday());
}

/// The day on which daylight time starts: Uniform Time Act 1966, the oil crisis of 1974 and 1975,
/// the amendments of 1986 and 2005.
TradeDate daylight_start(int year) {
  if (year == 1974) return civil(1974, 1, 6);
  if (year == 1975) return civil(1975, 2, 23);
  if (year < 1987) return last_sunday(year, 4);
  if (year < 2007) return nth_sunday(year, 4, 1);
  return nth_sunday(year, 3, 2);
}

TradeDate daylight_end(int year) {
  return year < 2007 ? last_sunday(year, 10) : nth_sunday(year, 11, 1);
}

Instant start_instant(int year) {
  return Instant::start_of(daylight_start(year)).plus_seconds(kClockChange - kStandard);
}

Instant end_instant(int year) {
  return Instant::start_of(daylight_end(year)).plus_seconds(kClockChange - kDaylight);
}

int two_digits(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : -100; };
  return 10 * digit(text[0]) + digit(text[1]);
}

}  // namespace

Result<TimeOfDay> TimeOfDay::parse(std::string_view text) {
  if (text.size() == 5 && text[2] == ':') {
    const int hour = two_digits(text.substr(0, 2));
    const int minute = two_digits(text.substr(3));
    if (hour >= 0 && hour < 24 && minute >= 0 && minute < 60) return of(hour, minute);
  }
  return Error{ErrorCode::kInvalidInput, quoted(text) + " is not a time of day like 09:30"};
}

TimeOfDay TimeOfDay::of(int hour, int minute) {
  SB_CHECK(hour >= 0 && hour < 24 && minute >= 0 && minute < 60);
  return TimeOfDay(hour * 60 + minute);
}

std::string TimeOfDay::text() const {
  char buffer[32];
  const int size = std::snprintf(buffer, sizeof buffer, "%02d:%02d", hour(), minute());
  return {buffer, static_cast<std::size_t>(size)};
}

std::int32_t new_york_offset(Instant instant) {
  const int year = instant.utc_date().year();  // no change of clocks is near the turn of the year
  return instant >= start_instant(year) && instant < end_instant(year) ? kDaylight : kStandard;
}

TradeDate new_york_date(Instant instant) {
  return instant.plus_seconds(new_york_offset(instant)).utc_date();
}

Instant to_instant(TradeDate date, TimeOfDay time) {
  const Instant wall = Instant::start_of(date).plus_seconds(std::int64_t{time.minutes()} * 60);
  // The earlier of the two readings is the daylight one; where it holds, it is the first
  // occurrence.
  const Instant daylight = wall.plus_seconds(-kDaylight);
  if (new_york_offset(daylight) == kDaylight) return daylight;
  const Instant standard = wall.plus_seconds(-kStandard);
  if (new_york_offset(standard) == kStandard) return standard;
  return start_instant(date.year());  // neither: skipped in spring
}

}  // namespace signalbus::calendar
