// Read-only views for the protocol: account, positions, order lists, activities, equity history.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exchange_core/exchange.h"

namespace signalbus::exchange_core {

AccountView account_view(const Exchange& exchange, AccountNumber account);

/// Sorted by symbol; positions of quantity 0 do not exist.
std::vector<PositionView> positions(const Exchange& exchange, AccountNumber account);
/// 404: `symbol not found: X` or `position does not exist`.
Answer<PositionView> position(const Exchange& exchange, AccountNumber account,
                              std::string_view symbol_or_id);

enum class OrderScope { kOpen, kClosed, kAll };
enum class Direction { kAscending, kDescending };

/// GET /v2/orders. Bounds are exclusive.
struct OrderFilter {
  OrderScope scope = OrderScope::kOpen;
  std::size_t limit = 50;  ///< 1..500; the caller checks.
  std::optional<Instant> after = std::nullopt;
  std::optional<Instant> until = std::nullopt;
  OrderNumber after_order = kNoOrder;
  OrderNumber before_order = kNoOrder;
  Direction direction = Direction::kDescending;
  std::vector<AssetNumber> assets = {};  ///< Empty: all.
  std::optional<OrderSide> side = std::nullopt;
  /// Legs are not rows of their own: a parent is listed when it or one of its legs matches `scope`.
  bool nested = false;
};

/// By submission time. kOpen are the orders that are not final (`held` legs included).
std::vector<OrderNumber> list_orders(const Exchange& exchange, AccountNumber account,
                                     const OrderFilter& filter);

/// GET /v2/account/activities.
struct ActivityFilter {
  std::vector<ActivityKind> kinds = {};  ///< Empty: all.
  std::optional<TradeDate> date = std::nullopt;
  std::optional<Instant> after = std::nullopt;  ///< Exclusive.
  std::optional<Instant> until = std::nullopt;  ///< Exclusive.
  OrderNumber order = kNoOrder;
  Direction direction = Direction::kDescending;
  std::size_t page_size = 100;
  std::string_view page_token = {};  ///< Id of the last row seen; empty: from the start.
};

/// 422 for a page token that this account never got. The rows live as long as no command is given.
Answer<std::vector<const Activity*>> list_activities(const Exchange& exchange,
                                                     AccountNumber account,
                                                     const ActivityFilter& filter);

/// "20220202135509981::uuid": New York's time to the millisecond, as Alpaca writes it.
std::string activity_id(const Exchange& exchange, const Activity& activity);

/// One point per finished session since the account was opened, oldest first.
std::span<const EquityPoint> equity_history(const Exchange& exchange, AccountNumber account);

/// Equity now.
Money equity(const Exchange& exchange, AccountNumber account);

/// Bytes that the exchange's own tables hold, for the bench.
std::size_t memory_used(const Exchange& exchange);

}  // namespace signalbus::exchange_core
