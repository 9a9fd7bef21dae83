#include "exchange/data_request.h"

#include <algorithm>
#include <array>

#include "calendar/new_york.h"
#include "exchange/auth.h"
#include "exchange/data_stream.h"

namespace signalbus::exchange {
namespace {

constexpr std::array<std::string_view, 7> kFeeds = {"iex",       "sip", "delayed_sip", "boats",
                                                    "overnight", "otc", "test"};
constexpr std::int64_t kLimitMax = 10'000;

Error invalid(std::string text) { return {ErrorCode::kInvalidInput, std::move(text)}; }

/// A date alone is midnight in New York, where daily bars are stamped.
Result<Instant> data_time(const std::string& text) {
  if (const auto date = TradeDate::parse(text); date.ok()) {
    return calendar::to_instant(date.value(), calendar::TimeOfDay::of(0, 0));
  }
  return parse_time(text);
}

}  // namespace

net::HttpResponse data_error(std::string_view message) {
  return refusal_answer(400, 40010001, message);
}

std::optional<net::HttpResponse> refuse_feed(const Call& call) {
  const std::string* feed = call.query.find("feed");
  if (feed != nullptr && std::find(kFeeds.begin(), kFeeds.end(), *feed) == kFeeds.end()) {
    return data_error("invalid feed: " + *feed);
  }
  if (const std::string* currency = call.query.find("currency")) {
    if (*currency != "USD") return data_error("invalid currency: " + *currency);
  }
  return std::nullopt;
}

Result<std::vector<std::string>> asked_symbols(const Call& call) {
  std::vector<std::string> symbols = call.query.list("symbols");
  if (symbols.empty()) return invalid("symbols is required");
  for (const std::string& symbol : symbols) {
    if (!Symbol::parse(symbol).ok()) return invalid("invalid symbol: " + symbol);
  }
  std::sort(symbols.begin(), symbols.end());
  symbols.erase(std::unique(symbols.begin(), symbols.end()), symbols.end());
  return symbols;
}

std::optional<core::AssetNumber> priced_asset(const Call& call, std::string_view symbol) {
  if (!Symbol::parse(symbol).ok()) return std::nullopt;
  const auto asset = call.exchange().find_asset(symbol);
  if (!asset || call.exchange().asset(*asset).quote.last.is_zero()) return std::nullopt;
  return asset;
}

std::string page_token(std::string_view symbol, Instant next) {
  return base64_encoded(std::string(symbol) + "|" + std::to_string(next.micros()));
}

Result<HistoryRequest> read_history(const Call& call) {
  const TradeDate today = calendar::new_york_date(call.venue.now());
  HistoryRequest request{calendar::to_instant(today, calendar::TimeOfDay::of(0, 0)),
                         call.venue.now(),
                         1'000,
                         false,
                         {},
                         std::nullopt};
  if (const std::string* text = call.query.find("start")) {
    const auto start = data_time(*text);
    if (!start.ok()) return invalid("invalid start: " + *text);
    request.start = start.value();
  }
  if (const std::string* text = call.query.find("end")) {
    const auto end = data_time(*text);
    if (!end.ok()) return invalid("invalid end: " + *text);
    request.end = end.value();
  }
  if (request.end < request.start) return invalid("end should not be before start");
  if (const std::string* text = call.query.find("limit")) {
    const auto limit = parse_count(*text, {1, INT32_MAX});
    if (!limit.ok()) return invalid("invalid limit: " + *text);
    if (limit.value() > kLimitMax) {
      return invalid("invalid limit: larger than the allowed maximum of 10000");
    }
    request.limit = static_cast<std::size_t>(limit.value());
  }
  const std::string_view sort = call.query.get("sort", "asc");
  if (sort != "asc" && sort != "desc") return invalid("invalid sort: " + std::string(sort));
  request.descending = sort == "desc";
  if (const std::string* token = call.query.find("page_token")) {
    const std::string text = base64_decoded(*token).value_or("");
    const std::size_t bar = text.find('|');
    const auto micros =
        parse_scaled64(bar == std::string::npos ? "" : std::string_view(text).substr(bar + 1), 0,
                       Rounding::kExact);
    if (!micros.ok()) return invalid("invalid page_token");
    request.page_symbol = text.substr(0, bar);
    request.page_start = Instant::from_micros(micros.value());
  }
  return request;
}

void append_trade(JsonText& json, std::string_view key, const Venue& venue, core::AssetNumber asset,
                  Price price, Instant at) {
  const std::string& exchange = venue.core().asset(asset).terms.exchange;
  json.begin_object(key).time("t", at).text("x", exchange_letter(exchange));
  json.number("p", price).integer("s", 100).raw("c", "[\"@\"]");
  // Its second: small enough for clients that keep ids as doubles.
  json.integer("i", at.micros() / 1'000'000).text("z", tape_letter(exchange)).end_object();
}

void append_quote(JsonText& json, std::string_view key, const Venue& venue, core::AssetNumber asset,
                  const core::Quote& quote, Instant at) {
  const std::string& exchange = venue.core().asset(asset).terms.exchange;
  json.begin_object(key).time("t", at);
  json.text("ax", exchange_letter(exchange)).number("ap", quote.ask).integer("as", 100);
  json.text("bx", exchange_letter(exchange)).number("bp", quote.bid).integer("bs", 100);
  json.raw("c", "[\"R\"]").text("z", tape_letter(exchange)).end_object();
}

void append_bar(JsonText& json, std::string_view key, const HistoryBar& bar) {
  json.begin_object(key).time("t", bar.start);
  json.number("o", bar.open).number("h", bar.high).number("l", bar.low).number("c", bar.close);
  json.integer("v", bar.volume).integer("n", bar.volume / 100).number("vw", bar.close);
  json.end_object();
}

}  // namespace signalbus::exchange
