// Goal: data/market is completed by what the market says, nothing of it is lost, and a second time
// changes nothing.
#include "pipeline/fetch_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ports/testing/doubles.h"
#include "ports/testing/memory_files.h"

namespace signalbus::pipeline {
namespace {

Symbol sym(std::string_view text) { return Symbol::parse(text).value(); }
TradeDate day(std::string_view text) { return TradeDate::parse(text).value(); }

class Bars final : public MarketData {
 public:
  Result<PriceBook> prices(std::span<const Symbol>) override { return PriceBook{}; }
  Result<std::vector<DailyBar>> daily_bars(std::span<const Symbol> symbols, TradeDate from,
                                           TradeDate to) override {
    asked_from.push_back(from);
    std::vector<DailyBar> out;
    for (const DailyBar& bar : all) {
      const bool wanted = std::find(symbols.begin(), symbols.end(), bar.symbol) != symbols.end();
      if (wanted && from <= bar.date && bar.date <= to) out.push_back(bar);
    }
    return out;
  }
  std::vector<DailyBar> all;
  std::vector<TradeDate> asked_from;
};

class FetchHistoryTest : public ::testing::Test {
 protected:
  HistoryOutcome fetch() {
    Result<HistoryOutcome> done = fetch_history(doors_, market_, request_);
    EXPECT_TRUE(done.ok()) << done.error().message;
    return std::move(done).value();
  }
  void has(const char* symbol, const char* date, int close) {
    market_.all.push_back({.symbol = sym(symbol), .date = day(date), .close = Price::whole(close)});
  }

  signalbus::testing::MemoryFiles files_;
  signalbus::testing::TestClock clock_{"2024-01-10T12:00:00Z"};
  signalbus::testing::CollectedLog log_;
  NoProgress progress_;
  Doors doors_{files_, clock_, log_, progress_};
  Bars market_;
  HistoryRequest request_{.folder = "m",
                          .symbols = {sym("KO"), sym("SPY")},
                          .start = std::nullopt,
                          .first = day("2023-12-20"),
                          .end = day("2024-01-05")};
};

TEST_F(FetchHistoryTest, WritesAFilePerYearSortedByDateAndSymbol) {
  has("SPY", "2023-12-29", 470);
  has("SPY", "2024-01-02", 471);
  has("KO", "2024-01-02", 60);
  const HistoryOutcome done = fetch();
  EXPECT_EQ(done.bars, 3U);
  EXPECT_THAT(done.files, ::testing::ElementsAre("m/daily_2023.csv", "m/daily_2024.csv"));
  EXPECT_EQ(
      files_.contents["m/daily_2024.csv"],
      "date,symbol,close,open,high,low,volume\n2024-01-02,KO,60,,,,\n2024-01-02,SPY,471,,,,\n");
}

TEST_F(FetchHistoryTest, ASecondTimeAsksForTheLastWeekOnlyAndWritesNothing) {
  has("SPY", "2024-01-03", 471);
  has("KO", "2024-01-03", 60);
  fetch();
  const HistoryOutcome again = fetch();
  EXPECT_EQ(again.fresh, 0U);
  EXPECT_TRUE(again.files.empty());
  EXPECT_EQ(market_.asked_from.back(), day("2023-12-27"));
}

TEST_F(FetchHistoryTest, KeepsWhatIsThereAndTakesCorrectionsOver) {
  files_.contents["m/daily_2024.csv"] = "date,symbol,close\n2024-01-02,SPY,400\n2024-01-02,XYZ,7\n";
  has("SPY", "2024-01-02", 471);
  request_.symbols = {sym("SPY")};
  request_.start = day("2024-01-01");
  const HistoryOutcome done = fetch();
  EXPECT_EQ(done.changed, 1U);
  EXPECT_THAT(files_.contents["m/daily_2024.csv"], ::testing::HasSubstr("2024-01-02,XYZ,7"));
  EXPECT_THAT(files_.contents["m/daily_2024.csv"], ::testing::HasSubstr("2024-01-02,SPY,471"));
}

TEST_F(FetchHistoryTest, NamesWhatTheMarketDoesNotKnow) {
  has("SPY", "2024-01-02", 471);
  EXPECT_THAT(fetch().without, ::testing::ElementsAre(sym("KO")));
}

TEST_F(FetchHistoryTest, RefusesARangeThatEndsBeforeItBegins) {
  request_.start = day("2024-01-06");
  EXPECT_EQ(fetch_history(doors_, market_, request_).error().code, ErrorCode::kUsage);
}

TEST_F(FetchHistoryTest, AFileThatCannotBeReadIsNotOverwritten) {
  files_.contents["m/daily_2024.csv"] = "date,symbol,close\n2024-01-02,SPY,nonsense\n";
  has("SPY", "2024-01-02", 471);
  request_.start = day("2024-01-01");
  EXPECT_FALSE(fetch_history(doors_, market_, request_).ok());
  EXPECT_THAT(files_.contents["m/daily_2024.csv"], ::testing::HasSubstr("nonsense"));
}

}  // namespace
}  // namespace signalbus::pipeline
