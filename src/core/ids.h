// Identifiers: each its own type, checked once at the door and trusted afterwards.
#pragma once

#include <array>
#include <compare>
#include <cstring>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/strong.h"

namespace signalbus {

/// A ticker as the broker writes it: 1 to 16 of `A-Z 0-9 . / -`. Sixteen bytes in place, because a
/// plan compares symbols hundreds of thousands of times.
class Symbol {
 public:
  /// kInvalidInput for anything outside the allow-list; lower case is not folded, it is refused.
  static Result<Symbol> parse(std::string_view text);

  std::string_view view() const { return {bytes_.data(), ::strnlen(bytes_.data(), bytes_.size())}; }
  std::string text() const { return std::string(view()); }

  friend bool operator==(const Symbol&, const Symbol&) = default;
  friend std::strong_ordering operator<=>(const Symbol& a, const Symbol& b) {
    return std::memcmp(a.bytes_.data(), b.bytes_.data(), kSize) <=> 0;
  }

 private:
  static constexpr std::size_t kSize = 16;
  Symbol() = default;
  std::array<char, kSize> bytes_{};  // zero padded, so that bytes compare like text
};

using AssetId =
    Strong<std::string, struct AssetIdTag>;  ///< The producer's key, always text ("1690").
using StrategyId = Strong<std::string, struct StrategyIdTag>;
using AccountId = Strong<std::string, struct AccountIdTag>;
using BatchId = Strong<std::string, struct BatchIdTag>;  ///< YYYYMMDD-N.
using ClientOrderId = Strong<std::string, struct ClientOrderIdTag>;
using OrderId = Strong<std::string, struct OrderIdTag>;  ///< The broker's; empty when it gave none.

/// 1 to 64 printable ASCII characters without space, comma, quote or backslash; the first is none
/// of
/// `= + - @`, which a spreadsheet would take for a formula.
Result<AssetId> parse_asset_id(std::string_view text);
/// 1 to 48 of `A-Z a-z 0-9 _ -`: it becomes part of file columns and of order ids.
Result<StrategyId> parse_strategy_id(std::string_view text);

/// Orders asset ids as output files do: numerically where both are numbers, numbers before text.
bool asset_id_less(const AssetId& a, const AssetId& b);

}  // namespace signalbus
