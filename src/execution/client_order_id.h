// Client order ids: functions of the logical order, so that a re-run sends the same id and the
// broker refuses a copy.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "book/orders.h"

namespace signalbus::execution {

inline constexpr std::size_t kClientOrderIdMax = 48;  ///< Alpaca's documented limit.

/// What makes an order the order it is. Price and quantity are not part of it: a moved price must
/// not make a second order.
struct OrderIdentity {
  std::string prefix;  ///< 1 to 16 of A-Z a-z 0-9.
  AccountId account;
  Mode mode;
  TradeDate run_date;
  int batch_number;
  int leg;
  int attempt;
};

/// {prefix}_{YYYYMMDD}_{symbol}_{side}_{hash}: hash is 10 characters of lower-case base32 of the
/// SHA-256 over the identity, symbol and side; a long symbol is cut so that 48 characters hold all.
ClientOrderId make_client_order_id(const OrderIdentity& identity, const Symbol& symbol, Side side);

/// Whether the id has the whole form of ours: prefix, date, symbol, side, hash. Only such an order
/// that no journal of ours knows is a sign of another installation; a mere prefix is not.
bool has_our_form(std::string_view id, std::string_view prefix);

/// The run date that an id of our form names; nullopt for every other id.
std::optional<TradeDate> run_date_of(std::string_view id, std::string_view prefix);

}  // namespace signalbus::execution
