// Orders, positions, accounts and activities as JSON, key by key as contract section 2 has them.
#pragma once

#include "exchange/json_text.h"
#include "exchange/venue.h"

namespace signalbus::exchange {

/// The order as it stood in `state`. `legs` come along when asked for and there are any.
void append_order(JsonText& json, std::string_view key, const core::Exchange& exchange,
                  const core::Order& order, const core::OrderState& state, bool nested);
/// The order as it stands now.
void append_order(JsonText& json, std::string_view key, const core::Exchange& exchange,
                  core::OrderNumber order, bool nested);

void append_position(JsonText& json, const core::Exchange& exchange,
                     const core::PositionView& position);
void append_account(JsonText& json, const core::AccountView& view);
void append_configuration(JsonText& json, const core::Configuration& configuration,
                          const AccountExtras& extras);
void append_activity(JsonText& json, const core::Exchange& exchange,
                     const core::Activity& activity);
void append_asset(JsonText& json, const core::Asset& asset);

}  // namespace signalbus::exchange
