// Venue: the simulated exchange as a whole: core, prices, clock, accounts by key; no protocol.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "exchange/prices.h"
#include "exchange/recorded_exchange.h"
#include "exchange/settings.h"
#include "exchange/venue_clock.h"
#include "exchange/venue_files.h"
#include "exchange_core/queries.h"

namespace signalbus::exchange {

namespace core = exchange_core;

/// Told as things happen, within the command that made them happen.
class VenueListener {
 public:
  virtual ~VenueListener() = default;
  virtual void on_event(const core::Event& event) = 0;
  virtual void on_price(core::AssetNumber asset, Instant at) = 0;
  virtual void on_halt(core::AssetNumber asset, bool halted, Instant at) = 0;
};

/// A POST under one client order id: the truth that tests compare with.
struct Receipt {
  std::string client_order_id;
  std::string body_sha256;  ///< Of the first body.
  std::uint32_t received = 0;
  int http_status = 0;                       ///< Of the first decision.
  core::OrderNumber order = core::kNoOrder;  ///< kNoOrder: none came of it.
};

/// Settings of an account that mean nothing to the core.
struct AccountExtras {
  std::string trade_confirm_email = "all";
  bool ptp_no_exception_entry = false;
  bool disable_overnight_trading = false;
  std::optional<std::int64_t> max_options_trading_level;
};

struct VenueAccount {
  core::AccountNumber number = core::kNoAccount;
  std::string key_id;
  AccountExtras extras;
  std::vector<Receipt> receipts;                            ///< In the order of arrival.
  std::unordered_map<std::string, std::size_t> receipt_of;  ///< By client order id.
};

struct VenueInputs {
  PriceTable prices;
  std::vector<core::AssetTerms> assets = {};
  std::vector<CorporateAction> actions = {};
  std::vector<FeeRule> fees = {};
};

/// Single-threaded. Every command happens at now(); settle() first brings that up to the clock.
class Venue {
 public:
  /// `clock` must outlive this.
  Venue(const VenueSettings& settings, VenueInputs inputs, const Clock& clock);
  Venue(const Venue&) = delete;
  Venue& operator=(const Venue&) = delete;
  ~Venue() = default;

  /// Before start(): does what an earlier process recorded. kInvalidInput for lines that are not
  /// ours.
  Status replay(std::span<const std::string> lines);
  /// Opens the market; from now on every change goes to `sink`, when there is one.
  Status start(CommandSink* sink);
  /// Makes what happened durable: to be called before anybody is told of it.
  Status commit() { return exchange_.commit(); }

  const core::Exchange& core() const { return exchange_.core(); }
  const VenueSettings& settings() const { return settings_; }
  const VenueClock& clock() const { return clock_; }
  const PriceTable& prices() const { return inputs_.prices; }
  std::span<const CorporateAction> actions() const { return inputs_.actions; }
  Instant now() const { return now_; }
  void listen(VenueListener& listener) { listeners_.push_back(&listener); }
  /// One line per change for people; without secrets.
  void log_to(std::function<void(std::string_view)> log) { log_ = std::move(log); }
  void say(std::string_view line) const;
  bool logs() const { return static_cast<bool>(log_); }

  // -- Time ----------------------------------------------------------------------------------
  /// Does what was due until the clock's time.
  void settle();
  /// Moves a simulated clock. kInvalidInput for another one and beyond the calendar.
  Status advance_by(std::int64_t seconds);
  Status advance_to_next_open();
  /// When an order that was held back is due, or the next price of a walk; for timers.
  bool has_pending() const { return !releases_.empty() || settings_.walk_bps > 0; }

  // -- Prices and assets ---------------------------------------------------------------------
  void set_price(core::AssetNumber asset, Price price);
  void put_asset(const core::AssetTerms& terms);
  void set_halted(core::AssetNumber asset, bool halted);
  void split(core::AssetNumber asset, SplitRatio ratio);

  // -- Accounts ------------------------------------------------------------------------------
  /// Opened on first use.
  VenueAccount& account_of(std::string_view key_id);
  VenueAccount* find_account(std::string_view key_id);
  const VenueAccount& account(core::AccountNumber number) const;
  std::span<const std::unique_ptr<VenueAccount>> accounts() const { return accounts_; }
  void configure(VenueAccount& account, const core::Configuration& configuration,
                 const AccountExtras& extras);
  void move_cash(core::AccountNumber account, core::ActivityKind kind, Money amount,
                 std::string_view note);
  void set_position(core::AccountNumber account, core::AssetNumber asset, Quantity qty,
                    Price avg_entry_price);

  // -- Orders --------------------------------------------------------------------------------
  /// `held_for`: the order waits that many seconds before it may fill; 0: it does not wait.
  core::Answer<core::Placed> submit(core::AccountNumber account, const core::OrderRequest& request,
                                    const core::SubmitHooks& hooks, std::int64_t held_for);
  core::Answer<core::Placed> replace(core::AccountNumber account, core::OrderNumber order,
                                     const core::ReplaceRequest& request);
  core::Answer<core::Done> cancel(core::AccountNumber account, core::OrderNumber order);
  std::vector<core::CanceledOrder> cancel_all(core::AccountNumber account);
  core::Answer<core::Placed> close_position(core::AccountNumber account, std::string_view symbol,
                                            const core::CloseRequest& request);
  std::vector<core::ClosedPosition> close_all_positions(core::AccountNumber account,
                                                        bool cancel_orders);
  /// Notes that a POST came, under its client order id ("" when it had none that could be read).
  void receive(VenueAccount& account, std::string_view client_order_id, std::string_view body,
               int http_status, core::OrderNumber order);

 private:
  struct Release {
    Instant due;
    core::OrderNumber order;
  };

  void advance_to(Instant target);
  void open_day(TradeDate day);
  void act(const CorporateAction& action);
  void charge_fees();
  void add_fees(const core::Event& event);
  void walk_prices(Instant minute);
  Price walked(std::size_t symbol, Instant minute, Price price) const;
  void release_due(Instant now);
  void put_assets();
  void quote_all(TradeDate day);
  void quote(core::AssetNumber asset, Price price);
  core::Quote quote_at(Price price) const;
  Instant next_opening(Instant after) const;
  Instant next_walk(Instant after) const;
  void drain();
  void count_receipt(VenueAccount& account, std::string_view client_order_id,
                     const std::string& sha256, int http_status, core::OrderNumber order);
  Status replay_begin(CommandFields& fields);
  Status replay_note(CommandFields fields);
  VenueAccount& add_account(std::string_view key_id, core::AccountNumber number);

  VenueSettings settings_;
  VenueInputs inputs_;
  VenueClock clock_;
  core::ExchangeSettings core_settings_;
  RecordedExchange exchange_;
  Instant now_;
  Instant next_open_ = Instant::from_micros(0);
  Instant next_walk_ = Instant::from_micros(0);
  TradeDate day_ = TradeDate::from_days(0);              // whose prices and actions are in
  std::vector<core::AssetNumber> asset_of_;              // by index of the price table
  std::vector<std::unique_ptr<VenueAccount>> accounts_;  // by account number - 1
  std::map<std::string, std::size_t, std::less<>> account_index_;
  std::map<std::pair<std::uint32_t, std::size_t>, Int128> fees_due_;  // 1e-18 USD
  std::vector<Release> releases_;
  bool replayed_ = false;
  std::vector<VenueListener*> listeners_;
  std::function<void(std::string_view)> log_;
};

}  // namespace signalbus::exchange
