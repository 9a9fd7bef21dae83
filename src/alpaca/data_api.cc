#include "alpaca/data_api.h"

#include <algorithm>

#include "alpaca/decode.h"
#include "alpaca/paging.h"
#include "core/text.h"

namespace signalbus::alpaca {
namespace {

using formats::JsonDocument;
using formats::JsonValue;
using net::Field;

/// One page after another by next_page_token. `take` puts a page's root where it belongs.
Status token_pages(Channel& channel, const std::string& endpoint, const std::vector<Field>& fields,
                   const std::function<Status(const JsonValue&)>& take) {
  std::string token;
  for (int page = 0; page < kPagesMax; ++page) {
    std::vector<Field> asked = fields;
    if (!token.empty()) asked.push_back({"page_token", token});
    const Call call{.endpoint = endpoint, .target = endpoint + net::query_of(asked)};
    SB_TRY(const Reply reply, channel.must(call));
    const auto as_unavailable = [](Error error) {
      error.code = ErrorCode::kUnavailable;
      return error;
    };
    Result<JsonDocument> document = parse_body(reply.body, call.place());
    if (!document.ok()) return as_unavailable(std::move(document).error());
    if (Status taken = take(document.value().root()); !taken.ok()) {
      return as_unavailable(std::move(taken).error());
    }
    const auto next = document.value().root().find("next_page_token");
    if (!next.ok()) return as_unavailable(next.error());
    const std::string last = token;
    token.clear();
    if (next.value() && next.value()->string().ok()) token = next.value()->string().value();
    if (token.empty()) return Ok{};
    if (token == last) {
      return Error{ErrorCode::kUnavailable, call.place() + ": a page names itself as the next one"};
    }
  }
  return Error{ErrorCode::kUnavailable, "GET " + endpoint + ": more than " +
                                            std::to_string(kPagesMax) +
                                            " pages; ask for a shorter time"};
}

std::string joined_span(std::span<const std::string> words) {
  return joined({words.begin(), words.end()});
}

}  // namespace

template <class T>
Result<BySymbol<T>> DataApi::batch(std::span<const std::string> symbols, const Batch<T>& kind) {
  const std::string fields = net::query_of({{"symbols", joined_span(symbols)}, {"feed", feed_}});
  const Call call{.endpoint = kind.endpoint, .target = kind.endpoint + fields};
  SB_TRY(const Reply reply, channel_.call(call));
  if (reply.refusal && reply.refusal->status == 400) {
    // One name that Alpaca cannot read spoils the batch: halve it until that name stands alone.
    if (symbols.size() == 1) {
      const bool is_name = reply.refusal->message.find("invalid symbol") != std::string::npos;
      return is_name ? Result<BySymbol<T>>(BySymbol<T>()) : error_of(*reply.refusal, call.place());
    }
    const std::size_t half = symbols.size() / 2;
    SB_TRY(BySymbol<T> out, batch(symbols.first(half), kind));
    SB_TRY(BySymbol<T> rest, batch(symbols.subspan(half), kind));
    out.merge(rest);
    return out;
  }
  if (reply.refusal) return error_of(*reply.refusal, call.place());
  const auto decode = [&]() -> Result<BySymbol<T>> {
    SB_TRY(const JsonDocument document, parse_body(reply.body, call.place()));
    if (kind.wrapper == nullptr) return decode_by_symbol(document.root(), kind.decode);
    SB_TRY(const JsonValue values, document.root().member(kind.wrapper));
    if (values.is_null()) return BySymbol<T>();
    return decode_by_symbol(values, kind.decode);
  };
  Result<BySymbol<T>> out = decode();
  if (!out.ok()) return Error{ErrorCode::kUnavailable, out.error().message};
  return out;
}

template <class T>
Result<BySymbol<T>> DataApi::batched(std::span<const std::string> symbols, const Batch<T>& kind) {
  BySymbol<T> out;
  while (!symbols.empty()) {
    const std::size_t size = std::min(symbols.size(), kSymbolsPerRequest);
    SB_TRY(BySymbol<T> part, batch(symbols.first(size), kind));
    out.merge(part);
    symbols = symbols.subspan(size);
  }
  return out;
}

Result<BySymbol<Snapshot>> DataApi::snapshots(std::span<const std::string> symbols) {
  return batched<Snapshot>(symbols, {"/v2/stocks/snapshots", nullptr, decode_snapshot});
}

Result<BySymbol<Trade>> DataApi::latest_trades(std::span<const std::string> symbols) {
  return batched<Trade>(symbols, {"/v2/stocks/trades/latest", "trades", decode_trade});
}

Result<BySymbol<Quote>> DataApi::latest_quotes(std::span<const std::string> symbols) {
  return batched<Quote>(symbols, {"/v2/stocks/quotes/latest", "quotes", decode_quote});
}

Result<BySymbol<Bar>> DataApi::latest_bars(std::span<const std::string> symbols) {
  return batched<Bar>(symbols, {"/v2/stocks/bars/latest", "bars", decode_bar});
}

Result<BySymbol<std::vector<Bar>>> DataApi::bars(const BarsQuery& query) {
  BySymbol<std::vector<Bar>> out;
  std::span<const std::string> symbols = query.symbols;
  while (!symbols.empty()) {
    const std::size_t size = std::min(symbols.size(), kSymbolsPerRequest);
    std::vector<Field> fields = {{"symbols", joined_span(symbols.first(size))},
                                 {"timeframe", query.timeframe},
                                 {"start", query.start.rfc3339()},
                                 {"adjustment", query.adjustment},
                                 {"feed", feed_},
                                 {"limit", "10000"},
                                 {"sort", "asc"}};
    if (query.end) fields.push_back({"end", query.end->rfc3339()});
    SB_TRY_OK(
        token_pages(channel_, "/v2/stocks/bars", fields, [&](const JsonValue& root) -> Status {
          SB_TRY(const JsonValue values, root.member("bars"));
          if (values.is_null()) return Ok{};
          SB_TRY(const auto members, values.members());
          for (const auto& [symbol, list] : members) {
            if (list.is_null()) continue;
            SB_TRY(std::vector<Bar> page, decode_list(list, decode_bar));
            std::vector<Bar>& bars = out[std::string(symbol)];
            bars.insert(bars.end(), page.begin(), page.end());
          }
          return Ok{};
        }));
    symbols = symbols.subspan(size);
  }
  return out;
}

Result<std::vector<CorporateAction>> DataApi::corporate_actions(
    const CorporateActionsQuery& query) {
  std::vector<CorporateAction> out;
  std::span<const std::string> symbols = query.symbols;
  do {
    const std::size_t size = std::min(symbols.size(), kSymbolsPerRequest);
    std::vector<Field> fields = {{"start", query.first.iso()},
                                 {"end", query.last.iso()},
                                 {"limit", "1000"},
                                 {"sort", "asc"}};
    if (size > 0) fields.push_back({"symbols", joined_span(symbols.first(size))});
    const auto take = [&](const JsonValue& root) -> Status {
      SB_TRY(std::vector<CorporateAction> page, decode_corporate_actions(root));
      for (CorporateAction& action : page) out.push_back(std::move(action));
      return Ok{};
    };
    SB_TRY_OK(token_pages(channel_, "/v1/corporate-actions", fields, take));
    symbols = symbols.subspan(size);
  } while (!symbols.empty());
  return out;
}

}  // namespace signalbus::alpaca
