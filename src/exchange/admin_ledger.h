// What the admin shows: every account with its orders, and the faults with their counters.
#pragma once

#include <string>

#include "exchange/faults.h"
#include "exchange/venue.h"

namespace signalbus::exchange {

/// {"accounts": {KEY_ID: {"cash", "equity", "positions", "orders"}}}: all orders ever received,
/// refused ones included, in the order of their first arrival.
std::string ledger_json(const Venue& venue);
/// {"faults": [{"do", "on", "seen", "fired"}]}
std::string fault_list(const FaultPlan& plan);

}  // namespace signalbus::exchange
