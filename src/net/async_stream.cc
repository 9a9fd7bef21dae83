#include "net/async_stream.h"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

namespace signalbus::net {
namespace {

constexpr std::chrono::seconds kLingerMax{1};

bool must_wait(IoResult result) {
  return result.io == Io::kWantsRead || result.io == Io::kWantsWrite;
}

IoError error_of(Io io) {
  if (io == Io::kEnd) return boost::asio::error::eof;
  if (io == Io::kFailed) return boost::asio::error::connection_reset;
  return {};
}

}  // namespace

void AsyncStream::finish(IoResult result, const Done& done) {
  boost::asio::post(get_executor(), [done, result] { done(error_of(result.io), result.bytes); });
}

void AsyncStream::read(boost::asio::mutable_buffer into, Done done) {
  if (into.size() == 0) return finish({Io::kDone}, done);
  if (!read_ahead_.empty()) {
    const std::size_t count = boost::asio::buffer_copy(into, boost::asio::buffer(read_ahead_));
    read_ahead_.erase(0, count);
    return finish({Io::kDone, count}, done);
  }
  const IoResult result =
      socket_->channel().read_some({static_cast<char*>(into.data()), into.size()});
  if (!must_wait(result)) return finish(result, done);
  socket_->wait(result.io, [this, into, done = std::move(done)](const IoError& error) {
    error ? done(error, 0) : read(into, done);
  });
}

void AsyncStream::write(boost::asio::const_buffer from, Done done) {
  if (from.size() == 0) return finish({Io::kDone}, done);
  const IoResult result =
      socket_->channel().write_some({static_cast<const char*>(from.data()), from.size()});
  if (!must_wait(result)) return finish(result, done);
  socket_->wait(result.io, [this, from, done = std::move(done)](const IoError& error) {
    error ? done(error, 0) : write(from, done);
  });
}

void AsyncStream::linger(std::function<void(IoError)> done) {
  socket_->channel().shut_down_writing();
  // Closing ends the wait in discard(), which then reports. Both may come after the stream's end.
  const Loop::CallId limit = loop_.call_after(kLingerMax, [socket = socket_] { socket->close(); });
  discard([&loop = loop_, socket = socket_, limit, done = std::move(done)](IoError error) {
    loop.cancel(limit);
    socket->close();
    done(error);
  });
}

void AsyncStream::discard(const std::function<void(IoError)>& done) {
  const boost::asio::mutable_buffer scratch = boost::asio::buffer(loop_.impl().scratch);
  read(scratch, [this, done](IoError error, std::size_t) {
    if (!error) return discard(done);
    done(error == boost::asio::error::eof ? IoError() : error);
  });
}

}  // namespace signalbus::net
