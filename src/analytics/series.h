// Prices, SimpleReturns, LogReturns: three kinds of dated numbers that never mix, checked when
// made.
//
// Nobody guesses from the size of numbers what they are; a function says which kind it takes.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "core/time.h"

namespace signalbus::analytics {

/// Values by strictly ascending dates. NaN means missing: it is dropped and counted, never filled.
template <class Kind>
class Series {
 public:
  Series() = default;

  /// kInvalidInput, naming index and date, for dates that do not ascend and for values that the
  /// kind cannot have (infinite; a price that is not positive; a simple return below -1).
  static Result<Series> make(std::span<const TradeDate> dates, std::span<const double> values);

  std::size_t size() const { return values_.size(); }
  bool empty() const { return values_.empty(); }
  std::span<const TradeDate> dates() const { return dates_; }
  std::span<const double> values() const { return values_; }
  int dropped() const { return dropped_; }  ///< Missing values that were left out.

 private:
  std::vector<TradeDate> dates_;
  std::vector<double> values_;
  int dropped_ = 0;
};

using Prices = Series<struct PriceKind>;                ///< Positive levels: prices, equity, index.
using SimpleReturns = Series<struct SimpleReturnKind>;  ///< New / old - 1, at least -1.
using LogReturns = Series<struct LogReturnKind>;        ///< ln(new / old).

/// One return per price after the first, from the price before it that is there.
SimpleReturns to_simple_returns(const Prices& prices);
SimpleReturns to_simple_returns(const LogReturns& returns);
/// kInvalidInput for a return of -1, whose logarithm is infinite.
Result<LogReturns> to_log_returns(const SimpleReturns& returns);

/// What 1 became after each return: the product of 1 + r. The start itself is not among them.
std::vector<double> growth_of(const SimpleReturns& returns);

/// Two series on the dates that both have.
struct Aligned {
  std::vector<TradeDate> dates;
  std::vector<double> ours;
  std::vector<double> theirs;
  int only_ours = 0;  ///< Dates without a partner, left out.
  int only_theirs = 0;
};
Aligned inner_join(const SimpleReturns& ours, const SimpleReturns& theirs);

/// Ours less theirs on common dates: returns over a benchmark, or over a risk-free series.
std::vector<double> differences(const Aligned& aligned);

}  // namespace signalbus::analytics
