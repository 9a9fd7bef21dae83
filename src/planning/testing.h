// Builders for the tests of planning/: a plan in a few words.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "planning/plan_orders.h"

namespace signalbus::planning::testing {

inline Symbol sym(std::string_view text) { return Symbol::parse(text).value(); }
inline Quantity qty(std::string_view text) { return Quantity::parse(text).value(); }
inline Money usd(std::string_view text) { return Money::parse(text).value(); }
inline Price price(std::string_view text) { return Price::parse(text).value(); }
inline Ratio ratio(std::string_view text) { return Ratio::parse(text).value(); }

/// Everything a plan looks at, with asset ids that are symbols. Order of calls does not matter.
struct Scene {
  TargetBook targets{TradeDate::from_days(20'000), {}};
  PriceBook prices;
  Holdings holdings;
  Money equity = Money::whole(100'000);
  std::optional<Instant> now;
  std::vector<AssetRule> rules;
  std::map<Symbol, std::string> refused;
  std::map<Symbol, std::string> quarantined;
  std::optional<std::string> no_buys;
  std::optional<SymbolMapping> mapping;
  PlanPolicy policy;

  Scene& target(std::string_view symbol, double weight) {
    targets.targets.push_back({AssetId(std::string(symbol)), weight, Instant::from_micros(0),
                               StrategyId("s"), targets.trade_date});
    return *this;
  }
  Scene& priced(std::string_view symbol, std::string_view at,
                std::optional<Instant> asof = std::nullopt) {
    insert(prices.points, PricePoint{sym(symbol), price(at), asof});
    return *this;
  }
  Scene& held(std::string_view symbol, std::string_view quantity,
              HoldingOrigin origin = HoldingOrigin::kPositionsFile) {
    insert(holdings.holdings, Holding{.symbol = sym(symbol),
                                      .quantity = qty(quantity),
                                      .asset_id = std::nullopt,
                                      .market_value = std::nullopt,
                                      .avg_entry_price = std::nullopt,
                                      .origin = origin});
    return *this;
  }
  Scene& rule(std::string_view symbol, bool tradable, bool fractionable, bool shortable) {
    insert(rules, AssetRule{sym(symbol), tradable, fractionable, shortable});
    return *this;
  }

  Result<RebalancePlan> plan() const {
    SB_TRY(const MappedTargets mapped, map_targets_to_symbols(targets, mapping, prices, holdings));
    return plan_orders(
        {mapped, prices, holdings, equity, now, rules, refused, quarantined, no_buys}, policy);
  }

 private:
  template <class T>
  static void insert(std::vector<T>& sorted, T item) {
    const auto at = std::lower_bound(sorted.begin(), sorted.end(), item,
                                     [](const T& a, const T& b) { return a.symbol < b.symbol; });
    sorted.insert(at, std::move(item));
  }
};

/// The row of a symbol (or of an asset id that has none); aborts when there is not exactly one.
inline const PlanRow& row_of(const RebalancePlan& plan, std::string_view name) {
  const PlanRow* found = nullptr;
  for (const PlanRow& row : plan.rows) {
    if ((row.symbol ? row.symbol->text() : row.asset_id.get()) != name) continue;
    SB_CHECK(found == nullptr);
    found = &row;
  }
  SB_CHECK(found != nullptr);
  return *found;
}

/// "SELL 10 AAPL market: close: no longer targeted", one per order.
inline std::vector<std::string> shown(const RebalancePlan& plan) {
  std::vector<std::string> out;
  for (const PlannedOrder& order : plan.orders) {
    out.push_back(std::string(to_text(order.side)) + " " + order.quantity.text() + " " +
                  order.symbol.text() + ": " + std::string(to_text(order.purpose)));
  }
  return out;
}

/// "SKIP no_price: no price for AAPL"
inline std::string fate(const RebalancePlan& plan, std::string_view name) {
  const PlanRow& row = row_of(plan, name);
  std::string out(to_text(row.action));
  if (row.code != ReasonCode::kNone) out += " " + std::string(to_text(row.code));
  return out;
}

}  // namespace signalbus::planning::testing
