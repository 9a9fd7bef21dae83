#include "exchange/server.h"

#include <chrono>

namespace signalbus::exchange {
namespace {

constexpr std::chrono::milliseconds kTick{20};
constexpr std::size_t kSilentMax = 256;

/// Head and the first bytes of the body, as a connection that breaks in the middle leaves them.
std::string cut_answer(const net::HttpResponse& response, std::size_t body_bytes) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " " +
                    std::string(net::reason_of(response.status)) + "\r\n";
  for (const net::Field& field : response.headers) {
    out += field.name + ": " + field.value + "\r\n";
  }
  out += "Content-Length: " + std::to_string(response.body.size()) + "\r\n\r\n";
  out.append(response.body, 0, body_bytes);
  return out;
}

std::string host_text(const std::string& address) {
  if (address == "::" || address == "0.0.0.0") return "127.0.0.1";
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

}  // namespace

Server::Server(net::Loop& loop, Service& service, Streams& streams, ServerOptions options)
    : loop_(loop), service_(service), streams_(streams), options_(std::move(options)) {}

Server::~Server() { loop_.cancel(next_tick_); }

Result<std::unique_ptr<Server>> Server::listen(net::Loop& loop, Service& service, Streams& streams,
                                               const ServerOptions& options,
                                               std::function<void()> after_tick) {
  std::unique_ptr<Server> server(new Server(loop, service, streams, options));
  Server* self = server.get();
  server->after_tick_ = std::move(after_tick);
  SB_TRY(net::HttpServer http,
         net::HttpServer::listen(
             loop, {.address = options.address, .port = options.port},
             [self](const net::IncomingRequest& request, const net::Responder& responder) {
               self->handle(request, responder);
             }));
  server->http_ = std::make_unique<net::HttpServer>(std::move(http));
  const std::string port = std::to_string(server->port());
  service.set_own_origins(
      {"http://127.0.0.1:" + port, "http://localhost:" + port, "http://[::1]:" + port});
  server->tick();
  return server;
}

std::uint16_t Server::port() const { return http_->port(); }

std::string Server::url() const {
  return "http://" + host_text(options_.address) + ":" + std::to_string(port());
}

void Server::tick() {
  service_.tick();
  if (!service_.state().ok()) {
    loop_.stop();
    return;
  }
  streams_.tick();
  if (after_tick_) after_tick_();
  next_tick_ = loop_.call_after(kTick, [this] { tick(); });
}

void Server::handle(const net::IncomingRequest& request, const net::Responder& responder) {
  if (request.wants_websocket) {
    const std::string_view path = net::split_target(request.http.target).path;
    const StreamKind kind = stream_kind(path);
    if (kind != StreamKind::kNone) {
      streams_.accept(kind, request.http, responder);
      return;
    }
  }
  deliver(service_.answer(request.http, request.loopback), responder);
  if (service_.state().ok()) {
    streams_.flush();
  } else {
    loop_.stop();
  }
}

void Server::deliver(Reply reply, const net::Responder& responder) {
  if (reply.delay_micros > 0) {
    const std::chrono::microseconds delay(std::exchange(reply.delay_micros, 0));
    loop_.call_after(delay, [this, reply = std::move(reply), responder]() mutable {
      deliver(std::move(reply), responder);
    });
    return;
  }
  switch (reply.delivery) {
    case Delivery::kSend:
      responder.send(reply.response);
      return;
    case Delivery::kClose:
      responder.close();
      return;
    case Delivery::kSilent:
      // The oldest goes first: a responder that dies closes its connection.
      if (silent_.size() >= kSilentMax) silent_.erase(silent_.begin());
      silent_.push_back(responder);
      return;
    case Delivery::kCut:
      responder.send_raw(cut_answer(reply.response, reply.body_bytes));
      return;
  }
}

}  // namespace signalbus::exchange
