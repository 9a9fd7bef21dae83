#include "exchange/rate_limit.h"

namespace signalbus::exchange {
namespace {

constexpr std::int64_t kMinuteMicros = 60'000'000;
constexpr std::uint32_t kUsual = 200;

}  // namespace

std::optional<RateLimit::Decision> RateLimit::take(const std::string& who, Instant wall) {
  if (!per_minute_) return std::nullopt;
  const std::int64_t minute = wall.micros() / kMinuteMicros;
  Window& window = windows_[who];
  if (window.minute != minute) window = {minute, 0};
  Decision decision{window.used < *per_minute_, *per_minute_, 0, (minute + 1) * 60};
  if (decision.allowed) ++window.used;
  decision.remaining = *per_minute_ - window.used;
  return decision;
}

RateLimit::Decision RateLimit::exhausted(Instant wall) const {
  return {false, per_minute_.value_or(kUsual), 0, (wall.micros() / kMinuteMicros + 1) * 60};
}

}  // namespace signalbus::exchange
