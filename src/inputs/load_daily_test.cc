// Goal: closes and end-of-day books are taken whole, or refused with file, line and value.
#include "inputs/load_daily.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ports/testing/memory_files.h"

namespace signalbus::inputs {
namespace {

using ::testing::HasSubstr;

Symbol sym(std::string_view text) { return Symbol::parse(text).value(); }
TradeDate day(std::string_view text) { return TradeDate::parse(text).value(); }

class LoadDailyTest : public ::testing::Test {
 protected:
  Result<std::vector<DailyBar>> bars(const std::string& text) {
    files_.contents["m/a.csv"] = text;
    return load_daily_bars(files_, "m/a.csv");
  }
  Result<EodBook> book(const std::string& text) {
    files_.contents["p.csv"] = text;
    return load_positions_eod(files_, "p.csv", day("2024-01-02"));
  }
  DailyRange range_{.from = day("2024-01-01"), .to = day("2024-01-31"), .symbols = {sym("SPY")}};
  signalbus::testing::MemoryFiles files_;
};

TEST_F(LoadDailyTest, SortsRowsAndKeepsWhatIsThere) {
  const auto read = bars(
      "symbol,date,close,volume\nSPY,2024-01-03,470.5,100\nKO,2024-01-02,60,\nSPY,2024-01-02,471,"
      "\n");
  ASSERT_TRUE(read.ok()) << read.error().message;
  ASSERT_EQ(read.value().size(), 3U);
  EXPECT_EQ(read.value()[0].symbol, sym("KO"));
  EXPECT_EQ(read.value()[2].close.text(), "470.5");
  EXPECT_EQ(read.value()[2].volume, Quantity::whole(100));
  EXPECT_EQ(read.value()[0].volume, std::nullopt);
}

TEST_F(LoadDailyTest, RefusesWhatNobodyCouldValueWith) {
  EXPECT_THAT(bars("date,symbol,close\n2024-01-02,SPY,0\n").error().message,
              HasSubstr("m/a.csv:2: close: price is 0"));
  EXPECT_THAT(bars("date,symbol,price\n").error().message, HasSubstr("a file of data/market has"));
  EXPECT_THAT(bars("date,symbol,close\n2024-01-02,SPY,1\n2024-01-02,SPY,1\n").error().message,
              HasSubstr("m/a.csv:3: symbol: SPY of 2024-01-02 stands already in line 2"));
}

TEST_F(LoadDailyTest, AFolderGivesWhatIsAskedForAndNoOtherYear) {
  files_.contents["m/daily_2024.csv"] =
      "date,symbol,close\n2024-01-02,SPY,471\n2024-01-02,KO,60\n2024-02-01,SPY,480\n";
  files_.contents["m/daily_2023.csv"] = "broken";  // not of the range: never opened
  files_.contents["m/mine.csv"] = "date,symbol,close\n2024-01-02,SPY,471\n2024-01-03,SPY,470\n";
  files_.contents["m/notes.txt"] = "x";

  const auto read = load_market_folder(files_, "m", range_);

  ASSERT_TRUE(read.ok()) << read.error().message;
  ASSERT_EQ(read.value().size(), 2U);
  EXPECT_EQ(read.value()[1].date, day("2024-01-03"));
}

TEST_F(LoadDailyTest, OfTwoFilesEachFillsInWhatTheOtherLacks) {
  files_.contents["m/a.csv"] = "date,symbol,close,open\n2024-01-02,SPY,471,470\n";
  files_.contents["m/b.csv"] = "date,symbol,close,open,volume\n2024-01-02,SPY,471,469,1000\n";
  const auto read = load_market_folder(files_, "m", range_);
  ASSERT_TRUE(read.ok()) << read.error().message;
  ASSERT_EQ(read.value().size(), 1U);
  EXPECT_EQ(read.value()[0].open->text(), "470") << "the first file's";
  EXPECT_EQ(read.value()[0].volume, Quantity::whole(1000));
}

TEST_F(LoadDailyTest, TwoFilesThatContradictEachOtherAreBothNamed) {
  files_.contents["m/a.csv"] = "date,symbol,close\n2024-01-02,SPY,471\n";
  files_.contents["m/b.csv"] = "date,symbol,close\n2024-01-02,SPY,472\n";
  const std::string said = load_market_folder(files_, "m", range_).error().message;
  EXPECT_THAT(said, HasSubstr("m/b.csv: close of SPY on 2024-01-02 is 472, in a.csv it is 471"));
}

TEST_F(LoadDailyTest, AFolderThatIsNotThereHasNoCloses) {
  EXPECT_TRUE(load_market_folder(files_, "nowhere", range_).value().empty());
}

TEST_F(LoadDailyTest, ABookIsItsPositionsAndCash) {
  const auto read = book(
      "symbol,actual_qty,price,market_value,weight_percentage\nKO,10,60.5,605,55\nCASH,495,1,495,"
      "45\n");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read.value().equity, Money::whole(1100));
  EXPECT_EQ(read.value().cash, Money::whole(495));
  EXPECT_EQ(read.value().positions.at(0).price->text(), "60.5");
}

TEST_F(LoadDailyTest, ABookWithoutCashOrWithANameTwiceIsNone) {
  const std::string header = "symbol,actual_qty,price,market_value\n";
  EXPECT_THAT(book(header + "KO,1,60,60\n").error().message, HasSubstr("has no CASH row"));
  EXPECT_THAT(book(header + "KO,1,60,60\nKO,1,60,60\nCASH,1,1,1\n").error().message,
              HasSubstr("KO stands twice"));
  EXPECT_THAT(book(header + "CASH,1,1,1\nKO,1,60,60\nCASH,2,1,2\n").error().message,
              HasSubstr(":4: symbol: CASH stands twice; remove one row"));
}

}  // namespace
}  // namespace signalbus::inputs
