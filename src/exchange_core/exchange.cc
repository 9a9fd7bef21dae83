#include "exchange_core/exchange.h"

#include "exchange_core/ledger.h"
#include "exchange_core/lifecycle.h"
#include "exchange_core/matching.h"
#include "exchange_core/orders.h"
#include "exchange_core/sessions.h"

namespace signalbus::exchange_core {

Exchange::Exchange(const ExchangeSettings& settings) : state_(std::make_unique<State>(settings)) {}
Exchange::~Exchange() = default;
Exchange::Exchange(Exchange&&) noexcept = default;
Exchange& Exchange::operator=(Exchange&&) noexcept = default;

void Exchange::advance_to(Instant now) { advance(*state_, now); }
Instant Exchange::now() const { return state_->clock.now; }
SessionPhase Exchange::phase() const { return state_->clock.phase; }
Instant Exchange::next_boundary() const { return state_->clock.next; }
TradeDate Exchange::session_date() const {
  const Clock& clock = state_->clock;
  if (clock.phase != SessionPhase::kClosed) return clock.session.date;
  const Result<calendar::Session> last = calendar::previous_session(clock.session.date);
  return last.ok() ? last.value().date : clock.session.date;
}

AssetNumber Exchange::put_asset(Instant now, const AssetTerms& terms) {
  advance(*state_, now);
  AssetTerms named = terms;
  if (named.name.empty()) named.name = terms.symbol.text();
  if (const auto known = exchange_core::find_asset(*state_, terms.symbol.view())) {
    state_->asset(*known).asset.terms = std::move(named);
    revalue_holders(*state_, *known);  // margins depend on `marginable`
    return *known;
  }
  const AssetNumber number(static_cast<std::uint32_t>(state_->assets.size() + 1));
  state_->assets.push_back(
      {.asset = {.number = number,
                 .id = state_->ids.make_named(IdKind::kAsset, terms.symbol.view()),
                 .terms = std::move(named),
                 .quote = Quote::flat(Price::zero()),
                 .last_day_price = Price::zero(),
                 .halted = false},
       .open = {},
       .holders = {}});
  index_asset(*state_, state_->assets.back().asset);
  return number;
}

void Exchange::set_quote(Instant now, AssetNumber asset, const Quote& quote) {
  advance(*state_, now);
  state_->asset(asset).asset.quote = quote;
  revalue_holders(*state_, asset);
  match_asset(*state_, asset);
}

void Exchange::set_halted(Instant now, AssetNumber asset, bool halted) {
  advance(*state_, now);
  state_->asset(asset).asset.halted = halted;
  match_asset(*state_, asset);
}

void Exchange::split(Instant now, AssetNumber asset, std::uint32_t numerator,
                     std::uint32_t denominator) {
  advance(*state_, now);
  split_asset(*state_, asset, numerator, denominator);
}

void Exchange::pay_dividend(Instant now, AssetNumber asset, Price per_share) {
  advance(*state_, now);
  exchange_core::pay_dividend(*state_, asset, per_share);
}

AccountNumber Exchange::open_account(Instant now, const AccountTerms& terms) {
  SB_CHECK(terms.multiplier == 1 || terms.multiplier == 2 || terms.multiplier == 4);
  advance(*state_, now);
  const AccountNumber number(static_cast<std::uint32_t>(state_->accounts.size() + 1));
  const Clock& clock = state_->clock;
  AccountRecord account{.number = number,
                        .created_at = clock.now,
                        .multiplier = terms.multiplier,
                        .flags = {},
                        .configuration = {},
                        .cash = terms.cash,
                        .last_equity = terms.cash,
                        .close_equity = terms.cash,
                        .balance_asof = clock.day,
                        .close_date = clock.day,
                        .slots = {},
                        .slot_of_asset = {},
                        .orders = {},
                        .live = {},
                        .history = {},
                        .activities = {}};
  state_->accounts.push_back(std::move(account));
  return number;
}

void Exchange::set_configuration(Instant now, AccountNumber account,
                                 const Configuration& configuration) {
  advance(*state_, now);
  state_->account(account).configuration = configuration;
}

void Exchange::set_flags(Instant now, AccountNumber account, const AccountFlags& flags) {
  advance(*state_, now);
  state_->account(account).flags = flags;
}

void Exchange::set_multiplier(Instant now, AccountNumber account, int multiplier) {
  SB_CHECK(multiplier == 1 || multiplier == 2 || multiplier == 4);
  advance(*state_, now);
  state_->account(account).multiplier = multiplier;
}

void Exchange::move_cash(Instant now, AccountNumber account, ActivityKind kind, Money amount,
                         std::string_view note) {
  advance(*state_, now);
  exchange_core::move_cash(*state_, state_->account(account), kind, amount, note);
}

void Exchange::set_position(Instant now, AccountNumber account, AssetNumber asset, Quantity qty,
                            Price avg_entry_price) {
  advance(*state_, now);
  exchange_core::set_position(*state_, state_->account(account), asset, qty, avg_entry_price);
}

Answer<Placed> Exchange::submit(Instant now, AccountNumber account, const OrderRequest& request,
                                const SubmitHooks& hooks) {
  advance(*state_, now);
  return submit_order(*state_, state_->account(account), request, hooks);
}

Answer<Placed> Exchange::replace(Instant now, AccountNumber account, OrderNumber order,
                                 const ReplaceRequest& request) {
  advance(*state_, now);
  return replace_order(*state_, state_->account(account), order, request);
}

Answer<Done> Exchange::cancel(Instant now, AccountNumber account, OrderNumber order) {
  advance(*state_, now);
  return cancel_order(*state_, state_->account(account), order);
}

std::vector<CanceledOrder> Exchange::cancel_all(Instant now, AccountNumber account) {
  advance(*state_, now);
  return cancel_all_orders(*state_, state_->account(account));
}

Answer<Placed> Exchange::close_position(Instant now, AccountNumber account, std::string_view symbol,
                                        const CloseRequest& request) {
  advance(*state_, now);
  return close_one_position(*state_, state_->account(account), symbol, request);
}

std::vector<ClosedPosition> Exchange::close_all_positions(Instant now, AccountNumber account,
                                                          bool cancel_orders) {
  advance(*state_, now);
  AccountRecord& record = state_->account(account);
  if (cancel_orders) cancel_all_orders(*state_, record);
  std::vector<AssetNumber> assets;
  for (const Slot& slot : record.slots) {
    if (!slot.qty.is_zero()) assets.push_back(slot.asset);
  }
  std::vector<ClosedPosition> out;
  for (const AssetNumber asset : assets) {
    const std::string symbol = state_->asset(asset).asset.terms.symbol.text();
    out.push_back({asset, close_one_position(*state_, record, symbol, {})});
  }
  return out;
}

void Exchange::force_fill_share(AssetNumber asset, Ratio share) {
  state_->asset(asset).forced_share = share;
}
void Exchange::force_fill_share(OrderNumber order, Ratio share) {
  state_->order(order).forced_share = share;
}

void Exchange::release(Instant now, OrderNumber order) {
  advance(*state_, now);
  release_order(*state_, state_->order(order));
}

void Exchange::reject(Instant now, OrderNumber order) {
  advance(*state_, now);
  OrderRecord& record = state_->order(order);
  if (!is_final(record.order.state.status)) end_order(*state_, record, OrderStatus::kRejected);
}

void Exchange::raise_cancel_rejected(Instant now, OrderNumber order) {
  advance(*state_, now);
  raise(*state_, EventKind::kOrderCancelRejected, state_->order(order).order);
}

void Exchange::raise_replace_rejected(Instant now, OrderNumber order) {
  advance(*state_, now);
  raise(*state_, EventKind::kOrderReplaceRejected, state_->order(order).order);
}

std::span<const Event> Exchange::events() const { return state_->events; }
void Exchange::clear_events() { state_->events.clear(); }

const Order& Exchange::order(OrderNumber number) const {
  return static_cast<const State&>(*state_).order(number).order;
}
const Asset& Exchange::asset(AssetNumber number) const { return state_->asset(number).asset; }
std::uint32_t Exchange::order_count() const {
  return static_cast<std::uint32_t>(state_->orders.size());
}
std::uint32_t Exchange::asset_count() const {
  return static_cast<std::uint32_t>(state_->assets.size());
}
std::uint32_t Exchange::account_count() const {
  return static_cast<std::uint32_t>(state_->accounts.size());
}
std::string_view Exchange::note(std::uint32_t number) const {
  return number == 0 ? std::string_view() : std::string_view(state_->notes[number - 1]);
}

Uuid Exchange::order_id(OrderNumber number) const {
  return state_->ids.make(IdKind::kOrder, number.get());
}
Uuid Exchange::account_id(AccountNumber number) const {
  return state_->ids.make(IdKind::kAccount, number.get());
}
Uuid Exchange::execution_id(std::uint64_t sequence) const {
  return state_->ids.make(IdKind::kExecution, sequence);
}
Uuid Exchange::group_id(std::uint32_t group) const {
  return state_->ids.make(IdKind::kGroup, group);
}

std::optional<OrderNumber> Exchange::find_order(AccountNumber account, const Uuid& id) const {
  const auto counter = state_->ids.counter_of(IdKind::kOrder, id);
  if (!counter || *counter == 0 || *counter > state_->orders.size()) return std::nullopt;
  const OrderNumber number(static_cast<std::uint32_t>(*counter));
  if (order(number).account != account) return std::nullopt;
  return number;
}

std::optional<OrderNumber> Exchange::find_client_order(AccountNumber account,
                                                       std::string_view id) const {
  return exchange_core::find_client_order(*state_, account, id);
}

std::optional<AssetNumber> Exchange::find_asset(std::string_view symbol_or_id) const {
  return exchange_core::find_asset(*state_, symbol_or_id);
}

}  // namespace signalbus::exchange_core
