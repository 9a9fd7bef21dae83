// Accounts and positions as the protocol shows them, and the settings that can be changed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/money.h"
#include "core/time.h"
#include "exchange_core/identity.h"

namespace signalbus::exchange_core {

struct AccountTerms {
  Money cash;
  int multiplier = 4;  ///< 1, 2 or 4.
};

/// PATCH /v2/account/configurations; only what the core acts on. The rest is the protocol's to
/// keep.
struct Configuration {
  bool suspend_trade = false;
  bool no_shorting = false;
  bool fractional_trading = true;
  int max_margin_multiplier = 4;  ///< 1, 2 or 4; caps the account's multiplier.
};

/// What the broker may do to an account.
struct AccountFlags {
  bool trading_blocked = false;
  bool account_blocked = false;
  bool transfers_blocked = false;
  bool shorting_enabled = true;
  bool liquidation_only = false;
};

/// GET /v2/account. Buying power (open orders already taken off, never below 0) with equity E,
/// gross position value G, initial and maintenance margin I and M:
///   1: cash
///   2: 2 x (E - I)
///   4: 4 x (last_equity + flows of the day - last M) - what was opened today, at most 4 x E - G
/// The effective multiplier is 1 while E is below 2,000 USD. I is 50 % and M 30 % of G; both are
/// 100 % for assets that are not marginable. Positions are valued at the last price.
struct AccountView {
  AccountNumber number;
  Uuid id;
  std::string account_number;  ///< "PA" and ten characters.
  Instant created_at;
  int multiplier;  ///< Effective.
  bool shorting_enabled;
  AccountFlags flags;
  Configuration configuration;
  Money cash;
  Money equity;
  Money last_equity;
  TradeDate balance_asof;  ///< Of last_equity.
  Money long_market_value;
  Money short_market_value;  ///< Not above 0.
  Money initial_margin;
  Money maintenance_margin;
  Money last_maintenance_margin;
  Money buying_power;
  Money regt_buying_power;
  Money non_marginable_buying_power;
  Money reserved;  ///< By open orders; already taken off the three above.
  Money accrued_fees;
};

/// GET /v2/positions. Prices and amounts that need a price are absent before the first one.
struct PositionView {
  AssetNumber asset;
  Quantity qty;            ///< Negative for a short.
  Quantity qty_available;  ///< Same sign; what open orders do not hold.
  Price avg_entry_price;   ///< Cost over quantity, half-even to 1e-9.
  Money cost_basis;        ///< Signed like qty.
  std::optional<Price> current_price;
  std::optional<Price> lastday_price;
  std::optional<Money> market_value;  ///< Signed like qty.
  std::optional<Money> unrealized_pl;
  std::optional<Ratio> unrealized_plpc;
  std::optional<Money> unrealized_intraday_pl;  ///< Against the last close, or today's entries.
  std::optional<Ratio> unrealized_intraday_plpc;
  std::optional<Ratio> change_today;
};

}  // namespace signalbus::exchange_core
