// What open orders keep: buying power for what they would open, shares for what they would close.
#pragma once

#include "exchange_core/state.h"

namespace signalbus::exchange_core {

/// What a reservation depends on.
struct PricedOrder {
  OrderSide side;
  OrderType type;
  Price limit;  ///< Zero: none.
  Price stop;   ///< Zero: none.
};

/// The price per share at which an opening order reserves buying power: the limit; for a market buy
/// the ask with the collar of 4 %; for a buy stop the stop with 4 % below 50 USD and 2.5 % above;
/// for a short sale the larger of its limit and 1.03 x ask.
Price reserve_price(const PricedOrder& order, const Quote& quote);

/// quantity x price, rounded up to 1e-6 and cut to 10^11 USD.
Money cost_up(Quantity quantity, Price price);

/// Of what is left of the order, at its reserve price.
Money amount_to_reserve(const OrderRecord& record);

/// Of what is left of a closing order; zero for an opening one.
Quantity quantity_to_hold(const State& state, const OrderRecord& record);

/// Sets reserved and held of an order (both zero when it is not at the market), and the sums.
void update_reserves(State& state, OrderRecord& record);

/// Puts a live order in its asset's list, or takes it off; nothing when it is there (or not).
void attach(State& state, OrderRecord& record);
void detach(State& state, OrderRecord& record);

bool opens_position(PositionIntent intent);

}  // namespace signalbus::exchange_core
