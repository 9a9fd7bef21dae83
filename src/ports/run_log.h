// The story of a run, for people and for machines. Implementations: SpdlogRunLog (app), tests
// collect lines.
#pragma once

#include <string_view>

namespace signalbus {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

/// Never fails and never blocks trading: a full disk loses log lines, not orders.
class RunLog {
 public:
  virtual ~RunLog() = default;
  /// `stage` is m1..m6 or run; `message` is one sentence without secrets.
  virtual void line(LogLevel level, std::string_view stage, std::string_view message) = 0;
};

}  // namespace signalbus
