// TradingApi: the operations of Alpaca's Trading API v2 that we use. Replacing an order is not
// offered: it changes ids under the journal.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "alpaca/account.h"
#include "alpaca/channel.h"
#include "alpaca/orders.h"
#include "alpaca/reference.h"

namespace signalbus::alpaca {

/// The order exists already under its client order id; look it up.
struct AlreadyThere {};
using SubmitReply = std::variant<Order, Refusal, AlreadyThere>;

struct OrdersQuery {
  std::string status = "all";                   ///< open, closed, all; what is "open" is Alpaca's.
  std::optional<Instant> after = std::nullopt;  ///< Submitted after it.
  std::vector<std::string> symbols = {};
  bool nested = false;  ///< Legs inside their parent.
};

struct ActivitiesQuery {
  std::string types = {};     ///< "FILL", "FILL,DIV"; empty: all.
  std::string category = {};  ///< trade_activity, non_trade_activity; only without types.
  std::optional<Instant> after = std::nullopt;  ///< Strictly.
  std::optional<Instant> until = std::nullopt;
};

/// What became of one order or position of a request for all.
struct PartOutcome {
  std::string id;              ///< Order id or symbol.
  int status = 0;              ///< 200: asked.
  std::optional<Order> order;  ///< The closing order of a position.
  std::optional<Refusal> refusal;
};

struct HistoryQuery {
  std::string period = "1M";
  std::string timeframe = "1D";
};

/// For one thread; errors are those of Channel. Reads answer kUnavailable for a body that is not
/// what it should be, writes kUnknownOutcome.
class TradingApi {
 public:
  explicit TradingApi(Channel& channel) : channel_(channel) {}

  /// Sends these bytes. `again`: they may have been sent before, so that no refusal is definite.
  /// kUnknownOutcome also for an answer about another client order id.
  Result<SubmitReply> submit(std::string_view order_bytes, const ClientOrderId& id, bool again);
  /// nullopt: "not found", said by Alpaca itself; it never means "not accepted".
  Result<std::optional<Order>> order_by_client_id(const ClientOrderId& id);
  Result<std::optional<Order>> order(const OrderId& id, bool nested = false);
  /// All of them, oldest first, each once.
  Result<std::vector<Order>> orders(const OrdersQuery& query);
  /// Asks. kBrokerRefused: it has ended. kNotFound.
  Status cancel(const OrderId& id);
  Result<std::vector<PartOutcome>> cancel_all();

  /// `qty` or all. The answer is the closing order.
  Result<std::variant<Order, Refusal>> close_position(std::string_view symbol,
                                                      std::optional<Quantity> qty);
  Result<std::vector<PartOutcome>> close_all_positions(bool cancel_orders);

  Result<Account> account();
  Result<AccountConfigurations> configurations();
  Result<std::vector<Position>> positions();
  Result<std::optional<Position>> position(std::string_view symbol);
  /// All of them, oldest first, each once.
  Result<std::vector<Activity>> activities(const ActivitiesQuery& query);
  Result<PortfolioHistory> portfolio_history(const HistoryQuery& query);

  Result<MarketClock> clock();
  Result<std::vector<CalendarDay>> calendar(TradeDate first, TradeDate last);
  /// Active and inactive US equities.
  Result<std::vector<Asset>> assets();
  Result<std::optional<Asset>> asset(std::string_view symbol);

 private:
  Channel& channel_;
};

}  // namespace signalbus::alpaca
