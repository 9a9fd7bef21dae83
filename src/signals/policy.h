// StrategySpec and the policies of M1: what the manifest and the `signals:` and `weights:` blocks
// say.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/time.h"

namespace signalbus::signals {

/// One entry of strategy_manifest.yaml.
struct StrategySpec {
  StrategyId id;
  std::string path;    ///< As written; relative to the workspace root.
  std::string format;  ///< "csv", "xlsx" or "parquet".
  /// Column of the file -> our name (trade_date, asset_id, target_weight, asof).
  std::map<std::string, std::string> column_mapping;
  int max_age_days = 7;         ///< An older newest signal is stale.
  std::string sheet;            ///< XLSX only; empty is the first sheet.
  bool allow_formulas = false;  ///< XLSX only; take the cached values of formula cells.
};

/// Which signal date serves a run date.
enum class DateMatch {
  kLatest,  ///< The newest on or before the run date.
  kExact    ///< Only the run date itself.
};

/// What happens to the others when one strategy of a blend fails its checks.
enum class OnFailure {
  kStop,       ///< No targets at all.
  kDrop,       ///< The blend goes on without it, weights scaled up.
  kHoldSleeve  ///< It keeps what it holds; the others go on with the rest, weights scaled up.
};

struct SignalPolicy {
  DateMatch date_match = DateMatch::kLatest;
  double rescale_limit = 0.5;  ///< Raw sums outside 1 +- this are a unit mistake.
  std::optional<double>
      max_turnover;  ///< One-way change since the previous signal; absent = unchecked.
  OnFailure on_failure = OnFailure::kStop;
};

struct WeightPolicy {
  bool allow_short = false;
  bool allow_cash = false;
  double max_gross = 1.0;            ///< Sum of |weight| with shorts.
  std::optional<double> max_weight;  ///< Cap of one name; the excess goes to the uncapped pro rata.
  std::set<std::string> blacklist;   ///< Asset ids (and symbols, which planning removes).
};

enum class MergeMode { kSelect, kBlend };

/// What one run asks of M1.
struct MergeRequest {
  TradeDate run_date;
  MergeMode mode;
  std::optional<StrategyId> pick;                    ///< For select.
  std::vector<std::pair<StrategyId, double>> blend;  ///< For blend: positive, any sum.
  std::set<StrategyId> sleeves =
      {};  ///< Strategies that own something, which kHoldSleeve can hold.
};

}  // namespace signalbus::signals
