// Reference files: targets, symbol mapping, prices and positions.
#pragma once

#include <optional>
#include <string>

#include "book/market.h"
#include "book/targets.h"
#include "core/result.h"
#include "ports/files.h"

namespace signalbus::inputs {

/// Reads targets_consolidated (.parquet or .csv): asset_id and target_weight, optionally
/// trade_date, asof, strategy_id, signal_date. Targets come out sorted by asset id. kInvalidInput
/// for duplicates, several trade dates, or no trade date at all when `fallback_date` is absent.
Result<TargetBook> load_targets(Files& files, const std::string& path,
                                std::optional<TradeDate> fallback_date);

/// Which columns of the mapping file hold what.
struct MappingColumns {
  std::string id_column = "gvkey";
  std::string symbol_column = "tic";
};
Result<SymbolMapping> load_mapping(Files& files, const std::string& path,
                                   const MappingColumns& columns);

/// Reads symbol,price[,asof]. A zero or negative price is kept as a bad one: it refuses only the
/// name it belongs to. kInvalidInput for text that is no number and for a symbol that stands twice.
Result<PriceBook> load_prices(Files& files, const std::string& path);

/// Reads symbol and qty (or actual_qty), optionally market_value, avg_entry_price, asset_id; a CASH
/// row becomes the cash. Zero quantities are dropped. kInvalidInput for a symbol that stands twice.
Result<Holdings> load_positions(Files& files, const std::string& path);

}  // namespace signalbus::inputs
