// Goal: log lines are exact, hold no secret, stay one line each, and never fail a run.
// Method: a fixed clock, real files, stderr captured.
#include "storage/spdlog_run_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/log_text.h"
#include "storage/system_clock.h"
#include "storage/temp_folder.h"

namespace signalbus::storage {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SpdlogRunLogTest : public ::testing::Test {
 protected:
  RunLogOptions options() const { return {.folder = folder_ / "logs"}; }

  TempFolder folder_;
  FixedClock clock_{Instant::parse("2025-08-29T13:00:00Z").value()};
};

TEST_F(SpdlogRunLogTest, WritesEachLineAsTextAndAsJson) {
  {
    SpdlogRunLog log(options(), clock_);
    log.line(LogLevel::kInfo, "m1", "285 targets");
    clock_.sleep_until(Instant::parse("2025-08-29T13:00:01.5Z").value());
    log.line(LogLevel::kError, "run", "stopped");
  }

  EXPECT_EQ(folder_.get("logs/scheduler.log"),
            "2025-08-29T13:00:00Z INFO m1 285 targets\n"
            "2025-08-29T13:00:01.5Z ERROR run stopped\n");
  EXPECT_EQ(folder_.get("logs/scheduler.jsonl"),
            R"({"ts":"2025-08-29T13:00:00Z","level":"INFO","stage":"m1","message":"285 targets"})"
            "\n"
            R"({"ts":"2025-08-29T13:00:01.5Z","level":"ERROR","stage":"run","message":"stopped"})"
            "\n");
}

TEST_F(SpdlogRunLogTest, AppendsToWhatEarlierRunsWrote) {
  for (const char* message : {"first", "second"}) {
    SpdlogRunLog(options(), clock_).line(LogLevel::kInfo, "run", message);
  }

  EXPECT_EQ(folder_.get("logs/scheduler.log"),
            "2025-08-29T13:00:00Z INFO run first\n2025-08-29T13:00:00Z INFO run second\n");
}

TEST_F(SpdlogRunLogTest, ALineIsOnDiskBeforeTheCallReturns) {
  SpdlogRunLog log(options(), clock_);
  log.line(LogLevel::kInfo, "m1", "now");

  EXPECT_THAT(folder_.get("logs/scheduler.log"), HasSubstr("now"));
}

TEST_F(SpdlogRunLogTest, OpensNoFileBeforeTheFirstLine) {
  SpdlogRunLog log(options(), clock_);
  log.line(LogLevel::kDebug, "m1", "below the level");

  EXPECT_FALSE(std::filesystem::exists(folder_ / "logs"));
}

TEST_F(SpdlogRunLogTest, ReplacesSecretsEverywhereTheLongestFirst) {
  RunLogOptions with = options();
  with.secrets = {"PK12", "", "PK12345", "s\"q"};
  testing::internal::CaptureStderr();
  SpdlogRunLog(with, clock_).line(LogLevel::kError, "m4", "PK12345 and PK12PK12, s\"q");

  EXPECT_EQ(testing::internal::GetCapturedStderr(), "ERROR m4 *** and ******, ***\n");
  EXPECT_THAT(folder_.get("logs/scheduler.log"), HasSubstr("m4 *** and ******, ***\n"));
  EXPECT_THAT(folder_.get("logs/scheduler.jsonl"), HasSubstr(R"("*** and ******, ***"})"));
}

TEST_F(SpdlogRunLogTest, AMessageCannotForgeALine) {
  testing::internal::CaptureStderr();
  SpdlogRunLog(options(), clock_).line(LogLevel::kWarn, "m1", "a\nERROR m4 b\x1b[2J \"\\");

  EXPECT_EQ(testing::internal::GetCapturedStderr(), "WARN m1 a\\nERROR m4 b\\x1b[2J \"\\\n");
  EXPECT_EQ(folder_.get("logs/scheduler.log"),
            "2025-08-29T13:00:00Z WARN m1 a\\nERROR m4 b\\x1b[2J \"\\\n");
  EXPECT_THAT(folder_.get("logs/scheduler.jsonl"),
              HasSubstr(R"("message":"a\nERROR m4 b\u001b[2J \"\\"})"));
}

TEST_F(SpdlogRunLogTest, WritesStderrFromItsOwnLevelOnWithoutColourWhenNoTerminal) {
  RunLogOptions quiet{.folder = "", .stderr_level = LogLevel::kError};
  testing::internal::CaptureStderr();
  SpdlogRunLog log(quiet, clock_);
  log.line(LogLevel::kWarn, "m1", "not shown");
  log.line(LogLevel::kError, "m1", "shown");

  EXPECT_EQ(testing::internal::GetCapturedStderr(), "ERROR m1 shown\n");
}

TEST_F(SpdlogRunLogTest, WarnsOnceAndGoesOnWhenFilesCannotBeWritten) {
  folder_.put("logs", "a file where the folder should be");
  testing::internal::CaptureStderr();
  SpdlogRunLog log(options(), clock_);
  log.line(LogLevel::kInfo, "m1", "one");
  log.line(LogLevel::kInfo, "m1", "two");

  const std::string shown = testing::internal::GetCapturedStderr();
  EXPECT_EQ(shown, "WARN run " + folder_.path() +
                       "/logs: is a file where a folder is needed; move it away, then run again; "
                       "the run goes on without its log\n");
}

TEST_F(SpdlogRunLogTest, WarnsOnceWhenALogFileIsAFolder) {
  std::filesystem::create_directories(folder_ / "logs/scheduler.log");
  testing::internal::CaptureStderr();
  SpdlogRunLog log(options(), clock_);
  log.line(LogLevel::kInfo, "m1", "one");
  log.line(LogLevel::kInfo, "m1", "two");

  const std::string shown = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(shown.begin(), shown.end(), '\n'), 1);
  EXPECT_THAT(shown, HasSubstr("the run goes on without its log"));
}

TEST_F(SpdlogRunLogTest, RotatesAtTenMegabytesAndKeepsFive) {
  SpdlogRunLog log(options(), clock_);
  const std::string message(1'000'000, 'x');
  for (int i = 0; i < 70; ++i) log.line(LogLevel::kInfo, "m1", message);

  EXPECT_TRUE(std::filesystem::exists(folder_ / "logs/scheduler.4.log"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "logs/scheduler.5.log"));
  EXPECT_LE(std::filesystem::file_size(folder_ / "logs/scheduler.log"), 10'000'000u);
}

TEST(LogTextTest, JsonStringsAreValidUtf8WhateverTheBytes) {
  struct Case {
    std::string bytes;
    std::string json;
  };
  const Case cases[] = {
      {"", R"("")"},
      {std::string("\0", 1), R"("\u0000")"},
      {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\""},
      {"\xFFz", R"("\ufffdz")"},
      {"\xC0\xAF", R"("\ufffd\ufffd")"},                      // overlong slash
      {"\xED\xA0\x80", R"("\ufffd\ufffd\ufffd")"},            // surrogate
      {"\xF4\x90\x80\x80", R"("\ufffd\ufffd\ufffd\ufffd")"},  // beyond U+10FFFF
      {"\xE2\x82", R"("\ufffd\ufffd")"},                      // cut off
      {"\x7f\t\r", R"("\u007f\t\r")"},
  };
  for (const Case& sample : cases) EXPECT_EQ(json_string(sample.bytes), sample.json);
}

}  // namespace
}  // namespace signalbus::storage
