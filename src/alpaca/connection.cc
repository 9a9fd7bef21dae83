#include "alpaca/connection.h"

#include "core/text.h"

namespace signalbus::alpaca {
namespace {

Result<net::Url> service_of(std::string_view text, std::string_view name) {
  Result<net::Url> parsed = net::Url::parse(text);
  const std::string place = std::string(name);
  if (!parsed.ok()) return Error{ErrorCode::kUsage, place + ": " + parsed.error().message};
  net::Url url = std::move(parsed).value();
  if (!url.tls && !url.is_loopback()) {
    return Error{ErrorCode::kUsage, place + ": " + quoted(text) +
                                        " is not encrypted, the keys would travel in the clear; "
                                        "write https://"};
  }
  if (url.path.ends_with("/v2")) url.path.resize(url.path.size() - 3);
  return url;
}

Status check_key(const Secret& key, std::string_view variable, std::string_view name) {
  const std::string place = "alpaca." + std::string(name);
  if (!key.is_set()) {
    return Error{ErrorCode::kUsage, place + ": is missing; set " + std::string(variable)};
  }
  if (key.reveal().empty()) {
    return Error{ErrorCode::kUsage, place + ": is still in its file " + quoted(key.file())};
  }
  for (const char c : key.reveal()) {
    if (c > ' ' && c < '\x7f') continue;
    return Error{
        ErrorCode::kUsage,
        place + ": holds a space, a line break or a byte outside ASCII; copy the key again"};
  }
  return Ok{};
}

}  // namespace

bool Endpoints::is_live() const {
  return trading.host == net::Url::parse(kLiveTradingUrl).value().host;
}

Result<Endpoints> endpoints_of(const EndpointTexts& texts) {
  SB_TRY(net::Url trading, service_of(texts.trading, "alpaca.trading_endpoint"));
  SB_TRY(net::Url data, service_of(texts.data, "alpaca.data_endpoint"));
  net::Url stream = trading;
  stream.path += "/stream";
  return Endpoints{std::move(trading), std::move(data), std::move(stream)};
}

Status Keys::check() const {
  SB_TRY_OK(check_key(id, "APCA_API_KEY_ID", "key_id"));
  return check_key(secret, "APCA_API_SECRET_KEY", "secret");
}

}  // namespace signalbus::alpaca
