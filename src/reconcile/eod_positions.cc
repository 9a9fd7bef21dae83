// End-of-day positions: what was held plus what was filled, valued.
#include <algorithm>
#include <map>

#include "reconcile/reconcile.h"

namespace signalbus::reconcile {
namespace {

/// Weighted mean entry price after trading: what was held and what was added on the same side; what
/// is given up changes nothing. Nothing when it cannot be known.
std::optional<Price> entry_price(const Holding* before, const Traded& traded, Quantity after) {
  const bool is_long = after.is_positive();
  const Quantity added = is_long ? traded.bought_qty : traded.bought_qty - traded.net;
  // Cost in 1e-6 USD, shares in 1e-9: price in 1e-9 is cost x 1e12 / shares.
  Int128 cost = static_cast<Int128>((is_long ? traded.bought : traded.sold).raw()) * pow10(12);
  Int128 shares = added.raw();
  const bool kept_side = before != nullptr && before->quantity.is_positive() == is_long;
  if (kept_side) {
    if (!before->avg_entry_price) return std::nullopt;
    if (added.is_zero()) return before->avg_entry_price;
    const std::int64_t held = before->quantity.abs().raw();
    cost += static_cast<Int128>(held) * before->avg_entry_price->raw();
    shares += held;
  }
  if (shares == 0) return std::nullopt;
  const Result<Price> mean = Price::narrow(divide(cost, shares, Rounding::kHalfEven));
  return mean.ok() ? std::optional<Price>(mean.value()) : std::nullopt;
}

/// What of an order counts as filled, and at which price.
struct Executed {
  Quantity quantity;
  std::optional<Price> price;
};

Executed executed_part(const ExecutionLogRow& row) {
  if (row.status != OrderState::kSimulated || row.mode != Mode::kDry) {
    return {row.filled_qty, row.filled_avg_price};
  }
  return {row.filled_qty.is_zero() ? row.qty : row.filled_qty,
          row.filled_avg_price.value_or(row.price_used)};
}

struct Running {
  Int128 net = 0;
  Int128 bought_qty = 0;
  Int128 bought = 0;
  Int128 sold = 0;
};

}  // namespace

Result<std::vector<Traded>> sum_fills(std::span<const ExecutionLogRow> executed) {
  std::map<Symbol, Running> sums;
  for (const ExecutionLogRow& row : executed) {
    const Executed part = executed_part(row);
    if (part.quantity.is_zero()) continue;
    if (!part.price) {
      return Error{ErrorCode::kInvalidInput, "order " + row.client_order_id.get() + " filled " +
                                                 part.quantity.text() + " without a fill price"};
    }
    SB_TRY(const Money amount, notional_half_even(part.quantity, *part.price));
    const bool buy = row.side == Side::kBuy;
    Running& sum = sums[row.symbol];
    sum.net += buy ? part.quantity.raw() : -part.quantity.raw();
    if (buy) sum.bought_qty += part.quantity.raw();
    (buy ? sum.bought : sum.sold) += amount.raw();
  }
  std::vector<Traded> out;
  for (const auto& [symbol, sum] : sums) {
    SB_TRY(const Quantity net, Quantity::narrow(sum.net));
    SB_TRY(const Quantity bought_qty, Quantity::narrow(sum.bought_qty));
    SB_TRY(const Money bought, Money::narrow(sum.bought));
    SB_TRY(const Money sold, Money::narrow(sum.sold));
    out.push_back({symbol, net, bought_qty, bought, sold});
  }
  return out;
}

Result<Holdings> build_eod_positions(const Holdings& opening, std::span<const Traded> traded) {
  std::map<Symbol, Holding> positions;
  for (const Holding& holding : opening.holdings)
    positions.insert_or_assign(holding.symbol, holding);
  for (const Traded& trade : traded) {
    const Holding* before = opening.find(trade.symbol);
    const Quantity held = before == nullptr ? Quantity::zero() : before->quantity;
    SB_TRY(const Quantity after,
           Quantity::narrow(static_cast<Int128>(held.raw()) + trade.net.raw()));
    if (after.is_zero()) {
      positions.erase(trade.symbol);
      continue;
    }
    Holding holding{.symbol = trade.symbol,
                    .quantity = after,
                    .asset_id = before == nullptr ? std::nullopt : before->asset_id,
                    .market_value = std::nullopt,
                    .avg_entry_price = entry_price(before, trade, after),
                    .origin = HoldingOrigin::kJournal};
    positions.insert_or_assign(trade.symbol, std::move(holding));
  }
  Holdings out;
  for (auto& [symbol, holding] : positions) out.holdings.push_back(std::move(holding));
  return out;
}

Result<std::vector<EodPosition>> calculate_weight_percentages(const Holdings& positions,
                                                              const PriceBook& prices,
                                                              Money equity) {
  std::vector<EodPosition> out;
  for (const Holding& holding : positions.holdings) {
    EodPosition position{.symbol = holding.symbol,
                         .quantity = holding.quantity,
                         .price = std::nullopt,
                         .market_value = holding.market_value.value_or(Money::zero()),
                         .weight_percentage = 0,
                         .asset_id = holding.asset_id.value_or(AssetId("")),
                         .avg_entry_price = holding.avg_entry_price};
    if (const PricePoint* point = prices.find(holding.symbol)) {
      position.price = point->price;
      SB_TRY(position.market_value, notional_half_even(holding.quantity, point->price));
    }
    if (equity.is_positive()) {
      position.weight_percentage = position.market_value.to_double() * 100 / equity.to_double();
    }
    out.push_back(std::move(position));
  }
  return out;
}

void calculate_weight_deviations(std::vector<ReconRow>& rows,
                                 std::span<const EodPosition> positions, Money equity) {
  std::map<Symbol, Money> values;
  for (const EodPosition& position : positions) {
    values.insert_or_assign(position.symbol, position.market_value);
  }
  for (ReconRow& row : rows) {
    const auto at = row.symbol ? values.find(*row.symbol) : values.end();
    const bool held = at != values.end() && equity.is_positive();
    row.actual_weight = held ? at->second.to_double() / equity.to_double() : 0;
    row.weight_deviation = row.actual_weight - row.target_weight;
  }
}

}  // namespace signalbus::reconcile
