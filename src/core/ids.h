// Identifiers: each its own type, checked once at the door and trusted afterwards.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
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

  friend bool operator==(const Symbol& a, const Symbol& b) {
    return a.word(0) == b.word(0) && a.word(8) == b.word(8);
  }
  friend std::strong_ordering operator<=>(const Symbol& a, const Symbol& b) {
    const std::uint64_t first = a.word(0);
    const std::uint64_t other = b.word(0);
    return first != other ? first <=> other : a.word(8) <=> b.word(8);
  }

 private:
  static constexpr std::size_t kSize = 16;
  /// Eight bytes as a number that orders as they do: comparing it takes no call of memcmp.
  std::uint64_t word(std::size_t at) const {
    std::uint64_t out = 0;
    std::memcpy(&out, bytes_.data() + at, sizeof out);
    return std::endian::native == std::endian::little ? __builtin_bswap64(out) : out;
  }
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
