// The parts that performance_of() puts together; each is tested through it and on its own.
#pragma once

#include "analytics/performance.h"

namespace signalbus::analytics {

/// Index of the first day of the focus: the first on or after `from`, at most the last day.
std::size_t focus_first(const std::vector<AccountDay>& days, TradeDate from);

Result<Attributions> attribute_days(const std::vector<AccountDay>& days,
                                    const PerformanceFacts& facts);
Focus focus_of(const std::vector<AccountDay>& days, const std::vector<double>& benchmark,
               std::size_t first);
/// `by_symbol` gives the contributions.
Result<std::vector<NameTotal>> name_totals(const std::vector<AccountDay>& days,
                                           const std::vector<PastDay>& past, const Sectors& sectors,
                                           const Attribution& by_symbol);
Result<Costs> costs_of(const std::vector<PastDay>& past, std::size_t focus_first);
Result<std::vector<CostedOrder>> costed_orders(const std::vector<PastDay>& past,
                                               std::size_t focus_first);
RollingSeries rolling_of(const std::vector<AccountDay>& days, const SimpleReturns& returns,
                         const BenchmarkReturns& benchmark, const Conventions& conventions);
Totals totals_of(const std::vector<AccountDay>& days);

}  // namespace signalbus::analytics
