// What each strategy of a demo made of the money it had, from the files of its sleeves.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/money.h"
#include "core/result.h"
#include "core/time.h"
#include "ports/files.h"

namespace signalbus::app {

/// A sleeve at the end of a session.
struct SleeveDay {
  Money equity;
  Money capital;  ///< Moved in less moved out, since the beginning.
};

struct Performance {
  double result = 0;        ///< Time-weighted: what a unit of capital became, less 1.
  double max_drawdown = 0;  ///< Of that; -0.15 is 15 % below the highest value before.
};

/// Capital moves at the prices that the day is valued at, so that a day's result is equity less
/// what moved, over the equity of the day before. Days that begin with nothing are left out.
Performance performance_of(std::span<const SleeveDay> days);

struct StrategyResult {
  StrategyId strategy_id;
  double share;  ///< Of the blend.
  Performance performance;
  Money profit = Money::zero();  ///< Equity less capital.
  Money equity = Money::zero();  ///< At the end.
};

/// One per strategy of `blend`, from sleeves_YYYYMMDD.csv of each session in `outputs`. Errors of
/// the files, with their place.
Result<std::vector<StrategyResult>> load_strategy_results(
    Files& files, const std::string& outputs, std::span<const TradeDate> sessions,
    std::span<const std::pair<StrategyId, double>> blend);

}  // namespace signalbus::app
