#include "pipeline/exit_gate.h"

#include <algorithm>

#include "calendar/exchange_calendar.h"
#include "risk/check_exit.h"
#include "risk/check_run.h"
#include "risk/exposure.h"

namespace signalbus::pipeline {
namespace {

std::optional<Instant> calendar_close(TradeDate date) {
  const Result<calendar::Session> session = calendar::session(date);
  return session.ok() ? std::optional(session.value().close) : std::nullopt;
}

Quantity signed_fill(const executor::Tracked& order) {
  const bool buy = order.intent.order.side == Side::kBuy;
  return buy ? order.progress.filled : -order.progress.filled;
}

/// What is held of the order's symbol: the broker's word; in a rehearsal, what the files say and
/// what was simulated since; without files, what the plan says by the order's purpose.
Quantity held_of(const executor::ExitOrder& order, const std::optional<Holdings>& rehearsal) {
  const PlannedOrder& planned = order.intent.order;
  const auto held_in = [&](const Holdings& holdings) {
    const Holding* held = holdings.find(planned.symbol);
    return held == nullptr ? Quantity::zero() : held->quantity;
  };
  if (order.positions != nullptr) return held_in(*order.positions);
  if (rehearsal) {
    Quantity held = held_in(*rehearsal);
    for (const executor::Tracked& other : order.batch) {
      if (other.intent.order.symbol == planned.symbol) held += signed_fill(other);
    }
    return held;
  }
  const bool shrinks = planned.purpose == Purpose::kReduce || planned.purpose == Purpose::kClose ||
                       planned.purpose == Purpose::kCloseToFlip;
  if (!shrinks) return Quantity::zero();
  return planned.side == Side::kSell ? planned.quantity : -planned.quantity;
}

/// One order and those around it, as the rules of the gate want them.
risk::ExitFacts exit_facts(const executor::ExitOrder& order, const GateSetup& setup) {
  risk::ExitFacts facts{.order = order.intent.order};
  facts.attempt = order.intent.attempt;
  facts.posts = order.posts;
  if (order.fresh != nullptr) facts.fresh = *order.fresh;
  facts.position = held_of(order, setup.rehearsal);
  facts.equity = setup.equity;
  facts.free_cash = order.free_cash;
  const auto closes = calendar_close(calendar::new_york_date(order.now));
  facts.session = risk::SessionFacts{order.now, order.closes, closes};
  MoneySum open;
  MoneySum batch;
  for (const executor::Tracked& other : order.batch) {
    const PlannedOrder& planned = other.intent.order;
    if (other.progress.posts == 0 || other.intent.is_leg() ||
        other.intent.client_order_id == order.intent.client_order_id) {
      continue;
    }
    batch.add(planned.notional);
    const bool same =
        planned.symbol == order.intent.order.symbol && planned.side == order.intent.order.side;
    if (same && planned.leg() == order.intent.order.leg()) facts.twin_sent = true;
    if (is_final(other.progress.state)) continue;
    const Quantity rest = other.progress.quantity - other.progress.filled;
    if (same) facts.open_same_side += rest;
    ++facts.open_orders;
    const Result<Money> notional = notional_half_even(rest, other.price_used);
    open.add(notional.ok() ? notional.value() : planned.notional);
  }
  const Money most = Money::from_raw(INT64_MAX);  // what cannot be added passes no limit
  facts.open_notional = open.total().ok() ? open.total().value() : most;
  facts.batch_notional = batch.total().ok() ? batch.total().value() : most;
  return facts;
}

/// What is known of the order's symbol, with the orders of this batch counted.
std::optional<risk::SymbolFacts> symbol_facts(const executor::ExitOrder& order,
                                              const std::vector<risk::SymbolFacts>& symbols) {
  const Symbol& symbol = order.intent.order.symbol;
  const auto at = std::lower_bound(
      symbols.begin(), symbols.end(), symbol,
      [](const risk::SymbolFacts& facts, const Symbol& wanted) { return facts.symbol < wanted; });
  if (at == symbols.end() || at->symbol != symbol) return std::nullopt;
  risk::SymbolFacts out = *at;
  if (!out.orders_today) return out;
  for (const executor::Tracked& other : order.batch) {
    const bool counts = other.intent.order.symbol == symbol && other.progress.posts > 0 &&
                        !other.intent.is_leg() &&
                        other.intent.client_order_id != order.intent.client_order_id;
    if (counts) ++*out.orders_today;
  }
  return out;
}

bool asks_exposure(const risk::RiskLimits& limits) {
  return limits.max_gross || limits.max_net || limits.max_sector || limits.max_weight ||
         limits.max_position_notional;
}

/// The account's positions, simulated fills included.
std::optional<Holdings> positions_of(const executor::ExitOrder& order,
                                     const std::optional<Holdings>& rehearsal) {
  if (order.positions != nullptr) return *order.positions;
  if (!rehearsal) return std::nullopt;
  std::map<Symbol, Quantity> moved;
  for (const executor::Tracked& other : order.batch) {
    if (other.progress.filled.is_zero()) continue;
    moved.emplace(other.intent.order.symbol, Quantity::zero()).first->second += signed_fill(other);
  }
  Holdings out = *rehearsal;
  for (Holding& holding : out.holdings) {
    const auto at = moved.find(holding.symbol);
    if (at == moved.end()) continue;
    holding.quantity += at->second;
    moved.erase(at);
  }
  for (const auto& [symbol, quantity] : moved) {
    out.holdings.push_back(
        {symbol, quantity, std::nullopt, std::nullopt, std::nullopt, HoldingOrigin::kJournal});
  }
  std::sort(out.holdings.begin(), out.holdings.end(),
            [](const Holding& a, const Holding& b) { return a.symbol < b.symbol; });
  return out;
}

/// The account's exposure at the prices of this moment, with what is open of the batch.
std::optional<risk::Exposure> exposure_of(const executor::ExitOrder& order,
                                          const GateSetup& setup) {
  risk::PlanFacts facts;
  facts.holdings = positions_of(order, setup.rehearsal);
  if (!facts.holdings) return std::nullopt;
  facts.symbols = setup.symbols;
  facts.open_orders.emplace();
  PriceBook prices;
  for (const executor::Tracked& other : order.batch) {
    const PlannedOrder& planned = other.intent.order;
    const bool priced = other.progress.posts > 0 && !other.price_used.is_zero();
    prices.points.push_back(
        {planned.symbol, priced ? other.price_used : planned.ref_price, std::nullopt});
    if (other.progress.posts == 0 || is_final(other.progress.state)) continue;
    const Quantity rest = other.progress.quantity - other.progress.filled;
    const Result<Money> notional = notional_half_even(rest, other.price_used);
    if (!notional.ok()) return std::nullopt;
    facts.open_orders->push_back({planned.symbol, planned.side, rest, notional.value()});
  }
  const auto by_symbol = [](const PricePoint& a, const PricePoint& b) {
    return a.symbol < b.symbol;
  };
  std::sort(prices.points.begin(), prices.points.end(), by_symbol);
  const auto same = [](const PricePoint& a, const PricePoint& b) { return a.symbol == b.symbol; };
  prices.points.erase(std::unique(prices.points.begin(), prices.points.end(), same),
                      prices.points.end());
  Result<risk::Exposure> exposure =
      risk::exposure_without(prices, facts, order.intent.order.symbol);
  if (!exposure.ok()) return std::nullopt;
  return std::move(exposure).value();
}

/// Permissions that this order may use: its own, and those of the whole batch.
std::vector<Override> granted_for(const Symbol& symbol, const std::vector<Granted>& granted) {
  std::vector<Override> out;
  for (const Granted& one : granted) {
    if (!one.symbol || *one.symbol == symbol) out.push_back(one.permission);
  }
  return out;
}

}  // namespace

executor::Gate make_exit_gate(const risk::RiskLimits& limits, GateSetup setup) {
  return [limits, setup = std::move(setup)](const executor::ExitOrder& order,
                                            const GateFacts& gate) -> Status {
    risk::ExitFacts facts = exit_facts(order, setup);
    const std::vector<Override> granted = granted_for(order.intent.order.symbol, setup.granted);
    const std::optional<risk::SymbolFacts> symbol = symbol_facts(order, setup.symbols);
    facts.granted = granted;
    facts.symbol = symbol ? &*symbol : nullptr;
    if (asks_exposure(limits)) facts.exposure = exposure_of(order, setup);
    const Price price = order.fresh != nullptr ? order.fresh->price : order.intent.order.ref_price;
    SB_TRY(const Money notional, notional_half_even(order.quantity, price));
    const WriteAhead post{
        order.intent.client_order_id, "", order.quantity, price, notional, order.now};
    return risk::check_exit(facts, gate.control, gate.day, post, limits)
        .status(order.intent.order.symbol);
  };
}

executor::Breaker make_breaker(const risk::RiskLimits& limits) {
  if (!limits.max_reject_rate && !limits.max_unknown) return {};
  return [limits](std::span<const executor::Tracked> orders,
                  Instant now) -> std::optional<ControlRecord> {
    std::vector<OrderState> states;
    for (const executor::Tracked& order : orders) {
      if (!order.intent.is_leg()) states.push_back(order.progress.state);
    }
    return risk::check_breaker(risk::tally_of(states), now, limits);
  };
}

}  // namespace signalbus::pipeline
