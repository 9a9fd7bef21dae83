#include "analytics/buckets.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace signalbus::analytics {
namespace {

/// A series that begins on the fifth day of a month may have all its sessions: weekend and holiday.
constexpr int kLongWeekend = 4;

TradeDate civil(int year, int month, int day) {
  Result<TradeDate> made = TradeDate::from_civil(year, month, day);
  SB_CHECK(made.ok());
  return made.value();
}

/// The Monday of the date's week.
TradeDate monday_of(TradeDate date) { return date.plus_days(-((date.weekday() + 6) % 7)); }

TradeDate first_monday(int iso_year) { return monday_of(civil(iso_year, 1, 4)); }

BucketKey iso_week(TradeDate date) {
  // The year of a week is that of its Thursday.
  const int year = monday_of(date).plus_days(3).year();
  return {year, (date.days() - first_monday(year).days()) / 7 + 1};
}

int months_in(BucketSize size) {
  switch (size) {
    case BucketSize::kMonth:
      return 1;
    case BucketSize::kQuarter:
      return 3;
    default:
      return 12;
  }
}

int days_in_month(int year, int month) {
  constexpr std::array kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

double compounded(std::span<const double> values) {
  long double level = 1;
  for (const double r : values) level *= 1 + static_cast<long double>(r);
  return static_cast<double>(level - 1);
}

Bucket bucket_of_rows(const SimpleReturns& returns, const BucketRows& rows) {
  long double sum = 0;
  long double level = 1;
  for (const double r : returns.values().subspan(rows.begin, rows.end - rows.begin)) {
    sum += r;
    level *= 1 + static_cast<long double>(r);
  }
  return {.key = rows.key,
          .first = returns.dates()[rows.begin],
          .last = returns.dates()[rows.end - 1],
          .count = static_cast<int>(rows.end - rows.begin),
          .compounded = static_cast<double>(level - 1),
          .sum = static_cast<double>(sum),
          .partial = false};
}

std::vector<BucketRows> rows_of(std::span<const TradeDate> dates, BucketSize size) {
  std::vector<BucketRows> out;
  for (std::size_t from = 0; from < dates.size();) {
    const BucketKey key = bucket_of(dates[from], size);
    const TradeDate end = first_day_after(key, size);
    std::size_t to = from;
    while (to < dates.size() && dates[to] < end) ++to;
    out.push_back({key, from, to});
    from = to;
  }
  return out;
}

}  // namespace

BucketKey bucket_of(TradeDate date, BucketSize size) {
  switch (size) {
    case BucketSize::kWeek:
      return iso_week(date);
    case BucketSize::kMonth:
      return {date.year(), date.month()};
    case BucketSize::kQuarter:
      return {date.year(), (date.month() + 2) / 3};
    case BucketSize::kYear:
      break;
  }
  return {date.year(), 1};
}

TradeDate first_day(BucketKey key, BucketSize size) {
  if (size == BucketSize::kWeek) return first_monday(key.year).plus_days(7 * (key.part - 1));
  return civil(key.year, (key.part - 1) * months_in(size) + 1, 1);
}

TradeDate first_day_after(BucketKey key, BucketSize size) {
  if (size == BucketSize::kWeek) return first_day(key, size).plus_days(7);
  const int month = key.part * months_in(size);
  return month == 12 ? civil(key.year + 1, 1, 1) : civil(key.year, month + 1, 1);
}

CalendarRows calendar_rows(std::span<const TradeDate> dates) {
  return {{dates.begin(), dates.end()},
          rows_of(dates, BucketSize::kWeek),
          rows_of(dates, BucketSize::kMonth),
          rows_of(dates, BucketSize::kQuarter),
          rows_of(dates, BucketSize::kYear)};
}

std::vector<Bucket> bucket_returns(const SimpleReturns& returns, BucketSize size) {
  return bucket_returns(returns, size, rows_of(returns.dates(), size));
}

std::vector<Bucket> bucket_returns(const SimpleReturns& returns, BucketSize size,
                                   std::span<const BucketRows> rows) {
  std::vector<Bucket> out;
  out.reserve(rows.size());
  for (const BucketRows& one : rows) out.push_back(bucket_of_rows(returns, one));
  if (out.empty()) return out;
  const TradeDate first = first_day(out.front().key, size);
  const TradeDate last = first_day_after(out.back().key, size).plus_days(-1);
  if (out.front().first.days() - first.days() > kLongWeekend) out.front().partial = true;
  if (last.days() - out.back().last.days() > kLongWeekend) out.back().partial = true;
  return out;
}

TradeDate months_before(TradeDate date, int months) {
  const int index = date.year() * 12 + date.month() - 1 - months;
  const int year = index / 12;
  const int month = index % 12 + 1;
  return civil(year, month, std::min(date.day(), days_in_month(year, month)));
}

PeriodToDate period_to_date(const SimpleReturns& returns) {
  PeriodToDate out;
  if (returns.empty()) return out;
  const auto dates = returns.dates();
  const TradeDate last = dates.back();
  const auto since = [&](TradeDate first) {
    const auto at = std::lower_bound(dates.begin(), dates.end(), first) - dates.begin();
    return compounded(returns.values().subspan(static_cast<std::size_t>(at)));
  };
  const auto to_date = [&](BucketSize size) {
    return since(first_day(bucket_of(last, size), size));
  };
  // A span of months begins after its base date, and only counts where the series reaches back.
  const auto back = [&](int months) -> std::optional<double> {
    const TradeDate base = months_before(last, months);
    if (dates.front().days() > base.days() + 1 + kLongWeekend) return std::nullopt;
    return since(base.plus_days(1));
  };
  const auto per_year = [&](int years) -> std::optional<double> {
    const std::optional<double> total = back(12 * years);
    if (!total) return std::nullopt;
    const int days = last.days() - months_before(last, 12 * years).days();
    return std::pow(1 + *total, 365.25 / days) - 1;
  };
  out.week = to_date(BucketSize::kWeek);
  out.month = to_date(BucketSize::kMonth);
  out.quarter = to_date(BucketSize::kQuarter);
  out.year = to_date(BucketSize::kYear);
  out.months_3 = back(3);
  out.months_6 = back(6);
  out.year_1 = back(12);
  out.years_3 = per_year(3);
  out.years_5 = per_year(5);
  out.years_10 = per_year(10);
  return out;
}

}  // namespace signalbus::analytics
