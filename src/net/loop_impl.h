// The inside of Loop: Asio's io_context and a queue of timed calls. For this folder's .cc alone.
#pragma once

#include "net/asio.h"
//
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "net/channel.h"
#include "net/loop.h"

namespace signalbus::net {

using IoError = boost::system::error_code;

/// Calls due at the same moment keep the order they were asked for in; Asio's own timers do not.
struct Loop::Impl {
  using Due = std::pair<std::chrono::steady_clock::time_point, std::uint64_t>;

  boost::asio::io_context io{1};
  std::map<Due, std::function<void()>> calls;
  std::map<std::uint64_t, Due> due_of;
  boost::asio::steady_timer timer{io};
  std::uint64_t last_id = 0;
  /// Every read of this thread goes through it: an idle connection needs no buffer.
  std::array<char, std::size_t{16} * 1024> scratch;

  void arm();
  void make_due_calls();
};

/// A Channel and the loop's interest in it.
class LoopSocket {
 public:
  LoopSocket(Loop& loop, Channel channel)
      : channel_(std::move(channel)), descriptor_(loop.impl().io, channel_.socket()) {}
  LoopSocket(const LoopSocket&) = delete;
  LoopSocket& operator=(const LoopSocket&) = delete;
  ~LoopSocket() { close(); }

  Channel& channel() { return channel_; }
  /// Calls back once the socket allows what `io` wants, or with an error after close().
  template <class Callback>
  void wait(Io io, Callback callback) {
    using boost::asio::posix::stream_descriptor;
    descriptor_.async_wait(
        io == Io::kWantsWrite ? stream_descriptor::wait_write : stream_descriptor::wait_read,
        std::move(callback));
  }
  void close() {
    // The channel owns the socket; Asio only forgets it.
    if (descriptor_.is_open()) descriptor_.release();
    channel_.close();
  }
  auto executor() { return descriptor_.get_executor(); }

 private:
  Channel channel_;
  boost::asio::posix::stream_descriptor descriptor_;
};

}  // namespace signalbus::net
