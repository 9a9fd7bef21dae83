// Channel: a connected, non-blocking stream socket, plain or under TLS. For this folder.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/tls.h"

struct ssl_st;  // OpenSSL's SSL. NOLINT(readability-identifier-naming)

namespace signalbus::net {

/// How far an operation came.
enum class Io {
  kDone,
  kWantsRead,   ///< Again once the socket can be read ...
  kWantsWrite,  ///< ... or written.
  kEnd,         ///< The peer said it is done. Under TLS only a proper goodbye counts.
  kFailed,      ///< Lost; failure() says how.
};

struct IoResult {
  Io io;
  std::size_t bytes = 0;
};

/// One thread at a time. No call blocks, and none raises SIGPIPE.
class Channel {
 public:
  /// Owns the socket and makes it non-blocking.
  explicit Channel(int socket);
  /// The client's side under TLS; the certificate must be for `host`, a name or an address.
  static Channel tls_client(int socket, const TlsContext& context, const std::string& host);
  static Channel tls_server(int socket, const TlsContext& context);
  Channel(Channel&& other) noexcept;
  Channel& operator=(Channel&& other) noexcept;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel();

  /// TLS only, and only needed to tell its failure from others: reads and writes shake hands too.
  IoResult handshake();
  IoResult read_some(std::span<char> out);
  IoResult write_some(std::string_view bytes);

  /// Between two requests: whether the peer closed it, or said something nobody asked for.
  bool is_stale();
  /// Under TLS a read may find bytes although the socket shows none.
  bool has_read_ahead() const;
  /// Nothing more will be written; the peer sees the end after what it has not read yet.
  void shut_down_writing();
  void close();

  int socket() const { return socket_; }
  bool is_open() const { return socket_ >= 0; }
  /// Bytes the system took from us so far, TLS's own included: no more can have left the machine.
  std::uint64_t bytes_written() const;
  /// Why the last operation failed, in words.
  const std::string& failure() const { return failure_; }

 private:
  static Channel with_tls(int socket, const TlsContext& context);
  IoResult tls_outcome(int returned);
  IoResult failed(int error_number);

  int socket_ = -1;
  ssl_st* tls_ = nullptr;
  std::uint64_t written_ = 0;  ///< Of a plain channel; under TLS the socket's BIO counts.
  std::string failure_;
};

}  // namespace signalbus::net
