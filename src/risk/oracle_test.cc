// Goal: on random batches and orders the rules decide as their sentences in docs/risk-controls.md
// read.
// Method: a second implementation in rational numbers, written from those sentences; it shares only
// the types of facts and limits. Small numbers, so that limits are met exactly.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <map>
#include <set>

#include "risk/check_exit.h"
#include "risk/check_orders.h"
#include "risk/testing/values.h"

namespace signalbus::risk {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the words of these tests

using R = boost::multiprecision::cpp_rational;
using Rules = std::set<std::string>;

R of(Quantity q) { return R(q.raw(), 1'000'000'000); }
R of(Price p) { return R(p.raw(), 1'000'000'000); }
R of(Ratio r) { return R(r.raw(), 1'000'000'000); }
R of(Money m) { return R(m.raw(), 1'000'000); }
R size(const R& r) { return r < 0 ? R(-r) : r; }
R larger(const R& a, const R& b) { return a > b ? a : b; }

// ---- Random worlds ----

int pick(int low, int high) { return *rc::gen::inRange(low, high + 1); }
bool chance(int of) { return pick(1, of) == 1; }

Symbol any_symbol() { return sym(std::string(1, static_cast<char>('A' + pick(0, 3)))); }
Side any_side() { return chance(2) ? Side::kBuy : Side::kSell; }
Quantity halves(int low, int high) { return Quantity::from_raw(pick(low, high) * 500'000'000LL); }
Ratio percent(int low, int high) { return Ratio::from_raw(pick(low, high) * 10'000'000LL); }

PlannedOrder any_order() {
  PlannedOrder one =
      order(any_symbol().view(), any_side(), halves(1, 12), Price::whole(pick(8, 12)));
  if (chance(4)) one.purpose = Purpose::kOpenFlipped;
  if (chance(3)) one.type = OrderType::kLimit;
  if (chance(3)) one.time_in_force = TimeInForce::kGtc;
  return one;
}

RiskLimits any_limits() {
  RiskLimits limits;
  const auto on = [] { return chance(5); };
  if (on()) limits.max_share_per_order = limit(halves(4, 12));
  if (on()) limits.max_notional_per_order = limit(Money::whole(pick(20, 70)));
  if (on()) limits.max_total_notional = limit(Money::whole(pick(50, 250)));
  if (on()) limits.price_tolerance = limit(percent(5, 25));
  if (on()) limits.min_cash_buffer = limit(percent(0, 30));
  if (on()) limits.reject_if_price_missing = limit(chance(2));
  if (on()) limits.allowed_types = limit(std::set{OrderType::kMarket});
  if (on()) limits.allowed_tif = limit(std::set{TimeInForce::kDay});
  if (on()) limits.restricted_symbols = limit(std::set{any_symbol()});
  if (on()) limits.universe = limit(std::set{any_symbol(), any_symbol(), any_symbol()});
  if (on()) limits.max_quote_age_seconds = limit(std::int64_t{pick(1, 3)});
  if (on()) limits.max_prev_close_move = limit(percent(5, 25));
  if (on()) limits.max_adv = limit(percent(10, 60));
  if (on()) limits.require_etb = limit(true);
  if (on()) limits.max_executions_per_symbol = limit(std::int64_t{pick(1, 4)});
  if (on()) limits.max_attempts = limit(std::int64_t{pick(1, 3)});
  if (on()) limits.max_position_notional = limit(Money::whole(pick(20, 120)));
  if (on()) limits.max_weight = limit(percent(5, 30));
  if (on()) limits.max_gross = limit(percent(10, 120));
  if (on()) limits.max_net = limit(percent(10, 80));
  if (on()) limits.max_sector = limit(percent(10, 60));
  if (on()) limits.max_daily_notional = limit(Money::whole(pick(100, 400)));
  if (on()) limits.max_daily_orders = limit(std::int64_t{pick(2, 9)});
  if (on()) limits.max_open_notional = limit(Money::whole(pick(40, 200)));
  if (on()) limits.max_open_orders = limit(std::int64_t{pick(2, 6)});
  if (on()) limits.max_vs_last_batch = limit(Ratio::from_raw(pick(2, 6) * 500'000'000LL));
  limits.allow_short = chance(2);
  if (chance(6)) limits.on_order_breach = OnOrderBreach::kRefusePlan;
  return limits;
}

TradingState any_state() {
  constexpr TradingState kStates[] = {TradingState::kNormal, TradingState::kReduceOnly,
                                      TradingState::kSellOnly, TradingState::kHalted};
  return kStates[chance(2) ? 0 : pick(0, 3)];
}

SymbolFacts any_facts(const Symbol& symbol) {
  SymbolFacts facts{symbol};
  if (!chance(8)) facts.average_volume = Quantity::whole(pick(5, 15));
  if (!chance(8)) facts.previous_close = Price::whole(pick(8, 12));
  if (!chance(8)) facts.sector = chance(2) ? "tech" : "food";
  if (!chance(8)) facts.easy_to_borrow = chance(2);
  if (!chance(8)) facts.orders_today = pick(0, 3);
  return facts;
}

struct PlanWorld {
  std::vector<PlannedOrder> orders;
  PriceBook prices;
  AccountState account{Money::zero(), Money::zero(), Money::zero()};
  RiskLimits limits;
  PlanFacts facts;
};

PlanWorld any_plan() {
  PlanWorld world;
  world.limits = any_limits();
  world.account = {Money::whole(pick(0, 300)), Money::whole(pick(50, 500)),
                   Money::whole(pick(0, 20))};
  world.facts.control.state = any_state();
  Holdings holdings;
  for (const char* name : {"A", "B", "C", "D"}) {
    const Symbol symbol = sym(name);
    if (!chance(10)) world.prices.points.push_back({symbol, Price::whole(pick(8, 12)), {}});
    if (!chance(10)) world.facts.symbols.push_back(any_facts(symbol));
    const Quantity held = halves(-6, 16);
    if (held.is_zero()) continue;
    holdings.holdings.push_back(holding(name, held));
    if (chance(2)) holdings.holdings.back().market_value = Money::whole(pick(-30, 60));
  }
  if (chance(4)) holdings.unnamed_value = Money::whole(pick(-20, 20));
  if (!chance(8)) world.facts.holdings = std::move(holdings);
  if (!chance(8)) {
    world.facts.open_orders.emplace();
    for (int i = pick(0, 3); i > 0; --i) {
      world.facts.open_orders->push_back(
          {any_symbol(), any_side(), halves(1, 8), Money::whole(pick(1, 40))});
    }
  }
  if (!chance(8)) world.facts.equity = Money::whole(pick(100, 500));
  if (!chance(8)) {
    world.facts.day = DayUse{Money::whole(pick(0, 100)), Money::whole(pick(0, 100)), pick(0, 4)};
  }
  if (!chance(8)) {
    world.facts.last_batches.emplace();
    for (int i = pick(0, 4); i > 0; --i) {
      world.facts.last_batches->push_back(Money::whole(pick(1, 120)));
    }
  }
  for (int i = pick(0, 6); i > 0; --i) world.orders.push_back(any_order());
  return world;
}

// ---- The sentences, once more ----

/// What is known of one order, in rational numbers.
struct Fate {
  const PlannedOrder& order;
  R quantity;
  R value;
  std::optional<R> price;
  const SymbolFacts* facts;
  std::optional<R> held;
  std::optional<R> after;  // with the batch and the open orders of the same side
  std::optional<R> equity;
  TradingState state;
  bool twin;
  int number;
  bool at_gate;
};

/// Nearer to zero, and not through it.
bool nearer(const R& from, const R& to, Side side) {
  if (from > 0) return side == Side::kSell && to >= 0;
  if (from < 0) return side == Side::kBuy && to <= 0;
  return false;
}

/// Every rule of one order that refuses it.
Rules refusals(const Fate& f, const RiskLimits& l) {
  Rules out;
  const auto no = [&](bool refuses, const char* rule) {
    if (refuses) out.insert(rule);
  };
  const bool sell = f.order.side == Side::kSell;
  const bool known = f.held && f.after;
  const bool toward = known && nearer(*f.held, *f.after, f.order.side);
  no(f.state == TradingState::kReduceOnly && !toward, "trading_state");
  no(f.state == TradingState::kSellOnly && !(known && sell && *f.held > 0 && *f.after >= 0),
     "trading_state");
  no(f.twin, "duplicate_order");
  no(!f.price, "reject_if_price_missing");
  no(!l.allow_short && sell && (known ? *f.after < 0 : f.at_gate), "allow_short");
  no(l.restricted_symbols && l.restricted_symbols->value.count(f.order.symbol) > 0,
     "restricted_symbols");
  no(l.universe && l.universe->value.count(f.order.symbol) == 0, "universe");
  no(l.allowed_types && l.allowed_types->value.count(f.order.type) == 0, "allowed_types");
  no(l.allowed_tif && l.allowed_tif->value.count(f.order.time_in_force) == 0, "allowed_tif");
  no(l.max_share_per_order && f.quantity > of(l.max_share_per_order->value), "max_share_per_order");
  no(l.max_notional_per_order && f.value > of(l.max_notional_per_order->value),
     "max_notional_per_order");
  if (l.price_tolerance && f.price) {
    no(size(*f.price / of(f.order.ref_price) - 1) > of(l.price_tolerance->value),
       "price_tolerance_pct");
  }
  if (l.max_prev_close_move && f.price) {
    no(!f.facts || !f.facts->previous_close ||
           size(*f.price / of(*f.facts->previous_close) - 1) > of(l.max_prev_close_move->value),
       "max_prev_close_move_pct");
  }
  if (l.max_adv) {
    no(!f.facts || !f.facts->average_volume ||
           f.quantity / of(*f.facts->average_volume) > of(l.max_adv->value),
       "max_adv_pct");
  }
  if (l.require_etb && sell) {
    no(!known || (*f.after < 0 && (!f.facts || !f.facts->easy_to_borrow.value_or(false))),
       "require_etb");
  }
  if (l.max_executions_per_symbol) {
    no(!f.facts || !f.facts->orders_today ||
           *f.facts->orders_today + f.number > l.max_executions_per_symbol->value,
       "max_executions_per_symbol_per_day");
  }
  if (l.max_position_notional && f.price) {
    no(!known || (!toward && size(*f.after) * *f.price > of(l.max_position_notional->value)),
       "max_position_notional");
  }
  if (l.max_weight && f.price) {
    no(!known || !f.equity ||
           (!toward && size(*f.after) * *f.price > of(l.max_weight->value) * *f.equity),
       "max_weight_pct");
  }
  return out;
}

/// The worth of one name: without the batch and with it, the two ways open orders may end.
struct Worth {
  R high0, low0, high1, low1;
  R size0() const { return larger(size(high0), size(low0)); }
  R size1() const { return larger(size(high1), size(low1)); }
};

/// Nothing when some name cannot be valued.
std::optional<std::map<Symbol, Worth>> worths(const PlanWorld& w,
                                              const std::vector<PlannedOrder>& batch) {
  if (!w.facts.holdings || !w.facts.open_orders) return std::nullopt;
  std::map<Symbol, Worth> out;
  for (const char* name : {"A", "B", "C", "D"}) {
    const Symbol symbol = sym(name);
    R held = 0, buys = 0, sells = 0, traded = 0;
    std::optional<Money> stated;
    bool is_held = false;
    for (const Holding& h : w.facts.holdings->holdings) {
      if (h.symbol != symbol) continue;
      is_held = true;
      held = of(h.quantity);
      stated = h.market_value;
    }
    for (const OpenOrder& o : *w.facts.open_orders) {
      if (o.symbol == symbol) (o.side == Side::kBuy ? buys : sells) += of(o.remaining);
    }
    bool in_batch = false;
    for (const PlannedOrder& o : batch) {
      if (o.symbol != symbol) continue;
      in_batch = true;
      traded += o.side == Side::kBuy ? of(o.quantity) : R(-of(o.quantity));
    }
    const bool moves = traded != 0 || buys != 0 || sells != 0;
    if (!is_held && !moves && !in_batch) continue;
    if (const PricePoint* point = w.prices.find(symbol)) {
      const R p = of(point->price);
      out[symbol] = {(held + buys) * p, (held - sells) * p, (held + buys + traded) * p,
                     (held - sells + traded) * p};
      continue;
    }
    if (moves || !stated) return std::nullopt;
    out[symbol] = {of(*stated), of(*stated), of(*stated), of(*stated)};
  }
  return out;
}

/// Every rule that refuses the whole batch.
Rules batch_refusals(const PlanWorld& w, const std::vector<PlannedOrder>& batch) {
  Rules out;
  if (batch.empty()) return out;
  const RiskLimits& l = w.limits;
  const auto no = [&](bool refuses, const char* rule) {
    if (refuses) out.insert(rule);
  };
  R buys = 0, sells = 0;
  std::int64_t buy_count = 0;
  for (const PlannedOrder& o : batch) {
    const bool buy = o.side == Side::kBuy;
    (buy ? buys : sells) += of(o.quantity) * of(o.ref_price);
    if (buy) ++buy_count;
  }
  const auto count = static_cast<std::int64_t>(batch.size());
  no(l.max_total_notional && buys + sells > of(l.max_total_notional->value), "max_total_notional");
  no(l.min_cash_buffer && buys > 0 &&
         of(w.account.starting_cash) + of(w.account.rounding_allowance) + sells - buys <
             of(w.account.base) * of(l.min_cash_buffer->value),
     "min_cash_buffer_pct");
  const auto& day = w.facts.day;
  no(l.max_daily_notional &&
         (!day || of(day->buys) + of(day->sells) + buys + sells > of(l.max_daily_notional->value)),
     "max_daily_notional");
  no(l.max_daily_orders && (!day || day->orders + count > l.max_daily_orders->value),
     "max_daily_orders");
  const auto& open = w.facts.open_orders;
  R open_now = 0;
  if (open) {
    for (const OpenOrder& o : *open) open_now += of(o.notional);
  }
  no(l.max_open_notional &&
         (!open || open_now + larger(buys, sells) > of(l.max_open_notional->value)),
     "max_open_notional");
  no(l.max_open_orders && (!open || static_cast<std::int64_t>(open->size()) +
                                            std::max(buy_count, count - buy_count) >
                                        l.max_open_orders->value),
     "max_open_orders");
  if (l.max_vs_last_batch) {
    const auto& last = w.facts.last_batches;
    bool refuses = !last;
    if (last && !last->empty()) {
      std::multiset<R> sorted;
      for (const Money amount : *last) sorted.insert(of(amount));
      const std::size_t n = sorted.size();
      const R median = (*std::next(sorted.begin(), static_cast<std::ptrdiff_t>((n - 1) / 2)) +
                        *std::next(sorted.begin(), static_cast<std::ptrdiff_t>(n / 2))) /
                       2;
      refuses = buys + sells > of(l.max_vs_last_batch->value) * median;
    }
    no(refuses, "max_vs_last_batch_factor");
  }
  const auto names = worths(w, batch);
  const bool known = names && w.facts.equity;
  const R equity = known ? of(*w.facts.equity) : R(0);
  const R unnamed = known ? of(w.facts.holdings->unnamed_value) : R(0);
  R gross0 = size(unnamed), gross1 = gross0, high0 = unnamed, high1 = unnamed, low0 = unnamed,
    low1 = unnamed;
  std::map<std::string, std::pair<R, R>> sectors;
  bool sectors_known = true;
  for (const auto& [symbol, worth] : names.value_or(std::map<Symbol, Worth>{})) {
    gross0 += worth.size0();
    gross1 += worth.size1();
    high0 += worth.high0, high1 += worth.high1, low0 += worth.low0, low1 += worth.low1;
    if (worth.size0() == 0 && worth.size1() == 0) continue;
    const SymbolFacts* facts = w.facts.find(symbol);
    if (facts == nullptr || !facts->sector) {
      sectors_known = false;
      continue;
    }
    sectors[*facts->sector].first += worth.size0();
    sectors[*facts->sector].second += worth.size1();
  }
  const auto grows_above = [&](const R& before, const R& after, const Limit<Ratio>& most) {
    return after > before && after > of(most.value) * equity;
  };
  if (l.max_gross) no(!known || grows_above(gross0, gross1, *l.max_gross), "max_gross_pct");
  if (l.max_net) {
    no(!known || grows_above(size(high0), size(high1), *l.max_net) ||
           grows_above(size(low0), size(low1), *l.max_net),
       "max_net_pct");
  }
  if (l.max_sector) {
    bool refuses = !known || !sectors_known;
    for (const auto& [sector, sums] : sectors) {
      refuses = refuses || grows_above(sums.first, sums.second, *l.max_sector);
    }
    no(refuses, "max_sector_pct");
  }
  return out;
}

Fate fate_of(const PlanWorld& w, std::size_t at) {
  const PlannedOrder& one = w.orders[at];
  Fate fate{.order = one,
            .quantity = of(one.quantity),
            .value = of(one.quantity) * of(one.ref_price),
            .price = {},
            .facts = w.facts.find(one.symbol),
            .held = {},
            .after = {},
            .equity = {},
            .state = w.facts.control.state,
            .twin = false,
            .number = 1,
            .at_gate = false};
  if (const PricePoint* point = w.prices.find(one.symbol)) fate.price = of(point->price);
  if (w.facts.equity) fate.equity = of(*w.facts.equity);
  for (std::size_t i = 0; i < at; ++i) {
    const PlannedOrder& other = w.orders[i];
    if (other.symbol != one.symbol) continue;
    ++fate.number;
    if (other.side == one.side && other.leg() == one.leg()) fate.twin = true;
  }
  if (!w.facts.holdings) return fate;
  const Holding* holding = w.facts.holdings->find(one.symbol);
  R after = holding == nullptr ? R(0) : of(holding->quantity);
  fate.held = after;
  for (const PlannedOrder& other : w.orders) {
    if (other.symbol == one.symbol)
      after += other.side == Side::kBuy ? of(other.quantity) : R(-of(other.quantity));
  }
  for (const OpenOrder& open : w.facts.open_orders.value_or(std::vector<OpenOrder>{})) {
    if (open.symbol != one.symbol || open.side != one.side) continue;
    after += open.side == Side::kBuy ? of(open.remaining) : R(-of(open.remaining));
  }
  fate.after = after;
  return fate;
}

Rules names_of(const std::vector<Breach>& breaches) {
  Rules out;
  for (const Breach& breach : breaches) out.emplace(breach.rule);
  return out;
}

/// Many worlds for each of RapidCheck's 100 cases: a rule is met exactly in few of them.
constexpr int kWorlds = 5;

void check_any_plan() {
  const PlanWorld w = any_plan();
  const RiskVerdict verdict = risk_check_orders(w.orders, w.prices, w.account, w.limits, w.facts);

  std::vector<PlannedOrder> allowed;
  std::size_t refused = 0;
  Rules whole;
  for (std::size_t i = 0; i < w.orders.size(); ++i) {
    const Rules rules = refusals(fate_of(w, i), w.limits);
    if (rules.empty()) {
      allowed.push_back(w.orders[i]);
      continue;
    }
    RC_ASSERT(refused < verdict.refused.size());
    const std::string told(verdict.refused[refused].breach.rule);
    RC_ASSERT(verdict.refused[refused++].order.quantity == w.orders[i].quantity);
    RC_ASSERT(rules.contains(told));
    const bool missing_price = told == "reject_if_price_missing" &&
                               w.limits.reject_if_price_missing &&
                               w.limits.reject_if_price_missing->value;
    if (missing_price || w.limits.on_order_breach == OnOrderBreach::kRefusePlan) whole.insert(told);
  }
  RC_ASSERT(refused == verdict.refused.size());
  whole.merge(batch_refusals(w, allowed));
  RC_CLASSIFY(!whole.empty(), "whole batch refused");
  RC_CLASSIFY(whole.empty() && refused > 0, "some orders refused");
  RC_ASSERT(names_of(verdict.batch) == whole);
  RC_ASSERT(verdict.allowed.size() == (whole.empty() ? allowed.size() : 0));
}

RC_GTEST_PROP(OracleProperty, APlanIsJudgedAsTheSentencesRead, ()) {
  for (int i = 0; i < kWorlds; ++i) check_any_plan();
}

// ---- The gate ----

void check_any_order_at_the_gate() {
  const Instant now = at("2025-08-29T18:00:00Z");
  const PlannedOrder planned = any_order();
  const SymbolFacts facts_of_symbol = any_facts(planned.symbol);
  const RiskLimits l = any_limits();
  ControlRecord control;
  control.state = any_state();
  const DayUse day{Money::whole(pick(0, 200)), Money::whole(pick(0, 100)), pick(0, 8)};
  ExitFacts f{planned};
  f.attempt = pick(1, 3);
  f.posts = chance(3) ? 1 : 0;
  if (!chance(8)) f.position = halves(-6, 16);
  f.open_same_side = halves(0, 4);
  if (!chance(8)) f.fresh = PricePoint{planned.symbol, Price::whole(pick(8, 12)), {}};
  if (f.fresh && !chance(8)) f.fresh->asof = now.plus_seconds(-pick(0, 4));
  if (!chance(8)) f.symbol = &facts_of_symbol;
  f.open_notional = Money::whole(pick(0, 120));
  f.open_orders = pick(0, 5);
  if (chance(3)) f.free_cash = Money::whole(pick(0, 90));
  if (!chance(8)) f.equity = Money::whole(pick(100, 500));
  if (!chance(8)) {
    const Money high = Money::whole(pick(-50, 150));
    f.exposure = Exposure{Money::whole(pick(50, 200)), high, high - Money::whole(pick(0, 40)), {}};
    if (!chance(8)) f.exposure->sector = Money::whole(pick(0, 100));
  }
  f.batch_notional = Money::whole(pick(0, 150));
  f.earlier_attempts = halves(0, 2);
  f.twin_sent = chance(10);
  const Quantity asked = Quantity::from_raw(
      std::max<std::int64_t>(planned.quantity.raw() - pick(0, 2) * 500'000'000LL, 500'000'000));
  const Price used = f.fresh ? f.fresh->price : planned.ref_price;
  const WriteAhead post{
      ClientOrderId("id"), "", asked, used, notional_half_even(asked, used).value(), now};

  const R value = of(asked) * of(used);
  const R signed_quantity = planned.side == Side::kBuy ? of(asked) : R(-of(asked));
  Fate fate{.order = planned,
            .quantity = of(asked),
            .value = value,
            .price = f.fresh ? std::optional(of(f.fresh->price)) : std::nullopt,
            .facts = f.symbol,
            .held = {},
            .after = {},
            .equity = {},
            .state = control.state,
            .twin = f.twin_sent,
            .number = 1,
            .at_gate = true};
  if (f.equity) fate.equity = of(*f.equity);
  R before = 0;
  if (f.position) {
    fate.held = of(*f.position);
    before =
        *fate.held + (planned.side == Side::kBuy ? of(f.open_same_side) : R(-of(f.open_same_side)));
    fate.after = before + signed_quantity;
  }
  Rules rules = refusals(fate, l);
  const auto no = [&](bool refuses, const char* rule) {
    if (refuses) rules.insert(rule);
  };
  no(control.state == TradingState::kHalted, "trading_state");
  no(of(f.earlier_attempts) + of(asked) > of(planned.quantity), "conservation");
  no(f.free_cash && planned.side == Side::kBuy && value > of(*f.free_cash), "cash");
  if (l.max_quote_age_seconds && f.fresh) {
    no(!f.fresh->asof ||
           now.micros() - f.fresh->asof->micros() > l.max_quote_age_seconds->value * 1'000'000,
       "max_quote_age");
  }
  no(l.max_attempts && f.attempt > l.max_attempts->value, "max_attempts_per_intent");
  no(l.max_total_notional && of(f.batch_notional) + value > of(l.max_total_notional->value),
     "max_total_notional");
  no(l.max_daily_notional && of(day.buys) + of(day.sells) + value > of(l.max_daily_notional->value),
     "max_daily_notional");
  no(l.max_daily_orders && day.orders >= l.max_daily_orders->value, "max_daily_orders");
  no(l.max_open_notional && of(f.open_notional) + value > of(l.max_open_notional->value),
     "max_open_notional");
  no(l.max_open_orders && f.open_orders >= l.max_open_orders->value, "max_open_orders");
  if (f.fresh) {
    const bool known = f.position && f.exposure && f.equity;
    const R growth = known ? size(*fate.after) * of(used) - size(before) * of(used) : R(0);
    const auto above = [&](const R& amount, const Limit<Ratio>& most) {
      return amount > of(most.value) * of(*f.equity);
    };
    if (l.max_gross) {
      no(!known || (growth > 0 && above(of(f.exposure->gross) + growth, *l.max_gross)),
         "max_gross_pct");
    }
    if (l.max_sector) {
      no(!known || (growth > 0 && (!f.exposure->sector ||
                                   above(of(*f.exposure->sector) + growth, *l.max_sector))),
         "max_sector_pct");
    }
    if (l.max_net && known) {
      const R net = of(planned.side == Side::kBuy ? f.exposure->high : f.exposure->low);
      const R then = net + signed_quantity * of(used);
      no(size(then) > size(net) && above(size(then), *l.max_net), "max_net_pct");
    } else {
      no(l.max_net.has_value(), "max_net_pct");
    }
  }
  if (f.posts > 0) {  // of what was sent before, only what may have changed since
    std::erase_if(rules, [](const std::string& rule) {
      return !Rules{"trading_state", "reject_if_price_missing", "price_tolerance_pct",
                    "max_quote_age", "max_prev_close_move_pct"}
                  .contains(rule);
    });
  }

  const ExitVerdict verdict = check_exit(f, control, day, post, l);
  RC_CLASSIFY(!rules.empty(), "refused");
  RC_ASSERT(verdict.breach.has_value() == !rules.empty());
  if (verdict.breach) RC_ASSERT(rules.contains(std::string(verdict.breach->rule)));
  const Status status = verdict.status(planned.symbol);
  RC_ASSERT(status.ok() == rules.empty());
  if (!status.ok()) {
    RC_ASSERT((status.error().code == ErrorCode::kHalted) ==
              (control.state == TradingState::kHalted));
  }
}

RC_GTEST_PROP(OracleProperty, AnOrderIsJudgedAtTheGateAsTheSentencesRead, ()) {
  for (int i = 0; i < kWorlds; ++i) check_any_order_at_the_gate();
}

}  // namespace
}  // namespace signalbus::risk
