// Streams: the WebSockets of an exchange: trade updates and market data, with the faults between.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "exchange/data_stream.h"
#include "exchange/service.h"
#include "exchange/trade_stream.h"
#include "net/http_server.h"
#include "net/loop.h"

namespace signalbus::exchange {

enum class StreamKind { kNone, kTrades, kData };

/// `/stream` and `/stream/` are trades, `/v2/{feed}` is data.
StreamKind stream_kind(std::string_view path);

/// Everything on the loop's thread. `loop` and `service` must outlive it.
class Streams final : public VenueListener {
 public:
  Streams(net::Loop& loop, Service& service);
  ~Streams() override;
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;

  /// Turns the request into a connection of that kind.
  void accept(StreamKind kind, const net::HttpRequest& request, const net::Responder& responder);
  /// Sends what has gathered: to be called once it is durable.
  void flush();
  /// Minute bars that are due, and time-outs of connections that do not say who they are.
  void tick();

  void on_event(const core::Event& event) override;
  void on_price(core::AssetNumber asset, Instant at) override;
  void on_halt(core::AssetNumber asset, bool halted, Instant at) override;

 private:
  struct TradeConnection;
  struct DataConnection;
  struct Update {
    std::shared_ptr<TradeConnection> connection;
    std::string json;
    std::vector<FaultRule> faults;
  };

  void accept_trades(const net::Responder& responder, bool msgpack);
  void accept_data(const net::Responder& responder, bool msgpack);
  void end_closed();

  net::Loop& loop_;
  Service& service_;
  std::vector<std::shared_ptr<TradeConnection>> trades_;
  std::vector<std::shared_ptr<DataConnection>> data_;
  std::vector<Update> updates_;
  MarketTape tape_;
};

}  // namespace signalbus::exchange
