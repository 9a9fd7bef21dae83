// Brackets, OCO and OTO: what the fill or the end of one order means for the others of its group.
#pragma once

#include "exchange_core/state.h"

namespace signalbus::exchange_core {

/// The group's entry, or the take-profit of an oco; null for a simple order.
OrderRecord* root_of(State& state, OrderRecord& record);

/// After an order ended: a filled entry wakes its legs (the take-profit is routed, the stop stays
/// `held` beside it and watches the price); any other end ends the rest of the group, as expired
/// after an expiry, else as canceled.
void settle_group(State& state, OrderRecord& ended);

/// After a partial fill of one leg: the other one is for what is left.
void shrink_sibling(State& state, OrderRecord& filled);

/// The stop leg of a pair was reached: the take-profit is canceled and the stop becomes `new`.
void stop_triggered(State& state, OrderRecord& record);

}  // namespace signalbus::exchange_core
