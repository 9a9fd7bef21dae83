#include "execution/client_order_id.h"

#include <algorithm>

#include "core/text.h"

namespace signalbus::execution {

ClientOrderId make_client_order_id(const OrderIdentity& identity, const Symbol& symbol, Side side) {
  constexpr std::size_t kHashSize = 10;
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

bool has_our_form(std::string_view id, std::string_view prefix) {
  constexpr std::size_t kDate = 8;
  constexpr std::size_t kHash = 10;
  const auto all = [](std::string_view text, std::string_view of) {
    return text.find_first_not_of(of) == std::string_view::npos;
  };
  if (!id.starts_with(prefix) || id.size() < prefix.size() + kDate + kHash + 4) return false;
  id.remove_prefix(prefix.size());
  const std::string_view hash = id.substr(id.size() - kHash);
  const std::string_view date = id.substr(1, kDate);
  const std::string_view middle = id.substr(1 + kDate, id.size() - 1 - kDate - kHash);
  return id[0] == '_' && all(date, "0123456789") && all(hash, "abcdefghijklmnopqrstuvwxyz234567") &&
         middle.starts_with('_') && (middle.ends_with("_BUY_") || middle.ends_with("_SELL_"));
}

std::optional<TradeDate> run_date_of(std::string_view id, std::string_view prefix) {
  if (!has_our_form(id, prefix)) return std::nullopt;
  const Result<TradeDate> date = TradeDate::parse(id.substr(prefix.size() + 1, 8));
  return date.ok() ? std::optional<TradeDate>(date.value()) : std::nullopt;
}

}  // namespace signalbus::execution
