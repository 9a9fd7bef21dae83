#include "core/decimal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "core/text.h"

namespace signalbus {
namespace {

constexpr Int128 kInt128Max = static_cast<Int128>(~static_cast<UInt128>(0) >> 1);

bool is_digit(char c) { return c >= '0' && c <= '9'; }

UInt128 magnitude(Int128 value) {
  return value < 0 ? static_cast<UInt128>(0) - static_cast<UInt128>(value)
                   : static_cast<UInt128>(value);
}

/// The parts of a decimal literal, before any arithmetic.
struct Literal {
  bool negative = false;
  std::string digits;  // significant digits, leading zeros removed
  int point = 0;       // value = 0.digits x 10^point
};

Error not_a_number(std::string_view text) {
  return {ErrorCode::kInvalidInput, quoted(text) + " is not a decimal number"};
}

Error too_large(std::string_view text) {
  return {ErrorCode::kInvalidInput, quoted(text) + " is too large"};
}

/// The signed value of a magnitude that fits; -2^127 has no positive counterpart.
Int128 with_sign(UInt128 size, bool negative) {
  return static_cast<Int128>(negative ? static_cast<UInt128>(0) - size : size);
}

/// The largest magnitude that fits with that sign.
UInt128 size_max(bool negative) { return static_cast<UInt128>(kInt128Max) + (negative ? 1 : 0); }

/// Reads the exponent after 'e' into `point`; false when it is malformed or absurd.
bool read_exponent(std::string_view text, int& point) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return false;  // from_chars would take this second sign
  }
  int exponent = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (code != std::errc() || end != text.data() + text.size()) return false;
  if (exponent > 10'000 || exponent < -10'000) return false;
  point += exponent;
  return true;
}

Result<Literal> read_literal(std::string_view text) {
  Literal literal;
  std::string_view rest = text;
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) {
    literal.negative = rest.front() == '-';
    rest.remove_prefix(1);
  }
  bool any = false;
  bool after_point = false;
  std::size_t i = 0;
  for (; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == '.' && !after_point) {
      after_point = true;
      continue;
    }
    if (!is_digit(c)) break;
    any = true;
    if (!after_point) ++literal.point;
    if (c == '0' && literal.digits.empty()) {
      --literal.point;
      continue;
    }
    literal.digits += c;
  }
  if (!any) return not_a_number(text);
  if (i < rest.size()) {
    if ((rest[i] != 'e' && rest[i] != 'E') || !read_exponent(rest.substr(i + 1), literal.point)) {
      return not_a_number(text);
    }
  }
  while (!literal.digits.empty() && literal.digits.back() == '0') literal.digits.pop_back();
  return literal;
}

/// Whether cut digits `tail` (not empty) round the kept magnitude up.
bool rounds_up(std::string_view tail, bool kept_is_odd, Rounding rounding) {
  switch (rounding) {
    case Rounding::kExact:
    case Rounding::kTowardZero:
      return false;
    case Rounding::kAwayFromZero:
      return true;
    case Rounding::kHalfEven:
      break;
  }
  if (tail.front() != '5') return tail.front() > '5';
  return tail.size() > 1 ||
         kept_is_odd;  // trailing zeros were removed: more digits mean above half
}

/// Quotient and remainder of a 256-bit number by a 128-bit one, one bit at a time (rare path).
struct WideQuotient {
  UInt128 quotient;
  UInt128 remainder;
  bool overflow;
};

struct Wide {
  UInt128 high;
  UInt128 low;
};

Wide multiply_wide(UInt128 a, UInt128 b) {
  constexpr UInt128 kMask = std::numeric_limits<std::uint64_t>::max();
  const UInt128 a0 = a & kMask;
  const UInt128 a1 = a >> 64;
  const UInt128 b0 = b & kMask;
  const UInt128 b1 = b >> 64;
  const UInt128 p00 = a0 * b0;
  const UInt128 p01 = a0 * b1;
  const UInt128 p10 = a1 * b0;
  const UInt128 middle = (p00 >> 64) + (p01 & kMask) + (p10 & kMask);
  return {.high = a1 * b1 + (p01 >> 64) + (p10 >> 64) + (middle >> 64),
          .low = (middle << 64) | (p00 & kMask)};
}

WideQuotient divide_wide(Wide value, UInt128 divisor) {
  if (value.high == 0) return {value.low / divisor, value.low % divisor, false};
  if (value.high >= divisor) return {0, 0, true};
  UInt128 quotient = 0;
  UInt128 remainder = value.high;
  for (int bit = 127; bit >= 0; --bit) {
    const bool carry = (remainder >> 127) != 0;
    remainder = (remainder << 1) | ((value.low >> bit) & 1);
    quotient <<= 1;
    if (carry || remainder >= divisor) {
      remainder -= divisor;
      quotient |= 1;
    }
  }
  return {quotient, remainder, false};
}

/// Rounds a truncated quotient of magnitudes as named.
UInt128 round_quotient(UInt128 quotient, UInt128 remainder, UInt128 divisor, Rounding rounding) {
  if (remainder == 0 || rounding == Rounding::kTowardZero) return quotient;
  if (rounding == Rounding::kAwayFromZero) return quotient + 1;
  SB_CHECK(rounding == Rounding::kHalfEven);
  const UInt128 rest = divisor - remainder;  // compares remainder with half without doubling it
  if (remainder > rest) return quotient + 1;
  if (remainder < rest) return quotient;
  return quotient + (quotient & 1);
}

/// Writes size / 10^decimals at the end of the buffer; where it begins.
std::size_t write_wide(std::array<char, 48>& buffer, UInt128 size, int decimals) {
  std::size_t position = buffer.size();
  bool significant = false;  // trailing zeros of the fraction are not written
  for (int digit = 0; size != 0 || digit <= decimals; ++digit) {
    if (digit == decimals && significant && decimals > 0) buffer[--position] = '.';
    const char c = static_cast<char>('0' + static_cast<int>(size % 10));
    size /= 10;
    if (digit >= decimals || c != '0' || significant) {
      significant = true;
      buffer[--position] = c;
    }
  }
  return position;
}

/// The same at the front, for what fits into 64 bits, as nearly every number does: a division of
/// 128 bits is a function call. `decimals` up to 18; where the text ends.
char* write_narrow(char* at, std::uint64_t size, int decimals) {
  const auto unit = static_cast<std::uint64_t>(pow10(decimals));
  at = std::to_chars(at, at + 20, size / unit).ptr;
  std::uint64_t fraction = size % unit;
  if (fraction == 0) return at;
  while (fraction % 10 == 0) {
    fraction /= 10;
    --decimals;
  }
  *at++ = '.';
  for (char* digit = at + decimals; digit != at; fraction /= 10) {
    *--digit = static_cast<char>('0' + fraction % 10);
  }
  return at + decimals;
}

/// Plain digits that fit into 64 bits and need no rounding, as nearly every cell of a file has
/// them. Absent for all others, and for what is no number.
std::optional<std::int64_t> parse_plain(std::string_view text, int decimals) {
  constexpr int kDigitsMax = 18;
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const int after = static_cast<int>(text.size() - std::min(point + 1, text.size()));
  const int digits = static_cast<int>(point) + decimals;  // of the value in its unit
  if (text.size() > kDigitsMax || digits > kDigitsMax || after > decimals) return std::nullopt;
  if (point == 0 && after == 0) return std::nullopt;
  std::int64_t value = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == point) continue;
    if (!is_digit(text[i])) return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  value *= static_cast<std::int64_t>(pow10(decimals - after));
  return negative ? -value : value;
}

}  // namespace

Result<Int128> parse_scaled(std::string_view text, int decimals, Rounding rounding) {
  SB_CHECK(decimals >= 0 && decimals <= 18);
  SB_TRY(const Literal literal, read_literal(text));
  if (literal.digits.empty()) return Int128{0};
  const int kept = literal.point + decimals;  // digits before the cut
  if (kept > 39) return too_large(text);
  const auto kept_count = static_cast<std::size_t>(std::max(kept, 0));
  UInt128 value = 0;
  for (std::size_t i = 0; i < kept_count; ++i) {
    if (value > size_max(false) / 10) return too_large(text);
    const int digit = i < literal.digits.size() ? literal.digits[i] - '0' : 0;
    value = value * 10 + static_cast<UInt128>(digit);
  }
  if (literal.digits.size() > kept_count || kept < 0) {
    if (rounding == Rounding::kExact) {
      return Error{ErrorCode::kInvalidInput,
                   quoted(text) + " has more than " + std::to_string(decimals) + " decimals"};
    }
    // Below the first cut digit by at least one place: less than half of the last kept unit.
    const std::string tail = kept < 0 ? "01" : literal.digits.substr(kept_count);
    if (rounds_up(tail, (value & 1) != 0, rounding)) ++value;
  }
  if (value > size_max(literal.negative)) return too_large(text);
  return with_sign(value, literal.negative);
}

Result<std::int64_t> parse_scaled64(std::string_view text, int decimals, Rounding rounding) {
  if (const std::optional<std::int64_t> plain = parse_plain(text, decimals)) return *plain;
  SB_TRY(const Int128 wide, parse_scaled(text, decimals, rounding));
  if (wide > std::numeric_limits<std::int64_t>::max() ||
      wide < std::numeric_limits<std::int64_t>::min()) {
    return too_large(text);
  }
  return static_cast<std::int64_t>(wide);
}

std::string format_scaled(Int128 value, int decimals) {
  SB_CHECK(decimals >= 0 && decimals <= 38);
  std::array<char, 48> buffer{};
  const UInt128 size = magnitude(value);
  if (size <= std::numeric_limits<std::uint64_t>::max() && decimals <= 18) {
    char* const begin = buffer.data();
    *begin = '-';
    const char* end =
        write_narrow(begin + (value < 0 ? 1 : 0), static_cast<std::uint64_t>(size), decimals);
    return {begin, static_cast<std::size_t>(end - begin)};
  }
  std::size_t position = write_wide(buffer, size, decimals);
  if (value < 0) buffer[--position] = '-';
  return {buffer.data() + position, buffer.size() - position};
}

Int128 divide(Int128 numerator, Int128 denominator, Rounding rounding) {
  SB_CHECK(denominator != 0);
  const UInt128 top = magnitude(numerator);
  const UInt128 bottom = magnitude(denominator);
  const UInt128 whole = top / bottom;  // a function call each: the rest is cheaper multiplied
  const UInt128 quotient = round_quotient(whole, top - whole * bottom, bottom, rounding);
  const bool negative = (numerator < 0) != (denominator < 0);
  SB_CHECK(quotient <= size_max(negative));  // only -2^127 / -1 does not fit
  return with_sign(quotient, negative);
}

Result<Int128> multiply_divide(Int128 a, Int128 b, Int128 c, Rounding rounding) {
  SB_CHECK(c != 0);
  Int128 product = 0;
  const bool fits =
      !__builtin_mul_overflow(a, b, &product) && magnitude(product) <= size_max(false);
  if (fits) return divide(product, c, rounding);
  const UInt128 divisor = magnitude(c);
  const bool negative = ((a < 0) != (b < 0)) != (c < 0);
  const WideQuotient wide = divide_wide(multiply_wide(magnitude(a), magnitude(b)), divisor);
  const Error does_not_fit{ErrorCode::kInvalidInput, "product is too large to represent"};
  // Before rounding too: the largest quotient would wrap to zero.
  if (wide.overflow || wide.quotient > size_max(negative)) return does_not_fit;
  const UInt128 quotient = round_quotient(wide.quotient, wide.remainder, divisor, rounding);
  if (quotient > size_max(negative)) return does_not_fit;
  return with_sign(quotient, negative);
}

std::string format_double(double value) {
  const double size = std::abs(value);
  const bool plain = size == 0.0 || (size >= 1e-9 && size < 1e15);
  std::array<char, 64> buffer{};
  const auto [end, code] = plain
                               ? std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                               value + 0.0, std::chars_format::fixed)
                               : std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  SB_CHECK(code == std::errc());
  return {buffer.data(), static_cast<std::size_t>(end - buffer.data())};
}

Result<double> parse_double(std::string_view text) {
  std::string_view rest = text;
  if (!rest.empty() && rest.front() == '+') rest.remove_prefix(1);
  const std::string_view unsigned_part =
      !rest.empty() && rest.front() == '-' && rest.size() == text.size() ? rest.substr(1) : rest;
  // from_chars would also take "inf" and "nan": a number must start with a digit or a point.
  if (unsigned_part.empty() || !(is_digit(unsigned_part.front()) || unsigned_part.front() == '.')) {
    return not_a_number(text);
  }
  double value = 0;
  const auto [end, code] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (end != rest.data() + rest.size() || code == std::errc::invalid_argument)
    return not_a_number(text);
  if (code == std::errc::result_out_of_range || !std::isfinite(value)) {
    return Error{ErrorCode::kInvalidInput, quoted(text) + " is outside the range of a number"};
  }
  return value;
}

}  // namespace signalbus
