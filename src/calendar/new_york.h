// New York's clock: the law's rules as code, so that neither a time zone database nor its age
// matters.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"

namespace signalbus::calendar {

/// A time of day as a wall clock shows it, to the minute.
class TimeOfDay {
 public:
  /// Reads `09:30`. kInvalidInput for anything but two digits, colon, two digits, 00:00 to 23:59.
  static Result<TimeOfDay> parse(std::string_view text);
  /// Both must exist on a clock.
  static TimeOfDay of(int hour, int minute);

  int hour() const { return minutes_ / 60; }
  int minute() const { return minutes_ % 60; }
  int minutes() const { return minutes_; }  ///< Since midnight.
  std::string text() const;                 ///< 09:30

  friend auto operator<=>(TimeOfDay, TimeOfDay) = default;

 private:
  explicit TimeOfDay(int minutes) : minutes_(minutes) {}
  int minutes_;
};

/// Seconds to add to UTC: -18000 (EST) or -14400 (EDT). Right from 1967 on; before, the rules of
/// 1967 are applied.
std::int32_t new_york_offset(Instant instant);

/// The day on New York's wall calendar.
TradeDate new_york_date(Instant instant);

/// The instant when New York's clocks show that time. A time that is skipped in spring becomes the
/// first instant after the gap; one that occurs twice in autumn, its first occurrence.
Instant to_instant(TradeDate date, TimeOfDay time);

}  // namespace signalbus::calendar
