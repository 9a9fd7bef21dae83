// Decimals: parse_scaled against big integers (Boost.Multiprecision), and text and value as
// inverses.
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <regex>
#include <string>

#include "core/check.h"
#include "core/decimal.h"

namespace {

using namespace signalbus;
using boost::multiprecision::cpp_int;

constexpr int kExponentMax = 10'000;

/// numerator / denominator, exactly.
struct Fraction {
  cpp_int numerator;
  cpp_int denominator;
};

cpp_int power_of_ten(int exponent) {
  return boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(exponent));
}

/// The value of the text times 10^decimals by the grammar of decimal.h, read independently.
std::optional<Fraction> oracle_value(const std::string& text, int decimals) {
  static const std::regex kGrammar(R"(([+-]?)([0-9]*)(\.([0-9]*))?([eE]([+-]?[0-9]+))?)");
  std::smatch match;
  if (!std::regex_match(text, match, kGrammar)) return std::nullopt;
  const std::string digits = match[2].str() + match[4].str();
  if (digits.empty()) return std::nullopt;
  int exponent = 0;
  if (match[6].matched) {
    const long long stated = std::strtoll(match[6].str().c_str(), nullptr, 10);
    if (stated > kExponentMax || stated < -kExponentMax) return std::nullopt;
    exponent = static_cast<int>(stated);
  }
  exponent += decimals - static_cast<int>(match[4].length());
  cpp_int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  if (match[1].str() == "-") value = -value;
  if (exponent >= 0) return Fraction{value * power_of_ten(exponent), 1};
  return Fraction{value, power_of_ten(-exponent)};
}

/// nullopt where kExact refuses.
std::optional<cpp_int> oracle_round(const Fraction& value, Rounding rounding) {
  const bool negative = value.numerator < 0;
  const cpp_int size = abs(value.numerator);
  cpp_int quotient = size / value.denominator;
  const cpp_int rest = size % value.denominator;
  const cpp_int twice = rest * 2;
  switch (rounding) {
    case Rounding::kExact:
      if (rest != 0) return std::nullopt;
      break;
    case Rounding::kTowardZero:
      break;
    case Rounding::kAwayFromZero:
      if (rest != 0) ++quotient;
      break;
    case Rounding::kHalfEven:
      if (twice > value.denominator || (twice == value.denominator && quotient % 2 != 0))
        ++quotient;
      break;
  }
  return negative ? cpp_int(-quotient) : quotient;
}

cpp_int to_big(Int128 value) {
  const bool negative = value < 0;
  const UInt128 size = negative ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
  cpp_int big = static_cast<std::uint64_t>(size >> 64);
  big = (big << 64) + static_cast<std::uint64_t>(size);
  return negative ? cpp_int(-big) : big;
}

void check_parse(const std::string& text, int decimals, Rounding rounding) {
  const Result<Int128> actual = parse_scaled(text, decimals, rounding);
  const std::optional<Fraction> value = oracle_value(text, decimals);
  const std::optional<cpp_int> expected = value ? oracle_round(*value, rounding) : std::nullopt;
  if (!expected) {
    SB_CHECK(!actual.ok());
    return;
  }
  if (actual.ok()) {
    SB_CHECK(to_big(actual.value()) == *expected);
    if (abs(*expected) >= power_of_ten(38))
      return;  // rounded up to 39 digits: not promised to read
    const std::string canonical = format_scaled(actual.value(), decimals);
    SB_CHECK(parse_scaled(canonical, decimals, Rounding::kExact).value() == actual.value());
  } else {
    SB_CHECK(abs(*expected) >= power_of_ten(38));  // 39 digits do not all fit: none is promised
  }
}

void check_double(const std::string& text) {
  const Result<double> value = parse_double(text);
  if (!value.ok()) return;
  char* end = nullptr;
  SB_CHECK(value.value() == std::strtod(text.c_str(), &end));
  SB_CHECK(end == text.c_str() + text.size());
  SB_CHECK(parse_double(format_double(value.value())).value() == value.value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 2 || size > 200) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 2, size - 2);
  check_parse(text, data[0] % 19, static_cast<Rounding>(data[1] % 4));
  check_double(text);
  return 0;
}
