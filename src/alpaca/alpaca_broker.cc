#include "alpaca/alpaca_broker.h"

#include <algorithm>

#include "alpaca/cash_flows.h"
#include "core/text.h"

namespace signalbus::alpaca {
namespace {

/// The first thing that keeps the account from trading.
std::string blocked_words(const Account& account) {
  if (account.account_blocked) return "the account is blocked";
  if (account.trading_blocked) return "trading is blocked";
  if (account.trade_suspended_by_user) return "trading was suspended in the account's settings";
  if (account.status != "ACTIVE") return "the account's status is " + account.status;
  return "";
}

OrderEvent rejected(const Intent& intent, const Refusal& refusal, Instant now) {
  std::string words = refusal.message.empty() ? "refused without words" : refusal.message;
  for (const net::Field& field : refusal.extra) words += ", " + field.name + " " + field.value;
  if (!refusal.request_id.empty()) words += " (request " + refusal.request_id + ")";
  return {.client_order_id = intent.client_order_id,
          .state = OrderState::kRejected,
          .order_id = OrderId(""),
          .filled_qty = Quantity::zero(),
          .filled_avg_price = std::nullopt,
          .price_used = intent.order.ref_price,
          .submitted_at = std::nullopt,
          .updated_at = now,
          .reject_code = refusal.code_text(),
          .error = std::move(words)};
}

Error other_order(const Intent& intent, const std::string& what) {
  return {ErrorCode::kUnknownOutcome,
          "order " + quoted(intent.client_order_id.get()) + ": at Alpaca its " + what +
              "; another installation may use this account with the same id prefix"};
}

/// Its price stands in the answer where the object did not submit the order itself.
Price price_of(const Order& order) {
  if (order.filled_avg_price) return *order.filled_avg_price;
  return order.limit_price.value_or(Price::zero());
}

}  // namespace

Result<BrokerAccount> AlpacaBroker::account() {
  SB_TRY(const Account account, api_.account());
  if (!account.currency.empty() && account.currency != "USD") {
    return Error{ErrorCode::kBrokerRefused, "account: its currency is " + quoted(account.currency) +
                                                ", only USD is understood"};
  }
  return BrokerAccount{AccountId(account.id), account.equity, account.cash,
                       account.buying_power,  account.number, blocked_words(account)};
}

Result<Holdings> AlpacaBroker::positions() {
  SB_TRY(const std::vector<Position> positions, api_.positions());
  Holdings out;
  MoneySum unnamed;
  for (const Position& position : positions) {
    if (position.qty.is_zero()) continue;
    const Result<Symbol> symbol = Symbol::parse(position.symbol);
    const bool is_equity = position.asset_class.empty() || position.asset_class == "us_equity";
    if (!is_equity || !symbol.ok()) {
      out.unnamed.push_back(position.symbol + " (" + position.asset_class + ")");
      unnamed.add(position.market_value.value_or(Money::zero()));
      continue;
    }
    out.holdings.push_back({symbol.value(), position.qty, std::nullopt, position.market_value,
                            position.avg_entry_price, HoldingOrigin::kBrokerOnly});
  }
  SB_TRY(out.unnamed_value, unnamed.total());
  std::sort(out.holdings.begin(), out.holdings.end(),
            [](const Holding& a, const Holding& b) { return a.symbol < b.symbol; });
  const auto twice =
      std::adjacent_find(out.holdings.begin(), out.holdings.end(),
                         [](const Holding& a, const Holding& b) { return a.symbol == b.symbol; });
  if (twice == out.holdings.end()) return out;
  return Error{ErrorCode::kUnavailable,
               "GET /v2/positions: " + twice->symbol.text() + " is listed twice"};
}

Result<std::string> AlpacaBroker::order_bytes(const Intent& intent) const {
  const PlannedOrder& order = intent.order;
  const bool is_bracket = order.type == OrderType::kBracket;
  if (!order.quantity.is_positive() || (is_bracket && (!order.take_profit || !order.stop_loss)) ||
      (order.type == OrderType::kLimit && !order.limit_price)) {
    return Error{ErrorCode::kInvalidInput, "order " + quoted(intent.client_order_id.get()) +
                                               ": lacks a quantity or price that its type needs"};
  }
  return order_json(request_of(intent));
}

Result<SubmitAnswer> AlpacaBroker::submit(const Intent& intent) {
  std::string body = intent.body;
  if (body.empty()) {
    SB_TRY(body, order_bytes(intent));
  }
  prices_used_.insert_or_assign(intent.client_order_id, intent.order.ref_price);
  SB_TRY(const SubmitReply reply, api_.submit(body, intent.client_order_id, intent.posts > 0));
  if (const Refusal* refusal = std::get_if<Refusal>(&reply)) {
    return SubmitAnswer{rejected(intent, *refusal, clock_.now()), {}};
  }
  if (std::holds_alternative<AlreadyThere>(reply)) return adopt(intent);
  const Order& order = std::get<Order>(reply);
  if (const std::string what = difference(intent, order); !what.empty()) {
    return other_order(intent, what);
  }
  return answer_of(order);
}

/// The id exists at Alpaca: the order under it is ours when it says what we asked for.
Result<SubmitAnswer> AlpacaBroker::adopt(const Intent& intent) {
  Result<std::optional<Order>> found = api_.order_by_client_id(intent.client_order_id);
  if (!found.ok() || !found.value()) {
    return Error{ErrorCode::kUnknownOutcome,
                 "order " + quoted(intent.client_order_id.get()) +
                     ": Alpaca says that this id exists, but does not show the order yet" +
                     (found.ok() ? "" : " (" + found.error().message + ")") + "; ask again"};
  }
  if (const std::string what = difference(intent, *found.value()); !what.empty()) {
    return other_order(intent, what);
  }
  return answer_of(*found.value());
}

void AlpacaBroker::remember(const Order& order) {
  client_ids_.insert_or_assign(order.id, order.client_order_id);
}

SubmitAnswer AlpacaBroker::answer_of(const Order& order) {
  remember(order);
  const auto used = prices_used_.find(order.client_order_id);
  const Price price = used != prices_used_.end() ? used->second : price_of(order);
  return {event_of(order, price, clock_.now()), {}};
}

Result<std::optional<SubmitAnswer>> AlpacaBroker::order(const ClientOrderId& id) {
  SB_TRY(const std::optional<Order> order, api_.order_by_client_id(id));
  if (!order) return std::optional<SubmitAnswer>();
  return std::optional<SubmitAnswer>(answer_of(*order));
}

BrokerOrder AlpacaBroker::broker_order_of(const Order& order) {
  return {answer_of(order).event, order.symbol,
          side_of(order.side),    order.qty,
          order.status,           order.limit_price,
          order.stop_price,       !order.order_class.empty() && order.order_class != "simple"};
}

Result<std::vector<BrokerOrder>> AlpacaBroker::legs(const OrderId& bracket) {
  SB_TRY(const std::optional<Order> parent, api_.order(bracket, true));
  if (!parent) {
    return Error{ErrorCode::kNotFound, "order " + quoted(bracket.get()) + " is not at Alpaca"};
  }
  std::vector<BrokerOrder> out;
  for (const Order& leg : parent->legs) out.push_back(broker_order_of(leg));
  return out;
}

Result<std::vector<BrokerOrder>> AlpacaBroker::orders(Instant after) {
  SB_TRY(const std::vector<Order> orders, api_.orders({.after = after}));
  std::vector<BrokerOrder> out;
  out.reserve(orders.size());
  for (const Order& order : orders) out.push_back(broker_order_of(order));
  return out;
}

Result<std::vector<Fill>> AlpacaBroker::fills(Instant after) {
  SB_TRY(const std::vector<Activity> activities,
         api_.activities({.types = "FILL", .after = after}));
  std::vector<Fill> out;
  for (const Activity& row : activities) {
    const std::string place = "execution " + quoted(row.id);
    const Result<Symbol> symbol = Symbol::parse(row.symbol);
    if (!symbol.ok()) continue;  // an option or the like: never an order of ours
    const std::optional<Side> side = side_of(row.side);
    if (!side || !row.qty || !row.price || !row.transaction_time || row.order_id.empty()) {
      return Error{ErrorCode::kUnavailable, "GET /v2/account/activities: " + place +
                                                " lacks a side, quantity, price, time "
                                                "or order"};
    }
    const auto known = client_ids_.find(OrderId(row.order_id));
    out.push_back({row.id, OrderId(row.order_id),
                   known == client_ids_.end() ? ClientOrderId("") : known->second, symbol.value(),
                   *side, row.qty->abs(), *row.price, *row.transaction_time});
  }
  return out;
}

Result<std::vector<CashFlow>> AlpacaBroker::cash_flows(TradeDate from) {
  // Alpaca compares moments, rows carry days: a day more is asked for, and the days decide.
  const Instant after = Instant::start_of(from.plus_days(-1));
  SB_TRY(const std::vector<Activity> activities,
         api_.activities({.category = "non_trade_activity", .after = after}));
  std::vector<CashFlow> out;
  for (const Activity& row : activities) {
    if (row.type == "FILL" || row.status == "canceled") continue;
    SB_TRY(CashFlow flow, cash_flow_of(row));
    if (flow.date >= from) out.push_back(std::move(flow));
  }
  // A fee is booked the day after the one it is for.
  std::stable_sort(out.begin(), out.end(),
                   [](const CashFlow& a, const CashFlow& b) { return a.date < b.date; });
  return out;
}

Status AlpacaBroker::cancel(const OrderId& id) { return api_.cancel(id); }

}  // namespace signalbus::alpaca
