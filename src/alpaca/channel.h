// Channel: calls to one of Alpaca's services, paced, recorded, classified; reads are repeated, a
// write never is.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "alpaca/answers.h"
#include "alpaca/call_observer.h"
#include "alpaca/connection.h"
#include "alpaca/http_sender.h"
#include "alpaca/request_budget.h"
#include "ports/clock.h"

namespace signalbus::alpaca {

struct ChannelOptions {
  std::string prefix = {};  ///< Path of the base URL, "" or "/prefix".
  std::chrono::milliseconds attempt_time_max{10'000};
  /// Of a call with its repeats and waits; a whole window of the rate limit fits.
  std::chrono::milliseconds total_time_max{90'000};
  int attempts_max = 4;                          ///< Of a read.
  std::chrono::milliseconds backoff_first{250};  ///< Doubled each time, of it a random part.
  std::chrono::milliseconds backoff_max{8'000};
  Quota quota = {};
};

/// One call. `endpoint` is the template that is recorded, `target` what is sent.
struct Call {
  std::string method = "GET";
  std::string endpoint;
  std::string target;
  std::string body = {};
  Effect effect = Effect::kReads;
  RequestKind kind = RequestKind::kOrdinary;

  std::string place() const { return method + " " + endpoint; }
};

/// An answer that proves something: done or refused.
struct Reply {
  int status = 0;
  std::string body;
  net::Headers headers;
  std::string request_id;
  std::optional<Refusal> refusal;  ///< Set: it was not done.
  bool duplicate = false;          ///< The refusal says that the client order id exists.
};

/// For one thread. What it holds by reference must outlive it.
class Channel {
 public:
  /// `random` gives evenly spread numbers, for the waits between repeats.
  using Random = std::function<std::uint32_t()>;

  Channel(HttpSender& sender, const Keys& keys, Clock& clock, Random random, ChannelOptions options,
          CallObserver* observer = nullptr);

  /// Reads: kUnavailable when no answer came in time, after repeats. Writes: kUnavailable when
  /// nothing left this machine, kUnknownOutcome for anything unclear.
  Result<Reply> call(const Call& call);

  /// The same, with a refusal as an error.
  Result<Reply> must(const Call& call);

  /// How long the rate limit would hold such a request back now.
  std::chrono::microseconds pacing(RequestKind kind) const;

 private:
  struct Attempt;
  Status pace(const Call& call, std::int64_t deadline, std::int64_t& waited);
  Attempt attempt(const Call& call, int number, std::int64_t deadline);
  void learn(const net::HttpResponse& response);
  std::int64_t pause_before(int next_attempt, const Attempt& last);
  bool sleep(std::int64_t micros);

  HttpSender& sender_;
  net::Headers headers_;
  Clock& clock_;
  Random random_;
  ChannelOptions options_;
  CallObserver* observer_;
  RequestBudget budget_;
};

}  // namespace signalbus::alpaca
