#include "analytics/lots.h"

#include <algorithm>

namespace signalbus::analytics {
namespace {

/// amount x part / whole, nearest.
Result<Money> pro_rata(Money amount, Quantity part, Quantity whole) {
  SB_TRY(const Int128 raw,
         multiply_divide(amount.raw(), part.raw(), whole.raw(), Rounding::kHalfEven));
  return Money::narrow(raw);
}

/// What of a lot is closed with `quantity` of the opposite sign: the lot's part and its cost.
struct Taken {
  Quantity quantity;  ///< Signed as the lot.
  Money cost;
};
Result<Taken> take(Lot& lot, Quantity most) {
  if (lot.quantity.abs() <= most) {
    const Taken all{lot.quantity, lot.cost};
    lot = {lot.opened, Quantity::zero(), Money::zero()};
    return all;
  }
  const Quantity part = lot.quantity.is_negative() ? -most : most;
  SB_TRY(const Money cost, pro_rata(lot.cost, part, lot.quantity));
  lot.quantity -= part;
  lot.cost -= cost;
  return Taken{part, cost};
}

}  // namespace

Result<std::vector<ClosedLot>> LotBook::apply(const Fill& fill, TradeDate date,
                                              CashBooking booking) {
  SB_TRY(const Money amount, booked_amount(fill, booking));
  const bool buys = fill.side == Side::kBuy;
  std::vector<ClosedLot> out;
  std::deque<Lot>& lots = lots_[fill.symbol];
  Quantity left = fill.quantity;
  Money cash = buys ? -amount : amount;  // signed change of cash that is not used up yet
  while (left.is_positive() && !lots.empty() && lots.front().quantity.is_negative() == buys) {
    SB_TRY(const Taken taken, take(lots.front(), left));
    // The last part takes what is left, so that the parts add up to the fill's cash.
    SB_TRY(const Money part, pro_rata(cash, taken.quantity.abs(), left));
    left -= taken.quantity.abs();
    cash -= part;
    realised_ += part - taken.cost;
    out.push_back(
        {fill.symbol, lots.front().opened, date, taken.quantity, taken.cost, part - taken.cost});
    if (lots.front().quantity.is_zero()) lots.pop_front();
  }
  if (left.is_positive()) lots.push_back({date, buys ? left : -left, -cash});
  if (lots.empty()) lots_.erase(fill.symbol);
  return out;
}

Result<std::vector<ClosedLot>> LotBook::split(const Symbol& symbol, Quantity change,
                                              TradeDate date) {
  const auto found = lots_.find(symbol);
  if (found == lots_.end()) return std::vector<ClosedLot>();
  const Quantity before = quantity(symbol);
  const Quantity after = before + change;
  std::vector<ClosedLot> out;
  Quantity old_left = before;
  Quantity new_left = after;
  std::deque<Lot> kept;
  for (const Lot& lot : found->second) {
    SB_TRY(const Int128 raw, multiply_divide(new_left.raw(), lot.quantity.raw(), old_left.raw(),
                                             Rounding::kHalfEven));
    SB_TRY(const Quantity scaled, Quantity::narrow(raw));
    old_left -= lot.quantity;
    new_left -= scaled;
    if (!scaled.is_zero()) {
      kept.push_back({lot.opened, scaled, lot.cost});
      continue;
    }
    realised_ -= lot.cost;
    out.push_back({symbol, lot.opened, date, lot.quantity, lot.cost, -lot.cost});
  }
  found->second = std::move(kept);
  if (found->second.empty()) lots_.erase(found);
  return out;
}

Status LotBook::return_capital(const Symbol& symbol, Money cash) {
  const auto found = lots_.find(symbol);
  if (found == lots_.end()) return Ok{};
  Quantity shares = quantity(symbol);
  Money left = cash;
  for (Lot& lot : found->second) {
    SB_TRY(const Money part, pro_rata(left, lot.quantity, shares));
    lot.cost -= part;
    left -= part;
    shares -= lot.quantity;
  }
  return Ok{};
}

void LotBook::add(const Symbol& symbol, const Lot& lot) {
  if (!lot.quantity.is_zero()) lots_[symbol].push_back(lot);
}

Quantity LotBook::quantity(const Symbol& symbol) const {
  Quantity sum = Quantity::zero();
  const auto found = lots_.find(symbol);
  if (found == lots_.end()) return sum;
  for (const Lot& lot : found->second) sum += lot.quantity;
  return sum;
}

Money LotBook::cost(const Symbol& symbol) const {
  Money sum = Money::zero();
  const auto found = lots_.find(symbol);
  if (found == lots_.end()) return sum;
  for (const Lot& lot : found->second) sum += lot.cost;
  return sum;
}

Result<Money> LotBook::unrealised(const PriceBook& prices) const {
  MoneySum sum;
  for (const auto& [symbol, lots] : lots_) {
    const PricePoint* point = prices.find(symbol);
    if (point == nullptr) continue;
    SB_TRY(const Money value, notional_half_even(quantity(symbol), point->price));
    sum.add(value - cost(symbol));
  }
  return sum.total();
}

}  // namespace signalbus::analytics
