#include "execution/fund_buys.h"

#include <algorithm>

namespace signalbus::execution {
namespace {

using Wide = Int128;

/// A market buy reserves this much of the price (percent): the broker's collar.
constexpr int kCollarPercent = 104;

/// USD x 1e6, rounded up: what is needed must never look smaller than it is.
Wide cost(const Buy& buy) {
  const Wide raw = Wide{buy.quantity.raw()} * buy.price.raw();
  constexpr Wide kPerMicro = 1'000'000'000'000;  // 1e-9 x 1e-9 to 1e-6
  return (raw + kPerMicro - 1) / kPerMicro;
}

Wide reserve(const Buy& buy) {
  return buy.is_market ? (cost(buy) * kCollarPercent + 99) / 100 : cost(buy);
}

/// The part of `whole` that `part` allows, in 1e-9, at most all of it.
Wide share(Wide part, Wide whole) {
  constexpr Wide kOne = 1'000'000'000;
  if (whole <= part) return kOne;
  return part <= 0 ? 0 : part * kOne / whole;
}

Quantity cut(Quantity quantity, Wide factor, int decimals) {
  constexpr Wide kOne = 1'000'000'000;
  Wide raw = Wide{quantity.raw()} * factor / kOne;
  Wide lot = 1;
  for (int i = decimals; i < Quantity::kDecimals; ++i) lot *= 10;
  raw -= raw % lot;
  return Quantity::from_raw(static_cast<std::int64_t>(raw));
}

}  // namespace

std::vector<Quantity> fit_buys(std::span<const Buy> buys, const Funds& funds, Money min_notional) {
  Wide costs = 0;
  Wide reserves = 0;
  for (const Buy& buy : buys) {
    costs += cost(buy);
    reserves += reserve(buy);
  }
  const Wide cash = Wide{funds.cash.raw()} - funds.floor.raw() - funds.open_buys.raw();
  Wide factor = share(cash, costs);
  if (funds.buying_power) factor = std::min(factor, share(funds.buying_power->raw(), reserves));
  std::vector<Quantity> out;
  for (const Buy& buy : buys) {
    constexpr Wide kOne = 1'000'000'000;
    Buy fitted = buy;
    if (factor < kOne) fitted.quantity = cut(buy.quantity, factor, buy.decimals);
    const bool judged = factor < kOne || !buy.covers;
    const bool too_small = judged && cost(fitted) < min_notional.raw();
    out.push_back(too_small ? Quantity::zero() : fitted.quantity);
  }
  return out;
}

}  // namespace signalbus::execution
