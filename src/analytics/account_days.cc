#include "analytics/account_days.h"

#include <algorithm>

#include "analytics/price_cursor.h"

namespace signalbus::analytics {
namespace {

std::vector<HeldQuantity> held_after(const DayPnl& pnl) {
  std::vector<HeldQuantity> out;
  for (const NamePnl& name : pnl.names) {
    if (!name.closing.is_zero()) out.push_back({name.symbol, name.closing});
  }
  return out;
}

/// The prices that the evening's books were valued at: a name without a close kept its old one.
PriceBook marks_of(const DayPnl& pnl, const DayFacts& facts) {
  PriceBook out = facts.closes;
  const std::size_t known = out.points.size();
  PriceCursor closes(facts.closes);
  for (const NamePnl& name : pnl.names) {
    if (name.closing.is_zero() || closes.find(name.symbol) != nullptr) continue;
    const PricePoint* prior = facts.prior_closes.find(name.symbol);
    if (prior != nullptr) out.points.push_back(*prior);
  }
  if (out.points.size() > known) {
    std::sort(out.points.begin(), out.points.end(),
              [](const PricePoint& a, const PricePoint& b) { return a.symbol < b.symbol; });
  }
  return out;
}

EquityDay equity_day(const DayPnl& pnl, Money start_flow) {
  // An account that has nothing yet begins with what comes in.
  const bool begins = !pnl.equity_before.is_positive();
  const Money start = begins ? pnl.external : start_flow;
  return {pnl.date, pnl.equity_before, pnl.equity_after, start, pnl.external - start};
}

TurnoverDay turnover_day(const DayPnl& pnl, const Exposure& exposure) {
  TurnoverDay out{.gross_value = exposure.gross_value(), .nav = pnl.equity_after};
  for (const NamePnl& name : pnl.names) {
    out.buys += name.bought;
    out.sells += name.sold;
  }
  return out;
}

Exposure exposure_after(const DayPnl& pnl) {
  std::vector<MarkedPosition> marked;
  for (const NamePnl& name : pnl.names) {
    if (!name.closing.is_zero()) marked.push_back({name.symbol, name.market_value});
  }
  return exposure_of(marked, pnl.equity_after);
}

void begin_where(const AccountDay& before, const DayFacts& yesterday, DayFacts& today) {
  today.opening = held_after(before.pnl);
  today.cash_before = before.pnl.cash_after;
  today.receivables = before.pnl.receivables;
  today.prior_closes = marks_of(before.pnl, yesterday);
}

}  // namespace

Result<CashBooking> booking_of(const DayFacts& facts) {
  if (!facts.cash_after || facts.fills.empty()) return CashBooking::kExact;
  MoneySum exact;
  MoneySum cents;
  exact.add(facts.cash_before);
  cents.add(facts.cash_before);
  for (const CashFlow& flow : facts.flows) {
    exact.add(flow.cash);
    cents.add(flow.cash);
  }
  for (const Fill& fill : facts.fills) {
    const bool buys = fill.side == Side::kBuy;
    SB_TRY(const Money full, booked_amount(fill, CashBooking::kExact));
    SB_TRY(const Money rounded, booked_amount(fill, CashBooking::kToTheCent));
    exact.add(buys ? -full : full);
    cents.add(buys ? -rounded : rounded);
  }
  const auto off = [&](const MoneySum& sum) {
    const Int128 gap = sum.raw() - facts.cash_after->raw();
    return gap < 0 ? -gap : gap;
  };
  return off(cents) < off(exact) ? CashBooking::kToTheCent : CashBooking::kExact;
}

Result<std::vector<AccountDay>> account_days(std::vector<PastDay>& days) {
  std::vector<AccountDay> out;
  out.reserve(days.size());
  std::vector<TurnoverDay> traded;
  for (std::size_t i = 0; i < days.size(); ++i) {
    PastDay& day = days[i];
    if (i > 0) begin_where(out.back(), days[i - 1].facts, day.facts);
    SB_TRY(day.facts.booking, booking_of(day.facts));
    Result<DayPnl> counted = day_pnl(day.facts);
    if (!counted.ok()) return std::move(counted).error().in(day.facts.date.iso());
    DayPnl pnl = std::move(counted).value();
    const EquityDay equity = equity_day(pnl, day.start_flow);
    const Exposure exposure = exposure_after(pnl);
    traded.push_back(turnover_day(pnl, exposure));
    out.push_back({.pnl = std::move(pnl),
                   .equity = equity,
                   .ret = day_return(equity),
                   .exposure = exposure,
                   .turnover = {},
                   .positions = exposure.longs + exposure.shorts,
                   .recon = day.recon});
  }
  const std::vector<Turnover> turnover = turnover_of(traded);
  for (std::size_t i = 0; i < out.size(); ++i) out[i].turnover = turnover[i];
  return out;
}

SimpleReturns returns_of_days(const std::vector<AccountDay>& days) {
  std::vector<TradeDate> dates;
  std::vector<double> values;
  for (const AccountDay& day : days) {
    if (!day.ret.defined) continue;
    dates.push_back(day.date());
    values.push_back(std::max(day.ret.value, -1.0));  // a debt beyond the equity: all is lost
  }
  Result<SimpleReturns> made = SimpleReturns::make(dates, values);
  SB_CHECK(made.ok());  // ascending dates, finite values
  return std::move(made).value();
}

}  // namespace signalbus::analytics
