// Goal: dates and instants are read strictly and come back as they were.
// Method: every day from 1900 to 2200 against a calendar counted by hand; tables of refusals.
#include "core/time.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace signalbus {
namespace {

TEST(TradeDateTest, CountsEveryDayFrom1900To2200AsTheGregorianCalendarDoes) {
  const auto is_leap = [](int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  };
  const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  TradeDate date = TradeDate::parse("1900-01-01").value();
  int weekday = 1;  // 1 January 1900 was a Monday
  for (int year = 1900; year <= 2200; ++year) {
    for (int month = 1; month <= 12; ++month) {
      const int length = lengths[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
      for (int day = 1; day <= length; ++day) {
        ASSERT_EQ(date.year(), year);
        ASSERT_EQ(date.month(), month);
        ASSERT_EQ(date.day(), day);
        ASSERT_EQ(date.weekday(), weekday);
        ASSERT_EQ(TradeDate::from_civil(year, month, day).value(), date);
        ASSERT_EQ(TradeDate::parse(date.iso()).value(), date);
        ASSERT_EQ(TradeDate::parse(date.compact()).value(), date);
        date = date.plus_days(1);
        weekday = (weekday + 1) % 7;
      }
      ASSERT_FALSE(TradeDate::from_civil(year, month, length + 1).ok());
    }
  }
}

TEST(TradeDateTest, WritesIsoAndCompactForms) {
  const TradeDate date = TradeDate::parse("20250708").value();
  EXPECT_EQ(date.iso(), "2025-07-08");
  EXPECT_EQ(date.compact(), "20250708");
  EXPECT_EQ(date.weekday(), 2);  // a Tuesday
  EXPECT_EQ(TradeDate::from_days(0).iso(), "1970-01-01");
}

TEST(TradeDateTest, RefusesWhatIsNoDate) {
  for (const char* text :
       {"",           "2025",       "2025-7-28",  "2025-07-28 ", " 2025-07-28", "2025-02-29",
        "1900-02-29", "2025-13-01", "2025-00-10", "2025-01-00",  "2025-01-32",  "1899-12-31",
        "2201-01-01", "28.07.2025", "2025/07/28", "2025-07/28",  "+2025-7-2",   "20250229",
        "2025072",    "-2025728",   "2o25-07-28", "0000-00-00"}) {
    const auto date = TradeDate::parse(text);
    ASSERT_FALSE(date.ok()) << text;
    EXPECT_EQ(date.error().code, ErrorCode::kInvalidInput) << text;
  }
  EXPECT_EQ(TradeDate::parse("2025-02-29").error().message,
            "'2025-02-29' is not a date like 2025-07-28");
  EXPECT_FALSE(TradeDate::from_civil(2025, -1, 1).ok());
  EXPECT_FALSE(TradeDate::from_civil(2025, 1, -1).ok());
  EXPECT_FALSE(TradeDate::from_civil(2025, 257, 1).ok());  // would be January in eight bits
  EXPECT_FALSE(TradeDate::from_civil(2025, 1, 257).ok());
}

TEST(InstantTest, ReadsZonesAndFractions) {
  struct Case {
    const char* text;
    const char* utc;
  };
  const Case cases[] = {
      {"2025-07-28T09:00:00Z", "2025-07-28T09:00:00Z"},
      {"2025-07-28t09:00:00z", "2025-07-28T09:00:00Z"},
      {"2025-07-28 09:00:00Z", "2025-07-28T09:00:00Z"},
      {"2025-07-28T09:00:00-04:00", "2025-07-28T13:00:00Z"},
      {"2025-07-28T01:00:00+05:30", "2025-07-27T19:30:00Z"},
      {"2025-07-28T09:00:00-00:00", "2025-07-28T09:00:00Z"},
      {"2025-07-28T09:00:00.5Z", "2025-07-28T09:00:00.5Z"},
      {"2025-07-28T09:00:00.000001Z", "2025-07-28T09:00:00.000001Z"},
      {"2025-07-28T09:00:00.1234567891Z", "2025-07-28T09:00:00.123456Z"},
      {"2025-07-28T09:00:00.500000000Z", "2025-07-28T09:00:00.5Z"},
      {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
      {"1969-12-31T19:00:00-05:00", "1970-01-01T00:00:00Z"},
  };
  for (const Case& sample : cases) {
    const auto instant = Instant::parse(sample.text);
    ASSERT_TRUE(instant.ok()) << instant.error().message;
    EXPECT_EQ(instant.value().rfc3339(), sample.utc) << sample.text;
  }
  EXPECT_EQ(Instant::parse("1970-01-01T00:00:00Z").value().micros(), 0);
  EXPECT_EQ(Instant::parse("1969-12-31T23:59:59.999999Z").value().micros(), -1);
  EXPECT_EQ(Instant::parse("2009-02-13T23:31:30Z").value().micros(), 1'234'567'890'000'000);
}

TEST(InstantTest, RefusesWhatIsNoInstant) {
  for (const char* text : {"",
                           "2025-07-28",
                           "2025-07-28T09:00Z",
                           "2025-07-28T09:00:00",
                           "2025-07-28T24:00:00Z",
                           "2025-07-28T09:60:00Z",
                           "2025-07-28T09:00:60Z",
                           "2025-07-28T09:00:00.Z",
                           "2025-07-28T09:00:00+4:00",
                           "2025-07-28T09:00:00+0400",
                           "2025-07-28T09:00:00+24:00",
                           "2025-07-28T09:00:00+04:60",
                           "2025-07-28T09:00:00Zx",
                           "2025-02-29T09:00:00Z",
                           "2025-07-28X09:00:00Z",
                           "2025-07-28T09-00-00Z",
                           "2025-07-28T09:00:00,5Z",
                           "2025-07-28T09:00:00.0000000000001Z",
                           "2025-07-28T-9:00:00Z",
                           "2025-07-28T09:00:00 Z"}) {
    const auto instant = Instant::parse(text);
    ASSERT_FALSE(instant.ok()) << text;
    EXPECT_EQ(instant.error().code, ErrorCode::kInvalidInput) << text;
  }
  EXPECT_EQ(Instant::parse("9am").error().message, "'9am' is not a time like 2025-07-28T09:00:00Z");
}

RC_GTEST_PROP(InstantTest, ComesBackFromItsText, ()) {
  const std::int64_t day = std::int64_t{86'400} * 1'000'000;
  const std::int64_t micros = *rc::gen::inRange(-25'567 * day, 84'370 * day);  // 1900 to 2200
  const Instant instant = Instant::from_micros(micros);

  RC_ASSERT(Instant::parse(instant.rfc3339()).value().micros() == micros);
  RC_ASSERT(Instant::start_of(instant.utc_date()) <= instant);
  RC_ASSERT(instant < Instant::start_of(instant.utc_date().plus_days(1)));
}

TEST(InstantTest, MovesBySeconds) {
  const Instant instant = Instant::from_micros(-1);
  EXPECT_EQ(instant.plus_seconds(1).micros(), 999'999);
  EXPECT_EQ(instant.plus_seconds(-1).micros(), -1'000'001);
  EXPECT_EQ(instant.utc_date().iso(), "1969-12-31");
}

TEST(DateCellTest, ReadsADateWithOrWithoutATime) {
  for (const char* text :
       {"2025-07-28", "20250728", "2025-07-28 00:00:00", "2025-07-28T00:00:00",
        "2025-07-28 16:00:00.123", "2025-07-28T00:00:00Z", "2025-07-28T23:00:00-04:00"}) {
    const auto date = parse_date_cell(text);
    ASSERT_TRUE(date.ok()) << text;
    EXPECT_EQ(date.value().iso(), "2025-07-28") << text;
  }
  for (const char* text :
       {"", "2025-07-28 ", "2025-07-28T", "2025-07-28 midnight", "2025-07-28  00:00:00",
        "2025-07-28 25:00:00", "2025-07-28T00:00:00X", "45866", "28/07/2025"}) {
    EXPECT_FALSE(parse_date_cell(text).ok()) << text;
  }
}

}  // namespace
}  // namespace signalbus
