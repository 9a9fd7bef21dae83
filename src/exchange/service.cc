#include "exchange/service.h"

#include <algorithm>
#include <cstdio>

#include "exchange/admin.h"
#include "exchange/order_body.h"
#include "exchange/routes.h"

namespace signalbus::exchange {
namespace {

constexpr std::string_view kHtmlPage =
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad "
    "Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

net::HttpResponse unauthorized() {
  return refusal_answer(401, 40110000, "request is not authorized");
}

/// What a proxy or the service itself would say with that status.
net::HttpResponse status_answer(int status) {
  switch (status) {
    case 401:
      return unauthorized();
    case 403:
      return refusal_answer(403, 40310000, "forbidden.");
    case 429:
      return refusal_answer(429, 42910000, "rate limit exceeded");
    case 500:
      return refusal_answer(500, 50010000, "internal server error occurred");
    default:
      return refusal_answer(status, status * 100'000 + 10'000, std::string(net::reason_of(status)));
  }
}

void add_limit_headers(net::HttpResponse& response, const RateLimit::Decision& decision) {
  response.headers.add("X-RateLimit-Limit", std::to_string(decision.limit));
  response.headers.add("X-RateLimit-Remaining", std::to_string(decision.remaining));
  response.headers.add("X-RateLimit-Reset", std::to_string(decision.reset));
}

std::string order_words(const core::Order& order, std::string_view symbol) {
  std::string out = std::string(to_text(order.side)) + " ";
  out += order.is_notional() ? "$" + order.notional.text() : order.state.qty.text();
  out += " " + std::string(symbol) + " " + std::string(to_text(order.type));
  if (order.state.limit_price.is_positive()) out += " limit " + order.state.limit_price.text();
  if (order.state.stop_price.is_positive()) out += " stop " + order.state.stop_price.text();
  return out + " as " + std::string(order.client_order_id);
}

/// No JSON any more, of the same length.
void garble(std::string& body) {
  for (std::size_t at = 0; at < body.size(); at += 3) body[at] = static_cast<char>(0x80 | at % 97);
  if (body.empty()) body = "\x80garbled";
}

}  // namespace

/// What the plan decided for one request.
struct Service::RequestFaults {
  bool handle = true;
  bool twice = false;
  std::optional<int> status_instead;  // after handling, or instead of it
  std::optional<int> html;
  bool garbled = false;
  std::optional<std::optional<std::size_t>> truncated;
  std::optional<Delivery> delivery;
  std::int64_t delay_micros = 0;
  std::int64_t lag = 0;
};

Service::Service(Venue& venue, KeyRing keys)
    : venue_(venue),
      keys_(std::move(keys)),
      limit_(venue.settings().requests_per_minute),
      faults_(venue.settings().seed) {
  venue.listen(*this);
}

std::string Service::next_request_id() {
  char text[33];
  std::snprintf(text, sizeof text, "%016llx%016llx",
                static_cast<unsigned long long>(venue_.settings().seed * 0x9e3779b97f4a7c15ULL),
                static_cast<unsigned long long>(++requests_));
  return text;
}

void Service::finish(Reply& reply) {
  if (state_.ok()) state_ = venue_.commit();
  if (!state_.ok()) {
    reply = {.response = refusal_answer(500, 50010000, "internal server error occurred")};
  }
  reply.response.headers.add("X-Request-ID", next_request_id());
  if (venue_.clock().simulated()) reply.response.headers.add("X-Signalbus-Clock", "simulated");
}

void Service::tick() {
  venue_.settle();
  change_world();
  if (state_.ok()) state_ = venue_.commit();
}

Reply Service::answer(const net::HttpRequest& request, bool loopback) {
  venue_.settle();
  const net::TargetParts target = net::split_target(request.target);
  Reply reply;
  if (target.path.starts_with("/admin/")) {
    reply.response = admin_answer(*this, request, target.path, loopback);
  } else {
    reply = routed(request, target.path, target.query);
  }
  change_world();
  finish(reply);
  return reply;
}

Reply Service::routed(const net::HttpRequest& request, std::string_view path,
                      std::string_view query) {
  const RouteMatch match = find_route(request.method, path);
  if (match.route == nullptr) {
    if (match.path_known) {
      return {.response = refusal_answer(405, 40510000, "method not allowed")};
    }
    return {.response = not_found("endpoint not found")};
  }
  const auto credentials = read_credentials(request.headers);
  if (!credentials || !keys_.admits(*credentials)) return {.response = unauthorized()};
  auto fields = net::parse_query(query);
  if (!fields.ok()) return {.response = refusal_answer(400, 40010000, "invalid query")};
  const Query parameters(std::move(fields).value());
  VenueAccount& account = venue_.account_of(credentials->key_id);
  const RequestFaults faults =
      faults_.empty() ? RequestFaults{} : request_faults(request, path, account);
  change_world();
  // Alpaca counts requests for market data apart from those of the trading API.
  const bool is_data = path.starts_with("/v2/stocks") || path.starts_with("/v1/");
  const auto limit =
      limit_.take(is_data ? account.key_id + " data" : account.key_id, venue_.clock().wall());
  Reply reply;
  if (limit && !limit->allowed) {
    reply.response = status_answer(429);
  } else {
    Call call{venue_, account, request, parameters, match.captured};
    call.lag = faults.lag;
    if (!faults_.empty() && request.method != "GET") order_faults(call, path);
    reply = handled(call, *match.route, faults);
  }
  if (limit) {
    add_limit_headers(reply.response, *limit);
  } else if (reply.response.status == 429) {
    add_limit_headers(reply.response, limit_.exhausted(venue_.clock().wall()));
  }
  return reply;
}

Reply Service::handled(Call& call, const Route& route, const RequestFaults& faults) {
  Reply reply;
  if (faults.handle) reply.response = route.handler(call);
  if (faults.handle && faults.twice) (void)route.handler(call);
  if (faults.status_instead) reply.response = status_answer(*faults.status_instead);
  if (faults.html) {
    reply.response = {.status = *faults.html,
                      .headers = {{"Content-Type", "text/html"}},
                      .body = std::string(kHtmlPage)};
  }
  if (faults.garbled) garble(reply.response.body);
  if (faults.truncated) {
    const std::size_t size = reply.response.body.size();
    reply.delivery = Delivery::kCut;
    reply.body_bytes = std::min(faults.truncated->value_or(size / 2), size);
  }
  if (faults.delivery) {
    reply.delivery = *faults.delivery;
    reply.body_bytes = reply.response.body.size();
  }
  reply.delay_micros = faults.delay_micros;
  return reply;
}

Service::RequestFaults Service::request_faults(const net::HttpRequest& request,
                                               std::string_view path, const VenueAccount& account) {
  RequestFaults out;
  const Occasion occasion{.kind = Occasion::Kind::kRequest,
                          .method = request.method,
                          .path = path,
                          .key_id = account.key_id};
  for (const FaultRule& rule : fire(occasion, request.method + " " + std::string(path))) {
    switch (rule.verb) {
      case FaultVerb::kDropRequest:
        out.handle = false;
        out.delivery = Delivery::kClose;
        break;
      case FaultVerb::kDropResponse:
        out.delivery = Delivery::kClose;
        break;
      case FaultVerb::kSilence:
        out.delivery = Delivery::kSilent;
        break;
      case FaultVerb::kClose:
        out.delivery = Delivery::kCut;
        break;
      case FaultVerb::kStatusBefore:
        out.handle = false;
        out.status_instead = rule.status;
        break;
      case FaultVerb::kAcceptThenStatus:
        out.status_instead = rule.status;
        break;
      case FaultVerb::kDelay:
        out.delay_micros += rule.micros;
        break;
      case FaultVerb::kTruncate:
        out.truncated = rule.bytes;
        break;
      case FaultVerb::kGarble:
        out.garbled = true;
        break;
      case FaultVerb::kHtml:
        out.html = rule.status;
        break;
      case FaultVerb::kDuplicate:
        out.twice = true;
        break;
      case FaultVerb::kLag:
        out.lag = (rule.micros + 999'999) / 1'000'000;
        break;
      case FaultVerb::kHaltSymbol:
      case FaultVerb::kSplit:
      case FaultVerb::kForeignOrder: {
        std::string symbol = rule.symbol;
        if (symbol.empty()) {
          const auto order = read_order(request.body);
          if (order.ok()) symbol = order.value().request.symbol;
        }
        world_.push_back({rule, account.number, std::move(symbol)});
        break;
      }
      default:
        break;
    }
  }
  return out;
}

void Service::order_faults(Call& call, std::string_view path) {
  if (call.http.method != "POST" || path != "/v2/orders") return;
  const auto order = read_order(call.http.body);
  if (!order.ok()) return;
  const Occasion occasion{.kind = Occasion::Kind::kOrder,
                          .method = call.http.method,
                          .path = path,
                          .key_id = call.account.key_id,
                          .symbol = order.value().request.symbol};
  for (const FaultRule& rule : fire(occasion, "an order for " + std::string(occasion.symbol))) {
    switch (rule.verb) {
      case FaultVerb::kPartialFill:
        call.hooks.fill_share = rule.share;
        break;
      case FaultVerb::kAsyncReject:
        call.hooks.reject_async = true;
        break;
      case FaultVerb::kStuckPendingCancel:
        call.hooks.stick_pending_cancel = true;
        break;
      case FaultVerb::kLag:
        call.held_for = (rule.micros + 999'999) / 1'000'000;
        break;
      default:
        break;
    }
  }
}

std::vector<FaultRule> Service::fire(const Occasion& occasion, std::string_view where) {
  if (faults_.empty()) return {};
  std::vector<FaultRule> fired = faults_.fire(occasion);
  for (const FaultRule& rule : fired) {
    venue_.say("fault    " + std::string(to_text(rule.verb)) + " on " + std::string(where));
  }
  return fired;
}

void Service::on_event(const core::Event& event) {
  const bool is_fill =
      event.kind == core::EventKind::kFill || event.kind == core::EventKind::kPartialFill;
  const core::Order& order = venue_.core().order(event.order);
  const std::string_view symbol = venue_.core().asset(order.asset).terms.symbol.view();
  if (is_fill && !faults_.empty()) {
    const Occasion occasion{.kind = Occasion::Kind::kFill,
                            .key_id = venue_.account(event.account).key_id,
                            .symbol = symbol};
    for (const FaultRule& rule : fire(occasion, "a fill of " + std::string(symbol))) {
      world_.push_back(
          {rule, event.account, rule.symbol.empty() ? std::string(symbol) : rule.symbol});
    }
  }
  if (!venue_.logs()) return;
  std::string line = "#" + std::to_string(event.account.get()) + " ";
  if (event.kind == core::EventKind::kPendingNew) {
    line += "accepted " + order_words(order, symbol);
  } else if (is_fill) {
    line += (event.kind == core::EventKind::kFill ? "filled   " : "partly   ") +
            std::string(to_text(order.side)) + " " + event.qty.text() + " " + std::string(symbol) +
            " at " + event.price.text();
  } else if (core::is_final(event.state.status)) {
    line += std::string(to_text(event.kind)) + " " + std::string(symbol) + " " +
            std::string(order.client_order_id);
  } else {
    return;
  }
  venue_.say(line);
}

void Service::on_halt(core::AssetNumber asset, bool halted, Instant) {
  venue_.say((halted ? "halted   " : "resumed  ") + venue_.core().asset(asset).terms.symbol.text());
}

void Service::change_world() {
  // Changes may bring fills, and those further changes; a script that feeds itself must end.
  for (int round = 0; round < 100 && !world_.empty(); ++round) {
    const std::vector<WorldFault> due = std::exchange(world_, {});
    for (const WorldFault& fault : due) change_world(fault);
  }
  world_.clear();
}

void Service::change_world(const WorldFault& fault) {
  const auto asset = venue_.core().find_asset(fault.symbol);
  if (!asset) return;
  switch (fault.rule.verb) {
    case FaultVerb::kHaltSymbol:
      venue_.set_halted(*asset, true);
      break;
    case FaultVerb::kSplit:
      venue_.split(*asset, fault.rule.ratio);
      break;
    case FaultVerb::kForeignOrder: {
      // By the count of all orders: unique across restarts too.
      const std::string id = "foreign-" + std::to_string(venue_.core().order_count() + 1);
      const core::OrderRequest request{.symbol = fault.symbol,
                                       .qty = fault.rule.qty,
                                       .side = fault.rule.side,
                                       .type = core::OrderType::kMarket,
                                       .tif = core::OrderTif::kDay,
                                       .client_order_id = id};
      (void)venue_.submit(fault.account, request, {}, 0);
      break;
    }
    default:
      break;
  }
}

}  // namespace signalbus::exchange
