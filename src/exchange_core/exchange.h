// Exchange: accounts, assets, orders and their fills. Commands in, decisions and events out.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/money.h"
#include "core/result.h"
#include "core/time.h"
#include "exchange_core/account.h"
#include "exchange_core/asset.h"
#include "exchange_core/event.h"
#include "exchange_core/identity.h"
#include "exchange_core/order.h"
#include "exchange_core/refusal.h"

namespace signalbus::exchange_core {

struct State;

enum class SessionMode {
  kAlwaysOpen,  ///< Every day is a session from midnight to midnight in New York.
  kCalendar     ///< src/calendar: regular, pre- (from 04:00) and post-market (to 20:00) hours.
};

struct ExchangeSettings {
  std::uint64_t seed = 1;
  SessionMode mode = SessionMode::kAlwaysOpen;
  Instant start = Instant::from_micros(0);         ///< 1990 to 2035 with kCalendar.
  Ratio partial_fill_probability = Ratio::zero();  ///< Alpaca's paper trading: 0.1.
};

/// DELETE /v2/positions/{symbol}: at most one of the two; neither closes all of it.
struct CloseRequest {
  std::optional<Quantity> qty = std::nullopt;
  std::optional<Ratio> percentage = std::nullopt;  ///< 0..100: 12.5 is 12.5 %.
};
struct ClosedPosition {
  AssetNumber asset;
  Answer<Placed> answer;
};
struct CanceledOrder {
  OrderNumber order;
  std::optional<Refusal> refusal;  ///< Absent: 200.
};

/// A machine without input or output: the same settings and the same commands give the same ids,
/// events and answers, byte for byte; keeping the commands keeps the exchange. Not thread-safe.
///
/// Every command has the time `now`. Time never runs backwards: an earlier `now` counts as the
/// latest one seen. A command first does what was due until then (open, close, expiry, the rest of
/// partial fills), as advance_to() would. To open with new prices give them at an instant before
/// next_boundary().
///
/// Numbers given by the caller must come from this exchange: others are bugs and end the process.
class Exchange {
 public:
  explicit Exchange(const ExchangeSettings& settings);
  ~Exchange();
  Exchange(Exchange&&) noexcept;
  Exchange& operator=(Exchange&&) noexcept;

  // -- Time, assets, prices ------------------------------------------------------------------
  void advance_to(Instant now);
  Instant now() const;
  SessionPhase phase() const;
  /// When the phase changes next; the session's times for /v2/clock come from src/calendar.
  Instant next_boundary() const;
  TradeDate session_date() const;  ///< Of the running session, or of the last one.

  /// Adds the asset or changes its terms (the symbol decides which). An asset that is no longer
  /// easy to borrow loses its open short sales before the next open.
  AssetNumber put_asset(Instant now, const AssetTerms& terms);
  void set_quote(Instant now, AssetNumber asset, const Quote& quote);
  void set_halted(Instant now, AssetNumber asset, bool halted);
  /// `numerator` new shares for `denominator` old ones: positions, open orders (gtc, or queued day
  /// orders) and the quote of the asset are adjusted, orders for prices that vanish are canceled.
  /// Positions keep 9 decimals, cut toward zero; the cost stays.
  void split(Instant now, AssetNumber asset, std::uint32_t numerator, std::uint32_t denominator);
  /// Pays (or charges shorts) per share, to the cent: one DIV activity per holder.
  void pay_dividend(Instant now, AssetNumber asset, Price per_share);

  // -- Accounts ------------------------------------------------------------------------------
  AccountNumber open_account(Instant now, const AccountTerms& terms);
  void set_configuration(Instant now, AccountNumber account, const Configuration& configuration);
  void set_flags(Instant now, AccountNumber account, const AccountFlags& flags);
  void set_multiplier(Instant now, AccountNumber account, int multiplier);
  /// Moves cash outside of trading: kFee, kInterest, kDeposit, kWithdrawal, kCashJournal. `amount`
  /// is signed as it changes cash.
  void move_cash(Instant now, AccountNumber account, ActivityKind kind, Money amount,
                 std::string_view note);
  /// Makes the position that quantity at that entry price, as a share journal. Open orders of the
  /// account in that asset are canceled first.
  void set_position(Instant now, AccountNumber account, AssetNumber asset, Quantity qty,
                    Price avg_entry_price);

  // -- Orders --------------------------------------------------------------------------------
  Answer<Placed> submit(Instant now, AccountNumber account, const OrderRequest& request,
                        const SubmitHooks& hooks = {});
  Answer<Placed> replace(Instant now, AccountNumber account, OrderNumber order,
                         const ReplaceRequest& request);
  /// A repeat for a canceled order is Done again.
  Answer<Done> cancel(Instant now, AccountNumber account, OrderNumber order);
  /// Every order that was not final, legs too, oldest first. Stuck ones stay pending_cancel.
  std::vector<CanceledOrder> cancel_all(Instant now, AccountNumber account);
  /// A market day order for the position, or part of it. `symbol` may be the asset's UUID.
  Answer<Placed> close_position(Instant now, AccountNumber account, std::string_view symbol,
                                const CloseRequest& request);
  std::vector<ClosedPosition> close_all_positions(Instant now, AccountNumber account,
                                                  bool cancel_orders);

  // -- Hooks of the fault layer --------------------------------------------------------------
  /// The next fill of any order in the asset is that share of what is left (above 0, below 1;
  /// whole-share orders at least one share).
  void force_fill_share(AssetNumber asset, Ratio share);
  void force_fill_share(OrderNumber order, Ratio share);
  /// Ends hold_matching (the order becomes `new` and may fill) or pending_cancel (canceled).
  void release(Instant now, OrderNumber order);
  /// Rejects an order that is not final after it was accepted.
  void reject(Instant now, OrderNumber order);
  /// A cancel or replace that was answered with success but did not happen: only its event.
  void raise_cancel_rejected(Instant now, OrderNumber order);
  void raise_replace_rejected(Instant now, OrderNumber order);

  // -- What happened -------------------------------------------------------------------------
  /// Events since the last clear_events(), oldest first. Call it after every command or now and
  /// then; events hold no memory of the exchange.
  std::span<const Event> events() const;
  void clear_events();

  // -- What is there -------------------------------------------------------------------------
  const Order& order(OrderNumber number) const;
  const Asset& asset(AssetNumber number) const;  ///< Good until the next put_asset().
  std::uint32_t order_count() const;
  std::uint32_t asset_count() const;
  std::uint32_t account_count() const;
  std::string_view note(std::uint32_t number) const;

  Uuid order_id(OrderNumber number) const;
  Uuid account_id(AccountNumber number) const;
  Uuid execution_id(std::uint64_t sequence) const;  ///< Of an event or a fill.
  Uuid group_id(std::uint32_t group) const;         ///< Of activities.
  std::optional<OrderNumber> find_order(AccountNumber account, const Uuid& id) const;
  std::optional<OrderNumber> find_client_order(AccountNumber account, std::string_view id) const;
  /// By symbol or by asset UUID.
  std::optional<AssetNumber> find_asset(std::string_view symbol_or_id) const;

  /// For queries.h and tests.
  const State& state() const { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace signalbus::exchange_core
