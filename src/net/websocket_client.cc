#include "net/websocket_client.h"

#include <deque>
#include <exception>
#include <utility>

#include "net/connect.h"
#include "net/http_codec.h"
#include "net/websocket_session.h"

namespace signalbus::net {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

milliseconds left_until(TimePoint deadline) {
  return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(deadline - steady_clock::now()));
}

}  // namespace

struct WebSocketClient::State {
  Loop loop;
  std::string authority;
  std::optional<WebSocket> socket;
  std::deque<WebSocketMessage> inbox;
  TimePoint heard = steady_clock::now();
  std::optional<WebSocketEnd> end;
  int refused_with = 0;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    // The session ends on the loop; what its callbacks touch is still there.
    if (socket) socket->drop();
    loop.run_until([this] { return !socket || end.has_value(); }, milliseconds(100));
  }

  WebSocketEvents events() {
    const auto receive = [this](bool text) {
      return [this, text](std::string data) {
        heard = steady_clock::now();
        inbox.push_back({text, std::move(data)});
      };
    };
    return {.on_text = receive(true),
            .on_binary = receive(false),
            .on_pong = [this] { heard = steady_clock::now(); },
            .on_close = [this](const WebSocketEnd& how) { end = how; }};
  }

  Status open(TimePoint deadline) {
    loop.run_until([this] { return end.has_value() || socket->is_open(); }, left_until(deadline));
    if (socket->is_open()) return Ok{};
    if (refused_with == 401 || refused_with == 403) {
      return Error{ErrorCode::kBrokerRefused,
                   authority + ": the WebSocket was refused with status " +
                       std::to_string(refused_with) + "; check the keys"};
    }
    if (refused_with != 0) {
      return Error{ErrorCode::kUnavailable, authority + ": the WebSocket was refused with status " +
                                                std::to_string(refused_with)};
    }
    return Error{ErrorCode::kUnavailable, authority + ": no WebSocket: " +
                                              (end ? end->reason : "no answer by the deadline")};
  }

  Status send(bool text, std::string message, milliseconds deadline) {
    text ? socket->send_text(std::move(message)) : socket->send_binary(std::move(message));
    loop.run_until([this] { return end.has_value() || socket->queued_bytes() == 0; }, deadline);
    if (!end && socket->queued_bytes() == 0) return Ok{};
    socket->drop();
    return Error{ErrorCode::kUnknownOutcome,
                 authority + ": a message was not sent whole; connect anew"};
  }
};

WebSocketClient::WebSocketClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
WebSocketClient::WebSocketClient(WebSocketClient&&) noexcept = default;
WebSocketClient& WebSocketClient::operator=(WebSocketClient&&) noexcept = default;
WebSocketClient::~WebSocketClient() = default;

Result<WebSocketClient> WebSocketClient::connect(const Url& url, const Headers& headers,
                                                 milliseconds deadline,
                                                 const WebSocketClientOptions& options) {
  const TimePoint until = deadline_in(deadline);
  const std::string target = url.path.empty() ? "/" : url.path;
  // Written by the rules of an ordinary request: nothing may break out of a header.
  SB_TRY_OK(request_bytes({.target = target, .headers = headers, .body = ""}, url.authority()));
  std::optional<TlsContext> tls;
  if (url.tls) {
    SB_TRY(tls, TlsContext::client(options.trust));
  }
  SB_TRY(Channel channel, connect_to(url, tls ? &*tls : nullptr, until));

  std::unique_ptr<State> state;
  try {
    state = std::make_unique<State>();
  } catch (const std::exception& error) {  // Asio throws when the system has no descriptor left.
    return Error{ErrorCode::kUnavailable, url.authority() + ": no WebSocket: " + error.what()};
  }
  State* const raw = state.get();
  raw->authority = url.authority();
  WebSocketSetup setup{.events = raw->events(),
                       .options = {.message_bytes_max = options.message_bytes_max}};
  setup.options.handshake_time_max = left_until(until) + milliseconds(1);
  raw->socket =
      ask_for_websocket(raw->loop, std::move(channel),
                        {.authority = raw->authority, .target = target, .headers = headers},
                        std::move(setup), [raw](int status) { raw->refused_with = status; });
  SB_TRY_OK(raw->open(until));
  return WebSocketClient(std::move(state));
}

Status WebSocketClient::send_text(std::string message, milliseconds deadline) {
  return state_->send(true, std::move(message), deadline);
}
Status WebSocketClient::send_binary(std::string message, milliseconds deadline) {
  return state_->send(false, std::move(message), deadline);
}

Result<std::optional<WebSocketMessage>> WebSocketClient::receive(milliseconds wait) {
  State& state = *state_;
  state.loop.run_until([&] { return !state.inbox.empty() || state.end.has_value(); }, wait);
  if (!state.inbox.empty()) {
    std::optional<WebSocketMessage> message = std::move(state.inbox.front());
    state.inbox.pop_front();
    return message;
  }
  if (!state.end) return std::optional<WebSocketMessage>();
  return Error{ErrorCode::kUnavailable, state.authority + ": the WebSocket ended with code " +
                                            std::to_string(state.end->code) + ": " +
                                            state.end->reason};
}

void WebSocketClient::ping() { state_->socket->ping(); }
milliseconds WebSocketClient::quiet_for() const {
  return duration_cast<milliseconds>(steady_clock::now() - state_->heard);
}
std::uint16_t WebSocketClient::close_code() const { return state_->end ? state_->end->code : 0; }

void WebSocketClient::close(milliseconds deadline) {
  state_->socket->close();
  state_->loop.run_until([this] { return state_->end.has_value(); }, deadline);
}

}  // namespace signalbus::net
