// WatchedJournal: the real journal, with a pause point before and after each call, and every change
// told to the checker.
#pragma once

#include <functional>

#include "ports/journal.h"
#include "sim/machine.h"
#include "sim/process.h"

namespace signalbus::sim {

class WatchedJournal final : public Journal {
 public:
  /// The connection must be open when a function is called.
  WatchedJournal(Connection& connection, Process& process)
      : connection_(connection), process_(process), world_(process.world()) {}

  Result<std::optional<Batch>> latest_batch(const BatchKey& key) override;
  Status open_batch(const Batch& batch, std::span<const Intent> intents,
                    std::span<const SleeveMove> moves) override;
  Status add_legs(const Batch& batch, std::span<const Intent> legs) override;
  Result<std::vector<Batch>> batches_with_open_legs(Mode mode, const AccountId& account) override;
  Result<std::vector<Intent>> intents(const Batch& batch) override;
  Status record(const Batch& batch, std::span<const OrderEvent> events,
                std::span<const Fill> fills) override;
  Status close_batch(const Batch& batch, BatchState state, Instant at) override;
  Result<std::vector<OrderRecord>> orders(const Batch& batch) override;
  Result<std::vector<Fill>> fills(const Batch& batch) override;
  Result<std::set<Symbol>> traded_symbols(Mode mode, const AccountId& account) override;
  Status take_over(Mode mode, const std::string& holder, Instant at) override;
  Status join_holder(Mode mode) override;
  Result<std::vector<Batch>> all_open_batches() override;
  Result<std::vector<Batch>> open_batches(Mode mode, const AccountId& account) override;
  Result<bool> knows(const ClientOrderId& id) override;
  Result<std::vector<Status>> write_ahead(const Batch& batch, std::span<const WriteAhead> posts,
                                          const ExitGate& gate) override;
  Result<ControlRecord> control() override;
  Status set_control(const ControlRecord& record) override;
  Result<DayUse> day_use(Mode mode, const AccountId& account, TradeDate date) override;
  Result<EquityMarks> mark_equity(Mode mode, const AccountId& account, TradeDate date,
                                  Money equity) override;
  Result<std::optional<TradeDate>> first_equity_mark(Mode mode, const AccountId& account) override;
  Status add_override(const Override& permission) override;
  Result<std::vector<Override>> unused_overrides(Instant at) override;
  Result<std::optional<Override>> use_override(const std::string& rule, Instant at) override;
  Result<std::span<const SleeveEntry>> sleeve_entries(Mode mode, const AccountId& account) override;
  Status acknowledge(Mode mode, const AccountId& account, const Acknowledgement& seen) override;
  Result<std::vector<Acknowledgement>> acknowledgements(Mode mode,
                                                        const AccountId& account) override;
  Result<std::optional<Baseline>> baseline(Mode mode, const AccountId& account) override;
  Status set_baseline(Mode mode, const AccountId& account, const Baseline& baseline) override;
  Result<std::vector<Batch>> batches_since(Mode mode, const AccountId& account,
                                           Instant opened) override;
  Result<RunRecord> begin_run(Mode mode, TradeDate run_date, Instant at) override;
  Status finish_run(const RunRecord& run, Instant at, int exit_code,
                    const std::string& outcome) override;
  Result<bool> run_succeeded(Mode mode, TradeDate run_date) override;

 private:
  template <class Call>
  auto reads(std::string_view what, const Call& call);
  template <class Call>
  auto writes(std::string_view what, const Call& call);
  void tell(const std::function<void(Watch&)>& what) {
    for (Watch* watch : world_.watches()) what(*watch);
  }

  Journal& journal() { return connection_.journal(); }
  bool is_dead() const { return connection_.is_dead(); }
  void pay_debt();
  Result<std::vector<Status>> owe(const Batch& batch, std::span<const WriteAhead> posts,
                                  const ExitGate& gate);
  template <class Call, class Lie>
  auto broken(const Call& call, const Lie& lie);

  Connection& connection_;
  Process& process_;
  World& world_;
  std::function<void()> debt_;  // m1: a write-ahead that is not written yet
};

}  // namespace signalbus::sim
