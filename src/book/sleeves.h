// SleeveBook: how the account is divided among the strategies, and what a plan moves between them.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "book/market.h"
#include "book/orders.h"
#include "core/ids.h"
#include "core/money.h"

namespace signalbus {

/// The sleeve of what no strategy owns: foreign positions and cash, the cash buffer, deposits,
/// fees and dividends without an owner, rounding of the broker. A manifest may not use the name.
inline StrategyId account_sleeve() { return StrategyId("_account"); }

struct SleevePosition {
  Symbol symbol;
  Quantity quantity;  ///< Negative is short; never zero.
  Money cost;         ///< What it was bought for at average cost; negative for a short.
};

/// What one strategy owns of the account. Always: cash + cost of the positions = capital + realised
/// + income, so profit is realised + income + what the positions gained.
struct Sleeve {
  StrategyId strategy_id;
  Money cash = Money::zero();  ///< Below zero only between a sell or move and what pays for it.
  std::vector<SleevePosition> positions = {};  ///< Sorted by symbol, one per symbol.
  Money capital = Money::zero();               ///< Moved in less moved out, ever.
  Money capital_peak = Money::zero();          ///< The most that `capital` ever was.
  Money realised = Money::zero();              ///< Gains of fills and crossings, at average cost.
  Money income = Money::zero();                ///< Dividends less fees of what it held.

  const SleevePosition* find(const Symbol& symbol) const {
    const auto at =
        std::lower_bound(positions.begin(), positions.end(), symbol,
                         [](const SleevePosition& p, const Symbol& s) { return p.symbol < s; });
    return at != positions.end() && at->symbol == symbol ? &*at : nullptr;
  }
  Quantity quantity(const Symbol& symbol) const {
    const SleevePosition* position = find(symbol);
    return position == nullptr ? Quantity::zero() : position->quantity;
  }
};

/// The whole account, divided: positions and cash of all sleeves add up to it, to the unit.
struct SleeveBook {
  std::vector<Sleeve> sleeves;  ///< Sorted by id, one per strategy; account_sleeve() always there.
  PriceBook seen;               ///< The newest price at which each symbol was filled or crossed.

  const Sleeve* find(const StrategyId& id) const {
    const auto at =
        std::lower_bound(sleeves.begin(), sleeves.end(), id,
                         [](const Sleeve& s, const StrategyId& i) { return s.strategy_id < i; });
    return at != sleeves.end() && at->strategy_id == id ? &*at : nullptr;
  }
};

/// What a plan does between strategies, and whose each order is.
struct SleevePlan {
  std::vector<SleeveMove> moves;  ///< Capital by strategy, then crossings by symbol.
  /// Parallel to the orders of the plan; the parts of an order add up to its quantity.
  std::vector<std::vector<StrategyShare>> shares;
};

/// A position that stays because its strategy is quarantined.
struct HeldPosition {
  Symbol symbol;
  Quantity quantity;
  std::string words;  ///< "kept for value, which is quarantined"
};

/// What quarantined strategies hold together: the planner works around it.
struct HeldSleeves {
  std::vector<HeldPosition> positions;  ///< Sorted by symbol, one per symbol.
  Money cash = Money::zero();

  const HeldPosition* find(const Symbol& symbol) const {
    const auto at =
        std::lower_bound(positions.begin(), positions.end(), symbol,
                         [](const HeldPosition& p, const Symbol& s) { return p.symbol < s; });
    return at != positions.end() && at->symbol == symbol ? &*at : nullptr;
  }
};

/// One position of a sleeve with its value.
struct SleevePositionResult {
  SleevePosition position;
  std::optional<Price>
      price;  ///< Absent where no price was ever known; the value is then the cost.
  Money market_value;
};

/// What became of a strategy's capital.
struct SleeveResult {
  StrategyId strategy_id;
  Money cash;
  Money market_value;
  Money equity;                      ///< cash + market_value.
  Money capital_moved;               ///< Net, opening included.
  Money profit;                      ///< equity - capital_moved.
  std::optional<double> profit_pct;  ///< 100 x profit / the most capital it ever had.
  Money realised;
  Money income;
  std::vector<SleevePositionResult> positions;
};

}  // namespace signalbus
