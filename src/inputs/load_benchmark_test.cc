// Goal: a benchmark's weights are taken whole, or refused with the place.
#include "inputs/load_benchmark.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ports/testing/memory_files.h"

namespace signalbus::inputs {
namespace {

using ::testing::HasSubstr;

Result<std::vector<BenchmarkWeight>> load(const std::string& text) {
  signalbus::testing::MemoryFiles files;
  files.contents["weights.csv"] = text;
  return load_benchmark_weights(files, "weights.csv");
}

TEST(LoadBenchmarkTest, TakesNamesFundsAndCashByDate) {
  const auto weights = load(
      "date,symbol,weight,sector\n"
      "2024-03-29,CASH,1,\n"
      "2024-02-29,XLE,0.6,Energy\n"
      "2024-02-29,KO,0.395,\n");
  ASSERT_TRUE(weights.ok()) << weights.error().message;
  ASSERT_EQ(weights.value().size(), 3U);
  EXPECT_EQ(weights.value()[0].symbol, Symbol::parse("XLE").value());
  EXPECT_EQ(weights.value()[0].sector, "Energy");
  EXPECT_EQ(weights.value()[1].weight, 0.395);
  EXPECT_EQ(weights.value()[1].sector, "");
  EXPECT_FALSE(weights.value()[2].symbol.has_value());
  EXPECT_EQ(weights.value()[2].date.iso(), "2024-03-29");
}

TEST(LoadBenchmarkTest, RefusesWhatItCannotMean) {
  const auto message = [](const std::string& rows) {
    return load("date,symbol,weight\n" + rows).error().message;
  };
  EXPECT_THAT(message("2024-02-29,KO,60\n"), HasSubstr("weights.csv:2: weight: '60' is not"));
  EXPECT_THAT(message("2024-02-29,KO,nan\n"), HasSubstr("weights.csv:2: weight"));
  EXPECT_THAT(message("2024-02-29,KO,-0.1\n"), HasSubstr("weights.csv:2: weight"));
  EXPECT_THAT(message("2024-02-29,KO,0.5\n2024-02-29,KO,0.5\n"),
              HasSubstr("weights.csv:3: symbol: KO stands twice on 2024-02-29"));
  EXPECT_THAT(message("2024-02-29,KO,1\n2024-03-29,KO,0.9\n"),
              HasSubstr("weights of 2024-03-29 add up to 0.9, not 1"));
  EXPECT_THAT(load("date,name,weight\n").error().message, HasSubstr("date,symbol,weight[,sector]"));
}

}  // namespace
}  // namespace signalbus::inputs
