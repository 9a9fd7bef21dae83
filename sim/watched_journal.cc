#include "sim/watched_journal.h"

namespace signalbus::sim {

template <class Call>
auto WatchedJournal::reads(std::string_view what, const Call& call) {
  process_.pause_point(what);
  return call();
}

/// `call` does the work and tells the watches; after it a process may die with the work done.
template <class Call>
auto WatchedJournal::writes(std::string_view what, const Call& call) {
  process_.pause_point(what);
  tell([&](Watch& watch) { watch.on_write_begins(process_.life()); });
  auto result = call();
  if (const auto fault = died_()) process_.die(*fault);
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
  return reads("latest_batch", [&] { return journal_.latest_batch(key); });
}

Status WatchedJournal::open_batch(const Batch& batch, std::span<const Intent> intents) {
  return writes("open_batch", [&] {
    Status status = journal_.open_batch(batch, intents);
    if (!status.ok() || died_()) return status;
    world_.note({"batch", batch.id().get(), std::to_string(intents.size())});
    tell([&](Watch& watch) { watch.on_batch_opened(process_.life(), batch, intents); });
    return status;
  });
}

Result<std::vector<Intent>> WatchedJournal::intents(const Batch& batch) {
  return reads("intents", [&] { return journal_.intents(batch); });
}

Status WatchedJournal::record(const Batch& batch, std::span<const OrderEvent> events,
                              std::span<const Fill> fills) {
  return writes("record", [&] {
    Status status = journal_.record(batch, events, fills);
    if (!status.ok() || died_()) return status;
    for (const OrderEvent& event : events) {
      world_.note({"recorded:", event.client_order_id.get(), to_text(event.state),
                   event.filled_qty.text(), event.error});
    }
    for (const Fill& fill : fills) {
      world_.note({"execution:", fill.client_order_id.get(), fill.execution_id,
                   fill.quantity.text()});
    }
    tell([&](Watch& watch) { watch.on_recorded(process_.life(), batch, events, fills); });
    return status;
  });
}

Status WatchedJournal::close_batch(const Batch& batch, BatchState state, Instant at) {
  return writes("close_batch", [&] {
    Status status = journal_.close_batch(batch, state, at);
    if (!status.ok() || died_()) return status;
    world_.note({"batch", batch.id().get(), to_text(state)});
    tell([&](Watch& watch) { watch.on_batch_closed(process_.life(), batch, state); });
    return status;
  });
}

Result<std::vector<OrderRecord>> WatchedJournal::orders(const Batch& batch) {
  return reads("orders", [&] { return journal_.orders(batch); });
}

Result<std::vector<Fill>> WatchedJournal::fills(const Batch& batch) {
  return reads("fills", [&] { return journal_.fills(batch); });
}

Result<std::set<Symbol>> WatchedJournal::traded_symbols(Mode mode, const AccountId& account) {
  return reads("traded_symbols", [&] { return journal_.traded_symbols(mode, account); });
}

Status WatchedJournal::take_over(const std::string& holder, Instant at) {
  return writes("take_over", [&] {
    Status status = journal_.take_over(holder, at);
    if (!status.ok() || died_()) return status;
    world_.note({"takes over:", holder});
    tell([&](Watch& watch) { watch.on_take_over(process_.life()); });
    return status;
  });
}

Result<std::vector<Batch>> WatchedJournal::open_batches(Mode mode, const AccountId& account) {
  return reads("open_batches", [&] { return journal_.open_batches(mode, account); });
}

Result<bool> WatchedJournal::knows(const ClientOrderId& id) {
  return reads("knows", [&] { return journal_.knows(id); });
}

Result<std::vector<Status>> WatchedJournal::write_ahead(const Batch& batch,
                                                        std::span<const WriteAhead> posts,
                                                        const ExitGate& gate) {
  return writes("write_ahead", [&] {
    Result<std::vector<Status>> answers = journal_.write_ahead(batch, posts, gate);
    if (!answers.ok() || died_()) return answers;
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
  return reads("control", [&] { return journal_.control(); });
}

Status WatchedJournal::set_control(const ControlRecord& record) {
  return writes("set_control", [&] {
    Status status = journal_.set_control(record);
    if (!status.ok() || died_()) return status;
    world_.note({"control:", to_text(record.state), record.reason});
    tell([&](Watch& watch) { watch.on_control(record); });
    return status;
  });
}

Result<DayUse> WatchedJournal::day_use(Mode mode, const AccountId& account, TradeDate date) {
  return reads("day_use", [&] { return journal_.day_use(mode, account, date); });
}

Result<EquityMarks> WatchedJournal::mark_equity(Mode mode, const AccountId& account, TradeDate date,
                                                Money equity) {
  return writes("mark_equity", [&] { return journal_.mark_equity(mode, account, date, equity); });
}

Status WatchedJournal::add_override(const Override& permission) {
  return writes("add_override", [&] { return journal_.add_override(permission); });
}

Result<std::optional<Override>> WatchedJournal::use_override(const std::string& rule, Instant at) {
  return writes("use_override", [&] { return journal_.use_override(rule, at); });
}

Status WatchedJournal::record_moves(const Batch& batch, std::span<const SleeveMove> moves) {
  return writes("record_moves", [&] { return journal_.record_moves(batch, moves); });
}

Result<std::vector<SleeveEntry>> WatchedJournal::sleeve_entries(Mode mode,
                                                                const AccountId& account) {
  return reads("sleeve_entries", [&] { return journal_.sleeve_entries(mode, account); });
}

Status WatchedJournal::acknowledge(Mode mode, const AccountId& account,
                                   const Acknowledgement& seen) {
  return writes("acknowledge", [&] { return journal_.acknowledge(mode, account, seen); });
}

Result<std::vector<Acknowledgement>> WatchedJournal::acknowledgements(Mode mode,
                                                                      const AccountId& account) {
  return reads("acknowledgements", [&] { return journal_.acknowledgements(mode, account); });
}

Result<std::optional<Baseline>> WatchedJournal::baseline(Mode mode, const AccountId& account) {
  return reads("baseline", [&] { return journal_.baseline(mode, account); });
}

Status WatchedJournal::set_baseline(Mode mode, const AccountId& account,
                                    const Baseline& baseline) {
  return writes("set_baseline", [&] { return journal_.set_baseline(mode, account, baseline); });
}

Result<std::vector<Batch>> WatchedJournal::batches_since(Mode mode, const AccountId& account,
                                                         Instant opened) {
  return reads("batches_since", [&] { return journal_.batches_since(mode, account, opened); });
}

Result<RunRecord> WatchedJournal::begin_run(Mode mode, TradeDate run_date, Instant at) {
  return writes("begin_run", [&] { return journal_.begin_run(mode, run_date, at); });
}

Status WatchedJournal::finish_run(const RunRecord& run, Instant at, int exit_code,
                                  const std::string& outcome) {
  return writes("finish_run", [&] { return journal_.finish_run(run, at, exit_code, outcome); });
}

Result<bool> WatchedJournal::run_succeeded(Mode mode, TradeDate run_date) {
  return reads("run_succeeded", [&] { return journal_.run_succeeded(mode, run_date); });
}

}  // namespace signalbus::sim
