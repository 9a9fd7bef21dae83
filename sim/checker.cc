#include "sim/checker.h"

#include "calendar/exchange_calendar.h"
#include "calendar/new_york.h"
#include "exchange_core/state.h"

namespace signalbus::sim {
namespace {

std::string wish_of(const KnownOrder& order) {
  const PlannedOrder& planned = order.intent.order;
  return order.batch.id().get() + " " + planned.symbol.text() + " " +
         std::string(to_text(planned.side)) + " " + std::to_string(planned.leg());
}

/// The value of a text member; "" when there is none. Order bodies are flat enough for this.
std::string_view member(std::string_view json, std::string_view name) {
  const std::string key = "\"" + std::string(name) + "\":\"";
  const std::size_t at = json.find(key);
  if (at == std::string_view::npos) return {};
  const std::size_t start = at + key.size();
  return json.substr(start, json.find('"', start) - start);
}

bool is_post_of_order(const net::HttpRequest& request) {
  return request.method == "POST" && request.target == "/v2/orders";
}

}  // namespace

void Checker::violated(std::string_view invariant, const std::string& words) const {
  world_.note({"VIOLATED", invariant, words});
  throw Violation{std::string(invariant), words};
}

KnownOrder& Checker::known(std::string_view id, std::string_view invariant) {
  KnownOrder* found = model_.find(id);
  if (found == nullptr) violated(invariant, "an order that no batch has: " + std::string(id));
  return *found;
}

std::optional<core::OrderNumber> Checker::at_broker(std::string_view id) const {
  return world_.exchange().find_client_order(world_.account(), id);
}

// -- Processes --------------------------------------------------------------------------------

void Checker::on_birth(const Process& process) { alive_[process.life()] = &process; }

void Checker::on_death(ProcessId life) { alive_.erase(life); }

void Checker::on_log(ProcessId, std::string_view line) { check_secret(line, "the log"); }

void Checker::check_secret(std::string_view text, std::string_view where) const {
  const bool clean =
      text.find(kSecret) == std::string_view::npos && text.find(kKeyId) == std::string_view::npos;
  require(clean, "I16", "a secret stands in", where);
}

// -- The wire ---------------------------------------------------------------------------------

void Checker::on_request(ProcessId life, const net::HttpRequest& request) {
  check_rate(life);
  if (request.method != "GET") check_silence(request.target);
  check_secret(request.body, "a body");
  check_secret(request.target, "a target");
  if (is_post_of_order(request)) check_post(life, request);
}

void Checker::check_rate(ProcessId life) {
  std::deque<Instant>& times = requests_[life];
  const Instant now = world_.now();
  while (!times.empty() && times.front() <= now.plus_seconds(-60)) times.pop_front();
  times.push_back(now);
  require(times.size() <= static_cast<std::size_t>(promises_.requests_per_minute), "I15",
          "more requests in a minute than the broker takes");
}

void Checker::check_post(ProcessId life, const net::HttpRequest& request) {
  const std::string_view id = member(request.body, "client_order_id");
  KnownOrder& order = known(id, "I3");
  require(!model_.failed.contains(life), "I3", "a POST after a failed write", id);
  require(order.sent < order.write_aheads, "I3", "a POST without a write-ahead of its own", id);
  require(order.body == request.body, "I14", "not the bytes that were stored", id);
  ++order.sent;
}

/// A no to a copy: the broker's port says of it what it says of a lost answer, so that no rule but
/// this tells that it happened.
void Checker::on_answer(ProcessId, const net::HttpRequest& request, int status) {
  if (!is_post_of_order(request)) return;
  const std::string_view id = member(request.body, "client_order_id");
  const bool refused = status == 403 || (status == 422 && !at_broker(id));
  if (refused && known(id, "I3").sent > 1) ++seen_["copy refused"];
}

void Checker::on_arrival(const net::HttpRequest& request, int status, bool late) {
  if (!is_post_of_order(request)) return;
  ++seen_[std::string(late ? "late POST " : "POST ") + std::to_string(status)];
  const bool exists = status == 422 && at_broker(member(request.body, "client_order_id"));
  if (exists) ++seen_["POST 422 exists"];
}

// -- The exchange -----------------------------------------------------------------------------

void Checker::on_exchange_event(const core::Event& event) {
  const core::Order& order = world_.exchange().order(event.order);
  if (!world_.is_ours(event.order)) return;
  if (event.kind == core::EventKind::kPendingNew && !order.is_leg()) check_new_order(order);
  const bool is_fill =
      event.kind == core::EventKind::kFill || event.kind == core::EventKind::kPartialFill;
  if (is_fill && order.side == core::OrderSide::kBuy) check_cash(order);
}

void Checker::check_new_order(const core::Order& order) {
  const std::string_view id = order.client_order_id;
  KnownOrder& wanted = known(id, "I3");
  if (world_.is_tainted(id)) return;
  require(wanted.write_aheads > 0, "I3", "at the broker without a write-ahead", id);
  require(!never_was(wanted.state) && wanted.state != OrderState::kRejected, "I9",
          "at the broker after it was given up as " + std::string(to_text(wanted.state)), id);
  require(++orders_of_wish_[wish_of(wanted)] == 1, "I1", "a second order for one wish", id);
  require(order.state.qty <= wanted.intent.order.quantity, "I2", "larger than planned", id);
}

/// A buy of ours must leave the account with money, but for what others took while the batch ran.
void Checker::check_cash(const core::Order& bought) {
  const core::Order& entry = bought.is_leg() ? world_.exchange().order(bought.parent) : bought;
  const KnownOrder& wanted = known(entry.client_order_id, "I3");
  const Int128 cash = world_.exchange().state().account(world_.account()).cash.raw();
  if (cash >= 0) return;
  const Int128 taken = world_.taken_since(wanted.batch.opened_at.plus_seconds(-60));
  if (cash + taken >= 0) return;
  violated("I4", "cash is " + Money::from_raw(static_cast<std::int64_t>(cash)).text() + " after " +
                     std::string(entry.client_order_id));
}

// -- The journal ------------------------------------------------------------------------------

void Checker::on_write_begins(ProcessId life) {
  require(!model_.failed.contains(life), "I3", "a write after a failed write");
  model_.in_doubt = Doubt{has_reason_for_a_person(life)};
}

void Checker::on_write_ends(ProcessId life) {
  if (!model_.failed.contains(life)) model_.in_doubt.reset();
}

void Checker::on_write_failed(ProcessId life) { model_.failed.insert(life); }

void Checker::on_take_over(ProcessId life) { model_.owner = life; }

void Checker::on_control(const ControlRecord& record) { model_.control = record; }

void Checker::check_writer(ProcessId life) {
  require(life == model_.owner, "I11", "a life that was replaced still writes");
}

void Checker::on_batch_opened(ProcessId life, const Batch& batch, std::span<const Intent> intents) {
  check_writer(life);
  KnownBatch known{batch, {}};
  for (const Intent& intent : intents) {
    const std::string& id = intent.client_order_id.get();
    require(model_.find(id) == nullptr, "I1", "an id that was used before", id);
    known.ids.push_back(id);
    model_.orders.emplace(id, KnownOrder{.batch = batch,
                                         .intent = intent,
                                         .body = {},
                                         .written_at = world_.now(),
                                         .executions = {}});
  }
  const bool added = model_.batches.emplace(batch.id().get(), std::move(known)).second;
  require(added, "I1", "a batch that was opened before", batch.id().get());
}

void Checker::on_legs_added(ProcessId life, const Batch& batch, std::span<const Intent> legs) {
  check_writer(life);
  check_silence("legs");
  for (const Intent& leg : legs) add_leg(batch, leg);
}

/// A leg is the broker's own order: nobody sends it, so nothing is asked of its write-ahead.
void Checker::add_leg(const Batch& batch, const Intent& leg) {
  const std::string& id = leg.client_order_id.get();
  if (model_.find(id) != nullptr) return;
  const auto number = at_broker(id);
  require(number && world_.exchange().order(*number).is_leg(), "I3", "no leg at the broker", id);
  require(model_.find(leg.parent.get()) != nullptr, "I3", "a leg of no order of ours", id);
  model_.batches.at(batch.id().get()).ids.push_back(id);
  model_.orders.emplace(id, KnownOrder{.batch = batch,
                                       .intent = leg,
                                       .state = OrderState::kLive,
                                       .body = {},
                                       .written_at = world_.now(),
                                       .executions = {}});
}

void Checker::on_batch_closed(ProcessId life, const Batch& batch, BatchState state) {
  check_writer(life);
  check_silence("close");
  const auto found = model_.batches.find(batch.id().get());
  require(found != model_.batches.end(), "I8", "closes a batch that was never opened");
  for (const std::string& id : found->second.ids) {
    const KnownOrder& order = known(id, "I8");
    require(order.intent.is_leg() || is_final(order.state), "I18",
            "closes a batch with an order that is not final", id);
  }
  found->second.batch.state = state;
}

void Checker::on_write_ahead(ProcessId life, const Batch&, std::span<const WriteAhead> posts,
                             std::span<const Status> answers) {
  check_writer(life);
  check_silence("write-ahead");
  for (std::size_t i = 0; i < posts.size(); ++i) {
    if (!answers[i].ok()) continue;
    KnownOrder& order = known(posts[i].client_order_id.get(), "I3");
    check_let_out(life, order, posts[i]);
    move_to(order, OrderState::kSubmitting);
    if (order.write_aheads++ > 0) continue;
    order.body = posts[i].body;
    order.written_at = world_.now();
  }
}

void Checker::check_let_out(ProcessId life, const KnownOrder& order, const WriteAhead& post) {
  const std::string& id = post.client_order_id.get();
  require(model_.control.state != TradingState::kHalted, "I5", "a write-ahead after the halt", id);
  require(order.write_aheads == 0 || order.body == post.body, "I14", "other bytes than before", id);
  check_session(life, post);
  if (order.write_aheads == 0) check_limits(order, post);
  // A clock that jumps ends waits too soon; what is then sent is bought with confirmed cash still.
  const bool waits = order.intent.order.side == Side::kBuy && !alive_.at(life)->clock_was_wrong();
  if (waits) check_buy_waits(order);
}

/// The first copy counts, at the price of the decision to send it.
void Checker::check_limits(const KnownOrder& order, const WriteAhead& post) {
  const std::string& id = post.client_order_id.get();
  // Half-even to 1e-6 USD, as the limits are written.
  const Int128 exact = Int128{post.quantity.raw()} * post.price_used.raw();
  constexpr Int128 kUnit = 1'000'000'000'000;
  const Int128 value = (exact + kUnit / 2) / kUnit;
  require(!promises_.order_notional || value <= promises_.order_notional->raw(), "I6",
          "an order above the limit of one order", id);
  DayUse& day = used_[order.batch.key.run_date];
  day.notional += value;
  ++day.orders;
  require(!promises_.day_notional || day.notional <= promises_.day_notional->raw(), "I6",
          "more than the day's limit in USD", id);
  require(!promises_.day_orders || day.orders <= *promises_.day_orders, "I6",
          "more orders than the day's limit", id);
  if (!promises_.open_orders) return;
  std::int64_t open = 1;
  for (const std::string& other : model_.batches.at(order.batch.id().get()).ids) {
    const KnownOrder& known = model_.orders.at(other);
    if (known.write_aheads > 0 && !is_final(known.state)) ++open;
  }
  require(open <= *promises_.open_orders, "I6", "more open orders than the limit", id);
}

/// By the time at which the program decided, whatever its machine's clock said.
void Checker::check_session(ProcessId life, const WriteAhead& post) {
  const std::int64_t error = alive_.at(life)->clock_error_at(post.at);
  const Instant at = Instant::from_micros(post.at.micros() - error);
  const auto session = calendar::session(calendar::new_york_date(at));
  const bool inside = session.ok() && at >= session.value().open &&
                      at <= session.value().close.plus_seconds(-promises_.times.close_guard);
  require(inside, "I17", "a write-ahead outside of the session, or shortly before its close",
          post.client_order_id.get());
}

/// Their time counts from the last sell that was sent for the first time; from the opening of the
/// batch where one could not be sent at all.
void Checker::check_buy_waits(const KnownOrder& buy) {
  Instant since = buy.batch.opened_at;
  const KnownOrder* open = nullptr;
  for (const std::string& id : model_.batches.at(buy.batch.id().get()).ids) {
    const KnownOrder& other = model_.orders.at(id);
    if (other.intent.order.side != Side::kSell || other.intent.order.leg() == 2) continue;
    if (other.intent.is_leg()) continue;
    if (other.write_aheads > 0) since = std::max(since, other.written_at);
    if (!is_final(other.state)) open = &other;
  }
  if (open == nullptr || open->state == OrderState::kQuarantined) return;
  require(world_.now() >= since.plus_seconds(promises_.times.fill_wait), "I10",
          "a buy while a sell is open and has time left", buy.intent.client_order_id.get());
}

/// Besides what others did to the order: the broker did not show what it had, and seemed to for as
/// long to a clock that jumped, because waits are measured by the wall's.
bool Checker::has_reason_for_a_person(ProcessId life) const {
  return alive_.at(life)->clock_was_wrong() || world_.forgot_lately();
}

void Checker::move_to(KnownOrder& order, OrderState next) {
  const std::string words = std::string(to_text(order.state)) + ">" + std::string(to_text(next));
  if (!may_become(order, next)) {
    violated("I8", order.intent.client_order_id.get() + " goes " + words);
  }
  if (order.state != next) ++seen_[words];
  order.state = next;
}

void Checker::on_recorded(ProcessId life, const Batch&, std::span<const OrderEvent> events,
                          std::span<const Fill> fills) {
  check_writer(life);
  check_silence("record");
  for (const Fill& fill : fills) book(fill);
  for (const OrderEvent& event : events) {
    KnownOrder& order = known(event.client_order_id.get(), "I8");
    move_to(order, event.state);
    if (event.state == OrderState::kQuarantined) order.has_reason = has_reason_for_a_person(life);
    if (!is_final(event.state)) continue;
    order.intent.is_leg() ? check_leg(order, event) : check_final(order, event);
  }
}

void Checker::book(const Fill& fill) {
  KnownOrder& order = known(fill.client_order_id.get(), "I2");
  if (!order.executions.emplace(fill.execution_id, fill.quantity.raw()).second) return;
  order.executed += fill.quantity.raw();
  const auto number = at_broker(fill.client_order_id.get());
  require(number.has_value(), "I2", "an execution of an order that the broker has not",
          fill.execution_id);
  if (world_.is_tainted(fill.client_order_id.get())) return;
  require(order.executed <= world_.exchange().order(*number).state.filled_qty.raw(), "I2",
          "more executions than the broker filled", fill.client_order_id.get());
}

/// The broker changes legs by itself; how one ended is its business, what it filled is ours.
void Checker::check_leg(const KnownOrder& leg, const OrderEvent& event) {
  const std::string& id = event.client_order_id.get();
  if (world_.is_tainted(id)) return;
  const core::Order& real = world_.exchange().order(at_broker(id).value());
  require(core::is_final(real.state.status), "I8", "a leg is final but lives at the broker", id);
  require(leg.executed == real.state.filled_qty.raw(), "I2",
          "a leg is final with executions that do not add up", id);
}

void Checker::check_final(const KnownOrder& order, const OrderEvent& event) {
  const std::string& id = event.client_order_id.get();
  if (world_.is_tainted(id)) return;
  const auto number = at_broker(id);
  const std::string word(to_text(event.state));
  if (!number) {
    const bool dead = event.state == OrderState::kRejected || never_was(event.state);
    return require(dead, "I9", word + " but never at the broker", id);
  }
  const core::Order& real = world_.exchange().order(*number);
  require(core::is_final(real.state.status), "I8", word + " but it lives at the broker", id);
  require(!never_was(event.state), "I9", word + " but it was at the broker", id);
  const bool rejected = real.state.status == core::OrderStatus::kRejected;
  require(event.state != OrderState::kRejected || rejected, "I9", "REJECTED but it was accepted",
          id);
  require(event.filled_qty == real.state.filled_qty, "I2",
          word + " with another filled quantity than the broker's", id);
  require(order.executed == real.state.filled_qty.raw(), "I2",
          word + " with executions that do not add up", id);
}

}  // namespace signalbus::sim
