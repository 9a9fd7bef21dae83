// Asset and Quote: what can be traded and what it costs at the moment.
#pragma once

#include <string>

#include "core/ids.h"
#include "core/money.h"
#include "exchange_core/identity.h"

namespace signalbus::exchange_core {

/// The terms of an asset; every flag may change at run time, for a held name too.
struct AssetTerms {
  Symbol symbol;
  std::string name;                 ///< Empty: the symbol.
  std::string exchange = "NASDAQ";  ///< Of Alpaca's list.
  bool active = true;
  bool tradable = true;
  bool marginable = true;
  bool shortable = true;
  bool easy_to_borrow = true;
  bool fractionable = true;
};

/// Prices as the venue shows them. Zero: no such side; nothing fills there.
struct Quote {
  Price bid;
  Price ask;
  Price last;  ///< What stops trigger on and positions are valued at. Zero: not priced.

  static Quote flat(Price price) { return {price, price, price}; }
};

struct Asset {
  AssetNumber number;
  Uuid id;
  AssetTerms terms;
  Quote quote;
  Price last_day_price;  ///< Last at the close of the previous session; zero: none yet.
  bool halted;           ///< Orders are taken, nothing is matched.
};

}  // namespace signalbus::exchange_core
