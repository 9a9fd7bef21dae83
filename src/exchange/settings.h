// VenueSettings: what `signalbus exchange` was asked to simulate; nothing is opened yet.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/money.h"
#include "core/result.h"
#include "core/time.h"

namespace signalbus::exchange {

enum class ClockKind {
  kOpen,      ///< The wall's time; the market is always open.
  kWall,      ///< The wall's time; New York's sessions.
  kSimulated  ///< Starts where it is told, runs `speed` times as fast as the wall; 0: stands still.
};

struct ClockSpec {
  ClockKind kind = ClockKind::kOpen;
  Instant start = Instant::from_micros(0);  ///< Simulated only.
  std::int64_t speed = 1;                   ///< Simulated only, 0 to 1,000,000.
};

/// `open`, `wall`, `2021-01-04` (09:30 in New York) or `2021-01-04@600`. kUsage for others, and for
/// days outside 1990-2035.
Result<ClockSpec> parse_clock(std::string_view text);

/// `off` is nothing; `200` requests a minute. kUsage for others.
Result<std::optional<std::uint32_t>> parse_rate(std::string_view text);

/// `90s`, `15m`, `24h`, `1d` as seconds, above 0. kInvalidInput for others.
Result<std::int64_t> parse_duration(std::string_view text);

struct VenueSettings {
  std::uint64_t seed = 1;
  Money cash = Money::whole(100'000);
  int multiplier = 4;  ///< 1, 2 or 4.
  ClockSpec clock = {};
  std::optional<std::uint32_t> requests_per_minute = 200;  ///< Per account; nothing: no limit.
  Ratio partial_fills = Ratio::zero();                     ///< Probability of a partial fill.
  std::uint32_t spread_bps = 0;                            ///< Between bid and ask, of the price.
  std::uint32_t walk_bps = 0;            ///< Most that a price moves in a minute of the session.
  std::uint32_t stream_symbols = 30;     ///< Per market-data connection; trades plus quotes.
  std::uint32_t stream_connections = 1;  ///< Market-data connections per key.
};

}  // namespace signalbus::exchange
