// A throw-away certificate authority for tests: keys are made in memory and written to a folder
// that goes with the test.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "net/tls.h"

namespace signalbus::net {

struct OpenSslFree {
  void operator()(X509* certificate) const { ::X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { ::EVP_PKEY_free(key); }
};

/// What a certificate claims.
struct Claim {
  std::string names;  ///< As OpenSSL writes them: `DNS:localhost,IP:127.0.0.1`.
  long starts_in_seconds = -3600;
  long ends_in_seconds = 3600;
};

class TestAuthority {
 public:
  explicit TestAuthority(std::string common_name)
      : name_(std::move(common_name)), key_(::EVP_EC_gen("P-256")) {
    std::string folder = (std::filesystem::temp_directory_path() / "sb-tls-XXXXXX").string();
    EXPECT_NE(::mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    certificate_ = make({}, key_.get(), name_, "critical,CA:TRUE");
    write(ca_file(), certificate_.get(), nullptr);
  }
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;
  ~TestAuthority() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string ca_file() const { return folder_ + "/ca.pem"; }
  TlsTrust trust() const { return {.ca_file = ca_file()}; }
  /// A folder as OpenSSL's default one: each authority under the hash of its name.
  std::string ca_folder() const {
    char hash[16];
    std::snprintf(hash, sizeof hash, "%08lx.0",
                  ::X509_NAME_hash_ex(::X509_get_subject_name(certificate_.get()), nullptr, nullptr,
                                      nullptr));
    const std::string folder = folder_ + "/certs";
    std::filesystem::create_directories(folder);
    std::filesystem::copy_file(ca_file(), folder + "/" + hash);
    return folder;
  }

  TlsIdentity identity(const Claim& claim) {
    const std::string stem = folder_ + "/" + std::to_string(++count_);
    const std::unique_ptr<EVP_PKEY, OpenSslFree> key(::EVP_EC_gen("P-256"));
    const auto certificate = make(claim, key.get(), "server " + std::to_string(count_), "CA:FALSE");
    write(stem + ".pem", certificate.get(), nullptr);
    write(stem + ".key", nullptr, key.get());
    return {.certificate_file = stem + ".pem", .key_file = stem + ".key"};
  }

 private:
  using Certificate = std::unique_ptr<X509, OpenSslFree>;

  Certificate make(const Claim& claim, EVP_PKEY* key, const std::string& name,
                   const std::string& constraints) {
    Certificate out(::X509_new());
    ::X509_set_version(out.get(), 2);
    ::ASN1_INTEGER_set(::X509_get_serialNumber(out.get()), ++serial_);
    ::X509_gmtime_adj(::X509_getm_notBefore(out.get()), claim.starts_in_seconds);
    ::X509_gmtime_adj(::X509_getm_notAfter(out.get()), claim.ends_in_seconds);
    set_name(::X509_get_subject_name(out.get()), name);
    set_name(::X509_get_issuer_name(out.get()), name_);
    ::X509_set_pubkey(out.get(), key);
    add_extension(out.get(), NID_basic_constraints, constraints);
    if (!claim.names.empty()) add_extension(out.get(), NID_subject_alt_name, claim.names);
    EXPECT_GT(::X509_sign(out.get(), key_.get(), ::EVP_sha256()), 0);
    return out;
  }

  static void set_name(X509_NAME* name, const std::string& text) {
    ::X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                 reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0);
  }
  static void add_extension(X509* certificate, int nid, const std::string& value) {
    X509_EXTENSION* extension = ::X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
    EXPECT_NE(extension, nullptr) << value;
    ::X509_add_ext(certificate, extension, -1);
    ::X509_EXTENSION_free(extension);
  }
  static void write(const std::string& path, X509* certificate, EVP_PKEY* key) {
    FILE* file = std::fopen(path.c_str(), "w");
    if (certificate != nullptr) ::PEM_write_X509(file, certificate);
    if (key != nullptr) ::PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
  }

  std::string name_;
  std::string folder_;
  std::unique_ptr<EVP_PKEY, OpenSslFree> key_;
  Certificate certificate_;
  long serial_ = 0;
  int count_ = 0;
};

}  // namespace signalbus::net
