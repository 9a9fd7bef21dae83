// Orders: POST, lists, one, PATCH, DELETE.
#include "core/text.h"
#include "exchange/order_body.h"
#include "exchange/order_json.h"
#include "exchange/routes.h"

namespace signalbus::exchange {
namespace {

constexpr std::size_t kOrderBytes = 1'400;  // of one order as JSON, to reserve once

net::HttpResponse order_answer(const Call& call, core::OrderNumber number,
                               const core::OrderState& state) {
  std::string body;
  body.reserve(kOrderBytes);
  JsonText json(body);
  append_order(json, {}, call.exchange(), call.exchange().order(number), state, true);
  return json_answer(std::move(body));
}

std::string order_words(const core::OrderRequest& request) {
  std::string out = request.side ? std::string(to_text(*request.side)) : "?";
  if (request.qty) out += ' ' + request.qty->text();
  if (request.notional) out += " $" + request.notional->text();
  out += ' ';
  out += request.symbol;
  if (request.type) out += ' ' + std::string(to_text(*request.type));
  if (request.limit_price) out += " limit " + request.limit_price->text();
  if (request.stop_price) out += " stop " + request.stop_price->text();
  return out;
}

/// The order of a path's id, when it belongs to the account and can be seen already.
std::optional<core::OrderNumber> find_order(const Call& call, std::string_view id) {
  const auto uuid = core::Uuid::parse(id);
  if (!uuid) return std::nullopt;
  return call.exchange().find_order(call.account.number, *uuid);
}

bool is_visible(const Call& call, core::OrderNumber number) {
  if (call.lag == 0) return true;
  return call.exchange().order(number).created_at.plus_seconds(call.lag) <= call.venue.now();
}

/// Reads the filter of GET /v2/orders; the error is a message.
class FilterReader {
 public:
  explicit FilterReader(const Call& call) : call_(call) {}

  Result<core::OrderFilter> read() {
    SB_TRY_OK(read_scope());
    SB_TRY_OK(read_bounds());
    SB_TRY_OK(read_cursors());
    filter_.nested = call_.query.flag("nested");
    for (const std::string& symbol : call_.query.list("symbols")) {
      const auto asset = call_.exchange().find_asset(symbol);
      // A symbol that nobody has ever ordered matches nothing, but it narrows all the same.
      filter_.assets.push_back(asset.value_or(core::kNoAsset));
    }
    if (const std::string* side = call_.query.find("side")) {
      filter_.side = core::parse_side(*side);
      if (!filter_.side) return invalid("side");
    }
    return filter_;
  }

 private:
  static Error invalid(std::string_view what) {
    return {ErrorCode::kInvalidInput, "invalid " + std::string(what)};
  }

  Status read_scope() {
    const std::string_view status = call_.query.get("status", "open");
    if (status == "open") {
      filter_.scope = core::OrderScope::kOpen;
    } else if (status == "closed") {
      filter_.scope = core::OrderScope::kClosed;
    } else if (status == "all") {
      filter_.scope = core::OrderScope::kAll;
    } else {
      return invalid("status");
    }
    const std::string_view direction = call_.query.get("direction", "desc");
    if (direction != "asc" && direction != "desc") return invalid("direction");
    if (direction == "asc") filter_.direction = core::Direction::kAscending;
    return Ok{};
  }

  Status read_bounds() {
    if (const std::string* limit = call_.query.find("limit")) {
      const auto count = parse_count(*limit, {1, 500});
      if (!count.ok()) return invalid("limit: must be 1 to 500");
      filter_.limit = static_cast<std::size_t>(count.value());
    }
    if (const std::string* after = call_.query.find("after")) {
      const auto time = parse_time(*after);
      if (!time.ok()) return invalid("after");
      filter_.after = time.value();
    }
    if (const std::string* until = call_.query.find("until")) {
      const auto time = parse_time(*until);
      if (!time.ok()) return invalid("until");
      filter_.until = time.value();
    }
    return Ok{};
  }

  Status read_cursors() {
    const std::string* before = call_.query.find("before_order_id");
    const std::string* after = call_.query.find("after_order_id");
    if (before == nullptr && after == nullptr) return Ok{};
    if (before != nullptr && after != nullptr) {
      return Error{ErrorCode::kInvalidInput,
                   "before_order_id and after_order_id are mutually exclusive"};
    }
    if (filter_.after || filter_.until) {
      return Error{ErrorCode::kInvalidInput, "order id cursors do not go with after or until"};
    }
    const auto order = find_order(call_, before != nullptr ? *before : *after);
    if (!order) return invalid(before != nullptr ? "before_order_id" : "after_order_id");
    (before != nullptr ? filter_.before_order : filter_.after_order) = *order;
    return Ok{};
  }

  const Call& call_;
  core::OrderFilter filter_;
};

}  // namespace

net::HttpResponse post_order(Call& call) {
  const auto body = read_order(call.http.body);
  if (!body.ok()) {
    call.venue.receive(call.account, "", call.http.body, body.refusal().http_status,
                       core::kNoOrder);
    return refusal_answer(body.refusal());
  }
  const core::OrderRequest& request = body.value().request;
  const auto placed = call.venue.submit(call.account.number, request, call.hooks, call.held_for);
  if (!placed.ok()) {
    const core::Refusal& refusal = placed.refusal();
    call.venue.receive(call.account, request.client_order_id, call.http.body, refusal.http_status,
                       core::kNoOrder);
    call.say("refused  " + order_words(request) + ": " + refusal.message);
    return refusal_answer(refusal);
  }
  const core::OrderNumber number = placed.value().order;
  const core::Order& order = call.exchange().order(number);
  call.venue.receive(call.account, order.client_order_id, call.http.body, 200, number);
  return order_answer(call, number, placed.value().state);
}

net::HttpResponse get_orders(Call& call) {
  const auto filter = FilterReader(call).read();
  if (!filter.ok()) return invalid_parameter(filter.error().message);
  std::string body;
  JsonText json(body);
  json.begin_array();
  for (const core::OrderNumber number :
       core::list_orders(call.exchange(), call.account.number, filter.value())) {
    if (is_visible(call, number)) {
      append_order(json, {}, call.exchange(), number, filter.value().nested);
    }
  }
  json.end_array();
  return json_answer(std::move(body));
}

net::HttpResponse get_order(Call& call) {
  const auto number = find_order(call, call.captured[0]);
  if (!number || !is_visible(call, *number)) {
    return not_found("order not found for " + call.captured[0]);
  }
  std::string body;
  JsonText json(body);
  append_order(json, {}, call.exchange(), *number, call.query.flag("nested"));
  return json_answer(std::move(body));
}

net::HttpResponse get_order_by_client_id(Call& call) {
  const std::string_view id = call.query.get("client_order_id");
  if (id.empty()) return invalid_parameter("client_order_id is required");
  const auto number = call.exchange().find_client_order(call.account.number, id);
  if (!number || !is_visible(call, *number)) return not_found("order not found");
  std::string body;
  JsonText json(body);
  append_order(json, {}, call.exchange(), *number, call.query.flag("nested"));
  return json_answer(std::move(body));
}

net::HttpResponse patch_order(Call& call) {
  const auto number = find_order(call, call.captured[0]);
  if (!number) return not_found("order not found for " + call.captured[0]);
  const auto body = read_replace(call.http.body);
  if (!body.ok()) return refusal_answer(body.refusal());
  const auto placed = call.venue.replace(call.account.number, *number, body.value().request);
  if (!placed.ok()) {
    call.say("refused  to replace " + call.captured[0] + ": " + placed.refusal().message);
    return refusal_answer(placed.refusal());
  }
  call.say("replaced " + call.captured[0]);
  return order_answer(call, placed.value().order, placed.value().state);
}

net::HttpResponse delete_order(Call& call) {
  const auto number = find_order(call, call.captured[0]);
  if (!number) return not_found("order not found for " + call.captured[0]);
  const auto done = call.venue.cancel(call.account.number, *number);
  if (!done.ok()) {
    call.say("refused  to cancel " + call.captured[0] + ": " + done.refusal().message);
    return refusal_answer(done.refusal());
  }
  call.say("canceled " + call.captured[0]);
  return empty_answer();
}

net::HttpResponse delete_orders(Call& call) {
  std::string body;
  JsonText json(body);
  json.begin_array();
  const auto rows = call.venue.cancel_all(call.account.number);
  for (const core::CanceledOrder& row : rows) {
    json.begin_object();
    json.text("id", call.exchange().order_id(row.order).text());
    json.integer("status", row.refusal ? row.refusal->http_status : 200);
    if (row.refusal) {
      std::string refusal;
      append_refusal(refusal, *row.refusal);
      json.raw("body", refusal);
    }
    json.end_object();
  }
  json.end_array();
  call.say("canceled " + counted(rows.size(), "open order"));
  return json_answer(std::move(body), 207);
}

}  // namespace signalbus::exchange
