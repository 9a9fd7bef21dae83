#include "pipeline/risk_facts.h"

#include <algorithm>

#include "calendar/exchange_calendar.h"
#include "core/text.h"
#include "risk/check_exit.h"
#include "risk/check_run.h"
#include "risk/exposure.h"

namespace signalbus::pipeline {
namespace {

std::optional<Instant> calendar_close(TradeDate date) {
  const Result<calendar::Session> session = calendar::session(date);
  return session.ok() ? std::optional(session.value().close) : std::nullopt;
}

/// Buys plus sells of each of the account's last batches that sent something, newest last.
Result<std::vector<Money>> last_batches(Journal& journal, const BatchKey& key) {
  constexpr std::size_t kCount = 5;
  SB_TRY(
      std::vector<Batch> batches,
      journal.batches_since(key.mode, key.account, Instant::start_of(key.run_date.plus_days(-30))));
  std::vector<Money> out;
  for (auto batch = batches.rbegin(); batch != batches.rend() && out.size() < kCount; ++batch) {
    SB_TRY(const std::vector<Intent> intents, journal.intents(*batch));
    MoneySum sum;
    for (const Intent& intent : intents) {
      if (intent.posts > 0) sum.add(intent.order.notional);
    }
    SB_TRY(const Money total, sum.total());
    if (total.is_positive()) out.push_back(total);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

/// Orders of anybody that may still fill, as far as we can name them.
Result<std::vector<risk::OpenOrder>> open_orders(Broker& broker, TradeDate date) {
  SB_TRY(const std::vector<BrokerOrder> orders,
         broker.orders(Instant::start_of(date.plus_days(-90))));
  std::vector<risk::OpenOrder> out;
  for (const BrokerOrder& order : orders) {
    const Result<Symbol> symbol = Symbol::parse(order.symbol);
    if (is_final(order.event.state) || !symbol.ok() || !order.side || !order.quantity) continue;
    const Quantity rest = *order.quantity - order.event.filled_qty;
    const Price price = order.limit_price.value_or(order.stop_price.value_or(Price::zero()));
    SB_TRY(const Money notional, notional_half_even(rest, price));
    out.push_back({symbol.value(), *order.side, rest, notional});
  }
  return out;
}

/// What is held of the order's symbol: the broker's word; in a rehearsal, what the plan says by the
/// order's purpose.
Quantity held_of(const executor::ExitOrder& order) {
  const PlannedOrder& planned = order.intent.order;
  if (order.positions != nullptr) {
    const Holding* held = order.positions->find(planned.symbol);
    return held == nullptr ? Quantity::zero() : held->quantity;
  }
  const bool shrinks = planned.purpose == Purpose::kReduce || planned.purpose == Purpose::kClose ||
                       planned.purpose == Purpose::kCloseToFlip;
  if (!shrinks) return Quantity::zero();
  return planned.side == Side::kSell ? planned.quantity : -planned.quantity;
}

/// One order and those around it, as the rules of the gate want them.
risk::ExitFacts exit_facts(const executor::ExitOrder& order) {
  risk::ExitFacts facts{.order = order.intent.order};
  facts.attempt = order.intent.attempt;
  facts.posts = order.posts;
  if (order.fresh != nullptr) facts.fresh = *order.fresh;
  facts.position = held_of(order);
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

bool asks_exposure(const risk::RiskLimits& limits) {
  return limits.max_gross || limits.max_net || limits.max_sector || limits.max_weight ||
         limits.max_position_notional;
}

/// The account's exposure at reference prices, with what is open of the batch.
std::optional<risk::Exposure> exposure_of(const executor::ExitOrder& order) {
  if (order.positions == nullptr) return std::nullopt;
  risk::PlanFacts facts;
  facts.holdings = *order.positions;
  facts.open_orders.emplace();
  PriceBook prices;
  for (const executor::Tracked& other : order.batch) {
    const PlannedOrder& planned = other.intent.order;
    prices.points.push_back({planned.symbol, other.price_used, std::nullopt});
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

}  // namespace

Result<risk::PlanFacts> gather_risk_facts(Journal& journal, const BatchKey& key, Broker* broker) {
  risk::PlanFacts facts;
  if (key.mode == Mode::kDry) return facts;  // a rehearsal uses up no limit of the day
  SB_TRY(facts.control, journal.control());
  SB_TRY(facts.day, journal.day_use(key.mode, key.account, key.run_date));
  SB_TRY(facts.last_batches, last_batches(journal, key));
  if (broker == nullptr) return facts;
  SB_TRY(const BrokerAccount account, broker->account());
  facts.equity = account.equity;
  SB_TRY(facts.holdings, broker->positions());
  SB_TRY(facts.open_orders, open_orders(*broker, key.run_date));
  return facts;
}

Status check_run_start(Doors& doors, Journal& journal, Broker& broker, Venue& venue,
                       const BatchKey& key, const risk::RiskLimits& limits) {
  SB_TRY(const BrokerAccount account, broker.account());
  SB_TRY(const VenueClock clock, venue.clock());
  risk::StartFacts facts{.now = doors.clock.now()};
  SB_TRY(facts.control, journal.control());
  facts.equity = account.equity;
  SB_TRY(facts.marks, journal.mark_equity(key.mode, key.account, key.run_date, account.equity));
  facts.session = risk::SessionFacts{facts.now, clock.next_close, calendar_close(key.run_date)};
  risk::StartVerdict verdict = risk::check_start(facts, limits);
  std::vector<std::string> rules;
  for (const risk::Breach& breach : verdict.refused) rules.emplace_back(breach.rule);
  for (const std::string& rule : rules) {
    SB_TRY(const std::optional<Override> granted, journal.use_override(rule, facts.now));
    if (granted) facts.granted.push_back(*granted);
  }
  if (!facts.granted.empty()) verdict = risk::check_start(facts, limits);
  for (const risk::Pass& pass : verdict.passed) {
    doors.log.line(LogLevel::kWarn, "m4",
                   pass.breach.words + "; overridden by " + pass.used.by + ": " + pass.used.reason);
  }
  if (verdict.halt) SB_TRY_OK(journal.set_control(*verdict.halt));
  return verdict.status();
}

executor::Gate make_exit_gate(const risk::RiskLimits& limits, std::optional<Money> equity,
                              std::vector<Override> granted) {
  return [limits, equity, granted = std::move(granted)](const executor::ExitOrder& order,
                                                        const GateFacts& gate) -> Status {
    risk::ExitFacts facts = exit_facts(order);
    facts.equity = equity;
    facts.granted = granted;
    if (asks_exposure(limits)) facts.exposure = exposure_of(order);
    const Price price = order.fresh != nullptr ? order.fresh->price : order.intent.order.ref_price;
    SB_TRY(const Money notional, notional_half_even(order.quantity, price));
    const WriteAhead post{
        order.intent.client_order_id, "", order.quantity, price, notional, order.now};
    return risk::check_exit(facts, gate.control, gate.day, post, limits)
        .status(order.intent.order.symbol);
  };
}

}  // namespace signalbus::pipeline
