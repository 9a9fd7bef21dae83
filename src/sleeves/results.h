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

/// A valuation of one sleeve, before capital moved at those prices.
struct SleeveMark {
  Money equity;
  Money moved_in = Money::zero();  ///< Right after it; negative when capital went out.
};

/// What a unit of capital became at each mark, 1 at the first: the product of equity / (equity and
/// moved_in of the mark before), so that capital that comes or goes changes nothing. A period that
/// begins with no capital or less earns nothing. The last value less 1 is the time-weighted return.
std::vector<double> time_weighted_index(std::span<const SleeveMark> marks);

}  // namespace signalbus::sleeves
