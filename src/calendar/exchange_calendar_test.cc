// Goal: sessions, openings and closes are those of exchange_calendars, for every day of 46 years.
// Method: testdata/calendar/xnys_1990_2035.csv (script/generate-calendar) row by row; known days.
#include "calendar/exchange_calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <map>

#include "calendar/new_york.h"

namespace signalbus::calendar {
namespace {

using ::testing::ElementsAre;

TradeDate day(const char* text) { return TradeDate::parse(text).value(); }

const TradeDate kFirst = day("1990-01-01");
const TradeDate kLast = day("2035-12-31");

struct Row {
  TradeDate date;
  Instant open;
  Instant close;
};

/// What the Python package says.
const std::vector<Row>& source() {
  static const std::vector<Row> rows = [] {
    std::ifstream file(SB_TESTDATA "/calendar/xnys_1990_2035.csv");
    std::vector<Row> found;
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
      const std::string date = line.substr(0, 10);
      found.push_back({TradeDate::parse(date).value(),
                       Instant::parse(date + "T" + line.substr(11, 5) + ":00Z").value(),
                       Instant::parse(date + "T" + line.substr(17, 5) + ":00Z").value()});
    }
    return found;
  }();
  return rows;
}

TEST(ExchangeCalendarTest, AgreesWithTheSourceOnEveryDay) {
  ASSERT_EQ(source().size(), 11'577u);
  auto expected = source().begin();
  for (TradeDate date = kFirst; date <= kLast; date = date.plus_days(1)) {
    const bool open = expected != source().end() && expected->date == date;
    ASSERT_EQ(is_session(date).value(), open) << date.iso();
    if (!open) {
      ASSERT_EQ(session(date).error().code, ErrorCode::kNotFound) << date.iso();
      continue;
    }
    const Session found = session(date).value();
    ASSERT_EQ(found.date, date);
    ASSERT_EQ(found.open, expected->open) << date.iso();
    ASSERT_EQ(found.close, expected->close) << date.iso();
    const Instant four = to_instant(date, TimeOfDay::of(16, 0));
    ASSERT_EQ(found.half_day, expected->close < four) << date.iso();
    ++expected;
  }
  EXPECT_EQ(expected, source().end());
}

TEST(ExchangeCalendarTest, NextAndPreviousAreTheNeighboursInTheSource) {
  const auto& rows = source();
  for (std::size_t i = 1; i < rows.size(); ++i) {
    ASSERT_EQ(next_session(rows[i - 1].date).value().date, rows[i].date);
    ASSERT_EQ(previous_session(rows[i].date).value().date, rows[i - 1].date);
    ASSERT_EQ(next_session(rows[i].date.plus_days(-1)).value().date, rows[i].date);
  }
}

// From NYSE's own announcements, so that not everything rests on one package.
TEST(ExchangeCalendarTest, KnowsTheDaysThatPeopleRemember) {
  for (const char* closed : {"1994-04-27", "2001-09-11", "2001-09-14", "2004-06-11", "2007-01-02",
                             "2012-10-29", "2012-10-30", "2018-12-05", "2025-01-09", "2025-06-19",
                             "2025-04-18", "2025-07-04", "2026-06-19", "2026-04-03"}) {
    EXPECT_FALSE(is_session(day(closed)).value()) << closed;
  }
  for (const char* open : {"2001-09-10", "2001-09-17", "2021-06-18", "2025-01-10", "2025-11-28"}) {
    EXPECT_TRUE(is_session(day(open)).value()) << open;
  }
  const Session half = session(day("2025-11-28")).value();
  EXPECT_TRUE(half.half_day);
  EXPECT_EQ(half.open.rfc3339(), "2025-11-28T14:30:00Z");
  EXPECT_EQ(half.close.rfc3339(), "2025-11-28T18:00:00Z");
  EXPECT_FALSE(session(day("2025-11-26")).value().half_day);
}

TEST(ExchangeCalendarTest, SaysWhichSessionFollowsADayWithoutOne) {
  EXPECT_EQ(session(day("2025-08-30")).error().message,
            "2025-08-30 is no session of the exchange, the next one is 2025-09-02");
}

TEST(ExchangeCalendarTest, RefusesDaysThatItDoesNotKnow) {
  const TradeDate before = day("1989-12-29");
  const TradeDate after = day("2036-01-02");
  const std::string message =
      "2036-01-02 is outside the exchange calendar, which knows 1990-01-01 to 2035-12-31; check "
      "the date, or install a newer signalbus";

  EXPECT_EQ(is_session(after).error().message, message);
  EXPECT_EQ(is_session(after).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(session(after).error().message, message);
  EXPECT_FALSE(is_session(before).ok());
  EXPECT_FALSE(next_session(kLast).ok());
  EXPECT_FALSE(previous_session(day("1990-01-02")).ok());
  EXPECT_FALSE(sessions_between(before, kFirst).ok());
  EXPECT_FALSE(sessions_between(kLast, after).ok());
  EXPECT_FALSE(plus_sessions(before, 0).ok());
  EXPECT_FALSE(plus_sessions(kLast, 1).ok());
  EXPECT_FALSE(plus_sessions(kFirst, -1).ok());
  EXPECT_FALSE(sessions_from_to(before, kLast).ok());
}

TEST(ExchangeCalendarTest, ListsSessionsWithBothEnds) {
  EXPECT_THAT(sessions_between(day("2025-08-29"), day("2025-09-03")).value(),
              ElementsAre(day("2025-08-29"), day("2025-09-02"), day("2025-09-03")));
  EXPECT_THAT(sessions_between(day("2025-08-30"), day("2025-09-01")).value(), ElementsAre());
  EXPECT_THAT(sessions_between(day("2025-09-03"), day("2025-08-29")).value(), ElementsAre());
  EXPECT_EQ(sessions_between(kFirst, kLast).value().size(), source().size());
}

TEST(ExchangeCalendarTest, MovesByTradingDays) {
  struct Case {
    const char* from;
    int count;
    const char* to;
  };
  const Case cases[] = {
      {"2025-08-29", 0, "2025-08-29"},   {"2025-08-29", 1, "2025-09-02"},
      {"2025-08-30", 1, "2025-09-02"},   {"2025-08-30", -1, "2025-08-29"},
      {"2025-09-02", -1, "2025-08-29"},  {"2025-08-30", 0, "2025-08-30"},
      {"2024-12-31", 252, "2026-01-05"},  // 250 sessions in 2025, then Jan 2 and 5
  };
  for (const Case& sample : cases) {
    EXPECT_EQ(plus_sessions(day(sample.from), sample.count).value(), day(sample.to))
        << sample.from << " " << sample.count;
  }
}

RC_GTEST_PROP(ExchangeCalendarTest, CountingAndMovingAreInverse, ()) {
  const auto any = rc::gen::inRange<std::size_t>(0, source().size());
  const std::size_t a = *any;
  const std::size_t b = std::min(source().size() - 1, a + *rc::gen::inRange<std::size_t>(0, 600));
  const TradeDate from = source()[a].date;
  const TradeDate to = source()[b].date;
  const int count = static_cast<int>(b - a);

  RC_ASSERT(sessions_from_to(from, to).value() == count);
  RC_ASSERT(sessions_from_to(to, from).value() == -count);
  RC_ASSERT(plus_sessions(from, count).value() == to);
  RC_ASSERT(plus_sessions(to, -count).value() == from);
}

}  // namespace
}  // namespace signalbus::calendar
