// The account against the parts of its benchmark, sector by sector: Brinson-Fachler, day by day and
// linked.
#pragma once

#include <string>
#include <vector>

#include "analytics/account_days.h"
#include "analytics/brinson.h"
#include "analytics/past.h"

namespace signalbus::analytics {

struct SectorEffects {
  std::string sector;           ///< "_cash", and what no position earned: "_fees", ...
  double weight = 0;            ///< Ours, mean of the days.
  double benchmark_weight = 0;  ///< Mean of the days.
  Effects effects;              ///< Linked.
};

/// The effects of all rows add up to ret - benchmark_ret.
struct SectorAttribution {
  std::vector<SectorEffects> rows =
      {};                    ///< Sectors by name, then _cash, then what no position earned.
  double ret = 0;            ///< Ours, compounded.
  double benchmark_ret = 0;  ///< Of the benchmark's parts, compounded.
  TradeDate first = TradeDate::from_days(0);  ///< First day that has weights before it.
  std::size_t days = 0;
  std::string reason = {};  ///< Why there is nothing; empty else.
};

/// Weights hold from the close of their date and drift with the closes until the next date. Ours
/// are the values of the evening before with what the day bought more than it sold, so that a
/// sector's return is of the money that worked in it; cash is the rest. What a sector earned
/// without any weight, or more than all of it in a day, is of the row "_trading"; fees are "_fees",
/// what is left of the day's return "_other": they count as selection.
SectorAttribution attribute_to_benchmark(const std::vector<AccountDay>& days,
                                         const PerformanceFacts& facts);

}  // namespace signalbus::analytics
