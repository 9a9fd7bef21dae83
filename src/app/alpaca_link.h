// AlpacaLink: all that one session needs to talk to Alpaca, wired once from its settings.
#pragma once

#include <memory>
#include <string>

#include "alpaca/alpaca_broker.h"
#include "alpaca/alpaca_prices.h"
#include "alpaca/alpaca_venue.h"
#include "alpaca/data_api.h"
#include "alpaca/http_sender.h"
#include "alpaca/trade_updates.h"
#include "alpaca/trading_api.h"
#include "app/call_log.h"
#include "app/sim_exchange.h"
#include "settings/settings.h"

namespace signalbus::app {

class AlpacaLink {
 public:
  /// Opens no connection yet. kUsage when keys are missing, a secret's file is open to others, or
  /// an endpoint is no URL; `root` is what their relative paths start from.
  static Result<std::unique_ptr<AlpacaLink>> make(const settings::AlpacaSettings& settings,
                                                  const std::string& root,
                                                  const std::string& call_log, Clock& clock);
  /// The same over the exchange of mode sim, which must outlive it.
  static Result<std::unique_ptr<AlpacaLink>> make(SimExchange& exchange,
                                                  const std::string& call_log, Clock& clock);

  const alpaca::Endpoints& endpoints() const { return endpoints_; }
  const CallLog& calls() const { return calls_; }
  alpaca::TradingApi& trading() { return trading_; }
  alpaca::DataApi& data() { return data_; }
  Broker& broker() { return broker_; }
  Venue& venue() { return venue_; }
  /// Word of order changes from the trade-update stream, opened at first use.
  OrderHints& hints(Clock& clock);
  /// Prices from snapshots or from the latest quotes and trades.
  MarketData& prices(settings::PriceSource source);

 private:
  /// The doors to the two services.
  struct Senders {
    std::unique_ptr<alpaca::HttpSender> trading;
    std::unique_ptr<alpaca::HttpSender> data;
  };
  AlpacaLink(alpaca::Endpoints endpoints, Senders senders, const alpaca::Keys& keys,
             const alpaca::Quota& quota, const std::string& feed, const std::string& call_log,
             Clock& clock);

  alpaca::Endpoints endpoints_;
  CallLog calls_;
  Senders senders_;
  alpaca::Channel trading_channel_;
  alpaca::Channel data_channel_;
  alpaca::TradingApi trading_;
  alpaca::DataApi data_;
  alpaca::AlpacaBroker broker_;
  alpaca::AlpacaVenue venue_;
  alpaca::AlpacaPrices snapshots_;
  alpaca::AlpacaPrices latest_;
  alpaca::Keys keys_;
  std::unique_ptr<alpaca::TradeUpdates> updates_;
};

}  // namespace signalbus::app
