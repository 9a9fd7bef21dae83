// DataApi: the operations of Alpaca's Market Data API v2 for stocks that we use.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alpaca/channel.h"
#include "alpaca/market.h"
#include "alpaca/reference.h"
#include "formats/json.h"

namespace signalbus::alpaca {

/// Symbols of one request: longer lists end in 414.
inline constexpr std::size_t kSymbolsPerRequest = 100;

struct BarsQuery {
  std::vector<std::string> symbols;
  std::string timeframe = "1Day";
  Instant start;
  std::optional<Instant> end = std::nullopt;
  std::string adjustment = "raw";  ///< raw, split, dividend, all.
};

struct CorporateActionsQuery {
  std::vector<std::string> symbols;  ///< Empty: all.
  TradeDate first;                   ///< By process date, both included.
  TradeDate last;
};

/// For one thread; errors are those of Channel, kUnavailable for a body that is not what it should
/// be. A symbol that Alpaca does not know is absent, whether it says so by silence or by refusing
/// the batch.
class DataApi {
 public:
  /// `feed`: iex, sip, delayed_sip, ...; always sent, because the default is undocumented.
  DataApi(Channel& channel, std::string feed) : channel_(channel), feed_(std::move(feed)) {}

  Result<BySymbol<Snapshot>> snapshots(std::span<const std::string> symbols);
  Result<BySymbol<Trade>> latest_trades(std::span<const std::string> symbols);
  Result<BySymbol<Quote>> latest_quotes(std::span<const std::string> symbols);
  Result<BySymbol<Bar>> latest_bars(std::span<const std::string> symbols);

  /// All pages, by symbol, oldest first.
  Result<BySymbol<std::vector<Bar>>> bars(const BarsQuery& query);
  Result<std::vector<CorporateAction>> corporate_actions(const CorporateActionsQuery& query);

  const std::string& feed() const { return feed_; }

 private:
  /// One kind of request for many symbols.
  template <class T>
  struct Batch {
    std::string endpoint;
    const char* wrapper;  ///< Key that the symbols stand under; nullptr: at the top.
    Result<T> (*decode)(const formats::JsonValue&);
  };
  template <class T>
  Result<BySymbol<T>> batch(std::span<const std::string> symbols, const Batch<T>& kind);
  template <class T>
  Result<BySymbol<T>> batched(std::span<const std::string> symbols, const Batch<T>& kind);

  Channel& channel_;
  std::string feed_;
};

}  // namespace signalbus::alpaca
