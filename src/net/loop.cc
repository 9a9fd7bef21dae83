#include "net/loop.h"

#include "net/loop_impl.h"
//
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

namespace signalbus::net {
namespace {

using std::chrono::steady_clock;

constexpr int kReadyMax = 100;

}  // namespace

void Loop::Impl::arm() {
  if (calls.empty()) {
    timer.cancel();
    return;
  }
  timer.expires_at(calls.begin()->first.first);
  timer.async_wait([this](const IoError& error) {
    if (!error) make_due_calls();
  });
}

void Loop::Impl::make_due_calls() {
  const auto now = steady_clock::now();
  // A call may ask for another one that is due at once; that waits its turn behind the sockets.
  const std::uint64_t newest = last_id;
  for (auto it = calls.begin(); it != calls.end() && it->first.first <= now; it = calls.begin()) {
    if (it->first.second > newest) break;
    const auto call = std::move(it->second);
    due_of.erase(it->first.second);
    calls.erase(it);
    call();
  }
  arm();
}

Loop::Loop() : impl_(std::make_unique<Impl>()) {}
Loop::~Loop() = default;

void Loop::run() {
  {
    // The guard's end stops a loop that has nothing to do; restart() forgets that.
    const auto work = boost::asio::make_work_guard(impl_->io);
    impl_->io.run();
  }
  impl_->io.restart();
}

void Loop::stop() { impl_->io.stop(); }

bool Loop::run_until(const std::function<bool()>& done, std::chrono::milliseconds time_max) {
  const auto deadline = steady_clock::now() + time_max;
  {
    const auto work = boost::asio::make_work_guard(impl_->io);
    while (!done() && impl_->io.run_one_until(deadline) > 0) {
    }
    // Asio does nothing at all once the deadline is over; what is ready is served, but not for
    // ever.
    for (int i = 0; i < kReadyMax && !done() && impl_->io.poll_one() > 0; ++i) {
    }
  }
  impl_->io.restart();
  return done();
}

void Loop::post(std::function<void()> call) { boost::asio::post(impl_->io, std::move(call)); }

Loop::CallId Loop::call_after(std::chrono::microseconds delay, std::function<void()> call) {
  const Impl::Due due{steady_clock::now() + delay, ++impl_->last_id};
  const auto placed = impl_->calls.emplace(due, std::move(call)).first;
  impl_->due_of.emplace(due.second, due);
  if (placed == impl_->calls.begin()) impl_->arm();
  return CallId{due.second};
}

void Loop::cancel(CallId id) {
  const auto found = impl_->due_of.find(static_cast<std::uint64_t>(id));
  if (found == impl_->due_of.end()) return;
  impl_->calls.erase(found->second);
  impl_->due_of.erase(found);
}

}  // namespace signalbus::net
