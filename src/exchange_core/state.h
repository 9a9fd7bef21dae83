// State: all that the exchange knows, as plain data. The functions that change it lie beside, by
// concept: ledger, reserve, matching, groups, lifecycle, sessions.
#pragma once

#include <string>
#include <vector>

#include "calendar/exchange_calendar.h"
#include "exchange_core/chunks.h"
#include "exchange_core/exchange.h"
#include "exchange_core/hash_index.h"

namespace signalbus::exchange_core {

/// An order and what only the exchange knows of it.
struct OrderRecord {
  Order order;
  Int128 filled_value = 0;                ///< Sum of quantity x price, 1e-18 USD.
  Money notional_left = Money::zero();    ///< Of a notional order.
  Price reserve_price = Price::zero();    ///< Per share, of opening quantity orders.
  Money reserved = Money::zero();         ///< Buying power taken off while at the market.
  Quantity held = Quantity::zero();       ///< Position quantity kept for it while at the market.
  Quantity close_max = Quantity::zero();  ///< A closing notional order fills no more than this.
  Ratio forced_share = Ratio::zero();     ///< Hook: of the next fill; zero: none.
  bool whole = false;                     ///< Whole shares: partial fills stay whole.
  bool routed = false;                    ///< Has been `new`, or would be were it not stuck.
  bool triggered = false;                 ///< The stop price was reached.
  bool at_market = false;                 ///< In its asset's list: may fill, holds and reserves.
  bool listed = false;                    ///< In the account's list of live orders.
  bool dormant = false;                   ///< A leg whose entry has not filled.
  bool hold_matching = false;             ///< Hook.
  bool stick_pending_cancel = false;      ///< Hook.

  Quantity leaves() const { return order.state.qty - order.state.filled_qty; }
};

/// What one account has in one asset. Stays when the position is flat.
struct Slot {
  AssetNumber asset;
  Quantity qty = Quantity::zero();
  Quantity held = Quantity::zero();  ///< By closing orders; never negative nor above |qty|.
  Int128 cost = 0;                   ///< Signed like qty, 1e-18 USD, exact but for partial closes.
  Int128 day_cost = 0;               ///< The same, counted from the last close.
  Money value = Money::zero();       ///< At the last price, signed.
  Money initial = Money::zero();     ///< Margins, not negative.
  Money maintenance = Money::zero();
  std::uint32_t live = 0;  ///< Orders at the market: nothing to look for when 0.
};

struct AccountRecord {
  AccountNumber number;
  Instant created_at;
  int multiplier;
  AccountFlags flags;
  Configuration configuration;
  Money cash;
  Money long_value = Money::zero();
  Money short_value = Money::zero();  ///< Not above 0.
  Money initial = Money::zero();
  Money maintenance = Money::zero();
  Money reserved = Money::zero();      ///< By open orders.
  Money opened_today = Money::zero();  ///< Cost of what was opened less what was closed, from 0 up.
  Money flow_today = Money::zero();
  Money flow_since_point = Money::zero();
  Money last_equity;
  Money last_maintenance = Money::zero();
  Money close_equity;  ///< At the last close; becomes last_equity when the next day starts.
  Money close_maintenance = Money::zero();
  TradeDate balance_asof;
  TradeDate close_date;
  std::vector<Slot> slots;
  std::vector<std::uint32_t> slot_of_asset;  ///< By asset number; 0: none, else index + 1.
  std::vector<OrderNumber> orders;           ///< All, in the order of submission.
  std::vector<OrderNumber> live;             ///< Those that are not final, ascending.
  std::vector<EquityPoint> history;
  Chunks<Activity> activities;

  Money equity() const { return cash + long_value + short_value; }
};

struct AssetRecord {
  Asset asset;
  Price close_price = Price::zero();   ///< Becomes last_day_price when the next day starts.
  Ratio forced_share = Ratio::zero();  ///< Hook.
  std::vector<OrderNumber> open;       ///< Orders at the market, in the order of submission.
  std::vector<AccountNumber> holders;  ///< Accounts with a slot.
};

enum class Boundary : std::uint8_t { kDayStart, kOpen, kClose, kPostEnd };

struct Clock {
  SessionMode mode;
  Instant now;
  SessionPhase phase;
  calendar::Session session;  ///< Running, or coming when all of its phases lie ahead.
  Boundary next_kind;
  Instant next;
  TradeDate day;  ///< In New York, of `now`.
  Instant day_end;
  bool in_auction = false;  ///< The open or the close is being worked on.
};

struct State {
  explicit State(const ExchangeSettings& settings);

  IdFactory ids;
  std::uint64_t random;  ///< SplitMix64's counter.
  Ratio partial_fill_probability;
  Clock clock;
  std::uint64_t sequence = 0;
  std::uint32_t groups = 0;
  std::vector<AssetRecord> assets;
  std::vector<AccountRecord> accounts;
  Chunks<OrderRecord> orders;
  TextArena texts;
  std::vector<std::string> notes;
  HashIndex symbol_index;
  HashIndex asset_id_index;
  HashIndex client_id_index;
  std::vector<Event> events;
  std::vector<OrderNumber> rests;    ///< Partly filled although all could fill: tried again later.
  std::vector<OrderNumber> scratch;  ///< Of match_asset.

  AccountRecord& account(AccountNumber number) { return accounts[index_of(number.get())]; }
  const AccountRecord& account(AccountNumber number) const {
    return accounts[index_of(number.get())];
  }
  AssetRecord& asset(AssetNumber number) { return assets[index_of(number.get())]; }
  const AssetRecord& asset(AssetNumber number) const { return assets[index_of(number.get())]; }
  OrderRecord& order(OrderNumber number) { return orders[index_of(number.get())]; }
  const OrderRecord& order(OrderNumber number) const { return orders[index_of(number.get())]; }

 private:
  static std::size_t index_of(std::uint32_t number) {
    SB_CHECK(number != 0);
    return number - 1;
  }
};

/// A number below `bound` (> 0) from the exchange's own generator.
std::uint64_t draw(State& state, std::uint64_t bound);

/// The account's slot, made when there is none.
Slot& slot_of(State& state, AccountRecord& account, AssetNumber asset);
const Slot* find_slot(const AccountRecord& account, AssetNumber asset);

std::optional<AssetNumber> find_asset(const State& state, std::string_view symbol_or_id);
/// Makes the asset known to find_asset.
void index_asset(State& state, const Asset& asset);
std::optional<OrderNumber> find_client_order(const State& state, AccountNumber account,
                                             std::string_view id);
void index_client_order(State& state, const Order& order);
/// A lookup of that id follows soon; in a large exchange waiting for memory is most of its cost.
void prefetch_client_order(const State& state, AccountNumber account, std::string_view id);

/// The number of a text kept for activities; 0 for "".
std::uint32_t keep_note(State& state, std::string_view note);

/// Appends an event with the order as it stands.
Event& raise(State& state, EventKind kind, const Order& order);

}  // namespace signalbus::exchange_core
