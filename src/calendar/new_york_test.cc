// Goal: our rules say what the time zone database says, at every change of clocks and around it.
// Method: date/tz (Howard Hinnant) reads the system's database; we compare, for 1967 to 2035.
#include "calendar/new_york.h"

#include <date/tz.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace signalbus::calendar {
namespace {

constexpr std::int64_t kHour = 3'600;

const date::time_zone& zone() {
  static const date::time_zone* const zone = date::locate_zone("America/New_York");
  return *zone;
}

date::sys_seconds sys(Instant instant) {
  return date::floor<std::chrono::seconds>(
      date::sys_time<std::chrono::microseconds>(std::chrono::microseconds(instant.micros())));
}

Instant instant(date::sys_seconds time) {
  return Instant::from_micros(0).plus_seconds(time.time_since_epoch().count());
}

Instant instant(const char* text) { return Instant::parse(text).value(); }
TradeDate day(const char* text) { return TradeDate::parse(text).value(); }

std::int64_t expected_offset(Instant at) { return zone().get_info(sys(at)).offset.count(); }

/// The first instant at which New York's clocks show the time or, in a gap, the end of the gap.
Instant expected_instant(TradeDate date, TimeOfDay time) {
  const date::local_seconds wall{date::local_days{date::days{date.days()}} +
                                 std::chrono::minutes(time.minutes())};
  const date::local_info info = zone().get_info(wall);
  if (info.result == date::local_info::nonexistent) return instant(info.first.end);
  return instant(date::sys_seconds(wall.time_since_epoch() - info.first.offset));
}

/// Every change of clocks of the database.
std::vector<Instant> transitions(int first_year, int last_year) {
  std::vector<Instant> found;
  date::sys_seconds at = date::sys_days{date::year{first_year} / 1 / 1};
  const date::sys_seconds end = date::sys_days{date::year{last_year + 1} / 1 / 1};
  while (true) {
    at = zone().get_info(at).end;
    if (at >= end) return found;
    found.push_back(instant(at));
  }
}

TEST(NewYorkTest, AgreesWithTheDatabaseAroundEveryChangeOfClocks) {
  const std::vector<Instant> all = transitions(1967, 2035);
  EXPECT_EQ(all.size(), 2u * 69u);  // two a year, so that the loop below really compares
  for (const Instant change : all) {
    for (std::int64_t second = -50 * kHour; second <= 50 * kHour; second += kHour) {
      for (const std::int64_t nudge : {-1, 0, 1}) {
        const Instant at = change.plus_seconds(second + nudge);
        ASSERT_EQ(new_york_offset(at), expected_offset(at)) << at.rfc3339();
      }
    }
  }
}

TEST(NewYorkTest, AgreesWithTheDatabaseForEveryHourOfTheCalendar) {
  const Instant end = instant("2036-01-01T00:00:00Z");
  for (Instant at = instant("1990-01-01T00:00:00Z"); at < end; at = at.plus_seconds(kHour)) {
    const std::int64_t offset = expected_offset(at);
    ASSERT_EQ(new_york_offset(at), offset) << at.rfc3339();
    ASSERT_EQ(new_york_date(at), at.plus_seconds(offset).utc_date()) << at.rfc3339();
  }
}

TEST(NewYorkTest, TurnsEveryQuarterHourOfDaysWithAChangeIntoItsFirstInstant) {
  for (const Instant change : transitions(1990, 2035)) {
    for (int days = -1; days <= 1; ++days) {
      const TradeDate date = new_york_date(change).plus_days(days);
      for (int minutes = 0; minutes < 24 * 60; minutes += 15) {
        const TimeOfDay time = TimeOfDay::of(minutes / 60, minutes % 60);
        ASSERT_EQ(to_instant(date, time), expected_instant(date, time))
            << date.iso() << " " << time.text();
      }
    }
  }
}

TEST(NewYorkTest, KnowsTheDatesThatPeopleRemember) {
  struct Case {
    const char* date;
    const char* time;
    const char* utc;
  };
  const Case cases[] = {
      {"2025-03-09", "01:59", "2025-03-09T06:59:00Z"},  // the last minute of winter
      {"2025-03-09", "02:30", "2025-03-09T07:00:00Z"},  // does not exist: 03:00 EDT
      {"2025-03-09", "03:00", "2025-03-09T07:00:00Z"},
      {"2025-11-02", "01:30", "2025-11-02T05:30:00Z"},  // twice: the first
      {"2025-11-02", "02:00", "2025-11-02T07:00:00Z"},
      {"2006-04-02", "09:30", "2006-04-02T13:30:00Z"},  // the rules until 2006
      {"2025-01-15", "09:30", "2025-01-15T14:30:00Z"},
      {"2025-07-15", "09:30", "2025-07-15T13:30:00Z"},
  };
  for (const Case& sample : cases) {
    EXPECT_EQ(to_instant(day(sample.date), TimeOfDay::parse(sample.time).value()).rfc3339(),
              sample.utc)
        << sample.date << " " << sample.time;
  }
}

TEST(NewYorkTest, TheDayChangesAtMidnightInNewYork) {
  EXPECT_EQ(new_york_date(instant("2025-01-15T04:59:59Z")), day("2025-01-14"));
  EXPECT_EQ(new_york_date(instant("2025-01-15T05:00:00Z")), day("2025-01-15"));
  EXPECT_EQ(new_york_date(instant("2025-07-15T03:59:59.999999Z")), day("2025-07-14"));
  EXPECT_EQ(new_york_date(instant("2025-07-15T04:00:00Z")), day("2025-07-15"));
}

TEST(NewYorkTest, AnswersAtTheEdgesOfWhatAnInstantCanBe) {
  EXPECT_EQ(new_york_offset(instant("2200-12-31T23:59:59-23:59")), -5 * kHour);
  EXPECT_EQ(new_york_offset(instant("1900-01-01T00:00:00+23:59")), -5 * kHour);
}

TEST(TimeOfDayTest, ReadsHoursAndMinutes) {
  EXPECT_EQ(TimeOfDay::parse("00:00").value().minutes(), 0);
  EXPECT_EQ(TimeOfDay::parse("09:05").value().minutes(), 545);
  EXPECT_EQ(TimeOfDay::parse("23:59").value().text(), "23:59");
}

TEST(TimeOfDayTest, RefusesEverythingElse) {
  for (const char* text : {"", "9:30", "09:30:00", "24:00", "09:60", "0930", "09-30", " 9:30",
                           "-1:00", "aa:bb", "1a:00", "00:a1", "+9:30"}) {
    const auto time = TimeOfDay::parse(text);
    ASSERT_FALSE(time.ok()) << text;
    EXPECT_EQ(time.error().code, ErrorCode::kInvalidInput);
  }
  EXPECT_EQ(TimeOfDay::parse("9:30").error().message, "'9:30' is not a time of day like 09:30");
}

RC_GTEST_PROP(NewYorkTest, AWallClockTimeComesBackFromItsInstant, ()) {
  const TradeDate date = TradeDate::from_days(*rc::gen::inRange(7'305, 24'107));  // 1990 to 2035
  const TimeOfDay time = TimeOfDay::of(*rc::gen::inRange(0, 24), *rc::gen::inRange(0, 60));
  const Instant at = to_instant(date, time);
  RC_ASSERT(new_york_date(at) == date);
  const std::int64_t wall = at.micros() / 1'000'000 + new_york_offset(at);
  const std::int64_t asked = date.days() * std::int64_t{86'400} + time.minutes() * 60;
  RC_ASSERT(wall == asked || (time.hour() == 2 && wall - asked <= kHour && wall > asked));
}

}  // namespace
}  // namespace signalbus::calendar
