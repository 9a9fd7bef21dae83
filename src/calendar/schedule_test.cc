// Goal: the scheduler runs at the right moments: each due day once, no other day, never in the
// past. Method: tables of known cases; properties over all of 1990-2035.
#include "calendar/schedule.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "calendar/exchange_calendar.h"

namespace signalbus::calendar {
namespace {

TradeDate day(const char* text) { return TradeDate::parse(text).value(); }
Instant instant(const char* text) { return Instant::parse(text).value(); }
TimeOfDay time_of(const char* text) { return TimeOfDay::parse(text).value(); }

ScheduleSpec daily(bool skip_weekends = false, const char* time = "09:00") {
  return {.kind = ScheduleKind::kDaily, .time = time_of(time), .skip_weekends = skip_weekends};
}
ScheduleSpec weekly(int weekday, bool skip_weekends) {
  return {.kind = ScheduleKind::kWeekly,
          .time = time_of("09:00"),
          .weekday = weekday,
          .skip_weekends = skip_weekends};
}
ScheduleSpec monthly(MonthDay month_day, int number, bool skip_weekends) {
  return {.kind = ScheduleKind::kMonthly,
          .time = time_of("09:00"),
          .month_day = month_day,
          .number = number,
          .skip_weekends = skip_weekends};
}

std::string next(const char* now, const ScheduleSpec& spec) {
  const auto run = next_run_after(instant(now), spec);
  return run.ok() ? run.value().date.iso() + " " + run.value().at.rfc3339() : run.error().message;
}

TEST(ScheduleTest, RunsDailyAtTheTimeOfNewYork) {
  EXPECT_EQ(next("2025-08-29T12:59:59Z", daily()), "2025-08-29 2025-08-29T13:00:00Z");
  EXPECT_EQ(next("2025-08-29T13:00:00Z", daily()), "2025-08-30 2025-08-30T13:00:00Z");
  EXPECT_EQ(next("2025-12-01T13:00:00Z", daily()), "2025-12-01 2025-12-01T14:00:00Z");
}

TEST(ScheduleTest, TheDayIsThatOfNewYorkNotOfUtc) {
  EXPECT_EQ(next("2025-08-30T01:00:00Z", daily(false, "22:00")), "2025-08-29 2025-08-30T02:00:00Z");
}

TEST(ScheduleTest, SkipsWeekendsAndHolidaysWhenAsked) {
  EXPECT_EQ(next("2025-08-29T13:00:00Z", daily(true)), "2025-09-02 2025-09-02T13:00:00Z");
  EXPECT_EQ(next("2001-09-10T13:00:00Z", daily(true)), "2001-09-17 2001-09-17T13:00:00Z");
  EXPECT_EQ(next("2025-11-27T13:00:00Z", daily(true)), "2025-11-28 2025-11-28T14:00:00Z");
}

TEST(ScheduleTest, ASkippedTimeRunsAtTheEndOfTheGap) {
  EXPECT_EQ(next("2025-03-09T05:00:00Z", daily(false, "02:30")), "2025-03-09 2025-03-09T07:00:00Z");
  EXPECT_EQ(next("2025-03-09T07:00:00Z", daily(false, "02:30")), "2025-03-10 2025-03-10T06:30:00Z");
}

TEST(ScheduleTest, ARepeatedTimeRunsOnceAtTheFirst) {
  EXPECT_EQ(next("2025-11-02T05:00:00Z", daily(false, "01:30")), "2025-11-02 2025-11-02T05:30:00Z");
  EXPECT_EQ(next("2025-11-02T05:30:00Z", daily(false, "01:30")), "2025-11-03 2025-11-03T06:30:00Z");
}

TEST(ScheduleTest, RunsWeeklyOnItsDayOrTheNextSession) {
  // Monday 2025-09-01 was Labor Day; Friday 2025-04-18 was Good Friday.
  EXPECT_EQ(next("2025-08-29T20:00:00Z", weekly(1, true)), "2025-09-02 2025-09-02T13:00:00Z");
  EXPECT_EQ(next("2025-08-29T20:00:00Z", weekly(1, false)), "2025-09-01 2025-09-01T13:00:00Z");
  EXPECT_EQ(next("2025-04-14T20:00:00Z", weekly(5, true)), "2025-04-21 2025-04-21T13:00:00Z");
  EXPECT_EQ(next("2025-04-19T20:00:00Z", weekly(5, true)), "2025-04-21 2025-04-21T13:00:00Z");
  EXPECT_EQ(next("2025-04-21T20:00:00Z", weekly(5, true)), "2025-04-25 2025-04-25T13:00:00Z");
  EXPECT_EQ(next("2025-08-29T20:00:00Z", weekly(0, false)), "2025-08-31 2025-08-31T13:00:00Z");
  EXPECT_EQ(next("2025-08-25T20:00:00Z", weekly(6, true)), "2025-09-02 2025-09-02T13:00:00Z");
}

TEST(ScheduleTest, RunsMonthlyOnTheSessionThatWasNamed) {
  // August 2025 ends on a Sunday, September starts with Labor Day.
  EXPECT_EQ(next("2025-08-15T20:00:00Z", monthly(MonthDay::kFirstSession, 1, true)),
            "2025-09-02 2025-09-02T13:00:00Z");
  EXPECT_EQ(next("2025-08-15T20:00:00Z", monthly(MonthDay::kLastSession, 1, true)),
            "2025-08-29 2025-08-29T13:00:00Z");
  EXPECT_EQ(next("2025-08-15T20:00:00Z", monthly(MonthDay::kNthSession, 3, false)),
            "2025-09-04 2025-09-04T13:00:00Z");
  EXPECT_EQ(next("2025-01-31T20:00:00Z", monthly(MonthDay::kNthSession, 23, true)),
            "2025-02-28 2025-02-28T14:00:00Z");
}

TEST(ScheduleTest, RunsMonthlyOnADateMovedToTheNextSessionWhenAsked) {
  EXPECT_EQ(next("2025-08-01T00:00:00Z", monthly(MonthDay::kDate, 31, true)),
            "2025-09-02 2025-09-02T13:00:00Z");  // 31 August is a Sunday, then Labor Day
  EXPECT_EQ(next("2025-08-15T00:00:00Z", monthly(MonthDay::kDate, 31, false)),
            "2025-08-31 2025-08-31T13:00:00Z");
  EXPECT_EQ(next("2025-09-01T20:00:00Z", monthly(MonthDay::kDate, 31, true)),
            "2025-09-02 2025-09-02T13:00:00Z");
  EXPECT_EQ(next("2025-02-01T00:00:00Z", monthly(MonthDay::kDate, 31, false)),
            "2025-02-28 2025-02-28T14:00:00Z");
  EXPECT_EQ(next("2025-12-20T00:00:00Z", monthly(MonthDay::kDate, 1, false)),
            "2026-01-01 2026-01-01T14:00:00Z");
}

TEST(ScheduleTest, OffersTheFormOfTheSpecification) {
  const auto run = next_run_after(instant("2025-08-29T13:00:00Z"), "09:00");
  ASSERT_TRUE(run.ok());
  EXPECT_EQ(run.value().date, day("2025-08-30"));
  EXPECT_EQ(next_run_after(instant("2025-08-29T13:00:00Z"), "9am").error().message,
            "'9am' is not a time of day like 09:30");
}

TEST(ScheduleTest, RefusesWhatNoCalendarHas) {
  const char* now = "2025-08-29T13:00:00Z";
  EXPECT_EQ(next(now, weekly(7, true)), "weekday 7 is not 0 (Sunday) to 6 (Saturday)");
  EXPECT_EQ(next(now, monthly(MonthDay::kDate, 0, true)), "day of the month 0 is not 1 to 31");
  EXPECT_EQ(next("2036-02-01T00:00:00Z", daily()).substr(0, 50),
            "2036-01-31 is outside the exchange calendar, which");
  EXPECT_EQ(next("2035-12-31T14:00:00Z", daily()).substr(0, 50),
            "2036-01-01 is outside the exchange calendar, which");
  EXPECT_EQ(next("1990-01-01T05:00:00Z", daily()), "1990-01-01 1990-01-01T14:00:00Z");
}

/// All runs of the calendar's years, each asked for at the moment of the one before.
std::vector<NextRun> all_runs(const ScheduleSpec& spec) {
  std::vector<NextRun> runs;
  Instant now = instant("1990-01-01T05:00:00Z");
  while (true) {
    const auto run = next_run_after(now, spec);
    if (!run.ok()) return runs;
    EXPECT_GT(run.value().at, now);
    now = run.value().at;
    runs.push_back(run.value());
  }
}

TEST(ScheduleTest, ADailyScheduleRunsEveryDayExactlyOnce) {
  for (const char* time : {"00:00", "01:30", "02:00", "02:30", "03:00", "09:00", "23:59"}) {
    std::vector<NextRun> runs = all_runs(daily(false, time));
    const bool at_midnight = std::string_view(time) == "00:00";  // the first one is not after `now`
    TradeDate expected = day(at_midnight ? "1990-01-02" : "1990-01-01");
    for (const NextRun& run : runs) {
      ASSERT_EQ(run.date, expected) << time;
      ASSERT_EQ(new_york_date(run.at), run.date) << time;
      expected = expected.plus_days(1);
    }
    EXPECT_EQ(expected, day("2036-01-01"));
  }
}

TEST(ScheduleTest, ADailyScheduleOnSessionsRunsEverySessionExactlyOnce) {
  const std::vector<TradeDate> sessions =
      sessions_between(day("1990-01-01"), day("2035-12-31")).value();
  const std::vector<NextRun> runs = all_runs(daily(true));
  ASSERT_EQ(runs.size(), sessions.size());
  for (std::size_t i = 0; i < runs.size(); ++i) ASSERT_EQ(runs[i].date, sessions[i]);
}

TEST(ScheduleTest, WeeklyAndMonthlySchedulesRunOncePerPeriodOnStrictlyLaterDays) {
  std::vector<ScheduleSpec> specs;
  for (int weekday = 0; weekday < 7; ++weekday) {
    for (const bool skip : {false, true}) specs.push_back(weekly(weekday, skip));
  }
  for (const bool skip : {false, true}) {
    for (const int number : {1, 5, 28, 29, 30, 31}) {
      specs.push_back(monthly(MonthDay::kDate, number, skip));
      specs.push_back(monthly(MonthDay::kNthSession, number, skip));
    }
    specs.push_back(monthly(MonthDay::kFirstSession, 1, skip));
    specs.push_back(monthly(MonthDay::kLastSession, 1, skip));
  }
  for (const ScheduleSpec& spec : specs) {
    const std::vector<NextRun> runs = all_runs(spec);
    const bool is_weekly = spec.kind == ScheduleKind::kWeekly;
    // 46 years: 552 months, 2,400 weeks; the ends may cut one off.
    EXPECT_NEAR(static_cast<double>(runs.size()), is_weekly ? 2'400 : 552, 1);
    const bool on_sessions =
        spec.skip_weekends || (!is_weekly && spec.month_day != MonthDay::kDate);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      ASSERT_TRUE(!on_sessions || is_session(runs[i].date).value()) << runs[i].date.iso();
      ASSERT_TRUE(i == 0 || runs[i].date > runs[i - 1].date) << runs[i].date.iso();
    }
  }
}

RC_GTEST_PROP(ScheduleTest, TheNextRunIsLaterThanNowAndNeverEarlierForALaterNow, ()) {
  const auto pick = [](int count) { return *rc::gen::inRange(0, count); };
  const ScheduleSpec spec{.kind = static_cast<ScheduleKind>(pick(3)),
                          .time = TimeOfDay::of(pick(24), pick(60)),
                          .weekday = pick(7),
                          .month_day = static_cast<MonthDay>(pick(4)),
                          .number = 1 + pick(31),
                          .skip_weekends = pick(2) == 1};
  const Instant first = instant("1990-01-01T05:00:00Z");
  const Instant now = first.plus_seconds(*rc::gen::inRange<std::int64_t>(0, 45LL * 365 * 86'400));
  const Instant later = now.plus_seconds(*rc::gen::inRange<std::int64_t>(0, 40 * 86'400));

  const NextRun run = next_run_after(now, spec).value();
  const NextRun later_run = next_run_after(later, spec).value();

  RC_ASSERT(run.at > now);
  RC_ASSERT(later_run.at >= run.at);
  RC_ASSERT((run.at > later ? later_run.at == run.at : later_run.at > run.at));
  RC_ASSERT((later_run.date == run.date) == (later_run.at == run.at));
}

}  // namespace
}  // namespace signalbus::calendar
