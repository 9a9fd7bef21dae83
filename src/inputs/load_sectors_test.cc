// Goal: a file of sectors is taken whole, or refused with line and column.
#include "inputs/load_sectors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ports/testing/memory_files.h"

namespace signalbus::inputs {
namespace {

using ::testing::HasSubstr;

Result<SectorMap> load(const std::string& text) {
  signalbus::testing::MemoryFiles files;
  files.contents["sectors.csv"] = text;
  return load_sectors(files, "sectors.csv");
}

TEST(LoadSectorsTest, GivesEachSymbolItsSector) {
  const Result<SectorMap> sectors = load("symbol,sector\nAAPL,Technology\nKO,Consumer Staples\n");
  ASSERT_TRUE(sectors.ok()) << sectors.error().message;
  EXPECT_EQ(sectors.value().at(Symbol::parse("AAPL").value()), "Technology");
  EXPECT_EQ(sectors.value().at(Symbol::parse("KO").value()), "Consumer Staples");
  EXPECT_EQ(sectors.value().size(), 2U);
}

TEST(LoadSectorsTest, RefusesWhatItCannotMean) {
  EXPECT_THAT(load("symbol,sector\nAAPL,\n").error().message, HasSubstr("sectors.csv:2: sector"));
  EXPECT_THAT(load("symbol,sector\nKO,A\nKO,B\n").error().message,
              HasSubstr("sectors.csv:3: symbol: KO stands twice"));
  EXPECT_THAT(load("symbol,industry\nKO,A\n").error().message, HasSubstr("sector"));
}

}  // namespace
}  // namespace signalbus::inputs
