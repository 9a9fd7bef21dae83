// WebSocketClient: a WebSocket for a thread that waits for what comes. Blocking, with deadlines.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/result.h"
#include "net/http.h"
#include "net/tls.h"

namespace signalbus::net {

struct WebSocketMessage {
  bool text = false;  ///< Else binary; Alpaca sends JSON in either.
  std::string data;
};

struct WebSocketClientOptions {
  TlsTrust trust = {};
  std::size_t message_bytes_max = std::size_t{16} * 1024 * 1024;
};

/// For one thread at a time. After an error it is dead: connect anew, then ask what was missed.
class WebSocketClient {
 public:
  /// `url` with its path; `headers` go with the upgrade and into no error text. kBrokerRefused when
  /// the service answered 401 or 403, kInvalidInput for headers that cannot be written,
  /// kUnavailable for all else.
  static Result<WebSocketClient> connect(const Url& url, const Headers& headers,
                                         std::chrono::milliseconds deadline,
                                         const WebSocketClientOptions& options = {});

  WebSocketClient(WebSocketClient&&) noexcept;
  WebSocketClient& operator=(WebSocketClient&&) noexcept;
  ~WebSocketClient();  ///< Without a close frame, when close() was not called.

  /// Returns once the system has the bytes. kUnknownOutcome when that failed or took too long.
  Status send_text(std::string message, std::chrono::milliseconds deadline);
  Status send_binary(std::string message, std::chrono::milliseconds deadline);
  /// Leaves with the next receive(); the pong shows in quiet_for().
  void ping();

  /// The next message, or nothing when none came in `wait`; pings are answered meanwhile.
  /// kUnavailable when the connection ended; close_code() then tells how.
  Result<std::optional<WebSocketMessage>> receive(std::chrono::milliseconds wait);

  /// Since the peer was last heard, messages and pongs alike.
  std::chrono::milliseconds quiet_for() const;
  /// The peer's close code after the end, 1006 when it gave none, 0 before.
  std::uint16_t close_code() const;
  /// Says goodbye and waits that long for the peer's; what it still sends is dropped.
  void close(std::chrono::milliseconds deadline);

 private:
  struct State;
  explicit WebSocketClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace signalbus::net
