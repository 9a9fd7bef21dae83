// Orders and executions: which are ours, which both sides know, which only one.
#include <algorithm>
#include <map>

#include "core/text.h"
#include "execution/client_order_id.h"
#include "reconcile/broker_facts.h"

namespace signalbus::reconcile {
namespace {

using KnownOrder = JournalView::Order;

/// Executions with such ids stand in the journal for ones that the broker never showed.
constexpr std::string_view kStandIn = "missing:";

bool is_stand_in(const Fill& fill) { return fill.execution_id.starts_with(kStandIn); }

/// An order of ours with everything that either side says about it.
struct Pair {
  const KnownOrder* known;
  const BrokerOrder* listed = nullptr;
  std::vector<const Fill*> in_journal = {};  ///< All of them.
  std::vector<const Fill*> at_broker = {};   ///< Those that are not counted yet.
};

OrderState state_of(const KnownOrder& known) {
  return known.event ? known.event->state : known.intent.state;
}

Quantity filled_of(const KnownOrder& known) {
  return known.event ? known.event->filled_qty : Quantity::zero();
}

Quantity sum_of(const std::vector<const Fill*>& fills) {
  Quantity sum = Quantity::zero();
  for (const Fill* fill : fills) sum += fill->quantity;
  return sum;
}

const Fill* find_in(const std::vector<const Fill*>& fills, const std::string& execution_id) {
  const auto at = std::find_if(fills.begin(), fills.end(), [&](const Fill* fill) {
    return fill->execution_id == execution_id;
  });
  return at == fills.end() ? nullptr : *at;
}

std::string order_words(const KnownOrder& known) {
  const PlannedOrder& order = known.intent.order;
  return "order " + known.intent.client_order_id.get() + " (" +
         (order.side == Side::kBuy ? "buy " : "sell ") + known.intent.asked_quantity().text() +
         " " + order.symbol.text() + ")";
}

std::string status_words(const BrokerOrder& listed) {
  return quoted(listed.status) + " with " + listed.event.filled_qty.text() + " filled";
}

/// Whether the state says that no such order ever was at the broker.
bool never_was_there(const KnownOrder& known) {
  const OrderState state = state_of(known);
  const bool without_id = !known.event || known.event->order_id.get().empty();
  return state == OrderState::kPlanned || state == OrderState::kAbandoned ||
         state == OrderState::kNeverAccepted || state == OrderState::kSimulated ||
         (state == OrderState::kRejected && without_id);
}

class Matcher {
 public:
  Matcher(const BrokerView& broker, const JournalView& journal)
      : broker_(broker), journal_(journal) {}

  Facts match() {
    take_journal();
    take_listed_orders();
    take_broker_fills();
    for (const Pair& pair : pairs_) {
      const Quantity late = compare_fills(pair);
      compare_order(pair, late);
    }
    return std::move(facts_);
  }

 private:
  void take_journal();
  void take_listed_orders();
  void take_broker_fills();
  Quantity compare_fills(const Pair& pair);
  void compare_journal_fill(const Pair& pair, const Fill& fill);
  void tell_late_fill(const Pair& pair, const Fill& fill);
  void compare_order(const Pair& pair, Quantity late);
  void compare_listed(const Pair& pair, Quantity late);
  void compare_unlisted(const Pair& pair);
  void take_stranger(const BrokerOrder& order);
  void take_fill_of_others(const Fill& fill);

  bool is_counted(const Fill& fill) const {
    return journal_.baseline.counted.contains(fill.execution_id);
  }
  Pair* find(const ClientOrderId& id) {
    const auto at = by_client_id_.find(id);
    return at == by_client_id_.end() ? nullptr : &pairs_[at->second];
  }
  Pair* owner_of(const Fill& fill) {
    if (Pair* pair = find(fill.client_order_id)) return pair;
    const auto at = client_ids_.find(fill.order_id);
    return at == client_ids_.end() ? nullptr : find(at->second);
  }
  void tell(Difference difference) { facts_.result.differences.push_back(std::move(difference)); }
  void tell_order(const Pair& pair, const std::string& words);

  const BrokerView& broker_;
  const JournalView& journal_;
  Facts facts_;
  std::vector<Pair> pairs_;
  std::map<ClientOrderId, std::size_t> by_client_id_;
  std::map<OrderId, ClientOrderId> client_ids_;
  std::set<OrderId> of_other_installations_;
};

void Matcher::take_journal() {
  pairs_.reserve(journal_.orders.size());
  for (const KnownOrder& known : journal_.orders) {
    by_client_id_.emplace(known.intent.client_order_id, pairs_.size());
    pairs_.push_back({&known});
    if (known.event && !known.event->order_id.get().empty()) {
      client_ids_.emplace(known.event->order_id, known.intent.client_order_id);
    }
  }
  for (const Fill& fill : journal_.fills) {
    if (Pair* pair = find(fill.client_order_id)) pair->in_journal.push_back(&fill);
  }
}

void Matcher::take_listed_orders() {
  for (const BrokerOrder& order : broker_.orders) {
    client_ids_.emplace(order.event.order_id, order.event.client_order_id);
    if (Pair* pair = find(order.event.client_order_id)) {
      pair->listed = &order;
    } else {
      take_stranger(order);
    }
  }
}

void Matcher::take_stranger(const BrokerOrder& order) {
  const std::string& id = order.event.client_order_id.get();
  const std::string side = !order.side ? "" : *order.side == Side::kBuy ? "buy " : "sell ";
  const std::string what =
      side + (order.quantity ? order.quantity->text() + " " : "") + order.symbol;
  if (!execution::has_our_form(id, journal_.id_prefix)) {
    facts_.result.foreign_orders.push_back(
        {order.event.order_id.get(),
         what + ", " + status_words(order) + " (order " + order.event.order_id.get() + ")"});
    return;
  }
  of_other_installations_.insert(order.event.order_id);
  tell({.key = "order:" + id + ":" + order.event.filled_qty.text(),
        .subject = Subject::kOrder,
        .symbol = order.symbol,
        .expected = Quantity::zero(),
        .actual = order.event.filled_qty,
        .cause = Cause::kUnknown,
        .sentence = "order " + id + " (" + what + ") has the form of our ids and is " +
                    status_words(order) +
                    " at the broker, but this journal never made it: another installation trades "
                    "this account, or the journal was replaced"});
}

void Matcher::take_broker_fills() {
  for (const Fill& fill : broker_.fills) {
    if (is_counted(fill)) continue;
    if (Pair* pair = owner_of(fill)) {
      pair->at_broker.push_back(&fill);
    } else {
      take_fill_of_others(fill);
    }
  }
}

void Matcher::take_fill_of_others(const Fill& fill) {
  const bool other_installation = of_other_installations_.contains(fill.order_id);
  Movement movement{.cause = other_installation ? Cause::kUnknown : Cause::kManualTrade,
                    .symbol = fill.symbol,
                    .quantity = signed_quantity(fill),
                    .words = trade_words(fill) + " (order " + fill.order_id.get() + ")",
                    .told = other_installation};
  movement.cash.add(fill);
  facts_.movements.push_back(std::move(movement));
}

/// Executions of one order of ours, both ways; the quantity that only the broker knows.
Quantity Matcher::compare_fills(const Pair& pair) {
  for (const Fill* fill : pair.in_journal) compare_journal_fill(pair, *fill);
  const bool stands_in = std::any_of(pair.in_journal.begin(), pair.in_journal.end(),
                                     [](const Fill* fill) { return is_stand_in(*fill); });
  const Quantity filled =
      pair.listed != nullptr ? pair.listed->event.filled_qty : filled_of(*pair.known);
  // What stood in for them is booked already.
  if (stands_in && sum_of(pair.in_journal) == filled) return Quantity::zero();
  Quantity late = Quantity::zero();
  for (const Fill* fill : pair.at_broker) {
    if (find_in(pair.in_journal, fill->execution_id) != nullptr) continue;
    tell_late_fill(pair, *fill);
    late += fill->quantity;
  }
  return late;
}

void Matcher::compare_journal_fill(const Pair& pair, const Fill& fill) {
  if (is_counted(fill) || fill.at <= broker_.fills_after) return;  // of before the baseline
  const Fill* other = find_in(pair.at_broker, fill.execution_id);
  const bool same = other != nullptr && other->symbol == fill.symbol && other->side == fill.side &&
                    other->quantity == fill.quantity && other->price == fill.price;
  facts_.agreed.push_back(fill);
  if (same || is_stand_in(fill)) {
    ++facts_.result.fills_agree;
    return;
  }
  Movement undo{.cause = Cause::kUnknown,
                .symbol = fill.symbol,
                .quantity = -signed_quantity(fill),
                .words = {},
                .told = true,
                .doubted = other == nullptr};
  CashSum cash;
  cash.add(fill);
  undo.cash = {-cash.exact, -cash.to_the_cent, cash.inexact};
  facts_.movements.push_back(undo);
  if (other != nullptr) {
    Movement instead{.cause = Cause::kUnknown,
                     .symbol = other->symbol,
                     .quantity = signed_quantity(*other),
                     .words = {},
                     .told = true};
    instead.cash.add(*other);
    facts_.movements.push_back(std::move(instead));
  }
  tell({.key = "fill:" + fill.execution_id,
        .subject = Subject::kFill,
        .symbol = fill.symbol.text(),
        .expected = fill.quantity,
        .actual = other == nullptr ? Quantity::zero() : other->quantity,
        .cause = Cause::kUnknown,
        .sentence = "execution " + fill.execution_id + " of " + order_words(*pair.known) +
                    ": the journal has " + trade_words(fill) + ", the broker has " +
                    (other == nullptr ? "no such execution" : trade_words(*other))});
}

void Matcher::tell_late_fill(const Pair& pair, const Fill& fill) {
  const OrderState state = state_of(*pair.known);
  Movement movement{.cause = Cause::kLateFill,
                    .symbol = fill.symbol,
                    .quantity = signed_quantity(fill),
                    .words = {},
                    .told = true};
  movement.cash.add(fill);
  facts_.movements.push_back(std::move(movement));
  Fill ours = fill;
  ours.client_order_id = pair.known->intent.client_order_id;
  facts_.result.late_fills.push_back(std::move(ours));
  const std::string why =
      is_final(state) ? "it came after the order had ended as " + std::string(to_text(state))
                      : "the order is " + std::string(to_text(state)) +
                            " there, and the next run goes on with it";
  tell({.key = "fill:" + fill.execution_id,
        .subject = Subject::kFill,
        .symbol = fill.symbol.text(),
        .expected = Quantity::zero(),
        .actual = fill.quantity,
        .cause = Cause::kLateFill,
        .sentence = order_words(*pair.known) + " " + trade_words(fill) + " at " +
                    fill.at.rfc3339() + " (execution " + fill.execution_id +
                    "), which the journal does not have: " + why});
}

void Matcher::tell_order(const Pair& pair, const std::string& words) {
  const Quantity actual = pair.listed == nullptr ? Quantity::zero() : pair.listed->event.filled_qty;
  const std::string seen = pair.listed == nullptr ? "none" : pair.listed->status;
  tell({.key =
            "order:" + pair.known->intent.client_order_id.get() + ":" + seen + ":" + actual.text(),
        .subject = Subject::kOrder,
        .symbol = pair.known->intent.order.symbol.text(),
        .expected = filled_of(*pair.known),
        .actual = actual,
        .cause = Cause::kUnknown,
        .sentence = order_words(*pair.known) + " " + words});
}

void Matcher::compare_order(const Pair& pair, Quantity late) {
  const OrderState state = state_of(*pair.known);
  const bool contradicted =
      pair.listed != nullptr && pair.listed->event.state == OrderState::kQuarantined;
  if (state == OrderState::kQuarantined || contradicted) {
    const std::string in_journal = pair.known->event ? pair.known->event->error : "";
    return tell_order(pair,
                      "is quarantined: " + (contradicted ? pair.listed->event.error : in_journal));
  }
  pair.listed == nullptr ? compare_unlisted(pair) : compare_listed(pair, late);
}

void Matcher::compare_unlisted(const Pair& pair) {
  if (never_was_there(*pair.known)) return;
  const OrderState state = state_of(*pair.known);
  const std::string words(to_text(state));
  if (state == OrderState::kSubmitting || state == OrderState::kUnknown) {
    return tell_order(pair, "is " + words +
                                " in the journal and not at the broker: it may still arrive there; "
                                "run again, which asks for it");
  }
  const std::optional<OrderEvent>& event = pair.known->event;
  const bool in_list =
      event && event->submitted_at && *event->submitted_at > journal_.baseline.orders_after;
  if (!in_list) return;
  tell_order(pair, "is " + words + " in the journal with " + filled_of(*pair.known).text() +
                       " filled, and the broker does not list it");
}

void Matcher::compare_listed(const Pair& pair, Quantity late) {
  const OrderState state = state_of(*pair.known);
  const std::string words(to_text(state));
  const OrderEvent& there = pair.listed->event;
  if (never_was_there(*pair.known)) {
    return tell_order(pair, "never was at the broker by the journal (" + words + "), yet it is " +
                                status_words(*pair.listed) + " there");
  }
  if (!is_final(state)) {
    facts_.result.pending.push_back(order_words(*pair.known) + " is " + words +
                                    " in the journal and " + status_words(*pair.listed) +
                                    " at the broker; the next run goes on with it");
    return;
  }
  if (there.filled_qty != filled_of(*pair.known) &&
      there.filled_qty != filled_of(*pair.known) + late) {
    return tell_order(pair, "ended in the journal as " + words + " with " +
                                filled_of(*pair.known).text() + " filled, at the broker it is " +
                                status_words(*pair.listed));
  }
  const bool same_end = there.state == state || !late.is_zero();
  if (!same_end) {
    return tell_order(pair, "ended in the journal as " + words + ", at the broker it is " +
                                status_words(*pair.listed));
  }
  if (late.is_zero()) ++facts_.result.orders_agree;
}

}  // namespace

void CashSum::add(const Fill& fill) {
  constexpr Int128 kPerMoney = 1'000'000'000'000;  // 1e-18 USD in 1e-6 USD
  constexpr Int128 kPerCent = kPerMoney * 10'000;
  Int128 product = Int128{fill.quantity.raw()} * fill.price.raw();
  if (product % kPerCent != 0) ++inexact;
  if (fill.side == Side::kBuy) product = -product;
  exact += divide(product, kPerMoney, Rounding::kHalfEven);
  to_the_cent += divide(product, kPerCent, Rounding::kHalfEven) * 10'000;
}

Quantity signed_quantity(const Fill& fill) {
  return fill.side == Side::kBuy ? fill.quantity : -fill.quantity;
}

std::string trade_words(const Fill& fill) {
  return (fill.side == Side::kBuy ? "bought " : "sold ") + fill.quantity.text() + " " +
         fill.symbol.text() + " at " + fill.price.text() + " USD";
}

Facts match_orders(const BrokerView& broker, const JournalView& journal) {
  return Matcher(broker, journal).match();
}

}  // namespace signalbus::reconcile
