#include "exchange/streams.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "exchange/msgpack.h"

namespace signalbus::exchange {
namespace {

constexpr std::int64_t kAuthMicros = 10'000'000;
constexpr std::chrono::seconds kReorderWait{1};
constexpr std::size_t kConnectionsMax = 256;

/// The way from us to one client, with the faults that lie on it.
class Pipe : public std::enable_shared_from_this<Pipe> {
 public:
  Pipe(net::Loop& loop, bool binary) : loop_(loop), binary_(binary) {}

  void attach(net::WebSocket socket) { socket_.emplace(std::move(socket)); }
  bool is_gone() const { return gone_; }
  /// The connection is over; letting go of the socket lets it end.
  void ended() {
    gone_ = true;
    socket_.reset();
  }
  void close() {
    if (!socket_) return;
    const net::WebSocket socket = *socket_;  // the end may come within the call
    socket.close();
  }

  /// Without faults: answers to the client's own messages. They wait behind a stalled one.
  void send(std::string frame) {
    if (gone_ || silent_ || !socket_) return;
    if (stalled_) {
      waiting_.push_back(std::move(frame));
    } else {
      put(std::move(frame));
    }
  }

  void send(std::string frame, const std::vector<FaultRule>& faults) {
    if (gone_ || silent_ || !socket_) return;
    bool twice = false;
    bool hold = false;
    std::int64_t late = 0;
    for (const FaultRule& rule : faults) {
      switch (rule.verb) {
        case FaultVerb::kDropResponse:
          return;
        case FaultVerb::kClose:
          drop();
          return;
        case FaultVerb::kSilence:
          silent_ = true;
          return;
        case FaultVerb::kTruncate:
          frame.resize(std::min(frame.size(), rule.bytes.value_or(frame.size() / 2)));
          break;
        case FaultVerb::kGarble:
          for (std::size_t at = 0; at < frame.size(); at += 3) frame[at] ^= 0x15;
          break;
        case FaultVerb::kDuplicate:
          twice = true;
          break;
        case FaultVerb::kReorder:
          hold = true;
          break;
        case FaultVerb::kLag:
          late += rule.micros;
          break;
        case FaultVerb::kDelay:
          stall(rule.micros);
          break;
        default:
          break;
      }
    }
    for (int copy = 0; copy < (twice ? 2 : 1); ++copy) pass(frame, late, hold);
  }

 private:
  void pass(const std::string& frame, std::int64_t late, bool hold) {
    if (late > 0) {
      loop_.call_after(std::chrono::microseconds(late),
                       [self = shared_from_this(), frame] { self->send(frame); });
    } else if (hold) {
      held_.push_back(frame);
      loop_.call_after(kReorderWait, [self = shared_from_this()] { self->release_held(); });
    } else {
      send(frame);
      release_held();
    }
  }

  void release_held() {
    for (std::string& frame : std::exchange(held_, {})) send(std::move(frame));
  }

  void stall(std::int64_t micros) {
    stalled_ = true;
    loop_.call_after(std::chrono::microseconds(micros), [self = shared_from_this()] {
      self->stalled_ = false;
      for (std::string& frame : std::exchange(self->waiting_, {})) self->send(std::move(frame));
    });
  }

  void drop() {
    const net::WebSocket socket = *socket_;
    socket.drop();
  }

  void put(std::string frame) {
    const net::WebSocket socket = *socket_;
    if (binary_) {
      socket.send_binary(std::move(frame));
    } else {
      socket.send_text(std::move(frame));
    }
  }

  net::Loop& loop_;
  bool binary_;
  std::optional<net::WebSocket> socket_;
  std::vector<std::string> held_;     // until the next message has overtaken them
  std::vector<std::string> waiting_;  // behind a stalled one
  bool stalled_ = false;
  bool silent_ = false;
  bool gone_ = false;
};

}  // namespace

struct Streams::TradeConnection {
  TradeConnection(net::Loop& loop, const KeyRing& keys, bool as_msgpack)
      : session(keys), pipe(std::make_shared<Pipe>(loop, true)), msgpack(as_msgpack) {}

  std::string encoded(std::string json) const {
    return msgpack ? json_to_msgpack(json) : std::move(json);
  }

  TradeSession session;
  std::shared_ptr<Pipe> pipe;
  bool msgpack;
};

struct Streams::DataConnection {
  DataConnection(net::Loop& loop, DataSession data, bool as_msgpack, std::int64_t now)
      : session(std::move(data)),
        pipe(std::make_shared<Pipe>(loop, as_msgpack)),
        msgpack(as_msgpack),
        opened(now) {}

  std::string encoded(std::string json) const {
    return msgpack ? json_to_msgpack(json) : std::move(json);
  }

  DataSession session;
  std::shared_ptr<Pipe> pipe;
  bool msgpack;
  std::int64_t opened;
};

StreamKind stream_kind(std::string_view path) {
  if (path == "/stream" || path == "/stream/") return StreamKind::kTrades;
  constexpr std::array<std::string_view, 7> kFeeds = {"iex",       "sip", "delayed_sip", "boats",
                                                      "overnight", "otc", "test"};
  if (!path.starts_with("/v2/")) return StreamKind::kNone;
  path.remove_prefix(4);
  if (path.ends_with('/')) path.remove_suffix(1);
  const bool known = std::find(kFeeds.begin(), kFeeds.end(), path) != kFeeds.end();
  return known ? StreamKind::kData : StreamKind::kNone;
}

Streams::Streams(net::Loop& loop, Service& service) : loop_(loop), service_(service) {
  service.venue().listen(*this);
}

Streams::~Streams() = default;

void Streams::accept(StreamKind kind, const net::HttpRequest& request,
                     const net::Responder& responder) {
  end_closed();
  if (trades_.size() + data_.size() >= kConnectionsMax) {
    responder.send(refusal_answer(429, 42910000, "too many connections"));
    return;
  }
  const bool msgpack = request.headers.get("Content-Type") == "application/msgpack";
  if (kind == StreamKind::kTrades) {
    accept_trades(responder, msgpack);
  } else {
    accept_data(responder, msgpack);
  }
}

void Streams::accept_trades(const net::Responder& responder, bool msgpack) {
  auto connection = std::make_shared<TradeConnection>(loop_, service_.keys(), msgpack);
  const auto on_message = [weak = std::weak_ptr(connection)](std::string message) {
    const auto self = weak.lock();
    if (self == nullptr) return;
    if (self->msgpack) {
      auto json = msgpack_to_json(message);
      // Some clients ask for msgpack and then speak JSON: whatever can be read is.
      if (json.ok()) message = std::move(json).value();
    }
    for (std::string& answer : self->session.receive(message)) {
      self->pipe->send(self->encoded(std::move(answer)));
    }
  };
  net::WebSocketEvents events;
  events.on_text = on_message;
  events.on_binary = on_message;
  events.on_close = [pipe = connection->pipe](const net::WebSocketEnd&) { pipe->ended(); };
  trades_.push_back(connection);
  connection->pipe->attach(responder.accept_websocket(std::move(events)));
}

void Streams::accept_data(const net::Responder& responder, bool msgpack) {
  const auto admit = [this](const std::string& key_id) {
    end_closed();
    const auto count = std::count_if(data_.begin(), data_.end(), [&](const auto& other) {
      return other->session.key_id() == key_id;
    });
    return count < static_cast<std::ptrdiff_t>(service_.venue().settings().stream_connections);
  };
  auto connection = std::make_shared<DataConnection>(
      loop_, DataSession(service_.keys(), service_.venue().settings().stream_symbols, admit),
      msgpack, service_.venue().clock().wall().micros());
  const auto on_message = [weak = std::weak_ptr(connection)](std::string message) {
    const auto self = weak.lock();
    if (self == nullptr) return;
    if (self->msgpack) {
      auto json = msgpack_to_json(message);
      if (json.ok()) message = std::move(json).value();
    }
    DataSession::Answer answer = self->session.receive(message);
    self->pipe->send(self->encoded(std::move(answer.json)));
    if (answer.close) self->pipe->close();
  };
  net::WebSocketEvents events;
  events.on_text = on_message;
  events.on_binary = on_message;
  events.on_close = [pipe = connection->pipe](const net::WebSocketEnd&) { pipe->ended(); };
  data_.push_back(connection);
  connection->pipe->attach(responder.accept_websocket(std::move(events)));
  connection->pipe->send(connection->encoded(DataSession::greeting()));
}

void Streams::end_closed() {
  std::erase_if(trades_, [](const auto& connection) { return connection->pipe->is_gone(); });
  std::erase_if(data_, [](const auto& connection) { return connection->pipe->is_gone(); });
}

void Streams::on_event(const core::Event& event) {
  if (trades_.empty()) return;
  const std::string& key_id = service_.venue().account(event.account).key_id;
  const bool is_fill =
      event.kind == core::EventKind::kFill || event.kind == core::EventKind::kPartialFill;
  std::string json;
  for (const auto& connection : trades_) {
    if (!connection->session.listening() || connection->session.key_id() != key_id) continue;
    if (json.empty()) json = trade_update_json(service_.venue().core(), event);
    const Occasion occasion{.kind = Occasion::Kind::kMessage, .key_id = key_id, .is_fill = is_fill};
    updates_.push_back({connection, json, service_.fire(occasion, "a trade update")});
  }
}

void Streams::on_price(core::AssetNumber asset, Instant at) {
  if (!data_.empty()) tape_.price_changed(service_.venue().core(), asset, at);
}

void Streams::on_halt(core::AssetNumber asset, bool halted, Instant at) {
  if (!data_.empty()) tape_.halt_changed(service_.venue().core(), asset, halted, at);
}

void Streams::flush() {
  for (const Update& update : std::exchange(updates_, {})) {
    update.connection->pipe->send(update.connection->encoded(update.json), update.faults);
  }
  const std::vector<TapeMessage> messages = tape_.take();
  if (messages.empty()) return;
  for (const auto& connection : data_) {
    std::string frame;
    for (const TapeMessage& message : messages) {
      if (!connection->session.authorized() || !connection->session.wants(message)) continue;
      frame += frame.empty() ? '[' : ',';
      frame += message.json;
    }
    if (frame.empty()) continue;
    frame += ']';
    const Occasion occasion{.kind = Occasion::Kind::kMessage,
                            .key_id = connection->session.key_id()};
    const auto faults = service_.fire(occasion, "market data");
    connection->pipe->send(connection->encoded(std::move(frame)), faults);
  }
}

void Streams::tick() {
  end_closed();
  const std::int64_t now = service_.venue().clock().wall().micros();
  for (const auto& connection : data_) {
    if (connection->session.authorized() || now - connection->opened < kAuthMicros) continue;
    connection->opened = INT64_MAX;  // once
    connection->pipe->send(connection->encoded(DataSession::auth_timeout()));
    connection->pipe->close();
  }
  const auto wanted = [&](const TapeMessage& message) {
    return std::any_of(data_.begin(), data_.end(),
                       [&](const auto& connection) { return connection->session.wants(message); });
  };
  // Also while nobody listens: who comes next is to see the end of the minute that runs then.
  tape_.advance_to(service_.venue().core(), service_.venue().now(), wanted);
  flush();
}

}  // namespace signalbus::exchange
