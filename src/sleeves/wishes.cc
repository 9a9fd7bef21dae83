#include "sleeves/wishes.h"

#include "sleeves/share_out.h"

namespace signalbus::sleeves {
namespace {

/// What each wishes on that side, in units; 0 for the others.
std::vector<std::int64_t> open_on(const std::vector<Wish>& wishes, Side side) {
  std::vector<std::int64_t> out;
  for (const Wish& wish : wishes) {
    const std::int64_t open = wish.open().raw();
    out.push_back(std::max<std::int64_t>(0, side == Side::kBuy ? open : -open));
  }
  return out;
}

Int128 sum_of(const std::vector<std::int64_t>& numbers) {
  Int128 sum = 0;
  for (const std::int64_t number : numbers) sum += number;
  return sum;
}

/// Shares out as much of `total` as the weights add up to, adds it to `parts`, gives the rest.
std::int64_t share_up_to(std::int64_t total, const std::vector<std::int64_t>& weights,
                         std::vector<std::int64_t>& parts) {
  const auto granted = static_cast<std::int64_t>(std::min<Int128>(total, sum_of(weights)));
  const std::vector<std::int64_t> shared = share_out(granted, weights);
  for (std::size_t i = 0; i < parts.size(); ++i) parts[i] += shared[i];
  return total - granted;
}

/// Shares all of `total` out when anyone has a weight, adds it to `parts`, gives the rest.
std::int64_t share_all(std::int64_t total, const std::vector<std::int64_t>& weights,
                       std::vector<std::int64_t>& parts) {
  if (sum_of(weights) == 0) return total;
  const std::vector<std::int64_t> shared = share_out(total, weights);
  for (std::size_t i = 0; i < parts.size(); ++i) parts[i] += shared[i];
  return 0;
}

}  // namespace

Result<std::vector<SleeveMove>> cross(std::vector<Wish>& wishes, const Symbol& symbol,
                                      Price price) {
  const std::vector<std::int64_t> buys = open_on(wishes, Side::kBuy);
  const std::vector<std::int64_t> sells = open_on(wishes, Side::kSell);
  SB_TRY(const Quantity matched, Quantity::narrow(std::min(sum_of(buys), sum_of(sells))));
  SB_TRY(const Money worth, notional_half_even(matched, price));
  if (worth.is_zero()) return std::vector<SleeveMove>();  // nothing that money can express
  std::vector<std::int64_t> gets = share_out(matched.raw(), buys);
  std::vector<std::int64_t> gives = share_out(matched.raw(), sells);
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    wishes[i].crossed = Quantity::from_raw(gets[i] - gives[i]);
  }
  std::vector<SleeveMove> moves;
  for (std::size_t from = 0, to = 0; from < wishes.size() && to < wishes.size();) {
    const std::int64_t part = std::min(gives[from], gets[to]);
    if (part > 0) {
      const Quantity quantity = Quantity::from_raw(part);
      SB_TRY(const Money cash, notional_half_even(quantity, price));
      moves.push_back({wishes[from].strategy_id, wishes[to].strategy_id, symbol, quantity, price,
                       cash, "crossed"});
      gives[from] -= part;
      gets[to] -= part;
    }
    if (gives[from] == 0) {
      ++from;
    } else {
      ++to;
    }
  }
  return moves;
}

Division divide_order(const std::vector<Wish>& wishes, Side side, Quantity quantity) {
  Division out{std::vector<std::int64_t>(wishes.size(), 0)};
  const std::vector<std::int64_t> open = open_on(wishes, side);
  if (side == Side::kBuy) {
    out.unwished = share_all(quantity.raw(), open, out.parts);
    return out;
  }
  std::int64_t left = share_up_to(quantity.raw(), open, out.parts);
  std::vector<std::int64_t> to_spare;
  std::vector<std::int64_t> short_open;
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    const std::int64_t spare = wishes[i].to_spare().raw() - out.parts[i];
    to_spare.push_back(std::max<std::int64_t>(0, spare));
    short_open.push_back(wishes[i].target.is_negative() ? open[i] : 0);
  }
  left = share_up_to(left, to_spare, out.parts);
  out.unwished = share_all(left, short_open, out.parts);
  return out;
}

}  // namespace signalbus::sleeves
