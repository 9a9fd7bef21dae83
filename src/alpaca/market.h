// Trades, quotes, bars and snapshots as Alpaca sends them. Values only; prices went through text.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/money.h"
#include "core/time.h"

namespace signalbus::alpaca {

struct Trade {
  Instant at;
  Price price;
  std::optional<Quantity> size = std::nullopt;
  std::string exchange = {};
};

/// A side without an order has price zero.
struct Quote {
  Instant at;
  Price bid = Price::zero();
  Price ask = Price::zero();
  std::optional<Quantity> bid_size = std::nullopt, ask_size = std::nullopt;  ///< Shares.
};

struct Bar {
  Instant at;  ///< Its start; a daily bar: midnight in New York.
  Price open, high, low, close;
  std::int64_t volume = 0;
  std::int64_t trades = 0;
  std::optional<Price> vwap = std::nullopt;
};

struct Snapshot {
  std::optional<Trade> latest_trade;
  std::optional<Quote> latest_quote;
  std::optional<Bar> minute_bar, daily_bar, prev_daily_bar;
};

template <class T>
using BySymbol = std::map<std::string, T>;  ///< An unknown symbol is simply absent.

}  // namespace signalbus::alpaca
