// Whose profit it was: each strategy's books, by name, from its parts of fills and crossings.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analytics/account_days.h"
#include "analytics/attribution.h"
#include "analytics/past.h"
#include "analytics/price_cursor.h"
#include "core/result.h"

namespace signalbus::analytics {

/// Follows what every strategy holds. Dividends, splits and other flows of a name are shared pro
/// rata to what the strategies held the evening before, the account's own part staying with it.
class StrategyBooks {
 public:
  /// What was traded before the first day is what the strategies hold.
  void begin_with(const std::vector<StrategyTrade>& before);

  /// The profit of each strategy that held or traded something; all parts, "_account" included, add
  /// up to day.profit(). `facts` must be complete, `day` its result. kInvalidInput when an amount
  /// does not fit.
  Result<std::vector<PnlPart>> count(const PastDay& past, const DayPnl& day);

  /// Shares of a strategy in a name.
  Quantity quantity(const StrategyId& strategy, const Symbol& symbol) const;

 private:
  struct Book {
    Quantity held = Quantity::zero();
    Quantity traded = Quantity::zero();
    Money cash = Money::zero();  ///< Of today's trades.
  };
  using Books = std::map<StrategyId, Book>;

  /// The prices of the evening before and of this one, asked for in the order of the names.
  struct DayPrices {
    PriceCursor before;
    PriceCursor after;
  };

  Status count_name(const NamePnl& name, const DayFacts& facts, DayPrices& prices,
                    std::map<std::string, Money>& sums);

  std::map<Symbol, Books> names_;
};

}  // namespace signalbus::analytics
