// Selecting and blending strategies: from what was loaded to the targets of one run date.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "book/targets.h"
#include "core/result.h"
#include "signals/policy.h"

namespace signalbus::signals {

/// What loading kept of one strategy file: the rows of its newest date on or before the run date.
struct LoadedStrategy {
  StrategySpec spec;
  std::uint64_t rows_read;
  std::optional<TradeDate> newest;    ///< Absent when no row is on or before the run date.
  std::optional<TradeDate> earliest;  ///< Of the whole file.
  std::vector<SignalRow> rows;        ///< Sorted by asset id, one per asset.
  std::vector<SignalRow>
      previous_rows;  ///< Of the date before newest; only for signals.max_turnover.
};

/// A strategy that failed a check, with the reason: quarantined, never silently dropped.
struct StrategyFailure {
  StrategyId strategy_id;
  Error error;
};

struct PickedSignals {
  std::vector<StrategySignal> signals;  ///< In the order given.
  std::vector<StrategyFailure> failures;
};

/// A strategy as it went into the targets, for the report.
struct StrategyUse {
  StrategyId strategy_id;
  TradeDate signal_date;
  std::size_t names;
  double raw_sum;
  double blend_weight;  ///< 1 in select.
};

struct MergedTargets {
  TargetBook book;
  Contributions contributions;
  std::vector<StrategyUse> strategies;
  std::vector<std::string> notes;
};

/// Which strategies of the manifest the request needs, in manifest order. kUsage when it names an
/// unknown one, picks none although the manifest has several, or blends without weights.
Result<std::vector<StrategySpec>> strategies_for(const std::vector<StrategySpec>& manifest,
                                                 const MergeRequest& request);

/// Checks freshness, date match and turnover of each loaded strategy. Pure.
PickedSignals pick_latest_per_strategy(const std::vector<LoadedStrategy>& loaded,
                                       TradeDate run_date, const SignalPolicy& policy);

/// Constraints per strategy, then select or blend. Pure: permuting rows or strategies of the input
/// changes no byte. kInvalidInput names the strategy whose weights break a constraint.
Result<MergedTargets> merge_for_date(const PickedSignals& picked, const MergeRequest& request,
                                     const SignalPolicy& signals, const WeightPolicy& weights);

}  // namespace signalbus::signals
