#include "pipeline/risk_facts.h"

#include <algorithm>
#include <map>
#include <set>

#include "calendar/exchange_calendar.h"
#include "calendar/new_york.h"
#include "core/text.h"
#include "inputs/load_sectors.h"
#include "risk/check_run.h"

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

/// What take profits and what stops of groups may sell or buy of one symbol.
struct Exits {
  std::vector<risk::OpenOrder> profits;
  std::vector<risk::OpenOrder> stops;
};

Quantity size_of(const std::vector<risk::OpenOrder>& orders) {
  Quantity sum = Quantity::zero();
  for (const risk::OpenOrder& order : orders) sum += order.remaining;
  return sum;
}

/// An order that takes a position back, as the exits of a bracket do.
bool takes_back(const Symbol& symbol, Side side, const std::optional<Holdings>& holdings) {
  const Holding* held = holdings ? holdings->find(symbol) : nullptr;
  if (held == nullptr) return false;
  return side == Side::kSell ? held->quantity.is_positive() : held->quantity.is_negative();
}

/// Orders of anybody that may still fill, as far as we can name them. Exits of our own brackets are
/// none: they are taken back before their shares are sold. Of a take profit and a stop on the same
/// shares one fills, so those of the larger kind stand for both.
Result<std::vector<risk::OpenOrder>> open_orders(Broker& broker, Journal* journal, TradeDate date,
                                                 const std::optional<Holdings>& holdings) {
  SB_TRY(const std::vector<BrokerOrder> orders,
         broker.orders(Instant::start_of(date.plus_days(-90))));
  std::vector<risk::OpenOrder> out;
  std::map<std::pair<Symbol, Side>, Exits> exits;
  for (const BrokerOrder& order : orders) {
    const Result<Symbol> symbol = Symbol::parse(order.symbol);
    if (is_final(order.event.state) || !symbol.ok() || !order.side || !order.quantity) continue;
    const Quantity rest = *order.quantity - order.event.filled_qty;
    const Price price = order.limit_price.value_or(order.stop_price.value_or(Price::zero()));
    SB_TRY(const Money notional, notional_half_even(rest, price));
    const risk::OpenOrder open{symbol.value(), *order.side, rest, notional};
    if (!order.of_group || !takes_back(open.symbol, open.side, holdings)) {
      out.push_back(open);
      continue;
    }
    if (journal != nullptr) {
      SB_TRY(const bool ours, journal->knows(order.event.client_order_id));
      if (ours) continue;
    }
    Exits& of = exits[{open.symbol, open.side}];
    (order.stop_price ? of.stops : of.profits).push_back(open);
  }
  for (const auto& [key, of] : exits) {
    const auto& larger = size_of(of.stops) >= size_of(of.profits) ? of.stops : of.profits;
    out.insert(out.end(), larger.begin(), larger.end());
  }
  return out;
}

/// First POSTs of the run date by symbol.
Result<std::map<Symbol, std::int64_t>> orders_of_day(Journal& journal, const BatchKey& key,
                                                     const std::optional<BatchId>& except) {
  SB_TRY(
      const std::vector<Batch> batches,
      journal.batches_since(key.mode, key.account, Instant::start_of(key.run_date.plus_days(-7))));
  std::map<Symbol, std::int64_t> out;
  for (const Batch& batch : batches) {
    if (batch.key.run_date != key.run_date || (except && batch.id() == *except)) continue;
    SB_TRY(const std::vector<Intent> intents, journal.intents(batch));
    for (const Intent& intent : intents) {
      if (intent.posts > 0 && !intent.is_leg()) ++out[intent.order.symbol];
    }
  }
  return out;
}

using BySymbol = std::map<Symbol, risk::SymbolFacts>;

Status add_history(const FactSources& sources, TradeDate day, const std::vector<Symbol>& symbols,
                   BySymbol& facts) {
  if (sources.market == nullptr) return Ok{};
  SB_TRY(const std::vector<DailyHistory> history, sources.market->daily_history(symbols, day));
  for (const DailyHistory& one : history) {
    const auto at = facts.find(one.symbol);
    if (at == facts.end()) continue;
    at->second.previous_close = one.previous_close;
    at->second.average_volume = one.average_volume;
  }
  return Ok{};
}

/// A rule says "shortable" only of names that are easy to borrow.
Status add_borrowing(const FactSources& sources, const std::vector<Symbol>& symbols,
                     BySymbol& facts) {
  if (sources.venue == nullptr) return Ok{};
  SB_TRY(const std::vector<AssetRule> rules, sources.venue->asset_rules(symbols));
  for (const AssetRule& rule : rules) {
    const auto at = facts.find(rule.symbol);
    if (at != facts.end()) at->second.easy_to_borrow = rule.shortable;
  }
  return Ok{};
}

Status add_sectors(Files& files, const std::string& path, BySymbol& facts) {
  if (path.empty()) return Ok{};
  SB_TRY(const inputs::SectorMap sectors, inputs::load_sectors(files, path));
  for (auto& [symbol, fact] : facts) {
    const auto at = sectors.find(symbol);
    if (at != sectors.end()) fact.sector = at->second;
  }
  return Ok{};
}

/// Those unused permissions that some breach asks for; each lets one breach pass.
Result<std::vector<Override>> usable_overrides(Journal& journal, Instant now,
                                               const std::set<std::string>& rules) {
  if (rules.empty()) return std::vector<Override>();
  SB_TRY(const std::vector<Override> unused, journal.unused_overrides(now));
  std::vector<Override> out;
  for (const Override& permission : unused) {
    if (rules.contains(permission.rule)) out.push_back(permission);
  }
  return out;
}

void log_passes(Doors& doors, std::span<const risk::Pass> passed) {
  for (const risk::Pass& pass : passed) {
    doors.log.line(LogLevel::kWarn, "m4",
                   pass.breach.words + "; overridden by " + pass.used.by + ": " + pass.used.reason);
  }
}

/// Each permission that a verdict drew on is used up; one that is gone is no permission.
Status use_up(Journal& journal, Instant now, std::span<const risk::Pass> passed) {
  for (const risk::Pass& pass : passed) {
    SB_TRY(const std::optional<Override> used, journal.use_override(pass.used.rule, now));
    if (used) continue;
    return Error{ErrorCode::kLimitExceeded,
                 "the override of risk." + pass.used.rule + " was used by another run meanwhile"};
  }
  return Ok{};
}

/// When the session of that date ends, as the exchange says; nullopt: it has none.
Result<std::optional<Instant>> session_close(Venue& venue, TradeDate date) {
  SB_TRY(const std::vector<VenueSession> sessions, venue.sessions(date, date));
  if (sessions.empty()) return std::optional<Instant>();
  const int minute = sessions.front().close_minute;
  return std::optional(
      calendar::to_instant(date, calendar::TimeOfDay::of(minute / 60, minute % 60)));
}

/// Deposits less withdrawals after the day of the first mark: what came from outside is no gain,
/// and what went out no loss.
Result<Money> transfers_since(Broker& broker, TradeDate first) {
  SB_TRY(const std::vector<CashFlow> flows, broker.cash_flows(first.plus_days(1)));
  MoneySum sum;
  for (const CashFlow& flow : flows) {
    if (flow.kind == CashFlowKind::kTransfer && flow.date > first) sum.add(flow.cash);
  }
  return sum.total();
}

/// The day's first equity and the highest ever, as they would be with all that came and went since.
/// The journal keeps them without; a day of an account that has none is its first.
Result<EquityMarks> mark_equity(Journal& journal, Broker& broker, const BatchKey& key, Money equity,
                                const risk::RiskLimits& limits) {
  Money moved = Money::zero();
  if (limits.max_daily_loss || limits.max_drawdown) {
    SB_TRY(const std::optional<TradeDate> first, journal.first_equity_mark(key.mode, key.account));
    if (first) {
      SB_TRY(moved, transfers_since(broker, *first));
    }
  }
  SB_TRY(EquityMarks marks,
         journal.mark_equity(key.mode, key.account, key.run_date, equity - moved));
  for (std::optional<Money>* mark : {&marks.day_start, &marks.peak}) {
    if (*mark) **mark += moved;
  }
  return marks;
}

}  // namespace

bool asks_symbol_facts(const risk::RiskLimits& limits) {
  return limits.max_prev_close_move || limits.max_adv || limits.max_sector || limits.require_etb ||
         limits.max_executions_per_symbol;
}

Result<std::vector<risk::SymbolFacts>> gather_symbol_facts(Files& files, const FactSources& sources,
                                                           const BatchKey& key,
                                                           const risk::RiskLimits& limits,
                                                           std::span<const PlannedOrder> orders,
                                                           const std::optional<Holdings>& holdings,
                                                           const std::optional<BatchId>& except) {
  if (!asks_symbol_facts(limits)) return std::vector<risk::SymbolFacts>();
  const bool history = limits.max_prev_close_move || limits.max_adv;
  BySymbol facts;
  for (const PlannedOrder& order : orders) {
    facts.emplace(order.symbol, risk::SymbolFacts{.symbol = order.symbol});
  }
  std::vector<Symbol> traded;
  for (const auto& [symbol, fact] : facts) traded.push_back(symbol);
  if (history) SB_TRY_OK(add_history(sources, key.run_date, traded, facts));
  if (limits.require_etb) SB_TRY_OK(add_borrowing(sources, traded, facts));
  if (limits.max_executions_per_symbol) {
    std::map<Symbol, std::int64_t> counts;
    if (sources.broker != nullptr && sources.journal != nullptr) {
      SB_TRY(counts, orders_of_day(*sources.journal, key, except));
    }
    for (auto& [symbol, fact] : facts) fact.orders_today = counts[symbol];
  }
  if (limits.max_sector) {
    if (holdings) {
      for (const Holding& held : holdings->holdings) {
        facts.emplace(held.symbol, risk::SymbolFacts{.symbol = held.symbol});
      }
    }
    SB_TRY_OK(add_sectors(files, sources.sectors_path, facts));
  }
  std::vector<risk::SymbolFacts> out;
  for (auto& [symbol, fact] : facts) out.push_back(std::move(fact));
  return out;
}

Result<risk::PlanFacts> gather_risk_facts(Files& files, const FactSources& sources,
                                          const BatchKey& key, const risk::RiskLimits& limits,
                                          std::span<const PlannedOrder> orders,
                                          AccountSeen account) {
  risk::PlanFacts facts;
  facts.equity = account.equity;
  facts.holdings = std::move(account.holdings);
  SB_TRY(facts.symbols,
         gather_symbol_facts(files, sources, key, limits, orders, facts.holdings, std::nullopt));
  if (sources.broker == nullptr) {
    facts.day = DayUse{};
    facts.open_orders.emplace();
    facts.last_batches.emplace();
    return facts;
  }
  if (orders.empty()) {  // months of the broker's orders for a verdict on nothing
    facts.open_orders.emplace();
  } else {
    SB_TRY(facts.open_orders,
           open_orders(*sources.broker, sources.journal, key.run_date, facts.holdings));
  }
  if (sources.journal == nullptr) {  // nothing was ever traded here
    facts.day = DayUse{};
    facts.last_batches.emplace();
    return facts;
  }
  SB_TRY(facts.control, sources.journal->control());
  SB_TRY(facts.day, sources.journal->day_use(key.mode, key.account, key.run_date));
  if (limits.max_vs_last_batch) {
    SB_TRY(facts.last_batches, last_batches(*sources.journal, key));
  }
  return facts;
}

Result<OverriddenVerdict> check_with_overrides(
    Doors& doors, Journal& journal, std::span<const PlannedOrder> orders, const PriceBook& market,
    const risk::AccountState& account, const risk::RiskLimits& limits, risk::PlanFacts facts) {
  risk::RiskVerdict verdict = risk::risk_check_orders(orders, market, account, limits, facts);
  std::set<std::string> rules;
  for (const risk::Breach& breach : verdict.batch) rules.emplace(breach.rule);
  for (const risk::RefusedOrder& refused : verdict.refused) rules.emplace(refused.breach.rule);
  SB_TRY(facts.granted, usable_overrides(journal, doors.clock.now(), rules));
  if (!facts.granted.empty()) {
    verdict = risk::risk_check_orders(orders, market, account, limits, facts);
  }
  SB_TRY_OK(use_up(journal, doors.clock.now(), verdict.passed));
  log_passes(doors, verdict.passed);
  std::vector<Granted> granted;
  for (const risk::Pass& pass : verdict.passed) granted.push_back({pass.used, pass.symbol});
  return OverriddenVerdict{std::move(verdict), std::move(granted)};
}

Status check_run_start(Doors& doors, Journal& journal, Broker& broker, Venue& venue,
                       const BatchKey& key, const risk::RiskLimits& limits) {
  SB_TRY(const BrokerAccount account, broker.account());
  risk::StartFacts facts{.now = doors.clock.now()};
  SB_TRY(facts.control, journal.control());
  facts.equity = account.equity;
  SB_TRY(facts.marks, mark_equity(journal, broker, key, account.equity, limits));
  SB_TRY(const std::optional<Instant> closes, session_close(venue, key.run_date));
  facts.session = risk::SessionFacts{facts.now, closes, calendar_close(key.run_date)};
  risk::StartVerdict verdict = risk::check_start(facts, limits);
  std::set<std::string> rules;
  for (const risk::Breach& breach : verdict.refused) rules.emplace(breach.rule);
  SB_TRY(facts.granted, usable_overrides(journal, facts.now, rules));
  if (!facts.granted.empty()) {
    risk::StartVerdict overridden = risk::check_start(facts, limits);
    if (overridden.refused.empty()) {
      SB_TRY_OK(use_up(journal, facts.now, overridden.passed));
      log_passes(doors, overridden.passed);
      return Ok{};
    }
  }
  if (verdict.halt) SB_TRY_OK(journal.set_control(*verdict.halt));
  return verdict.status();
}

}  // namespace signalbus::pipeline
