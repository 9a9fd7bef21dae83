// PriceBook, Holdings, SymbolMapping: what is known of the market and the account, sorted by
// symbol.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/money.h"
#include "core/time.h"

namespace signalbus {

struct PricePoint {
  Symbol symbol;
  Price price;                  ///< Always positive.
  std::optional<Instant> asof;  ///< Unknown when the source does not say.
};

/// A price that a source stated but nobody may trade on (zero, negative), for the name's reason.
struct BadPrice {
  Symbol symbol;
  std::string words;  ///< "price is 0 (prices.csv:14)"
};

/// Reference prices, sorted by symbol, one per symbol.
struct PriceBook {
  std::vector<PricePoint> points;
  std::vector<BadPrice> bad;

  const PricePoint* find(const Symbol& symbol) const {
    const auto at =
        std::lower_bound(points.begin(), points.end(), symbol,
                         [](const PricePoint& p, const Symbol& s) { return p.symbol < s; });
    return at != points.end() && at->symbol == symbol ? &*at : nullptr;
  }
};

/// One session of one symbol, unadjusted: adjusted prices would count splits and dividends twice.
struct DailyBar {
  Symbol symbol;
  TradeDate date;
  Price close;  ///< Always positive.
  std::optional<Price> open = std::nullopt, high = std::nullopt, low = std::nullopt;
  std::optional<Quantity> volume = std::nullopt;  ///< Shares.
};

/// Who says that we hold it; decides whether a name without a target is ours to sell.
enum class HoldingOrigin {
  kPositionsFile,  ///< A positions file that the user gave or an earlier run wrote: ours.
  kJournal,        ///< The journal traded it: ours.
  kBrokerOnly      ///< Only the broker knows it: foreign.
};

struct Holding {
  Symbol symbol;
  Quantity quantity;                ///< Negative is short; never zero.
  std::optional<AssetId> asset_id;  ///< When the source names it.
  std::optional<Money>
      market_value;  ///< As the source stated it; used only where no price is known.
  std::optional<Price> avg_entry_price;
  HoldingOrigin origin;
};

/// What is held, sorted by symbol, one per symbol.
struct Holdings {
  std::vector<Holding> holdings;
  std::optional<Money> cash;  ///< The CASH row of a simulated positions file.
  /// Value of what is held besides and no Symbol of ours can name (options, crypto); its words.
  Money unnamed_value = Money::zero();
  std::vector<std::string> unnamed = {};

  const Holding* find(const Symbol& symbol) const {
    const auto at =
        std::lower_bound(holdings.begin(), holdings.end(), symbol,
                         [](const Holding& h, const Symbol& s) { return h.symbol < s; });
    return at != holdings.end() && at->symbol == symbol ? &*at : nullptr;
  }
};

/// What the broker says of an asset; a symbol without a rule may do everything.
struct AssetRule {
  Symbol symbol;
  bool tradable;
  bool fractionable;
  bool shortable;
};

/// Which symbols stand for an asset id; several are possible (share classes).
struct SymbolMapping {
  struct Entry {
    AssetId asset_id;
    std::vector<Symbol> symbols;  ///< Sorted, never empty.
  };
  std::vector<Entry> entries;  ///< Sorted by the text of the asset id.

  const Entry* find(const AssetId& id) const {
    const auto at =
        std::lower_bound(entries.begin(), entries.end(), id,
                         [](const Entry& e, const AssetId& i) { return e.asset_id < i; });
    return at != entries.end() && at->asset_id == id ? &*at : nullptr;
  }
};

}  // namespace signalbus
