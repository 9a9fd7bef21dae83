// TradeDate and Instant: calendar days and points in time, without a clock and without a zone.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace signalbus {

/// A calendar day of the exchange, as days since 1970-01-01.
class TradeDate {
 public:
  static constexpr TradeDate from_days(std::int32_t days) { return TradeDate(days); }
  /// kInvalidInput when year (1900..2200), month or day do not exist.
  static Result<TradeDate> from_civil(int year, int month, int day);
  /// Reads `2025-07-28` or `20250728`. kInvalidInput else.
  static Result<TradeDate> parse(std::string_view text);

  constexpr std::int32_t days() const { return days_; }
  int year() const;
  int month() const;    ///< 1..12
  int day() const;      ///< 1..31
  int weekday() const;  ///< 0 Sunday .. 6 Saturday
  TradeDate plus_days(int count) const { return TradeDate(days_ + count); }
  std::string iso() const;      ///< 2025-07-28
  std::string compact() const;  ///< 20250728, as file names have it

  friend constexpr auto operator<=>(TradeDate, TradeDate) = default;

 private:
  constexpr explicit TradeDate(std::int32_t days) : days_(days) {}
  std::int32_t days_;
};

/// A point in time, UTC, as microseconds since 1970.
class Instant {
 public:
  static constexpr Instant from_micros(std::int64_t micros) { return Instant(micros); }
  /// Midnight UTC of the day.
  static Instant start_of(TradeDate date);
  /// Reads RFC 3339 with zone (`2025-07-28T09:00:00.5Z`, `...+02:00`). kInvalidInput else.
  static Result<Instant> parse(std::string_view text);

  constexpr std::int64_t micros() const { return micros_; }
  TradeDate utc_date() const;
  Instant plus_seconds(std::int64_t seconds) const {
    return Instant(micros_ + seconds * 1'000'000);
  }
  std::string rfc3339() const;  ///< 2025-07-28T09:00:00Z, a fraction only when there is one

  friend constexpr auto operator<=>(Instant, Instant) = default;

 private:
  constexpr explicit Instant(std::int64_t micros) : micros_(micros) {}
  std::int64_t micros_;
};

/// A date column of a signal file: an ISO date, optionally followed by `T` or a space and a time,
/// which is ignored (pandas writes midnight). kInvalidInput else.
Result<TradeDate> parse_date_cell(std::string_view text);

}  // namespace signalbus
