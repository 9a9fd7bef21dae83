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
  if (trade.sells()) trade.unsold += trade.wanted - wanted;
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
Result<Money> buying_limit(const std::vector<Trade>& trades, const PlanPolicy& policy,
                           Money starting_cash, Money buffer) {
  MoneySum funds;
  MoneySum unsold;
  funds.add(starting_cash);
  for (const Trade& trade : trades) {
    if (trade.sells()) funds.add(trade.notional);
    if (trade.unsold.is_zero()) continue;
    SB_TRY(const Money left, notional_up(trade.unsold, *trade.row.price));
    unsold.add(left);
  }
  const Ratio with_collar = Ratio::whole(1) + policy.collar;
  const Int128 covered =
      divide(funds.raw() * pow10(Ratio::kDecimals), with_collar.raw(), Rounding::kTowardZero);
  const Int128 beyond_buffer = funds.raw() - buffer.raw() + unsold.raw();
  return Money::narrow(std::max<Int128>(0, std::min({funds.raw(), covered, beyond_buffer})));
}

Status scale_buys(std::vector<Trade>& trades, const PlanPolicy& policy, Money starting_cash,
                  Money buffer) {
  SB_TRY(const Money limit, buying_limit(trades, policy, starting_cash, buffer));
  MoneySum buys;
  for (const Trade& trade : trades) {
    if (trade.buys()) buys.add(trade.notional);
  }
  if (buys.raw() <= limit.raw()) return Ok{};
  const Factor factor{limit.raw(), buys.raw()};
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
                   Money starting_cash, Money buffer) {
  for (Trade& trade : trades) SB_TRY_OK(settle_size(trade, policy));
  SB_TRY_OK(cap_turnover(trades, policy, equity));
  return scale_buys(trades, policy, starting_cash, buffer);
}

}  // namespace signalbus::planning
