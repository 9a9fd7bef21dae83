#include "pipeline/fetch_prices.h"

#include <set>

namespace signalbus::pipeline {

std::vector<Symbol> symbols_to_price(const TargetBook& targets,
                                     const std::optional<SymbolMapping>& mapping,
                                     const Holdings& holdings) {
  std::set<Symbol> symbols;
  for (const Target& target : targets.targets) {
    if (!mapping) {
      const Result<Symbol> symbol = Symbol::parse(target.asset_id.get());
      if (symbol.ok()) symbols.insert(symbol.value());
    } else if (const SymbolMapping::Entry* entry = mapping->find(target.asset_id)) {
      symbols.insert(entry->symbols.begin(), entry->symbols.end());
    }
  }
  for (const Holding& holding : holdings.holdings) symbols.insert(holding.symbol);
  return {symbols.begin(), symbols.end()};
}

Result<PriceBook> fetch_prices_for_targets(MarketData& market, const TargetBook& targets,
                                           const std::optional<SymbolMapping>& mapping,
                                           const Holdings& holdings) {
  return market.prices(symbols_to_price(targets, mapping, holdings));
}

}  // namespace signalbus::pipeline
