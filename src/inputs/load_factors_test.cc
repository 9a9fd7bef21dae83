// Goal: a file of factor returns is taken whole, or refused with line and column.
#include "inputs/load_factors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ports/testing/memory_files.h"

namespace signalbus::inputs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<FactorTable> load(const std::string& text) {
  signalbus::testing::MemoryFiles files;
  files.contents["factors.csv"] = text;
  return load_factors(files, "factors.csv");
}

TEST(LoadFactorsTest, TakesEveryColumnButTheDate) {
  const auto table = load("mkt,date,size\n0.01,2024-03-01,-0.002\n-0.5,2024-03-04,0.5\n");
  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_THAT(table.value().names, ElementsAre("mkt", "size"));
  EXPECT_THAT(table.value().values, ElementsAre(0.01, -0.002, -0.5, 0.5));
  EXPECT_EQ(table.value().dates[1].iso(), "2024-03-04");
}

TEST(LoadFactorsTest, RefusesWhatItCannotMean) {
  EXPECT_THAT(load("date,mkt\n2024-03-01,1.2\n").error().message,
              HasSubstr("factors.csv:2: mkt: '1.2' is no daily return"));
  EXPECT_THAT(load("date,mkt\n2024-03-01,\n").error().message, HasSubstr("factors.csv:2: mkt"));
  EXPECT_THAT(load("date,mkt\n2024-03-01,nan\n").error().message, HasSubstr("factors.csv:2: mkt"));
  EXPECT_THAT(load("date,mkt\n2024-03-01,0\n2024-03-01,0\n").error().message,
              HasSubstr("factors.csv:3: date: 2024-03-01 does not come after"));
  EXPECT_THAT(load("date\n2024-03-01\n").error().message, HasSubstr("has no factor"));
  EXPECT_THAT(load("day,mkt\n").error().message, HasSubstr("date"));
}

}  // namespace
}  // namespace signalbus::inputs
