#include "sleeves/results.h"

namespace signalbus::sleeves {
namespace {

Result<SleevePositionResult> value_position(const SleevePosition& position, const PriceBook& prices,
                                            const SleeveBook& book) {
  SleevePositionResult out{position, price_of(position.symbol, prices, book), position.cost};
  if (!out.price) return out;
  Result<Money> value = notional_half_even(position.quantity, *out.price);
  if (!value.ok()) return std::move(value).error().in("value of " + position.symbol.text());
  out.market_value = value.value();
  return out;
}

}  // namespace

std::optional<Price> price_of(const Symbol& symbol, const PriceBook& prices,
                              const SleeveBook& book) {
  const PricePoint* point = prices.find(symbol);
  if (point == nullptr) point = book.seen.find(symbol);
  return point == nullptr ? std::nullopt : std::optional(point->price);
}

Result<Money> market_value(const Sleeve& sleeve, const PriceBook& prices, const SleeveBook& book) {
  MoneySum sum;
  for (const SleevePosition& position : sleeve.positions) {
    SB_TRY(const SleevePositionResult valued, value_position(position, prices, book));
    sum.add(valued.market_value);
  }
  return sum.total();
}

Result<std::vector<SleeveResult>> sleeve_results(const SleeveBook& book, const PriceBook& prices) {
  std::vector<SleeveResult> out;
  for (const Sleeve& sleeve : book.sleeves) {
    std::vector<SleevePositionResult> positions;
    MoneySum value;
    for (const SleevePosition& position : sleeve.positions) {
      SB_TRY(const SleevePositionResult valued, value_position(position, prices, book));
      value.add(valued.market_value);
      positions.push_back(valued);
    }
    SB_TRY(const Money market, value.total());
    const Money equity = sleeve.cash + market;
    const Money profit = equity - sleeve.capital;
    std::optional<double> percent;
    if (sleeve.capital_peak.is_positive()) {
      percent = 100 * profit.to_double() / sleeve.capital_peak.to_double();
    }
    out.push_back({sleeve.strategy_id, sleeve.cash, market, equity, sleeve.capital, profit, percent,
                   sleeve.realised, sleeve.income, std::move(positions)});
  }
  return out;
}

std::optional<double> time_weighted_return(std::span<const SleeveMark> marks) {
  double growth = 1;
  bool any = false;
  for (std::size_t i = 1; i < marks.size(); ++i) {
    const Money begin = marks[i - 1].equity + marks[i].flow;
    if (!begin.is_positive()) continue;
    growth *= marks[i].equity.to_double() / begin.to_double();
    any = true;
  }
  return any ? std::optional(growth - 1) : std::nullopt;
}

}  // namespace signalbus::sleeves
