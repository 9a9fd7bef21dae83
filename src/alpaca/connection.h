// Where Alpaca is and who we are there.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "core/secret.h"
#include "net/http.h"

namespace signalbus::alpaca {

inline constexpr std::string_view kPaperTradingUrl = "https://paper-api.alpaca.markets";
inline constexpr std::string_view kLiveTradingUrl = "https://api.alpaca.markets";
inline constexpr std::string_view kDataUrl = "https://data.alpaca.markets";

/// As configuration and environment give them; a trailing `/v2` is harmless.
struct EndpointTexts {
  std::string trading = std::string(kPaperTradingUrl);
  std::string data = std::string(kDataUrl);
};

struct Endpoints {
  net::Url trading;
  net::Url data;
  net::Url stream;  ///< Of trade updates, derived from `trading`.

  /// Real money: the trading service is Alpaca's live one.
  bool is_live() const;
};

/// kUsage for a text that is no URL, or for http:// to anything but this machine: keys would travel
/// in the clear.
Result<Endpoints> endpoints_of(const EndpointTexts& texts);

struct Keys {
  Secret id;
  Secret secret;

  /// kUsage when one is missing, still in its file, or holds bytes that no header can carry.
  Status check() const;
};

}  // namespace signalbus::alpaca
