// WebSocket::Session: Beast's stream, a queue of messages and the order of events at its end.
// Server and client share it. For this folder.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "net/channel.h"
#include "net/http.h"
#include "net/loop.h"
#include "net/websocket.h"

namespace signalbus::net {

class LoopSocket;

/// `on_gone` is called after on_close; the session forgets all of its callbacks then.
struct WebSocketSetup {
  WebSocketEvents events;
  WebSocketOptions options;
  std::function<void()> on_gone = {};
};

/// Agrees to the upgrade that `request` asks for, or answers 400. `read_ahead`: what came behind
/// it.
WebSocket accept_websocket(Loop& loop, std::unique_ptr<LoopSocket> socket, std::string read_ahead,
                           const HttpRequest& request, WebSocketSetup setup);

struct WebSocketUpgrade {
  std::string authority;
  std::string target;
  const Headers& headers;
};

/// Asks for the upgrade. When the answer is another status, `on_refused` hears it before on_close.
WebSocket ask_for_websocket(Loop& loop, Channel channel, const WebSocketUpgrade& upgrade,
                            WebSocketSetup setup, std::function<void(int)> on_refused);

/// Drops the connection and tells its owner before it returns: no loop may run any more.
void end_now(const WebSocket& socket);

}  // namespace signalbus::net
