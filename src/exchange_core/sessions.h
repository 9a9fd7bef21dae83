// The exchange's day: phases, what the open and the close do, and when orders expire.
#pragma once

#include "exchange_core/state.h"

namespace signalbus::exchange_core {

/// The clock at `start`, before anything was done.
Clock start_clock(SessionMode mode, Instant start);

/// Moves time, boundary by boundary, then tries the rests of partial fills again. An earlier `now`
/// does nothing.
void advance(State& state, Instant now);

/// Whether the venue takes that order at the moment; else it waits as `accepted`.
bool session_takes(const State& state, const Order& order);

/// Whether orders of that kind can fill at the moment (stops and trailing stops rest outside of
/// regular hours).
bool session_fills(const State& state, const Order& order);

/// When an order placed now expires: day at the close of its session (20:00 with extended hours),
/// opg at the open, cls at the close, gtc 90 days later at 16:15 in New York.
Instant expiry_of(const State& state, OrderTif tif, bool extended_hours);

/// opg is taken until two minutes before the open, cls until ten minutes before the close, both
/// again from 19:00 on for the next session. Always true without sessions.
bool auction_takes_orders(const State& state, OrderTif tif);

/// Books the equity point of the day, and starts the next one.
void close_books(State& state);
void open_books(State& state);

}  // namespace signalbus::exchange_core
