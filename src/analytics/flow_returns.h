// Returns of an account that money flows into and out of: of days, time- and money-weighted.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/money.h"
#include "core/time.h"

namespace signalbus::analytics {

/// When within its day a flow counts.
enum class FlowTiming {
  kStart,  ///< It worked the whole day: stamped before the open.
  kEnd     ///< It worked from the next day on: the default.
};
/// Stamped before 09:30 in New York: kStart. `seconds_of_day` is New York's time of day.
FlowTiming timing_of(int seconds_of_day);

struct EquityDay {
  TradeDate date;
  Money before;                      ///< Equity the evening before.
  Money after;                       ///< Equity this evening, flows included.
  Money start_flow = Money::zero();  ///< In less out, at the start.
  Money end_flow = Money::zero();

  Money base() const { return before + start_flow; }
};

struct DayReturn {
  TradeDate date;
  double value;     ///< 0 where it is not defined.
  bool defined;     ///< False without money at work: a new or drained account.
  bool large_flow;  ///< Flows above a tenth of the equity before: better revalued in between.
};
/// (after - end flow) / (before + start flow) - 1.
DayReturn day_return(const EquityDay& day);
std::vector<DayReturn> day_returns(std::span<const EquityDay> days);

/// Product of 1 + r, less 1.
double time_weighted_return(std::span<const DayReturn> days);

/// A flow and the share of the whole time for which it was there, 1 at the start and 0 at the end.
struct WeightedFlow {
  Money amount;
  double weight;
};
/// (E_T - E_0 - sum F) / (E_0 + sum W F); NaN where that is not positive.
double modified_dietz(Money begin, Money end, std::span<const WeightedFlow> flows);

/// The R of E_0 (1+R) + sum F (1+R)^W = E_T. NaN where there is none above -1.
double money_weighted_return(Money begin, Money end, std::span<const WeightedFlow> flows);

}  // namespace signalbus::analytics
