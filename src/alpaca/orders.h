// Alpaca's order as it comes and the request that makes one. Values only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "book/orders.h"
#include "core/ids.h"
#include "core/money.h"
#include "core/time.h"

namespace signalbus::alpaca {

/// Words (side, type, status, ...) are kept as they came: a new one must not stop anything. Only id
/// and status are sure to be there; what others sent may lack anything else.
struct Order {
  OrderId id{""};
  ClientOrderId client_order_id{""};
  std::string status;
  std::string symbol, asset_id, asset_class;
  std::string side, type, time_in_force;
  std::string order_class;  ///< Empty for a simple one.
  std::string position_intent;
  std::optional<Quantity> qty;    ///< Absent for an order by notional.
  std::optional<Money> notional;  ///< USD.
  Quantity filled_qty = Quantity::zero();
  std::optional<Price> filled_avg_price, limit_price, stop_price, trail_price, hwm;
  std::optional<Ratio> trail_percent;  ///< In percent: 1.5 is 1.5 %.
  bool extended_hours = false;
  std::optional<Instant> created_at, updated_at, submitted_at, filled_at, canceled_at, expired_at,
      failed_at, replaced_at, expires_at;
  std::optional<OrderId> replaced_by, replaces;
  std::vector<Order> legs;  ///< Of a bracket, OCO or OTO, when they were asked for.
};

/// Whether it can still change. Unknown words are open: believing an order dead that lives costs
/// money, the reverse costs a question.
bool is_open(const Order& order);

/// "buy" and "sell" and their relatives ("sell_short"); absent for another word.
std::optional<Side> side_of(std::string_view word);

/// The state of the book that Alpaca's status and fills amount to.
///   canceled, expired: kPartial when something was filled, else kCanceled, kExpired
///   replaced: kQuarantined, because we never replace; somebody else took the order over
///   more filled than ordered, or less than nothing: kQuarantined
///   pending_cancel: kCancelling
///   done_for_day, held, suspended ... and every unknown word: kLive, at the broker and not ended
OrderState state_of(const Order& order);

/// The order as an event of the journal. `price_used` is what the decision was made with;
/// `asked_at` stands in where Alpaca gives no time. A state of kQuarantined or kRejected says why
/// in `error`.
OrderEvent event_of(const Order& order, Price price_used, Instant asked_at);

struct TakeProfit {
  Price limit_price;
};
struct StopLoss {
  Price stop_price;
  std::optional<Price> limit_price = std::nullopt;
};

/// One order to place. Words are Alpaca's.
struct OrderRequest {
  ClientOrderId client_order_id;
  std::string symbol;
  Side side;
  std::variant<Quantity, Money> amount;  ///< Shares, or USD.
  std::string type = "market";           ///< market, limit, stop, stop_limit, trailing_stop.
  std::string time_in_force = "day";
  std::optional<Price> limit_price = std::nullopt;
  std::optional<Price> stop_price = std::nullopt;
  std::optional<Price> trail_price = std::nullopt;
  std::optional<Ratio> trail_percent = std::nullopt;
  bool extended_hours = false;
  std::string order_class = {};  ///< Empty, bracket, oco, oto.
  std::optional<TakeProfit> take_profit = std::nullopt;
  std::optional<StopLoss> stop_loss = std::nullopt;
};

/// The body of the POST, the same bytes for the same request; every number is a decimal text.
std::string order_json(const OrderRequest& request);

/// What the intent asks of Alpaca.
OrderRequest request_of(const Intent& intent);

/// Where the order at Alpaca differs from what the intent asked for, in words ("side is sell, not
/// buy"); empty when it is the same order.
std::string difference(const Intent& intent, const Order& order);

}  // namespace signalbus::alpaca
