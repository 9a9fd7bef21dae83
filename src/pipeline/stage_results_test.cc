// Goal: a run whose stages are processes of their own tells its alerts what it would have told them
// itself. Method: what is written is read again; answers put together by hand, sound and not.
#include "pipeline/stage_results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ports/testing/doubles.h"

namespace signalbus::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <class Write>
std::string printed(Write write) {
  formats::JsonWriter json(formats::JsonStyle::kCompact);
  json.begin_object().key("command").string("x");
  write(json);
  json.end_object();
  return json.take();
}

RunOutcome outcome_of(const std::string& stage, const std::string& result,
                      testing::CollectedLog& log) {
  RunOutcome out{.run = {.run_date = TradeDate::parse("2026-01-05").value(),
                         .number = 1,
                         .mode = Mode::kDry,
                         .started_at = Instant::from_micros(0)},
                 .stages = {},
                 .notes = {},
                 .files = {},
                 .archive = "",
                 .exit_code = 0};
  const Spawn spawn = [&](const std::vector<std::string>&,
                          std::optional<std::int64_t>) -> Result<SpawnAnswer> {
    return SpawnAnswer{result.empty() ? 3 : 0, result};
  };
  const Result<StageAnswer> answer = spawn_stage(spawn, {stage}, {}, out, log);
  EXPECT_TRUE(answer.ok());
  EXPECT_EQ(answer.value().state, result.empty() ? StageState::kFailed : StageState::kDone);
  return out;
}

TEST(StageResultsTest, RiskValuesAreReadAsTheyWereWritten) {
  const std::vector<RiskValue> values = {{.scope = "symbol:\"</script>\n=cmd",
                                          .metric = "weight",
                                          .value = 0.1 + 0.2,
                                          .unit = "fraction",
                                          .window = "day",
                                          .n_used = 504,
                                          .reason = "",
                                          .is_expected = false,
                                          .detail = "AAPL, \u00e4"},
                                         {.scope = "portfolio",
                                          .metric = "sharpe",
                                          .value = std::nullopt,
                                          .unit = "ratio",
                                          .window = "63 days",
                                          .reason = "needs 63 observations, has 2",
                                          .is_expected = true}};
  const auto read = read_risk_values(
      printed([&](formats::JsonWriter& json) { write_risk_values(json, values); }));
  ASSERT_TRUE(read.ok()) << read.error().message;
  ASSERT_EQ(read.value().size(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(read.value()[i].scope, values[i].scope);
    EXPECT_EQ(read.value()[i].metric, values[i].metric);
    EXPECT_EQ(read.value()[i].value, values[i].value);
    EXPECT_EQ(read.value()[i].unit, values[i].unit);
    EXPECT_EQ(read.value()[i].window, values[i].window);
    EXPECT_EQ(read.value()[i].n_used, values[i].n_used);
    EXPECT_EQ(read.value()[i].reason, values[i].reason);
    EXPECT_EQ(read.value()[i].is_expected, values[i].is_expected);
    EXPECT_EQ(read.value()[i].detail, values[i].detail);
  }
}

TEST(StageResultsTest, OpenDifferencesOfAProcessAreKnownToTheRun) {
  testing::CollectedLog log;
  const std::vector<std::string> sentences = {"AAPL: 3 more than the journal knows", "cash: \"1\""};
  const RunOutcome some = outcome_of(
      "reconcile",
      printed([&](formats::JsonWriter& json) { write_open_differences(json, sentences); }), log);
  EXPECT_EQ(some.open_differences, sentences);
  const RunOutcome none =
      outcome_of("reconcile",
                 printed([](formats::JsonWriter& json) { write_open_differences(json, {}); }), log);
  ASSERT_TRUE(none.open_differences.has_value());
  EXPECT_TRUE(none.open_differences->empty());
  EXPECT_FALSE(none.measured.has_value());
}

TEST(StageResultsTest, AStageWithoutAResultLeavesItsValuesUnknown) {
  testing::CollectedLog log;
  EXPECT_FALSE(outcome_of("reconcile", "", log).open_differences.has_value());
  EXPECT_FALSE(outcome_of("analyze", "", log).measured.has_value());
}

TEST(StageResultsTest, WordsThatCannotBeReadLeaveTheStageDoneAndItsValuesUnknown) {
  for (const std::string result :
       {"{\"command\":\"analyze\"}", "{\"command\":", "{\"command\":1,\"risk\":[{}]}",
        "{\"command\":1,\"risk\":[{\"scope\":\"a\",\"metric\":\"b\",\"value\":\"1\"}]}"}) {
    testing::CollectedLog log;
    EXPECT_FALSE(outcome_of("analyze", result, log).measured.has_value()) << result;
    EXPECT_TRUE(log.says("of `analyze`: ")) << result;
  }
}

}  // namespace
}  // namespace signalbus::pipeline
