// Assets, clock, calendar and corporate actions as Alpaca sends them. Values only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/money.h"
#include "core/time.h"
#include "net/http.h"

namespace signalbus::alpaca {

struct Asset {
  std::string id, asset_class, exchange, symbol, name;
  std::string status;  ///< active or inactive.
  bool tradable = false, marginable = false, shortable = false, fractionable = false;
  bool easy_to_borrow = false;  ///< By borrow_status where it is there, else the older field.
  std::optional<Ratio> margin_requirement_long, margin_requirement_short;  ///< Percent.
  std::vector<std::string> attributes;
};

struct MarketClock {
  Instant timestamp;
  bool is_open = false;
  Instant next_open;
  Instant next_close;
  bool simulated = false;  ///< The answer's header X-Signalbus-Clock said so.
};

/// A trading day; minutes after midnight in New York.
struct CalendarDay {
  TradeDate date;
  int open = 0;
  int close = 0;
  std::optional<int> session_open, session_close;
  std::optional<TradeDate> settlement_date;
};

/// One corporate action. What most kinds have is typed; everything that came is in `fields` as
/// text.
struct CorporateAction {
  std::string kind;  ///< "cash_dividends", "forward_splits": the list it stood in.
  std::string id;
  std::string symbol;      ///< Of what is held: symbol, old_symbol, source_symbol, acquiree_symbol.
  std::string new_symbol;  ///< new_symbol or acquirer_symbol.
  std::optional<TradeDate> process_date, ex_date, record_date, payable_date;
  std::optional<Price> cash;  ///< USD a share: `rate` of a dividend, `cash_rate` of a merger.
  std::optional<Ratio> old_rate, new_rate;
  std::vector<net::Field> fields;
};

}  // namespace signalbus::alpaca
