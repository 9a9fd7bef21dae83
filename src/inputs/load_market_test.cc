// Goal: what files bring in is typed, sorted and checked, and errors name file, line and value.
// Method: small files in memory; errors as a table of file, expected fragments.
#include "inputs/load_market.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inputs/load_orders.h"
#include "inputs/recorded_reads.h"
#include "ports/testing/memory_files.h"

#include "core/text.h"

namespace signalbus::inputs {
namespace {

using signalbus::testing::MemoryFiles;
using ::testing::HasSubstr;

const TradeDate kDate = TradeDate::parse("2025-08-29").value();

Symbol sym(const char* text) { return Symbol::parse(text).value(); }

MemoryFiles holding(const std::string& text) {
  MemoryFiles files;
  files.contents["f.csv"] = text;
  return files;
}

TEST(LoadPricesTest, SortsBySymbolAndKeepsTimes) {
  MemoryFiles files = holding("symbol,price,asof\nMSFT,500.1,\nAAPL,200,2025-08-29T20:00:00Z\n");
  const PriceBook book = load_prices(files, "f.csv").value();
  ASSERT_EQ(book.points.size(), 2U);
  EXPECT_EQ(book.points[0].symbol, sym("AAPL"));
  EXPECT_TRUE(book.points[0].asof.has_value());
  EXPECT_FALSE(book.points[1].asof.has_value());
  EXPECT_EQ(book.find(sym("MSFT"))->price.text(), "500.1");
}

TEST(LoadPricesTest, APriceOfZeroRefusesItsNameOnly) {
  MemoryFiles files = holding("symbol,price\nAAPL,200\nMSFT,0\nTSLA,-3\n");
  const PriceBook book = load_prices(files, "f.csv").value();
  EXPECT_EQ(book.points.size(), 1U);
  ASSERT_EQ(book.bad.size(), 2U);
  EXPECT_EQ(book.bad[1].words, "price is '-3' (f.csv:4)");
}

TEST(LoadPositionsTest, ReadsOurOwnEndOfDayFile) {
  MemoryFiles files = holding(
      "symbol,actual_qty,price,market_value,weight_percentage,asset_id,avg_entry_price,source\n"
      "MSFT,2.5,500,1250,50,12141,480.5,simulated\nAAPL,0,200,0,0,1690,,simulated\n"
      "CASH,1250.25,1,1250.25,50,,,simulated\n");
  const Holdings holdings = load_positions(files, "f.csv").value();
  ASSERT_EQ(holdings.holdings.size(), 1U);  // what is not held is no holding
  EXPECT_EQ(holdings.holdings[0].quantity.text(), "2.5");
  EXPECT_EQ(holdings.holdings[0].avg_entry_price->text(), "480.5");
  EXPECT_EQ(holdings.holdings[0].asset_id, AssetId("12141"));
  ASSERT_TRUE(holdings.cash.has_value());
  EXPECT_EQ(holdings.cash->text(), "1250.25");
}

TEST(LoadPositionsTest, WithoutACashRowTheCashIsUnknown) {
  MemoryFiles files = holding("symbol,qty\nAAPL,-3\n");
  const Holdings holdings = load_positions(files, "f.csv").value();
  EXPECT_FALSE(holdings.cash.has_value());
  EXPECT_TRUE(holdings.holdings[0].quantity.is_negative());
}

TEST(LoadMappingTest, KeepsEverySymbolOfAnId) {
  MemoryFiles files = holding("tic,gvkey\nGOOGL,160329\nAAPL,1690\nGOOG,160329\nAAPL,1690\n");
  const SymbolMapping mapping = load_mapping(files, "f.csv", {}).value();
  ASSERT_EQ(mapping.entries.size(), 2U);
  const auto* google = mapping.find(AssetId("160329"));
  ASSERT_NE(google, nullptr);
  EXPECT_EQ(google->symbols, (std::vector<Symbol>{sym("GOOG"), sym("GOOGL")}));
  EXPECT_EQ(mapping.find(AssetId("1690"))->symbols.size(), 1U);  // one row twice is one symbol
}

TEST(LoadTargetsTest, SortsNumericallyAndFillsWhatIsAbsent) {
  MemoryFiles files = holding("asset_id,target_weight\n10,0.5\n9,0.5\n");
  const TargetBook book = load_targets(files, "f.csv", kDate).value();
  EXPECT_EQ(book.trade_date, kDate);
  EXPECT_EQ(book.targets[0].asset_id, AssetId("9"));
  EXPECT_EQ(book.targets[0].asof, Instant::start_of(kDate));
  EXPECT_EQ(book.targets[0].strategy_id, StrategyId("unknown"));
}

TEST(LoadTargetsTest, WithoutAnyDateAsksForOne) {
  MemoryFiles files = holding("asset_id,target_weight\n10,1\n");
  const auto book = load_targets(files, "f.csv", std::nullopt);
  ASSERT_FALSE(book.ok());
  EXPECT_EQ(book.error().code, ErrorCode::kUsage);
  EXPECT_THAT(book.error().message, HasSubstr("--date"));
}

TEST(LoadTargetsTest, OneAssetWrittenTwoWaysIsStillTwoIds) {
  // "0010" is not "10": ids are text, never numbers (ancestor-defects 13).
  MemoryFiles files = holding("asset_id,target_weight\n10,0.5\n0010,0.5\n");
  EXPECT_EQ(load_targets(files, "f.csv", kDate).value().targets.size(), 2U);
}

struct Refused {
  std::string name;
  std::string text;
  std::vector<std::string> says;
};

void expect_refused(const Error& error, const Refused& bad) {
  EXPECT_EQ(error.code, ErrorCode::kInvalidInput) << bad.name;
  for (const std::string& part : bad.says) {
    EXPECT_THAT(error.message, HasSubstr(part)) << bad.name;
  }
}

TEST(LoadPricesTest, RefusesWithPlaceAndValue) {
  const std::vector<Refused> table = {
      {"twice", "symbol,price\nA,1\nB,2\nA,3\n", {"f.csv:4", "'A'", "line 2"}},
      {"twice, once bad", "symbol,price\nA,1\nA,0\n", {"f.csv:3", "'A'"}},
      {"text", "symbol,price\nA,x\n", {"f.csv:2: price", "'x'"}},
      {"nan", "symbol,price\nA,nan\n", {"f.csv:2: price"}},
      {"infinite", "symbol,price\nA,inf\n", {"f.csv:2: price"}},
      {"empty", "symbol,price\nA,\n", {"f.csv:2: price"}},
      {"comma", "symbol,price\nA,\"1,5\"\n", {"f.csv:2: price", "'1,5'"}},
      {"lower case", "symbol,price\naapl,1\n", {"f.csv:2: symbol", "'aapl'"}},
      {"no column", "symbol,close\nA,1\n", {"f.csv: no column 'price'", "symbol, close"}},
      {"huge", "symbol,price\nA,1e300\n", {"f.csv:2: price"}}};
  for (const Refused& bad : table) {
    MemoryFiles files = holding(bad.text);
    const auto book = load_prices(files, "f.csv");
    ASSERT_FALSE(book.ok()) << bad.name;
    expect_refused(book.error(), bad);
  }
}

TEST(ReadExecutionLogTest, AnAbsentLogIsEmpty) {
  MemoryFiles files;
  EXPECT_TRUE(read_execution_log(files, "log.csv").value().empty());
}

TEST(ReadExecutionLogTest, OfFifteenColumnsTheStatusSaysWhatFilled) {
  MemoryFiles files = holding(
      "ts,mode,symbol,side,qty,order_type,tp_price,sl_price,time_in_force,client_order_id,"
      "price_used,notional,status,order_id,error\n"
      "2025-07-28T09:00:00Z,DRY,AAPL,BUY,5.17,BRACKET,150.50,145.20,DAY,a,148.30,766.71,SIMULATED,,"
      "\n"
      "2025-07-28T09:00:00Z,PAPER,MSFT,BUY,2,MARKET,,,DAY,b,500,1000,REJECTED,,no\n");
  const auto log = read_execution_log(files, "f.csv");
  ASSERT_TRUE(log.ok()) << log.error().message;
  EXPECT_EQ(log.value()[0].filled_qty.text(), "5.17");
  EXPECT_TRUE(log.value()[1].filled_qty.is_zero());
}

TEST(ReadPlannedOrdersTest, WithoutReasonsTheSideDecides) {
  MemoryFiles files = holding(
      "asset_id,symbol,side,qty,order_type,tp_price,sl_price,ref_price\n1690,AAPL,SELL,5,MARKET,,,"
      "200\n");
  const auto orders = read_planned_orders(files, "f.csv");
  ASSERT_TRUE(orders.ok()) << orders.error().message;
  EXPECT_EQ(orders.value()[0].purpose, Purpose::kReduce);
  EXPECT_EQ(orders.value()[0].notional.text(), "1000");
}

TEST(RecordedReadsTest, HashesTheBytesThatWereRead) {
  MemoryFiles files = holding("abc");
  RecordedReads reads(files);
  EXPECT_EQ(reads.hash_of("f.csv"), "");
  ASSERT_TRUE(reads.read("f.csv", 100).ok());
  files.contents["f.csv"] = "changed since";
  EXPECT_EQ(reads.hash_of("f.csv"), sha256_hex("abc"));
}

}  // namespace
}  // namespace signalbus::inputs
