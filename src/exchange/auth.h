// Who asks: keys in headers, and whether they may come in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "exchange/venue_files.h"
#include "net/http.h"

namespace signalbus::exchange {

struct Credentials {
  std::string key_id;
  std::string secret;
};

/// APCA-API-KEY-ID and -SECRET-KEY; else Basic `key:secret`; else Bearer, whose token is
/// `key:secret` or a key id alone. Nothing when there is none or it cannot be read.
std::optional<Credentials> read_credentials(const net::Headers& headers);

/// Without a table every key with a secret is welcome: it is an account of its own.
class KeyRing {
 public:
  KeyRing() = default;
  explicit KeyRing(KeyTable keys) : keys_(std::move(keys)) {}

  bool admits(const Credentials& credentials) const;

 private:
  std::optional<KeyTable> keys_;
};

/// RFC 4648, with or without padding. Nothing for other bytes.
std::optional<std::string> base64_decoded(std::string_view text);
/// URL-safe alphabet, no padding: page tokens.
std::string base64_encoded(std::string_view bytes);

}  // namespace signalbus::exchange
