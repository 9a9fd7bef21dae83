#include "sim/trace.h"

#include <cstdio>
#include <cstring>

namespace signalbus::sim {

/// Eight bytes at a time: this runs on every event of every world.
void Trace::mix(std::string_view bytes) {
  while (!bytes.empty()) {
    std::uint64_t word = bytes.size();
    const std::size_t taken = std::min<std::size_t>(bytes.size(), 8);
    std::memcpy(&word, bytes.data(), taken);
    hash_ = (hash_ ^ word) * 0x9e3779b97f4a7c15ULL;
    hash_ ^= hash_ >> 29U;
    bytes.remove_prefix(taken);
  }
}

void Trace::note(Instant at, std::initializer_list<std::string_view> parts) {
  ++count_;
  const std::int64_t micros = at.micros();
  mix({reinterpret_cast<const char*>(&micros), sizeof micros});
  for (const std::string_view part : parts) mix(part);
  if (!keeps()) return;
  std::string line = std::to_string(count_) + " " + at.rfc3339();
  for (const std::string_view part : parts) (line += ' ') += part;
  if (echo_) std::printf("%s\n", line.c_str());
  if (lines_max_ == 0) return;
  lines_.push_back(std::move(line));
  if (lines_.size() > lines_max_) lines_.pop_front();
}

}  // namespace signalbus::sim
