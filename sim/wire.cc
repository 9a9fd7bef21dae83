#include "sim/wire.h"

namespace signalbus::sim {
namespace {

constexpr std::int64_t kStaleMicrosMax = 10'000'000;

net::HttpResponse answer_of(int status, int code, std::string_view message) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}},
          .body = "{\"code\":" + std::to_string(code) + ",\"message\":\"" + std::string(message) +
                  "\"}"};
}

net::HttpResponse html_page(int status) {
  return {.status = status,
          .headers = {{"Content-Type", "text/html"}},
          .body = "<html><head><title>Bad Gateway</title></head><body>nginx</body></html>"};
}

Error unknown(std::string_view why) {
  return {ErrorCode::kUnknownOutcome, "simulated network: " + std::string(why)};
}

/// What tells of orders and money: a cache in front of it may lag.
bool may_be_stale(const net::HttpRequest& request) {
  return request.method == "GET" &&
         (request.target.starts_with("/v2/orders") || request.target.starts_with("/v2/positions") ||
          request.target.starts_with("/v2/account"));
}

}  // namespace

Result<net::HttpResponse> Wire::send(const net::HttpRequest& request,
                                     std::chrono::milliseconds deadline) {
  process_.pause_point("before a request");
  for (Watch* watch : world_.watches()) watch->on_request(process_.life(), request);
  world_.note({request.method, request.target, request.body});
  Result<net::HttpResponse> answer =
      exchange(request, std::chrono::duration_cast<std::chrono::microseconds>(deadline).count());
  if (answer.ok()) {
    for (Watch* watch : world_.watches()) {
      watch->on_answer(process_.life(), request, answer.value().status);
    }
  }
  world_.note({"gets", answer.ok() ? std::to_string(answer.value().status) : answer.error().message,
               answer.ok() ? std::string_view(answer.value().body) : std::string_view()});
  process_.pause_point("after a request");
  return answer;
}

Result<net::HttpResponse> Wire::exchange(const net::HttpRequest& request, std::int64_t deadline) {
  if (world_.strikes(Fault::kConnectionRefused)) {
    process_.wait(1'000);
    return Error{ErrorCode::kUnavailable, "simulated network: connection refused"};
  }
  if (world_.strikes(Fault::kRequestLost)) {
    process_.wait(deadline);
    if (request.method == "POST" && world_.strikes(Fault::kTakenId)) world_.take_id(request);
    return unknown("the request was lost");
  }
  if (request.method == "POST") {
    if (auto late = travels_late(request, deadline)) return *late;
  }
  process_.wait(world_.rng().between(std::int64_t{2'000}, std::int64_t{40'000}));
  if (auto refusal = refused_before(request)) return *refusal;
  if (const net::HttpResponse* stale = stale_answer(request)) return *stale;
  exchange::Reply reply = world_.deliver(request);
  if (request.method == "POST" && world_.strikes(Fault::kDuplicatedPost)) world_.deliver(request);
  SB_CHECK(reply.delivery == exchange::Delivery::kSend);
  return comes_back(request, std::move(reply.response), deadline);
}

/// A POST that is so slow that the client has given up, or died, or halted, when it arrives.
std::optional<Result<net::HttpResponse>> Wire::travels_late(const net::HttpRequest& request,
                                                            std::int64_t deadline) {
  std::int64_t longest = 0;
  if (world_.strikes(Fault::kVeryLatePost)) longest = 600'000'000;
  if (longest == 0 && world_.strikes(Fault::kLatePost)) longest = 30'000'000;
  if (longest == 0) return std::nullopt;
  const std::int64_t takes = world_.rng().between(std::int64_t{1'000'000}, longest);
  World& world = world_;
  auto answered = std::make_shared<std::optional<net::HttpResponse>>();
  world_.time().in(takes, [&world, request, answered, late = takes > deadline] {
    *answered = world.deliver(request, late).response;
  });
  process_.wait(std::min(takes, deadline));
  if (*answered && takes <= deadline) return Result<net::HttpResponse>(**answered);
  return Result<net::HttpResponse>(unknown("time-out"));
}

std::optional<net::HttpResponse> Wire::refused_before(const net::HttpRequest& request) {
  if (burst_ > 0 && !world_.healed()) {
    --burst_;
    return answer_of(429, 42910000, "rate limit exceeded");
  }
  if (world_.strikes(Fault::kRateLimited)) {
    burst_ = static_cast<int>(world_.rng().between(0, world_.rng().chance(900'000) ? 3 : 40));
    return answer_of(429, 42910000, "rate limit exceeded");
  }
  if (world_.strikes(Fault::kErrorBefore)) {
    return answer_of(503, 50310000, "service unavailable");
  }
  // Reads are seldom forbidden, and a program that reads nothing shows nothing.
  const bool writes = request.method != "GET" || world_.rng().chance(30'000);
  if (writes && world_.strikes(Fault::kForbidden)) return answer_of(403, 40310000, "forbidden.");
  return std::nullopt;
}

Result<net::HttpResponse> Wire::comes_back(const net::HttpRequest& request,
                                           net::HttpResponse response, std::int64_t deadline) {
  world_.disguise(request, response);
  keep(request, response);
  if (world_.strikes(Fault::kResponseLost)) {
    process_.wait(deadline);
    return unknown("the answer was lost");
  }
  if (world_.strikes(Fault::kErrorAfter)) return answer_of(504, 50410000, "gateway timeout");
  if (world_.strikes(Fault::kTruncated)) return unknown("the answer was cut off");
  if (world_.strikes(Fault::kHtml)) return html_page(world_.rng().chance(500'000) ? 502 : 200);
  if (world_.strikes(Fault::kGarbled)) {
    response.body.resize(response.body.size() / 2);
    return response;
  }
  if (world_.strikes(Fault::kSlow)) {
    const std::int64_t takes =
        world_.rng().between(std::int64_t{500'000}, std::int64_t{12'000'000});
    process_.wait(std::min(takes, deadline));
    if (takes >= deadline) return unknown("time-out");
  }
  process_.wait(world_.rng().between(std::int64_t{2'000}, std::int64_t{40'000}));
  return response;
}

/// The cache is the network's: it remembers what an earlier process asked, too.
const net::HttpResponse* Wire::stale_answer(const net::HttpRequest& request) const {
  if (!may_be_stale(request)) return nullptr;
  const auto known = world_.cache().find(request.target);
  if (known == world_.cache().end()) return nullptr;
  if (world_.now().micros() - known->second.at.micros() > kStaleMicrosMax) return nullptr;
  return world_.strikes(Fault::kStaleRead) ? &known->second.response : nullptr;
}

void Wire::keep(const net::HttpRequest& request, const net::HttpResponse& response) {
  if (world_.healed() || !may_be_stale(request)) return;
  world_.cache().insert_or_assign(request.target, World::Cached{world_.now(), response});
}

}  // namespace signalbus::sim
