// Runner: the steps that executing a batch is made of, each through the journal. execute(), settle
// and sweep put them together.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "executor/executor.h"
#include "executor/order_table.h"

namespace signalbus::executor {

class Runner {
 public:
  Runner(const Doors& doors, const Policy& policy, std::string id_prefix, OrderTable table);

  OrderTable& table() { return table_; }
  bool halted() const { return halted_; }
  std::vector<std::string>& notes() { return notes_; }

  /// Whether the exchange takes orders now; asks it where there is one. `kLimitExceeded` words of
  /// why not are in `why_shut`.
  Status refresh_session();
  bool is_open_now() const;
  const std::string& why_shut() const { return why_shut_; }
  /// The end of the session that the batch's DAY orders are for.
  Instant session_close() const { return session_close_; }

  /// Reads the trading state; remembers a halt.
  Status check_control();

  /// What the broker has of our orders and executions, joined to the table and saved. A read that
  /// fails is remembered (trouble()) and changes nothing. An order of our form that no journal of
  /// ours knows halts: kHalted.
  Status look();
  /// Asks by id about every order that may have been sent and is not known to be there.
  Status ask_unknown();
  /// Why the last look failed; empty when it did not.
  const std::string& trouble() const { return trouble_; }

  /// From now on the breaker is asked after every answer.
  void break_with(Breaker breaker) { breaker_ = std::move(breaker); }
  /// What buys may cost from now on in all; nullopt: the gate is not told.
  void set_free_cash(std::optional<Money> cash) { free_cash_ = cash; }
  /// Asks the market for the prices of those orders. A failure is remembered in trouble().
  Status refresh_prices(const std::vector<Tracked*>& orders);
  /// Null where the market has no price, or nobody asks it.
  const PricePoint* fresh_price(const Intent& intent) const;

  /// Sends those orders, in groups: write-ahead through the gate, then each POST, then the answers.
  /// Those that the gate refuses are dropped when they were never sent.
  Status post(const std::vector<Tracked*>& orders, const Gate& gate);
  /// Never-sent orders that match end with those words.
  Status drop(const std::function<bool(const Tracked&)>& which, const std::string& words);
  /// Asks for the end of every live order that matches, again after a while.
  Status cancel(const std::function<bool(const Tracked&)>& which);
  Status save();

  /// Waits for a hint, or one poll. kUnavailable when nothing came and no time went by: an exchange
  /// whose clock stands still would be asked for ever.
  Status wait();

  Instant now() const { return doors_.clock.now(); }
  const Doors& doors() const { return doors_; }
  const Policy& policy() const { return policy_; }
  /// Orders at the broker that are not of this batch, as the last look saw them.
  const std::vector<BrokerOrder>& others() const { return others_; }
  /// When the newest order left for the first time.
  Instant last_post() const { return last_post_; }
  /// Whether an order waits for the second look of its horizon proof.
  bool proof_under_way() const;

 private:
  void log(LogLevel level, const std::string& words);
  void tell(const Tracked& order, execution::Rule rule);
  execution::Rule apply(Tracked& order, const execution::OrderInput& input);
  Instant since() const;
  Status join_orders(const std::vector<BrokerOrder>& orders);
  Status meet_stranger(const BrokerOrder& order);
  Status join_fills();
  Status find_legs();
  void join_leg(Tracked& leg, OrderEvent event);
  Status complete_executions();
  void ask(Tracked& order);
  std::vector<Tracked*> drop_left_brackets(const std::vector<Tracked*>& orders);
  Result<WriteAhead> write_ahead_of(Tracked& order);
  Status post_group(std::span<Tracked* const> group, const Gate& gate);
  Status through_gate(const Tracked& order, const Gate& gate, const GateFacts& facts,
                      const WriteAhead& post) const;
  void submit(Tracked& order);
  Status ask_breaker();
  const Doors& doors_;
  const Policy& policy_;
  std::string id_prefix_;
  OrderTable table_;
  std::vector<std::string> notes_;
  std::set<std::string> noted_;
  std::string trouble_;
  std::string why_shut_;
  bool halted_ = false;
  bool is_open_ = true;
  Instant looked_at_;    ///< When the newest listing was asked for.
  bool listed_ = false;  ///< A listing of all orders succeeded since the last POST.
  std::set<ClientOrderId> in_last_list_;
  std::optional<Instant> closes_at_;
  std::int64_t closes_in_ = 0;  ///< Microseconds from `asked_at_` to the close, by the exchange.
  std::int64_t asked_at_ = 0;   ///< When it was asked, by our monotonic clock.
  Instant session_close_;
  Instant last_post_;
  std::map<ClientOrderId, Instant> cancel_asked_;
  std::vector<BrokerOrder> others_;
  PriceBook fresh_;
  std::optional<Instant> fresh_at_;
  std::optional<Money> free_cash_;
  Breaker breaker_;
  Holdings positions_;
  bool has_positions_ = false;
};

}  // namespace signalbus::executor
