#include "sim/watched_journal.h"

#include "execution/mutation.h"

namespace signalbus::sim {

using execution::mutated;
using execution::Mutation;

template <class Call>
auto WatchedJournal::reads(std::string_view what, const Call& call) {
  process_.pause_point(what);
  pay_debt();
  return call();
}

/// The journal as m5 and m9 leave it: a failed sync counts as done, a fence holds nobody back.
/// `lie` is what it would have said.
template <class Call, class Lie>
auto WatchedJournal::broken(const Call& call, const Lie& lie) {
  auto result = call();
  if (result.ok() || is_dead()) return result;
  if (mutated(Mutation::kSyncErrorIgnored) && result.error().code == ErrorCode::kStorage) {
    if (connection_.open().ok()) {
      (void)journal().take_over(Mode::kPaper, "goes on", world_.now());
      return decltype(result)(lie());
    }
  }
  if (mutated(Mutation::kNoFence) && result.error().code == ErrorCode::kLocked) {
    (void)journal().take_over(Mode::kPaper, "no fence", world_.now());
    return call();
  }
  return result;
}

/// m1: the write-ahead is asked for, and written when the journal is next used.
Result<std::vector<Status>> WatchedJournal::owe(const Batch& batch,
                                                std::span<const WriteAhead> posts,
                                                const ExitGate& gate) {
  const GateFacts facts{journal().control().value(), {}};
  std::vector<Status> answers;
  std::vector<WriteAhead> left;
  for (const WriteAhead& post : posts) {
    answers.push_back(gate(facts, post));
    if (answers.back().ok()) left.push_back(post);
  }
  debt_ = [this, batch, left] {
    (void)journal().write_ahead(batch, left,
                                [](const GateFacts&, const WriteAhead&) { return Status(Ok{}); });
  };
  return answers;
}

void WatchedJournal::pay_debt() {
  if (debt_) std::exchange(debt_, nullptr)();
}

/// `call` does the work and tells the watches; after it a process may die with the work done.
template <class Call>
auto WatchedJournal::writes(std::string_view what, const Call& call) {
  process_.pause_point(what);
  pay_debt();
  tell([&](Watch& watch) { watch.on_write_begins(process_.life()); });
  connection_.machine().before_write();
  auto result = call();
  if (is_dead()) process_.die(Fault::kKilledInCommit);
  connection_.machine().after_write();
  if (!result.ok()) {
    world_.note({"journal:", what, result.error().message});
    const bool storage = result.error().code == ErrorCode::kStorage;
    if (storage) tell([&](Watch& watch) { watch.on_write_failed(process_.life()); });
  }
  tell([&](Watch& watch) { watch.on_write_ends(process_.life()); });
  process_.pause_point(what);
  return result;
}

Result<std::optional<Batch>> WatchedJournal::latest_batch(const BatchKey& key) {
  return reads("latest_batch", [&] { return journal().latest_batch(key); });
}

Status WatchedJournal::open_batch(const Batch& batch, std::span<const Intent> intents,
                                  std::span<const SleeveMove> moves) {
  return writes("open_batch", [&] {
    Status status = journal().open_batch(batch, intents, moves);
    if (!status.ok() || is_dead()) return status;
    world_.note({"batch", batch.id().get(), std::to_string(intents.size())});
    tell([&](Watch& watch) { watch.on_batch_opened(process_.life(), batch, intents); });
    return status;
  });
}

Status WatchedJournal::add_legs(const Batch& batch, std::span<const Intent> legs) {
  return writes("add_legs", [&] {
    Status status = broken([&] { return journal().add_legs(batch, legs); }, [] { return Ok{}; });
    if (!status.ok() || is_dead()) return status;
    for (const Intent& leg : legs) {
      world_.note({"leg:", leg.client_order_id.get(), "of", leg.parent.get()});
    }
    tell([&](Watch& watch) { watch.on_legs_added(process_.life(), batch, legs); });
    return status;
  });
}

Result<std::vector<Batch>> WatchedJournal::batches_with_open_legs(Mode mode,
                                                                  const AccountId& account) {
  return reads("batches_with_open_legs",
               [&] { return journal().batches_with_open_legs(mode, account); });
}

Result<std::vector<Intent>> WatchedJournal::intents(const Batch& batch) {
  return reads("intents", [&] { return journal().intents(batch); });
}

Status WatchedJournal::record(const Batch& batch, std::span<const OrderEvent> events,
                              std::span<const Fill> fills) {
  return writes("record", [&] {
    Status status =
        broken([&] { return journal().record(batch, events, fills); }, [] { return Ok{}; });
    if (!status.ok() || is_dead()) return status;
    for (const OrderEvent& event : events) {
      world_.note({"recorded:", event.client_order_id.get(), to_text(event.state),
                   event.filled_qty.text(), event.error});
    }
    for (const Fill& fill : fills) {
      world_.note(
          {"execution:", fill.client_order_id.get(), fill.execution_id, fill.quantity.text()});
    }
    tell([&](Watch& watch) { watch.on_recorded(process_.life(), batch, events, fills); });
    return status;
  });
}

Status WatchedJournal::close_batch(const Batch& batch, BatchState state, Instant at) {
  return writes("close_batch", [&] {
    Status status = journal().close_batch(batch, state, at);
    if (!status.ok() || is_dead()) return status;
    world_.note({"batch", batch.id().get(), to_text(state)});
    tell([&](Watch& watch) { watch.on_batch_closed(process_.life(), batch, state); });
    return status;
  });
}

Result<std::vector<OrderRecord>> WatchedJournal::orders(const Batch& batch) {
  return reads("orders", [&] { return journal().orders(batch); });
}

Result<std::vector<Fill>> WatchedJournal::fills(const Batch& batch) {
  return reads("fills", [&] { return journal().fills(batch); });
}

Result<std::set<Symbol>> WatchedJournal::traded_symbols(Mode mode, const AccountId& account) {
  return reads("traded_symbols", [&] { return journal().traded_symbols(mode, account); });
}

Status WatchedJournal::join_holder(Mode mode) {
  return writes("join_holder", [&] { return journal().join_holder(mode); });
}

Status WatchedJournal::take_over(Mode mode, const std::string& holder, Instant at) {
  return writes("take_over", [&] {
    Status status = journal().take_over(mode, holder, at);
    if (!status.ok() || is_dead()) return status;
    world_.note({"takes over:", holder});
    tell([&](Watch& watch) { watch.on_take_over(process_.life()); });
    return status;
  });
}

Result<std::vector<Batch>> WatchedJournal::all_open_batches() {
  return reads("all_open_batches", [&] { return journal().all_open_batches(); });
}

Result<std::vector<Batch>> WatchedJournal::open_batches(Mode mode, const AccountId& account) {
  return reads("open_batches", [&] { return journal().open_batches(mode, account); });
}

Result<bool> WatchedJournal::knows(const ClientOrderId& id) {
  return reads("knows", [&] { return journal().knows(id); });
}

Result<std::vector<Status>> WatchedJournal::write_ahead(const Batch& batch,
                                                        std::span<const WriteAhead> posts,
                                                        const ExitGate& gate) {
  if (mutated(Mutation::kNoWriteAhead)) return owe(batch, posts, gate);
  return writes("write_ahead", [&] {
    std::vector<Status> heard;
    const ExitGate listened = [&](const GateFacts& facts, const WriteAhead& post) {
      heard.push_back(gate(facts, post));
      return heard.back();
    };
    const auto lie = [&]() -> Result<std::vector<Status>> {
      if (heard.size() == posts.size()) return heard;
      return Error{ErrorCode::kStorage, "it failed before the gate had answered"};
    };
    Result<std::vector<Status>> answers =
        broken([&] { return journal().write_ahead(batch, posts, listened); }, lie);
    if (!answers.ok() || is_dead()) return answers;
    for (std::size_t i = 0; i < posts.size(); ++i) {
      const Status& answer = answers.value()[i];
      world_.note({"write-ahead:", posts[i].client_order_id.get(),
                   answer.ok() ? std::string_view("ok") : answer.error().message});
    }
    tell([&](Watch& watch) {
      watch.on_write_ahead(process_.life(), batch, posts, answers.value());
    });
    return answers;
  });
}

Result<ControlRecord> WatchedJournal::control() {
  return reads("control", [&] { return journal().control(); });
}

Status WatchedJournal::set_control(const ControlRecord& record) {
  return writes("set_control", [&] {
    Status status = journal().set_control(record);
    if (!status.ok() || is_dead()) return status;
    world_.note({"control:", to_text(record.state), record.reason});
    tell([&](Watch& watch) { watch.on_control(record); });
    return status;
  });
}

Result<DayUse> WatchedJournal::day_use(Mode mode, const AccountId& account, TradeDate date) {
  return reads("day_use", [&] { return journal().day_use(mode, account, date); });
}

Result<EquityMarks> WatchedJournal::mark_equity(Mode mode, const AccountId& account, TradeDate date,
                                                Money equity) {
  return writes("mark_equity", [&] { return journal().mark_equity(mode, account, date, equity); });
}

Result<std::optional<TradeDate>> WatchedJournal::first_equity_mark(Mode mode,
                                                                   const AccountId& account) {
  return reads("first_equity_mark", [&] { return journal().first_equity_mark(mode, account); });
}

Result<std::vector<Override>> WatchedJournal::unused_overrides(Instant at) {
  return reads("unused_overrides", [&] { return journal().unused_overrides(at); });
}

Status WatchedJournal::add_override(const Override& permission) {
  return writes("add_override", [&] { return journal().add_override(permission); });
}

Result<std::optional<Override>> WatchedJournal::use_override(const std::string& rule, Instant at) {
  return writes("use_override", [&] { return journal().use_override(rule, at); });
}

Result<std::span<const SleeveEntry>> WatchedJournal::sleeve_entries(Mode mode,
                                                                    const AccountId& account) {
  return reads("sleeve_entries", [&] { return journal().sleeve_entries(mode, account); });
}

Status WatchedJournal::acknowledge(Mode mode, const AccountId& account,
                                   const Acknowledgement& seen) {
  return writes("acknowledge", [&] { return journal().acknowledge(mode, account, seen); });
}

Result<std::vector<Acknowledgement>> WatchedJournal::acknowledgements(Mode mode,
                                                                      const AccountId& account) {
  return reads("acknowledgements", [&] { return journal().acknowledgements(mode, account); });
}

Result<std::optional<Baseline>> WatchedJournal::baseline(Mode mode, const AccountId& account) {
  return reads("baseline", [&] { return journal().baseline(mode, account); });
}

Status WatchedJournal::set_baseline(Mode mode, const AccountId& account, const Baseline& baseline) {
  return writes("set_baseline", [&] { return journal().set_baseline(mode, account, baseline); });
}

Result<std::vector<Batch>> WatchedJournal::batches_since(Mode mode, const AccountId& account,
                                                         Instant opened) {
  return reads("batches_since", [&] { return journal().batches_since(mode, account, opened); });
}

Result<RunRecord> WatchedJournal::begin_run(Mode mode, TradeDate run_date, Instant at) {
  return writes("begin_run", [&] { return journal().begin_run(mode, run_date, at); });
}

Status WatchedJournal::finish_run(const RunRecord& run, Instant at, int exit_code,
                                  const std::string& outcome) {
  return writes("finish_run", [&] { return journal().finish_run(run, at, exit_code, outcome); });
}

Result<bool> WatchedJournal::run_succeeded(Mode mode, TradeDate run_date) {
  return reads("run_succeeded", [&] { return journal().run_succeeded(mode, run_date); });
}

}  // namespace signalbus::sim
