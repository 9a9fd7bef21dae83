#include "net/websocket.h"

#include "net/async_stream.h"
//
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <optional>
#include <utility>

#include "net/websocket_session.h"

namespace signalbus::net {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;

/// Beyond the time that Beast gives the peer to close.
constexpr std::chrono::seconds kCloseGrace{1};

struct Message {
  bool text;
  std::string data;
};

/// Beast checks text as it comes, but not its end when the last frame of a message is empty.
bool ends_within_a_character(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xc0) == 0x80) continue;  // not a first byte
    const std::size_t needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needs > back;
  }
  return false;
}

}  // namespace

// Beast allows one read, one write, one ping and one close at a time. A read always waits once the
// handshake is done; its error is where a session ends, mostly.
struct WebSocket::Session : std::enable_shared_from_this<WebSocket::Session> {
  using Stream = websocket::stream<AsyncStream, false>;  // false: compression is not even compiled

  Session(Loop& of, std::unique_ptr<LoopSocket> socket, std::string read_ahead,
          WebSocketSetup setup)
      : loop(of),
        stream(std::in_place, of, std::move(socket), std::move(read_ahead)),
        events(std::move(setup.events)),
        on_gone(std::move(setup.on_gone)),
        options(setup.options) {
    websocket::stream_base::timeout times{options.handshake_time_max,
                                          websocket::stream_base::none(), false};
    if (options.ping_after) {
      times.idle_timeout = 2 * *options.ping_after;
      times.keep_alive_pings = true;
    }
    stream->set_option(times);
    stream->read_message_max(options.message_bytes_max);
    stream->auto_fragment(false);
    stream->control_callback([this](websocket::frame_type kind, beast::string_view) {
      if (kind == websocket::frame_type::pong && events.on_pong) events.on_pong();
    });
  }

  void opened(const IoError& error) {
    if (error) return finish(error);
    open = true;
    if (events.on_open) events.on_open();
    read();
    write_next();
  }

  void read() {
    stream->async_read(buffer, [self = shared_from_this()](IoError error, std::size_t) {
      if (error) return self->finish(error);
      self->deliver();
      self->read();
    });
  }

  void deliver() {
    const auto bytes = buffer.cdata();
    std::string message(static_cast<const char*>(bytes.data()), bytes.size());
    buffer.consume(buffer.size());
    buffer.shrink_to_fit();  // One large message must not cost its memory for ever.
    if (stream->got_text() && ends_within_a_character(message)) return drop("text is not UTF-8");
    const auto& receiver = stream->got_text() ? events.on_text : events.on_binary;
    if (receiver) receiver(std::move(message));
  }

  void send(Message message) {
    if (closing || ended) return;
    queued_bytes += message.data.size();
    if (queued_bytes > options.queue_bytes_max) return drop("the peer reads too slowly");
    queue.push_back(std::move(message));
    write_next();
  }

  void write_next() {
    if (!open || writing || ended) return;
    if (queue.empty()) {
      if (closing) say_goodbye();
      return;
    }
    writing = true;
    stream->text(queue.front().text);
    stream->async_write(boost::asio::buffer(queue.front().data),
                        [self = shared_from_this()](IoError error, std::size_t) {
                          self->writing = false;
                          if (error == boost::asio::error::operation_aborted) return;
                          if (error) return self->drop(error.message());
                          self->queued_bytes -= self->queue.front().data.size();
                          self->queue.pop_front();
                          self->write_next();
                        });
  }

  void ping() {
    if (!open || closing || ended || pinging) return;
    pinging = true;
    stream->async_ping({}, [self = shared_from_this()](IoError) { self->pinging = false; });
  }

  void close(websocket::close_reason reason) {
    if (closing || ended) return;
    closing = true;
    goodbye = std::move(reason);
    // Beast has its own limit, but when the peer breaks the protocol while we close, its read waits
    // for its close and its close for its read, for ever.
    loop.call_after(options.handshake_time_max + kCloseGrace, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->drop("no goodbye came");
    });
    write_next();
  }

  void say_goodbye() {
    if (std::exchange(said_goodbye, true)) return;
    stream->async_close(goodbye, [self = shared_from_this()](IoError error) {
      self->finish_soon(error ? error : IoError(websocket::error::closed));
    });
  }

  void drop(std::string why) {
    if (ended) return;
    closing = true;
    drop_reason = std::move(why);
    stream->next_layer().socket().close();
    finish_soon(boost::asio::error::operation_aborted);
  }

  /// After the read had its turn: it knows best how the connection ended, but Beast does not wake
  /// it in every case.
  void finish_soon(const IoError& error) {
    if (ended) return;
    boost::asio::post(stream->get_executor(),
                      [self = shared_from_this(), error] { self->finish(error); });
  }

  void finish(const IoError& error) {
    if (std::exchange(ended, true)) return;
    WebSocketEnd end;
    if (error == websocket::error::closed) {
      end.code = stream->reason().code == 0 ? 1005 : stream->reason().code;
      end.reason.assign(stream->reason().reason.data(), stream->reason().reason.size());
    } else {
      end.reason = drop_reason.empty() ? error.message() : drop_reason;
    }
    open = false;
    queued_bytes = 0;
    stream->next_layer().socket().close();
    // Moved out first: a callback may hold a handle to us, and a ring would never be freed.
    const WebSocketEvents last = std::exchange(events, {});
    const auto gone = std::exchange(on_gone, {});
    // What Beast has put aside holds us; it goes with the stream, but not while the stream is at
    // work.
    boost::asio::post(stream->get_executor(),
                      [self = shared_from_this()] { self->stream.reset(); });
    if (last.on_close) last.on_close(end);
    if (gone) gone();
  }

  Loop& loop;
  std::optional<Stream> stream;  ///< Empty some time after the end.
  beast::flat_buffer buffer;
  std::deque<Message> queue;
  std::size_t queued_bytes = 0;
  WebSocketEvents events;
  std::function<void()> on_gone;
  WebSocketOptions options;
  websocket::close_reason goodbye;
  std::string drop_reason;
  bool open = false;
  bool writing = false;
  bool pinging = false;
  bool closing = false;
  bool said_goodbye = false;
  bool ended = false;
};

WebSocket accept_websocket(Loop& loop, std::unique_ptr<LoopSocket> socket, std::string read_ahead,
                           const HttpRequest& request, WebSocketSetup setup) {
  auto session = std::make_shared<WebSocket::Session>(loop, std::move(socket),
                                                      std::move(read_ahead), std::move(setup));
  http::request<http::empty_body> upgrade;
  upgrade.method_string(request.method);
  upgrade.target(request.target);
  upgrade.version(11);
  for (const Field& field : request.headers) upgrade.insert(field.name, field.value);
  session->stream->async_accept(upgrade, [session](IoError error) { session->opened(error); });
  return WebSocket(session);
}

WebSocket ask_for_websocket(Loop& loop, Channel channel, const WebSocketUpgrade& upgrade,
                            WebSocketSetup setup, std::function<void(int)> on_refused) {
  auto session = std::make_shared<WebSocket::Session>(
      loop, std::make_unique<LoopSocket>(loop, std::move(channel)), "", std::move(setup));
  session->stream->set_option(websocket::stream_base::decorator(
      [headers = upgrade.headers](websocket::request_type& request) {
        for (const Field& field : headers) request.insert(field.name, field.value);
      }));
  auto answer = std::make_shared<websocket::response_type>();
  session->stream->async_handshake(
      *answer, upgrade.authority, upgrade.target,
      [session, answer, on_refused = std::move(on_refused)](IoError error) {
        if (error == websocket::error::upgrade_declined) {
          on_refused(static_cast<int>(answer->result_int()));
        }
        session->opened(error);
      });
  return WebSocket(session);
}

void end_now(const WebSocket& socket) {
  if (!socket.session_) return;
  socket.session_->drop("the server went");
  socket.session_->finish(boost::asio::error::operation_aborted);
}

void WebSocket::send_text(std::string message) const {
  if (session_) session_->send({true, std::move(message)});
}
void WebSocket::send_binary(std::string message) const {
  if (session_) session_->send({false, std::move(message)});
}
void WebSocket::ping() const {
  if (session_) session_->ping();
}
void WebSocket::close(std::uint16_t code, std::string reason) const {
  // A close frame has room for 123 bytes of reason.
  reason.resize(std::min<std::size_t>(reason.size(), 123));
  if (session_) session_->close({static_cast<websocket::close_code>(code), reason});
}
void WebSocket::drop() const {
  if (session_) session_->drop("we dropped the connection");
}
std::size_t WebSocket::queued_bytes() const { return session_ ? session_->queued_bytes : 0; }
bool WebSocket::is_open() const { return session_ && session_->open && !session_->closing; }

}  // namespace signalbus::net
