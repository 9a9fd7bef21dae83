// Orders and intents that every broker can take, for tests.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "book/orders.h"

namespace signalbus {

/// A market order for whole shares at a reference price.
inline PlannedOrder planned_order(std::string_view symbol, Side side, std::int64_t shares,
                                  Purpose purpose = Purpose::kOpen,
                                  Price price = Price::whole(10)) {
  const Quantity quantity = Quantity::whole(shares);
  return {.asset_id = AssetId(std::string(symbol)),
          .symbol = Symbol::parse(symbol).value(),
          .side = side,
          .quantity = quantity,
          .type = OrderType::kMarket,
          .take_profit = std::nullopt,
          .stop_loss = std::nullopt,
          .limit_price = std::nullopt,
          .ref_price = price,
          .notional = notional_half_even(quantity, price).value(),
          .time_in_force = TimeInForce::kDay,
          .purpose = purpose};
}

/// An intent to buy or sell AAPL at about 200 USD.
inline Intent contract_intent(int sequence, Side side = Side::kBuy, int shares = 2) {
  PlannedOrder order = planned_order("AAPL", side, shares, Purpose::kOpen, Price::whole(200));
  order.asset_id = AssetId("1690");
  return {.client_order_id = ClientOrderId("sb_20250829_AAPL_" + std::to_string(sequence)),
          .sequence = sequence,
          .attempt = 1,
          .order = std::move(order),
          .state = OrderState::kSubmitting};
}

/// Before anything that a test submits.
inline constexpr Instant kContractStart = Instant::from_micros(0);

}  // namespace signalbus
