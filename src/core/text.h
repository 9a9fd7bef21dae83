// Small text helpers that messages and files share.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct SHA256state_st;  // OpenSSL's context. NOLINT(readability-identifier-naming)

namespace signalbus {

/// The text in single quotes, control bytes as \xNN and at most 40 characters: safe in any message.
std::string quoted(std::string_view text);

/// ", did you mean 'momentum'?" for the nearest candidate within two edits, else "".
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

/// Lower-case hexadecimal SHA-256 of the bytes (OpenSSL).
std::string sha256_hex(std::string_view bytes);

/// SHA-256 of bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void update(std::string_view bytes);
  /// Lower-case hexadecimal; nothing may follow.
  std::string hex();

 private:
  std::unique_ptr<SHA256state_st> context_;
};

/// The first `length` characters of the lower-case base32 (RFC 4648, no padding) of the SHA-256.
std::string sha256_base32(std::string_view bytes, std::size_t length);

/// 12345 -> "12,345": counts in sentences.
std::string with_thousands(long long value);

/// "1 order", "2 orders".
std::string counted(std::size_t count, std::string_view noun);

}  // namespace signalbus
