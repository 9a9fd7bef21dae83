// Sending: the write-ahead through the gate, the POST, and what its answer makes of the order.
#include <algorithm>

#include "core/text.h"
#include "execution/mutation.h"
#include "execution/preflight.h"
#include "executor/runner.h"

namespace signalbus::executor {
namespace {

using execution::mutated;
using execution::Mutation;

/// How long a group's permission to leave is good for before the trading state is read again.
constexpr std::int64_t kPermissionMicros = 250'000;

/// How long a price that was asked for is one of this moment.
constexpr std::int64_t kPriceSeconds = 2;

}  // namespace

Status Runner::refresh_prices(const std::vector<Tracked*>& orders) {
  if (doors_.market == nullptr) return Ok{};
  // Buys are cut to the cash and sent at the same prices, or the last one would not fit any more.
  const bool young = fresh_at_ && now() < fresh_at_->plus_seconds(kPriceSeconds);
  const auto has_price = [&](const Tracked* order) {
    return fresh_price(order->intent) != nullptr;
  };
  if (young && std::all_of(orders.begin(), orders.end(), has_price)) return Ok{};
  std::vector<Symbol> symbols;
  for (const Tracked* order : orders) symbols.push_back(order->intent.order.symbol);
  std::sort(symbols.begin(), symbols.end());
  symbols.erase(std::unique(symbols.begin(), symbols.end()), symbols.end());
  SB_TRY(fresh_, doors_.market->prices(symbols));
  fresh_at_ = now();
  return Ok{};
}

const PricePoint* Runner::fresh_price(const Intent& intent) const {
  return doors_.market == nullptr ? nullptr : fresh_.find(intent.order.symbol);
}

/// Brackets that the market has left since they were planned end here, never sent; the others.
std::vector<Tracked*> Runner::drop_left_brackets(const std::vector<Tracked*>& orders) {
  std::vector<Tracked*> out;
  for (Tracked* order : orders) {
    const PricePoint* fresh = fresh_price(order->intent);
    const bool judged = fresh != nullptr && order->progress.posts == 0;
    const auto words = judged ? execution::bracket_obstacle(order->intent.order, fresh->price)
                              : std::optional<std::string>();
    if (words) {
      apply(*order, execution::Dropped{*words});
    } else {
      out.push_back(order);
    }
  }
  return out;
}

Result<WriteAhead> Runner::write_ahead_of(Tracked& order) {
  const Quantity quantity = order.intent.asked_quantity();
  const PricePoint* fresh = fresh_price(order.intent);
  const Price price = fresh == nullptr ? order.intent.order.ref_price : fresh->price;
  SB_TRY(const Money notional, notional_half_even(quantity, price));
  if (order.intent.body.empty()) {
    SB_TRY(order.intent.body, doors_.broker.order_bytes(order.intent));
  }
  return WriteAhead{
      order.intent.client_order_id, order.intent.body, quantity, price, notional, now()};
}

Status Runner::through_gate(const Tracked& order, const Gate& gate, const GateFacts& facts,
                            const WriteAhead& post) const {
  if (facts.control.state == TradingState::kHalted && doors_.venue != nullptr &&
      !mutated(Mutation::kHaltNotChecked)) {
    return Error{ErrorCode::kHalted, "halted by " + facts.control.by + ": " + facts.control.reason};
  }
  const PricePoint reference{order.intent.order.symbol, order.intent.order.ref_price, post.at};
  return gate(
      {order.intent, post.quantity,
       doors_.market == nullptr ? &reference : fresh_price(order.intent), order.progress.posts,
       table_.orders(), has_positions_ ? &positions_ : nullptr, post.at, closes_at_, free_cash_},
      facts);
}

Status Runner::post(const std::vector<Tracked*>& orders, const Gate& gate) {
  if (orders.empty()) return Ok{};
  const Status prices = refresh_prices(orders);
  if (!prices.ok()) {  // no fresh price, no order; the next round asks again
    trouble_ = prices.error().message;
    return Ok{};
  }
  if (doors_.venue != nullptr) {
    Result<Holdings> positions = doors_.broker.positions();
    if (!positions.ok()) {
      trouble_ = positions.error().message;
      return Ok{};
    }
    positions_ = std::move(positions).value();
    has_positions_ = true;
  }
  const auto size = static_cast<std::size_t>(doors_.venue == nullptr ? INT32_MAX : policy_.group);
  const std::vector<Tracked*> fitting = drop_left_brackets(orders);
  const std::span<Tracked* const> all(fitting);
  for (std::size_t at = 0; at < all.size() && !halted_ && is_open_now(); at += size) {
    SB_TRY_OK(post_group(all.subspan(at, std::min(size, all.size() - at)), gate));
  }
  return save();
}

Status Runner::post_group(std::span<Tracked* const> group, const Gate& gate) {
  std::vector<WriteAhead> posts;
  for (Tracked* order : group) {
    SB_TRY(WriteAhead post, write_ahead_of(*order));
    posts.push_back(std::move(post));
  }
  std::size_t asked = 0;  // the gate is asked about each, in order
  const auto let_out = [&](const GateFacts& facts, const WriteAhead& post) {
    Tracked& order = *group[asked++];
    Status verdict = through_gate(order, gate, facts, post);
    if (!verdict.ok()) return verdict;
    // At once: the next of the group is judged with this one as good as sent.
    const bool is_buy = order.intent.order.side == Side::kBuy;
    if (free_cash_ && is_buy && order.progress.posts == 0) *free_cash_ -= post.notional;
    order.price_used = post.price_used;
    order.submitted_at = post.at;
    apply(order, execution::Posted{});
    order.changed = false;  // the write-ahead says so
    return verdict;
  };
  SB_TRY(const std::vector<Status> verdicts,
         doors_.journal.write_ahead(table_.batch(), posts, let_out));
  const std::int64_t permitted_at = doors_.clock.monotonic_micros();
  std::vector<Tracked*> leaving;
  for (std::size_t i = 0; i < group.size(); ++i) {
    Tracked& order = *group[i];
    if (verdicts[i].ok()) {
      leaving.push_back(&order);
    } else if (verdicts[i].error().code == ErrorCode::kHalted) {
      halted_ = true;
    } else {
      log(LogLevel::kWarn, order.intent.order.symbol.text() + ": " + verdicts[i].error().message);
      apply(order, execution::Dropped{verdicts[i].error().message});
    }
  }
  for (Tracked* order : leaving) {
    // A slow group must not outrun a halt or the session: what has not left never leaves, and is
    // not in doubt.
    const bool is_old = doors_.clock.monotonic_micros() - permitted_at > kPermissionMicros;
    if (is_old) SB_TRY_OK(check_control());
    if (halted_ || !is_open_now()) {
      apply(*order, execution::Withheld{halted_ ? "halted" : "not sent in time"});
      if (order->progress.state == OrderState::kAbandoned) order->submitted_at.reset();
      continue;
    }
    submit(*order);
    SB_TRY_OK(ask_breaker());
  }
  return save();
}

/// The breaker's halt is durable before anything else happens; what has not left never does.
Status Runner::ask_breaker() {
  if (!breaker_ || halted_ || doors_.venue == nullptr) return Ok{};
  const std::optional<ControlRecord> record = breaker_(table_.orders(), now());
  if (!record) return Ok{};
  SB_TRY_OK(doors_.journal.set_control(*record));
  return check_control();
}

/// Sends one order whose write-ahead is durable.
void Runner::submit(Tracked& order) {
  Intent intent = order.intent;
  intent.posts = mutated(Mutation::kRefusalOfResendEnds) ? 0 : order.progress.posts - 1;
  if (mutated(Mutation::kNewIdPerRetry) && intent.posts > 0) {
    intent.client_order_id =
        ClientOrderId(intent.client_order_id.get() + std::to_string(intent.posts));
    intent.body.clear();
  }
  if (order.progress.posts == 1) last_post_ = now();
  listed_ = false;
  const Result<SubmitAnswer> answer = doors_.broker.submit(intent);
  if (!answer.ok()) {
    apply(order, execution::NoAnswer{answer.error().message});
    return;
  }
  const OrderEvent& event = answer.value().event;
  if (event.state == OrderState::kRejected && event.order_id.get().empty()) {
    apply(order, execution::Refused{event.reject_code, event.error});
    notes_.push_back(order.intent.client_order_id.get() +
                     " was refused by the broker: " + event.error);
    return;
  }
  for (const Fill& fill : answer.value().fills) {
    table_.add_fill(order, fill, now(), policy_.patience);
  }
  apply(order, execution::Seen{event});
}

}  // namespace signalbus::executor
