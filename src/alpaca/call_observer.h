// Who wants to know of every call to Alpaca: monitoring, the journal of calls.
#pragma once

#include <cstdint>
#include <string>

#include "core/time.h"

namespace signalbus::alpaca {

enum class CallOutcome { kDone, kRefused, kUnknown, kTransient };

/// One request on the wire and what came of it. No header, query or body: nothing secret, nothing
/// about a position.
struct CallRecord {
  Instant at;  ///< When it was sent.
  std::string method;
  std::string endpoint;  ///< A template: `/v2/orders/{id}`.
  int attempt = 1;
  CallOutcome outcome = CallOutcome::kDone;
  int status = 0;  ///< 0: there was no answer.
  std::int64_t latency_micros = 0;
  std::int64_t paced_micros = 0;  ///< How long the rate limit held it back before.
  std::string request_id;         ///< Alpaca's X-Request-ID; support asks for it.
};

/// Called on the thread that made the call; must not block for long and cannot fail.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  virtual void called(const CallRecord& record) = 0;
};

}  // namespace signalbus::alpaca
