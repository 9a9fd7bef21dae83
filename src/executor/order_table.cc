#include "executor/order_table.h"

#include <algorithm>

#include "execution/mutation.h"

namespace signalbus::executor {
namespace {

using execution::OrderProgress;

OrderProgress progress_of(const Intent& intent, const OrderEvent* event) {
  OrderProgress out;
  out.state = intent.state;
  out.posts = intent.posts;
  out.quantity = intent.asked_quantity();
  if (intent.is_leg()) out.posts = 1;  // the broker made it: it was never ours to send
  out.posted_at = intent.posted_at;
  if (event == nullptr) return out;
  out.order_id = event->order_id;
  out.filled = event->filled_qty;
  out.filled_avg_price = event->filled_avg_price;
  out.code = event->reject_code;
  out.words = event->error;
  // An end that was heard of before the restart is heard of anew: the grace starts again.
  if (out.state == OrderState::kResolving) out.state = OrderState::kLive;
  return out;
}

OrderEvent event_of(const Tracked& order, Instant now) {
  const OrderProgress& progress = order.progress;
  return {.client_order_id = order.intent.client_order_id,
          .state = progress.state,
          .order_id = progress.order_id,
          .filled_qty = progress.filled,
          .filled_avg_price =
              progress.filled.is_positive() ? progress.filled_avg_price : std::optional<Price>(),
          .price_used = order.price_used,
          .submitted_at = order.submitted_at,
          .updated_at = now,
          .reject_code = progress.code,
          .error = progress.words};
}

/// A leg as an order to follow: the other side of its bracket, for what the broker says.
Intent leg_intent(const Tracked& parent, const BrokerOrder& leg, int sequence) {
  Intent out = parent.intent;
  out.client_order_id = leg.event.client_order_id;
  out.parent = parent.intent.client_order_id;
  out.sequence = sequence;
  out.state = OrderState::kLive;
  out.body.clear();
  out.posts = 0;
  out.posted_at.reset();
  out.reduced_to.reset();
  PlannedOrder& order = out.order;
  order.side = parent.intent.order.side == Side::kBuy ? Side::kSell : Side::kBuy;
  order.quantity = leg.quantity.value_or(parent.intent.asked_quantity());
  order.type = leg.limit_price ? OrderType::kLimit : OrderType::kMarket;
  order.take_profit.reset();
  order.stop_loss = leg.stop_price;
  order.limit_price = leg.limit_price;
  order.purpose = Purpose::kProtect;
  return out;
}

}  // namespace

Result<OrderTable> OrderTable::load(Journal& journal, const Batch& batch) {
  OrderTable table(batch);
  SB_TRY(std::vector<Intent> intents, journal.intents(batch));
  SB_TRY(const std::vector<OrderRecord> records, journal.orders(batch));
  std::map<ClientOrderId, const OrderEvent*> events;
  for (const OrderRecord& record : records) {
    events.emplace(record.event.client_order_id, &record.event);
  }
  for (Intent& intent : intents) {
    const auto at = events.find(intent.client_order_id);
    const OrderEvent* event = at == events.end() ? nullptr : at->second;
    OrderProgress progress = progress_of(intent, event);
    const Price used = event == nullptr ? intent.order.ref_price : event->price_used;
    const std::optional<Instant> sent =
        event == nullptr ? std::optional<Instant>() : event->submitted_at;
    table.orders_.push_back(
        {std::move(intent), std::move(progress), {}, used, sent, std::nullopt, false});
  }
  table.index();
  SB_TRY(std::vector<Fill> fills, journal.fills(batch));
  SB_TRY_OK(table.take_fills(std::move(fills)));
  return table;
}

void OrderTable::index() {
  for (std::size_t i = 0; i < orders_.size(); ++i) {
    by_client_id_.emplace(orders_[i].intent.client_order_id, i);
    const OrderId& id = orders_[i].progress.order_id;
    if (!id.get().empty()) by_order_id_.emplace(id, i);
  }
}

/// What the journal has of executions, when the table is loaded.
Status OrderTable::take_fills(std::vector<Fill> fills) {
  for (Fill& fill : fills) {
    Tracked* order = find(fill.client_order_id);
    SB_CHECK(order != nullptr);  // a fill's order is of its batch: the journal sees to it
    executions_.insert(fill.execution_id);
    order->progress.executed += fill.quantity;
    order->fills.push_back(std::move(fill));
  }
  return Ok{};
}

Tracked* OrderTable::find(const ClientOrderId& id) {
  const auto at = by_client_id_.find(id);
  return at == by_client_id_.end() ? nullptr : &orders_[at->second];
}

Tracked* OrderTable::find(const OrderId& id) {
  const auto at = by_order_id_.find(id);
  return at == by_order_id_.end() ? nullptr : &orders_[at->second];
}

bool OrderTable::has_legs(const ClientOrderId& bracket) const {
  return std::any_of(orders_.begin(), orders_.end(),
                     [&](const Tracked& order) { return order.intent.parent == bracket; });
}

Status OrderTable::adopt_legs(Journal& journal, const ClientOrderId& bracket,
                              const std::vector<BrokerOrder>& legs) {
  std::vector<Intent> intents;
  for (const BrokerOrder& leg : legs) {
    const Tracked* parent = find(bracket);
    SB_CHECK(parent != nullptr);
    intents.push_back(leg_intent(*parent, leg, static_cast<int>(orders_.size())));
    OrderProgress progress = progress_of(intents.back(), nullptr);
    progress.order_id = leg.event.order_id;
    const Price used = intents.back().order.ref_price;
    by_client_id_.emplace(leg.event.client_order_id, orders_.size());
    by_order_id_.emplace(leg.event.order_id, orders_.size());
    orders_.push_back({intents.back(),
                       std::move(progress),
                       {},
                       used,
                       leg.event.submitted_at,
                       std::nullopt,
                       true});
  }
  return journal.add_legs(batch_, intents);
}

execution::Rule OrderTable::apply(Tracked& order, const execution::OrderInput& input, Instant now,
                                  const execution::Patience& patience) {
  execution::OrderStep step = execution::apply(order.progress, input, now, patience);
  const OrderProgress& before = order.progress;
  // Counters of looks and absences are of this process: only what an event says makes news.
  if (step.after.state != before.state || step.after.filled != before.filled ||
      step.after.order_id != before.order_id) {
    order.changed = true;
  }
  if (before.order_id.get().empty() && !step.after.order_id.get().empty()) {
    by_order_id_.emplace(step.after.order_id, static_cast<std::size_t>(&order - orders_.data()));
  }
  order.progress = std::move(step.after);
  return step.rule;
}

void OrderTable::add_fill(Tracked& order, const Fill& fill, Instant now,
                          const execution::Patience& patience) {
  Fill own = fill;
  if (execution::mutated(execution::Mutation::kNoExecutionDedup)) {
    own.execution_id += "#" + std::to_string(executions_.size());
  }
  if (is_final(order.progress.state) || !executions_.insert(own.execution_id).second) return;
  own.client_order_id = order.intent.client_order_id;
  order.fills.push_back(own);
  unsaved_fills_.push_back(std::move(own));
  apply(order, execution::Executed{order.progress.executed + fill.quantity}, now, patience);
}

Status OrderTable::save(Journal& journal, Instant now) {
  std::vector<OrderEvent> events;
  for (const Tracked& order : orders_) {
    if (order.changed) events.push_back(event_of(order, now));
  }
  if (events.empty() && unsaved_fills_.empty()) return Ok{};
  SB_TRY_OK(journal.record(batch_, events, unsaved_fills_));
  for (Tracked& order : orders_) order.changed = false;
  unsaved_fills_.clear();
  return Ok{};
}

}  // namespace signalbus::executor
