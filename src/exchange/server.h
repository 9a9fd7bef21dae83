// Server: the exchange on a socket: requests to the Service, upgrades to the streams, faults on the
// wire.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/result.h"
#include "exchange/service.h"
#include "exchange/streams.h"
#include "net/http_server.h"
#include "net/loop.h"

namespace signalbus::exchange {

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: the system picks one.
};

/// Everything happens on the loop's thread. `loop`, `service` and `streams` must outlive it.
class Server {
 public:
  /// Errors as HttpServer::listen. `after_tick` is called now and then, for logs.
  static Result<std::unique_ptr<Server>> listen(net::Loop& loop, Service& service, Streams& streams,
                                                const ServerOptions& options,
                                                std::function<void()> after_tick);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  /// `http://127.0.0.1:PORT`
  std::string url() const;

 private:
  Server(net::Loop& loop, Service& service, Streams& streams, ServerOptions options);
  void handle(const net::IncomingRequest& request, const net::Responder& responder);
  void deliver(Reply reply, const net::Responder& responder);
  void tick();

  net::Loop& loop_;
  Service& service_;
  Streams& streams_;
  ServerOptions options_;
  std::function<void()> after_tick_;
  std::vector<net::Responder> silent_;  // answers that never come
  std::unique_ptr<net::HttpServer> http_;
  net::Loop::CallId next_tick_{};
};

}  // namespace signalbus::exchange
