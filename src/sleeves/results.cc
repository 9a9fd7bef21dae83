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

std::vector<double> time_weighted_index(std::span<const SleeveMark> marks) {
  std::vector<double> index;
  index.reserve(marks.size());
  for (std::size_t i = 0; i < marks.size(); ++i) {
    double value = index.empty() ? 1 : index.back();
    const Money begin = i == 0 ? Money::zero() : marks[i - 1].equity + marks[i - 1].moved_in;
    if (begin.is_positive()) value *= marks[i].equity.to_double() / begin.to_double();
    index.push_back(value);
  }
  return index;
}

}  // namespace signalbus::sleeves
