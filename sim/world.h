// World: everything outside of the program under test: the exchange with its market and account,
// the people who use that account too, and the time in which all of it happens.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/service.h"
#include "exchange/venue.h"
#include "sim/faults.h"
#include "sim/rng.h"
#include "sim/timeline.h"
#include "sim/trace.h"
#include "sim/watch.h"

namespace signalbus::sim {

namespace core = exchange_core;

/// Our orders carry this; nobody else's do.
inline constexpr std::string_view kPrefix = "sb";
/// Looks like no other text, so that finding it anywhere proves a leak.
inline constexpr std::string_view kKeyId = "PKSIMCANARY5190";
inline constexpr std::string_view kSecret = "sim-canary-3d7e90bb41";

struct WorldSpec {
  std::uint64_t seed = 0;
  TradeDate first_day = TradeDate::from_days(0);  ///< A session.
  int symbols = 1;                                ///< 1 to 40.
  FaultRates rates = {};
};

class World final : public exchange::VenueListener {
 public:
  World(const WorldSpec& spec, Trace& trace);
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World() override = default;

  Timeline& time() { return time_; }
  Instant now() const { return time_.now(); }
  Trace& trace() { return trace_; }
  void note(std::initializer_list<std::string_view> parts) { trace_.note(time_.now(), parts); }

  exchange::Venue& venue() { return venue_; }
  const core::Exchange& exchange() const { return venue_.core(); }
  core::AccountNumber account() const { return account_; }
  /// Whether the order carries our prefix, or is the leg of one that does.
  bool is_ours(core::OrderNumber number) const;
  /// What others did to an order of ours, so that a person must decide about it.
  bool is_tainted(std::string_view client_order_id) const {
    return tainted_.find(client_order_id) != tainted_.end();
  }
  /// Whether orders were there and not shown, an hour ago or less: a process may have been stopped
  /// for so long with the answer.
  bool forgot_lately() const { return now() < no_orders_until_.plus_seconds(3'600); }
  /// What is held before the story starts.
  void set_position(std::size_t symbol, Quantity quantity);
  std::string account_id() const { return exchange().account_id(account_).text(); }
  const std::vector<Symbol>& symbols() const { return symbols_; }
  Price price_of(std::size_t symbol) const;
  /// What buys must leave: more than prices move between a plan and its fills.
  Money cash_floor() const { return Money::from_raw(venue_.settings().cash.raw() / 20); }
  void watch(Watch& watch) { watches_.push_back(&watch); }
  void unwatch(Watch& watch) { std::erase(watches_, &watch); }
  std::span<Watch* const> watches() const { return watches_; }

  /// The exchange's answer to a request that has arrived; `late`: nobody waits for it any more.
  exchange::Reply deliver(const net::HttpRequest& request, bool late = false);

  /// Another installation sends an order under the id of this POST, which was lost.
  void take_id(const net::HttpRequest& request);
  /// What an answer is instead, while the exchange shows less than it knows.
  void disguise(const net::HttpRequest& request, net::HttpResponse& response);

  /// What a cache on the way remembers of an answer.
  struct Cached {
    Instant at;
    net::HttpResponse response;
  };
  std::map<std::string, Cached>& cache() { return cache_; }

  // -- Faults --------------------------------------------------------------------------------
  /// Whether it happens at this occasion; counted. Never once the world is healed.
  bool strikes(Fault fault);
  void count(Fault fault) { ++counts_[static_cast<std::size_t>(fault)]; }
  const FaultCounts& counts() const { return counts_; }
  /// From now on nothing goes wrong any more; halted symbols trade again.
  void heal();
  bool healed() const { return healed_; }
  Rng& rng() { return rng_; }

  /// Plans a session that lies ahead: prices move, people trade, symbols halt, minute by minute.
  void live_through(TradeDate day);
  /// Called every minute of a session, until the world is healed.
  void every_minute(std::function<void()> what) { minutely_.push_back(std::move(what)); }

  // -- What people moved -------------------------------------------------------------------
  /// What others took out of the account's cash since that moment, 1e-6 USD.
  Int128 taken_since(Instant since) const {
    Int128 sum = 0;
    for (auto at = taken_.rbegin(); at != taken_.rend() && at->first >= since; ++at) {
      sum += at->second;
    }
    return sum;
  }

  void on_event(const core::Event& event) override;
  void on_price(core::AssetNumber, Instant) override {}
  void on_halt(core::AssetNumber, bool, Instant) override {}

 private:
  void add_market_faults();
  void count_market_faults();
  void overnight();
  void minute(Instant close);
  void move_price();
  void halt_symbol();
  void trade_by_hand();
  void cancel_by_hand();
  void replace_by_hand();
  std::vector<core::OrderNumber> open_orders() const;
  std::optional<core::OrderNumber> any_open_order();
  void taint(core::OrderNumber order);
  void forget_orders();
  void move_cash();
  void block_asset();
  static Price cents(Price price);
  std::size_t any_symbol() { return rng_.below(symbols_.size()); }

  Trace& trace_;
  FaultRates rates_;
  Rng rng_;
  std::vector<Rng> strike_rngs_;  // one per fault
  Timeline time_;
  std::vector<Symbol> symbols_;
  std::vector<core::AssetNumber> assets_;
  std::vector<Price> base_;  // of the day
  exchange::Venue venue_;
  exchange::Service service_;
  core::AccountNumber account_ = core::kNoAccount;
  std::vector<Fault> market_faults_;  // by rule of the exchange's fault layer
  std::vector<Watch*> watches_;
  std::vector<std::function<void()>> minutely_;
  std::map<std::string, Cached> cache_;  // by target
  FaultCounts counts_{};
  bool healed_ = false;
  std::vector<std::pair<Instant, Int128>> taken_;  // cash, by others
  std::set<std::string, std::less<>> tainted_;     // client order ids
  std::set<core::OrderNumber> not_ours_;           // in spite of their ids
  Instant no_executions_until_ = Instant::from_micros(0);
  Instant no_orders_until_ = Instant::from_micros(0);
  int foreign_orders_ = 0;
};

}  // namespace signalbus::sim
