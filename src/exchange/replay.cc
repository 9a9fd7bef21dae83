// Reading recorded commands back: the other half of recorded_exchange.cc.
#include <charconv>

#include "core/text.h"
#include "exchange/command_line_text.h"
#include "exchange/recorded_exchange.h"

namespace signalbus::exchange {

using namespace exchange_core;  // the core's own words, all over this file

CommandText& CommandText::add(std::string_view text) {
  line_ += '\t';
  if (text == "-") line_ += '\\';
  for (const char byte : text) {
    switch (byte) {
      case '\t':
        line_ += "\\t";
        break;
      case '\n':
        line_ += "\\n";
        break;
      case '\r':
        line_ += "\\r";
        break;
      case '\\':
        line_ += "\\\\";
        break;
      default:
        line_ += byte;
    }
  }
  return *this;
}

namespace {

std::string unescaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      out += text[at];
      continue;
    }
    const char next = text[++at];
    out += next == 't' ? '\t' : next == 'n' ? '\n' : next == 'r' ? '\r' : next;
  }
  return out;
}

Instant instant(CommandFields& fields) { return Instant::from_micros(fields.number()); }
AccountNumber account(CommandFields& fields) {
  return AccountNumber(static_cast<std::uint32_t>(fields.number()));
}
AssetNumber asset(CommandFields& fields) {
  return AssetNumber(static_cast<std::uint32_t>(fields.number()));
}
OrderNumber order(CommandFields& fields) {
  return OrderNumber(static_cast<std::uint32_t>(fields.number()));
}
bool flag(CommandFields& fields) { return fields.number() != 0; }
std::uint32_t count(CommandFields& fields) { return static_cast<std::uint32_t>(fields.number()); }
template <class T>
T fixed(CommandFields& fields) {
  return T::from_raw(fields.number());
}

/// A field that may be `-`, as a number through `make`.
template <class T, class Make>
std::optional<T> optional(CommandFields& fields, Make make) {
  const std::string text = fields.text();
  std::int64_t raw = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), raw);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return make(raw);
}
template <class T>
std::optional<T> optional_fixed(CommandFields& fields) {
  return optional<T>(fields, [](std::int64_t raw) { return T::from_raw(raw); });
}
template <class T>
std::optional<T> optional_enum(CommandFields& fields) {
  return optional<T>(fields, [](std::int64_t raw) { return static_cast<T>(raw); });
}

}  // namespace

CommandFields CommandFields::of(std::string_view line) {
  CommandFields out;
  bool first = true;
  for (std::size_t begin = 0; begin <= line.size();) {
    std::size_t end = line.find('\t', begin);
    if (end == std::string_view::npos) end = line.size();
    const std::string_view field = line.substr(begin, end - begin);
    if (first) {
      out.verb_ = field;
    } else {
      out.fields_.emplace_back(field);
    }
    first = false;
    begin = end + 1;
  }
  return out;
}

std::string CommandFields::text() {
  if (next_ >= fields_.size()) {
    ok_ = false;
    return "";
  }
  return unescaped(fields_[next_++]);
}

std::int64_t CommandFields::number() {
  const std::string field = text();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc() || end != field.data() + field.size()) ok_ = false;
  return value;
}

void RecordedExchange::replay_submit(CommandFields& fields, Instant now) {
  const AccountNumber owner = account(fields);
  const std::string symbol = fields.text();
  OrderRequest request{.symbol = symbol};
  request.qty = optional_fixed<Quantity>(fields);
  request.notional = optional_fixed<Money>(fields);
  request.side = optional_enum<OrderSide>(fields);
  request.type = optional_enum<OrderType>(fields);
  request.tif = optional_enum<OrderTif>(fields);
  request.limit_price = optional_fixed<Price>(fields);
  request.stop_price = optional_fixed<Price>(fields);
  request.trail_price = optional_fixed<Price>(fields);
  request.trail_percent = optional_fixed<Ratio>(fields);
  request.extended_hours = flag(fields);
  const std::string client_order_id = fields.text();
  request.client_order_id = client_order_id;
  request.order_class = optional_enum<OrderClass>(fields);
  const bool has_take_profit = flag(fields);
  const TakeProfitRequest take_profit{.limit_price = optional_fixed<Price>(fields)};
  if (has_take_profit) request.take_profit = take_profit;
  const bool has_stop_loss = flag(fields);
  StopLossRequest stop_loss;
  stop_loss.stop_price = optional_fixed<Price>(fields);
  stop_loss.limit_price = optional_fixed<Price>(fields);
  if (has_stop_loss) request.stop_loss = stop_loss;
  request.position_intent = optional_enum<PositionIntent>(fields);
  SubmitHooks hooks;
  hooks.hold_matching = flag(fields);
  hooks.stick_pending_cancel = flag(fields);
  hooks.reject_async = flag(fields);
  hooks.fill_share = optional_fixed<Ratio>(fields);
  if (fields.ok()) (void)core_.submit(now, owner, request, hooks);
}

bool RecordedExchange::replay_market(CommandFields& fields) {
  const std::string& verb = fields.verb();
  if (verb == "advance") {
    core_.advance_to(instant(fields));
  } else if (verb == "asset") {
    const Instant now = instant(fields);
    const auto symbol = Symbol::parse(fields.text());
    AssetTerms terms{.symbol = symbol.ok() ? symbol.value() : Symbol::parse("X").value(),
                     .name = fields.text()};
    terms.exchange = fields.text();
    for (bool AssetTerms::* field :
         {&AssetTerms::active, &AssetTerms::tradable, &AssetTerms::marginable,
          &AssetTerms::shortable, &AssetTerms::easy_to_borrow, &AssetTerms::fractionable}) {
      terms.*field = flag(fields);
    }
    core_.put_asset(now, terms);
  } else if (verb == "quote") {
    const Instant now = instant(fields);
    const AssetNumber number = asset(fields);
    const Price bid = fixed<Price>(fields);
    const Price ask = fixed<Price>(fields);
    core_.set_quote(now, number, {bid, ask, fixed<Price>(fields)});
  } else if (verb == "halt") {
    const Instant now = instant(fields);
    const AssetNumber number = asset(fields);
    core_.set_halted(now, number, flag(fields));
  } else if (verb == "split") {
    const Instant now = instant(fields);
    const AssetNumber number = asset(fields);
    const std::uint32_t numerator = count(fields);
    core_.split(now, number, numerator, count(fields));
  } else if (verb == "dividend") {
    const Instant now = instant(fields);
    const AssetNumber number = asset(fields);
    core_.pay_dividend(now, number, fixed<Price>(fields));
  } else {
    return false;
  }
  return true;
}

bool RecordedExchange::replay_account(CommandFields& fields) {
  const std::string& verb = fields.verb();
  if (verb == "open") {
    const Instant now = instant(fields);
    const Money cash = fixed<Money>(fields);
    core_.open_account(now, {.cash = cash, .multiplier = static_cast<int>(fields.number())});
  } else if (verb == "configure") {
    const Instant now = instant(fields);
    const AccountNumber owner = account(fields);
    Configuration configuration;
    configuration.suspend_trade = flag(fields);
    configuration.no_shorting = flag(fields);
    configuration.fractional_trading = flag(fields);
    configuration.max_margin_multiplier = static_cast<int>(fields.number());
    core_.set_configuration(now, owner, configuration);
  } else if (verb == "cash") {
    const Instant now = instant(fields);
    const AccountNumber owner = account(fields);
    const auto kind = static_cast<ActivityKind>(fields.number());
    const Money amount = fixed<Money>(fields);
    core_.move_cash(now, owner, kind, amount, fields.text());
  } else if (verb == "position") {
    const Instant now = instant(fields);
    const AccountNumber owner = account(fields);
    const AssetNumber number = asset(fields);
    const Quantity qty = fixed<Quantity>(fields);
    core_.set_position(now, owner, number, qty, fixed<Price>(fields));
  } else {
    return false;
  }
  return true;
}

bool RecordedExchange::replay_order(CommandFields& fields) {
  const std::string& verb = fields.verb();
  if (verb == "submit") {
    replay_submit(fields, instant(fields));
  } else if (verb == "replace") {
    const Instant now = instant(fields);
    const AccountNumber owner = account(fields);
    const OrderNumber number = order(fields);
    ReplaceRequest request;
    request.qty = optional_fixed<Quantity>(fields);
    request.tif = optional_enum<OrderTif>(fields);
    request.limit_price = optional_fixed<Price>(fields);
    request.stop_price = optional_fixed<Price>(fields);
    request.trail = optional_fixed<Price>(fields);
    const std::string client_order_id = fields.text();
    request.client_order_id = client_order_id;
    (void)core_.replace(now, owner, number, request);
  } else if (verb == "cancel") {
    const Instant now = instant(fields);
    const AccountNumber owner = account(fields);
    (void)core_.cancel(now, owner, order(fields));
  } else if (verb == "cancel_all") {
    const Instant now = instant(fields);
    (void)core_.cancel_all(now, account(fields));
  } else if (verb == "close") {
    const Instant now = instant(fields);
    const AccountNumber owner = account(fields);
    const std::string symbol = fields.text();
    CloseRequest request;
    request.qty = optional_fixed<Quantity>(fields);
    request.percentage = optional_fixed<Ratio>(fields);
    (void)core_.close_position(now, owner, symbol, request);
  } else if (verb == "close_all") {
    const Instant now = instant(fields);
    const AccountNumber owner = account(fields);
    (void)core_.close_all_positions(now, owner, flag(fields));
  } else if (verb == "release") {
    const Instant now = instant(fields);
    core_.release(now, order(fields));
  } else {
    return false;
  }
  return true;
}

Result<bool> RecordedExchange::replay(CommandFields fields) {
  const bool known = replay_market(fields) || replay_account(fields) || replay_order(fields);
  if (!known) return false;
  if (!fields.ok() || !fields.at_end()) {
    return Error{ErrorCode::kInvalidInput, "broken command " + quoted(fields.verb())};
  }
  return true;
}

}  // namespace signalbus::exchange
