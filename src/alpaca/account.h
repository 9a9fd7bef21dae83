// Account, positions, activities, portfolio history as Alpaca sends them. Values only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alpaca/orders.h"
#include "core/money.h"
#include "core/time.h"

namespace signalbus::alpaca {

/// Amounts in USD. Fields that Alpaca removed in 2026 (pattern day trading) are not read.
struct Account {
  std::string id;      ///< UUID; never changes.
  std::string number;  ///< "PA..." for paper.
  std::string status;  ///< ACTIVE when all is well.
  std::string currency;
  Money cash;  ///< Negative is a margin debit.
  Money equity;
  std::optional<Money> last_equity, buying_power, regt_buying_power, non_marginable_buying_power;
  std::optional<Money> long_market_value, short_market_value, initial_margin, maintenance_margin;
  std::optional<Money> accrued_fees, sma;
  std::optional<TradeDate> balance_asof;
  std::string multiplier;  ///< "1", "2", "4".
  bool trading_blocked = false, transfers_blocked = false, account_blocked = false;
  bool trade_suspended_by_user = false, shorting_enabled = false;
  std::optional<Instant> created_at;
};

struct AccountConfigurations {
  bool suspend_trade = false;  ///< True: every new order is refused.
  bool no_shorting = false;
  bool fractional_trading = false;
  bool ptp_no_exception_entry = false;
  std::string max_margin_multiplier;
  std::string trade_confirm_email;
};

struct Position {
  std::string asset_id, symbol, exchange, asset_class;
  Quantity qty;  ///< Negative is short, whatever sign came.
  std::optional<Quantity> qty_available;
  std::optional<Price> avg_entry_price, current_price, lastday_price;
  std::optional<Money> cost_basis, market_value, unrealized_pl, unrealized_intraday_pl;
};

/// A row of the account's history: an execution (type FILL) or anything else that moved cash or
/// shares.
struct Activity {
  std::string id;    ///< Opaque: its digits are New York time, not UTC.
  std::string type;  ///< FILL, DIV, FEE, CSD, SPLIT, ...
  std::string sub_type;
  std::string symbol, side, order_id, order_status;
  std::string fill_type;  ///< fill, partial_fill.
  std::optional<Quantity> qty, cum_qty, leaves_qty;
  std::optional<Price> price, per_share_amount;
  std::optional<Money> net_amount;
  std::optional<Instant> transaction_time, created_at;
  std::optional<TradeDate> date;
  std::string status, group_id, description, currency;
};

struct PortfolioHistory {
  std::vector<Instant> timestamp;
  std::vector<std::optional<Money>> equity, profit_loss;
  std::vector<std::optional<Ratio>> profit_loss_pct;  ///< Fractions of one.
  Money base_value;
  std::optional<TradeDate> base_value_asof;
  std::string timeframe;
  std::map<std::string, std::vector<Money>> cashflow;  ///< By activity type.
};

}  // namespace signalbus::alpaca
