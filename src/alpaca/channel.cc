#include "alpaca/channel.h"

#include <algorithm>

#include "alpaca/fields.h"
#include "core/text.h"

namespace signalbus::alpaca {
namespace {

constexpr std::int64_t kRefusedPauseMicros = 1'000'000;  // after a 429 that names no time
constexpr std::int64_t kResetMicrosMax = 120'000'000;    // two windows of the limit

std::int64_t micros_of(std::chrono::milliseconds time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const Result<std::int64_t> number = parse_scaled64(text, 0, Rounding::kTowardZero);
  if (!number.ok()) return std::nullopt;
  return number.value();
}

/// A header's epoch seconds as microseconds from now; nothing for a time that makes no sense.
std::optional<std::int64_t> micros_until(std::string_view epoch_seconds, Instant now) {
  const std::optional<std::int64_t> seconds = whole_number(epoch_seconds);
  if (!seconds || *seconds < 0 || *seconds > 100'000'000'000) return std::nullopt;
  return *seconds * 1'000'000 - now.micros();
}

CallOutcome outcome_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kDone:
      return CallOutcome::kDone;
    case Verdict::kRefused:
    case Verdict::kDuplicate:
      return CallOutcome::kRefused;
    case Verdict::kUnknown:
      return CallOutcome::kUnknown;
    case Verdict::kTransient:
      break;
  }
  return CallOutcome::kTransient;
}

}  // namespace

/// One exchange with the service: an answer, or why there was none.
struct Channel::Attempt {
  Result<net::HttpResponse> response;
  Verdict verdict;
  std::int64_t server_pause = 0;  // what a 429 or 503 asked for
  bool sent = true;
};

Channel::Channel(HttpSender& sender, const Keys& keys, Clock& clock, Random random,
                 ChannelOptions options, CallObserver* observer)
    : sender_(sender),
      headers_({{"APCA-API-KEY-ID", keys.id.reveal()},
                {"APCA-API-SECRET-KEY", keys.secret.reveal()},
                {"Accept", "application/json"},
                {"User-Agent", "signalbus"}}),
      clock_(clock),
      random_(std::move(random)),
      options_(std::move(options)),
      observer_(observer),
      budget_(options_.quota) {}

std::chrono::microseconds Channel::pacing(RequestKind kind) const {
  return std::chrono::microseconds(budget_.wait_micros(kind, clock_.monotonic_micros()));
}

/// False when the sleep was cut short: a stop was requested, waiting on would spin.
bool Channel::sleep(std::int64_t micros) {
  if (micros <= 0) return true;
  const std::int64_t start = clock_.monotonic_micros();
  clock_.sleep_until(Instant::from_micros(clock_.now().micros() + micros));
  return clock_.monotonic_micros() - start >= micros / 2;
}

Status Channel::pace(const Call& call, std::int64_t deadline, std::int64_t& waited) {
  while (true) {
    const std::int64_t now = clock_.monotonic_micros();
    const std::int64_t wait = budget_.wait_micros(call.kind, now);
    if (wait == 0) return Ok{};
    if (now + wait > deadline) {
      return Error{ErrorCode::kUnavailable, call.place() + ": the rate limit leaves no room for " +
                                                std::to_string(wait / 1'000'000 + 1) +
                                                " s; nothing was sent"};
    }
    if (!sleep(wait)) {
      return Error{ErrorCode::kUnavailable,
                   call.place() + ": stopped while waiting for the rate limit; nothing was sent"};
    }
    waited += clock_.monotonic_micros() - now;
  }
}

void Channel::learn(const net::HttpResponse& response) {
  const std::int64_t now = clock_.monotonic_micros();
  budget_.learn(
      {.limit = whole_number(response.headers.get("X-RateLimit-Limit")),
       .remaining = whole_number(response.headers.get("X-RateLimit-Remaining")),
       .reset_in_micros = micros_until(response.headers.get("X-RateLimit-Reset"), clock_.now())},
      now);
}

namespace {

/// How long the answer asks us to stay away; 0 when it does not.
std::int64_t pause_asked(const net::HttpResponse& response, Instant now) {
  if (response.status != 429 && response.status != 503) return 0;
  if (const auto seconds = whole_number(response.headers.get("Retry-After"))) {
    return std::clamp<std::int64_t>(*seconds, 0, 3600) * 1'000'000;
  }
  if (response.status != 429) return 0;
  const auto reset = micros_until(response.headers.get("X-RateLimit-Reset"), now);
  // A reset further away than that is a wrong clock, ours or theirs.
  const bool makes_sense = reset && *reset > 0 && *reset <= kResetMicrosMax;
  return makes_sense ? *reset : kRefusedPauseMicros;
}

}  // namespace

Channel::Attempt Channel::attempt(const Call& call, int number, std::int64_t deadline) {
  CallRecord record{.at = clock_.now(),
                    .method = call.method,
                    .endpoint = call.endpoint,
                    .attempt = number,
                    .request_id = {}};
  if (Status paced = pace(call, deadline, record.paced_micros); !paced.ok()) {
    return {std::move(paced).error(), Verdict::kTransient, 0, false};
  }
  const std::int64_t sent_at = clock_.monotonic_micros();
  record.at = clock_.now();
  budget_.spend(call.kind, sent_at);
  net::HttpRequest request{call.method, options_.prefix + call.target, headers_, call.body};
  if (!call.body.empty()) request.headers.add("Content-Type", "application/json");
  const std::int64_t left = std::max<std::int64_t>(deadline - sent_at, 1'000);
  const auto time = std::min<std::chrono::milliseconds>(options_.attempt_time_max,
                                                        std::chrono::milliseconds(left / 1'000));
  Attempt out{sender_.send(request, time), Verdict::kTransient};
  record.latency_micros = clock_.monotonic_micros() - sent_at;
  if (out.response.ok()) {
    const net::HttpResponse& response = out.response.value();
    out.verdict = classify(call.effect, response.status, response.body);
    out.server_pause = pause_asked(response, clock_.now());
    learn(response);
    if (response.status == 429) budget_.back_off(out.server_pause, clock_.monotonic_micros());
    record.status = response.status;
    record.request_id = std::string(response.headers.get("X-Request-ID"));
  } else if (call.effect != Effect::kReads &&
             out.response.error().code == ErrorCode::kUnknownOutcome) {
    out.verdict = Verdict::kUnknown;
  }
  record.outcome = outcome_of(out.verdict);
  if (observer_ != nullptr) observer_->called(record);
  return out;
}

/// Full jitter: many clients that failed together must not come back together.
std::int64_t Channel::pause_before(int next_attempt, const Attempt& last) {
  std::int64_t ceiling = micros_of(options_.backoff_first);
  for (int i = 2; i < next_attempt && ceiling < micros_of(options_.backoff_max); ++i) ceiling *= 2;
  ceiling = std::min(ceiling, micros_of(options_.backoff_max));
  const auto spread = static_cast<std::uint64_t>(ceiling) * random_() >> 32U;
  return last.server_pause + static_cast<std::int64_t>(spread);
}

Result<Reply> Channel::call(const Call& call) {
  const bool reads = call.effect == Effect::kReads;
  const std::int64_t deadline = clock_.monotonic_micros() + micros_of(options_.total_time_max);
  for (int number = 1;; ++number) {
    Attempt last = attempt(call, number, deadline);
    const bool answered = last.response.ok();
    if (answered && last.verdict != Verdict::kTransient && last.verdict != Verdict::kUnknown) {
      net::HttpResponse response = std::move(last.response).value();
      std::string id(response.headers.get("X-Request-ID"));
      std::optional<Refusal> refusal;
      if (last.verdict != Verdict::kDone) {
        refusal = refusal_of(response.status, response.body, id);
      }
      return Reply{response.status, std::move(response.body), std::move(response.headers),
                   std::move(id),   std::move(refusal),       last.verdict == Verdict::kDuplicate};
    }
    const bool may_repeat = reads && last.sent && number < options_.attempts_max &&
                            (answered || last.response.error().code != ErrorCode::kInvalidInput);
    if (may_repeat) {
      const std::int64_t pause = pause_before(number + 1, last);
      if (clock_.monotonic_micros() + pause < deadline && sleep(pause)) continue;
    }
    if (answered) {
      const net::HttpResponse& response = last.response.value();
      return error_of_answer(last.verdict, response.status, response.body,
                             response.headers.get("X-Request-ID"), call.place());
    }
    Error error = std::move(last.response).error();
    if (!last.sent) return error;
    if (reads && error.code == ErrorCode::kUnknownOutcome) error.code = ErrorCode::kUnavailable;
    return std::move(error).in(call.place());
  }
}

Result<Reply> Channel::must(const Call& call) {
  SB_TRY(Reply reply, this->call(call));
  if (reply.refusal) return error_of(*reply.refusal, call.place());
  return reply;
}

}  // namespace signalbus::alpaca
