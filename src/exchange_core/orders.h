// The commands on orders and positions. Every one expects that time has been advanced.
#pragma once

#include <vector>

#include "exchange_core/exchange.h"
#include "exchange_core/state.h"

namespace signalbus::exchange_core {

Answer<Placed> submit_order(State& state, AccountRecord& account, const OrderRequest& request,
                            const SubmitHooks& hooks);

Answer<Placed> replace_order(State& state, AccountRecord& account, OrderNumber number,
                             const ReplaceRequest& request);

Answer<Done> cancel_order(State& state, AccountRecord& account, OrderNumber number);
std::vector<CanceledOrder> cancel_all_orders(State& state, AccountRecord& account);
/// All of the account in one asset, without asking a hook.
void drop_orders(State& state, AccountRecord& account, AssetNumber asset);

Answer<Placed> close_one_position(State& state, AccountRecord& account, std::string_view symbol,
                                  const CloseRequest& request);

/// Ends what a hook holds: see Exchange::release.
void release_order(State& state, OrderRecord& record);

// -- corporate actions and cash: corporate.cc --
void split_asset(State& state, AssetNumber asset, std::uint32_t numerator,
                 std::uint32_t denominator);
void pay_dividend(State& state, AssetNumber asset, Price per_share);
void move_cash(State& state, AccountRecord& account, ActivityKind kind, Money amount,
               std::string_view note);
void set_position(State& state, AccountRecord& account, AssetNumber asset, Quantity qty,
                  Price avg_entry_price);

}  // namespace signalbus::exchange_core
