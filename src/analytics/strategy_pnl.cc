#include "analytics/strategy_pnl.h"

#include "core/decimal.h"

namespace signalbus::analytics {
namespace {

/// amount x part / whole, nearest; nothing of nothing.
Result<std::int64_t> pro_rata(std::int64_t amount, Quantity part, Quantity whole) {
  if (whole.is_zero() || part.is_zero() || amount == 0) return std::int64_t{0};
  SB_TRY(const Int128 raw, multiply_divide(amount, part.raw(), whole.raw(), Rounding::kHalfEven));
  SB_TRY(const Money narrowed, Money::narrow(raw));
  return narrowed.raw();
}

/// Prices a name was valued at the evening before and this evening, as day_pnl does.
struct Marks {
  Price before;
  Price after;
};
Marks marks_of(const PricePoint* prior, const PricePoint* close) {
  const Price after = close != nullptr   ? close->price
                      : prior != nullptr ? prior->price
                                         : Price::zero();
  return {prior != nullptr ? prior->price : after, after};
}

Quantity splits_of(const Symbol& symbol, const DayFacts& facts) {
  Quantity sum = Quantity::zero();
  for (const CashFlow& flow : facts.flows) {
    if (flow.kind == CashFlowKind::kSplit && flow.symbol == symbol) sum += flow.quantity;
  }
  return sum;
}

}  // namespace

Quantity StrategyBooks::quantity(const StrategyId& strategy, const Symbol& symbol) const {
  const auto name = names_.find(symbol);
  if (name == names_.end()) return Quantity::zero();
  const auto book = name->second.find(strategy);
  return book == name->second.end() ? Quantity::zero() : book->second.held;
}

Status StrategyBooks::count_name(const NamePnl& name, const DayFacts& facts, DayPrices& prices,
                                 std::map<std::string, Money>& sums) {
  const auto found = names_.find(name.symbol);
  if (found == names_.end()) return Ok{};
  const Marks marks = marks_of(prices.before.find(name.symbol), prices.after.find(name.symbol));
  const Quantity splits = splits_of(name.symbol, facts);
  const Money paid_to_holders = name.dividends + name.corporate;
  for (auto& [strategy, book] : found->second) {
    SB_TRY(const std::int64_t split, pro_rata(splits.raw(), book.held, name.opening));
    SB_TRY(const std::int64_t paid, pro_rata(paid_to_holders.raw(), book.held, name.opening));
    SB_TRY(const Money before, notional_half_even(book.held, marks.before));
    book.held += Quantity::from_raw(split) + book.traded;
    SB_TRY(const Money after, notional_half_even(book.held, marks.after));
    const Money pnl = after - before + book.cash + Money::from_raw(paid);
    const auto [at, fresh] = sums.try_emplace(strategy.get(), pnl);
    if (!fresh) at->second += pnl;
    book.traded = Quantity::zero();
    book.cash = Money::zero();
  }
  std::erase_if(found->second, [](const auto& entry) { return entry.second.held.is_zero(); });
  return Ok{};
}

void StrategyBooks::begin_with(const std::vector<StrategyTrade>& before) {
  for (const StrategyTrade& trade : before) {
    names_[trade.symbol][trade.strategy].held += trade.quantity;
  }
}

Result<std::vector<PnlPart>> StrategyBooks::count(const PastDay& past, const DayPnl& day) {
  for (const StrategyTrade& trade : past.trades) {
    Book& book = names_[trade.symbol][trade.strategy];
    book.traded += trade.quantity;
    book.cash += trade.cash;
  }
  std::map<std::string, Money> sums;
  DayPrices prices{PriceCursor(past.facts.prior_closes), PriceCursor(past.facts.closes)};
  for (const NamePnl& name : day.names) SB_TRY_OK(count_name(name, past.facts, prices, sums));
  Money rest = day.profit();
  std::vector<PnlPart> out;
  for (const auto& [label, pnl] : sums) {
    out.push_back({label, pnl});
    rest -= pnl;
  }
  if (!rest.is_zero()) out.push_back({std::string(kAccountLabel), rest});
  return out;
}

}  // namespace signalbus::analytics
