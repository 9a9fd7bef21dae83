// signalbus-sim: runs the worlds of many seeds, and says how to run one again.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <regex>
#include "execution/mutation.h"

#include "sim/story.h"

using namespace signalbus::sim;  // NOLINT

int main(int argc, char** argv) {
  std::uint64_t seeds = 100;
  std::uint64_t first = 1;
  bool trace = false;
  for (int i = 1; i < argc; ++i) {
    if (!std::strcmp(argv[i], "--seeds")) seeds = std::strtoull(argv[++i], nullptr, 0);
    if (!std::strcmp(argv[i], "--first")) first = std::strtoull(argv[++i], nullptr, 0);
    if (!std::strcmp(argv[i], "--seed")) first = std::strtoull(argv[++i], nullptr, 0), seeds = 1;
    if (!std::strcmp(argv[i], "--mutation")) signalbus::execution::g_mutation = signalbus::execution::Mutation(std::atoi(argv[++i]));
    if (!std::strcmp(argv[i], "--trace")) trace = true;
  }
  FaultCounts counts{};
  std::map<std::string, std::uint64_t> seen;
  std::map<std::string, std::pair<int, std::uint64_t>> bad;
  std::uint64_t orders = 0, lives = 0, events = 0, failed = 0;
  std::int64_t seconds = 0;
  for (std::uint64_t s = first; s < first + seeds; ++s) {
    Verdict v = tell_story(s, {.echo = trace});
    for (std::size_t f = 0; f < kFaults; ++f) counts[f] += v.faults[f];
    for (auto& [k, n] : v.seen) seen[k] += n;
    orders += v.orders, lives += v.lives, events += v.events, seconds += v.simulated_seconds;
    if (v.violation) {
      ++failed;
      auto& b = bad[v.violation->invariant + ": " + std::regex_replace(v.violation->words, std::regex("sb_[A-Za-z0-9_]*|-?[0-9.]+"), "*")];
      if (b.first++ == 0) b.second = s;
    }
  }
  std::printf("%lu seeds, %lu failed, %lu orders, %lu lives, %lu events, %.0f h\n", seeds, failed, orders,
              lives, events, double(seconds) / 3600);
  if (seeds > 1) {
    for (std::size_t f = 0; f < kFaults; ++f)
      std::printf("%s=%lu ", std::string(to_text(Fault(f))).c_str(), counts[f]);
    std::printf("\n");
    for (auto& [k, n] : seen) std::printf("%s=%lu ", k.c_str(), n);
    std::printf("\n");
  }
  for (auto& [k, b] : bad) std::printf("%6d first %lu  %s\n", b.first, b.second, k.c_str());
  return failed ? 1 : 0;
}
