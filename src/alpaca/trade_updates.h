// TradeUpdates: Alpaca's trade_updates stream on a thread of its own. A hint only: what it says may
// be late, doubled or missing, and REST decides.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "alpaca/connection.h"
#include "alpaca/stream_message.h"
#include "net/websocket_client.h"
#include "ports/clock.h"
#include "ports/order_hints.h"

namespace signalbus::alpaca {

/// One connection of the stream, as net::WebSocketClient does it; tests have a double.
class StreamSocket {
 public:
  virtual ~StreamSocket() = default;
  virtual Status send_text(std::string message) = 0;
  virtual void ping() = 0;
  /// The next message, text or binary alike; nothing when none came in `wait`.
  virtual Result<std::optional<std::string>> receive(std::chrono::milliseconds wait) = 0;
  virtual std::chrono::milliseconds quiet_for() const = 0;
};

struct TradeUpdatesOptions {
  std::chrono::milliseconds ping_after{10'000};  ///< Of silence.
  std::chrono::milliseconds dead_after{20'000};  ///< Of silence: the connection counts as lost.
  std::chrono::milliseconds answer_time_max{10'000};  ///< For authorization and the listening ack.
  std::chrono::milliseconds backoff_first{500};
  std::chrono::milliseconds backoff_max{60'000};
  std::chrono::milliseconds poll{50};  ///< How soon stop and queue are looked at.
};

class TradeUpdates final : public OrderHints {
 public:
  using Connect = std::function<Result<std::unique_ptr<StreamSocket>>()>;

  /// Starts the thread. `clock` must outlive it; `random` as in Channel, used on that thread only.
  TradeUpdates(Connect connect, Keys keys, Clock& clock, std::function<std::uint32_t()> random,
               TradeUpdatesOptions options = {});
  ~TradeUpdates() override;  ///< Ends the thread, within `poll` and what a socket call takes.
  TradeUpdates(const TradeUpdates&) = delete;
  TradeUpdates& operator=(const TradeUpdates&) = delete;

  std::vector<OrderHint> wait_until(Instant deadline) override;
  bool is_live() const override;

  /// Updates since the last call, for whoever wants more than hints.
  std::vector<TradeUpdate> take();
  /// Why it is not live, without secrets; empty when it is.
  std::string trouble() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Connects over the network.
TradeUpdates::Connect stream_connector(net::Url stream, net::WebSocketClientOptions options = {});

}  // namespace signalbus::alpaca
