// Rules on the account's permissions and on the request alone.
#include "exchange_core/rules.h"

namespace signalbus::exchange_core::rules {
namespace {

constexpr std::size_t kClientIdMax = 128;

bool is_positive(const std::optional<Price>& price) { return !price || price->is_positive(); }

/// The take-profit's price; an oco may give it as its own limit.
std::optional<Price> take_profit_price(const OrderRequest& request) {
  if (request.take_profit && request.take_profit->limit_price) {
    return request.take_profit->limit_price;
  }
  if (*request.order_class == OrderClass::kOco) return request.limit_price;
  return std::nullopt;
}

bool has_stop_price(const OrderRequest& request) {
  return request.stop_loss && request.stop_loss->stop_price;
}

}  // namespace

std::optional<Refusal> account_may_trade(const OrderCheck& check) {
  const AccountRecord& account = check.account;
  if (account.flags.trading_blocked || account.flags.account_blocked) {
    return forbidden("account is not authorized to trade");
  }
  if (account.configuration.suspend_trade) {
    return forbidden("new orders are rejected by user request");
  }
  return std::nullopt;
}

std::optional<Refusal> words_are_known(const OrderCheck& check) {
  if (!check.request.side) return malformed("invalid side");
  if (!check.request.type) return malformed("invalid order type");
  if (!check.request.tif) return malformed("invalid time_in_force");
  if (!check.request.order_class) return malformed("invalid order_class");
  return std::nullopt;
}

std::optional<Refusal> one_quantity(const OrderCheck& check) {
  const OrderRequest& request = check.request;
  if (!request.qty && !request.notional) return malformed("qty or notional is required");
  if (request.qty && request.notional) {
    return malformed("only one of qty or notional is accepted");
  }
  if (request.qty && !request.qty->is_positive()) return malformed("qty must be > 0");
  if (request.notional && !request.notional->is_positive()) {
    return malformed("notional must be > 0");
  }
  return std::nullopt;
}

std::optional<Refusal> prices_of_the_type(const OrderCheck& check) {
  const OrderRequest& request = check.request;
  const bool limit = request.limit_price.has_value();
  const bool stop = request.stop_price.has_value();
  switch (*request.type) {
    case OrderType::kMarket:
      if (limit || stop) return malformed("market orders require no stop or limit price");
      break;
    case OrderType::kLimit:
      if (*request.order_class == OrderClass::kOco) break;  // from take_profit
      if (!limit) return malformed("limit orders require a limit price");
      if (stop) return malformed("limit orders require no stop price");
      break;
    case OrderType::kStop:
      if (!stop) return malformed("stop orders require a stop price");
      if (limit) return malformed("stop orders require no limit price");
      break;
    case OrderType::kStopLimit:
      if (!stop || !limit) return malformed("stop limit orders require both stop and limit price");
      break;
    case OrderType::kTrailingStop:
      if (request.trail_price.has_value() == request.trail_percent.has_value()) {
        return malformed("trailing stop orders must specify one of trail_price or trail_percent");
      }
      if (limit || stop) return malformed("trailing stop orders require no stop or limit price");
      break;
  }
  return std::nullopt;
}

std::optional<Refusal> prices_are_positive(const OrderCheck& check) {
  const OrderRequest& request = check.request;
  if (!is_positive(request.limit_price)) return malformed("limit price must be > 0");
  if (!is_positive(request.stop_price)) return malformed("stop price must be > 0");
  if (!is_positive(request.trail_price)) return malformed("trail price must be > 0");
  if (request.trail_percent &&
      (!request.trail_percent->is_positive() || *request.trail_percent >= Ratio::whole(100))) {
    return malformed("trail percent must be > 0 and < 100");
  }
  if (request.take_profit && !is_positive(request.take_profit->limit_price)) {
    return malformed("take_profit.limit_price must be > 0");
  }
  if (request.stop_loss && !is_positive(request.stop_loss->stop_price)) {
    return malformed("stop_loss.stop_price must be > 0");
  }
  if (request.stop_loss && !is_positive(request.stop_loss->limit_price)) {
    return malformed("stop_loss.limit_price must be > 0");
  }
  return std::nullopt;
}

std::optional<Refusal> legs_are_complete(const OrderCheck& check) {
  const OrderRequest& request = check.request;
  const OrderClass order_class = *request.order_class;
  if (order_class == OrderClass::kSimple) return std::nullopt;
  if (*request.type == OrderType::kTrailingStop) {
    return unprocessable("trailing stop orders must be simple orders");
  }
  const bool take_profit = take_profit_price(request).has_value();
  if (order_class == OrderClass::kOto) {
    if (take_profit != has_stop_price(request)) return std::nullopt;
    return malformed(
        "oto orders require exactly one of take_profit.limit_price or "
        "stop_loss.stop_price");
  }
  const bool oco = order_class == OrderClass::kOco;
  if (oco && *request.type != OrderType::kLimit)
    return malformed("oco orders must be limit orders");
  const std::string name = oco ? "oco" : "bracket";
  if (!take_profit) return malformed(name + " orders require take_profit.limit_price");
  if (!has_stop_price(request)) return malformed(name + " orders require stop_loss.stop_price");
  return std::nullopt;
}

std::optional<Refusal> client_id_fits(const OrderCheck& check) {
  if (check.request.client_order_id.size() <= kClientIdMax) return std::nullopt;
  return malformed("client_order_id must be no more than 128 characters");
}

}  // namespace signalbus::exchange_core::rules
