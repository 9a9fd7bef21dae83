// An intent that every broker can take, for tests.
#pragma once

#include <optional>
#include <string>

#include "book/orders.h"

namespace signalbus {

/// An intent to buy or sell AAPL at about 200 USD.
inline Intent contract_intent(int sequence, Side side = Side::kBuy, int shares = 2) {
  const Price price = Price::whole(200);
  const Quantity quantity = Quantity::whole(shares);
  return {.client_order_id = ClientOrderId("sb_20250829_AAPL_" + std::to_string(sequence)),
          .sequence = sequence,
          .attempt = 1,
          .order = {.asset_id = AssetId("1690"),
                    .symbol = Symbol::parse("AAPL").value(),
                    .side = side,
                    .quantity = quantity,
                    .type = OrderType::kMarket,
                    .take_profit = std::nullopt,
                    .stop_loss = std::nullopt,
                    .limit_price = std::nullopt,
                    .ref_price = price,
                    .notional = notional_half_even(quantity, price).value(),
                    .time_in_force = TimeInForce::kDay,
                    .purpose = Purpose::kOpen},
          .state = OrderState::kSubmitting};
}

/// Before anything that a test submits.
inline constexpr Instant kContractStart = Instant::from_micros(0);

}  // namespace signalbus
