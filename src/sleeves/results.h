// What became of each strategy's capital.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "book/sleeves.h"
#include "core/result.h"

namespace signalbus::sleeves {

/// Price of a symbol: the book's of the day, else the newest it was traded at; none: unknown.
std::optional<Price> price_of(const Symbol& symbol, const PriceBook& prices,
                              const SleeveBook& book);

/// Market value of all positions of a sleeve, each to the nearest 1e-6 USD; at cost where no price
/// was ever known.
Result<Money> market_value(const Sleeve& sleeve, const PriceBook& prices, const SleeveBook& book);

/// One per sleeve, by id, the account's included (its capital is what the strategies got, negative:
/// its profit means nothing).
Result<std::vector<SleeveResult>> sleeve_results(const SleeveBook& book, const PriceBook& prices);

/// A valuation of one sleeve.
struct SleeveMark {
  TradeDate date;
  Money equity;
  /// Capital moved in since the mark before, at that mark's prices: before anything was earned.
  Money flow = Money::zero();
};

/// Time-weighted return over the marks: the product of equity / (equity before + flow), less 1.
/// Flows change it by nothing. Periods that begin with no capital or less are left out; nullopt
/// when no period is left.
std::optional<double> time_weighted_return(std::span<const SleeveMark> marks);

}  // namespace signalbus::sleeves
