// A broker in memory that does what a test tells it, for tests of the executor only.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "ports/broker.h"
#include "ports/clock.h"
#include "ports/run_log.h"
#include "ports/venue.h"

namespace signalbus::executor {

/// Keeps one order per client order id and fills it as it was told: at once by default.
class ScriptedBroker final : public Broker, public Venue {
 public:
  explicit ScriptedBroker(Clock& clock) : clock_(clock) {}

  // ---- What a test sets ----
  /// What happens to a POST; the front one is used up by each.
  enum class Post {
    kAccept,
    kLoseRequest,  ///< Never arrives; no answer.
    kLoseAnswer,   ///< Arrives; no answer.
    kRefuse,
    kArriveLate  ///< No answer now; arrives when arrive() is called.
  };
  std::deque<Post> posts = {};
  bool fills_at_once = true;
  bool hides_orders = false;  ///< by id and in the list: visibility lag.
  bool hides_fills = false;
  bool is_down = false;  ///< Reads fail.
  bool cancel_works = true;
  bool market_open = true;
  std::map<Symbol, Quantity> held = {};
  Money cash = Money::whole(100'000);
  std::vector<AssetRule> rules = {};  ///< Empty: everything may be traded.
  std::vector<BrokerOrder> others = {};
  std::vector<BrokerOrder> bracket_legs = {};
  std::function<void(const Intent&)> on_post = {};
  std::function<void()> on_not_found = {};  ///< Before order() says so.

  // ---- What a test looks at ----
  struct Sent {
    ClientOrderId id;
    std::string body;
  };
  std::vector<Sent> sent = {};
  std::vector<OrderId> canceled = {};

  bool has(const ClientOrderId& id) const { return orders_.contains(id); }

  void fill(const ClientOrderId& id, Quantity quantity) {
    BrokerOrder& order = orders_.at(id);
    order.event.filled_qty += quantity;
    order.event.filled_avg_price = Price::whole(10);
    if (order.event.filled_qty == *order.quantity) order.event.state = OrderState::kFilled;
    fills_.push_back({.execution_id = "e" + std::to_string(fills_.size()),
                      .order_id = order.event.order_id,
                      .client_order_id = id,
                      .symbol = Symbol::parse(order.symbol).value(),
                      .side = *order.side,
                      .quantity = quantity,
                      .price = Price::whole(10),
                      .at = clock_.now()});
  }
  void end(const ClientOrderId& id, OrderState state) {
    orders_.at(id).event.state = state;
    orders_.at(id).event.updated_at = clock_.now();
  }
  void arrive() {
    for (const Intent& intent : std::exchange(late_, {})) accept(intent);
  }

  // ---- Broker ----
  Result<BrokerAccount> account() override {
    if (is_down) return down();
    return BrokerAccount{AccountId("acc"), cash, cash};
  }
  Result<Holdings> positions() override {
    if (is_down) return down();
    Holdings out;
    for (const auto& [symbol, quantity] : held) {
      out.holdings.push_back({symbol, quantity, {}, {}, {}, HoldingOrigin::kBrokerOnly});
    }
    return out;
  }
  Result<std::string> order_bytes(const Intent& intent) const override {
    return intent.client_order_id.get() + " " + intent.asked_quantity().text();
  }
  Result<SubmitAnswer> submit(const Intent& intent) override {
    if (on_post) on_post(intent);
    sent.push_back({intent.client_order_id, intent.body});
    const Post what = posts.empty() ? Post::kAccept : posts.front();
    if (!posts.empty()) posts.pop_front();
    if (what == Post::kRefuse && intent.posts == 0) return refusal(intent);
    if (what == Post::kArriveLate) late_.push_back(intent);
    if (what == Post::kAccept || what == Post::kLoseAnswer) accept(intent);
    if (what != Post::kAccept) return Error{ErrorCode::kUnknownOutcome, "no answer"};
    return SubmitAnswer{orders_.at(intent.client_order_id).event, {}};
  }
  Result<std::optional<SubmitAnswer>> order(const ClientOrderId& id) override {
    if (is_down) return down();
    if (hides_orders || !orders_.contains(id)) {
      if (on_not_found) on_not_found();
      return std::optional<SubmitAnswer>();
    }
    return std::optional<SubmitAnswer>({orders_.at(id).event, {}});
  }
  Result<std::vector<BrokerOrder>> legs(const OrderId&) override { return bracket_legs; }
  Result<std::vector<BrokerOrder>> orders(Instant) override {
    if (is_down) return down();
    std::vector<BrokerOrder> out = others;
    if (hides_orders) return out;
    for (const auto& [id, order] : orders_) out.push_back(order);
    return out;
  }
  Result<std::vector<Fill>> fills(Instant) override {
    if (is_down) return down();
    return hides_fills ? std::vector<Fill>{} : fills_;
  }
  Result<std::vector<CashFlow>> cash_flows(TradeDate) override { return std::vector<CashFlow>{}; }
  Status cancel(const OrderId& id) override {
    canceled.push_back(id);
    for (auto& [client_id, order] : orders_) {
      if (cancel_works && order.event.order_id == id && !is_final(order.event.state)) {
        end(client_id,
            order.event.filled_qty.is_positive() ? OrderState::kPartial : OrderState::kCanceled);
      }
    }
    return Ok{};
  }

  // ---- Venue ----
  Result<VenueClock> clock() override {
    const Instant now = clock_.now();
    return VenueClock{now, market_open, now.plus_seconds(3600), now.plus_seconds(7200)};
  }
  Result<std::vector<VenueSession>> sessions(TradeDate, TradeDate) override {
    return std::vector<VenueSession>{};
  }
  Result<std::vector<AssetRule>> asset_rules(std::span<const Symbol> symbols) override {
    if (!rules.empty()) return rules;
    std::vector<AssetRule> out;
    for (const Symbol& symbol : symbols) out.push_back({symbol, true, true, true});
    return out;
  }

 private:
  static Error down() { return {ErrorCode::kUnavailable, "the broker is down"}; }

  SubmitAnswer refusal(const Intent& intent) const {
    return {{.client_order_id = intent.client_order_id,
             .state = OrderState::kRejected,
             .order_id = OrderId(""),
             .filled_qty = Quantity::zero(),
             .filled_avg_price = {},
             .price_used = intent.order.ref_price,
             .submitted_at = {},
             .updated_at = clock_.now(),
             .reject_code = "40310000",
             .error = "insufficient buying power"},
            {}};
  }
  void accept(const Intent& intent) {
    if (orders_.contains(intent.client_order_id)) return;
    BrokerOrder order{{.client_order_id = intent.client_order_id,
                       .state = OrderState::kLive,
                       .order_id = OrderId("o-" + intent.client_order_id.get()),
                       .filled_qty = Quantity::zero(),
                       .filled_avg_price = {},
                       .price_used = intent.order.ref_price,
                       .submitted_at = clock_.now(),
                       .updated_at = clock_.now(),
                       .reject_code = {},
                       .error = {}},
                      intent.order.symbol.text(),
                      intent.order.side,
                      intent.asked_quantity(),
                      "new"};
    orders_.emplace(intent.client_order_id, std::move(order));
    if (fills_at_once) fill(intent.client_order_id, intent.asked_quantity());
  }

  Clock& clock_;
  std::map<ClientOrderId, BrokerOrder> orders_;
  std::vector<Fill> fills_;
  std::vector<Intent> late_;
};

class QuietLog final : public RunLog {
 public:
  void line(LogLevel, std::string_view, std::string_view message) override {
    lines.emplace_back(message);
  }
  std::vector<std::string> lines;
};

}  // namespace signalbus::executor
