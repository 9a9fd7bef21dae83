// Process: one life of the program under test. Every call of a port passes through here, and at
// each anything may happen to it: it is killed, stopped for minutes, or people act meanwhile.
#pragma once

#include <functional>
#include <map>
#include <string_view>

#include "sim/world.h"

namespace signalbus::sim {

/// Ends a life at once, thrown out of a port.
struct Death {
  Fault cause;
};

class Process {
 public:
  Process(World& world, ProcessId life);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  ProcessId life() const { return life_; }
  World& world() { return world_; }

  /// A port is called, or has done its work and is about to return. May throw Death.
  void pause_point(std::string_view where);
  /// Lets time pass while the process waits in a port.
  void wait(std::int64_t micros);
  [[noreturn]] void die(Fault cause);

  /// What its machine's clock is ahead of the right time.
  std::int64_t clock_error() const { return world_.now() < clock_wrong_until_ ? clock_error_ : 0; }

  /// The time as its machine's clock tells it.
  Instant tell_time();
  /// What that clock was ahead when it told this time.
  std::int64_t clock_error_at(Instant told) const;

  bool clock_was_wrong() const { return clock_wrong_until_ > Instant::from_micros(0); }

  /// Called when it dies, before it is unwound: nothing that it still does has an effect.
  void at_death(std::function<void()> what) { at_death_ = std::move(what); }
  /// Whether it went down with its machine while others had their turn.
  void ask_for_death(std::function<bool()> is_dead) { is_dead_ = std::move(is_dead); }
  /// Called at each pause point: gives others a turn.
  void between_calls(std::function<void()> what) { between_calls_ = std::move(what); }
  std::uint64_t calls() const { return calls_; }

 private:
  void step_clock();

  World& world_;
  ProcessId life_;
  std::int64_t clock_error_ = 0;
  Instant clock_wrong_until_ = Instant::from_micros(0);
  std::map<Instant, std::int64_t> told_;  ///< Times that were told wrong, and by how much.
  std::uint64_t calls_ = 0;
  std::function<void()> between_calls_;
  std::function<void()> at_death_;
  std::function<bool()> is_dead_;
};

/// The machine's clock: as right as the machine's.
class SimClock final : public Clock {
 public:
  explicit SimClock(Process& process) : process_(process) {}

  Instant now() const override { return process_.tell_time(); }
  std::int64_t monotonic_micros() const override { return process_.world().now().micros(); }
  void sleep_until(Instant deadline) override;

 private:
  Process& process_;
};

}  // namespace signalbus::sim
