// Performance: everything that a report says of an account, from the facts of its days.
//
// account_days.h counts each day; the functions here put the days together. All of it is pure: the
// same facts give the same numbers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analytics/account_days.h"
#include "analytics/attribution.h"
#include "analytics/bootstrap.h"
#include "analytics/buckets.h"
#include "analytics/drawdowns.h"
#include "analytics/liquidity.h"
#include "analytics/metrics.h"
#include "analytics/past.h"
#include "analytics/rolling.h"
#include "analytics/sector_attribution.h"
#include "core/result.h"

namespace signalbus::analytics {

/// The benchmark on the account's own dates: from the close of the account's day before to that of
/// the day, so that both columns are of the same time.
struct BenchmarkReturns {
  std::string symbol;        ///< Empty: none was asked for.
  std::string reason;        ///< Why there are no returns; empty else.
  std::vector<double> days;  ///< Parallel to the days; NaN where a close is missing.
  SimpleReturns returns;     ///< Those that are there.
};
BenchmarkReturns benchmark_returns(const std::vector<AccountDay>& days,
                                   const PerformanceFacts& facts);

/// A metric of the account, of the benchmark on the common dates, and of the difference there.
struct MetricColumns {
  MetricValue own;          ///< Of all the account's dates, with or without a benchmark.
  double benchmark = kNan;  ///< NaN where it has no meaning or no data.
  double active = kNan;     ///< Ours on the common dates less the benchmark's.
  std::string weak = {};    ///< Why it is to be taken lightly ("less than a year of data").
};
std::vector<MetricColumns> metric_columns(const SimpleReturns& returns,
                                          const BenchmarkReturns& benchmark,
                                          const Conventions& conventions);

/// The four groupings of the same profit. Rows of each add up to return and profit.
struct Attributions {
  Attribution strategy, sector, symbol, side;
};

/// What became of one name.
struct NameTotal {
  Symbol symbol;
  std::string sector;
  Quantity quantity = Quantity::zero();       ///< Held at the end.
  std::optional<Price> close = std::nullopt;  ///< Of the last day, where it has one.
  Money value = Money::zero();
  double weight = 0;  ///< Of equity at the end.
  Money pnl = Money::zero();
  Money realised = Money::zero();    ///< By first in, first out.
  Money unrealised = Money::zero();  ///< Of what is held at the end, since it was bought.
  double contribution = 0;           ///< To the return of all days, linked.
};

/// The period that the report is about, added up.
struct Focus {
  std::size_t first = 0;  ///< Index of its first day; its last is the last day.
  std::size_t days = 0;
  Money equity_before = Money::zero();
  Money equity_after = Money::zero();
  Money flow = Money::zero();
  double ret = 0;
  double benchmark = kNan;
  Money overnight = Money::zero(), trading = Money::zero(), dividends = Money::zero(),
        interest = Money::zero(), fees = Money::zero(), corporate = Money::zero();
  Money unexplained = Money::zero();
  std::vector<PnlBreak> breaks;
  Attribution by_symbol;

  Money profit() const { return overnight + trading + dividends + interest + fees + corporate; }
};

/// Costs of the orders of all days, and of the focus.
struct Costs {
  std::vector<GroupCost> by_symbol;
  std::vector<GroupCost> by_strategy;
  GroupCost all;    ///< Of all days.
  GroupCost focus;  ///< Of the focus.
};

struct CostedOrder {
  TradeDate date;
  DayOrder order;
  Shortfall cost;
};

/// Parallel to the days; NaN before the first full window.
struct RollingSeries {
  std::size_t window = kHalfYear;
  std::vector<double> sharpe, volatility, beta;
};

struct Histogram {
  std::vector<double> edges;  ///< One more than counts.
  std::vector<std::size_t> counts;
};
/// Bins of equal width between the least and the largest return: sqrt(n) of them, 5 to 40. Empty
/// without returns.
Histogram histogram_of(const SimpleReturns& returns);

/// How the whole account did: returns of money and of time, and how the books agree.
struct Totals {
  double twr = 0;
  double mwr = kNan;
  double modified_dietz = kNan;
  Money begin = Money::zero();
  Money end = Money::zero();
  Money flows = Money::zero();
  Money profit = Money::zero();
  std::size_t days_broken = 0;  ///< Days whose identity does not hold.
  Money worst_break = Money::zero();
};

struct Performance {
  std::vector<AccountDay> days;
  std::vector<double> cumulative;  ///< Parallel to days, like the next.
  std::vector<double> drawdown;    ///< From the start; 0 or negative.
  SimpleReturns returns;
  BenchmarkReturns benchmark;
  std::vector<MetricColumns> metrics;
  Attributions attribution;
  std::vector<NameTotal> names;  ///< By symbol.
  Focus focus;
  Costs costs;
  std::vector<CostedOrder> orders;  ///< Of the focus.
  RollingSeries rolling;
  std::vector<DrawdownEpisode> drawdowns;  ///< The ten deepest.
  std::vector<Bucket> months, years;
  std::vector<Bucket> benchmark_months, benchmark_years;
  Histogram histogram;
  BootstrapIntervals intervals;
  Totals totals;
  Liquidity liquidity;
  SectorAttribution against_benchmark;
  FactorView factors;
  Sectors sectors;
  Conventions conventions;

  const AccountDay& last() const { return days.back(); }
};

/// kInvalidInput without days, and for amounts that do not fit in Money.
Result<Performance> performance_of(PerformanceFacts facts);

}  // namespace signalbus::analytics
