#include "net/http_connection.h"

#include <algorithm>
#include <array>
#include <utility>

#include "net/websocket_session.h"

namespace signalbus::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// After our last bytes the peer has that long to take them.
constexpr milliseconds kLingerTime{2000};
/// So many steps, then others have their turn: a peer that never pauses must not hold the loop.
constexpr int kStepsMax = 64;

bool asks_for_websocket(const HttpRequest& request) {
  return request.method == "GET" && request.headers.has_token("connection", "upgrade") &&
         request.headers.has_token("upgrade", "websocket");
}

}  // namespace

/// The right to answer one request. Its end without an answer is one: the connection closes.
struct Responder::Slot {
  explicit Slot(std::weak_ptr<HttpConnection> to) : connection(std::move(to)) {}
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot() {
    if (const auto open = take()) open->close();
  }
  /// The connection, once; nullptr when it was taken or is gone.
  std::shared_ptr<HttpConnection> take() { return std::exchange(connection, {}).lock(); }

  std::weak_ptr<HttpConnection> connection;
};

void Responder::send(const HttpResponse& response) const {
  if (const auto open = slot_->take()) open->answer(response, std::nullopt);
}
void Responder::send_cut(const HttpResponse& response, std::size_t bytes) const {
  if (const auto open = slot_->take()) open->answer(response, bytes);
}
void Responder::send_raw(std::string bytes) const {
  if (const auto open = slot_->take()) open->answer_raw(std::move(bytes));
}
void Responder::close() const {
  if (const auto open = slot_->take()) open->close();
}

WebSocket Responder::accept_websocket(WebSocketEvents events, WebSocketOptions options) const {
  if (const auto open = slot_->take()) return open->upgrade(std::move(events), options);
  if (events.on_close) events.on_close({.code = 1006, .reason = "there was nobody to answer"});
  return WebSocket(nullptr);
}

HttpConnection::HttpConnection(std::shared_ptr<const ConnectionSetup> setup, Channel channel,
                               std::string peer, bool loopback)
    : setup_(std::move(setup)),
      socket_(std::make_unique<LoopSocket>(setup_->loop, std::move(channel))),
      peer_(std::move(peer)),
      loopback_(loopback),
      reader_({setup_->options.head_bytes_max, setup_->options.body_bytes_max}) {}

void HttpConnection::start() {
  // A new connection is expected to speak, not to idle.
  set_deadline(setup_->options.head_time_max);
  advance();
}

void HttpConnection::set_deadline(milliseconds time) { deadline_ = steady_clock::now() + time; }

void HttpConnection::check_deadline(steady_clock::time_point now) {
  if (phase_ == Phase::kClosed || phase_ == Phase::kHandling || now < deadline_) return;
  // A request that began gets an answer; a connection that idles is closed without one.
  if (phase_ != Phase::kReading || !began_) return close();
  refuse(408);
  advance();
}

void HttpConnection::close() {
  if (std::exchange(phase_, Phase::kClosed) == Phase::kClosed) return;
  if (socket_) socket_->close();
  setup_->on_gone(this);
}

void HttpConnection::wait(Io io) {
  socket_->wait(io, [self = shared_from_this()](const IoError& error) {
    if (!error) self->advance();
  });
}

void HttpConnection::advance() {
  if (advancing_) return;  // An answer from within the handler: the loop below goes on with it.
  const auto self = shared_from_this();
  advancing_ = true;
  int steps = 0;
  while (phase_ != Phase::kClosed && step()) {
    if (++steps < kStepsMax) continue;
    setup_->loop.post([self] { self->advance(); });
    break;
  }
  advancing_ = false;
}

bool HttpConnection::step() {
  switch (phase_) {
    case Phase::kReading:
      return read_request();
    case Phase::kWriting:
      return write();
    case Phase::kLingering:
      return linger();
    case Phase::kHandling:
    case Phase::kClosed:
      return false;
  }
  return false;
}

bool HttpConnection::read_request() {
  if (!input_.empty()) {
    const Result<std::size_t> taken = reader_.feed(input_);
    if (!taken.ok()) {
      refuse(reader_.refusal());
      return true;
    }
    input_.erase(0, taken.value());
  }
  if (reader_.awaits() != Awaits::kHead && !head_judged_ && judge_head()) return true;
  if (reader_.awaits() != Awaits::kNothing) return receive();
  handle();
  return true;
}

/// Reads once. The whole request must then be in `input_` or in the reader.
bool HttpConnection::receive() {
  // Emptied by the last read, mostly: asking the loop at once saves asking the socket in vain.
  if (std::exchange(drained_, false)) {
    wait(Io::kWantsRead);
    return false;
  }
  auto& scratch = setup_->loop.impl().scratch;
  const IoResult result = socket_->channel().read_some(scratch);
  switch (result.io) {
    case Io::kDone:
      if (!std::exchange(began_, true)) set_deadline(setup_->options.head_time_max);
      input_.append(scratch.data(), result.bytes);
      drained_ = result.bytes < scratch.size() && !socket_->channel().has_read_ahead();
      return true;
    case Io::kWantsRead:
    case Io::kWantsWrite:
      wait(result.io);
      return false;
    case Io::kEnd:
    case Io::kFailed:
      close();
      return false;
  }
  return false;
}

/// Once per request, when its head is whole. True when it led to something to write.
bool HttpConnection::judge_head() {
  head_judged_ = true;
  set_deadline(setup_->options.body_time_max);
  if (reader_.awaits() != Awaits::kBody || !reader_.expects_continue()) return false;
  begin_writing("HTTP/1.1 100 Continue\r\n\r\n", false);
  interim_ = true;
  return true;
}

void HttpConnection::handle() {
  phase_ = Phase::kHandling;
  IncomingRequest incoming{.http = reader_.take(), .peer = peer_, .loopback = loopback_};
  incoming.wants_websocket = asks_for_websocket(incoming.http);
  // Kept for the answer: its method, and its head when it becomes a WebSocket.
  request_ = {.method = incoming.http.method,
              .target = incoming.wants_websocket ? incoming.http.target : "",
              .headers = incoming.wants_websocket ? incoming.http.headers : Headers(),
              .body = ""};
  close_after_write_ = !reader_.keeps_connection() && !incoming.wants_websocket;
  setup_->handler(incoming, Responder(std::make_shared<Responder::Slot>(weak_from_this())));
}

void HttpConnection::answer(const HttpResponse& response, std::optional<std::size_t> cut_at) {
  const bool closes = close_after_write_ || cut_at.has_value();
  const ResponseForm form{.head_only = request_.method == "HEAD", .closes = close_after_write_};
  Result<std::string> bytes = response_bytes(response, form);
  if (!bytes.ok()) bytes = response_bytes({.status = 500, .headers = {}, .body = ""}, form);
  if (cut_at) bytes.value().resize(std::min(*cut_at, bytes.value().size()));
  begin_writing(std::move(bytes).value(), closes);
  advance();
}

void HttpConnection::answer_raw(std::string bytes) {
  begin_writing(std::move(bytes), true);
  advance();
}

void HttpConnection::refuse(int status) {
  const auto bytes = response_bytes({.status = status, .headers = {}, .body = ""},
                                    {.head_only = false, .closes = true});
  begin_writing(bytes.value(), true);
}

void HttpConnection::begin_writing(std::string bytes, bool then_close) {
  phase_ = Phase::kWriting;
  interim_ = false;
  close_after_write_ = then_close;
  output_ = std::move(bytes);
  output_sent_ = 0;
  set_deadline(setup_->options.idle_time_max);
}

bool HttpConnection::write() {
  while (output_sent_ < output_.size()) {
    const IoResult result =
        socket_->channel().write_some(std::string_view(output_).substr(output_sent_));
    if (result.io == Io::kDone) {
      output_sent_ += result.bytes;
    } else if (result.io == Io::kWantsRead || result.io == Io::kWantsWrite) {
      wait(result.io);
      return false;
    } else {
      close();
      return false;
    }
  }
  return after_write();
}

bool HttpConnection::after_write() {
  output_ = std::string();
  if (close_after_write_) {
    socket_->channel().shut_down_writing();
    phase_ = Phase::kLingering;
    set_deadline(kLingerTime);
    return true;
  }
  phase_ = Phase::kReading;
  if (std::exchange(interim_, false)) {
    set_deadline(setup_->options.body_time_max);
    return true;
  }
  begin_request();
  return true;
}

void HttpConnection::begin_request() {
  reader_ = RequestReader({setup_->options.head_bytes_max, setup_->options.body_bytes_max});
  request_ = {};
  head_judged_ = false;
  began_ = !input_.empty();
  set_deadline(began_ ? setup_->options.head_time_max : setup_->options.idle_time_max);
}

/// Reads what the peer still sends until it closes: closing with bytes unread would reset the
/// connection, and the reset may overtake our answer.
bool HttpConnection::linger() {
  input_ = std::string();
  const IoResult result = socket_->channel().read_some(setup_->loop.impl().scratch);
  if (result.io == Io::kDone) return true;
  if (result.io == Io::kWantsRead || result.io == Io::kWantsWrite) {
    wait(result.io);
  } else {
    close();
  }
  return false;
}

WebSocket HttpConnection::upgrade(WebSocketEvents events, const WebSocketOptions& options) {
  // The pending steps see kClosed; the socket lives on in the WebSocket.
  phase_ = Phase::kClosed;
  auto gone = std::make_shared<std::function<void()>>();
  WebSocket socket =
      net::accept_websocket(setup_->loop, std::move(socket_), std::move(input_), request_,
                            {.events = std::move(events), .options = options, .on_gone = [gone] {
                               if (*gone) (*gone)();
                             }});
  *gone = setup_->on_websocket(socket);
  setup_->on_gone(this);
  return socket;
}

}  // namespace signalbus::net
