#include "sleeves/entries.h"

#include "core/decimal.h"

namespace signalbus::sleeves {
namespace {

/// amount x part / whole, nearest; |part| <= |whole|, so it fits.
Money portion(Money amount, Quantity part, Quantity whole) {
  const Int128 product = static_cast<Int128>(amount.raw()) * part.raw();
  return Money::from_raw(
      static_cast<std::int64_t>(divide(product, whole.raw(), Rounding::kHalfEven)));
}

std::vector<SleevePosition>::iterator place_of(Sleeve& sleeve, const Symbol& symbol) {
  return std::lower_bound(sleeve.positions.begin(), sleeve.positions.end(), symbol,
                          [](const SleevePosition& p, const Symbol& s) { return p.symbol < s; });
}

/// The position of a symbol, which may be an empty new one: drop_if_empty() afterwards.
SleevePosition& position_of(Sleeve& sleeve, const Symbol& symbol) {
  const auto at = place_of(sleeve, symbol);
  if (at != sleeve.positions.end() && at->symbol == symbol) return *at;
  return *sleeve.positions.insert(at, {symbol, Quantity::zero(), Money::zero()});
}

void drop_if_empty(Sleeve& sleeve, const Symbol& symbol) {
  const auto at = place_of(sleeve, symbol);
  if (!at->quantity.is_zero()) return;
  sleeve.realised -= at->cost;  // a split that left nothing; a trade leaves none
  sleeve.positions.erase(at);
}

void move_capital(Sleeve& sleeve, Money cash) {
  sleeve.cash += cash;
  sleeve.capital += cash;
  sleeve.capital_peak = std::max(sleeve.capital_peak, sleeve.capital);
}

}  // namespace

Sleeve& sleeve_of(SleeveBook& book, const StrategyId& id) {
  const auto at =
      std::lower_bound(book.sleeves.begin(), book.sleeves.end(), id,
                       [](const Sleeve& s, const StrategyId& i) { return s.strategy_id < i; });
  if (at != book.sleeves.end() && at->strategy_id == id) return *at;
  return *book.sleeves.insert(at, Sleeve{.strategy_id = id});
}

void book_trade(Sleeve& sleeve, const Symbol& symbol, Quantity quantity, Money cash) {
  sleeve.cash += cash;
  if (quantity.is_zero()) {  // a unit of money without a unit of shares: rounding
    sleeve.realised += cash;
    return;
  }
  SleevePosition& position = position_of(sleeve, symbol);
  const bool reduces =
      position.quantity.is_positive() == quantity.is_negative() && !position.quantity.is_zero();
  if (reduces) {
    const Quantity closed = std::min(quantity.abs(), position.quantity.abs());
    const Money proceeds = portion(cash, closed, quantity.abs());
    const Money cost = portion(position.cost, closed, position.quantity.abs());
    sleeve.realised += proceeds + (-cost);
    position.cost -= cost;
    cash -= proceeds;  // what is left opened the other side
  }
  position.quantity += quantity;
  position.cost -= cash;
  drop_if_empty(sleeve, symbol);
}

void change_position(Sleeve& sleeve, const Symbol& symbol, Quantity quantity) {
  if (quantity.is_zero()) return;
  position_of(sleeve, symbol).quantity += quantity;
  drop_if_empty(sleeve, symbol);
}

void see_price(SleeveBook& book, const Symbol& symbol, Price price) {
  std::vector<PricePoint>& points = book.seen.points;
  const auto at =
      std::lower_bound(points.begin(), points.end(), symbol,
                       [](const PricePoint& p, const Symbol& s) { return p.symbol < s; });
  if (at != points.end() && at->symbol == symbol) {
    at->price = price;
  } else {
    points.insert(at, {symbol, price, std::nullopt});
  }
}

void book_move(SleeveBook& book, const SleeveMove& move) {
  // Looked up one after the other: making a sleeve moves the others.
  if (move.symbol) {
    book_trade(sleeve_of(book, move.from), *move.symbol, -move.quantity, move.cash);
    book_trade(sleeve_of(book, move.to), *move.symbol, move.quantity, -move.cash);
    if (move.price.is_positive()) see_price(book, *move.symbol, move.price);
    return;
  }
  move_capital(sleeve_of(book, move.from), -move.cash);
  move_capital(sleeve_of(book, move.to), move.cash);
}

}  // namespace signalbus::sleeves
