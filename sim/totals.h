// Totals: what the worlds of many seeds add up to, as text that one process hands to another.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/story.h"

namespace signalbus::sim {

struct Failure {
  std::uint64_t seed = 0;
  std::string invariant;
  std::string words;
};

class Totals {
 public:
  void add(std::uint64_t seed, const Verdict& verdict);
  void add_failure(Failure failure) { failures_.push_back(std::move(failure)); }
  /// The rules of the life cycle, as execution::apply() counted them in this process.
  void add_rules();

  /// One item per line; read() adds what text() wrote, and leaves other lines alone.
  std::string text() const;
  void read(std::string_view text);

  std::uint64_t of(const std::string& name) const;
  const std::vector<Failure>& failures() const { return failures_; }
  /// Faults and rules that never happened: what was not met was not tested.
  std::vector<std::string> never_seen() const;
  /// For people.
  std::string report() const;

 private:
  std::map<std::string, std::uint64_t> counts_;
  std::vector<Failure> failures_;
};

}  // namespace signalbus::sim
