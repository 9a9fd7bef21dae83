// Goal: every rule refuses exactly beyond its limit, everywhere it is checked; without it nothing
// else would.
// Method: one case for each rule and place, judged one minor unit below the limit, at it and one
// above. The table of rules says which cases must exist. Each check is then taken out of the table,
// and its case must notice.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "risk/check_exit.h"
#include "risk/check_orders.h"
#include "risk/check_run.h"
#include "risk/overrides.h"
#include "risk/testing/values.h"

namespace signalbus::risk {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the words of these tests

/// Where a check is made. An order rule is one function in two places.
enum class Place {
  kPlanOrder,
  kPlanBatch,
  kGateOrder,
  kGateExit,
  kGateSession,
  kStartSession,
  kStart,
  kTally
};

const Instant kNow = at("2025-08-29T18:00:00Z");  // 14:00 in New York
const Instant kClose = at("2025-08-29T20:00:00Z");

/// How the rules are asked: which of them, and what else is true of the order.
struct World {
  std::vector<Rule> rules;
  int posts = 0;
  std::vector<Override> granted = {};
  mutable std::size_t passed = 0;  ///< Breaches that `granted` let through.
};

World whole_world() { return {.rules = {rule_table().begin(), rule_table().end()}}; }

/// A plan of one buy of 10 A at 100, with everything known; cases change what they are about.
struct Plan {
  explicit Plan(const World& given) : world(given) {
    facts.symbols = {known("A"), known("B")};
    facts.holdings = Holdings{{holding("A", qty("100")), holding("B", qty("100"))}, {}};
    facts.open_orders.emplace();
    facts.equity = usd("100000");
    facts.day.emplace();
    facts.last_batches.emplace();
    facts.granted = world.granted;
  }
  static SymbolFacts known(std::string_view symbol) {
    return {sym(symbol), qty("1000"), price("100"), "tech", true, 0};
  }

  /// The rule that refuses, "" when none does.
  std::string judge() {
    const RiskVerdict verdict =
        risk_check_orders(orders, prices, account, limits, facts, world.rules);
    world.passed = verdict.passed.size();
    if (!verdict.batch.empty()) return std::string(verdict.batch[0].rule);
    return verdict.refused.empty() ? "" : std::string(verdict.refused[0].breach.rule);
  }

  const World& world;
  std::vector<PlannedOrder> orders = {buy("A", "10", "100")};
  PriceBook prices = market({{"A", "100"}, {"B", "100"}});
  AccountState account = kRich;
  RiskLimits limits = {};
  PlanFacts facts = {};
};

/// The same order at the gate.
struct Gate {
  explicit Gate(const World& given) : world(given) {
    facts.posts = world.posts;
    facts.granted = world.granted;
    facts.position = qty("100");
    facts.fresh = PricePoint{sym("A"), price("100"), kNow};
    facts.symbol = &symbol;
    facts.equity = usd("100000");
    facts.exposure = Exposure{usd("20000"), usd("20000"), usd("20000"), usd("20000")};
    facts.session = SessionFacts{kNow, kClose, kClose};
  }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  std::string judge() {
    const ExitVerdict verdict = check_exit(facts, control, day, post, limits, world.rules);
    world.passed = verdict.passed.size();
    return verdict.breach ? std::string(verdict.breach->rule) : "";
  }
  /// 10 shares, and a step of their smallest part.
  void ask(int step) { post.quantity = Quantity::from_raw(10'000'000'000 + step); }
  /// 1000 USD, and a step of their smallest part.
  void cost(int step) { post.notional = Money::from_raw(1'000'000'000 + step); }
  void turn_to_sell() {
    planned.side = Side::kSell;
    facts.position = qty("10");
  }

  const World& world;
  PlannedOrder planned = buy("A", "11", "100");
  SymbolFacts symbol = Plan::known("A");
  ControlRecord control = {};
  DayUse day = {};
  WriteAhead post{ClientOrderId("id"), "", qty("10"), price("100"), usd("1000"), kNow};
  RiskLimits limits = {};
  ExitFacts facts{planned};
};

std::string judge_start(const World& world, StartFacts facts, const RiskLimits& limits) {
  facts.now = kNow;
  facts.granted = world.granted;
  const StartVerdict verdict = check_start(facts, limits, world.rules);
  world.passed = verdict.passed.size();
  return verdict.refused.empty() ? "" : std::string(verdict.refused[0].rule);
}

std::string judge_tally(const World& world, const BatchTally& tally, const RiskLimits& limits) {
  const auto halt = check_breaker(tally, kNow, limits, world.rules);
  return halt ? halt->by.substr(halt->by.find('.') + 1) : "";
}

struct Case {
  std::string rule;
  Place place;
  /// The refusing rule one unit below the limit (-1), at it (0) and above it (1).
  std::function<std::string(const World&, int step)> judge;
};

Money money(std::int64_t raw) { return Money::from_raw(raw); }
Quantity shares(std::int64_t raw) { return Quantity::from_raw(raw); }

std::vector<Case> order_cases() {
  return {
      {"trading_state", Place::kPlanOrder,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.allow_short = true;
         p.facts.control.state = TradingState::kReduceOnly;
         p.facts.holdings->holdings[0].quantity = qty("10");
         p.orders = {sell("A", "10", "100")};
         p.orders[0].quantity = shares(10'000'000'000 + step);
         return p.judge();
       }},
      {"trading_state", Place::kGateOrder,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.allow_short = true;
         g.control.state = TradingState::kSellOnly;
         g.turn_to_sell();
         g.ask(step);
         return g.judge();
       }},
      {"trading_state", Place::kGateExit,
       [](const World& w, int step) {
         Gate g(w);
         if (step > 0) g.control.state = TradingState::kHalted;
         return g.judge();
       }},
      {"duplicate_order", Place::kPlanOrder,
       [](const World& w, int step) {
         Plan p(w);
         p.orders.push_back(step > 0 ? buy("A", "5", "100") : buy("B", "5", "100"));
         return p.judge();
       }},
      {"duplicate_order", Place::kGateOrder,
       [](const World& w, int step) {
         Gate g(w);
         g.facts.twin_sent = step > 0;
         return g.judge();
       }},
      {"conservation", Place::kGateExit,
       [](const World& w, int step) {
         Gate g(w);
         g.facts.earlier_attempts = qty("1");  // the plan asks for 11
         g.ask(step);
         return g.judge();
       }},
      {"cash", Place::kGateExit,
       [](const World& w, int step) {
         Gate g(w);
         g.facts.free_cash = usd("1000");
         g.cost(step);
         return g.judge();
       }},
      {"allow_short", Place::kPlanOrder,
       [](const World& w, int step) {
         Plan p(w);
         p.facts.open_orders->push_back({sym("A"), Side::kSell, qty("90"), usd("9000")});
         p.orders = {sell("A", "10", "100")};
         p.orders[0].quantity = shares(10'000'000'000 + step);
         return p.judge();
       }},
      {"allow_short", Place::kGateOrder,
       [](const World& w, int step) {
         Gate g(w);
         g.turn_to_sell();
         g.facts.position = qty("15");
         g.facts.open_same_side = qty("5");
         g.ask(step);
         return g.judge();
       }},
      {"reject_if_price_missing", Place::kPlanOrder,
       [](const World& w, int step) {
         Plan p(w);
         if (step > 0) p.prices = market({{"B", "100"}});
         return p.judge();
       }},
      {"reject_if_price_missing", Place::kGateOrder,
       [](const World& w, int step) {
         Gate g(w);
         if (step > 0) g.facts.fresh.reset();
         return g.judge();
       }},
      {"restricted_symbols", Place::kPlanOrder,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.restricted_symbols = limit(std::set{sym(step > 0 ? "A" : "B")});
         return p.judge();
       }},
      {"restricted_symbols", Place::kGateOrder,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.restricted_symbols = limit(std::set{sym(step > 0 ? "A" : "B")});
         return g.judge();
       }},
      {"universe", Place::kPlanOrder,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.universe = limit(std::set{sym(step > 0 ? "B" : "A")});
         return p.judge();
       }},
      {"universe", Place::kGateOrder,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.universe = limit(std::set{sym(step > 0 ? "B" : "A")});
         return g.judge();
       }},
      {"allowed_types", Place::kPlanOrder,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.allowed_types =
             limit(std::set{step > 0 ? OrderType::kLimit : OrderType::kMarket});
         return p.judge();
       }},
      {"allowed_types", Place::kGateOrder,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.allowed_types =
             limit(std::set{step > 0 ? OrderType::kLimit : OrderType::kMarket});
         return g.judge();
       }},
      {"allowed_tif", Place::kPlanOrder,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.allowed_tif = limit(std::set{step > 0 ? TimeInForce::kGtc : TimeInForce::kDay});
         return p.judge();
       }},
      {"allowed_tif", Place::kGateOrder,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.allowed_tif = limit(std::set{step > 0 ? TimeInForce::kGtc : TimeInForce::kDay});
         return g.judge();
       }},
  };
}

std::vector<Case> size_cases() {
  return {
      {"max_share_per_order", Place::kPlanOrder,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.max_share_per_order = limit(qty("10"));
         p.orders[0].quantity = shares(10'000'000'000 + step);
         return p.judge();
       }},
      {"max_share_per_order", Place::kGateOrder,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.max_share_per_order = limit(qty("10"));
         g.ask(step);
         return g.judge();
       }},
      {"max_notional_per_order", Place::kPlanOrder,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.max_notional_per_order = limit(usd("1000"));
         p.orders[0].notional = money(1'000'000'000 + step);
         return p.judge();
       }},
      {"max_notional_per_order", Place::kGateOrder,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.max_notional_per_order = limit(usd("1000"));
         g.facts.fresh->price = Price::from_raw(100'000'000'000 + step * 100);
         return g.judge();
       }},
      {"price_tolerance_pct", Place::kPlanOrder,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.price_tolerance = limit(ratio("0.01"));
         p.prices.points[0].price = Price::from_raw(101'000'000'000 + step);
         return p.judge();
       }},
      {"price_tolerance_pct", Place::kGateOrder,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.price_tolerance = limit(ratio("0.01"));
         g.facts.fresh->price = Price::from_raw(99'000'000'000 - step);
         return g.judge();
       }},
      {"max_quote_age", Place::kGateExit,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.max_quote_age_seconds = limit(std::int64_t{60});
         g.facts.fresh->asof = Instant::from_micros(kNow.micros() - 60'000'000 - step);
         return g.judge();
       }},
      {"max_prev_close_move_pct", Place::kPlanOrder,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.max_prev_close_move = limit(ratio("0.2"));
         p.prices.points[0].price = Price::from_raw(80'000'000'000 - step);
         return p.judge();
       }},
      {"max_prev_close_move_pct", Place::kGateOrder,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.max_prev_close_move = limit(ratio("0.2"));
         g.facts.fresh->price = Price::from_raw(120'000'000'000 + step);
         return g.judge();
       }},
      {"max_adv_pct", Place::kPlanOrder,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.max_adv = limit(ratio("0.01"));
         p.orders[0].quantity = shares(10'000'000'000 + step);
         return p.judge();
       }},
      {"max_adv_pct", Place::kGateOrder,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.max_adv = limit(ratio("0.01"));
         g.ask(step);
         return g.judge();
       }},
      {"require_etb", Place::kPlanOrder,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.allow_short = true;
         p.limits.require_etb = limit(true);
         p.facts.symbols[0].easy_to_borrow = false;
         p.facts.holdings->holdings[0].quantity = qty("10");
         p.orders = {sell("A", "10", "100")};
         p.orders[0].quantity = shares(10'000'000'000 + step);
         return p.judge();
       }},
      {"require_etb", Place::kGateOrder,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.allow_short = true;
         g.limits.require_etb = limit(true);
         g.symbol.easy_to_borrow = false;
         g.turn_to_sell();
         g.ask(step);
         return g.judge();
       }},
      {"max_executions_per_symbol_per_day", Place::kPlanOrder,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.max_executions_per_symbol = limit(std::int64_t{5});
         p.facts.symbols[0].orders_today = 4 + step;
         return p.judge();
       }},
      {"max_executions_per_symbol_per_day", Place::kGateOrder,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.max_executions_per_symbol = limit(std::int64_t{5});
         g.symbol.orders_today = 4 + step;
         return g.judge();
       }},
      {"max_attempts_per_intent", Place::kGateExit,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.max_attempts = limit(std::int64_t{3});
         g.facts.attempt = 3 + step;
         return g.judge();
       }},
      {"max_position_notional", Place::kPlanOrder,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.max_position_notional = limit(usd("11500"));
         p.facts.open_orders->push_back({sym("A"), Side::kBuy, qty("5"), usd("500")});
         p.orders[0].quantity = shares(10'000'000'000 + step);
         return p.judge();
       }},
      {"max_position_notional", Place::kGateOrder,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.max_position_notional = limit(usd("11500"));
         g.facts.open_same_side = qty("5");
         g.ask(step);
         return g.judge();
       }},
      {"max_weight_pct", Place::kPlanOrder,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.max_weight = limit(ratio("0.11"));
         p.orders[0].quantity = shares(10'000'000'000 + step);
         return p.judge();
       }},
      {"max_weight_pct", Place::kGateOrder,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.max_weight = limit(ratio("0.11"));
         g.ask(step);
         return g.judge();
       }},
  };
}

/// 10 A at 100 and 5 B at 100 sold: 1,500 in all.
Plan& with_a_sale(Plan& plan, int step) {
  plan.orders = {sell("B", "5", "100"), buy("A", "10", "100")};
  plan.orders[1].notional = money(1'000'000'000 + step);
  return plan;
}

std::vector<Case> batch_cases() {
  return {
      {"max_total_notional", Place::kPlanBatch,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.max_total_notional = limit(usd("1500"));
         return with_a_sale(p, step).judge();
       }},
      {"max_total_notional", Place::kGateExit,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.max_total_notional = limit(usd("1500"));
         g.facts.batch_notional = usd("500");
         g.cost(step);
         return g.judge();
       }},
      {"min_cash_buffer_pct", Place::kPlanBatch,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.min_cash_buffer = limit(ratio("0.05"));
         // 50,000 stay; one unit more because starting cash was cut.
         p.account.starting_cash = money(51'000'000'000 - 1 - step);
         return p.judge();
       }},
      {"max_gross_pct", Place::kPlanBatch,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.max_gross = limit(ratio("0.21"));
         p.orders[0].quantity = shares(10'000'000'000 + step);
         return p.judge();
       }},
      {"max_gross_pct", Place::kGateExit,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.max_gross = limit(ratio("0.21"));
         g.ask(step);
         return g.judge();
       }},
      {"max_net_pct", Place::kPlanBatch,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.max_net = limit(ratio("0.21"));
         p.orders[0].quantity = shares(10'000'000'000 + step);
         return p.judge();
       }},
      {"max_net_pct", Place::kGateExit,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.max_net = limit(ratio("0.21"));
         g.ask(step);
         return g.judge();
       }},
      {"max_sector_pct", Place::kPlanBatch,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.max_sector = limit(ratio("0.11"));
         p.facts.symbols[1].sector = "food";
         p.orders[0].quantity = shares(10'000'000'000 + step);
         return p.judge();
       }},
      {"max_sector_pct", Place::kGateExit,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.max_sector = limit(ratio("0.11"));
         g.facts.exposure->sector = usd("10000");
         g.ask(step);
         return g.judge();
       }},
      {"max_daily_notional", Place::kPlanBatch,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.max_daily_notional = limit(usd("2200"));
         p.facts.day = DayUse{usd("300"), usd("400"), 2};
         return with_a_sale(p, step).judge();
       }},
      {"max_daily_notional", Place::kGateExit,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.max_daily_notional = limit(usd("1700"));
         g.day = {usd("300"), usd("400"), 2};
         g.cost(step);
         return g.judge();
       }},
      {"max_daily_orders", Place::kPlanBatch,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.max_daily_orders = limit(std::int64_t{10});
         p.facts.day->orders = 8 + step;
         return with_a_sale(p, 0).judge();
       }},
      {"max_daily_orders", Place::kGateExit,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.max_daily_orders = limit(std::int64_t{10});
         g.day.orders = 9 + step;
         return g.judge();
       }},
      {"max_open_notional", Place::kPlanBatch,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.max_open_notional = limit(usd("1200"));  // sells go before buys: 1,000 at most
         p.facts.open_orders->push_back({sym("B"), Side::kBuy, qty("2"), usd("200")});
         return with_a_sale(p, step).judge();
       }},
      {"max_open_notional", Place::kGateExit,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.max_open_notional = limit(usd("1200"));
         g.facts.open_notional = usd("200");
         g.cost(step);
         return g.judge();
       }},
      {"max_open_orders", Place::kPlanBatch,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.max_open_orders = limit(std::int64_t{3});
         const OpenOrder open{sym("B"), Side::kBuy, qty("2"), usd("200")};
         p.facts.open_orders->assign(static_cast<std::size_t>(2 + step), open);
         return with_a_sale(p, 0).judge();
       }},
      {"max_open_orders", Place::kGateExit,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.max_open_orders = limit(std::int64_t{3});
         g.facts.open_orders = 2 + step;
         return g.judge();
       }},
      {"max_vs_last_batch_factor", Place::kPlanBatch,
       [](const World& w, int step) {
         Plan p(w);
         p.limits.max_vs_last_batch = limit(ratio("3"));
         // The median of four is 500.
         p.facts.last_batches = {usd("9000"), usd("400"), usd("600"), usd("1")};
         return with_a_sale(p, step).judge();
       }},
  };
}

std::vector<Case> run_cases() {
  const auto window = [](int step) {
    return SessionFacts{Instant::from_micros(at("2025-08-29T19:50:00Z").micros() + step), kClose,
                        kClose};
  };
  const auto hours =
      limit(TradeWindow{calendar::TimeOfDay::of(9, 35), calendar::TimeOfDay::of(15, 50)});
  return {
      {"trading_state", Place::kStart,
       [](const World& w, int step) {
         StartFacts facts{.now = kNow};
         facts.control.state = step > 0 ? TradingState::kHalted : TradingState::kSellOnly;
         return judge_start(w, facts, {});
       }},
      {"max_daily_loss_pct", Place::kStart,
       [](const World& w, int step) {
         RiskLimits limits;
         limits.max_daily_loss = limit(ratio("0.03"));
         const EquityMarks marks{usd("100000"), usd("100000")};
         return judge_start(
             w, {.equity = money(97'000'000'000 - step), .marks = marks, .now = kNow}, limits);
       }},
      {"max_drawdown_pct", Place::kStart,
       [](const World& w, int step) {
         RiskLimits limits;
         limits.max_drawdown = limit(ratio("0.2"));
         const EquityMarks marks{usd("160000"), usd("200000")};
         return judge_start(
             w, {.equity = money(160'000'000'000 - step), .marks = marks, .now = kNow}, limits);
       }},
      {"trade_window", Place::kStartSession,
       [=](const World& w, int step) {
         RiskLimits limits;
         limits.trade_window = hours;
         return judge_start(w, {.session = window(step), .now = kNow}, limits);
       }},
      {"trade_window", Place::kGateSession,
       [=](const World& w, int step) {
         Gate g(w);
         g.limits.trade_window = hours;
         g.facts.session = window(step);
         return g.judge();
       }},
      {"require_calendar_agreement", Place::kStartSession,
       [](const World& w, int step) {
         RiskLimits limits;
         limits.require_calendar_agreement = limit(true);
         const SessionFacts session{kNow, kClose, step > 0 ? std::nullopt : std::optional(kClose)};
         return judge_start(w, {.session = session, .now = kNow}, limits);
       }},
      {"require_calendar_agreement", Place::kGateSession,
       [](const World& w, int step) {
         Gate g(w);
         g.limits.require_calendar_agreement = limit(true);
         g.facts.session->calendar_closes = step > 0 ? at("2025-08-29T17:00:00Z") : kClose;
         return g.judge();
       }},
      {"max_reject_rate", Place::kTally,
       [](const World& w, int step) {
         RiskLimits limits;
         limits.max_reject_rate = limit(ratio("0.2"));
         return judge_tally(w, {.answered = 10, .rejected = 2 + step, .unknown = 0}, limits);
       }},
      {"max_unknown", Place::kTally,
       [](const World& w, int step) {
         RiskLimits limits;
         limits.max_unknown = limit(std::int64_t{3});
         return judge_tally(w, {.answered = 0, .rejected = 0, .unknown = 3 + step}, limits);
       }},
  };
}

std::vector<Case> all_cases() {
  std::vector<Case> out;
  for (const auto& some : {order_cases(), size_cases(), batch_cases(), run_cases()}) {
    out.insert(out.end(), some.begin(), some.end());
  }
  return out;
}

std::set<Place> places_of(const Checks& checks) {
  std::set<Place> out;
  if (checks.order != nullptr) out.insert({Place::kPlanOrder, Place::kGateOrder});
  if (checks.batch != nullptr) out.insert(Place::kPlanBatch);
  if (checks.exit != nullptr) out.insert(Place::kGateExit);
  if (checks.session != nullptr) out.insert({Place::kStartSession, Place::kGateSession});
  if (checks.start != nullptr) out.insert(Place::kStart);
  if (checks.tally != nullptr) out.insert(Place::kTally);
  return out;
}

/// The table without that one check of that one rule.
World without(const Case& one) {
  World world = whole_world();
  for (Rule& rule : world.rules) {
    if (rule.name != one.rule) continue;
    const bool order = one.place == Place::kPlanOrder || one.place == Place::kGateOrder;
    const bool session = one.place == Place::kStartSession || one.place == Place::kGateSession;
    if (order) rule.checks.order = nullptr;
    if (session) rule.checks.session = nullptr;
    if (one.place == Place::kPlanBatch) rule.checks.batch = nullptr;
    if (one.place == Place::kGateExit) rule.checks.exit = nullptr;
    if (one.place == Place::kStart) rule.checks.start = nullptr;
    if (one.place == Place::kTally) rule.checks.tally = nullptr;
  }
  return world;
}

std::string name_of(const Case& one) {
  return one.rule + " at place " + std::to_string(static_cast<int>(one.place));
}

TEST(BoundaryTest, EveryRuleHasACaseWhereverTheTableSaysThatItIsChecked) {
  std::set<std::pair<std::string, Place>> wanted;
  for (const Rule& rule : rule_table()) {
    for (const Place place : places_of(rule.checks)) wanted.emplace(rule.name, place);
  }
  std::set<std::pair<std::string, Place>> found;
  for (const Case& one : all_cases()) found.emplace(one.rule, one.place);
  EXPECT_EQ(found, wanted);
  EXPECT_EQ(all_cases().size(), wanted.size());
}

TEST(BoundaryTest, AValueBelowOrAtItsLimitPassesAndOneUnitAboveIsRefusedByThatRule) {
  const World world = whole_world();
  for (const Case& one : all_cases()) {
    EXPECT_EQ(one.judge(world, -1), "") << name_of(one);
    EXPECT_EQ(one.judge(world, 0), "") << name_of(one);
    EXPECT_EQ(one.judge(world, 1), one.rule) << name_of(one);
  }
}

TEST(BoundaryTest, WithoutItsCheckNothingElseWouldRefuse) {
  for (const Case& one : all_cases()) {
    EXPECT_EQ(one.judge(without(one), 1), "") << name_of(one);
  }
}

TEST(BoundaryTest, AResendIsAskedOnlyForWhatMayHaveChangedSinceItLeft) {
  World world = whole_world();
  world.posts = 1;
  std::set<std::string> asked;
  for (const Case& one : all_cases()) {
    const bool at_gate = one.place == Place::kGateOrder || one.place == Place::kGateExit ||
                         one.place == Place::kGateSession;
    if (!at_gate) continue;
    const std::string refused_by = one.judge(world, 1);
    EXPECT_TRUE(refused_by.empty() || refused_by == one.rule) << name_of(one);
    if (!refused_by.empty()) asked.insert(one.rule);
  }
  const std::set<std::string> expected = {
      "trading_state", "reject_if_price_missing", "price_tolerance_pct",       "max_quote_age",
      "trade_window",  "max_prev_close_move_pct", "require_calendar_agreement"};
  EXPECT_EQ(asked, expected);
}

TEST(BoundaryTest, AnOverrideLetsOneBreachOfItsRulePassWhereThatIsAllowed) {
  for (const Case& one : all_cases()) {
    if (one.place == Place::kTally) continue;  // it halts; `resume` is the way on
    World world = whole_world();
    world.granted = {{one.rule, "seen", "alice", kNow, kNow.plus_seconds(60)}};
    const bool may = check_may_override(one.rule).ok();
    EXPECT_EQ(one.judge(world, 1), may ? "" : one.rule) << name_of(one);
    EXPECT_EQ(world.passed, may ? 1u : 0u) << name_of(one);
    EXPECT_EQ(one.judge(world, 0), "") << name_of(one);
    EXPECT_EQ(world.passed, 0u) << name_of(one) << ": nothing was there to pass";
  }
}

TEST(BoundaryTest, APermissionForAnotherRuleChangesNothing) {
  World world = whole_world();
  for (const Case& one : all_cases()) {
    const std::string other =
        one.rule == "max_share_per_order" ? "max_total_notional" : "max_share_per_order";
    world.granted = {{other, "seen", "alice", kNow, kNow.plus_seconds(60)}};
    EXPECT_EQ(one.judge(world, 1), one.rule) << name_of(one);
  }
}

}  // namespace
}  // namespace signalbus::risk
