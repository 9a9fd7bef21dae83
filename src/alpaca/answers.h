// What an answer of Alpaca proves. Pure: status and body in, verdict out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "net/http.h"

namespace signalbus::alpaca {

/// A definite no, with everything Alpaca said. Its texts change without notice; status and code do
/// not, so decide by those.
struct Refusal {
  int status = 0;
  std::optional<std::int64_t> code;  ///< 40310000; absent where the body had none.
  std::string message;
  std::vector<net::Field> extra;  ///< Other keys of the body as text: buying_power, available, ...
  std::string request_id;

  /// The value of an extra key, nullptr when there is none.
  const std::string* find(std::string_view name) const;
  /// For the journal: "40310000", or "http_403" without a code.
  std::string code_text() const;
};

enum class Verdict {
  kDone,       ///< 2xx.
  kRefused,    ///< Definitely not done.
  kDuplicate,  ///< 422: the client order id exists, so an order under it does.
  kUnknown,    ///< It may have been done.
  kTransient   ///< Nothing is done; asking again later may work.
};

enum class Effect {
  kReads,        ///< GET: doing it twice changes nothing.
  kWritesFirst,  ///< POST, DELETE, PATCH, sent for the first time.
  kWritesAgain   ///< The same bytes may have been sent before: no refusal is definite then.
};

/// 401, 403, 404 and 422 with a body of Alpaca's are refusals; of a request that was sent before
/// they prove nothing. 429, 5xx, redirects and bodies that are not Alpaca's leave a write unknown
/// and make a read transient.
Verdict classify(Effect effect, int status, std::string_view body);

/// The refusal in an answer; message and code are empty where the body is not Alpaca's.
Refusal refusal_of(int status, std::string_view body, std::string_view request_id);

/// As an error for callers that have no use for the value: 404 is kNotFound, else kBrokerRefused;
/// the words say what to do (keys, rate limit, base URL).
Error error_of(const Refusal& refusal, std::string_view place);

/// An answer that is neither done nor a refusal.
Error error_of_answer(Verdict verdict, int status, std::string_view body,
                      std::string_view request_id, std::string_view place);

}  // namespace signalbus::alpaca
