// AlpacaVenue: the port Venue over Alpaca's clock, calendar and assets.
#pragma once

#include "alpaca/trading_api.h"
#include "ports/venue.h"

namespace signalbus::alpaca {

/// For one thread. `api` must outlive it.
class AlpacaVenue final : public Venue {
 public:
  explicit AlpacaVenue(TradingApi& api) : api_(api) {}

  Result<VenueClock> clock() override;
  Result<std::vector<VenueSession>> sessions(TradeDate first, TradeDate last) override;
  /// A few symbols are asked for one by one, more with one list of all assets.
  Result<std::vector<AssetRule>> asset_rules(std::span<const Symbol> symbols) override;

 private:
  TradingApi& api_;
};

}  // namespace signalbus::alpaca
