// The generated facts of the New York Stock Exchange's calendar (xnys_table.cc).
#pragma once

#include <cstdint>
#include <span>

namespace signalbus::calendar {

struct EarlyClose {
  std::int32_t date;   ///< 19971226
  std::int32_t close;  ///< 1300: hours and minutes in New York
};

/// Weekdays without a session, as 20010911, ascending.
std::span<const std::int32_t> closed_weekdays();
/// Sessions that end before 16:00, ascending. Every session of these years opens at 09:30.
std::span<const EarlyClose> early_closes();

}  // namespace signalbus::calendar
