// The history of days: closes in data/market, and the end-of-day books that M5 wrote.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "book/market.h"
#include "book/recon.h"
#include "core/result.h"
#include "ports/files.h"

namespace signalbus::inputs {

/// Reads `date,symbol,close[,open,high,low,volume]` (CSV or Parquet), rows in any order. Sorted by
/// date, then symbol. kInvalidInput, with the place, for a close that is not above 0 and for a date
/// and symbol that stand twice.
Result<std::vector<DailyBar>> load_daily_bars(Files& files, const std::string& path);

/// What of a folder of such files is asked for.
struct DailyRange {
  TradeDate from;  ///< Both included.
  TradeDate to;
  std::set<Symbol> symbols;
};

/// All *.csv and *.parquet of the folder, sorted by symbol, then date; files named daily_YYYY.* of
/// other years are not opened. Of a date and symbol in two files each fills in what the other
/// lacks. Empty when the folder is not there. kInvalidInput where two files have different closes
/// of the same date and symbol, naming both.
Result<std::vector<DailyBar>> load_market_folder(Files& files, const std::string& folder,
                                                 const DailyRange& range);

/// Reads positions_eod_*.csv as M5 writes it; the specification's five columns suffice. Equity is
/// cash and market values. kInvalidInput without a CASH row and for a symbol that stands twice.
Result<EodBook> load_positions_eod(Files& files, const std::string& path, TradeDate run_date);

}  // namespace signalbus::inputs
