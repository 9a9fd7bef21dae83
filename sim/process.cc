#include "sim/process.h"

namespace signalbus::sim {

Process::Process(World& world, ProcessId life) : world_(world), life_(life) {
  for (Watch* watch : world_.watches()) watch->on_birth(*this);
}

Process::~Process() {
  for (Watch* watch : world_.watches()) watch->on_death(life_);
}

void Process::die(Fault cause) {
  world_.note({"dies:", to_text(cause)});
  if (at_death_) at_death_();
  throw Death{cause};
}

void Process::pause_point(std::string_view where) {
  ++calls_;
  if (between_calls_) between_calls_();
  if (is_dead_ && is_dead_()) die(Fault::kPowerLost);
  if (world_.strikes(Fault::kPaused)) {
    // Mostly seconds, sometimes as long as a laptop is shut.
    const std::int64_t seconds = world_.rng().chance(800'000)
                                     ? world_.rng().between(std::int64_t{1}, std::int64_t{60})
                                     : world_.rng().between(std::int64_t{60}, std::int64_t{1'800});
    world_.note({"stopped:", where, std::to_string(seconds)});
    world_.time().pass(seconds * 1'000'000);
  }
  if (world_.strikes(Fault::kClockStep)) step_clock();
  if (world_.strikes(Fault::kKilled)) die(Fault::kKilled);
}

/// A time service corrects it after a while.
void Process::step_clock() {
  const std::int64_t most = world_.rng().chance(500'000) ? 3'600'000'000 : 5'000'000;
  clock_error_ = world_.rng().between(-most, most);
  clock_wrong_until_ =
      world_.now().plus_seconds(world_.rng().between(std::int64_t{10}, std::int64_t{900}));
  world_.note({"its clock is off by", std::to_string(clock_error_)});
}

Instant Process::tell_time() {
  const std::int64_t error = clock_error();
  const Instant told = Instant::from_micros(world_.now().micros() + error);
  error == 0 ? void(told_.erase(told)) : void(told_.insert_or_assign(told, error));
  return told;
}

std::int64_t Process::clock_error_at(Instant told) const {
  const auto at = told_.find(told);
  return at == told_.end() ? 0 : at->second;
}

void Process::wait(std::int64_t micros) {
  if (micros <= 0) return;
  // A long wait has an inside, where a process can be killed too.
  if (micros > 1'000'000 && world_.rng().chance(100'000)) {
    const std::int64_t part = world_.rng().between(std::int64_t{0}, micros);
    world_.time().pass(part);
    micros -= part;
    pause_point("waiting");
  }
  world_.time().pass(micros);
}

void SimClock::sleep_until(Instant deadline) {
  process_.pause_point("sleep");
  process_.wait(deadline.micros() - now().micros());
}

}  // namespace signalbus::sim
