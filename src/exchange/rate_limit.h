// RateLimit: so many requests per account in each minute of the wall's clock, as Alpaca counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/time.h"

namespace signalbus::exchange {

class RateLimit {
 public:
  /// Nothing: no limit, and no headers.
  explicit RateLimit(std::optional<std::uint32_t> per_minute) : per_minute_(per_minute) {}

  struct Decision {
    bool allowed;
    std::uint32_t limit;
    std::uint32_t remaining;
    std::int64_t reset;  ///< UNIX seconds at which the window ends.
  };
  /// Counts one request; nothing when there is no limit.
  std::optional<Decision> take(const std::string& who, Instant wall);
  /// What the headers would say, without counting. With no limit: of a full window.
  Decision exhausted(Instant wall) const;

 private:
  struct Window {
    std::int64_t minute = 0;
    std::uint32_t used = 0;
  };
  std::optional<std::uint32_t> per_minute_;
  std::unordered_map<std::string, Window> windows_;
};

}  // namespace signalbus::exchange
