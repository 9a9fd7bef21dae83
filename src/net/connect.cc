#include "net/connect.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace signalbus::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// How long an address has to answer before the next one is tried beside it.
constexpr milliseconds kNextAddressAfter{250};

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

struct Lookup {
  int error = 0;
  std::vector<Address> addresses;
};

Lookup look_up(const std::string& host, std::uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  Lookup out;
  out.error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (out.error != 0) return out;
  for (const addrinfo* item = list; item != nullptr; item = item->ai_next) {
    Address address;
    address.size = static_cast<socklen_t>(item->ai_addrlen);
    std::copy_n(reinterpret_cast<const char*>(item->ai_addr), item->ai_addrlen,
                reinterpret_cast<char*>(&address.storage));
    out.addresses.push_back(address);
  }
  ::freeaddrinfo(list);
  return out;
}

/// getaddrinfo cannot be interrupted: it runs on a thread that is left behind when it takes too
/// long. What both touch lives as long as the last of them.
std::optional<Lookup> look_up_by(const std::string& host, std::uint16_t port, TimePoint deadline) {
  if (Lookup numeric = look_up(host, port, AI_NUMERICHOST); numeric.error == 0) return numeric;
  struct Shared {
    std::mutex mutex;
    std::condition_variable found;
    std::optional<Lookup> lookup;
  };
  auto shared = std::make_shared<Shared>();
  std::thread([shared, host, port] {
    Lookup lookup = look_up(host, port, 0);
    const std::lock_guard lock(shared->mutex);
    shared->lookup = std::move(lookup);
    shared->found.notify_one();
  }).detach();
  std::unique_lock lock(shared->mutex);
  shared->found.wait_until(lock, deadline, [&] { return shared->lookup.has_value(); });
  return std::exchange(shared->lookup, std::nullopt);
}

int poll_time(TimePoint deadline) {
  // Rounded up: poll must not return just before the deadline, and again, and again.
  const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 86'400'000));
}

/// Attempts under way; the losers are closed with it.
struct Attempts {
  std::vector<pollfd> sockets;
  int last_error = ETIMEDOUT;

  Attempts() = default;
  Attempts(const Attempts&) = delete;
  Attempts& operator=(const Attempts&) = delete;
  ~Attempts() {
    for (const pollfd& item : sockets) ::close(item.fd);
  }

  void start(const Address& address) {
    const int fd =
        ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
      last_error = errno;
      return;
    }
    const auto* to = reinterpret_cast<const sockaddr*>(&address.storage);
    if (::connect(fd, to, address.size) != 0 && errno != EINPROGRESS) {
      last_error = errno;
      ::close(fd);
      return;
    }
    sockets.push_back({.fd = fd, .events = POLLOUT, .revents = 0});
  }

  /// The first that is connected, or -1.
  int take_connected(int time_max) {
    if (::poll(sockets.data(), sockets.size(), time_max) <= 0) return -1;
    for (std::size_t i = 0; i < sockets.size();) {
      if (sockets[i].revents == 0) {
        ++i;
        continue;
      }
      const int fd = sockets[i].fd;
      sockets.erase(sockets.begin() + static_cast<std::ptrdiff_t>(i));
      int error = 0;
      socklen_t size = sizeof error;
      ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error == 0) return fd;
      last_error = error;
      ::close(fd);
    }
    return -1;
  }
};

Result<int> connect_any(const std::vector<Address>& addresses, TimePoint deadline) {
  Attempts attempts;
  std::size_t next = 0;
  while (steady_clock::now() < deadline) {
    TimePoint until = deadline;
    if (next < addresses.size()) {
      attempts.start(addresses[next++]);
      if (next < addresses.size()) {
        until = std::min(deadline, steady_clock::now() + kNextAddressAfter);
      }
    }
    if (attempts.sockets.empty()) {
      if (next == addresses.size()) break;
      continue;
    }
    if (const int fd = attempts.take_connected(poll_time(until)); fd >= 0) return fd;
    if (attempts.sockets.empty() && next == addresses.size()) break;
  }
  return Error{ErrorCode::kUnavailable,
               "cannot connect: " + std::generic_category().message(attempts.last_error)};
}

Status shake_hands(Channel& channel, TimePoint deadline) {
  while (true) {
    const IoResult result = channel.handshake();
    if (result.io == Io::kDone) return Ok{};
    if (result.io == Io::kEnd || result.io == Io::kFailed) {
      const std::string why = result.io == Io::kEnd ? "the peer closed" : channel.failure();
      return Error{ErrorCode::kUnavailable, "no TLS connection: " + why};
    }
    if (!wait_until_ready(channel, result.io, deadline)) {
      return Error{ErrorCode::kUnavailable, "no TLS connection by the deadline"};
    }
  }
}

Result<Channel> open_channel(const Url& url, const TlsContext* tls, TimePoint deadline) {
  const std::optional<Lookup> lookup = look_up_by(url.host, url.port, deadline);
  if (!lookup) return Error{ErrorCode::kUnavailable, "the name was not resolved by the deadline"};
  if (lookup->error != 0) {
    return Error{ErrorCode::kUnavailable,
                 std::string("the name cannot be resolved: ") + ::gai_strerror(lookup->error)};
  }
  SB_TRY(const int fd, connect_any(lookup->addresses, deadline));
  if (tls == nullptr) return Channel(fd);
  Channel channel = Channel::tls_client(fd, *tls, url.host);
  SB_TRY_OK(shake_hands(channel, deadline));
  return channel;
}

}  // namespace

TimePoint deadline_in(milliseconds time) {
  return steady_clock::now() + std::min<milliseconds>(time, std::chrono::hours(24));
}

bool wait_until_ready(const Channel& channel, Io io, TimePoint deadline) {
  pollfd item{.fd = channel.socket(),
              .events = static_cast<short>(io == Io::kWantsWrite ? POLLOUT : POLLIN),
              .revents = 0};
  while (true) {
    const int left = poll_time(deadline);
    const int ready = ::poll(&item, 1, left);
    if (ready > 0) return true;
    if (left == 0) return false;
  }
}

Result<Channel> connect_to(const Url& url, const TlsContext* tls, TimePoint deadline) {
  Result<Channel> channel = open_channel(url, tls, deadline);
  if (!channel.ok()) return std::move(channel).error().in(url.authority());
  return channel;
}

}  // namespace signalbus::net
