#include "exchange/data_stream.h"

#include <algorithm>

#include "calendar/new_york.h"
#include "exchange/json_text.h"
#include "formats/json.h"

namespace signalbus::exchange {
namespace {

using formats::JsonValue;

constexpr std::size_t kMessageBytesMax = 1 << 20;
constexpr std::int64_t kMinuteMicros = 60'000'000;
constexpr std::array<std::string_view, kChannels> kChannelNames = {
    "trades",   "quotes", "bars",        "updatedBars", "dailyBars",
    "statuses", "lulds",  "corrections", "cancelErrors"};

std::string error_frame(int code, std::string_view text) {
  return "[{\"T\":\"error\",\"code\":" + std::to_string(code) + ",\"msg\":\"" + std::string(text) +
         "\"}]";
}

std::string success_frame(std::string_view text) {
  return "[{\"T\":\"success\",\"msg\":\"" + std::string(text) + "\"}]";
}

std::string member_text(const JsonValue& object, std::string_view key) {
  const auto found = object.find(key);
  if (!found.ok() || !found.value()) return "";
  const auto text = found.value()->string();
  return text.ok() ? std::string(text.value()) : "";
}

}  // namespace

std::string DataSession::greeting() { return success_frame("connected"); }

std::string DataSession::auth_timeout() { return error_frame(404, "auth timeout"); }

DataSession::Answer DataSession::authenticate(const Credentials& credentials) {
  if (authorized()) return {error_frame(403, "already authenticated")};
  if (!keys_->admits(credentials)) return {error_frame(402, "auth failed"), true};
  if (!admit_(credentials.key_id)) return {error_frame(406, "connection limit exceeded"), true};
  key_id_ = credentials.key_id;
  return {success_frame("authenticated")};
}

DataSession::Answer DataSession::receive(std::string_view text) {
  const auto document = formats::parse_json(text, "message", kMessageBytesMax);
  if (!document.ok() || document.value().root().kind() != formats::JsonKind::kObject) {
    return {error_frame(400, "invalid syntax")};
  }
  const JsonValue root = document.value().root();
  const std::string action = member_text(root, "action");
  if (action == "auth") {
    std::string key = member_text(root, "key");
    std::string secret = member_text(root, "secret");
    if (key == "oauth" && !secret.empty()) {  // the token travels as the secret
      key = std::exchange(secret, "bearer");
    }
    return authenticate({key, secret});
  }
  const bool subscribe = action == "subscribe";
  if (!subscribe && action != "unsubscribe") return {error_frame(400, "invalid syntax")};
  if (!authorized()) return {error_frame(401, "not authenticated"), true};
  return change(root, subscribe);
}

DataSession::Answer DataSession::change(const JsonValue& root, bool subscribe) {
  std::array<Symbols, 7> next = subscribed_;
  for (std::size_t channel = 0; channel < next.size(); ++channel) {
    const auto list = root.find(kChannelNames[channel]);
    if (!list.ok()) return {error_frame(400, "invalid syntax")};
    if (!list.value()) continue;
    const auto items = list.value()->items();
    if (!items.ok()) return {error_frame(400, "invalid syntax")};
    for (const JsonValue& item : items.value()) {
      const auto symbol = item.string();
      if (!symbol.ok()) return {error_frame(400, "invalid syntax")};
      if (subscribe) {
        next[channel].emplace(symbol.value());
      } else {
        next[channel].erase(std::string(symbol.value()));
      }
    }
  }
  const bool all = next[0].contains("*") || next[1].contains("*");
  const std::size_t count = next[0].size() + next[1].size();
  if (subscribe && (count > symbols_max_ || (all && symbols_max_ < 1'000))) {
    return {error_frame(405, "symbol limit exceeded")};
  }
  subscribed_ = std::move(next);
  return {acknowledgement()};
}

std::string DataSession::acknowledgement() const {
  std::string out = "[";
  JsonText json(out);
  json.begin_object().raw("T", "\"subscription\"");
  for (std::size_t channel = 0; channel < kChannels; ++channel) {
    json.begin_array(kChannelNames[channel]);
    // Corrections and cancel errors come with the trades.
    const Symbols& symbols = subscribed_[channel < subscribed_.size() ? channel : 0];
    for (const std::string& symbol : symbols) json.text({}, symbol);
    json.end_array();
  }
  json.end_object();
  return out + "]";
}

bool DataSession::wants(const TapeMessage& message) const {
  const auto channel = static_cast<std::size_t>(message.channel);
  const Symbols& symbols = subscribed_[channel < subscribed_.size() ? channel : 0];
  return symbols.contains(message.symbol) || symbols.contains("*");
}

std::string_view exchange_letter(std::string_view exchange) {
  if (exchange == "NYSE") return "N";
  if (exchange == "ARCA" || exchange == "NYSEARCA") return "P";
  if (exchange == "AMEX") return "A";
  if (exchange == "BATS") return "Z";
  return "V";  // IEX, whose feed this claims to be
}

std::string_view tape_letter(std::string_view exchange) {
  if (exchange == "NYSE") return "A";
  if (exchange == "NASDAQ") return "C";
  return "B";
}

void MarketTape::Bar::add(Price price) {
  if (trades == 0) open = high = low = price;
  high = std::max(high, price);
  low = std::min(low, price);
  close = price;
  ++trades;
}

void MarketTape::price_changed(const core::Exchange& exchange, core::AssetNumber number,
                               Instant at) {
  const core::Asset& asset = exchange.asset(number);
  const std::string symbol = asset.terms.symbol.text();
  const std::string_view letter = exchange_letter(asset.terms.exchange);
  const std::string_view tape = tape_letter(asset.terms.exchange);

  const Instant minute = Instant::from_micros(at.micros() / kMinuteMicros * kMinuteMicros);
  Bar& bar = minutes_[number.get()];
  if (bar.trades > 0 && bar.start != minute) finish_minute(exchange, number);
  bar.start = minute;
  bar.add(asset.quote.last);
  Bar& day = days_[number.get()];
  const Instant midnight =
      calendar::to_instant(calendar::new_york_date(at), calendar::TimeOfDay::of(0, 0));
  if (day.start != midnight) day = Bar{.start = midnight};
  day.add(asset.quote.last);

  std::string trade;
  JsonText t(trade);
  t.begin_object().raw("T", "\"t\"").text("S", symbol);
  t.integer("i", static_cast<std::int64_t>(++trade_id_)).text("x", letter);
  t.number("p", asset.quote.last).integer("s", 100).raw("c", "[\"@\"]").text("z", tape);
  t.time("t", at).end_object();
  gathered_.push_back({Channel::kTrades, symbol, std::move(trade)});

  std::string quote;
  JsonText q(quote);
  q.begin_object().raw("T", "\"q\"").text("S", symbol);
  q.text("ax", letter).number("ap", asset.quote.ask).integer("as", 100);
  q.text("bx", letter).number("bp", asset.quote.bid).integer("bs", 100);
  q.raw("c", "[\"R\"]").text("z", tape).time("t", at).end_object();
  gathered_.push_back({Channel::kQuotes, symbol, std::move(quote)});
}

void MarketTape::halt_changed(const core::Exchange& exchange, core::AssetNumber number, bool halted,
                              Instant at) {
  const core::Asset& asset = exchange.asset(number);
  const std::string symbol = asset.terms.symbol.text();
  std::string status;
  JsonText s(status);
  s.begin_object().raw("T", "\"s\"").text("S", symbol);
  s.text("sc", halted ? "H" : "T").text("sm", halted ? "Trading Halt" : "Trading Resumption");
  s.text("rc", halted ? "T1" : "").text("rm", halted ? "News Pending" : "");
  s.text("z", tape_letter(asset.terms.exchange)).time("t", at).end_object();
  gathered_.push_back({Channel::kStatuses, symbol, std::move(status)});
}

void MarketTape::finish_minute(const core::Exchange& exchange, core::AssetNumber number) {
  const std::string symbol = exchange.asset(number).terms.symbol.text();
  const auto add = [&](Channel channel, std::string_view letter, const Bar& bar, Instant start) {
    std::string out;
    JsonText b(out);
    b.begin_object().text("T", letter).text("S", symbol);
    b.number("o", bar.open).number("h", bar.high).number("l", bar.low).number("c", bar.close);
    b.integer("v", bar.trades * 100).integer("n", bar.trades).number("vw", bar.close);
    b.time("t", start).end_object();
    gathered_.push_back({channel, symbol, std::move(out)});
  };
  const Bar minute = std::exchange(minutes_[number.get()], Bar{});
  add(Channel::kBars, "b", minute, minute.start);
  const auto day = days_.find(number.get());
  add(Channel::kDailyBars, "d", day == days_.end() ? minute : day->second,
      calendar::to_instant(calendar::new_york_date(minute.start), calendar::TimeOfDay::of(0, 0)));
}

void MarketTape::advance_to(const core::Exchange& exchange, Instant now, const Wanted& wanted) {
  const Instant minute = Instant::from_micros(now.micros() / kMinuteMicros * kMinuteMicros);
  if (minute <= minute_) return;
  const bool first = minute_ == Instant::from_micros(0);
  minute_ = minute;
  const bool open = exchange.phase() == core::SessionPhase::kRegular;
  for (std::uint32_t number = 1; number <= exchange.asset_count(); ++number) {
    const core::Asset& asset = exchange.asset(core::AssetNumber(number));
    const auto traded = minutes_.find(number);
    if (traded != minutes_.end() && traded->second.trades > 0) {
      if (traded->second.start < minute) finish_minute(exchange, asset.number);
      continue;
    }
    if (first || !open || asset.quote.last.is_zero()) continue;
    const std::string symbol = asset.terms.symbol.text();
    if (!wanted({Channel::kBars, symbol, {}}) && !wanted({Channel::kDailyBars, symbol, {}})) {
      continue;
    }
    Bar& bar = minutes_[number];
    bar = Bar{.start = minute.plus_seconds(-60)};
    bar.open = bar.high = bar.low = bar.close = asset.quote.last;
    finish_minute(exchange, asset.number);
  }
}

std::vector<TapeMessage> MarketTape::take() { return std::exchange(gathered_, {}); }

}  // namespace signalbus::exchange
