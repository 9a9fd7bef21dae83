// HttpServer: an HTTP/1.1 server on a Loop. Its answers may come late, cut short, garbled or never:
// the embedded exchange misbehaves on purpose.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/result.h"
#include "net/http.h"
#include "net/loop.h"
#include "net/tls.h"
#include "net/websocket.h"

namespace signalbus::net {

struct HttpServerOptions {
  std::string address = "127.0.0.1";  ///< A numeric address; "::" is every interface.
  std::uint16_t port = 0;             ///< 0: the system picks one, see HttpServer::port().
  std::optional<TlsIdentity> tls = std::nullopt;
  std::chrono::milliseconds head_time_max{10'000};  ///< From the first byte of a head to its end.
  std::chrono::milliseconds body_time_max{
      30'000};  ///< From the end of the head to that of the body.
  std::chrono::milliseconds idle_time_max{60'000};  ///< Between requests, and for a stuck reader.
  std::size_t head_bytes_max = std::size_t{16} * 1024;  ///< Beyond: 431 and the connection closes.
  std::size_t body_bytes_max =
      std::size_t{1024} * 1024;        ///< Beyond: 413 and the connection closes.
  std::size_t connections_max = 1024;  ///< Beyond: accepted and closed at once.
};

/// A request as it came in, whole.
struct IncomingRequest {
  HttpRequest http;       ///< A chunked body is put together; trailers are dropped.
  std::string peer;       ///< Address and port: `127.0.0.1:53211`.
  bool loopback = false;  ///< The peer is on this machine.
  bool wants_websocket = false;
};

/// The one answer to one request. A handle: copies speak for the same request. Any call after the
/// first is ignored, and so is one for a peer that has gone. When the last copy dies unanswered the
/// connection closes. Loop's thread only.
class Responder {
 public:
  /// Content-Length and Connection are added. A HEAD request gets the head alone.
  void send(const HttpResponse& response) const;
  /// The first `bytes` of what send() would write, then the connection closes.
  void send_cut(const HttpResponse& response, std::size_t bytes) const;
  /// These bytes as they are, HTTP or not, then the connection closes.
  void send_raw(std::string bytes) const;
  /// Closes the connection without an answer.
  void close() const;
  /// Turns the connection into a WebSocket. What is sent on it before the peer has our agreement
  /// waits. A request that is no proper upgrade gets 400, and `events.on_close`.
  WebSocket accept_websocket(WebSocketEvents events, WebSocketOptions options = {}) const;

  struct Slot;
  explicit Responder(std::shared_ptr<Slot> slot) : slot_(std::move(slot)) {}  ///< For this folder.

 private:
  std::shared_ptr<Slot> slot_;
};

/// Requests of one connection are handled one at a time, in their order. What is no HTTP or could
/// be read in two ways (two lengths, a length and chunks, a bad chunk) gets 400 and a closed
/// connection.
class HttpServer {
 public:
  using Handler = std::function<void(const IncomingRequest&, Responder)>;

  /// Listens at once and serves while the loop runs. kUnavailable when the address cannot be had,
  /// kInvalidInput when it is none or the identity cannot be read.
  static Result<HttpServer> listen(Loop& loop, const HttpServerOptions& options, Handler handler);

  HttpServer(HttpServer&&) noexcept;
  HttpServer& operator=(HttpServer&&) noexcept;
  /// Closes every connection and calls every on_close. When the loop does not run, or on its thread
  /// but not from within a WebSocket's event.
  ~HttpServer();

  std::uint16_t port() const;
  std::size_t connections() const;  ///< Open now, WebSockets included.
  /// Serves a connected stream socket that came from elsewhere; owns it from now on.
  void adopt(int socket);

  struct State;

 private:
  explicit HttpServer(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace signalbus::net
