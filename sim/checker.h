// Checker: sees everything and knows what must never happen (I1 to I18 of docs/simulation.md). It
// compares what the program does with the exchange's own books, by its own arithmetic.
#pragma once

#include <deque>
#include <map>
#include <string>

#include "sim/model.h"
#include "sim/process.h"
#include "sim/promises.h"
#include "sim/violation.h"
#include "sim/watch.h"
#include "sim/world.h"
#include "storage/sqlite_journal.h"

namespace signalbus::sim {

class Checker final : public Watch {
 public:
  Checker(World& world, const Promises& promises) : world_(world), promises_(promises) {
    world_.watch(*this);
  }
  ~Checker() override { world_.unwatch(*this); }
  Checker(const Checker&) = delete;
  Checker& operator=(const Checker&) = delete;

  void on_exchange_event(const core::Event& event) override;
  void on_birth(const Process& process) override;
  void on_death(ProcessId life) override;
  void on_log(ProcessId life, std::string_view line) override;
  void on_request(ProcessId life, const net::HttpRequest& request) override;
  void on_answer(ProcessId life, const net::HttpRequest& request, int status) override;
  void on_arrival(const net::HttpRequest& request, int status, bool late) override;
  void on_write_begins(ProcessId life) override;
  void on_write_ends(ProcessId life) override;
  void on_write_failed(ProcessId life) override;
  void on_take_over(ProcessId life) override;
  void on_batch_opened(ProcessId life, const Batch& batch,
                       std::span<const Intent> intents) override;
  void on_legs_added(ProcessId life, const Batch& batch, std::span<const Intent> legs) override;
  void on_write_ahead(ProcessId life, const Batch& batch, std::span<const WriteAhead> posts,
                      std::span<const Status> answers) override;
  void on_recorded(ProcessId life, const Batch& batch, std::span<const OrderEvent> events,
                   std::span<const Fill> fills) override;
  void on_batch_closed(ProcessId life, const Batch& batch, BatchState state) override;
  void on_control(const ControlRecord& record) override;

  /// The disk may have lost something: everything is compared.
  void look_closely() { look_closely_ = true; }
  /// A new life reads what the last one left: everything that was acknowledged must be there.
  void compare(storage::SqliteJournal& journal);
  /// Nothing goes wrong any more and everything had its time: I7, I9, I18, L1.
  void check_end(storage::SqliteJournal& journal);

  /// From now on nothing has to be done any more, so nothing may be: I13.
  void expect_silence() { silence_ = true; }
  /// No secret in these bytes: of a disk, say.
  void check_secret(std::string_view text, std::string_view where) const;

  const Model& model() const { return model_; }
  /// How often each thing that must happen somewhere did: "LIVE>CANCELLING".
  const std::map<std::string, std::uint64_t>& seen() const { return seen_; }

 private:
  [[noreturn]] void violated(std::string_view invariant, const std::string& words) const;
  void require(bool holds, std::string_view invariant, std::string_view words,
               std::string_view who = {}) const {
    if (!holds)
      violated(invariant, std::string(words) + (who.empty() ? "" : ": ") + std::string(who));
  }
  KnownOrder& known(std::string_view id, std::string_view invariant);
  std::optional<core::OrderNumber> at_broker(std::string_view id) const;

  void check_writer(ProcessId life);
  void check_new_order(const core::Order& order);
  void check_cash(const core::Order& bought);
  void check_rate(ProcessId life);
  void check_silence(std::string_view what) const {
    require(!silence_, "I13", "a second recovery still has something to do", what);
  }
  void check_post(ProcessId life, const net::HttpRequest& request);
  void check_let_out(ProcessId life, const KnownOrder& order, const WriteAhead& post);
  void check_buy_waits(const KnownOrder& buy);
  bool has_reason_for_a_person(ProcessId life) const;
  void check_limits(const KnownOrder& order, const WriteAhead& post);
  void check_session(ProcessId life, const WriteAhead& post);
  void add_leg(const Batch& batch, const Intent& leg);
  void check_leg(const KnownOrder& leg, const OrderEvent& event);
  void check_final(const KnownOrder& order, const OrderEvent& event);
  void move_to(KnownOrder& order, OrderState next);
  void book(const Fill& fill);
  void compare_batch(Journal& journal, KnownBatch& known);
  void check_fills(const KnownOrder& order) const;

  World& world_;
  Promises promises_;
  Model model_;
  std::map<ProcessId, const Process*> alive_;
  std::map<ProcessId, std::deque<Instant>> requests_;
  struct DayUse {
    Int128 notional = 0;  // 1e-6 USD
    std::int64_t orders = 0;
  };
  std::map<TradeDate, DayUse> used_;           // first write-aheads, by run date
  std::map<std::string, int> orders_of_wish_;  // by batch, symbol, side, leg
  std::map<std::string, std::uint64_t> seen_;
  bool silence_ = false;
  bool look_closely_ = false;
};

}  // namespace signalbus::sim
