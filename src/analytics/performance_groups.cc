// Of profit and orders: attribution, the focus, names with their lots, costs, totals.
#include <algorithm>

#include "analytics/lots.h"
#include "analytics/performance_parts.h"
#include "analytics/strategy_pnl.h"

namespace signalbus::analytics {
namespace {

constexpr std::string_view kUnexplainedLabel = "_unexplained";

/// The day's parts with what nobody explains, so that they add up to its return.
AttributedDay attributed(const AccountDay& day, std::vector<PnlPart> parts) {
  const Money rest = day.pnl.unexplained();
  if (!rest.is_zero()) parts.push_back({std::string(kUnexplainedLabel), rest});
  return {day.date(), day.base(), std::move(parts)};
}

/// The same for names that come in order, day after day: mostly it is the next sector of the map.
LabelOf sectors_in_order(const Sectors& sectors) {
  return [&sectors, next = sectors.begin()](const Symbol& symbol) mutable -> std::string {
    if (next == sectors.end() || next->first != symbol) next = sectors.find(symbol);
    return next == sectors.end() ? kUnknownSector : (next++)->second;
  };
}

/// Splits first: they happen before the open.
Status add_day_to_lots(LotBook& lots, const PastDay& past, const AccountDay& day,
                       std::map<Symbol, Money>& realised) {
  const TradeDate date = day.date();
  const auto note = [&](const std::vector<ClosedLot>& closed) {
    for (const ClosedLot& lot : closed) {
      realised.emplace(lot.symbol, Money::zero()).first->second += lot.realised;
    }
  };
  for (const CashFlow& flow : past.facts.flows) {
    if (!flow.symbol || flow.quantity.is_zero()) continue;
    if (flow.kind == CashFlowKind::kSplit) {
      SB_TRY(const std::vector<ClosedLot> closed, lots.split(*flow.symbol, flow.quantity, date));
      note(closed);
      continue;
    }
    const PricePoint* close = past.facts.closes.find(*flow.symbol);
    if (close == nullptr) close = past.facts.prior_closes.find(*flow.symbol);
    const Price at = close == nullptr ? Price::zero() : close->price;
    SB_TRY(const Money value, notional_half_even(flow.quantity, at));
    lots.add(*flow.symbol, {date, flow.quantity, value});
  }
  for (const Fill& fill : past.facts.fills) {
    SB_TRY(const std::vector<ClosedLot> closed, lots.apply(fill, date, past.facts.booking));
    note(closed);
  }
  return Ok{};
}

/// What was held before the first day counts as bought at its value of that evening.
Status add_opening(LotBook& lots, const DayFacts& first) {
  for (const HeldQuantity& held : first.opening) {
    const PricePoint* point = first.prior_closes.find(held.symbol);
    if (point == nullptr) point = first.closes.find(held.symbol);
    const Price at = point == nullptr ? Price::zero() : point->price;
    SB_TRY(const Money value, notional_half_even(held.quantity, at));
    lots.add(held.symbol, {first.date, held.quantity, value});
  }
  return Ok{};
}

GroupCost sum_of(const std::vector<GroupCost>& groups, std::string label) {
  GroupCost out{.label = std::move(label), .cost = {}};
  for (const GroupCost& group : groups) {
    out.cost = out.cost + group.cost;
    out.orders += group.orders;
    out.filled_in_full += group.filled_in_full;
    out.ordered += group.ordered;
    out.filled += group.filled;
    out.with_decision += group.with_decision;
    out.fill_seconds.insert(out.fill_seconds.end(), group.fill_seconds.begin(),
                            group.fill_seconds.end());
  }
  return out;
}

std::vector<OrderCostFacts> orders_from(const std::vector<PastDay>& past, std::size_t first) {
  std::vector<OrderCostFacts> out;
  for (std::size_t i = first; i < past.size(); ++i) {
    for (const DayOrder& order : past[i].orders) out.push_back(order.cost);
  }
  return out;
}

}  // namespace

std::size_t focus_first(const std::vector<AccountDay>& days, TradeDate from) {
  const auto at = std::find_if(days.begin(), days.end(),
                               [&](const AccountDay& day) { return day.date() >= from; });
  return std::min(static_cast<std::size_t>(at - days.begin()), days.size() - 1);
}

Result<Attributions> attribute_days(const std::vector<AccountDay>& days,
                                    const PerformanceFacts& facts) {
  std::vector<AttributedDay> strategy;
  std::vector<AttributedDay> sector;
  std::vector<AttributedDay> symbol;
  std::vector<AttributedDay> side;
  StrategyBooks books;
  books.begin_with(facts.before);
  const LabelOf label = sectors_in_order(facts.sectors);
  for (std::size_t i = 0; i < days.size(); ++i) {
    const DayPnl& pnl = days[i].pnl;
    SB_TRY(std::vector<PnlPart> by_strategy, books.count(facts.days[i], pnl));
    strategy.push_back(attributed(days[i], std::move(by_strategy)));
    sector.push_back(attributed(days[i], pnl_by_sector(pnl, label)));
    symbol.push_back(attributed(days[i], pnl_by_symbol(pnl)));
    side.push_back(attributed(days[i], pnl_by_side(pnl)));
  }
  return Attributions{attribute(strategy), attribute(sector), attribute(symbol), attribute(side)};
}

Focus focus_of(const std::vector<AccountDay>& days, const std::vector<double>& benchmark,
               std::size_t first) {
  Focus out{.first = first, .days = days.size() - first, .breaks = {}, .by_symbol = {}};
  out.equity_before = days[first].pnl.equity_before;
  out.equity_after = days.back().pnl.equity_after;
  std::vector<AttributedDay> parts;
  double level = 1;
  double benchmark_level = 1;
  for (std::size_t i = first; i < days.size(); ++i) {
    const DayPnl& pnl = days[i].pnl;
    out.flow += pnl.external;
    out.overnight += pnl.overnight;
    out.trading += pnl.trading;
    out.dividends += pnl.dividends;
    out.interest += pnl.interest;
    out.fees += pnl.fees;
    out.corporate += pnl.corporate;
    out.unexplained += pnl.unexplained();
    out.breaks.insert(out.breaks.end(), pnl.breaks.begin(), pnl.breaks.end());
    level *= 1 + days[i].ret.value;
    benchmark_level *= 1 + benchmark[i];  // NaN of one day makes all of it unknown
    parts.push_back(attributed(days[i], pnl_by_symbol(pnl)));
  }
  out.ret = level - 1;
  out.benchmark = benchmark_level - 1;
  out.by_symbol = attribute(parts);
  return out;
}

Result<std::vector<NameTotal>> name_totals(const std::vector<AccountDay>& days,
                                           const std::vector<PastDay>& past, const Sectors& sectors,
                                           const Attribution& by_symbol) {
  LotBook lots;
  std::map<Symbol, Money> realised;
  SB_TRY_OK(add_opening(lots, past.front().facts));
  std::map<Symbol, NameTotal> names;
  for (std::size_t i = 0; i < days.size(); ++i) {
    SB_TRY_OK(add_day_to_lots(lots, past[i], days[i], realised));
    auto next = names.begin();  // a day has mostly the names of the one before, in order
    for (const NamePnl& name : days[i].pnl.names) {
      if (next == names.end() || next->first != name.symbol) {
        next = names.try_emplace(name.symbol, NameTotal{.symbol = name.symbol, .sector = {}}).first;
      }
      (next++)->second.pnl += name.pnl();
    }
  }
  const DayPnl& last = days.back().pnl;
  for (const NamePnl& name : last.names) {
    NameTotal& total = names.at(name.symbol);
    total.quantity = name.closing;
    total.value = name.market_value;
    const PricePoint* close = past.back().facts.closes.find(name.symbol);
    if (close != nullptr) total.close = close->price;
    if (last.equity_after.is_positive()) {
      total.weight = name.market_value.to_double() / last.equity_after.to_double();
    }
    if (!name.closing.is_zero()) total.unrealised = name.market_value - lots.cost(name.symbol);
  }
  std::map<std::string, double> contributions;
  for (const AttributionRow& row : by_symbol.rows) contributions[row.label] = row.contribution;
  std::vector<NameTotal> out;
  for (auto& [symbol, total] : names) {
    total.sector = sector_of(sectors, symbol);
    total.contribution = contributions[symbol.text()];
    const auto gains = realised.find(symbol);
    if (gains != realised.end()) total.realised = gains->second;
    out.push_back(std::move(total));
  }
  return out;
}

Result<Costs> costs_of(const std::vector<PastDay>& past, std::size_t focus_first) {
  const std::vector<OrderCostFacts> all = orders_from(past, 0);
  const std::vector<OrderCostFacts> newest = orders_from(past, focus_first);
  Costs out{.by_symbol = {}, .by_strategy = {}, .all = {}, .focus = {}};
  SB_TRY(out.by_symbol, cost_by_symbol(all));
  SB_TRY(out.by_strategy, cost_by_strategy(all));
  SB_TRY(const std::vector<GroupCost> focus, cost_by_symbol(newest));
  out.all = sum_of(out.by_symbol, "all");
  out.focus = sum_of(focus, "focus");
  return out;
}

Result<std::vector<CostedOrder>> costed_orders(const std::vector<PastDay>& past,
                                               std::size_t focus_first) {
  std::vector<CostedOrder> out;
  for (std::size_t i = focus_first; i < past.size(); ++i) {
    for (const DayOrder& order : past[i].orders) {
      SB_TRY(const Shortfall cost, shortfall_of(order.cost));
      out.push_back({past[i].facts.date, order, cost});
    }
  }
  return out;
}

Totals totals_of(const std::vector<AccountDay>& days) {
  Totals out;
  out.begin = days.front().pnl.equity_before;
  out.end = days.back().pnl.equity_after;
  std::vector<DayReturn> returns;
  std::vector<WeightedFlow> flows;
  const double count = static_cast<double>(days.size());
  for (std::size_t i = 0; i < days.size(); ++i) {
    const AccountDay& day = days[i];
    returns.push_back(day.ret);
    out.flows += day.pnl.external;
    out.profit += day.pnl.profit();
    const double left = (count - static_cast<double>(i)) / count;
    if (!day.equity.start_flow.is_zero()) flows.push_back({day.equity.start_flow, left});
    if (!day.equity.end_flow.is_zero()) flows.push_back({day.equity.end_flow, left - 1 / count});
    if (day.pnl.holds()) continue;
    ++out.days_broken;
    if (day.pnl.unexplained().abs() > out.worst_break.abs())
      out.worst_break = day.pnl.unexplained();
  }
  out.twr = time_weighted_return(returns);
  out.mwr = money_weighted_return(out.begin, out.end, flows);
  out.modified_dietz = modified_dietz(out.begin, out.end, flows);
  return out;
}

}  // namespace signalbus::analytics
