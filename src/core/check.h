// Checks for bugs: on in every build. An expected failure is a Result, never a check.
#pragma once

namespace signalbus {

/// Prints the failed condition and where it stands, then aborts. A broken invariant must not trade.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace signalbus

#define SB_CHECK(condition)               \
  (static_cast<bool>(condition) ? void(0) \
                                : ::signalbus::check_failed(#condition, __FILE__, __LINE__))
