#include "executor/runner.h"

#include <algorithm>

#include "calendar/exchange_calendar.h"
#include "calendar/new_york.h"
#include "core/text.h"
#include "execution/client_order_id.h"

namespace signalbus::executor {
namespace {

using execution::Rule;

/// Broker and machine may disagree about the time by so much when "everything since" is asked for.
constexpr std::int64_t kOverlap = 300;
constexpr std::int64_t kCancelAgain = 10;

/// The end of the regular session; of the day itself where the calendar has none.
Instant close_of(TradeDate date) {
  const Result<calendar::Session> session = calendar::session(date);
  if (session.ok()) return session.value().close;
  return calendar::to_instant(date.plus_days(1), calendar::TimeOfDay::of(0, 0));
}

bool awaits_word(OrderState state) {
  return state == OrderState::kSubmitting || state == OrderState::kUnknown;
}

bool is_at_broker(OrderState state) {
  return state == OrderState::kLive || state == OrderState::kCancelling ||
         state == OrderState::kResolving;
}

/// Trouble that ends everything at once: without the journal nothing may be done.
bool is_fatal(ErrorCode code) { return code == ErrorCode::kStorage || code == ErrorCode::kLocked; }

}  // namespace

Runner::Runner(const Doors& doors, const Policy& policy, std::string id_prefix, OrderTable table)
    : doors_(doors),
      policy_(policy),
      id_prefix_(std::move(id_prefix)),
      table_(std::move(table)),
      looked_at_(doors.clock.now()),
      session_close_(close_of(table_.batch().key.run_date)),
      last_post_(doors.clock.now()) {}

void Runner::log(LogLevel level, const std::string& words) { doors_.log.line(level, "m4", words); }

/// What happened, for the log; alarms once more for the page.
void Runner::tell(const Tracked& order, Rule rule) {
  const std::string what = order.intent.client_order_id.get() + ": " +
                           std::string(to_text(order.progress.state)) +
                           (order.progress.words.empty() ? "" : ": " + order.progress.words);
  const bool alarm = rule == Rule::kT10 || rule == Rule::kT18 || rule == Rule::kT14b;
  const bool doubt = rule == Rule::kT6 || rule == Rule::kT7 || rule == Rule::kT8;
  log(alarm ? LogLevel::kError : (doubt ? LogLevel::kWarn : LogLevel::kDebug), what);
  if (alarm && noted_.insert(what).second) notes_.push_back(what);
}

Rule Runner::apply(Tracked& order, const execution::OrderInput& input) {
  const Rule rule = table_.apply(order, input, now(), policy_.patience);
  if (rule != Rule::kNone && rule != Rule::kT19) tell(order, rule);
  return rule;
}

Status Runner::save() { return table_.save(doors_.journal, now()); }

Status Runner::check_control() {
  SB_TRY(const ControlRecord control, doors_.journal.control());
  if (control.state == TradingState::kHalted && !halted_ && doors_.venue != nullptr) {
    halted_ = true;
    log(LogLevel::kError, "halted by " + control.by + ": " + control.reason);
  }
  return Ok{};
}

Status Runner::refresh_session() {
  why_shut_.clear();
  if (doors_.venue == nullptr) return Ok{};
  SB_TRY(const VenueClock clock, doors_.venue->clock());
  is_open_ = clock.is_open;
  closes_at_ = clock.next_close;
  closes_in_ = clock.next_close.micros() - clock.now.micros();
  asked_at_ = doors_.clock.monotonic_micros();
  if (!is_open_) why_shut_ = "the market is closed; it opens at " + clock.next_open.rfc3339();
  return Ok{};
}

bool Runner::is_open_now() const {
  if (doors_.venue == nullptr) return true;
  if (!is_open_) return false;
  if (!closes_at_) return true;
  // Twice, because a machine's clock may be wrong, and what counts time stands while it sleeps.
  const std::int64_t left = closes_in_ - (doors_.clock.monotonic_micros() - asked_at_);
  return left > policy_.close_guard * 1'000'000 &&
         now() < closes_at_->plus_seconds(-policy_.close_guard);
}

/// Everything of ours since before the batch was made, clocks being what they are.
Instant Runner::since() const { return table_.batch().opened_at.plus_seconds(-kOverlap); }

Status Runner::look() {
  trouble_.clear();
  const bool anything =
      std::any_of(table_.orders().begin(), table_.orders().end(), [](const Tracked& order) {
        return order.progress.posts > 0 && !is_final(order.progress.state);
      });
  if (!anything && listed_) return Ok{};
  const Instant began = now();
  Result<std::vector<BrokerOrder>> orders = doors_.broker.orders(since());
  if (!orders.ok()) {
    if (is_fatal(orders.error().code)) return std::move(orders).error();
    trouble_ = orders.error().message;
    return Ok{};
  }
  looked_at_ = began;
  SB_TRY_OK(join_orders(orders.value()));
  SB_TRY_OK(find_legs());
  SB_TRY_OK(join_fills());
  SB_TRY_OK(complete_executions());
  return save();
}

/// Where the list contradicts what was asked for, in words.
std::string contradiction(const Intent& intent, const BrokerOrder& order) {
  if (order.symbol != intent.order.symbol.text()) return "its symbol is " + quoted(order.symbol);
  if (order.side && *order.side != intent.order.side) {
    return "its side is " + std::string(to_text(*order.side));
  }
  if (order.quantity != intent.asked_quantity()) {
    return "its quantity is " + (order.quantity ? order.quantity->text() : "missing") + ", not " +
           intent.asked_quantity().text();
  }
  return "";
}

Status Runner::join_orders(const std::vector<BrokerOrder>& orders) {
  others_.clear();
  in_last_list_.clear();
  for (const BrokerOrder& order : orders) {
    Tracked* ours = table_.find(order.event.client_order_id);
    if (ours == nullptr) {
      SB_TRY_OK(meet_stranger(order));
      continue;
    }
    in_last_list_.insert(ours->intent.client_order_id);
    if (ours->intent.is_leg()) {
      join_leg(*ours, order.event);
      continue;
    }
    const std::string wrong = contradiction(ours->intent, order);
    if (!wrong.empty()) {
      apply(*ours, execution::Contradicted{"at the broker " + wrong});
      continue;
    }
    apply(*ours, execution::Seen{order.event});
  }
  listed_ = true;
  // One that was there and is not in the list may only be late: its id decides.
  for (Tracked& order : table_.orders()) {
    if (is_at_broker(order.progress.state) &&
        !in_last_list_.contains(order.intent.client_order_id)) {
      ask(order);
    }
  }
  return Ok{};
}

/// The broker changes legs by itself: it shrinks a stop when the take-profit fills in part, and
/// calls the other leg replaced when one is triggered. None of this is an alarm.
void Runner::join_leg(Tracked& leg, OrderEvent event) {
  if (event.state == OrderState::kQuarantined && event.filled_qty <= leg.progress.quantity) {
    event.state = event.filled_qty.is_positive() ? OrderState::kPartial : OrderState::kCanceled;
    event.error.clear();
  }
  apply(leg, execution::Seen{event});
}

/// The legs of brackets that the broker has and the table does not: from the moment it shows the
/// bracket, so that a crash between the two forgets nothing.
Status Runner::find_legs() {
  for (std::size_t i = 0; i < table_.orders().size(); ++i) {
    const Tracked& order = table_.orders()[i];
    const bool bracket = order.intent.order.type == OrderType::kBracket && !order.intent.is_leg();
    if (!bracket || order.progress.order_id.get().empty()) continue;
    const ClientOrderId id = order.intent.client_order_id;
    if (table_.has_legs(id)) continue;
    const Result<std::vector<BrokerOrder>> legs = doors_.broker.legs(order.progress.order_id);
    if (!legs.ok()) {
      trouble_ = legs.error().message;
      continue;
    }
    SB_TRY_OK(table_.adopt_legs(doors_.journal, id, legs.value()));
    for (const BrokerOrder& leg : legs.value()) {
      join_leg(*table_.find(leg.event.client_order_id), leg.event);
    }
  }
  return Ok{};
}

/// An order that is not of this batch: of an earlier batch of ours, of somebody else, or, with the
/// form of our ids and unknown to the journal, of another installation that trades this account.
Status Runner::meet_stranger(const BrokerOrder& order) {
  others_.push_back(order);
  if (!execution::has_our_form(order.event.client_order_id.get(), id_prefix_)) return Ok{};
  SB_TRY(const bool known, doors_.journal.knows(order.event.client_order_id));
  if (known || (order.event.submitted_at && *order.event.submitted_at < table_.batch().opened_at)) {
    return Ok{};
  }
  return Error{ErrorCode::kHalted,
               "order " + quoted(order.event.client_order_id.get()) +
                   " at the broker has the form of ours, and this journal never made it; another "
                   "installation trades this account, or the journal was replaced: nothing is sent "
                   "until one of them has another idempotency.client_order_id_prefix"};
}

Status Runner::join_fills() {
  const bool wanted =
      std::any_of(table_.orders().begin(), table_.orders().end(), [](const Tracked& order) {
        return is_at_broker(order.progress.state) &&
               order.progress.executed < order.progress.filled;
      });
  if (wanted) {
    Result<std::vector<Fill>> fills = doors_.broker.fills(since());
    if (!fills.ok()) {
      if (is_fatal(fills.error().code)) return std::move(fills).error();
      trouble_ = fills.error().message;
      return Ok{};
    }
    for (const Fill& fill : fills.value()) {
      Tracked* order = table_.find(fill.order_id);
      if (order != nullptr) table_.add_fill(*order, fill, now(), policy_.patience);
    }
  }
  for (Tracked& order : table_.orders()) {
    apply(order, execution::LookedAgain{looked_at_});
  }
  return Ok{};
}

/// Executions that the broker never showed, after their time: one of ours stands for them.
Status Runner::complete_executions() {
  for (Tracked& order : table_.orders()) {
    const execution::OrderProgress& progress = order.progress;
    if (progress.state != OrderState::kResolving || progress.executed >= progress.filled) continue;
    if (!progress.ended_at) continue;
    if (looked_at_ < progress.ended_at->plus_seconds(policy_.patience.executions)) continue;
    const Fill fill = execution::missing_execution(progress, order.intent, order.fills, now());
    table_.add_fill(order, fill, now(), policy_.patience);
    order.progress.words = "the broker never showed executions of " + fill.quantity.text() +
                           " shares that it says were filled; " + fill.execution_id +
                           " stands for them";
    tell(order, Rule::kT14b);
  }
  return Ok{};
}

/// The broker's word on one order, by its id: as of the question, for the process may have been
/// stopped since.
void Runner::ask(Tracked& order) {
  const Instant asked = now();
  order.asked_at = asked;
  const Result<std::optional<SubmitAnswer>> answer =
      doors_.broker.order(order.intent.client_order_id);
  if (!answer.ok()) {
    trouble_ = answer.error().message;  // T11e: no information
    return;
  }
  if (!answer.value()) {
    const bool late =
        listed_ && !in_last_list_.contains(order.intent.client_order_id) &&
        execution::past_horizon(order.progress, session_close_, std::min(asked, looked_at_));
    apply(order, execution::Missing{late, asked});
    return;
  }
  apply(order, execution::Seen{answer.value()->event});
}

Status Runner::ask_unknown() {
  for (Tracked& order : table_.orders()) {
    if (!awaits_word(order.progress.state)) continue;
    // The proof that it cannot come needs a second look, and more in between only cost requests.
    const auto& late = order.progress.late_since;
    const std::int64_t pause = late ? execution::kBetweenLooks : policy_.poll;
    const std::optional<Instant>& last = late ? late : order.asked_at;
    if (last && now() < last->plus_seconds(pause)) continue;
    ask(order);
  }
  return save();
}

bool Runner::proof_under_way() const {
  return std::any_of(table_.orders().begin(), table_.orders().end(), [&](const Tracked& order) {
    const auto& late = order.progress.late_since;
    return awaits_word(order.progress.state) && late &&
           now() < late->plus_seconds(2 * execution::kBetweenLooks);
  });
}

Status Runner::drop(const std::function<bool(const Tracked&)>& which, const std::string& words) {
  for (Tracked& order : table_.orders()) {
    if (order.progress.state == OrderState::kPlanned && which(order)) {
      apply(order, execution::Dropped{words});
    }
  }
  return save();
}

Status Runner::cancel(const std::function<bool(const Tracked&)>& which) {
  for (Tracked& order : table_.orders()) {
    const bool live = order.progress.state == OrderState::kLive ||
                      order.progress.state == OrderState::kCancelling;
    if (!live || order.progress.order_id.get().empty() || !which(order)) continue;
    const auto asked = cancel_asked_.find(order.intent.client_order_id);
    if (asked != cancel_asked_.end() && now() < asked->second.plus_seconds(kCancelAgain)) continue;
    apply(order, execution::CancelAsked{});
    SB_TRY_OK(save());
    cancel_asked_.insert_or_assign(order.intent.client_order_id, now());
    // Whatever it answers, only a look tells what became of the order.
    const Status asked_for = doors_.broker.cancel(order.progress.order_id);
    if (!asked_for.ok()) {
      log(LogLevel::kDebug,
          "cancel of " + order.intent.client_order_id.get() + ": " + asked_for.error().message);
    }
  }
  return Ok{};
}

Status Runner::wait() {
  const Instant before = now();
  const bool heard = !doors_.hints.wait_until(before.plus_seconds(policy_.poll)).empty();
  if (heard || now() != before || policy_.poll <= 0) return Ok{};
  return Error{ErrorCode::kUnavailable,
               "the clock stands at " + before.rfc3339() +
                   ": the exchange that it belongs to does not move it; run again"};
}

}  // namespace signalbus::executor
