// HttpClient: one HTTP/1.1 connection to one service, blocking, with a deadline for each request.
#pragma once

#include <chrono>
#include <memory>

#include "core/result.h"
#include "net/http.h"
#include "net/tls.h"

namespace signalbus::net {

struct HttpClientOptions {
  TlsTrust trust = {};
  std::size_t head_bytes_max = std::size_t{64} * 1024;  ///< Of an answer, interim answers included.
  std::size_t body_bytes_max = std::size_t{64} * 1024 * 1024;  ///< Of an answer.
};

/// Sends each request at most once: it never repeats one, follows no redirect (a 3xx is an answer)
/// and knows no proxy. For one thread at a time; several connections are several clients.
///
/// Neither headers, body nor the query of a target ever appear in an error's text.
class HttpClient {
 public:
  /// Connects on first use. Of `service`, scheme, host and port count; a target carries its path.
  explicit HttpClient(Url service, HttpClientOptions options = {});
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  /// Any complete answer is a value, whatever its status. `deadline` is for all of it: resolving,
  /// connecting, TLS, writing and reading.
  ///
  /// kUnavailable   nothing of the request left this machine: it may be sent again.
  /// kUnknownOutcome a byte may have left: time-out, connection lost, an answer that is cut off,
  /// too
  ///                large or no HTTP. Ask what happened before sending it again.
  /// kInvalidInput  the request cannot be written (a line break in a header, a space in the target)
  ///                or TlsTrust cannot be read; nothing left.
  ///
  /// After an error the connection is gone; the next request opens a new one. A connection that the
  /// peer closed meanwhile, or on which it said something unasked, is replaced before writing.
  Result<HttpResponse> send(const HttpRequest& request, std::chrono::milliseconds deadline);

  const Url& service() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace signalbus::net
