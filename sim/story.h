// Story: what happens in the world of one seed, from its first session until everything has healed
// and come to its end.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "sim/faults.h"
#include "sim/violation.h"

namespace signalbus::sim {

struct StoryOptions {
  std::size_t lines = 0;  ///< How many of the last lines of the trace are kept.
  bool echo = false;      ///< Every line to stdout, as it happens.
};

struct Verdict {
  std::optional<Violation> violation;
  std::uint64_t trace_hash = 0;
  std::uint64_t events = 0;
  std::deque<std::string> lines;
  FaultCounts faults{};
  std::map<std::string, std::uint64_t> seen;
  std::uint64_t lives = 0;
  std::uint64_t orders = 0;
  std::int64_t simulated_seconds = 0;
};

Verdict tell_story(std::uint64_t seed, const StoryOptions& options);

}  // namespace signalbus::sim
