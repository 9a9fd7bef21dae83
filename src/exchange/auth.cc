#include "exchange/auth.h"

#include <algorithm>

namespace signalbus::exchange {
namespace {

constexpr std::size_t kKeyBytesMax = 256;

int value_of(char byte) {
  if (byte >= 'A' && byte <= 'Z') return byte - 'A';
  if (byte >= 'a' && byte <= 'z') return byte - 'a' + 26;
  if (byte >= '0' && byte <= '9') return byte - '0' + 52;
  if (byte == '+' || byte == '-') return 62;
  if (byte == '/' || byte == '_') return 63;
  return -1;
}

std::optional<Credentials> split_pair(std::string_view pair) {
  const std::size_t colon = pair.find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  return Credentials{std::string(pair.substr(0, colon)), std::string(pair.substr(colon + 1))};
}

bool is_sound(const Credentials& credentials) {
  const auto printable = [](std::string_view text) {
    return !text.empty() && text.size() <= kKeyBytesMax &&
           std::all_of(text.begin(), text.end(),
                       [](char byte) { return byte > 0x20 && byte < 0x7f; });
  };
  return printable(credentials.key_id) && printable(credentials.secret);
}

}  // namespace

std::optional<std::string> base64_decoded(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char byte : text) {
    const int value = value_of(byte);
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> count & 0xff);
  }
  return out;
}

std::string base64_encoded(std::string_view bytes) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
    count += 8;
    while (count >= 6) {
      count -= 6;
      out += kAlphabet[bits >> count & 63];
    }
  }
  if (count > 0) out += kAlphabet[bits << (6 - count) & 63];
  return out;
}

std::optional<Credentials> read_credentials(const net::Headers& headers) {
  Credentials out{std::string(headers.get("APCA-API-KEY-ID")),
                  std::string(headers.get("APCA-API-SECRET-KEY"))};
  if (!out.key_id.empty() || !out.secret.empty()) {
    return is_sound(out) ? std::optional(out) : std::nullopt;
  }
  const std::string_view authorization = headers.get("Authorization");
  const std::size_t space = authorization.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  std::string scheme(authorization.substr(0, space));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                 [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
  const std::string_view token = authorization.substr(space + 1);
  std::optional<Credentials> pair;
  if (scheme == "basic") {
    const auto decoded = base64_decoded(token);
    if (decoded) pair = split_pair(*decoded);
  } else if (scheme == "bearer") {
    pair = split_pair(token);
    if (!pair) pair = Credentials{std::string(token), "bearer"};
  }
  if (!pair || !is_sound(*pair)) return std::nullopt;
  return pair;
}

bool KeyRing::admits(const Credentials& credentials) const {
  if (!is_sound(credentials)) return false;
  if (!keys_) return true;
  const auto at = keys_->find(credentials.key_id);
  return at != keys_->end() && at->second == credentials.secret;
}

}  // namespace signalbus::exchange
