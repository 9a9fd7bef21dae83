#include "execution/order_machine.h"

#include <algorithm>
#include <array>

#include "execution/mutation.h"

namespace signalbus::execution {
namespace {

constexpr std::int64_t kPostAgeMax = 900;
constexpr std::int64_t kAfterClose = 1800;

bool maybe_sent(OrderState state) {
  return state == OrderState::kSubmitting || state == OrderState::kUnknown;
}

bool at_broker(OrderState state) {
  return state == OrderState::kLive || state == OrderState::kCancelling ||
         state == OrderState::kResolving;
}

/// Nothing that the broker says changes it any more.
bool is_closed(OrderState state) { return is_final(state) || state == OrderState::kQuarantined; }

void quarantine(OrderProgress& order, const std::string& words) {
  order.state = OrderState::kQuarantined;
  order.words = words;
}

/// The state that a resolved order is sealed with: what was filled decides, then the broker's word.
OrderState sealed_state(const OrderProgress& order) {
  if (order.filled == order.quantity) return OrderState::kFilled;
  if (order.filled.is_positive()) return OrderState::kPartial;
  return *order.ended_as;
}

void forget_missing(OrderProgress& order) {
  order.missing = 0;
  order.missing_since.reset();
  order.late_since.reset();
}

/// Joins what the broker says now to what it said before; states have a rank, quantities only grow.
void join(OrderProgress& order, const OrderEvent& event) {
  if (!event.order_id.get().empty()) order.order_id = event.order_id;
  if (event.filled_qty >= order.filled) {
    order.filled = event.filled_qty;
    if (event.filled_avg_price) order.filled_avg_price = event.filled_avg_price;
  }
  forget_missing(order);
}

Rule see_end(OrderProgress& order, const OrderEvent& event, Instant now) {
  const bool news = order.state != OrderState::kResolving;
  order.ended_as = event.state;
  // The broker's own time of the end: one of long ago needs no more grace.
  if (!order.ended_at) order.ended_at = std::min(now, event.updated_at);
  order.state = OrderState::kResolving;
  if (!event.error.empty()) order.words = event.error;
  if (!event.reject_code.empty()) order.code = event.reject_code;
  if (!news) return Rule::kT19;
  return event.state == OrderState::kFilled ? Rule::kT12 : Rule::kT13;
}

Rule see(OrderProgress& order, const OrderEvent& event, Instant now) {
  if (is_closed(order.state)) return Rule::kNone;
  if (order.state == OrderState::kPlanned) {
    quarantine(order, "the broker has this order, the journal never sent it");
    return Rule::kT10;
  }
  const bool was_unsure = maybe_sent(order.state);
  join(order, event);
  const bool taken = event.state == OrderState::kQuarantined || event.state == OrderState::kUnknown;
  if (taken || order.filled > order.quantity) {
    quarantine(order, event.error.empty() ? "more was filled than ordered" : event.error);
    return Rule::kT18;
  }
  if (event.state == OrderState::kSimulated) {  // a rehearsal ends at once
    order.state = OrderState::kSimulated;
    return Rule::kT14;
  }
  if (is_final(event.state)) return see_end(order, event, now);
  if (!was_unsure) return Rule::kT19;  // open, as it was; an end once heard stays
  const Rule rule = order.state == OrderState::kSubmitting ? Rule::kT4 : Rule::kT9;
  order.state = OrderState::kLive;
  return rule;
}

/// "Not found": nothing for an order that may be on its way, an alarm for one that was there.
Rule miss(OrderProgress& order, const Missing& input, Instant now, const Patience& patience) {
  if (at_broker(order.state)) {
    if (!order.missing_since) order.missing_since = now;
    ++order.missing;
    if (order.missing < 2 || input.asked < order.missing_since->plus_seconds(patience.vanished)) {
      return Rule::kNone;
    }
    quarantine(order, "the broker showed this order and now does not know it");
    return Rule::kT18;
  }
  if (!maybe_sent(order.state)) return Rule::kNone;
  order.state = OrderState::kUnknown;
  if (!order.missing_since) order.missing_since = now;
  ++order.missing;
  if (mutated(Mutation::kMissingIsRejected) ||
      (mutated(Mutation::kThreeMissingReject) && order.missing >= 3)) {
    order.state = OrderState::kRejected;
    return Rule::kT6;
  }
  if (input.late && !order.late_since) order.late_since = now;
  if (input.late && input.asked >= order.late_since->plus_seconds(kBetweenLooks)) {
    order.state = OrderState::kNeverAccepted;
    order.words = "sent, and never accepted: " + order.words;
    return Rule::kT11d;
  }
  const bool settled =
      order.posted_at && input.asked >= order.posted_at->plus_seconds(patience.settle);
  return settled ? Rule::kT11c : Rule::kT11;
}

/// An ended order is sealed when its executions add up: at once when all of it was filled, after
/// two looks and the grace otherwise, because a cancel may be told before the last execution: what
/// was not there when the look `asked` began may be there now.
Rule try_to_seal(OrderProgress& order, std::optional<Instant> asked, const Patience& patience) {
  if (order.state != OrderState::kResolving || order.executed != order.filled) return Rule::kNone;
  if (!order.ended_as) return Rule::kNone;  // after a restart, until the broker says it again
  const bool whole = order.filled == order.quantity;
  const bool waited =
      order.looks_since_end >= 2 && asked && *asked >= order.ended_at->plus_seconds(patience.grace);
  if (!whole && !waited) return Rule::kNone;
  order.state = sealed_state(order);
  return Rule::kT14;
}

struct Apply {
  OrderProgress& order;
  Instant now;
  const Patience& patience;

  Rule operator()(const Dropped& input) const {
    if (order.state != OrderState::kPlanned) return Rule::kNone;
    order.state = OrderState::kAbandoned;
    order.words = input.words;
    return Rule::kT3;
  }
  Rule operator()(const Posted&) const {
    if (order.state != OrderState::kPlanned && !maybe_sent(order.state)) return Rule::kNone;
    const bool first = order.state == OrderState::kPlanned;
    order.state = OrderState::kSubmitting;
    ++order.posts;
    order.posted_at = now;
    forget_missing(order);
    return first ? Rule::kT2 : Rule::kT11b;
  }
  Rule operator()(const Withheld& input) const {
    if (order.state != OrderState::kSubmitting) return Rule::kNone;
    order.words = input.words;
    if (order.posts > 1) {
      order.state = OrderState::kUnknown;  // this copy stays here, an earlier one may still arrive
      return Rule::kT8;
    }
    order.state = OrderState::kAbandoned;
    return Rule::kT3;
  }
  Rule operator()(const Refused& input) const {
    if (order.state != OrderState::kSubmitting) return Rule::kNone;
    order.code = input.code;
    order.words = input.words;
    if (order.posts > 1 && !mutated(Mutation::kRefusalOfResendEnds)) {
      order.state = OrderState::kUnknown;  // an earlier copy may still arrive
      return Rule::kT7;
    }
    order.state = OrderState::kRejected;
    return Rule::kT6;
  }
  Rule operator()(const NoAnswer& input) const {
    if (order.state != OrderState::kSubmitting) return Rule::kNone;
    order.state = OrderState::kUnknown;
    order.words = input.words;
    return Rule::kT8;
  }
  Rule operator()(const Seen& input) const {
    const Rule rule = see(order, input.event, now);
    const Rule sealed = try_to_seal(order, std::nullopt, patience);
    return sealed == Rule::kNone ? rule : sealed;
  }
  Rule operator()(const Contradicted& input) const {
    if (is_closed(order.state)) return Rule::kNone;
    quarantine(order, input.words);
    return Rule::kT10;
  }
  Rule operator()(const Missing& input) const { return miss(order, input, now, patience); }
  Rule operator()(const CancelAsked&) const {
    if (order.state == OrderState::kCancelling) return Rule::kT16;
    if (order.state != OrderState::kLive) return Rule::kNone;
    order.state = OrderState::kCancelling;
    return Rule::kT15;
  }
  Rule operator()(const Executed& input) const {
    if (is_closed(order.state) || order.state == OrderState::kPlanned) return Rule::kNone;
    order.executed = std::max(order.executed, input.sum);
    order.filled = std::max(order.filled, order.executed);
    if (order.filled > order.quantity) {
      quarantine(order, "executions add up to more than was ordered");
      return Rule::kT18;
    }
    return try_to_seal(order, std::nullopt, patience);
  }
  Rule operator()(const LookedAgain& input) const {
    if (order.state != OrderState::kResolving) return Rule::kNone;
    ++order.looks_since_end;
    return try_to_seal(order, input.asked, patience);
  }
};

constexpr std::array kRows = {
    RuleRow{Rule::kT1, "-", "the plan passed the risk rules", "the batch and its orders are stored",
            "PLANNED"},
    RuleRow{Rule::kT2, "PLANNED", "the exit gate lets it out",
            "the request is stored, then sent: the POST follows its own durable record",
            "SUBMITTING"},
    RuleRow{Rule::kT3, "PLANNED SUBMITTING",
            "a limit, the halt, a deadline or missing funds refuse it; or the halt comes after its "
            "record and before its only POST",
            "nothing is sent; the reason is recorded", "ABANDONED"},
    RuleRow{Rule::kT4, "SUBMITTING", "the broker shows the order, not ended", "it is followed",
            "LIVE"},
    RuleRow{Rule::kT6, "SUBMITTING", "the broker refuses the only POST there ever was",
            "its words are recorded", "REJECTED"},
    RuleRow{Rule::kT7, "SUBMITTING", "the broker refuses a POST that was not the first",
            "an earlier copy may still arrive: it is asked for", "UNKNOWN"},
    RuleRow{
        Rule::kT8, "SUBMITTING",
        "no answer that says what became of it: time-out, reset, 5xx, 408, 429, garbage, crash; "
        "or the halt withholds a POST that was not the first",
        "it is asked for", "UNKNOWN"},
    RuleRow{Rule::kT9, "UNKNOWN", "the broker shows the order, not ended", "it is followed",
            "LIVE"},
    RuleRow{Rule::kT10, "PLANNED SUBMITTING UNKNOWN LIVE CANCELLING RESOLVING",
            "under its id the broker shows another order, or one that was never sent",
            "alarm; a person must decide", "QUARANTINED"},
    RuleRow{Rule::kT11, "SUBMITTING UNKNOWN", "not found, within the settle time of the last POST",
            "it is asked for again", "UNKNOWN"},
    RuleRow{Rule::kT11b, "SUBMITTING UNKNOWN",
            "not found after the settle time, and the exit gate lets it out again",
            "the stored bytes are sent once more, under the same id", "SUBMITTING"},
    RuleRow{Rule::kT11c, "SUBMITTING UNKNOWN",
            "not found after the settle time, and the gate is shut",
            "it is asked for again; should it appear, it is canceled", "UNKNOWN"},
    RuleRow{Rule::kT11d, "SUBMITTING UNKNOWN",
            "not found, and the horizon proof holds: it cannot come any more",
            "its funds are free again", "NEVER_ACCEPTED"},
    RuleRow{Rule::kT12, "SUBMITTING UNKNOWN LIVE CANCELLING", "the broker says filled",
            "its executions are collected", "RESOLVING"},
    RuleRow{Rule::kT13, "SUBMITTING UNKNOWN LIVE CANCELLING",
            "the broker says canceled, expired or rejected", "its executions are collected",
            "RESOLVING"},
    RuleRow{Rule::kT14, "SUBMITTING UNKNOWN LIVE CANCELLING RESOLVING",
            "its executions add up to what the broker says was filled; unless that is all of it, "
            "after two looks and the grace",
            "sealed: it never changes again", "FILLED PARTIAL CANCELED EXPIRED REJECTED SIMULATED"},
    RuleRow{Rule::kT14b, "RESOLVING", "its executions are still short after their time",
            "one execution with an id of ours stands for what is missing; alarm", "RESOLVING"},
    RuleRow{Rule::kT15, "LIVE", "a deadline, the halt or an operator wants its end",
            "the broker is asked to cancel it", "CANCELLING"},
    RuleRow{Rule::kT16, "CANCELLING", "the cancel had no clear effect",
            "it is asked for and canceled again; a fill wins", "CANCELLING"},
    RuleRow{Rule::kT18, "SUBMITTING UNKNOWN LIVE CANCELLING RESOLVING",
            "it vanished after it was seen, was filled beyond its quantity, or was replaced",
            "alarm; a person must decide", "QUARANTINED"},
    RuleRow{Rule::kT19, "LIVE CANCELLING RESOLVING", "any further word of the broker",
            "joined to what is known: quantities by maximum, executions as a set",
            "LIVE CANCELLING RESOLVING"}};

constexpr std::array<std::string_view, 23> kRuleWords = {
    "",     "T1",   "T2",   "T3",  "T4",  "T5",  "T6",   "T7",  "T8",  "T9",  "T10", "T11",
    "T11b", "T11c", "T11d", "T12", "T13", "T14", "T14b", "T15", "T16", "T18", "T19"};

}  // namespace

std::string_view to_text(Rule rule) { return kRuleWords.at(static_cast<std::size_t>(rule)); }

std::span<const RuleRow> life_cycle() { return kRows; }

OrderStep apply(const OrderProgress& before, const OrderInput& input, Instant now,
                const Patience& patience) {
  OrderStep step{Rule::kNone, before};
  step.rule = std::visit(Apply{step.after, now, patience}, input);
  count_rule(static_cast<std::size_t>(step.rule));
  return step;
}

Fill missing_execution(const OrderProgress& order, const Intent& intent,
                       std::span<const Fill> known, Instant now) {
  const Quantity quantity = order.filled - order.executed;
  SB_CHECK(order.state == OrderState::kResolving && quantity.is_positive());
  count_rule(static_cast<std::size_t>(Rule::kT14b));
  // The average covers all fills; what the known ones do not explain belongs to the missing one.
  using Wide = Int128;
  const Price average = order.filled_avg_price.value_or(intent.order.ref_price);
  Wide value = Wide{average.raw()} * order.filled.raw();
  for (const Fill& fill : known) value -= Wide{fill.price.raw()} * fill.quantity.raw();
  const Wide price = std::clamp<Wide>(value / quantity.raw(), 1, INT64_MAX);
  return {.execution_id = "missing:" + order.order_id.get() + ":" + order.filled.text(),
          .order_id = order.order_id,
          .client_order_id = intent.client_order_id,
          .symbol = intent.order.symbol,
          .side = intent.order.side,
          .quantity = quantity,
          .price = Price::from_raw(static_cast<std::int64_t>(price)),
          .at = now};
}

bool past_horizon(const OrderProgress& order, std::optional<Instant> session_close, Instant now) {
  if (!session_close || !order.posted_at) return false;
  return now >= order.posted_at->plus_seconds(kPostAgeMax) &&
         now >= session_close->plus_seconds(kAfterClose);
}

}  // namespace signalbus::execution
