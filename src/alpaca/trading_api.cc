#include "alpaca/trading_api.h"

#include <functional>

#include "alpaca/decode.h"
#include "alpaca/fields.h"
#include "alpaca/paging.h"
#include "core/text.h"

namespace signalbus::alpaca {
namespace {

using formats::JsonDocument;
using formats::JsonValue;
using net::Field;

constexpr std::size_t kOrdersPerPage = 500;
constexpr std::size_t kActivitiesPerPage = 100;

Call read(std::string endpoint, std::string target) {
  return {.endpoint = std::move(endpoint), .target = std::move(target)};
}

Call read(const std::string& endpoint) { return read(endpoint, endpoint); }

/// A body that is not what it should be: for a write it proves nothing.
Error bad_body(const Call& call, const Reply& reply, Error error) {
  const std::string request = reply.request_id.empty() ? "" : " (request " + reply.request_id + ")";
  return {call.effect == Effect::kReads ? ErrorCode::kUnavailable : ErrorCode::kUnknownOutcome,
          std::move(error.message) + request};
}

template <class T>
Result<T> decode_with(const Call& call, const Reply& reply,
                      const std::function<Result<T>(const JsonValue&)>& decode) {
  Result<JsonDocument> document = parse_body(reply.body, call.place());
  if (!document.ok()) return bad_body(call, reply, std::move(document).error());
  Result<T> value = decode(document.value().root());
  if (!value.ok()) return bad_body(call, reply, std::move(value).error());
  return value;
}

template <class T>
Result<T> read_one(Channel& channel, const Call& call, Result<T> (*decode)(const JsonValue&)) {
  SB_TRY(const Reply reply, channel.must(call));
  return decode_with<T>(call, reply, decode);
}

template <class T>
Result<std::vector<T>> read_list(Channel& channel, const Call& call,
                                 Result<T> (*decode)(const JsonValue&)) {
  SB_TRY(const Reply reply, channel.must(call));
  return decode_with<std::vector<T>>(
      call, reply, [decode](const JsonValue& root) { return decode_list(root, decode); });
}

/// Nothing for Alpaca's own 404; other refusals are errors.
template <class T>
Result<std::optional<T>> read_if_there(Channel& channel, const Call& call,
                                       Result<T> (*decode)(const JsonValue&)) {
  SB_TRY(const Reply reply, channel.call(call));
  if (reply.refusal && reply.refusal->status == 404) return std::optional<T>();
  if (reply.refusal) return error_of(*reply.refusal, call.place());
  SB_TRY(T value, decode_with<T>(call, reply, decode));
  return std::optional<T>(std::move(value));
}

Result<PartOutcome> decode_part(const JsonValue& value) {
  Fields fields(value);
  const std::optional<std::int64_t> status = fields.integer("status");
  std::string name = fields.text("id");
  if (name.empty()) name = fields.need_text("symbol");
  if (!status) fields.fail(value.error("key 'status' is missing"));
  const std::optional<JsonValue> body = fields.find("body");
  SB_TRY_OK(fields.check());
  PartOutcome out{std::move(name), static_cast<int>(*status), std::nullopt, std::nullopt};
  const bool done = out.status >= 200 && out.status < 300;
  if (!done) {
    Refusal refusal;
    refusal.status = out.status;
    if (body) {
      Fields inner(*body);
      refusal.code = inner.integer("code");
      refusal.message = inner.text("message");
    }
    out.refusal = std::move(refusal);
  } else if (body && !fields.text("symbol").empty()) {
    SB_TRY(out.order, decode_order(*body));
  }
  return out;
}

Result<std::vector<PartOutcome>> delete_all(Channel& channel, const Call& call) {
  SB_TRY(const Reply reply, channel.must(call));
  if (reply.body.empty()) return std::vector<PartOutcome>();
  return decode_with<std::vector<PartOutcome>>(
      call, reply, [](const JsonValue& root) { return decode_list(root, decode_part); });
}

std::string orders_target(const OrdersQuery& query, const std::vector<Order>& known) {
  std::vector<Field> fields = {{"status", query.status},
                               {"limit", std::to_string(kOrdersPerPage)},
                               {"direction", "asc"},
                               {"nested", query.nested ? "true" : "false"}};
  // A time and an order's id exclude each other: the id goes on where the last page ended.
  if (!known.empty()) {
    fields.push_back({"after_order_id", known.back().id.get()});
  } else if (query.after) {
    fields.push_back({"after", query.after->rfc3339()});
  }
  if (!query.symbols.empty()) fields.push_back({"symbols", joined(query.symbols)});
  return "/v2/orders" + net::query_of(fields);
}

std::string activities_target(const ActivitiesQuery& query, const std::vector<Activity>& known) {
  std::vector<Field> fields = {{"direction", "asc"},
                               {"page_size", std::to_string(kActivitiesPerPage)}};
  if (!query.types.empty()) fields.push_back({"activity_types", query.types});
  if (!query.category.empty()) fields.push_back({"category", query.category});
  if (query.after) fields.push_back({"after", query.after->rfc3339()});
  if (query.until) fields.push_back({"until", query.until->rfc3339()});
  if (!known.empty()) fields.push_back({"page_token", known.back().id});
  return "/v2/account/activities" + net::query_of(fields);
}

Call delete_call(std::string endpoint, std::string target, RequestKind kind) {
  return {.method = "DELETE",
          .endpoint = std::move(endpoint),
          .target = std::move(target),
          .effect = Effect::kWritesFirst,
          .kind = kind};
}

std::string order_target(const OrderId& id) {
  return "/v2/orders/" + net::percent_encoded(id.get());
}

}  // namespace

Result<SubmitReply> TradingApi::submit(std::string_view order_bytes, const ClientOrderId& id,
                                       bool again) {
  const Call call{.method = "POST",
                  .endpoint = "/v2/orders",
                  .target = "/v2/orders",
                  .body = std::string(order_bytes),
                  .effect = again ? Effect::kWritesAgain : Effect::kWritesFirst};
  SB_TRY(Reply reply, channel_.call(call));
  if (reply.duplicate) return SubmitReply(AlreadyThere{});
  if (reply.refusal) return SubmitReply(std::move(*reply.refusal));
  SB_TRY(Order order, decode_with<Order>(call, reply, decode_order));
  if (order.client_order_id != id) {
    return Error{ErrorCode::kUnknownOutcome,
                 call.place() + ": asked for order " + quoted(id.get()) + ", the answer is about " +
                     quoted(order.client_order_id.get()) + "; ask before sending again"};
  }
  return SubmitReply(std::move(order));
}

Result<std::optional<Order>> TradingApi::order_by_client_id(const ClientOrderId& id) {
  const std::string endpoint = "/v2/orders:by_client_order_id";
  const Call call = read(endpoint, endpoint + net::query_of({{"client_order_id", id.get()}}));
  SB_TRY(std::optional<Order> order, read_if_there(channel_, call, decode_order));
  if (order && order->client_order_id != id) {
    return Error{ErrorCode::kUnavailable, call.place() + ": asked for " + quoted(id.get()) +
                                              ", the answer is about " +
                                              quoted(order->client_order_id.get())};
  }
  return order;
}

Result<std::optional<Order>> TradingApi::order(const OrderId& id, bool nested) {
  const Call call = read("/v2/orders/{id}", order_target(id) + (nested ? "?nested=true" : ""));
  SB_TRY(std::optional<Order> order, read_if_there(channel_, call, decode_order));
  if (order && order->id != id) {
    return Error{ErrorCode::kUnavailable, call.place() + ": asked for " + quoted(id.get()) +
                                              ", the answer is about " + quoted(order->id.get())};
  }
  return order;
}

Result<std::vector<Order>> TradingApi::orders(const OrdersQuery& query) {
  // With legs inside, a page may be short although more follows: then only an empty one ends it.
  const std::size_t full = query.nested ? 1 : kOrdersPerPage;
  return all_pages<Order>(
      full, "GET /v2/orders",
      [&](const std::vector<Order>& known) {
        return read_list(channel_, read("/v2/orders", orders_target(query, known)), decode_order);
      },
      [](const Order& order) { return order.id.get(); });
}

Status TradingApi::cancel(const OrderId& id) {
  SB_TRY_OK(channel_.must(delete_call("/v2/orders/{id}", order_target(id), RequestKind::kCancel)));
  return Ok{};
}

Result<std::vector<PartOutcome>> TradingApi::cancel_all() {
  return delete_all(channel_, delete_call("/v2/orders", "/v2/orders", RequestKind::kCancel));
}

Result<std::variant<Order, Refusal>> TradingApi::close_position(std::string_view symbol,
                                                                std::optional<Quantity> qty) {
  std::string target = "/v2/positions/" + net::percent_encoded(symbol);
  if (qty) target += net::query_of({{"qty", qty->text()}});
  const Call call = delete_call("/v2/positions/{symbol}", target, RequestKind::kOrdinary);
  SB_TRY(Reply reply, channel_.call(call));
  if (reply.refusal) return std::variant<Order, Refusal>(std::move(*reply.refusal));
  SB_TRY(Order order, decode_with<Order>(call, reply, decode_order));
  return std::variant<Order, Refusal>(std::move(order));
}

Result<std::vector<PartOutcome>> TradingApi::close_all_positions(bool cancel_orders) {
  const std::string target =
      std::string("/v2/positions?cancel_orders=") + (cancel_orders ? "true" : "false");
  return delete_all(channel_, delete_call("/v2/positions", target, RequestKind::kOrdinary));
}

Result<Account> TradingApi::account() {
  return read_one(channel_, read("/v2/account"), decode_account);
}

Result<AccountConfigurations> TradingApi::configurations() {
  return read_one(channel_, read("/v2/account/configurations"), decode_configurations);
}

Result<std::vector<Position>> TradingApi::positions() {
  return read_list(channel_, read("/v2/positions"), decode_position);
}

Result<std::optional<Position>> TradingApi::position(std::string_view symbol) {
  return read_if_there(
      channel_, read("/v2/positions/{symbol}", "/v2/positions/" + net::percent_encoded(symbol)),
      decode_position);
}

Result<std::vector<Activity>> TradingApi::activities(const ActivitiesQuery& query) {
  return all_pages<Activity>(
      kActivitiesPerPage, "GET /v2/account/activities",
      [&](const std::vector<Activity>& known) {
        const Call call = read("/v2/account/activities", activities_target(query, known));
        return read_list(channel_, call, decode_activity);
      },
      [](const Activity& activity) { return activity.id; });
}

Result<PortfolioHistory> TradingApi::portfolio_history(const HistoryQuery& query) {
  const std::string endpoint = "/v2/account/portfolio/history";
  const std::string fields =
      net::query_of({{"period", query.period}, {"timeframe", query.timeframe}});
  return read_one(channel_, read(endpoint, endpoint + fields), decode_portfolio_history);
}

Result<MarketClock> TradingApi::clock() {
  const Call call = read("/v2/clock");
  SB_TRY(const Reply reply, channel_.must(call));
  SB_TRY(MarketClock clock, decode_with<MarketClock>(call, reply, decode_clock));
  clock.simulated = reply.headers.get("X-Signalbus-Clock") == "simulated";
  return clock;
}

Result<std::vector<CalendarDay>> TradingApi::calendar(TradeDate first, TradeDate last) {
  const std::string fields = net::query_of({{"start", first.iso()}, {"end", last.iso()}});
  return read_list(channel_, read("/v2/calendar", "/v2/calendar" + fields), decode_calendar_day);
}

Result<std::vector<Asset>> TradingApi::assets() {
  return read_list(channel_, read("/v2/assets", "/v2/assets?asset_class=us_equity"), decode_asset);
}

Result<std::optional<Asset>> TradingApi::asset(std::string_view symbol) {
  return read_if_there(channel_,
                       read("/v2/assets/{symbol}", "/v2/assets/" + net::percent_encoded(symbol)),
                       decode_asset);
}

}  // namespace signalbus::alpaca
