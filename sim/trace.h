// Trace: what happened in a simulated world, as a hash to compare two runs and as lines to read.
#pragma once

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/time.h"

namespace signalbus::sim {

class Trace {
 public:
  /// `lines_max`: how many of the last lines are kept; 0: only the hash.
  explicit Trace(std::size_t lines_max, bool echo = false) : lines_max_(lines_max), echo_(echo) {}

  /// One event. The parts are joined by spaces.
  void note(Instant at, std::initializer_list<std::string_view> parts);

  std::uint64_t hash() const { return hash_; }
  std::uint64_t count() const { return count_; }
  const std::deque<std::string>& lines() const { return lines_; }
  /// Whether lines are kept: else nobody need prepare long texts.
  bool keeps() const { return lines_max_ > 0 || echo_; }

 private:
  void mix(std::string_view bytes);

  std::size_t lines_max_;
  bool echo_;
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
  std::uint64_t count_ = 0;
  std::deque<std::string> lines_;
};

}  // namespace signalbus::sim
