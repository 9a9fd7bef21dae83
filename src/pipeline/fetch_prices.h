// Prices for a plan: of every symbol that a target may stand for and of everything held.
#pragma once

#include <optional>

#include "book/market.h"
#include "book/targets.h"
#include "core/result.h"
#include "ports/market_data.h"

namespace signalbus::pipeline {

/// Asks for all candidates of ambiguous ids too: which of them has a price may decide the mapping.
/// Without a mapping, asset ids are symbols. Errors of the market data as they are.
Result<PriceBook> fetch_prices_for_targets(MarketData& market, const TargetBook& targets,
                                           const std::optional<SymbolMapping>& mapping,
                                           const Holdings& holdings);

}  // namespace signalbus::pipeline
