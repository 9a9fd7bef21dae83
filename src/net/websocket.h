// WebSocket: one end of a connection that lives on a Loop. Pings are answered, fragments put
// together, compression declined.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace signalbus::net {

/// Why a connection ended.
struct WebSocketEnd {
  std::uint16_t code = 1006;  ///< RFC 6455's close code of the peer; 1006: there was none.
  std::string reason;         ///< The peer's own words, or ours for what went wrong.
};

/// What the owner is told; each may be empty. Called on the loop's thread.
struct WebSocketEvents {
  std::function<void()> on_open = {};  ///< The handshake is done.
  std::function<void(std::string)> on_text = {};
  std::function<void(std::string)> on_binary = {};
  std::function<void()> on_pong = {};
  /// Exactly once, the last call of all.
  std::function<void(const WebSocketEnd&)> on_close = {};
};

struct WebSocketOptions {
  std::size_t message_bytes_max =
      std::size_t{1024} * 1024;  ///< Of a whole incoming message; beyond: 1009.
  /// Beyond that much unsent the connection is dropped: a reader that does not read must not cost
  /// memory without end.
  std::size_t queue_bytes_max = std::size_t{16} * 1024 * 1024;
  /// A peer that was silent for so long gets a ping; after as long again it counts as gone.
  std::optional<std::chrono::milliseconds> ping_after = std::nullopt;
  std::chrono::milliseconds handshake_time_max{10'000};
};

/// A handle: copies speak for the same connection, which lives until it is closed. All calls are
/// for the loop's thread and never fail: after the end they do nothing.
class WebSocket {
 public:
  void send_text(std::string message) const;
  void send_binary(std::string message) const;
  void ping() const;
  /// Sends what is queued, then the close frame. The peer has handshake_time_max to agree.
  void close(std::uint16_t code = 1000, std::string reason = {}) const;
  /// Closes the connection without a word.
  void drop() const;
  /// Bytes not handed to the system yet: what a slow reader costs.
  std::size_t queued_bytes() const;
  bool is_open() const;  ///< False before the handshake and from close() or the end on.

  struct Session;
  explicit WebSocket(std::shared_ptr<Session> session) : session_(std::move(session)) {}

 private:
  friend void end_now(const WebSocket& socket);
  std::shared_ptr<Session> session_;
};

}  // namespace signalbus::net
