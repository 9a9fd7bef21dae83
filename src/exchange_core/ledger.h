// The ledger: cash, positions and what they are worth; buying power.
#pragma once

#include "exchange_core/state.h"

namespace signalbus::exchange_core {

/// quantity x price in USD, half-even to the cent, as cash moves; cut to +-10^11 USD.
Money to_the_cent(Quantity quantity, Price price);

/// quantity x price, half-even to 1e-6; cut to +-10^11 USD so that sums stay in range.
Money value_of(Quantity quantity, Price price);

/// Cost over quantity, half-even to 1e-9; zero for a flat slot.
Price average_price(const Slot& slot);

/// Books a trade of `signed_qty` (negative: sold) at `price`. It must not cross zero. Returns the
/// change of cash.
Money book_trade(State& state, AccountRecord& account, Slot& slot, Quantity signed_qty,
                 Price price);

/// Values the slot anew after its quantity, the last price or the asset's terms changed.
void revalue(const State& state, AccountRecord& account, Slot& slot);
void revalue_holders(State& state, AssetNumber asset);

/// Shares of the position that no order holds, not negative.
Quantity available(const Slot& slot);

int effective_multiplier(const AccountRecord& account);
bool may_short(const AccountRecord& account);

/// What AccountView describes, with open orders taken off; may be negative after a loss.
Money buying_power(const AccountRecord& account);
/// The same for assets that are not marginable.
Money non_marginable_buying_power(const AccountRecord& account);
Money regt_buying_power(const AccountRecord& account);

}  // namespace signalbus::exchange_core
