// Decimal text to scaled integers and back, exactly; and the wide multiply-divide that money needs.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "core/result.h"

namespace signalbus {

__extension__ typedef __int128 Int128;  // NOLINT(modernize-use-using): -Wpedantic wants it
__extension__ typedef unsigned __int128 UInt128;  // NOLINT(modernize-use-using)

/// What happens to digits beyond the scale. There is no default: every division says its direction.
enum class Rounding {
  kExact,         ///< They are refused.
  kTowardZero,    ///< They are cut: never more than asked.
  kAwayFromZero,  ///< Any remainder counts as one more: never less than needed.
  kHalfEven       ///< Nearest, ties to even: no drift over many roundings.
};

/// Reads `[+-]digits[.digits][e[+-]digits]` as value x 10^decimals (decimals 0..18); one side of
/// the point may be empty (`.5`, `1.`). kInvalidInput for anything else (spaces, commas, percent,
/// hex, nan, inf), for more digits than kExact allows, and for values beyond 128 bits.
Result<Int128> parse_scaled(std::string_view text, int decimals, Rounding rounding);

/// The same, narrowed to 64 bits.
Result<std::int64_t> parse_scaled64(std::string_view text, int decimals, Rounding rounding);

/// The shortest exact text of value / 10^decimals: no exponent, no trailing zeros, "0" for zero.
std::string format_scaled(Int128 value, int decimals);

inline constexpr auto kPowersOfTen = [] {
  std::array<Int128, 39> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

/// 10^n for n in 0..38.
inline Int128 pow10(int n) {
  SB_CHECK(n >= 0 && n <= 38);
  return kPowersOfTen[static_cast<std::size_t>(n)];
}

/// numerator / denominator rounded as named; denominator must not be zero; kExact is a bug here.
Int128 divide(Int128 numerator, Int128 denominator, Rounding rounding);

/// a x b / c with the product held in 256 bits, so that only the quotient has to fit in 128.
/// kInvalidInput when it does not. c must not be zero.
Result<Int128> multiply_divide(Int128 a, Int128 b, Int128 c, Rounding rounding);

/// Shortest text that reads back as the same double; plain notation from 1e-9 up to 1e15.
std::string format_double(double value);

/// Strict: the whole text is one finite number in C notation, `+` sign allowed. kInvalidInput else.
Result<double> parse_double(std::string_view text);

}  // namespace signalbus
