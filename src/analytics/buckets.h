// Calendar buckets: weeks, months, quarters and years of daily returns; period-to-date returns.
//
// Dates are the exchange's own (New York) calendar days; a zone was already applied when a
// TradeDate was made. A week is an ISO week of an ISO year, so that New Year does not cut it.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "analytics/series.h"

namespace signalbus::analytics {

enum class BucketSize { kWeek, kMonth, kQuarter, kYear };

/// 2024 and 53, 2024 and 12, 2024 and 4, or 2024 and 1.
struct BucketKey {
  int year;  ///< The ISO year for weeks.
  int part;  ///< Week, month or quarter from 1; 1 for a year.
  friend auto operator<=>(const BucketKey&, const BucketKey&) = default;
};
BucketKey bucket_of(TradeDate date, BucketSize size);
TradeDate first_day(BucketKey key, BucketSize size);
TradeDate first_day_after(BucketKey key, BucketSize size);

struct Bucket {
  BucketKey key;
  TradeDate first;  ///< First and last date with a return.
  TradeDate last;
  int count;
  double compounded;  ///< Product of 1 + r, less 1.
  double sum;         ///< Of the returns, for the measures that are defined on sums.
  /// The series begins more than a long weekend after the bucket does, or ends as much before it.
  bool partial;
};

/// In the order of time. Buckets without a return are absent: nothing is filled with zero.
std::vector<Bucket> bucket_returns(const SimpleReturns& returns, BucketSize size);

/// Which of a list of dates, from `begin` to before `end`, are of one bucket.
struct BucketRows {
  BucketKey key;
  std::size_t begin;
  std::size_t end;
};

/// The buckets of a list of dates, for the many series that have it.
struct CalendarRows {
  std::vector<TradeDate> dates;
  std::vector<BucketRows> weeks, months, quarters, years;
};
CalendarRows calendar_rows(std::span<const TradeDate> dates);

/// As bucket_returns; `rows` are those of the dates of the returns.
std::vector<Bucket> bucket_returns(const SimpleReturns& returns, BucketSize size,
                                   std::span<const BucketRows> rows);

/// Returns since the last date before a period, compounded; absent where the series has no return
/// in it.
struct PeriodToDate {
  std::optional<double> week, month, quarter, year;
  std::optional<double> months_3, months_6, year_1;  ///< Back from the last date, by the calendar.
  /// Annualised over 3, 5 and 10 years (365.25 days); absent where the series is shorter.
  std::optional<double> years_3, years_5, years_10;
};
PeriodToDate period_to_date(const SimpleReturns& returns);

/// The same day of the month, `months` earlier; the last day where the month is shorter.
TradeDate months_before(TradeDate date, int months);

}  // namespace signalbus::analytics
