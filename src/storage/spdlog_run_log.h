// SpdlogRunLog: the RunLog port as scheduler.log (text), scheduler.jsonl and stderr, through
// spdlog.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ports/clock.h"
#include "ports/run_log.h"

namespace spdlog::sinks {
class sink;  // NOLINT(readability-identifier-naming): spdlog's name
}

namespace signalbus::storage {

struct RunLogOptions {
  std::string folder;                     ///< Made at the first line; "" writes no files.
  LogLevel file_level = LogLevel::kInfo;  ///< Lines below it are not written to files.
  /// Nor to stderr below this; absent: none.
  std::optional<LogLevel> stderr_level = LogLevel::kWarn;
  std::vector<std::string> secrets = {};  ///< Replaced by *** wherever they occur.
};

/// Opens the files at the first line: a run without a line leaves none, and start-up costs nothing.
/// Files rotate at 10 MB, five are kept. When they cannot be written, stderr says so once and the
/// run goes on. May be called from any thread.
class SpdlogRunLog final : public RunLog {
 public:
  SpdlogRunLog(RunLogOptions options, const Clock& clock);
  ~SpdlogRunLog() override;

  void line(LogLevel level, std::string_view stage, std::string_view message) override;

 private:
  struct FileLine {
    std::string_view text;
    std::string_view json;
  };
  void write_files(const FileLine& line);
  void write_stderr(LogLevel level, std::string_view text) const;
  std::string without_secrets(std::string_view message) const;
  void warn_once(std::string_view cause);

  const RunLogOptions options_;
  const Clock& clock_;
  std::mutex mutex_;
  std::shared_ptr<spdlog::sinks::sink> text_;
  std::shared_ptr<spdlog::sinks::sink> json_;
  bool warned_ = false;
  bool opened_ = false;
};

}  // namespace signalbus::storage
