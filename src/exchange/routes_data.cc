// Market data of the moment: latest trade, quote and bar, snapshots, and what never changes.
#include <algorithm>
#include <array>

#include "exchange/data_request.h"
#include "exchange/routes.h"

namespace signalbus::exchange {
namespace {

/// Appends one thing about an asset that has a price.
using Append = void (*)(JsonText& json, std::string_view key, const Venue& venue,
                        core::AssetNumber asset);

void append_latest_trade(JsonText& json, std::string_view key, const Venue& venue,
                         core::AssetNumber asset) {
  append_trade(json, key, venue, asset, venue.core().asset(asset).quote.last, price_time(venue));
}

void append_latest_quote(JsonText& json, std::string_view key, const Venue& venue,
                         core::AssetNumber asset) {
  append_quote(json, key, venue, asset, venue.core().asset(asset).quote, price_time(venue));
}

void append_latest_bar(JsonText& json, std::string_view key, const Venue& venue,
                       core::AssetNumber asset) {
  const Price price = venue.core().asset(asset).quote.last;
  const Instant minute = Instant::from_micros(price_time(venue).micros() / 60'000'000 * 60'000'000);
  append_bar(json, key, {minute, price, price, price, price, 0});
}

void append_snapshot_members(JsonText& json, const Venue& venue, core::AssetNumber asset) {
  append_latest_trade(json, "latestTrade", venue, asset);
  append_latest_quote(json, "latestQuote", venue, asset);
  append_latest_bar(json, "minuteBar", venue, asset);
  const DailyPair days = daily_pair(venue, asset);
  if (days.today) {
    append_bar(json, "dailyBar", *days.today);
  } else {
    append_latest_bar(json, "dailyBar", venue, asset);
  }
  if (days.before) {
    append_bar(json, "prevDailyBar", *days.before);
  } else {
    append_latest_bar(json, "prevDailyBar", venue, asset);
  }
}

void append_snapshot(JsonText& json, std::string_view key, const Venue& venue,
                     core::AssetNumber asset) {
  json.begin_object(key);
  append_snapshot_members(json, venue, asset);
  json.end_object();
}

/// Several symbols, each under its name; unknown and unpriced ones are absent.
net::HttpResponse latest_of_many(const Call& call, std::string_view wrapper, Append append) {
  if (auto refused = refuse_feed(call)) return *std::move(refused);
  const auto symbols = asked_symbols(call);
  if (!symbols.ok()) return data_error(symbols.error().message);
  std::string body;
  JsonText json(body);
  json.begin_object();
  if (!wrapper.empty()) json.begin_object(wrapper);
  for (const std::string& symbol : symbols.value()) {
    const auto asset = priced_asset(call, symbol);
    if (asset) append(json, symbol, call.venue, *asset);
  }
  if (!wrapper.empty()) json.end_object();
  json.end_object();
  return json_answer(std::move(body));
}

net::HttpResponse latest_of_one(const Call& call, std::string_view name, Append append) {
  if (auto refused = refuse_feed(call)) return *std::move(refused);
  const std::string& symbol = call.captured[0];
  if (!Symbol::parse(symbol).ok()) return data_error("invalid symbol: " + symbol);
  const auto asset = priced_asset(call, symbol);
  if (!asset) return not_found("no " + std::string(name) + " found for " + symbol);
  std::string body;
  JsonText json(body);
  json.begin_object().text("symbol", symbol);
  append(json, name, call.venue, *asset);
  json.end_object();
  return json_answer(std::move(body));
}

}  // namespace

net::HttpResponse get_latest_bars(Call& call) {
  return latest_of_many(call, "bars", append_latest_bar);
}
net::HttpResponse get_latest_trades(Call& call) {
  return latest_of_many(call, "trades", append_latest_trade);
}
net::HttpResponse get_latest_quotes(Call& call) {
  return latest_of_many(call, "quotes", append_latest_quote);
}
net::HttpResponse get_snapshots(Call& call) { return latest_of_many(call, {}, append_snapshot); }

net::HttpResponse get_symbol_latest_bar(Call& call) {
  return latest_of_one(call, "bar", append_latest_bar);
}
net::HttpResponse get_symbol_latest_trade(Call& call) {
  return latest_of_one(call, "trade", append_latest_trade);
}
net::HttpResponse get_symbol_latest_quote(Call& call) {
  return latest_of_one(call, "quote", append_latest_quote);
}

net::HttpResponse get_symbol_snapshot(Call& call) {
  if (auto refused = refuse_feed(call)) return *std::move(refused);
  const std::string& symbol = call.captured[0];
  const auto asset = priced_asset(call, symbol);
  if (!asset) return not_found("no snapshot found for " + symbol);
  std::string body;
  JsonText json(body);
  json.begin_object().text("symbol", symbol);
  append_snapshot_members(json, call.venue, *asset);
  json.end_object();
  return json_answer(std::move(body));
}

net::HttpResponse get_meta_exchanges(Call&) {
  return json_answer(
      R"({"A":"NYSE American","N":"New York Stock Exchange","P":"NYSE Arca","V":"IEX","Z":"Cboe BZ"})");
}

net::HttpResponse get_meta_conditions(Call& call) {
  if (call.captured[0] == "trade") return json_answer(R"({"@":"Regular Sale"})");
  if (call.captured[0] == "quote") return json_answer(R"({"R":"Regular, Two-Sided Open"})");
  return data_error("invalid ticktype: must be trade or quote");
}

}  // namespace signalbus::exchange
