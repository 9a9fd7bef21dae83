// From asset ids to symbols: one symbol per target, or the reason why there is none.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "book/market.h"
#include "book/plan.h"
#include "book/targets.h"
#include "core/result.h"

namespace signalbus::planning {

/// A target with the one symbol to trade it by.
struct MappedTarget {
  AssetId asset_id;
  std::optional<Symbol> symbol;
  double weight;
  ExactWeight exact_weight;  ///< The weight as its shortest decimal text, to 1e-18.
  ReasonCode code;           ///< kNone, kNoMapping or kAmbiguousMapping.
  std::string words;
};

struct MappedTargets {
  TradeDate trade_date;
  std::vector<MappedTarget>
      targets;  ///< Sorted as asset_id_less orders, whatever the book's order.
};

/// Gives each target its symbol. Of several symbols for one id: the one held; else the only one
/// with a price; else none (kAmbiguousMapping). An absent mapping means that asset ids are symbols.
/// kInvalidInput when two targets end at one symbol, or a weight is not a finite number below 9.2.
Result<MappedTargets> map_targets_to_symbols(const TargetBook& targets,
                                             const std::optional<SymbolMapping>& mapping,
                                             const PriceBook& prices, const Holdings& holdings);

}  // namespace signalbus::planning
