// What a demo keeps of its days, and what it makes of them: by hand-made days, checked by hand.
#include "app/demo_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/disk_files.h"
#include "storage/temp_folder.h"

namespace signalbus::app {
namespace {

using testing::HasSubstr;
using testing::Not;

TradeDate on(const char* text) { return TradeDate::parse(text).value(); }

DemoDay day(const char* date, std::int64_t equity) {
  return DemoDay{.date = on(date), .equity = Money::whole(equity), .cash = Money::whole(10)};
}

std::vector<DemoDay> sample() {
  std::vector<DemoDay> days = {day("2021-03-30", 110), day("2021-03-31", 88),
                               day("2021-04-01", 120), day("2021-04-05", 108)};
  days[1].orders = 3;
  days[1].fills = 4;
  days[1].faults = {{"lag", 1}, {"drop_response", 2}};
  days[3].faults = {{"lag", 1}};
  return days;
}

TEST(DemoDrawdownTest, IsTheDeepestFallFromAHighestValueBefore) {
  const Drawdown fall = max_drawdown(sample(), Money::whole(100));
  EXPECT_DOUBLE_EQ(fall.deepest, 88.0 / 110 - 1);
  EXPECT_EQ(fall.peak, on("2021-03-30"));
  EXPECT_EQ(fall.bottom, on("2021-03-31"));
}

TEST(DemoDrawdownTest, CountsALossOfTheFirstDay) {
  const Drawdown fall = max_drawdown({day("2021-03-30", 90)}, Money::whole(100));
  EXPECT_DOUBLE_EQ(fall.deepest, 90.0 / 100 - 1);
  EXPECT_EQ(max_drawdown({day("2021-03-30", 101)}, Money::whole(100)).deepest, 0);
}

TEST(DemoPageTest, HasARowForEachQuarterWithItsOwnReturn) {
  const DemoResult result{.root = "here", .start = Money::whole(100), .days = sample()};
  const std::string page = demo_page(result);
  EXPECT_THAT(page, HasSubstr("2021 Q1            88.00   -12.00 %        3        4        3"));
  EXPECT_THAT(page, HasSubstr("2021 Q2           108.00   +22.73 %        0        0        1"));
  EXPECT_THAT(page, HasSubstr("+8.00 %"));
  EXPECT_THAT(page, Not(HasSubstr("a year")));  // four days say nothing about one
  EXPECT_THAT(page, HasSubstr("4 injected on 2 days"));
}

TEST(DemoPageTest, SaysHowLongItTookOnlyWhereItTradedAllOfIt) {
  DemoResult result{.root = "here", .start = Money::whole(100), .days = sample()};
  EXPECT_THAT(demo_page(result), Not(HasSubstr(" s\n")));
  result.seconds = 4.24;
  EXPECT_THAT(demo_page(result), HasSubstr(", 4.2 s\n"));
}

TEST(DemoPerformanceTest, IsNotTouchedByCapitalThatMoves) {
  const auto at = [](std::int64_t equity, std::int64_t capital) {
    return SleeveDay{Money::whole(equity), Money::whole(capital)};
  };
  // +10 %, then 50 are given away at that value; -20 %; then 100 come in: nothing.
  const std::vector<SleeveDay> days = {at(100, 100), at(110, 100), at(60, 50), at(48, 50),
                                       at(148, 150)};
  const Performance got = performance_of(days);
  EXPECT_NEAR(got.result, 1.1 * 0.8 - 1, 1e-12);
  EXPECT_NEAR(got.max_drawdown, -0.2, 1e-12);
  EXPECT_EQ(performance_of(std::span(days).first(1)).result, 0);
  EXPECT_EQ(performance_of({}).result, 0);
}

TEST(DemoDaysTest, AreReadAsTheyWereWritten) {
  const storage::TempFolder folder;
  storage::DiskFiles files;
  const std::string path = folder.path() + "/days.csv";
  EXPECT_TRUE(load_demo_days(files, path).value().empty());
  std::vector<DemoDay> days = sample();
  days[1].sent_again = 5;
  days[2].differences = 6;
  days[2].runs = 7;
  ASSERT_TRUE(save_demo_days(files, path, days).ok());
  const std::vector<DemoDay> read = load_demo_days(files, path).value();
  ASSERT_EQ(read.size(), days.size());
  for (std::size_t i = 0; i < days.size(); ++i) {
    EXPECT_EQ(read[i].date, days[i].date);
    EXPECT_EQ(read[i].equity, days[i].equity);
    EXPECT_EQ(read[i].cash, days[i].cash);
    EXPECT_EQ(read[i].faults, days[i].faults);
    EXPECT_EQ(read[i].orders, days[i].orders);
    EXPECT_EQ(read[i].sent_again, days[i].sent_again);
    EXPECT_EQ(read[i].differences, days[i].differences);
    EXPECT_EQ(read[i].runs, days[i].runs);
  }
}

TEST(DemoDaysTest, ACellThatWasNotWrittenHereIsRefusedWithItsPlace) {
  const storage::TempFolder folder;
  storage::DiskFiles files;
  const std::string path = folder.path() + "/days.csv";
  ASSERT_TRUE(save_demo_days(files, path, sample()).ok());
  const std::string good = files.read(path, 10'000).value();
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"drop_response 2", "drop_response"}, {"2021-03-31", "soon"}, {",88,", ",much,"}}) {
    std::string bad = good;
    bad.replace(bad.find(from), from.size(), to);
    const NewFile file{path, bad};
    ASSERT_TRUE(files.write(std::span(&file, 1)).ok());
    const auto read = load_demo_days(files, path);
    ASSERT_FALSE(read.ok()) << to;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(read.error().message, HasSubstr("days.csv:3: ")) << to;
  }
}

}  // namespace
}  // namespace signalbus::app
