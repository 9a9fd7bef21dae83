// OrderRequest, Order and OrderState: an order as it is asked for, and as it stands.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/money.h"
#include "core/time.h"
#include "exchange_core/identity.h"
#include "exchange_core/words.h"

namespace signalbus::exchange_core {

struct TakeProfitRequest {
  std::optional<Price> limit_price;
};
struct StopLossRequest {
  std::optional<Price> stop_price;
  std::optional<Price> limit_price;
};

/// The body of POST /v2/orders after parsing, unchecked: an absent field was absent (or null) on
/// the wire, an unknown word of an enum is absent too. The views must live until submit() returns.
/// Parse `notional` with Rounding::kAwayFromZero, so that digits beyond Money's are still seen and
/// refused.
struct OrderRequest {
  std::string_view symbol;  ///< Symbol or asset UUID.
  std::optional<Quantity> qty = std::nullopt;
  std::optional<Money> notional = std::nullopt;
  std::optional<OrderSide> side = std::nullopt;
  std::optional<OrderType> type = std::nullopt;
  std::optional<OrderTif> tif = std::nullopt;
  std::optional<Price> limit_price = std::nullopt;
  std::optional<Price> stop_price = std::nullopt;
  std::optional<Price> trail_price = std::nullopt;
  std::optional<Ratio> trail_percent = std::nullopt;  ///< In percent: 1.5 is 1.5 %.
  bool extended_hours = false;
  std::string_view client_order_id = {};                        ///< Empty: the exchange makes one.
  std::optional<OrderClass> order_class = OrderClass::kSimple;  ///< Absent: an unknown word.
  std::optional<TakeProfitRequest> take_profit = std::nullopt;  ///< Ignored by kSimple, as there.
  std::optional<StopLossRequest> stop_loss = std::nullopt;
  std::optional<PositionIntent> position_intent = std::nullopt;
};

/// What the fault layer wants to happen to the order being submitted.
struct SubmitHooks {
  bool hold_matching = false;         ///< Stays pending_new until release().
  bool stick_pending_cancel = false;  ///< A cancel leaves it pending_cancel until release().
  bool reject_async = false;          ///< Accepted by the answer, then event `rejected`.
  std::optional<Ratio> fill_share = std::nullopt;  ///< First fill is that share of the quantity.
};

/// The body of PATCH /v2/orders/{id}: only what is to change. `qty` counts what has filled already;
/// the new order is for what is left of it, and starts with nothing filled.
struct ReplaceRequest {
  std::optional<Quantity> qty = std::nullopt;
  std::optional<OrderTif> tif = std::nullopt;
  std::optional<Price> limit_price = std::nullopt;
  std::optional<Price> stop_price = std::nullopt;
  std::optional<Price> trail = std::nullopt;  ///< trail_price or trail_percent, as the order has.
  std::string_view client_order_id = {};
};

/// What changes during an order's life. Events carry a copy, as it was at that moment.
struct OrderState {
  OrderStatus status;
  Quantity qty;            ///< Zero for a notional order (null on the wire).
  Quantity filled_qty;     ///< Of this order only, not of the order it replaced.
  Price filled_avg_price;  ///< Half-even to 1e-9; zero while nothing is filled (null).
  Price limit_price;       ///< Zero: none.
  Price stop_price;        ///< Zero: none. A trailing stop's follows the market.
  Price high_water_mark;   ///< `hwm` of a trailing stop; zero: none.
  Instant updated_at;
  Instant ended_at;         ///< Of the final status: filled_at, canceled_at, ...; else meaningless.
  OrderNumber replaced_by;  ///< kNoOrder: null.
};

/// One order. Never moves and is never deleted: references stay good as long as the exchange.
struct Order {
  OrderNumber number;
  AccountNumber account;
  AssetNumber asset;
  OrderNumber replaces;  ///< kNoOrder: null.
  OrderNumber parent;   ///< The entry (bracket, oto) or the take-profit (oco); kNoOrder for others.
  OrderNumber legs[2];  ///< Take-profit, then stop; kNoOrder where there is none.
  OrderSide side;
  OrderType type;
  OrderTif tif;
  OrderClass order_class;
  PositionIntent intent;  ///< As inferred at submission.
  bool extended_hours;
  std::string_view client_order_id;
  Money notional;       ///< Zero: a quantity order (null).
  Price trail_price;    ///< Zero: none.
  Ratio trail_percent;  ///< Zero: none.
  Instant created_at;   ///< Also submitted_at.
  Instant expires_at;   ///< Close of its session, or 90 days later for gtc.
  OrderState state;

  bool is_notional() const { return !notional.is_zero(); }
  bool is_leg() const { return parent != kNoOrder; }
};

/// The answer to a submit or replace: the order, and its state when the answer was given. What
/// happened to it right afterwards (fills) is in the events and in Exchange::order().
struct Placed {
  OrderNumber order;
  OrderState state;
};

}  // namespace signalbus::exchange_core
