#include "alpaca/alpaca_venue.h"

#include <algorithm>
#include <map>

#include "core/text.h"

namespace signalbus::alpaca {
namespace {

/// Up to so many names one by one; the list of all assets is some ten megabytes.
constexpr std::size_t kOneByOneMax = 25;

AssetRule rule_of(const Symbol& symbol, const Asset* asset) {
  if (asset == nullptr) return {symbol, false, false, false};
  const bool tradable = asset->tradable && asset->status == "active";
  return {symbol, tradable, asset->fractionable,
          tradable && asset->shortable && asset->easy_to_borrow};
}

}  // namespace

Result<VenueClock> AlpacaVenue::clock() {
  SB_TRY(const MarketClock clock, api_.clock());
  return VenueClock{clock.timestamp, clock.is_open, clock.next_open, clock.next_close,
                    clock.simulated};
}

Result<std::vector<VenueSession>> AlpacaVenue::sessions(TradeDate first, TradeDate last) {
  SB_TRY(const std::vector<CalendarDay> days, api_.calendar(first, last));
  std::vector<VenueSession> out;
  for (const CalendarDay& day : days) {
    // A service that ignores start and end would otherwise make every day a trading day.
    if (day.date < first || day.date > last) continue;
    out.push_back({day.date, day.open, day.close});
  }
  std::sort(out.begin(), out.end(),
            [](const VenueSession& a, const VenueSession& b) { return a.date < b.date; });
  return out;
}

Result<std::vector<AssetRule>> AlpacaVenue::asset_rules(std::span<const Symbol> symbols) {
  std::vector<Symbol> wanted(symbols.begin(), symbols.end());
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  std::vector<AssetRule> out;
  if (wanted.size() <= kOneByOneMax) {
    for (const Symbol& symbol : wanted) {
      SB_TRY(const std::optional<Asset> asset, api_.asset(symbol.view()));
      if (asset && asset->symbol != symbol.view()) {
        return Error{ErrorCode::kUnavailable, "GET /v2/assets/{symbol}: asked for " +
                                                  symbol.text() + ", the answer is about " +
                                                  quoted(asset->symbol)};
      }
      out.push_back(rule_of(symbol, asset ? &*asset : nullptr));
    }
    return out;
  }
  SB_TRY(const std::vector<Asset> assets, api_.assets());
  std::map<std::string_view, const Asset*> by_symbol;
  for (const Asset& asset : assets) {
    // A symbol that was used again has an inactive namesake.
    const Asset*& known = by_symbol[asset.symbol];
    if (known == nullptr || asset.status == "active") known = &asset;
  }
  for (const Symbol& symbol : wanted) {
    const auto at = by_symbol.find(symbol.view());
    out.push_back(rule_of(symbol, at == by_symbol.end() ? nullptr : at->second));
  }
  return out;
}

}  // namespace signalbus::alpaca
