// Market data of the past: bars, trades, quotes and auctions, page by page.
#include <algorithm>

#include "calendar/new_york.h"
#include "exchange/data_request.h"
#include "exchange/data_stream.h"
#include "exchange/routes.h"

namespace signalbus::exchange {
namespace {

/// One row of a history: when it was, and how it is written.
struct Row {
  Instant at;
  HistoryBar bar;
};
using Append = void (*)(JsonText& json, const Venue& venue, core::AssetNumber asset,
                        const Row& row);

Result<Adjustment> read_adjustment(const Call& call) {
  Adjustment adjustment;
  for (const std::string& word : call.query.list("adjustment")) {
    if (word == "split" || word == "all") adjustment.split = true;
    if (word == "dividend" || word == "all") adjustment.dividend = true;
    if (word != "raw" && word != "split" && word != "dividend" && word != "spin-off" &&
        word != "all") {
      return Error{ErrorCode::kInvalidInput, "invalid adjustment: " + word};
    }
  }
  return adjustment;
}

/// Pages through the rows of several symbols, sorted by symbol, then time.
class Pager {
 public:
  Pager(const Call& call, HistoryRequest request, BarRange range, Append append)
      : call_(call), request_(std::move(request)), range_(range), append_(append) {}

  /// The rows of a symbol as an array, when it has any or `even_empty`. False: the page is full.
  bool add(JsonText& json, std::string_view key, const std::string& symbol, bool even_empty) {
    if (symbol < request_.page_symbol) return true;
    const auto asset = priced_asset(call_, symbol);
    std::vector<HistoryBar> bars;
    if (asset) bars = page_of(symbol, *asset);
    if (bars.empty() && !even_empty) return true;
    json.begin_array(key);
    for (const HistoryBar& bar : bars) {
      if (left_ == 0) {
        next_ = page_token(symbol, bar.start);
        break;
      }
      append_(json, call_.venue, *asset, {bar.start, bar});
      --left_;
    }
    json.end_array();
    return next_.empty();
  }

  void append_token(JsonText& json) const {
    if (next_.empty()) {
      json.null("next_page_token");
    } else {
      json.text("next_page_token", next_);
    }
  }

 private:
  std::vector<HistoryBar> page_of(const std::string& symbol, core::AssetNumber asset) {
    BarRange range = range_;
    const bool goes_on = symbol == request_.page_symbol && request_.page_start;
    if (goes_on && !request_.descending) range.start = std::max(range.start, *request_.page_start);
    if (goes_on && request_.descending) range.end = std::min(range.end, *request_.page_start);
    const std::size_t count_max = request_.descending ? 2'000'000 : left_ + 1;
    std::vector<HistoryBar> bars = bars_of(call_.venue, asset, range, count_max);
    if (request_.descending) std::reverse(bars.begin(), bars.end());
    return bars;
  }

  const Call& call_;
  HistoryRequest request_;
  BarRange range_;
  Append append_;
  std::size_t left_ = request_.limit;
  std::string next_;
};

net::HttpResponse history_of_many(const Call& call, std::string_view wrapper, Timeframe timeframe,
                                  Append append) {
  if (auto refused = refuse_feed(call)) return *std::move(refused);
  const auto symbols = asked_symbols(call);
  if (!symbols.ok()) return data_error(symbols.error().message);
  const auto request = read_history(call);
  if (!request.ok()) return data_error(request.error().message);
  const auto adjustment = read_adjustment(call);
  if (!adjustment.ok()) return data_error(adjustment.error().message);
  const BarRange range{request.value().start, request.value().end, timeframe, adjustment.value()};
  Pager pager(call, request.value(), range, append);
  std::string body;
  JsonText json(body);
  json.begin_object().begin_object(wrapper);
  for (const std::string& symbol : symbols.value()) {
    if (!pager.add(json, symbol, symbol, false)) break;
  }
  json.end_object();
  pager.append_token(json);
  json.end_object();
  return json_answer(std::move(body));
}

net::HttpResponse history_of_one(const Call& call, std::string_view name, Timeframe timeframe,
                                 Append append) {
  if (auto refused = refuse_feed(call)) return *std::move(refused);
  const std::string& symbol = call.captured[0];
  if (!Symbol::parse(symbol).ok()) return data_error("invalid symbol: " + symbol);
  const auto request = read_history(call);
  if (!request.ok()) return data_error(request.error().message);
  const auto adjustment = read_adjustment(call);
  if (!adjustment.ok()) return data_error(adjustment.error().message);
  const BarRange range{request.value().start, request.value().end, timeframe, adjustment.value()};
  Pager pager(call, request.value(), range, append);
  std::string body;
  JsonText json(body);
  json.begin_object().text("symbol", symbol);
  pager.add(json, name, symbol, true);
  pager.append_token(json);
  json.end_object();
  return json_answer(std::move(body));
}

/// Daily bars carry midnight; trades, quotes and auctions are of the open.
Instant open_of(const Venue& venue, Instant midnight) {
  const auto span = day_span(venue, calendar::new_york_date(midnight));
  return span ? span->open : midnight;
}

void append_bar_row(JsonText& json, const Venue&, core::AssetNumber, const Row& row) {
  append_bar(json, {}, row.bar);
}

void append_trade_row(JsonText& json, const Venue& venue, core::AssetNumber asset, const Row& row) {
  append_trade(json, {}, venue, asset, row.bar.close, open_of(venue, row.at));
}

void append_quote_row(JsonText& json, const Venue& venue, core::AssetNumber asset, const Row& row) {
  append_quote(json, {}, venue, asset, core::Quote::flat(row.bar.close), open_of(venue, row.at));
}

void append_auction_row(JsonText& json, const Venue& venue, core::AssetNumber asset,
                        const Row& row) {
  const TradeDate date = calendar::new_york_date(row.at);
  const auto span = day_span(venue, date);
  const std::string& exchange = venue.core().asset(asset).terms.exchange;
  json.begin_object().text("d", date.iso());
  json.begin_array("o").begin_object().time("t", span ? span->open : row.at);
  json.text("x", exchange_letter(exchange)).number("p", row.bar.open).integer("s", 100);
  json.raw("c", "\"Q\"").end_object().end_array();
  json.begin_array("c");
  if (span && span->close <= venue.now()) {
    json.begin_object().time("t", span->close).text("x", exchange_letter(exchange));
    json.number("p", row.bar.close).integer("s", 100).raw("c", "\"M\"").end_object();
  }
  json.end_array().end_object();
}

constexpr Timeframe kDaily{BarUnit::kDay, 1};

}  // namespace

net::HttpResponse get_bars(Call& call) {
  const auto timeframe = parse_timeframe(call.query.get("timeframe"));
  if (!timeframe.ok()) return data_error(timeframe.error().message);
  return history_of_many(call, "bars", timeframe.value(), append_bar_row);
}

net::HttpResponse get_symbol_bars(Call& call) {
  const auto timeframe = parse_timeframe(call.query.get("timeframe"));
  if (!timeframe.ok()) return data_error(timeframe.error().message);
  return history_of_one(call, "bars", timeframe.value(), append_bar_row);
}

net::HttpResponse get_trades(Call& call) {
  return history_of_many(call, "trades", kDaily, append_trade_row);
}
net::HttpResponse get_symbol_trades(Call& call) {
  return history_of_one(call, "trades", kDaily, append_trade_row);
}
net::HttpResponse get_quotes(Call& call) {
  return history_of_many(call, "quotes", kDaily, append_quote_row);
}
net::HttpResponse get_symbol_quotes(Call& call) {
  return history_of_one(call, "quotes", kDaily, append_quote_row);
}
net::HttpResponse get_auctions(Call& call) {
  return history_of_many(call, "auctions", kDaily, append_auction_row);
}

}  // namespace signalbus::exchange
