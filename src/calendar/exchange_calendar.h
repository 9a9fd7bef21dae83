// Sessions of the New York Stock Exchange, 1990 to 2035: when it opens, closes, and counts as a
// day.
#pragma once

#include <vector>

#include "core/result.h"
#include "core/time.h"

namespace signalbus::calendar {

/// One trading day.
struct Session {
  TradeDate date;
  Instant open;
  Instant close;
  bool half_day;  ///< Ends before 16:00 in New York.
};

/// Every function is pure and fails with kInvalidInput when a day it needs lies outside 1990-2035.

/// Ok when the calendar knows that day.
Status check_range(TradeDate date);
Result<bool> is_session(TradeDate date);
/// kNotFound when there is no session that day; the message names the next one.
Result<Session> session(TradeDate date);
Result<Session> next_session(TradeDate after);       ///< The first one later than that day.
Result<Session> previous_session(TradeDate before);  ///< The last one earlier than that day.
/// That day or the next that has a session.
Result<TradeDate> session_on_or_after(TradeDate date);
/// Both ends included; empty when `last` is before `first`.
Result<std::vector<TradeDate>> sessions_between(TradeDate first, TradeDate last);

/// `count` sessions later (negative: earlier), the day itself not counted: +1 is the next session,
/// -1 the previous one, whether or not `date` is a session. 0 returns `date` unchanged.
Result<TradeDate> plus_sessions(TradeDate date, int count);
/// How many sessions lie after `from` up to and with `to`; negative when `to` is before `from`.
/// For sessions a and b: plus_sessions(a, sessions_from_to(a, b)) == b.
Result<int> sessions_from_to(TradeDate from, TradeDate to);

}  // namespace signalbus::calendar
