#include "sim/life.h"

#include "execution/batch.h"
#include "execution/mutation.h"
#include "pipeline/risk_facts.h"
#include "sim/wishes.h"

namespace signalbus::sim {
namespace {

alpaca::Keys keys() { return {Secret::of(std::string(kKeyId)), Secret::of(std::string(kSecret))}; }

alpaca::Channel::Random jitter(World& world) {
  return [rng = world.rng().fork()]() mutable { return static_cast<std::uint32_t>(rng.next()); };
}

bool ends_process(const Error& error) {
  return error.code == ErrorCode::kStorage || error.code == ErrorCode::kLocked;
}

}  // namespace

void WatchedLog::line(LogLevel level, std::string_view stage, std::string_view message) {
  World& world = process_.world();
  for (Watch* watch : world.watches()) watch->on_log(process_.life(), message);
  world.note({"log:", level == LogLevel::kError ? "ERROR" : "", stage, message});
}

Life::Life(World& world, ProcessId number, Machine& machine, const Promises& promises)
    : promises_(promises),
      process_(world, number),
      connection_(machine),
      clock_(process_),
      log_(process_),
      wire_(process_),
      channel_(wire_, keys(), clock_, jitter(world), {}),
      trading_(channel_),
      data_(channel_, "iex"),
      broker_(trading_, clock_),
      venue_(trading_),
      prices_(data_, clock_, alpaca::PriceSource::kSnapshot, {}),
      stream_(process_),
      journal_(connection_, process_) {
  process_.at_death([this, &machine] {
    connection_.kill();
    machine.after_death();
  });
  process_.ask_for_death([this] { return connection_.is_dead(); });
}

bool Life::open_journal(const std::function<void(storage::SqliteJournal&)>& look) {
  const Status opened = connection_.open();
  if (!opened.ok()) {
    process_.world().note({"no journal:", opened.error().message});
    return false;
  }
  look(connection_.journal());
  return true;
}

executor::Doors Life::doors() {
  return {broker_, journal_, clock_, stream_, log_, &venue_, &prices_};
}

Ending Life::work(const Task& task) {
  process_.world().note({"starts: process", std::to_string(process_.life())});
  Result<Ending> ending = try_to_work(task);
  if (ending.ok()) return ending.value();
  process_.world().note({"ends:", ending.error().message});
  return Ending::kNotDone;
}

Result<Ending> Life::try_to_work(const Task& task) {
  SB_TRY_OK(
      journal_.take_over(Mode::kPaper, "process " + std::to_string(process_.life()), clock_.now()));
  SB_TRY(const ControlRecord control, journal_.control());
  if (control.state == TradingState::kHalted) return sweep();
  const BatchKey key{Mode::kPaper, account(), task.day};
  SB_TRY(std::optional<Batch> batch, journal_.latest_batch(key));
  const bool again = !batch || batch->number < task.batches;
  const execution::BatchDecision decision = execution::decide_batch(batch, again);
  const bool wanted = decision.kind == execution::BatchDecision::Kind::kResume ||
                      (decision.kind == execution::BatchDecision::Kind::kOpenNew &&
                       decision.number <= task.batches + 1 && task.batches > 0);
  if (wanted && decision.kind == execution::BatchDecision::Kind::kOpenNew) {
    SB_TRY(batch, open_batch(task, key, decision.number));
  }
  const auto except = wanted ? std::optional<BatchId>(batch->id()) : std::nullopt;
  const executor::Doors all = doors();
  SB_TRY(const executor::Outcome earlier,
         executor::settle_earlier(all, Mode::kPaper, account(), std::string(kPrefix), except,
                                  promises_.times));
  if (wanted) return execute(*batch);
  SB_TRY_OK(executor::follow_legs(all, Mode::kPaper, account(), std::string(kPrefix), {},
                                  promises_.times));
  return earlier.unresolved == 0 ? Ending::kDone : Ending::kNotDone;
}

/// As the pipeline: plan with what the broker says is held, then store it all at once.
Result<Batch> Life::open_batch(const Task& task, const BatchKey& key, int number) {
  SB_TRY(const BrokerAccount money, broker_.account());
  SB_TRY(const Holdings held, broker_.positions());
  const Batch batch{key, number, BatchState::kOpen, "plan", clock_.now()};
  const std::vector<PlannedOrder> orders =
      make_wishes(process_.world(), money, held, task.orders_max);
  SB_TRY_OK(
      journal_.open_batch(batch, execution::make_intents(orders, batch, std::string(kPrefix)), {}));
  return batch;
}

/// The product's gate. m8 takes the trading state away from it, as from the executor's own check.
executor::Gate Life::gate() const {
  return [gate = pipeline::make_exit_gate(promises_.limits(), {})](const executor::ExitOrder& order,
                                                                   const GateFacts& facts) {
    GateFacts seen = facts;
    if (execution::mutated(execution::Mutation::kHaltNotChecked)) seen.control = {};
    return gate(order, seen);
  };
}

Result<Ending> Life::execute(const Batch& batch) {
  const executor::Job job{.batch = batch,
                          .id_prefix = std::string(kPrefix),
                          .gate = gate(),
                          .breaker = {},
                          .cash_floor = process_.world().cash_floor()};
  const executor::Doors all = doors();
  Result<executor::Outcome> done = executor::execute(all, job, promises_.times);
  if (!done.ok()) {
    if (ends_process(done.error()) || done.error().code != ErrorCode::kHalted) {
      return std::move(done).error();
    }
    return sweep();
  }
  if (done.value().halted) return sweep();
  return done.value().state == BatchState::kOpen ? Ending::kNotDone : Ending::kDone;
}

Result<Ending> Life::sweep() {
  const executor::Doors all = doors();
  SB_TRY(const executor::Outcome swept,
         executor::sweep(all, Mode::kPaper, account(), std::string(kPrefix), promises_.times));
  return Ending::kHalted;
}

}  // namespace signalbus::sim
