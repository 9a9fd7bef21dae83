// execute(): recovery, then the phases of a batch: preflight, sells, buys that fit the funds,
// second legs, final states.
#include <algorithm>
#include <set>

#include "core/text.h"
#include "execution/batch.h"
#include "execution/fund_buys.h"
#include "execution/mutation.h"
#include "execution/preflight.h"
#include "executor/runner.h"

namespace signalbus::executor {
namespace {

/// Nothing more to do about it here. Legs protect a position beyond the batch.
bool is_settled(const Tracked& order) {
  return order.intent.is_leg() || is_final(order.progress.state) ||
         order.progress.state == OrderState::kQuarantined;
}

Status add_notes(Runner& runner, Result<Outcome> done) {
  if (!done.ok()) return std::move(done).error();
  std::vector<std::string>& notes = runner.notes();
  notes.insert(notes.end(), done.value().notes.begin(), done.value().notes.end());
  return Ok{};
}

class Execution {
 public:
  Execution(const Job& job, const Policy& policy, Runner& runner)
      : job_(job), policy_(policy), run_(runner) {}

  Status all_phases();
  Outcome outcome();

 private:
  Status prepare();
  Status wait_for_open();
  Status release_legs();
  Status check_obstacles(bool second_legs);
  bool whole_shares_only(const PlannedOrder& wanted) const;
  Status drop_unfunded(const Tracked& order, const execution::Buy& buy, Money cash);
  std::vector<execution::Buy> buys_of(const std::vector<Tracked*>& planned) const;
  Status fund();
  Status work(int phase);
  Status bring_to_end();
  std::vector<Tracked*> due(int phase);
  bool may_resend(const Tracked& order) const;
  bool first_leg_filled(const Tracked& second) const;
  std::vector<execution::OpenOrder> open_orders() const;

  const Job& job_;
  const Policy& policy_;
  Runner& run_;
  std::vector<AssetRule> rules_;  ///< Of what was planned at the last look at obstacles.
};

int phase_of(const Tracked& order) { return execution::phase_of(order.intent.order); }

bool anything_sent(const std::vector<Tracked>& orders) {
  return std::any_of(orders.begin(), orders.end(),
                     [](const Tracked& order) { return order.progress.posts > 0; });
}

/// Every start is a recovery: what may be at the broker is asked for before anything is sent.
Status Execution::prepare() {
  SB_TRY_OK(run_.check_control());
  if (run_.doors().venue == nullptr) return run_.ask_unknown();
  SB_TRY_OK(run_.refresh_session());
  if (!anything_sent(run_.table().orders()) && !run_.halted()) SB_TRY_OK(wait_for_open());
  SB_TRY_OK(run_.look());
  SB_TRY_OK(run_.ask_unknown());
  if (run_.trouble().empty()) return Ok{};
  return Error{ErrorCode::kUnavailable, "the broker does not say what became of the orders (" +
                                            run_.trouble() + "); nothing new was sent, run again"};
}

/// A batch of a day whose session is still to come waits for it; one whose session is over ends.
Status Execution::wait_for_open() {
  if (run_.is_open_now()) return Ok{};
  if (run_.now() >= run_.session_close()) {
    return Error{ErrorCode::kLimitExceeded,
                 "batch " + job_.batch.id().get() + ": " +
                     (run_.why_shut().empty() ? "the session is over" : run_.why_shut()) +
                     "; orders of " + job_.batch.key.run_date.iso() +
                     " are not sent on another day"};
  }
  while (!run_.is_open_now() && !run_.halted() && run_.now() < run_.session_close()) {
    SB_TRY(const VenueClock clock, run_.doors().venue->clock());
    if (clock.is_open) return run_.refresh_session();
    run_.doors().log.line(LogLevel::kInfo, "m4",
                          "waiting for the market to open at " + clock.next_open.rfc3339());
    const Instant before = run_.now();
    run_.doors().clock.sleep_until(std::min(clock.next_open, before.plus_seconds(60)));
    if (run_.now() <= before) {  // a stop was asked for
      return Error{ErrorCode::kUnavailable, "stopped while waiting for the market to open"};
    }
    SB_TRY_OK(run_.check_control());
    SB_TRY_OK(run_.refresh_session());
  }
  return Ok{};
}

/// Legs of our brackets hold the shares that are to be sold: they go first.
Status Execution::release_legs() {
  if (run_.doors().venue == nullptr || run_.halted()) return Ok{};
  std::set<Symbol> to_sell;
  for (const Tracked& order : run_.table().orders()) {
    if (order.progress.state == OrderState::kPlanned && order.intent.order.side == Side::kSell) {
      to_sell.insert(order.intent.order.symbol);
    }
  }
  const BatchKey& key = job_.batch.key;
  // Not of this batch: a second table of the same orders would write over what this one knows.
  return add_notes(run_, follow_legs(run_.doors(), key.mode, key.account, job_.id_prefix, to_sell,
                                     policy_, job_.batch.id()));
}

std::vector<execution::OpenOrder> Execution::open_orders() const {
  std::vector<execution::OpenOrder> out;
  for (const BrokerOrder& order : run_.others()) {
    const Result<bool> ours = run_.doors().journal.knows(order.event.client_order_id);
    if (ours.ok() && ours.value()) continue;
    const Result<Symbol> symbol = Symbol::parse(order.symbol);
    if (is_final(order.event.state) || !symbol.ok() || !order.side || !order.quantity) continue;
    out.push_back({symbol.value(), *order.side, *order.quantity - order.event.filled_qty, false});
  }
  return out;
}

/// What the broker would refuse is not sent; each such order ends with its reason. Second legs are
/// judged once the first have filled.
Status Execution::check_obstacles(bool second_legs) {
  if (run_.doors().venue == nullptr || run_.halted()) return Ok{};
  std::vector<Symbol> symbols;
  for (const Tracked& order : run_.table().orders()) {
    const bool judged = !second_legs || phase_of(order) == 2;
    if (judged && order.progress.state == OrderState::kPlanned) {
      symbols.push_back(order.intent.order.symbol);
    }
  }
  if (symbols.empty()) return Ok{};
  std::sort(symbols.begin(), symbols.end());
  symbols.erase(std::unique(symbols.begin(), symbols.end()), symbols.end());
  SB_TRY(rules_, run_.doors().venue->asset_rules(symbols));
  SB_TRY(const Holdings positions, run_.doors().broker.positions());
  const std::vector<execution::OpenOrder> open = open_orders();
  const execution::Surroundings around{rules_, positions, open, job_.min_notional};
  for (Tracked& order : run_.table().orders()) {
    if (order.progress.state != OrderState::kPlanned) continue;
    if ((phase_of(order) == 2) != second_legs) continue;
    const std::optional<std::string> words = execution::obstacle(order.intent, around);
    if (!words) continue;
    const ClientOrderId& id = order.intent.client_order_id;
    SB_TRY_OK(run_.drop([&](const Tracked& o) { return o.intent.client_order_id == id; }, *words));
  }
  return Ok{};
}

/// The broker takes no fraction of it, so funds must not cut it to one.
bool Execution::whole_shares_only(const PlannedOrder& wanted) const {
  const AssetRule* rule = execution::find_rule(rules_, wanted.symbol);
  return wanted.type == OrderType::kBracket || wanted.time_in_force != TimeInForce::kDay ||
         (rule != nullptr && !rule->fractionable);
}

/// Buys as they cost now; what the market has no price for, the gate refuses.
std::vector<execution::Buy> Execution::buys_of(const std::vector<Tracked*>& planned) const {
  std::vector<execution::Buy> buys;
  for (const Tracked* order : planned) {
    const PlannedOrder& wanted = order->intent.order;
    const PricePoint* fresh = run_.fresh_price(order->intent);
    const bool covers = wanted.purpose == Purpose::kClose || wanted.purpose == Purpose::kReduce ||
                        wanted.purpose == Purpose::kCloseToFlip;
    buys.push_back({wanted.quantity, fresh == nullptr ? wanted.ref_price : fresh->price,
                    !wanted.limit_price, whole_shares_only(wanted) ? 0 : job_.quantity_decimals,
                    covers});
  }
  return buys;
}

/// Ends a buy of which nothing is left that the broker would take.
Status Execution::drop_unfunded(const Tracked& order, const execution::Buy& buy, Money cash) {
  SB_TRY(const Money worth, notional_half_even(buy.quantity, buy.price));
  const ClientOrderId& id = order.intent.client_order_id;
  return run_.drop([&](const Tracked& o) { return o.intent.client_order_id == id; },
                   worth < job_.min_notional
                       ? "below_min_notional: " + worth.text() + " USD at the price of now"
                       : "insufficient_funds: " + cash.text() + " USD of cash");
}

/// Buys are cut to what cash and buying power allow now that the sells are through.
Status Execution::fund() {
  if (run_.doors().venue == nullptr || run_.halted()) return Ok{};
  std::vector<Tracked*> planned;
  MoneySum open_buys;
  for (Tracked& order : run_.table().orders()) {
    const PlannedOrder& wanted = order.intent.order;
    if (wanted.side != Side::kBuy) continue;  // second legs count: they are paid from this cash
    if (order.progress.state == OrderState::kPlanned) {
      planned.push_back(&order);
    } else if (!is_final(order.progress.state)) {
      SB_TRY(const Money rest,
             notional_half_even(order.progress.quantity - order.progress.filled, order.price_used));
      open_buys.add(rest);
    }
  }
  if (planned.empty()) return Ok{};
  const Status prices = run_.refresh_prices(planned);
  if (!prices.ok()) {  // then as planned; nothing is sent before there are prices
    run_.doors().log.line(LogLevel::kWarn, "m4", prices.error().message);
  }
  const std::vector<execution::Buy> buys = buys_of(planned);
  SB_TRY(const BrokerAccount account, run_.doors().broker.account());
  SB_TRY(const Money reserved, open_buys.total());
  run_.set_free_cash(account.cash - job_.cash_floor - reserved);
  const execution::Funds funds{account.cash, account.buying_power, job_.cash_floor, reserved};
  const std::vector<Quantity> fitted = execution::fit_buys(buys, funds, job_.min_notional);
  for (std::size_t i = 0; i < planned.size(); ++i) {
    Tracked& order = *planned[i];
    if (fitted[i] == order.intent.order.quantity) continue;
    if (fitted[i].is_zero()) {
      SB_TRY_OK(drop_unfunded(order, buys[i], account.cash));
      continue;
    }
    order.intent.reduced_to = fitted[i];
    order.progress.quantity = fitted[i];
  }
  return Ok{};
}

bool Execution::first_leg_filled(const Tracked& second) const {
  const auto& orders = run_.table().orders();
  return std::all_of(orders.begin(), orders.end(), [&](const Tracked& first) {
    const bool same = first.intent.order.symbol == second.intent.order.symbol &&
                      first.intent.order.leg() == 1 && !first.intent.is_leg();
    // One that funds cut is filled when something of the position is still there.
    const bool all = !first.intent.reduced_to;
    return !same || first.progress.state == OrderState::kSimulated ||
           (first.progress.state == OrderState::kFilled && all);
  });
}

/// Each copy waits longer than the one before: whoever swallows requests is not helped by more.
bool Execution::may_resend(const Tracked& order) const {
  constexpr int kSlowest = 12;
  const execution::OrderProgress& progress = order.progress;
  const std::int64_t pause = policy_.patience.settle * std::min(progress.posts, kSlowest);
  return progress.state == OrderState::kUnknown && progress.missing > 0 && progress.posted_at &&
         run_.now() >= progress.posted_at->plus_seconds(pause);
}

/// What is to be sent now: the phase's own, and whatever was sent before and is not found.
std::vector<Tracked*> Execution::due(int phase) {
  std::vector<Tracked*> out;
  for (Tracked& order : run_.table().orders()) {
    const bool first = order.progress.state == OrderState::kPlanned && phase_of(order) == phase;
    if (first || (phase_of(order) <= phase && may_resend(order))) out.push_back(&order);
  }
  return out;
}

/// Sends a phase and follows it until every order of it is settled or its time is over.
Status Execution::work(int phase) {
  const Instant start = run_.now();
  bool sent = false;
  while (true) {
    SB_TRY_OK(run_.check_control());
    if (run_.halted()) return Ok{};
    if (run_.doors().venue != nullptr && !run_.is_open_now()) SB_TRY_OK(run_.refresh_session());
    if (run_.is_open_now()) SB_TRY_OK(run_.post(due(phase), job_.gate));
    SB_TRY_OK(run_.ask_unknown());
    SB_TRY_OK(run_.look());
    const auto& orders = run_.table().orders();
    const bool done = std::all_of(orders.begin(), orders.end(), [&](const Tracked& order) {
      return phase_of(order) != phase || is_settled(order);
    });
    if (done) return Ok{};
    sent = sent || run_.last_post() > start;
    const Instant since = sent ? run_.last_post() : start;
    if (run_.now() >= since.plus_seconds(policy_.fill_wait)) return Ok{};
    if (phase == 0 && execution::mutated(execution::Mutation::kBuysDoNotWait)) return Ok{};
    SB_TRY_OK(run_.wait());
  }
}

/// The end: what was not sent is dropped, what is live is canceled, what is unknown is asked for.
Status Execution::bring_to_end() {
  const std::string why = run_.halted() ? "halted" : "not sent in time";
  SB_TRY_OK(run_.drop([](const Tracked&) { return true; }, why));
  const Instant deadline = run_.now().plus_seconds(policy_.end_wait);
  while (true) {
    const auto& orders = run_.table().orders();
    if (std::all_of(orders.begin(), orders.end(), is_settled)) return Ok{};
    SB_TRY_OK(run_.cancel([](const Tracked& order) { return !order.intent.is_leg(); }));
    SB_TRY_OK(run_.ask_unknown());
    SB_TRY_OK(run_.look());
    if (std::all_of(orders.begin(), orders.end(), is_settled)) return Ok{};
    if (run_.now() >= deadline && !run_.proof_under_way()) return Ok{};
    SB_TRY_OK(run_.wait());
  }
}

Status Execution::all_phases() {
  SB_TRY_OK(prepare());
  SB_TRY_OK(release_legs());
  SB_TRY_OK(check_obstacles(false));
  for (int phase = 0; phase < execution::kPhases; ++phase) {
    if (phase == 1) SB_TRY_OK(fund());
    if (phase == 2) {
      run_.set_free_cash(std::nullopt);  // what covers a short is no purchase from the cash
      SB_TRY_OK(run_.drop(
          [&](const Tracked& order) { return phase_of(order) == 2 && !first_leg_filled(order); },
          "the first leg did not fill"));
      SB_TRY_OK(check_obstacles(true));
    }
    SB_TRY_OK(work(phase));
  }
  return bring_to_end();
}

Outcome Execution::outcome() {
  Outcome out;
  out.halted = run_.halted();
  bool complete = true;
  for (const Tracked& order : run_.table().orders()) {
    if (order.intent.is_leg()) continue;
    if (!is_final(order.progress.state)) ++out.unresolved;
    if (order.progress.state != OrderState::kAbandoned) continue;
    ++out.dropped;
    if (order.progress.words == "not sent in time" || order.progress.words == "halted") {
      complete = false;
    }
  }
  if (out.unresolved == 0) {
    out.state = complete && !out.halted ? BatchState::kFinished : BatchState::kEnded;
  }
  out.notes = std::move(run_.notes());
  return out;
}

}  // namespace

Result<Outcome> execute(const Doors& doors, const Job& job, const Policy& policy) {
  SB_TRY(OrderTable table, OrderTable::load(doors.journal, job.batch));
  Runner runner(doors, policy, job.id_prefix, std::move(table));
  runner.break_with(job.breaker);
  Execution execution(job, policy, runner);
  SB_TRY_OK(execution.all_phases());
  Outcome out = execution.outcome();
  if (out.state != BatchState::kOpen) {
    SB_TRY_OK(doors.journal.close_batch(job.batch, out.state, doors.clock.now()));
  }
  return out;
}

}  // namespace signalbus::executor
