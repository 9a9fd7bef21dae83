#include "net/http_server.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <system_error>
#include <utility>

#include "net/http_connection.h"
#include "net/websocket_session.h"

namespace signalbus::net {
namespace {

using std::chrono::milliseconds;

/// With all descriptors in use, accepting is tried again after that; the socket stays readable.
constexpr milliseconds kAcceptAgainAfter{100};

struct Peer {
  std::string text = "local";
  bool loopback = true;
};

Peer peer_of(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::getpeername(socket, generic, &size) != 0) return {.text = "gone", .loopback = false};
  if (address.ss_family != AF_INET && address.ss_family != AF_INET6) return {};
  char host[NI_MAXHOST];
  char port[NI_MAXSERV];
  constexpr int kNumbers = NI_NUMERICHOST | NI_NUMERICSERV;
  if (::getnameinfo(generic, size, host, sizeof host, port, sizeof port, kNumbers) != 0) {
    return {.text = "unknown", .loopback = false};
  }
  const std::string name(host);
  const bool loopback =
      name.starts_with("127.") || name == "::1" || name.starts_with("::ffff:127.");
  const bool six = name.find(':') != std::string::npos;
  return {.text = (six ? "[" + name + "]:" : name + ":") + port, .loopback = loopback};
}

Result<int> listening_socket(const HttpServerOptions& options) {
  const std::string place = options.address + ":" + std::to_string(options.port);
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(options.address.c_str(), std::to_string(options.port).c_str(), &hints,
                    &found) != 0) {
    return Error{ErrorCode::kInvalidInput,
                 place + ": is not a numeric address; write 127.0.0.1 to serve this machine alone"};
  }
  const int fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  bool listens = fd >= 0;
  listens = listens && ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
  listens = listens && ::bind(fd, found->ai_addr, found->ai_addrlen) == 0;
  listens = listens && ::listen(fd, SOMAXCONN) == 0;
  const int error = errno;
  ::freeaddrinfo(found);
  if (listens) return fd;
  if (fd >= 0) ::close(fd);
  return Error{ErrorCode::kUnavailable,
               place + ": cannot listen: " + std::generic_category().message(error) +
                   "; choose another address or port"};
}

std::uint16_t port_of(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port
                   : reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

}  // namespace

struct HttpServer::State : std::enable_shared_from_this<HttpServer::State> {
  explicit State(Loop& of) : loop(of) {}

  Loop& loop;
  std::unique_ptr<LoopSocket> listener;
  std::uint16_t port = 0;
  std::optional<TlsContext> tls;
  std::shared_ptr<const ConnectionSetup> setup;
  std::map<HttpConnection*, std::shared_ptr<HttpConnection>> connections;
  std::map<std::uint64_t, WebSocket> websockets;
  std::uint64_t last_websocket = 0;
  bool open = true;

  void prepare(const HttpServerOptions& options, Handler handler) {
    // Weak: a connection or a WebSocket may be the last to go, after the server.
    const std::weak_ptr<State> weak = weak_from_this();
    setup = std::make_shared<const ConnectionSetup>(
        ConnectionSetup{.loop = loop,
                        .options = options,
                        .handler = std::move(handler),
                        .on_gone =
                            [weak](HttpConnection* connection) {
                              if (const auto state = weak.lock())
                                state->connections.erase(connection);
                            },
                        .on_websocket = [weak](WebSocket socket) -> std::function<void()> {
                          const auto state = weak.lock();
                          if (!state) return {};
                          const std::uint64_t id = ++state->last_websocket;
                          state->websockets.emplace(id, std::move(socket));
                          return [weak, id] {
                            if (const auto still = weak.lock()) still->websockets.erase(id);
                          };
                        }});
  }

  std::size_t count() const { return connections.size() + websockets.size(); }

  void adopt(int fd) {
    if (!open || count() >= setup->options.connections_max) {
      ::close(fd);
      return;
    }
    Peer peer = peer_of(fd);
    auto connection =
        std::make_shared<HttpConnection>(setup, tls ? Channel::tls_server(fd, *tls) : Channel(fd),
                                         std::move(peer.text), peer.loopback);
    connections.emplace(connection.get(), connection);
    connection->start();
  }

  void accept() {
    while (open) {
      const int fd =
          ::accept4(listener->channel().socket(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0) {
        adopt(fd);
        continue;
      }
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) break;
      loop.call_after(kAcceptAgainAfter, [weak = weak_from_this()] {
        if (const auto state = weak.lock()) state->accept();
      });
      return;
    }
    if (!open) return;
    listener->wait(Io::kWantsRead, [weak = weak_from_this()](const IoError& error) {
      const auto state = weak.lock();
      if (state && !error) state->accept();
    });
  }

  /// One look at all connections now and then costs less than a timer for each request.
  void watch_deadlines() {
    const HttpServerOptions& options = setup->options;
    const milliseconds shortest =
        std::min({options.head_time_max, options.body_time_max, options.idle_time_max});
    loop.call_after(std::clamp(shortest / 10, milliseconds(5), milliseconds(1000)),
                    [weak = weak_from_this()] {
                      const auto state = weak.lock();
                      if (!state || !state->open) return;
                      const auto now = std::chrono::steady_clock::now();
                      const auto all = state->connections;  // They go from the list as they close.
                      for (const auto& [key, connection] : all) connection->check_deadline(now);
                      state->watch_deadlines();
                    });
  }

  void close() {
    open = false;
    if (listener) listener->close();
    const auto all = std::exchange(connections, {});
    for (const auto& [key, connection] : all) connection->close();
    const auto sockets = std::exchange(websockets, {});
    for (const auto& [id, socket] : sockets) end_now(socket);
  }
};

Result<HttpServer> HttpServer::listen(Loop& loop, const HttpServerOptions& options,
                                      Handler handler) {
  auto state = std::make_shared<State>(loop);
  if (options.tls) {
    SB_TRY(state->tls, TlsContext::server(*options.tls));
  }
  SB_TRY(const int fd, listening_socket(options));
  state->listener = std::make_unique<LoopSocket>(loop, Channel(fd));
  state->port = port_of(fd);
  state->prepare(options, std::move(handler));
  state->accept();
  state->watch_deadlines();
  return HttpServer(std::move(state));
}

HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer& HttpServer::operator=(HttpServer&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}
HttpServer::~HttpServer() {
  if (state_) state_->close();
}

std::uint16_t HttpServer::port() const { return state_->port; }
std::size_t HttpServer::connections() const { return state_->count(); }
void HttpServer::adopt(int socket) { state_->adopt(socket); }

}  // namespace signalbus::net
