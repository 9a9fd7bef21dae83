// Feeding a reader in pieces whose sizes come from the input: for the HTTP targets.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "core/check.h"
#include "net/http_codec.h"

namespace signalbus::net {

constexpr MessageLimits kFuzzLimits{.head_bytes_max = 512, .body_bytes_max = 1024};

/// Feeds all of it, at most `piece` bytes more at a time (0: at once). False when it was refused.
template <class Reader>
bool feed_all(Reader& reader, std::string_view bytes, std::size_t piece) {
  std::string waiting;
  while (!bytes.empty() && reader.awaits() != Awaits::kNothing) {
    const std::size_t size = piece == 0 ? bytes.size() : std::min(piece, bytes.size());
    waiting.append(bytes.substr(0, size));
    bytes.remove_prefix(size);
    const Result<std::size_t> taken = reader.feed(waiting);
    if (!taken.ok()) return false;
    SB_CHECK(taken.value() <= waiting.size());
    waiting.erase(0, taken.value());
    // What waits is the part of a head: it must not grow without end.
    SB_CHECK(reader.awaits() == Awaits::kNothing ||
             waiting.size() <= kFuzzLimits.head_bytes_max + size);
  }
  return true;
}

inline bool same(const Headers& a, const Headers& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Field& x, const Field& y) {
    return x.name == y.name && x.value == y.value;
  });
}

}  // namespace signalbus::net
