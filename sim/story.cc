#include "sim/story.h"

#include "calendar/exchange_calendar.h"
#include "sim/checker.h"
#include "sim/life.h"
#include "sim/machine.h"

namespace signalbus::sim {
namespace {

constexpr int kLivesPerBatch = 8;
constexpr std::int64_t kMinute = 60'000'000;

calendar::Session session_of(TradeDate day) {
  auto session = calendar::session(day);
  SB_CHECK(session.ok());
  return session.value();
}

TradeDate session_after(TradeDate day) {
  auto session = calendar::next_session(day);
  SB_CHECK(session.ok());
  return session.value().date;
}

WorldSpec spec_of(std::uint64_t seed, Rng& rng) {
  // Around a change of clocks, a half day, a holiday: any week of twenty years.
  const TradeDate any = TradeDate::from_civil(2010, 1, 4).value().plus_days(rng.between(0, 7'300));
  WorldSpec spec{.seed = seed, .first_day = calendar::session_on_or_after(any).value()};
  spec.symbols = rng.chance(800'000) ? rng.between(1, 8) : rng.between(9, 40);
  spec.rates = FaultRates::sample(rng);
  return spec;
}

class Story {
 public:
  Story(std::uint64_t seed, const StoryOptions& options)
      : rng_(seed ^ 0x73746f7279ULL),
        trace_(options.lines, options.echo),
        spec_(spec_of(seed, rng_)),
        world_(spec_, trace_),
        promises_(Promises::sample(rng_, world_.venue().settings().cash)),
        checker_(world_, promises_) {}

  Verdict tell();

 private:
  void prepare();
  void trade(TradeDate day);
  void do_batch(const Task& task, Instant close);
  Ending live(const Task& task);
  void others_act(const Task& task);
  void clear_up(TradeDate day);
  void set_control(TradingState state);
  void pass(std::int64_t low, std::int64_t high) { world_.time().pass(rng_.between(low, high)); }

  Rng rng_;
  Trace trace_;
  WorldSpec spec_;
  World world_;
  Promises promises_;
  Checker checker_;
  Machine machine_{world_};
  int lives_ = 0;
  bool second_ = false;
  int halts_ = 0;
};

void Story::prepare() {
  for (std::size_t i = 0; i < world_.symbols().size(); ++i) {
    if (!rng_.chance(500'000)) continue;
    world_.set_position(i, Quantity::from_raw(100'000LL * rng_.between(1, 400'000)));
  }
  machine_.at_power_loss([this] { checker_.look_closely(); });
  world_.every_minute([this] {
    if (checker_.model().control.state != TradingState::kHalted) return;
    if (world_.strikes(Fault::kOperatorResume)) set_control(TradingState::kNormal);
  });
}

/// An operator's own process, beside whoever holds the account.
void Story::set_control(TradingState state) {
  const ControlRecord record{state, "simulated", "operator", world_.now()};
  Connection operators(machine_);
  if (!operators.open().ok() || !operators.journal().set_control(record).ok()) return;
  world_.note({"OPERATOR:", to_text(state)});
  for (Watch* watch : world_.watches()) watch->on_control(record);
}

Ending Story::live(const Task& task) {
  Life life(world_, ++lives_, machine_, promises_);
  life.process().between_calls([this, &task] { others_act(task); });
  const bool opened =
      life.open_journal([this](storage::SqliteJournal& journal) { checker_.compare(journal); });
  if (!opened) return Ending::kNotDone;
  try {
    return life.work(task);
  } catch (const Death&) {
    return Ending::kNotDone;
  }
}

void Story::others_act(const Task& task) {
  if (halts_ < 2 && world_.strikes(Fault::kOperatorHalt)) {
    ++halts_;
    set_control(TradingState::kHalted);
  }
  if (second_ || !world_.strikes(Fault::kSecondProcess)) return;
  second_ = true;
  (void)live(task);
  second_ = false;
}

void Story::do_batch(const Task& task, Instant close) {
  for (int i = 0; i < kLivesPerBatch; ++i) {
    const Ending ending = live(task);
    if (ending == Ending::kDone) return;
    if (ending == Ending::kHalted) {
      pass(10 * kMinute, 60 * kMinute);
    } else if (rng_.chance(800'000)) {
      pass(1'000'000, 2 * kMinute);
    } else {
      pass(kMinute, 120 * kMinute);
    }
    if (world_.now() > close.plus_seconds(3'600)) return;
  }
}

void Story::trade(TradeDate day) {
  const calendar::Session session = session_of(day);
  world_.live_through(day);
  world_.time().advance_to(session.open.plus_seconds(rng_.between(-600, 3 * 3'600)));
  const int batches = rng_.between(1, 2);
  for (int batch = 1; batch <= batches; ++batch) {
    const int orders_max = rng_.chance(850'000) ? 10 : 60;
    do_batch({.day = day, .batches = batch, .orders_max = orders_max}, session.close);
    pass(1'000'000, 60 * kMinute);
  }
  world_.time().advance_to(session.close.plus_seconds(rng_.between(0, 4 * 3'600)));
}

/// Nothing goes wrong any more: a run in the session, and one when the horizon has passed.
void Story::clear_up(TradeDate day) {
  const calendar::Session session = session_of(day);
  const Task nothing{.day = day};
  world_.live_through(day);
  world_.time().advance_to(session.open.plus_seconds(3'600));
  (void)live(nothing);
  world_.time().advance_to(session.close.plus_seconds(3'600));
  for (int i = 0; i < 4; ++i) {
    (void)live(nothing);
    world_.time().pass(2 * kMinute);
  }
  checker_.expect_silence();
  (void)live(nothing);
}

Verdict Story::tell() {
  Verdict out;
  const Instant start = world_.now();
  try {
    prepare();
    TradeDate day = spec_.first_day;
    const int sessions = rng_.between(1, 3);
    for (int i = 0; i < sessions; ++i) {
      trade(day);
      day = session_after(day);
    }
    world_.heal();
    if (checker_.model().control.state == TradingState::kHalted) {
      set_control(TradingState::kNormal);
    }
    clear_up(day);
    Connection last(machine_);
    SB_CHECK(last.open().ok());
    checker_.check_end(last.journal());
    for (const char* file : {"journal.db", "journal.db-wal"}) {
      checker_.check_secret(machine_.disk().read(file), file);
    }
  } catch (const Violation& violation) {
    out.violation = violation;
  }
  world_.heal();
  out.trace_hash = trace_.hash();
  out.events = trace_.count();
  out.lines = trace_.lines();
  out.faults = world_.counts();
  out.seen = checker_.seen();
  out.lives = static_cast<std::uint64_t>(lives_);
  out.orders = checker_.model().orders.size();
  out.simulated_seconds = (world_.now().micros() - start.micros()) / 1'000'000;
  return out;
}

}  // namespace

Verdict tell_story(std::uint64_t seed, const StoryOptions& options) {
  return Story(seed, options).tell();
}

}  // namespace signalbus::sim
