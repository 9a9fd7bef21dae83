#include "exchange/venue.h"

#include <algorithm>

#include "calendar/exchange_calendar.h"
#include "calendar/new_york.h"
#include "core/text.h"

namespace signalbus::exchange {
namespace {

/// The core starts just before the last session ended, so that yesterday's close is on the books.
Instant core_start(const VenueSettings& settings, Instant now) {
  const TradeDate today = calendar::new_york_date(now);
  if (settings.clock.kind != ClockKind::kOpen) {
    const auto previous = calendar::previous_session(today);
    if (previous.ok()) return previous.value().close.plus_seconds(-1);
  }
  return calendar::to_instant(today, calendar::TimeOfDay::of(0, 0)).plus_seconds(-1);
}

core::ExchangeSettings core_settings(const VenueSettings& settings, Instant now) {
  return {.seed = settings.seed,
          .mode = settings.clock.kind == ClockKind::kOpen ? core::SessionMode::kAlwaysOpen
                                                          : core::SessionMode::kCalendar,
          .start = core_start(settings, now),
          .partial_fill_probability = settings.partial_fills};
}

}  // namespace

Venue::Venue(const VenueSettings& settings, VenueInputs inputs, const Clock& clock)
    : settings_(settings),
      inputs_(std::move(inputs)),
      clock_(settings.clock, clock),
      core_settings_(core_settings(settings, clock_.now())),
      exchange_(core_settings_),
      now_(core_settings_.start) {
  day_ = calendar::new_york_date(now_);
}

void Venue::say(std::string_view line) const {
  if (log_) log_(line);
}

Status Venue::start(CommandSink* sink) {
  exchange_.record_to(sink);
  if (!replayed_) {
    exchange_.note("begin", {std::to_string(core_settings_.seed),
                             std::to_string(static_cast<int>(core_settings_.mode)),
                             std::to_string(core_settings_.start.micros()),
                             std::to_string(core_settings_.partial_fill_probability.raw())});
  }
  now_ = std::max(now_, exchange_.core().now());
  if (clock_.simulated()) clock_.jump_to(now_);
  put_assets();
  quote_all(day_);
  next_open_ = next_opening(now_);
  next_walk_ = next_walk(now_);
  // Orders that an earlier process held back have nobody any more who would let them go.
  for (std::uint32_t number = 1; number <= exchange_.core().order_count(); ++number) {
    const core::OrderNumber order(number);
    if (exchange_.core().order(order).state.status == core::OrderStatus::kPendingNew) {
      exchange_.release(now_, order);
    }
  }
  settle();
  return commit();
}

void Venue::put_assets() {
  const auto& symbols = inputs_.prices.symbols();
  std::map<Symbol, core::AssetTerms> terms;
  for (const core::AssetTerms& asset : inputs_.assets) terms.insert_or_assign(asset.symbol, asset);
  for (const Symbol& symbol : symbols)
    terms.try_emplace(symbol, core::AssetTerms{.symbol = symbol, .name = {}});
  for (const auto& [symbol, asset] : terms) {
    // After a restart the recorded flags stay: the admin may have changed them.
    if (!exchange_.core().find_asset(symbol.view())) exchange_.put_asset(now_, asset);
  }
  asset_of_.clear();
  for (const Symbol& symbol : symbols) {
    asset_of_.push_back(*exchange_.core().find_asset(symbol.view()));
  }
}

core::Quote Venue::quote_at(Price price) const {
  if (settings_.spread_bps == 0) return core::Quote::flat(price);
  // Half the spread on each side, away from the price, in whole ticks.
  const std::int64_t tick = price >= Price::whole(1) ? 10'000'000 : 100'000;
  const std::int64_t half = price.raw() / 20'000 * settings_.spread_bps;
  const std::int64_t bid = (price.raw() - half) / tick * tick;
  const std::int64_t ask = (price.raw() + half + tick - 1) / tick * tick;
  return {Price::from_raw(std::max<std::int64_t>(bid, 0)), Price::from_raw(ask), price};
}

void Venue::quote(core::AssetNumber asset, Price price) {
  const core::Quote next = quote_at(price);
  const core::Quote& now = exchange_.core().asset(asset).quote;
  if (now.bid == next.bid && now.ask == next.ask && now.last == next.last) return;
  exchange_.set_quote(now_, asset, next);
  for (VenueListener* listener : listeners_) listener->on_price(asset, now_);
  drain();
}

void Venue::set_price(core::AssetNumber asset, Price price) { quote(asset, price); }

void Venue::put_asset(const core::AssetTerms& terms) {
  exchange_.put_asset(now_, terms);
  drain();
}

void Venue::set_halted(core::AssetNumber asset, bool halted) {
  if (exchange_.core().asset(asset).halted == halted) return;
  exchange_.set_halted(now_, asset, halted);
  for (VenueListener* listener : listeners_) listener->on_halt(asset, halted, now_);
  drain();
}

void Venue::split(core::AssetNumber asset, SplitRatio ratio) {
  exchange_.split(now_, asset, ratio.numerator, ratio.denominator);
  for (VenueListener* listener : listeners_) listener->on_price(asset, now_);
  drain();
}

VenueAccount& Venue::add_account(std::string_view key_id, core::AccountNumber number) {
  account_index_.emplace(std::string(key_id), accounts_.size());
  auto account = std::make_unique<VenueAccount>();
  account->number = number;
  account->key_id = key_id;
  accounts_.push_back(std::move(account));
  return *accounts_.back();
}

VenueAccount* Venue::find_account(std::string_view key_id) {
  const auto at = account_index_.find(key_id);
  return at == account_index_.end() ? nullptr : accounts_[at->second].get();
}

VenueAccount& Venue::account_of(std::string_view key_id) {
  if (VenueAccount* found = find_account(key_id)) return *found;
  const core::AccountNumber number =
      exchange_.open_account(now_, {.cash = settings_.cash, .multiplier = settings_.multiplier});
  exchange_.note("key", {key_id});
  return add_account(key_id, number);
}

const VenueAccount& Venue::account(core::AccountNumber number) const {
  SB_CHECK(number.get() >= 1 && number.get() <= accounts_.size());
  return *accounts_[number.get() - 1];
}

void Venue::configure(VenueAccount& account, const core::Configuration& configuration,
                      const AccountExtras& extras) {
  exchange_.set_configuration(now_, account.number, configuration);
  account.extras = extras;
  exchange_.note(
      "extras",
      {account.key_id, extras.trade_confirm_email, extras.ptp_no_exception_entry ? "1" : "0",
       extras.disable_overnight_trading ? "1" : "0",
       extras.max_options_trading_level ? std::to_string(*extras.max_options_trading_level)
                                        : "none"});
  drain();
}

void Venue::move_cash(core::AccountNumber account, core::ActivityKind kind, Money amount,
                      std::string_view note) {
  exchange_.move_cash(now_, account, kind, amount, note);
  drain();
}

void Venue::set_position(core::AccountNumber account, core::AssetNumber asset, Quantity qty,
                         Price avg_entry_price) {
  exchange_.set_position(now_, account, asset, qty, avg_entry_price);
  drain();
}

core::Answer<core::Placed> Venue::submit(core::AccountNumber account,
                                         const core::OrderRequest& request,
                                         const core::SubmitHooks& hooks, std::int64_t held_for) {
  core::SubmitHooks all = hooks;
  all.hold_matching = all.hold_matching || held_for > 0;
  auto answer = exchange_.submit(now_, account, request, all);
  if (answer.ok() && held_for > 0) {
    releases_.push_back({now_.plus_seconds(held_for), answer.value().order});
  }
  drain();
  return answer;
}

core::Answer<core::Placed> Venue::replace(core::AccountNumber account, core::OrderNumber order,
                                          const core::ReplaceRequest& request) {
  auto answer = exchange_.replace(now_, account, order, request);
  drain();
  return answer;
}

core::Answer<core::Done> Venue::cancel(core::AccountNumber account, core::OrderNumber order) {
  auto answer = exchange_.cancel(now_, account, order);
  drain();
  return answer;
}

std::vector<core::CanceledOrder> Venue::cancel_all(core::AccountNumber account) {
  auto answer = exchange_.cancel_all(now_, account);
  drain();
  return answer;
}

core::Answer<core::Placed> Venue::close_position(core::AccountNumber account,
                                                 std::string_view symbol,
                                                 const core::CloseRequest& request) {
  auto answer = exchange_.close_position(now_, account, symbol, request);
  drain();
  return answer;
}

std::vector<core::ClosedPosition> Venue::close_all_positions(core::AccountNumber account,
                                                             bool cancel_orders) {
  auto answer = exchange_.close_all_positions(now_, account, cancel_orders);
  drain();
  return answer;
}

void Venue::receive(VenueAccount& account, std::string_view client_order_id, std::string_view body,
                    int http_status, core::OrderNumber order) {
  const std::string sha256 = sha256_hex(body);
  count_receipt(account, client_order_id, sha256, http_status, order);
  if (exchange_.recording()) {
    exchange_.note("receipt", {account.key_id, client_order_id, sha256, std::to_string(http_status),
                               std::to_string(order.get())});
  }
}

void Venue::count_receipt(VenueAccount& account, std::string_view client_order_id,
                          const std::string& sha256, int http_status, core::OrderNumber order) {
  const auto [at, added] =
      account.receipt_of.try_emplace(std::string(client_order_id), account.receipts.size());
  if (added) {
    account.receipts.push_back({.client_order_id = std::string(client_order_id),
                                .body_sha256 = sha256,
                                .http_status = http_status});
  }
  Receipt& receipt = account.receipts[at->second];
  ++receipt.received;
  if (receipt.order == core::kNoOrder) receipt.order = order;
}

void Venue::drain() {
  // By index: a listener may give commands of its own, which add events and drain them.
  const std::vector<core::Event> events(exchange_.core().events().begin(),
                                        exchange_.core().events().end());
  exchange_.clear_events();
  for (const core::Event& event : events) {
    add_fees(event);
    for (VenueListener* listener : listeners_) listener->on_event(event);
  }
}

Status Venue::replay(std::span<const std::string> lines) {
  for (const std::string& line : lines) {
    CommandFields fields = CommandFields::of(line);
    if (!replayed_) {
      SB_TRY_OK(replay_begin(fields));
      continue;
    }
    SB_TRY(const bool done, exchange_.replay(fields));
    if (!done) SB_TRY_OK(replay_note(fields));
    drain();
  }
  now_ = std::max(now_, exchange_.core().now());
  return Ok{};
}

Status Venue::replay_begin(CommandFields& fields) {
  core::ExchangeSettings recorded;
  recorded.seed = static_cast<std::uint64_t>(fields.number());
  recorded.mode = static_cast<core::SessionMode>(fields.number());
  recorded.start = Instant::from_micros(fields.number());
  recorded.partial_fill_probability = Ratio::from_raw(fields.number());
  if (fields.verb() != "begin" || !fields.ok()) {
    return Error{ErrorCode::kInvalidInput, "does not begin as a ledger of the exchange does"};
  }
  if (recorded.mode != core_settings_.mode) {
    return Error{ErrorCode::kUsage,
                 "was made with another kind of --clock (open, or with sessions); use that, or "
                 "another folder"};
  }
  core_settings_ = recorded;
  exchange_ = RecordedExchange(recorded);
  now_ = recorded.start;
  day_ = calendar::new_york_date(now_);
  replayed_ = true;
  return Ok{};
}

Status Venue::replay_note(CommandFields fields) {
  const Error broken{ErrorCode::kInvalidInput, "broken command " + quoted(fields.verb())};
  if (fields.verb() == "day") {
    day_ = TradeDate::from_days(static_cast<std::int32_t>(fields.number()));
    fees_due_.clear();
    return fields.ok() ? Status(Ok{}) : broken;
  }
  const std::string key_id = fields.text();
  if (fields.verb() == "key") {
    if (accounts_.size() + 1 != exchange_.core().account_count()) return broken;
    add_account(key_id, core::AccountNumber(exchange_.core().account_count()));
    return Ok{};
  }
  VenueAccount* account = find_account(key_id);
  if (account == nullptr) return broken;
  if (fields.verb() == "receipt") {
    const std::string client_order_id = fields.text();
    const std::string sha256 = fields.text();
    const int status = static_cast<int>(fields.number());
    const core::OrderNumber order(static_cast<std::uint32_t>(fields.number()));
    if (!fields.ok()) return broken;
    count_receipt(*account, client_order_id, sha256, status, order);
    return Ok{};
  }
  if (fields.verb() == "extras") {
    account->extras.trade_confirm_email = fields.text();
    account->extras.ptp_no_exception_entry = fields.number() != 0;
    account->extras.disable_overnight_trading = fields.number() != 0;
    if (!fields.ok()) return broken;
    const std::string level = fields.text();
    if (level != "none") account->extras.max_options_trading_level = std::stoll(level);
    return Ok{};
  }
  return broken;
}

}  // namespace signalbus::exchange
