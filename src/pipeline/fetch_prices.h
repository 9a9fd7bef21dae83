// Prices for a plan: of every symbol that a target may stand for and of everything held.
#pragma once

#include <optional>
#include <vector>

#include "book/market.h"
#include "book/targets.h"
#include "core/result.h"
#include "ports/market_data.h"

namespace signalbus::pipeline {

/// The symbols that a plan needs to know about: all candidates of the targets, and everything held.
/// Sorted. Without a mapping, asset ids are symbols.
std::vector<Symbol> symbols_to_price(const TargetBook& targets,
                                     const std::optional<SymbolMapping>& mapping,
                                     const Holdings& holdings);

/// Asks for all candidates of ambiguous ids too: which of them has a price may decide the mapping.
/// Errors of the market data as they are.
Result<PriceBook> fetch_prices_for_targets(MarketData& market, const TargetBook& targets,
                                           const std::optional<SymbolMapping>& mapping,
                                           const Holdings& holdings);

}  // namespace signalbus::pipeline
