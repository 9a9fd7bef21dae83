#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

namespace signalbus::net {
namespace {

/// OpenSSL's newest complaint in words; its queue is empty afterwards.
std::string openssl_reason() {
  const char* reason = ::ERR_reason_error_string(::ERR_peek_last_error());
  ::ERR_clear_error();
  return reason == nullptr ? "it could not be read" : reason;
}

Error bad_file(const std::string& path, std::string_view what) {
  return {ErrorCode::kInvalidInput,
          path + ": " + std::string(what) + ": " + openssl_reason() + "; a PEM file is needed"};
}

void set_common(SSL_CTX* context) {
  ::SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  ::SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  // An idle connection gives its 32 KiB of buffers back; a write may go on from another buffer.
  ::SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

/// OpenSSL's default places. The folder is looked into when an authority is needed; the file of all
/// of them takes 30 ms to read, so it is read only when somebody named one or there is no folder.
void trust_the_system(SSL_CTX* context) {
  ::SSL_CTX_set_default_verify_dir(context);
  const char* named = std::getenv(::X509_get_default_cert_dir_env());
  std::error_code none;
  const bool has_folder =
      !std::filesystem::is_empty(named != nullptr ? named : ::X509_get_default_cert_dir(), none);
  if (std::getenv(::X509_get_default_cert_file_env()) != nullptr || !has_folder || none) {
    ::SSL_CTX_set_default_verify_file(context);
  }
}

}  // namespace

Result<TlsContext> TlsContext::client(const TlsTrust& trust) {
  TlsContext context(::SSL_CTX_new(::TLS_client_method()));
  SB_CHECK(context.get() != nullptr);
  set_common(context.get());
  ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  trust_the_system(context.get());
  if (!trust.ca_file.empty() &&
      ::SSL_CTX_load_verify_locations(context.get(), trust.ca_file.c_str(), nullptr) != 1) {
    return bad_file(trust.ca_file, "no certificate of an authority");
  }
  ::ERR_clear_error();
  return context;
}

Result<TlsContext> TlsContext::server(const TlsIdentity& identity) {
  TlsContext context(::SSL_CTX_new(::TLS_server_method()));
  SB_CHECK(context.get() != nullptr);
  set_common(context.get());
  ::SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  const std::string& chain = identity.certificate_file;
  if (::SSL_CTX_use_certificate_chain_file(context.get(), chain.c_str()) != 1) {
    return bad_file(chain, "no certificate");
  }
  const std::string& key = identity.key_file;
  if (::SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      ::SSL_CTX_check_private_key(context.get()) != 1) {
    return bad_file(key, "no key of that certificate");
  }
  return context;
}

TlsContext::TlsContext(TlsContext&& other) noexcept
    : context_(std::exchange(other.context_, nullptr)) {}
TlsContext& TlsContext::operator=(TlsContext&& other) noexcept {
  std::swap(context_, other.context_);
  return *this;
}
TlsContext::~TlsContext() { ::SSL_CTX_free(context_); }

}  // namespace signalbus::net
