// Money: the turnover cap and the funds there are, each by one factor over all orders it concerns.
#include <algorithm>

#include "core/text.h"
#include "planning/trade.h"

namespace signalbus::planning {
namespace {

/// A factor below one as an exact fraction of two sums of money.
struct Factor {
  Int128 numerator;
  Int128 denominator;

  std::string percent() const { return format_scaled(numerator * 10'000 / denominator, 2) + " %"; }
};

Status scale_trade(Trade& trade, const Factor& factor, ReasonCode code, const std::string& words,
                   const PlanPolicy& policy) {
  const auto scaled = [&](Quantity quantity) -> Result<Quantity> {
    SB_TRY(const Int128 raw, multiply_divide(quantity.raw(), factor.numerator, factor.denominator,
                                             Rounding::kTowardZero));
    return Quantity::narrow(raw);
  };
  SB_TRY(const Quantity wanted, scaled(trade.wanted));
  // A flip that is scaled closes first; what remains of the size opens the other side.
  const Quantity closing = trade.wanted - trade.flipped;
  trade.flipped = wanted > closing ? wanted - closing : Quantity::zero();
  trade.wanted = wanted;
  trade.full_exit = false;
  SB_TRY_OK(settle_size(trade, policy));
  trade.row.code = code;
  trade.row.words = words + (trade.trades() ? "" : "; " + trade.row.words);
  return Ok{};
}

Status cap_turnover(std::vector<Trade>& trades, const PlanPolicy& policy, Money equity) {
  if (!policy.max_turnover) return Ok{};
  MoneySum traded;
  for (const Trade& trade : trades) {
    if (trade.trades()) traded.add(trade.notional);
  }
  SB_TRY(const Money cap, scale_toward_zero(equity, *policy.max_turnover));
  const Int128 allowed = static_cast<Int128>(cap.raw()) * 2;  // one-way: half of buys plus sells
  if (traded.raw() <= allowed) return Ok{};
  const Factor factor{allowed, traded.raw()};
  const std::string words =
      "scaled to " + factor.percent() + " by planning.max_turnover " + policy.max_turnover->text();
  for (Trade& trade : trades) {
    if (trade.trades()) {
      SB_TRY_OK(scale_trade(trade, factor, ReasonCode::kTurnoverCap, words, policy));
    }
  }
  return Ok{};
}

/// What all buys may cost: cash plus sells, of which the buffer stays (but for the lots that
/// cutting left unsold) and the collar must be covered.
Result<ExactUsd> buying_limit(const std::vector<Trade>& trades, const PlanPolicy& policy,
                              const Funds& funds) {
  ExactUsd available = funds.cash;
  ExactUsd unsold = 0;
  for (const Trade& trade : trades) {
    if (trade.sells()) available += exact_value(trade.wanted, *trade.row.price);
    if (!trade.unsold.is_zero()) unsold += exact_value(trade.unsold, *trade.row.price);
  }
  const Ratio with_collar = Ratio::whole(1) + policy.collar;
  SB_TRY(const ExactUsd covered, multiply_divide(available, pow10(Ratio::kDecimals),
                                                 with_collar.raw(), Rounding::kTowardZero));
  const ExactUsd beyond_buffer = available - funds.buffer + unsold;
  return std::max<ExactUsd>(0, std::min({available, covered, beyond_buffer}));
}

Status scale_buys(std::vector<Trade>& trades, const PlanPolicy& policy, const Funds& funds) {
  SB_TRY(const ExactUsd exact_limit, buying_limit(trades, policy, funds));
  ExactUsd buys = 0;
  for (const Trade& trade : trades) {
    if (trade.buys()) buys += exact_value(trade.wanted, *trade.row.price);
  }
  if (buys <= exact_limit) return Ok{};
  // In 1e-6 and to the safe side: below the exact factor, and cheap to multiply with.
  SB_TRY(const Money limit,
         Money::narrow(divide(exact_limit, kExactPerMoney, Rounding::kTowardZero)));
  const Factor factor{limit.raw(), divide(buys, kExactPerMoney, Rounding::kAwayFromZero)};
  const std::string words = "buys scaled to " + factor.percent() + ": " + limit.text() +
                            " USD available after cash buffer and collar";
  for (Trade& trade : trades) {
    if (trade.buys()) {
      SB_TRY_OK(scale_trade(trade, factor, ReasonCode::kInsufficientFunds, words, policy));
    }
  }
  return Ok{};
}

}  // namespace

Status fund_trades(std::vector<Trade>& trades, const PlanPolicy& policy, Money equity,
                   const Funds& funds) {
  for (Trade& trade : trades) {
    Status settled = settle_size(trade, policy);
    if (!settled.ok()) return std::move(settled).error().in("order of " + trade.row.symbol->text());
  }
  SB_TRY_OK(cap_turnover(trades, policy, equity));
  return scale_buys(trades, policy, funds);
}

}  // namespace signalbus::planning
