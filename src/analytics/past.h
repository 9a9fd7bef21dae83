// What a report is made of: days with their books, trades, orders, and what they are held against.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "analytics/day_pnl.h"
#include "analytics/factors.h"
#include "analytics/facts.h"
#include "analytics/shortfall.h"
#include "book/benchmark.h"

namespace signalbus::analytics {

/// What one strategy got or gave: its part of a fill, or of shares that crossed inside the account.
struct StrategyTrade {
  StrategyId strategy;
  Symbol symbol;
  Quantity quantity;  ///< Positive came in.
  Money cash;         ///< Negative was paid.
};

struct DayOrder {
  OrderCostFacts cost;
  std::string status;  ///< The log's word.
  std::string reason;  ///< Why it was refused, if it was.
};

/// Whether the books of a day were held against the broker or the log.
struct DayRecon {
  std::string status = "not run";  ///< "ok", "mismatch", "not run".
  std::size_t differences = 0;
  std::string file = {};  ///< Name of the report that says so; empty: none.
};

struct PastDay {
  /// Of the first day everything; of the others `opening`, `cash_before`, `receivables` and
  /// `prior_closes` are those of the day before and need not be filled in.
  DayFacts facts;
  /// What of the flows was there before the open, so that the day's return is earned on it too.
  Money start_flow = Money::zero();
  std::vector<StrategyTrade> trades = {};
  std::vector<DayOrder> orders = {};
  DayRecon recon = {};
};

struct BenchmarkClose {
  TradeDate date;
  Price close;
};

/// What the market traded of a name in a session.
struct SessionVolume {
  Symbol symbol;
  TradeDate date;
  Quantity volume;  ///< Above zero: a session without one is not here.
  Price close;
};

/// A close of a name in the benchmark.
struct NameClose {
  Symbol symbol;
  TradeDate date;
  Price close;
};

/// What the benchmark is made of, to compare sector by sector.
struct BenchmarkParts {
  std::string file;                      ///< As the settings name it; empty: none.
  std::vector<BenchmarkWeight> weights;  ///< Ascending by date.
  std::vector<NameClose> closes;         ///< By symbol, then date.
};

using Sectors = std::map<Symbol, std::string>;
inline const std::string kUnknownSector = "unknown";  ///< Of a name that is not there.
inline const std::string& sector_of(const Sectors& sectors, const Symbol& symbol) {
  const auto at = sectors.find(symbol);
  return at == sectors.end() ? kUnknownSector : at->second;
}

struct PerformanceFacts {
  std::vector<PastDay> days;  ///< Ascending.
  /// What strategies traded before the first day: what they held that evening.
  std::vector<StrategyTrade> before = {};
  Sectors sectors;
  std::string benchmark;                         ///< Its symbol; empty: none.
  std::vector<BenchmarkClose> benchmark_closes;  ///< Ascending; some before the first day too.
  BenchmarkParts benchmark_parts = {};
  FactorReturns factors = {};
  std::vector<SessionVolume> volumes = {};  ///< By symbol, then date; of what is known.
  Conventions conventions;
  /// First day of the period that the report is about (its last day, week, month); the charts and
  /// metrics are of all days.
  TradeDate focus_from = TradeDate::from_days(0);
};

}  // namespace signalbus::analytics
