// Which day a fill, a crossing or a flow belongs to, as the evening's positions tell.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "analytics/past.h"
#include "book/recon.h"
#include "core/result.h"
#include "ports/activity_book.h"

namespace signalbus::pipeline {

/// A fill with its parts by strategy.
struct PastFill {
  Fill fill;
  TradeDate date;  ///< Of the exchange; in mode dry the run date.
  std::vector<analytics::StrategyTrade> parts;
};

/// What the journal has of trading, in the order in which it was recorded.
struct PastTrades {
  std::vector<PastFill> fills;
  struct Crossing {
    TradeDate date;
    std::vector<analytics::StrategyTrade> parts;  ///< Who gave and who got.
  };
  std::vector<Crossing> crossings;
  std::map<std::string, std::vector<StrategyShare>> asked;  ///< By client order id.
};

/// From the journal's entries; in mode dry only the last batch of each day counts. kInvalidInput
/// when an amount does not fit.
Result<PastTrades> past_trades(std::span<const SleeveEntry> entries, Mode mode);

/// Puts fills, crossings and flows into the days (ascending, with their books). What is later than
/// the last day is left out; the strategies' trades before the first one become `before`. Where the
/// evening's quantity of a name says that its newest fills came after the books were looked at,
/// they belong to the next day; a flow belongs to the day whose books were the first to contain it.
void put_into_days(PastTrades trades, std::span<const KeptFlow> flows,
                   std::span<const EodBook> books, bool has_opening_book,
                   analytics::PerformanceFacts& facts);

}  // namespace signalbus::pipeline
