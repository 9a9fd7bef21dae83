// Which price of a snapshot may be traded on. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "alpaca/market.h"
#include "book/market.h"

namespace signalbus::alpaca {

/// When a quote or trade counts. Defaults suit an open market; ages are against `now`.
struct PricePolicy {
  std::int64_t quote_age_max_seconds = 60;
  std::int64_t trade_age_max_seconds = 900;
  int spread_max_bps = 100;  ///< Of the middle; a wider quote says little.
};

/// Why there is no price: "quote is one-sided (bid 0, ask 12.3); latest trade is 5,400 s old".
struct NoPrice {
  std::string words;
};

/// The middle of a sane quote (both sides, not crossed, not wide, fresh; half-even to 1e-9), else
/// the latest trade when it is fresh, else none. A daily close is never used: yesterday's price
/// is not today's.
std::variant<PricePoint, NoPrice> choose_price(const Symbol& symbol, const Snapshot& snapshot,
                                               Instant now, const PricePolicy& policy);

/// What is wrong with the quote, in words; empty when it is sane.
std::string quote_problem(const Quote& quote, Instant now, const PricePolicy& policy);

}  // namespace signalbus::alpaca
