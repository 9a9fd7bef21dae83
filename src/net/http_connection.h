// HttpConnection: one connection of the server, from accept to close or to its WebSocket. For this
// folder's .cc alone.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "net/http_codec.h"
#include "net/http_server.h"
#include "net/loop_impl.h"

namespace signalbus::net {

class HttpConnection;

/// What connections share with their server. They hold it weakly through the server's list: when
/// the server goes it closes them all.
struct ConnectionSetup {
  Loop& loop;
  HttpServerOptions options;
  HttpServer::Handler handler;
  /// Takes the connection off the server's list.
  std::function<void(HttpConnection*)> on_gone;
  /// A WebSocket took the place of the connection; returns what to call at its end.
  std::function<std::function<void()>(WebSocket)> on_websocket;
};

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(std::shared_ptr<const ConnectionSetup> setup, Channel channel, std::string peer,
                 bool loopback);

  void start();
  /// Closes when the time of what it is doing is up; the server calls it now and then.
  void check_deadline(std::chrono::steady_clock::time_point now);
  void close();

  // What a Responder does.
  void answer(const HttpResponse& response, std::optional<std::size_t> cut_at);
  void answer_raw(std::string bytes);
  WebSocket upgrade(WebSocketEvents events, const WebSocketOptions& options);

 private:
  enum class Phase { kReading, kHandling, kWriting, kLingering, kClosed };

  /// Goes on until it has to wait for the socket or for an answer.
  void advance();
  bool step();  ///< False: nothing more can be done now.
  bool read_request();
  bool receive();
  bool judge_head();
  void handle();
  bool write();
  bool after_write();
  bool linger();
  void refuse(int status);
  void begin_writing(std::string bytes, bool then_close);
  void begin_request();
  void wait(Io io);
  void set_deadline(std::chrono::milliseconds time);

  std::shared_ptr<const ConnectionSetup> setup_;
  std::unique_ptr<LoopSocket> socket_;
  std::string peer_;
  bool loopback_;
  Phase phase_ = Phase::kReading;
  bool advancing_ = false;
  bool close_after_write_ = false;
  bool began_ = false;  ///< Some byte of the request is here.
  bool head_judged_ = false;
  bool interim_ = false;  ///< What is being written is 100 Continue, not the answer.
  bool drained_ = false;  ///< The last read left nothing in the socket, as far as we know.
  std::string input_;     ///< Received, not yet taken by the reader.
  std::string output_;    ///< Being written, from output_sent_ on.
  std::size_t output_sent_ = 0;
  RequestReader reader_;
  HttpRequest request_;  ///< The one being handled.
  std::chrono::steady_clock::time_point deadline_;
};

}  // namespace signalbus::net
