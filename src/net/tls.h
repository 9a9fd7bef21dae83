// TLS settings. Verification of chain and host name is always on; there is no switch for it.
#pragma once

#include <string>

#include "core/result.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX. NOLINT(readability-identifier-naming)

namespace signalbus::net {

/// Whom a client believes: OpenSSL's default certificates of the system, and `ca_file` besides.
struct TlsTrust {
  std::string ca_file = {};  ///< PEM; "" for the system's alone.
};

/// Who a server is. PEM files; the chain with the server's own certificate first.
struct TlsIdentity {
  std::string certificate_file;
  std::string key_file;
};

/// Owns an SSL_CTX: TLS 1.2 or newer, no compression, no renegotiation. May be shared by threads.
class TlsContext {
 public:
  /// kInvalidInput when the file cannot be read or holds no certificate.
  static Result<TlsContext> client(const TlsTrust& trust);
  /// kInvalidInput when a file cannot be read or key and certificate do not belong together.
  static Result<TlsContext> server(const TlsIdentity& identity);

  TlsContext(TlsContext&& other) noexcept;
  TlsContext& operator=(TlsContext&& other) noexcept;
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext();

  ssl_ctx_st* get() const { return context_; }

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

}  // namespace signalbus::net
