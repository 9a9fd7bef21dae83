// Small stand-ins for the ports Clock and RunLog, for tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ports/clock.h"
#include "ports/run_log.h"

namespace signalbus::testing {

/// Stands still until someone sleeps or the test moves it.
class TestClock final : public Clock {
 public:
  explicit TestClock(std::string_view now) : now_(Instant::parse(now).value()) {}
  Instant now() const override { return now_; }
  std::int64_t monotonic_micros() const override { return now_.micros(); }
  void sleep_until(Instant deadline) override { now_ = std::max(now_, deadline); }
  void set(Instant now) { now_ = now; }

 private:
  Instant now_;
};

class CollectedLog final : public RunLog {
 public:
  void line(LogLevel, std::string_view stage, std::string_view message) override {
    lines.push_back(std::string(stage) + ": " + std::string(message));
  }
  bool says(std::string_view text) const {
    for (const std::string& line : lines) {
      if (line.find(text) != std::string::npos) return true;
    }
    return false;
  }
  std::vector<std::string> lines;
};

}  // namespace signalbus::testing
