#include "execution/client_order_id.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "core/text.h"

namespace signalbus::execution {
namespace {

constexpr std::size_t kHashSize = 10;

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t end = text.find('_'); end != std::string_view::npos; end = text.find('_')) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

}  // namespace

ClientOrderId make_client_order_id(const OrderIdentity& identity, const Symbol& symbol, Side side) {
  const std::string date = identity.run_date.compact();
  const std::string side_text(to_text(side));
  // Newlines cannot stand in any part, so no two identities share a text.
  const std::string text = identity.account.get() + "\n" + std::string(to_text(identity.mode)) +
                           "\n" + date + "\n" + std::to_string(identity.batch_number) + "\n" +
                           std::to_string(identity.leg) + "\n" + std::to_string(identity.attempt) +
                           "\n" + symbol.text() + "\n" + side_text;
  const std::size_t fixed = identity.prefix.size() + date.size() + side_text.size() + kHashSize + 4;
  SB_CHECK(fixed < kClientOrderIdMax);
  const std::string shown = symbol.text().substr(0, kClientOrderIdMax - fixed);
  return ClientOrderId(identity.prefix + "_" + date + "_" + shown + "_" + side_text + "_" +
                       sha256_base32(text, kHashSize));
}

std::optional<TradeDate> run_date_of(const ClientOrderId& id, const std::string& prefix) {
  constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
  const std::vector<std::string_view> parts = parts_of(id.get());
  if (parts.size() != 5 || parts[0] != prefix || parts[1].size() != 8) return std::nullopt;
  const Result<TradeDate> date = TradeDate::parse(parts[1]);
  const bool shaped = date.ok() && Symbol::parse(parts[2]).ok() && parse_side(parts[3]).ok() &&
                      parts[4].size() == kHashSize &&
                      parts[4].find_first_not_of(kBase32) == std::string_view::npos;
  return shaped ? std::optional<TradeDate>(date.value()) : std::nullopt;
}

}  // namespace signalbus::execution
