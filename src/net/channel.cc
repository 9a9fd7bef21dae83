#include "net/channel.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>
#include <utility>

namespace signalbus::net {
namespace {

int clamped(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

int socket_of(BIO* bio) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(::BIO_get_data(bio)));
}

bool would_block(int error_number) { return error_number == EAGAIN || error_number == EWOULDBLOCK; }

// OpenSSL's own socket BIO writes with write(2), which raises SIGPIPE; this one does not.
int bio_write(BIO* bio, const char* bytes, int size) {
  ::BIO_clear_retry_flags(bio);
  const ssize_t sent = ::send(socket_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (sent < 0 && (would_block(errno) || errno == EINTR)) ::BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int bio_read(BIO* bio, char* bytes, int size) {
  ::BIO_clear_retry_flags(bio);
  const ssize_t got = ::recv(socket_of(bio), bytes, static_cast<std::size_t>(size), 0);
  if (got < 0 && (would_block(errno) || errno == EINTR)) ::BIO_set_retry_read(bio);
  if (got == 0) ::BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return static_cast<int>(got);
}

long bio_ctrl(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_EOF) return ::BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD* socket_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = ::BIO_meth_new(::BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "signalbus");
    SB_CHECK(made != nullptr);
    ::BIO_meth_set_write(made, bio_write);
    ::BIO_meth_set_read(made, bio_read);
    ::BIO_meth_set_ctrl(made, bio_ctrl);
    return made;
  }();
  return method;
}

bool is_address(const std::string& host) {
  unsigned char bytes[sizeof(in6_addr)];
  return ::inet_pton(AF_INET, host.c_str(), bytes) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

std::string tls_reason(const SSL* tls) {
  if (const long verdict = ::SSL_get_verify_result(tls); verdict != X509_V_OK) {
    return std::string("the certificate is refused: ") + ::X509_verify_cert_error_string(verdict);
  }
  const char* reason = ::ERR_reason_error_string(::ERR_peek_last_error());
  return reason == nullptr ? "TLS failed" : std::string("TLS: ") + reason;
}

}  // namespace

Channel::Channel(int socket) : socket_(socket) {
  ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK);
  const int on = 1;  // Fails on a socket that is not TCP, where there is nothing to switch on.
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Channel Channel::with_tls(int socket, const TlsContext& context) {
  Channel channel(socket);
  channel.tls_ = ::SSL_new(context.get());
  BIO* bio = ::BIO_new(socket_method());
  SB_CHECK(channel.tls_ != nullptr && bio != nullptr);
  // NOLINTNEXTLINE(performance-no-int-to-ptr): OpenSSL carries it as a pointer
  ::BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
  ::BIO_set_init(bio, 1);
  ::SSL_set_bio(channel.tls_, bio, bio);
  return channel;
}

Channel Channel::tls_client(int socket, const TlsContext& context, const std::string& host) {
  Channel channel = with_tls(socket, context);
  X509_VERIFY_PARAM* rules = ::SSL_get0_param(channel.tls_);
  ::X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  // A host that OpenSSL cannot take as a rule would go unchecked.
  if (is_address(host)) {
    SB_CHECK(::X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1);
  } else {
    SB_CHECK(!host.empty() && ::X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size()) == 1);
    SB_CHECK(::SSL_set_tlsext_host_name(channel.tls_, host.c_str()) == 1);
  }
  ::SSL_set_connect_state(channel.tls_);
  return channel;
}

Channel Channel::tls_server(int socket, const TlsContext& context) {
  Channel channel = with_tls(socket, context);
  ::SSL_set_accept_state(channel.tls_);
  return channel;
}

Channel::Channel(Channel&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      tls_(std::exchange(other.tls_, nullptr)),
      written_(other.written_),
      failure_(std::move(other.failure_)) {}

Channel& Channel::operator=(Channel&& other) noexcept {
  std::swap(socket_, other.socket_);
  std::swap(tls_, other.tls_);
  std::swap(written_, other.written_);
  std::swap(failure_, other.failure_);
  return *this;
}

Channel::~Channel() { close(); }

IoResult Channel::failed(int error_number) {
  failure_ = std::generic_category().message(error_number);
  return {Io::kFailed};
}

IoResult Channel::tls_outcome(int returned) {
  const int saved = errno;
  switch (::SSL_get_error(tls_, returned)) {
    case SSL_ERROR_NONE:
      return {Io::kDone, static_cast<std::size_t>(returned)};
    case SSL_ERROR_WANT_READ:
      return {Io::kWantsRead};
    case SSL_ERROR_WANT_WRITE:
      return {Io::kWantsWrite};
    case SSL_ERROR_ZERO_RETURN:
      return {Io::kEnd};
    case SSL_ERROR_SYSCALL:
      if (::ERR_peek_error() == 0) return failed(saved == 0 ? ECONNRESET : saved);
      [[fallthrough]];
    default:
      failure_ = tls_reason(tls_);
      ::ERR_clear_error();
      return {Io::kFailed};
  }
}

IoResult Channel::handshake() {
  if (!is_open()) return failed(ENOTCONN);
  if (tls_ == nullptr) return {Io::kDone};
  ::ERR_clear_error();
  const IoResult result = tls_outcome(::SSL_do_handshake(tls_));
  return result.io == Io::kDone ? IoResult{Io::kDone} : result;
}

IoResult Channel::read_some(std::span<char> out) {
  if (!is_open()) return failed(ENOTCONN);
  if (tls_ != nullptr) {
    ::ERR_clear_error();
    return tls_outcome(::SSL_read(tls_, out.data(), clamped(out.size())));
  }
  while (true) {
    const ssize_t got = ::recv(socket_, out.data(), out.size(), 0);
    if (got > 0) return {Io::kDone, static_cast<std::size_t>(got)};
    if (got == 0) return {Io::kEnd};
    if (would_block(errno)) return {Io::kWantsRead};
    if (errno != EINTR) return failed(errno);
  }
}

IoResult Channel::write_some(std::string_view bytes) {
  if (!is_open()) return failed(ENOTCONN);
  if (tls_ != nullptr) {
    ::ERR_clear_error();
    return tls_outcome(::SSL_write(tls_, bytes.data(), clamped(bytes.size())));
  }
  while (true) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      written_ += static_cast<std::uint64_t>(sent);
      return {Io::kDone, static_cast<std::size_t>(sent)};
    }
    if (would_block(errno)) return {Io::kWantsWrite};
    if (errno != EINTR) return failed(errno);
  }
}

bool Channel::is_stale() {
  if (!is_open()) return true;
  char byte = 0;
  if (tls_ != nullptr) {
    // Takes in session tickets, which are no answer; anything else ends the wait for more.
    ::ERR_clear_error();
    return tls_outcome(::SSL_peek(tls_, &byte, 1)).io != Io::kWantsRead;
  }
  const ssize_t got = ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got >= 0 || !would_block(errno);
}

bool Channel::has_read_ahead() const { return tls_ != nullptr && ::SSL_has_pending(tls_) == 1; }

void Channel::shut_down_writing() {
  if (!is_open()) return;
  if (tls_ != nullptr && ::SSL_is_init_finished(tls_) == 1) {
    ::ERR_clear_error();
    ::SSL_shutdown(tls_);
    ::ERR_clear_error();
  }
  ::shutdown(socket_, SHUT_WR);
}

void Channel::close() {
  if (tls_ != nullptr) ::SSL_free(std::exchange(tls_, nullptr));
  if (is_open()) ::close(std::exchange(socket_, -1));
}

std::uint64_t Channel::bytes_written() const {
  return tls_ == nullptr ? written_ : ::BIO_number_written(::SSL_get_wbio(tls_));
}

}  // namespace signalbus::net
