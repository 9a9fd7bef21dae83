// Loop: one thread that serves sockets and timers. Everything of a server happens on it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace signalbus::net {

/// Functions that the loop calls must not block: every connection would wait for them.
class Loop {
 public:
  /// Names a call that was asked for; never used twice.
  enum class CallId : std::uint64_t {};

  Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();  ///< Servers and sockets on it must be gone; calls not made yet are dropped.

  /// Serves until stop(), on the caller's thread. May be called again after it returned.
  void run();
  /// From any thread, also before run(): that one then returns at once.
  void stop();
  /// Serves for that long (0: what is ready), or until `done` says true after an event. Returns
  /// what `done` says last.
  bool run_until(const std::function<bool()>& done, std::chrono::milliseconds time_max);

  /// Has `call` made on the loop's thread, soon and in order. From any thread.
  void post(std::function<void()> call);
  /// The same after a delay, in order of due time. Loop's thread only, or before run().
  CallId call_after(std::chrono::microseconds delay, std::function<void()> call);
  /// The call is not made any more; nothing happens when it was. Loop's thread only.
  void cancel(CallId id);

  struct Impl;
  Impl& impl() { return *impl_; }  ///< For this folder alone.

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace signalbus::net
