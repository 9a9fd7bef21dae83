#include "alpaca/trade_updates.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace signalbus::alpaca {
namespace {

using Millis = std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

/// Beyond, the oldest go: they are hints, and a gap is told instead.
constexpr std::size_t kQueueMax = 10'000;

OrderHint gap() { return {ClientOrderId(""), OrderId(""), "gap"}; }

class NetStreamSocket final : public StreamSocket {
 public:
  explicit NetStreamSocket(net::WebSocketClient client) : client_(std::move(client)) {}
  Status send_text(std::string message) override {
    return client_.send_text(std::move(message), Millis(5'000));
  }
  void ping() override { client_.ping(); }
  Result<std::optional<std::string>> receive(Millis wait) override {
    SB_TRY(std::optional<net::WebSocketMessage> message, client_.receive(wait));
    if (!message) return std::optional<std::string>();
    return std::optional<std::string>(std::move(message->data));
  }
  Millis quiet_for() const override { return client_.quiet_for(); }

 private:
  net::WebSocketClient client_;
};

}  // namespace

/// What both threads see stands behind `mutex`; the rest belongs to the stream's thread.
struct TradeUpdates::State {
  Connect connect;
  Keys keys;
  Clock& clock;
  std::function<std::uint32_t()> random;
  TradeUpdatesOptions options;

  std::mutex mutex;
  std::condition_variable wakes_thread;
  bool stopping = false;
  bool live = false;
  std::string trouble = "not connected yet";
  std::deque<OrderHint> hints = {};
  std::deque<TradeUpdate> updates = {};
  std::thread thread = {};

  void run();
  Status serve(StreamSocket& socket, int& failures);
  Result<StreamMessage> next(StreamSocket& socket, Steady::time_point deadline);
  Status listen(StreamSocket& socket);
  void keep(TradeUpdate update);
  void set_live(bool is_live, const std::string& why);
  bool is_stopping();
  void pause(int failures);
};

bool TradeUpdates::State::is_stopping() {
  const std::lock_guard lock(mutex);
  return stopping;
}

void TradeUpdates::State::set_live(bool is_live, const std::string& why) {
  const std::lock_guard lock(mutex);
  // Nothing is sent again: whoever waits has to ask for what happened meanwhile. Both ends of a gap
  // are told, since the first question may come before the stream is back.
  if (live != is_live) hints.push_back(gap());
  live = is_live;
  trouble = why;
}

void TradeUpdates::State::keep(TradeUpdate update) {
  const std::lock_guard lock(mutex);
  hints.push_back({update.order.client_order_id, update.order.id, update.event});
  updates.push_back(std::move(update));
  if (updates.size() > kQueueMax) updates.pop_front();
  if (hints.size() > kQueueMax) {
    hints.clear();
    hints.push_back(gap());
  }
}

/// The next message that can be read, or why the connection is of no more use.
Result<StreamMessage> TradeUpdates::State::next(StreamSocket& socket, Steady::time_point deadline) {
  bool pinged = false;
  while (!is_stopping()) {
    SB_TRY(const std::optional<std::string> text, socket.receive(options.poll));
    if (text) {
      Result<StreamMessage> message = decode_stream_message(*text);
      if (message.ok()) return message;
      return StreamMessage{};  // one garbled hint is no reason to lose the others
    }
    const Millis quiet = socket.quiet_for();
    if (quiet < options.ping_after) pinged = false;
    if (quiet >= options.dead_after) {
      return Error{ErrorCode::kUnavailable,
                   "the stream was silent for " + std::to_string(quiet.count() / 1'000) + " s"};
    }
    if (quiet >= options.ping_after && !pinged) {
      socket.ping();
      pinged = true;
    }
    if (Steady::now() >= deadline) return Error{ErrorCode::kUnavailable, "no answer came in time"};
  }
  return Error{ErrorCode::kUnavailable, "stopped"};
}

Status TradeUpdates::State::listen(StreamSocket& socket) {
  SB_TRY_OK(socket.send_text(authenticate_message(keys.id, keys.secret)));
  const Steady::time_point deadline = Steady::now() + options.answer_time_max;
  bool authorized = false;
  while (true) {
    SB_TRY(const StreamMessage message, next(socket, deadline));
    switch (message.kind) {
      case StreamMessage::Kind::kRefused:
        return Error{ErrorCode::kBrokerRefused, "the keys were refused; check them"};
      case StreamMessage::Kind::kAuthorized:
        authorized = true;
        SB_TRY_OK(socket.send_text(listen_message()));
        break;
      case StreamMessage::Kind::kListening: {
        const auto& on = message.streams;
        const bool ours = std::find(on.begin(), on.end(), "trade_updates") != on.end();
        if (authorized && ours) return Ok{};
        break;
      }
      case StreamMessage::Kind::kUpdate:
      case StreamMessage::Kind::kOther:
        break;
    }
  }
}

Status TradeUpdates::State::serve(StreamSocket& socket, int& failures) {
  SB_TRY_OK(listen(socket));
  set_live(true, "");
  failures = 0;
  while (true) {
    SB_TRY(StreamMessage message, next(socket, Steady::time_point::max()));
    if (message.update) keep(std::move(*message.update));
  }
}

/// Full jitter up to a doubling ceiling, and never at once: too quick reconnects are answered 429.
void TradeUpdates::State::pause(int failures) {
  const int doublings = std::min(failures - 1, 16);
  const std::int64_t first = options.backoff_first.count();
  const std::int64_t ceiling =
      std::min<std::int64_t>(options.backoff_max.count(), first << doublings);
  const auto spread =
      static_cast<std::int64_t>(static_cast<std::uint64_t>(ceiling) * random() >> 32U);
  std::unique_lock lock(mutex);
  wakes_thread.wait_for(lock, Millis(first / 2 + spread), [this] { return stopping; });
}

void TradeUpdates::State::run() {
  int failures = 0;
  while (!is_stopping()) {
    Result<std::unique_ptr<StreamSocket>> socket = connect();
    const Status ended = socket.ok() ? serve(*socket.value(), failures) : Status(socket.error());
    set_live(false, ended.error().message);
    pause(++failures);
  }
}

TradeUpdates::TradeUpdates(Connect connect, Keys keys, Clock& clock,
                           std::function<std::uint32_t()> random, TradeUpdatesOptions options)
    : state_(new State{.connect = std::move(connect),
                       .keys = std::move(keys),
                       .clock = clock,
                       .random = std::move(random),
                       .options = options,
                       .mutex = {},
                       .wakes_thread = {}}) {
  state_->thread = std::thread([state = state_.get()] { state->run(); });
}

TradeUpdates::~TradeUpdates() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wakes_thread.notify_all();
  state_->thread.join();
}

std::vector<OrderHint> TradeUpdates::wait_until(Instant deadline) {
  while (true) {
    {
      const std::lock_guard lock(state_->mutex);
      if (!state_->hints.empty()) {
        std::vector<OrderHint> out(state_->hints.begin(), state_->hints.end());
        state_->hints.clear();
        return out;
      }
    }
    const Instant now = state_->clock.now();
    if (now >= deadline) return {};
    // In slices and by the port: only the clock knows of a stop and of simulated time.
    const Instant slice = Instant::from_micros(
        std::min(deadline.micros(), now.micros() + state_->options.poll.count() * 1'000));
    state_->clock.sleep_until(slice);
    if (state_->clock.now() < slice) return {};
  }
}

bool TradeUpdates::is_live() const {
  const std::lock_guard lock(state_->mutex);
  return state_->live;
}

std::vector<TradeUpdate> TradeUpdates::take() {
  const std::lock_guard lock(state_->mutex);
  std::vector<TradeUpdate> out(std::make_move_iterator(state_->updates.begin()),
                               std::make_move_iterator(state_->updates.end()));
  state_->updates.clear();
  return out;
}

std::string TradeUpdates::trouble() const {
  const std::lock_guard lock(state_->mutex);
  return state_->trouble;
}

TradeUpdates::Connect stream_connector(net::Url stream, net::WebSocketClientOptions options) {
  return [stream = std::move(stream),
          options = std::move(options)]() -> Result<std::unique_ptr<StreamSocket>> {
    SB_TRY(net::WebSocketClient client,
           net::WebSocketClient::connect(stream, {}, Millis(10'000), options));
    return std::unique_ptr<StreamSocket>(std::make_unique<NetStreamSocket>(std::move(client)));
  };
}

}  // namespace signalbus::alpaca
