// AsyncStream: a LoopSocket as the one stream type that Beast's WebSocket is compiled for, plain
// and TLS alike. For this folder's .cc alone.
#pragma once

#include "net/loop_impl.h"
//
#include <array>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/role.hpp>
#include <functional>
#include <memory>
#include <string>

namespace signalbus::net {

/// What Beast calls an AsyncStream. Handlers are called on the loop, never from within a call.
class AsyncStream {
 public:
  using executor_type = boost::asio::posix::stream_descriptor::executor_type;
  using Done = std::function<void(IoError, std::size_t)>;

  /// `read_ahead` was read from the socket already and comes first.
  AsyncStream(Loop& loop, std::unique_ptr<LoopSocket> socket, std::string read_ahead)
      : loop_(loop), socket_(std::move(socket)), read_ahead_(std::move(read_ahead)) {}

  executor_type get_executor() { return socket_->executor(); }
  LoopSocket& socket() { return *socket_; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(IoError, std::size_t)>(
        [this](auto handler, const Buffers& into) {
          for (const boost::asio::mutable_buffer buffer : ranges(into)) {
            if (buffer.size() > 0) return read(buffer, shared(std::move(handler)));
          }
          read({}, shared(std::move(handler)));
        },
        token, buffers);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(IoError, std::size_t)>(
        [this](auto handler, const Buffers& from) {
          write(gathered(from), shared(std::move(handler)));
        },
        token, buffers);
  }

  /// Says goodbye, then reads what is still coming until the peer's end (a second at most): closing
  /// with unread bytes would reset the connection and take our last words with it.
  void linger(std::function<void(IoError)> done);

 private:
  template <class Buffers>
  struct Range {
    const Buffers& buffers;
    auto begin() const { return boost::asio::buffer_sequence_begin(buffers); }
    auto end() const { return boost::asio::buffer_sequence_end(buffers); }
  };
  template <class Buffers>
  static Range<Buffers> ranges(const Buffers& buffers) {
    return {buffers};
  }
  /// Beast's handlers can be moved only; std::function wants a copy.
  template <class Handler>
  static Done shared(Handler handler) {
    return [held = std::make_shared<Handler>(std::move(handler))](IoError error, std::size_t n) {
      (*held)(error, n);
    };
  }

  /// The head of a frame and what follows as one piece, when small: one packet instead of two.
  template <class Buffers>
  boost::asio::const_buffer gathered(const Buffers& buffers) {
    boost::asio::const_buffer first;
    for (const boost::asio::const_buffer buffer : ranges(buffers)) {
      first = buffer;
      if (first.size() > 0) break;
    }
    if (first.size() >= gathered_.size()) return first;
    const std::size_t size = boost::asio::buffer_copy(boost::asio::buffer(gathered_), buffers);
    return boost::asio::buffer(gathered_, size);
  }

  void read(boost::asio::mutable_buffer into, Done done);
  void write(boost::asio::const_buffer from, Done done);
  void finish(IoResult result, const Done& done);
  void discard(const std::function<void(IoError)>& done);

  Loop& loop_;
  std::unique_ptr<LoopSocket> socket_;
  std::string read_ahead_;
  std::array<char, 2048> gathered_;  ///< Being written; Beast writes one thing at a time.
};

template <class Handler>
void async_teardown(boost::beast::role_type, AsyncStream& stream, Handler&& handler) {
  auto held = std::make_shared<std::decay_t<Handler>>(std::forward<Handler>(handler));
  stream.linger([held](IoError error) { (*held)(error); });
}

/// Beast calls it when its own time-out strikes.
inline void beast_close_socket(AsyncStream& stream) { stream.socket().close(); }

}  // namespace signalbus::net
