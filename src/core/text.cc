#include "core/text.h"

#include "core/check.h"

// The plain functions, deprecated in favour of EVP: EVP starts all of OpenSSL (1.2 ms of a run of
// 25) and looks the algorithm up anew for each of a thousand short texts. The code below is the
// same.
#define OPENSSL_SUPPRESS_DEPRECATED  // NOLINT: OpenSSL's own switch
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>

namespace signalbus {
namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

Digest sha256(std::string_view bytes) {
  Digest digest{};
  SHA256_CTX context;
  SB_CHECK(SHA256_Init(&context) == 1 && SHA256_Update(&context, bytes.data(), bytes.size()) == 1 &&
           SHA256_Final(digest.data(), &context) == 1);
  return digest;
}

std::string hex_of(const Digest& digest) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  out.reserve(2 * digest.size());
  for (const unsigned char byte : digest) {
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

/// Levenshtein distance, one row at a time.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string quoted(std::string_view text) {
  constexpr std::size_t kShown = 40;
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "'";
  for (const char c : text.substr(0, kShown)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f) {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  if (text.size() > kShown) out += "...";
  return out + "'";
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  constexpr std::size_t kNear = 2;
  std::size_t best = kNear + 1;
  std::string_view found;
  if (word.size() > 64) return "";
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best) {
      best = distance;
      found = candidate;
    }
  }
  return found.empty() ? "" : ", did you mean '" + std::string(found) + "'?";
}

std::string sha256_hex(std::string_view bytes) { return hex_of(sha256(bytes)); }

Sha256::Sha256() : context_(std::make_unique<SHA256_CTX>()) {
  SB_CHECK(SHA256_Init(context_.get()) == 1);
}

Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
  SB_CHECK(SHA256_Update(context_.get(), bytes.data(), bytes.size()) == 1);
}

std::string Sha256::hex() {
  Digest digest{};
  SB_CHECK(SHA256_Final(digest.data(), context_.get()) == 1);
  return hex_of(digest);
}

std::string sha256_base32(std::string_view bytes, std::size_t length) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const unsigned char byte : sha256(bytes)) {
    bits = (bits << 8) | byte;
    count += 8;
    while (count >= 5 && out.size() < length) {
      count -= 5;
      out += kAlphabet[(bits >> count) & 31];
    }
  }
  // 256 bits are 51 characters and one bit; RFC 4648 fills that one up with zeros.
  if (count > 0 && out.size() < length) out += kAlphabet[(bits << (5 - count)) & 31];
  return out;
}

std::string with_thousands(long long value) {
  const auto size = static_cast<unsigned long long>(value);
  std::string digits = std::to_string(value < 0 ? 0 - size : size);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return value < 0 ? "-" + digits : digits;
}

std::string counted(std::size_t count, std::string_view noun) {
  return with_thousands(static_cast<long long>(count)) + " " + std::string(noun) +
         (count == 1 ? "" : "s");
}

}  // namespace signalbus
