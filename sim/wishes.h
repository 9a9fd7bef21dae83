// Wishes: what a batch of a simulated day wants to trade, within what the account has.
#pragma once

#include <vector>

#include "ports/broker.h"
#include "sim/world.h"

namespace signalbus::sim {

/// Up to `orders_max` orders, at most one per symbol and two for one that changes side: sells of
/// what is held, flips, buys of the rest; market, limit and bracket.
std::vector<PlannedOrder> make_wishes(World& world, const BrokerAccount& money,
                                      const Holdings& held, int orders_max);

}  // namespace signalbus::sim
