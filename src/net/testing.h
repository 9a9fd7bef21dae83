// What the tests of this folder share: raw sockets for both sides, and a server on its own thread.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "net/http_server.h"

namespace signalbus::net {

using std::chrono::milliseconds;

/// A connected socket that writes what it is told and reads what there is.
class RawSocket {
 public:
  explicit RawSocket(int fd) : fd_(fd) {}
  RawSocket(RawSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;
  ~RawSocket() { close(); }

  static RawSocket connect(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    return RawSocket(fd);
  }

  /// False when the peer is gone.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// Reads until `done` holds for what came, the end, or 5 s.
  std::string read_until(const std::function<bool(const std::string&)>& done) {
    std::string out;
    char buffer[4096];
    pollfd item{.fd = fd_, .events = POLLIN, .revents = 0};
    while (!done(out) && ::poll(&item, 1, 5000) > 0) {
      const ssize_t got = ::recv(fd_, buffer, sizeof buffer, 0);
      if (got <= 0) {
        ended_ = true;
        break;
      }
      out.append(buffer, static_cast<std::size_t>(got));
    }
    return out;
  }
  std::string read_to(std::string_view text) {
    return read_until([&](const std::string& out) { return out.find(text) != std::string::npos; });
  }
  std::string read_bytes(std::size_t count) {
    return read_until([&](const std::string& out) { return out.size() >= count; });
  }
  /// Everything to the peer's end; ended() says whether it came.
  std::string read_to_end() {
    return read_until([](const std::string&) { return false; });
  }
  bool ended() const { return ended_; }

  void shut_down_writing() const { ::shutdown(fd_, SHUT_WR); }
  /// Closes so that the peer sees a reset.
  void reset() {
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  int release() { return std::exchange(fd_, -1); }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
  bool ended_ = false;
};

/// Plays one script per connection, one after the other, on its own thread.
class ScriptedServer {
 public:
  using Script = std::function<void(RawSocket&)>;

  explicit ScriptedServer(std::vector<Script> scripts) {
    fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
    EXPECT_EQ(::listen(fd_, 8), 0);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size);
    port_ = ntohs(at.sin_port);
    thread_ = std::thread([this, scripts = std::move(scripts)] {
      for (const Script& script : scripts) {
        const int peer = ::accept(fd_, nullptr, nullptr);
        if (peer < 0) return;
        RawSocket socket(peer);
        script(socket);
      }
    });
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer() {
    ::shutdown(fd_, SHUT_RDWR);  // Ends a script that was never needed.
    thread_.join();
    ::close(fd_);
  }
  Url url() const { return {.tls = false, .host = "127.0.0.1", .port = port_, .path = ""}; }

 private:
  int fd_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

/// An HttpServer whose loop runs on a thread of its own.
class ServerThread {
 public:
  explicit ServerThread(HttpServer::Handler handler, const HttpServerOptions& options = {})
      : server_(HttpServer::listen(loop_, options, std::move(handler))) {
    EXPECT_TRUE(server_.ok()) << server_.error().message;
    thread_ = std::thread([this] { loop_.run(); });
  }
  ServerThread(const ServerThread&) = delete;
  ServerThread& operator=(const ServerThread&) = delete;
  ~ServerThread() {
    loop_.stop();
    thread_.join();
  }

  std::uint16_t port() const { return server_.value().port(); }
  Url url(std::string host = "127.0.0.1", bool tls = false) const {
    return {.tls = tls, .host = std::move(host), .port = port(), .path = ""};
  }
  Loop& loop() { return loop_; }
  /// Open connections, asked on the loop's thread; waits up to 5 s for `wanted`.
  std::size_t connections_reaching(std::size_t wanted) {
    std::size_t count = 0;
    for (int i = 0; i < 500; ++i) {
      std::promise<std::size_t> asked;
      loop_.post([&] { asked.set_value(server_.value().connections()); });
      count = asked.get_future().get();
      if (count == wanted) break;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return count;
  }

 private:
  Loop loop_;
  Result<HttpServer> server_;
  std::thread thread_;
};

}  // namespace signalbus::net
