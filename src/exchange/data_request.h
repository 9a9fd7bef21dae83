// What the market-data routes share: their parameters, and trades, quotes and bars as JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/call.h"
#include "exchange/history.h"
#include "exchange/json_text.h"

namespace signalbus::exchange {

/// 400 with a code: alpaca-py needs one in every error.
net::HttpResponse data_error(std::string_view message);
/// 400 for a feed or currency that there is not.
std::optional<net::HttpResponse> refuse_feed(const Call& call);
/// `symbols`, sorted, each once. kInvalidInput when there is none or one that cannot be.
Result<std::vector<std::string>> asked_symbols(const Call& call);
/// Nothing for one that is unknown or has no price.
std::optional<core::AssetNumber> priced_asset(const Call& call, std::string_view symbol);

/// Start, end, limit, page and order of a history.
struct HistoryRequest {
  Instant start;
  Instant end;
  std::size_t limit;
  bool descending;
  std::string page_symbol;            ///< Go on with that symbol ...
  std::optional<Instant> page_start;  ///< ... and what is not before (descending: after) this.
};
Result<HistoryRequest> read_history(const Call& call);
std::string page_token(std::string_view symbol, Instant next);

void append_trade(JsonText& json, std::string_view key, const Venue& venue, core::AssetNumber asset,
                  Price price, Instant at);
void append_quote(JsonText& json, std::string_view key, const Venue& venue, core::AssetNumber asset,
                  const core::Quote& quote, Instant at);
void append_bar(JsonText& json, std::string_view key, const HistoryBar& bar);

}  // namespace signalbus::exchange
