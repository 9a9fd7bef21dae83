// Rng: a seeded generator of which every part of a simulated world gets its own stream, so that
// switching one fault off does not change what the others do.
#pragma once

#include <cstdint>

namespace signalbus::sim {

/// SplitMix64.
class Rng {
 public:
  explicit Rng(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t x = state_;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31U);
  }
  /// 0 to bound - 1; 0 for a bound of 0.
  std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : next() % bound; }
  /// Both ends included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  int between(int low, int high) {
    return static_cast<int>(between(std::int64_t{low}, std::int64_t{high}));
  }
  /// `ppm` of a million times; draws nothing for 0.
  bool chance(std::uint32_t ppm) { return ppm > 0 && below(1'000'000) < ppm; }
  /// A stream of its own.
  Rng fork() { return Rng(next()); }

 private:
  std::uint64_t state_;
};

}  // namespace signalbus::sim
