// Daily closes from the market data into data/market: completed, never lost.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "pipeline/workspace.h"
#include "ports/market_data.h"

namespace signalbus::pipeline {

struct HistoryRequest {
  std::string folder;              ///< data/market
  std::vector<Symbol> symbols;     ///< Not empty.
  std::optional<TradeDate> start;  ///< Absent: a few days before the newest close that every symbol
                                   ///< has, else `first`.
  TradeDate first;                 ///< Where a history that is not there yet begins.
  TradeDate end;
};

struct HistoryOutcome {
  std::size_t bars = 0;            ///< Fetched.
  std::size_t fresh = 0;           ///< Of them not there before.
  std::size_t changed = 0;         ///< Of them with another close than before.
  std::vector<Symbol> without;     ///< Symbols that the market data has nothing of.
  std::vector<std::string> files;  ///< Written; none where nothing changed.
};

/// Fetches and merges into daily_YYYY.csv, one file a year, all of them or none. What was fetched
/// counts where both have a day. Errors of the market data, of files that are there, and of
/// writing.
Result<HistoryOutcome> fetch_history(Doors& doors, MarketData& market,
                                     const HistoryRequest& request);

/// Every name that the newest end-of-day positions of the folder have, and where they begin.
struct HeldNames {
  std::vector<Symbol> symbols;
  std::optional<TradeDate> first_day;
};
Result<HeldNames> held_names(Files& files, const std::string& outputs);

}  // namespace signalbus::pipeline
