// TargetBook: what the strategies want to hold. Written by M1, read by M2.
#pragma once

#include <string>
#include <vector>

#include "core/ids.h"
#include "core/time.h"

namespace signalbus {

/// One row of a strategy file, as its producer wrote it (columns renamed by the manifest).
struct SignalRow {
  AssetId asset_id;
  double weight;  ///< Fraction of the portfolio; negative is short.
  Instant asof;   ///< When the producer made it; signal_date at 00:00Z when the file does not say.
  std::size_t line;  ///< Line (CSV), row (XLSX, Parquet), from 1, for messages.
};

/// The newest signal of one strategy for a run date, before constraints.
struct StrategySignal {
  StrategyId strategy_id;
  TradeDate signal_date;
  std::vector<SignalRow> rows;  ///< Sorted by asset id, one per asset.
};

/// One asset's target in the consolidated file.
struct Target {
  AssetId asset_id;
  double weight;
  Instant asof;
  StrategyId strategy_id;  ///< `blend` when several were mixed.
  TradeDate signal_date;   ///< The oldest of the parts.
};

/// Consolidated targets for one run date, one row per asset, sorted as asset_id_less orders.
struct TargetBook {
  TradeDate trade_date;
  std::vector<Target> targets;
};

/// How much of a target each strategy asked for: the base of per-strategy books.
struct Contribution {
  AssetId asset_id;
  StrategyId strategy_id;
  TradeDate signal_date;
  double strategy_weight;  ///< After the constraints of that strategy.
  double blend_weight;     ///< Scaled so that all strategies sum to 1.
  double contribution;     ///< strategy_weight x blend_weight.
};

/// A strategy that failed its checks and keeps what it holds while the others trade.
struct HeldStrategy {
  StrategyId strategy_id;
  std::string reason;  ///< The failed check, for people.
};

struct Contributions {
  TradeDate trade_date;
  std::vector<Contribution> rows;       ///< By asset, then by strategy id.
  std::vector<HeldStrategy> held = {};  ///< By strategy id; weights refer to what the others have.
};

}  // namespace signalbus
