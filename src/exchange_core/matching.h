// Matching: when an order fills, at which price, and how much of it.
#pragma once

#include "exchange_core/state.h"

namespace signalbus::exchange_core {

/// Fills the order as far as quote, session and hooks let it; at most one execution. Buys fill at
/// the ask, sells at the bid, whatever their size; stops trigger on the last price.
void try_match(State& state, OrderRecord& record);

/// All orders of the asset against its quote, in the order of submission; those that wait for the
/// session are routed when it takes them.
void match_asset(State& state, AssetNumber asset);
void match_all(State& state);

/// Tries what a partial fill left over, once.
void match_rests(State& state);

/// The cross of the open (opg) or of the close (cls): everything queued for it is tried once at the
/// quote, what is left expires.
void run_auction(State& state, OrderTif tif);

/// The distance of a trailing stop from the mark. Of the two the one that is not zero counts; a
/// percentage is rounded half-even to the cent (to 0.0001 below 1 USD).
Price trail_of(Price mark, Price trail_price, Ratio trail_percent);

/// Moves the mark and the stop of a trailing stop with the last price: a sell stop only up, a buy
/// stop only down.
void follow_market(OrderRecord& record, Price last);

}  // namespace signalbus::exchange_core
