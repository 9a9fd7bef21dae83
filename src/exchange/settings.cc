#include "exchange/settings.h"

#include <charconv>

#include "calendar/exchange_calendar.h"
#include "calendar/new_york.h"
#include "core/text.h"

namespace signalbus::exchange {
namespace {

constexpr std::int64_t kSpeedMax = 1'000'000;

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

Error bad_clock(std::string_view text, std::string_view why) {
  return {ErrorCode::kUsage, "clock: " + quoted(text) + " " + std::string(why) +
                                 "; write open, wall, 2021-01-04 or 2021-01-04@600"};
}

}  // namespace

Result<ClockSpec> parse_clock(std::string_view text) {
  if (text == "open") return ClockSpec{.kind = ClockKind::kOpen};
  if (text == "wall") return ClockSpec{.kind = ClockKind::kWall};
  ClockSpec spec{.kind = ClockKind::kSimulated};
  const std::size_t at = text.find('@');
  if (at != std::string_view::npos) {
    const auto speed = whole_number(text.substr(at + 1));
    if (!speed || *speed > kSpeedMax) return bad_clock(text, "has no speed of 0 to 1,000,000");
    spec.speed = *speed;
  }
  const auto date = TradeDate::parse(text.substr(0, at));
  if (!date.ok()) return bad_clock(text, "is no clock");
  if (!calendar::check_range(date.value()).ok() || !calendar::previous_session(date.value()).ok()) {
    return bad_clock(text, "lies outside 1990-2035");
  }
  spec.start = calendar::to_instant(date.value(), calendar::TimeOfDay::of(9, 30));
  return spec;
}

Result<std::optional<std::uint32_t>> parse_rate(std::string_view text) {
  if (text == "off") return std::optional<std::uint32_t>();
  const auto value = whole_number(text);
  if (!value || *value == 0 || *value > 1'000'000) {
    return Error{ErrorCode::kUsage,
                 "rate: " + quoted(text) + " is no rate; write off, or requests a minute as 200"};
  }
  return std::optional<std::uint32_t>(static_cast<std::uint32_t>(*value));
}

Result<std::int64_t> parse_duration(std::string_view text) {
  const Error error{ErrorCode::kInvalidInput,
                    quoted(text) + " is no duration; write 90s, 15m, 24h or 1d"};
  if (text.size() < 2) return error;
  const auto count = whole_number(text.substr(0, text.size() - 1));
  const char unit = text.back();
  const std::int64_t seconds = unit == 's'   ? 1
                               : unit == 'm' ? 60
                               : unit == 'h' ? 3'600
                               : unit == 'd' ? 86'400
                                             : 0;
  if (!count || *count == 0 || seconds == 0 || *count > 20'000LL * 86'400) return error;
  return *count * seconds;
}

}  // namespace signalbus::exchange
