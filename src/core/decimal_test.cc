// Goal: decimal text and wide arithmetic are exact everywhere, at the extremes above all.
// Method: Boost's arbitrary-precision integers as the oracle; tables for what must be refused.
#include "core/decimal.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

namespace signalbus {

// For the messages of failed assertions; found beside Int128's functions.
static std::string shown(Int128 value) { return format_scaled(value, 0); }

namespace {

using Big = boost::multiprecision::cpp_int;

constexpr Int128 kMax = static_cast<Int128>(~static_cast<UInt128>(0) >> 1);
constexpr Int128 kMin = -kMax - 1;

Big big(Int128 value) {
  const bool negative = value < 0;
  UInt128 rest = negative ? static_cast<UInt128>(0) - static_cast<UInt128>(value)
                          : static_cast<UInt128>(value);
  Big result = static_cast<std::uint64_t>(rest >> 64);
  result = (result << 64) + static_cast<std::uint64_t>(rest);
  return negative ? Big(-result) : result;
}

/// What a / b is, rounded as named, by the definition and nothing else.
Big rounded(const Big& a, const Big& b, Rounding rounding) {
  const bool negative = (a < 0) != (b < 0);
  const Big top = abs(a);
  const Big bottom = abs(b);
  Big quotient = top / bottom;
  const Big twice = 2 * (top % bottom);
  const bool up = rounding == Rounding::kAwayFromZero ? twice > 0
                  : rounding == Rounding::kHalfEven
                      ? twice > bottom || (twice == bottom && quotient % 2 == 1)
                      : false;
  if (up) ++quotient;
  return negative ? Big(-quotient) : quotient;
}

/// Every size is as likely as every other, and the extremes come often.
rc::Gen<Int128> any_int128() {
  return rc::gen::apply(
      [](std::uint64_t high, std::uint64_t low, int shift, int kind) {
        const auto wide = (static_cast<UInt128>(high) << 64) | low;
        if (kind == 0) return kMax - static_cast<Int128>(low % 3);
        if (kind == 1) return kMin + static_cast<Int128>(low % 3);
        return static_cast<Int128>(wide) >> shift;
      },
      rc::gen::arbitrary<std::uint64_t>(), rc::gen::arbitrary<std::uint64_t>(),
      rc::gen::inRange(0, 128), rc::gen::inRange(0, 12));
}

const auto kRoundings = {Rounding::kTowardZero, Rounding::kAwayFromZero, Rounding::kHalfEven};

// rc::gen::arbitrary sizes integers down to small ones; these bits are uniform.
rc::Gen<std::uint64_t> any_bits() {
  return rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint64_t>());
}

RC_GTEST_PROP(DecimalTest, TextComesBackAsTheSameNumber, ()) {
  const Int128 value = *any_int128();
  const int decimals = *rc::gen::inRange(0, 19);

  const std::string text = format_scaled(value, decimals);
  const auto parsed = parse_scaled(text, decimals, Rounding::kExact);

  RC_ASSERT(parsed.ok());
  RC_ASSERT(shown(parsed.value()) == shown(value));
}

RC_GTEST_PROP(DecimalTest, FormatsAsTheOracleDoesWithoutSuperfluousCharacters, ()) {
  const Int128 value = *any_int128();
  const int decimals = *rc::gen::inRange(0, 39);

  std::string digits = Big(abs(big(value))).str();
  if (digits.size() <= static_cast<std::size_t>(decimals)) {
    digits.insert(0, static_cast<std::size_t>(decimals) + 1 - digits.size(), '0');
  }
  const std::size_t point = digits.size() - static_cast<std::size_t>(decimals);
  std::string fraction = digits.substr(point);
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  const std::string expected =
      (value < 0 ? "-" : "") + digits.substr(0, point) + (fraction.empty() ? "" : "." + fraction);

  RC_ASSERT(format_scaled(value, decimals) == expected);
}

/// value of [sign]whole.fraction e exponent, times 10^decimals, by the oracle; nullopt when a
/// rounding named kExact would lose something.
std::optional<Big> oracle(const std::string& whole, const std::string& fraction, int exponent,
                          int decimals, Rounding rounding, bool negative) {
  Big top((whole + fraction).insert(0, "1"));  // a leading 1: "010" would be octal
  top -= pow(Big(10), static_cast<unsigned>(whole.size() + fraction.size()));
  if (negative) top = -top;
  const int shift = exponent + decimals - static_cast<int>(fraction.size());
  if (shift >= 0) return Big(top * pow(Big(10), static_cast<unsigned>(shift)));
  const Big bottom = pow(Big(10), static_cast<unsigned>(-shift));
  if (rounding == Rounding::kExact && top % bottom != 0) return std::nullopt;
  return rounded(top, bottom, rounding);
}

RC_GTEST_PROP(DecimalTest, ParsesEveryLiteralAsTheOracleDoes, ()) {
  const auto digits = [](int most) {
    return *rc::gen::resize(most, rc::gen::container<std::string>(
                                      rc::gen::elementOf(std::string("00001234555556789999"))));
  };
  const std::string whole = digits(45);
  const std::string fraction = digits(45);
  RC_PRE(!(whole + fraction).empty());
  const int exponent = *rc::gen::inRange(-60, 60);
  const int decimals = *rc::gen::inRange(0, 19);
  const bool negative = *rc::gen::arbitrary<bool>();
  const auto rounding = *rc::gen::element(Rounding::kExact, Rounding::kTowardZero,
                                          Rounding::kAwayFromZero, Rounding::kHalfEven);
  std::string text = *rc::gen::elementOf(negative ? std::vector<std::string>{"-"}
                                                  : std::vector<std::string>{"", "+"});
  text += whole + (fraction.empty() && *rc::gen::arbitrary<bool>() ? "" : "." + fraction);
  if (exponent != 0) text += (exponent > 0 ? "e+" : "E") + std::to_string(exponent);

  const auto parsed = parse_scaled(text, decimals, rounding);
  const std::optional<Big> expected =
      oracle(whole, fraction, exponent, decimals, rounding, negative);

  RC_LOG() << text << std::endl;
  const bool fits = expected && *expected <= big(kMax) && *expected >= big(kMin);
  RC_ASSERT(parsed.ok() == fits);
  if (fits) RC_ASSERT(big(parsed.value()).str() == expected->str());
}

RC_GTEST_PROP(DecimalTest, ReadsNarrowNumbersAsItReadsWideOnes, ()) {
  const std::string text = *rc::gen::resize(
      22, rc::gen::container<std::string>(rc::gen::elementOf(std::string("-+.0012345678900e"))));
  const int decimals = *rc::gen::inRange(0, 19);
  const auto narrow = parse_scaled64(text, decimals, Rounding::kHalfEven);
  const auto wide = parse_scaled(text, decimals, Rounding::kHalfEven);

  RC_LOG() << text << std::endl;
  const bool fits = wide.ok() && wide.value() <= INT64_MAX && wide.value() >= INT64_MIN;
  RC_ASSERT(narrow.ok() == fits);
  if (fits) RC_ASSERT(Int128{narrow.value()} == wide.value());
}

TEST(DecimalTest, ReadsTheFormsThatFilesHave) {
  struct Case {
    const char* text;
    const char* value;  // x 10^-6
  };
  const Case cases[] = {
      {"0", "0"},
      {"-0", "0"},
      {"+5", "5000000"},
      {"007", "7000000"},
      {".5", "500000"},
      {"1.", "1000000"},
      {"-1.25", "-1250000"},
      {"1e3", "1000000000"},
      {"1E-6", "1"},
      {"1.5e+2", "150000000"},
      {"0.0000010", "1"},
      {"000.100", "100000"},
      {"12e-1", "1200000"},
      {"0e-9999", "0"},
      {"0.00e5", "0"},
  };
  for (const Case& sample : cases) {
    const auto parsed = parse_scaled(sample.text, 6, Rounding::kExact);
    ASSERT_TRUE(parsed.ok()) << sample.text << ": " << parsed.error().message;
    EXPECT_EQ(shown(parsed.value()), sample.value) << sample.text;
  }
}

TEST(DecimalTest, RefusesWhatIsNoDecimalNumber) {
  const std::string cases[] = {"",
                               ".",
                               "+",
                               "-",
                               "1,5",
                               "50%",
                               "0x10",
                               "1e5x",
                               " 1",
                               "1 ",
                               "nan",
                               "inf",
                               "-inf",
                               "NaN",
                               "1e",
                               "1e+",
                               "1e-",
                               "e5",
                               "1e+-5",
                               "1e-+5",
                               "1e++5",
                               "--1",
                               "+-1",
                               "1.2.3",
                               "1e1.5",
                               "1_000",
                               "$5",
                               "1e5e5",
                               "\xEF\xBC\x91",
                               std::string("1\0", 2),
                               std::string("\0", 1),
                               "1e99999999999",
                               "0x",
                               "1f",
                               "1d"};
  for (const std::string& text : cases) {
    const auto parsed = parse_scaled(text, 6, Rounding::kHalfEven);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidInput) << text;
  }
}

TEST(DecimalTest, SaysWhatItRefusedWithoutItsControlBytes) {
  EXPECT_EQ(parse_scaled("1,5", 6, Rounding::kExact).error().message,
            "'1,5' is not a decimal number");
  EXPECT_EQ(parse_scaled("\x1b[31m", 6, Rounding::kExact).error().message,
            "'\\x1b[31m' is not a decimal number");
  EXPECT_EQ(parse_scaled("0.1234567", 6, Rounding::kExact).error().message,
            "'0.1234567' has more than 6 decimals");
  EXPECT_EQ(parse_scaled("1e39", 0, Rounding::kExact).error().message, "'1e39' is too large");
  EXPECT_EQ(parse_scaled64("9223372036854775808", 0, Rounding::kExact).error().message,
            "'9223372036854775808' is too large");
}

TEST(DecimalTest, RefusesNumbersOfFourHundredDigitsAndReadsThemAfterThePointWhenRounding) {
  const std::string digits(400, '7');
  EXPECT_FALSE(parse_scaled(digits, 0, Rounding::kTowardZero).ok());
  EXPECT_FALSE(parse_scaled("0." + digits, 9, Rounding::kExact).ok());
  EXPECT_EQ(shown(parse_scaled("0." + digits, 9, Rounding::kTowardZero).value()), "777777777");
  EXPECT_EQ(shown(parse_scaled("0." + digits, 9, Rounding::kHalfEven).value()), "777777778");
  EXPECT_EQ(shown(parse_scaled(std::string(400, '0') + "1", 0, Rounding::kExact).value()), "1");
}

TEST(DecimalTest, ReachesBothEndsOf128And64BitsAndNotOneFurther) {
  const std::string max = "170141183460469231731687303715884105727";
  const std::string beyond = "170141183460469231731687303715884105728";
  const std::string further = "170141183460469231731687303715884105729";
  EXPECT_TRUE(parse_scaled(max, 0, Rounding::kExact).value() == kMax);
  EXPECT_FALSE(parse_scaled(beyond, 0, Rounding::kExact).ok());
  EXPECT_TRUE(parse_scaled("-" + beyond, 0, Rounding::kExact).value() == kMin);
  EXPECT_FALSE(parse_scaled("-" + further, 0, Rounding::kExact).ok());
  EXPECT_EQ(format_scaled(kMin, 0), "-" + beyond);

  constexpr auto k64Min = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(parse_scaled64("-9223372036854775808", 0, Rounding::kExact).value(), k64Min);
  EXPECT_FALSE(parse_scaled64("-9223372036854775809", 0, Rounding::kExact).ok());
  EXPECT_EQ(parse_scaled64("9223372036854775807", 0, Rounding::kExact).value(), -(k64Min + 1));
}

TEST(DecimalTest, RoundsAsNamed) {
  struct Case {
    const char* text;
    int toward_zero;
    int away;
    int half_even;
  };
  const Case cases[] = {
      {"0.4", 0, 1, 0},       {"0.5", 0, 1, 0},     {"0.6", 0, 1, 1},
      {"1.5", 1, 2, 2},       {"2.5", 2, 3, 2},     {"2.500", 2, 3, 2},
      {"2.5000001", 2, 3, 3}, {"-0.5", 0, -1, 0},   {"-1.5", -1, -2, -2},
      {"-2.5", -2, -3, -2},   {"-2.6", -2, -3, -3}, {"0.05", 0, 1, 0},
      {"5e-2", 0, 1, 0},      {"9.9", 9, 10, 10},   {"1e-30", 0, 1, 0},
      {"3", 3, 3, 3},         {"3.0", 3, 3, 3},     {"0.49999999999999999999999999", 0, 1, 0},
  };
  for (const Case& sample : cases) {
    const auto as = [&](Rounding rounding) {
      return static_cast<int>(parse_scaled(sample.text, 0, rounding).value());
    };
    EXPECT_EQ(as(Rounding::kTowardZero), sample.toward_zero) << sample.text;
    EXPECT_EQ(as(Rounding::kAwayFromZero), sample.away) << sample.text;
    EXPECT_EQ(as(Rounding::kHalfEven), sample.half_even) << sample.text;
  }
}

TEST(DecimalTest, DividesWithEveryCombinationOfSignsAndTies) {
  for (int a = -12; a <= 12; ++a) {
    for (int b = -5; b <= 5; ++b) {
      if (b == 0) continue;
      for (const Rounding rounding : kRoundings) {
        EXPECT_EQ(shown(divide(a, b, rounding)), rounded(a, b, rounding).str()) << a << "/" << b;
      }
    }
  }
}

RC_GTEST_PROP(DecimalTest, DividesAsTheOracleDoes, ()) {
  const Int128 a = *any_int128();
  const Int128 b = *any_int128();
  RC_PRE(b != 0);
  RC_PRE(!(a == kMin && b == -1));
  for (const Rounding rounding : kRoundings) {
    RC_ASSERT(shown(divide(a, b, rounding)) == rounded(big(a), big(b), rounding).str());
  }
}

RC_GTEST_PROP(DecimalTest, MultipliesAndDividesAsTheOracleDoes, ()) {
  const Int128 a = *any_int128();
  const Int128 b = *any_int128();
  const Int128 c = *any_int128();
  RC_PRE(c != 0);
  for (const Rounding rounding : kRoundings) {
    const Big expected = rounded(big(a) * big(b), big(c), rounding);
    const auto result = multiply_divide(a, b, c, rounding);
    RC_LOG() << shown(a) << " x " << shown(b) << " / " << shown(c) << std::endl;
    RC_ASSERT(result.ok() == (expected <= big(kMax) && expected >= big(kMin)));
    if (result.ok()) RC_ASSERT(shown(result.value()) == expected.str());
  }
}

TEST(DecimalTest, MultiplyDivideHoldsAtTheEdges) {
  const auto result = [](Int128 a, Int128 b, Int128 c, Rounding rounding) {
    const auto value = multiply_divide(a, b, c, rounding);
    return value.ok() ? shown(value.value()) : "refused";
  };
  EXPECT_EQ(result(kMax, kMax, kMax, Rounding::kTowardZero), shown(kMax));
  EXPECT_EQ(result(kMin, 1, 1, Rounding::kTowardZero), shown(kMin));
  EXPECT_EQ(result(kMin, 1, -1, Rounding::kTowardZero), "refused");
  EXPECT_EQ(result(kMin, kMin, kMin, Rounding::kTowardZero), shown(kMin));
  EXPECT_EQ(result(kMax, 2, 1, Rounding::kTowardZero), "refused");
  EXPECT_EQ(result(0, kMax, 3, Rounding::kAwayFromZero), "0");
  // 2^129 - 1 = a x b: half of it is 2^128 - 1 and a rest, whose rounding up must not wrap to zero.
  const Int128 a = parse_scaled("61572651155449", 0, Rounding::kExact).value();
  const Int128 b = parse_scaled("11053036065049294753459639", 0, Rounding::kExact).value();
  ASSERT_EQ((big(a) * big(b)).str(), Big((Big(1) << 129) - 1).str());
  EXPECT_EQ(result(a, b, 2, Rounding::kAwayFromZero), "refused");
}

TEST(DecimalTest, PowersOfTen) {
  for (int n = 0; n <= 38; ++n) {
    EXPECT_EQ(shown(pow10(n)), "1" + std::string(static_cast<std::size_t>(n), '0'));
  }
}

RC_GTEST_PROP(DoubleTextTest, ADoubleComesBackFromItsText, ()) {
  const std::uint64_t bits = *any_bits();
  double value = 0;
  static_assert(sizeof value == sizeof bits);
  std::memcpy(&value, &bits, sizeof value);
  RC_PRE(std::isfinite(value));
  RC_PRE(value == 0.0 || std::isnormal(value));

  const auto parsed = parse_double(format_double(value));

  RC_ASSERT(parsed.ok());
  RC_ASSERT(parsed.value() == value);
}

TEST(DoubleTextTest, IsPlainWhereAPersonReadsIt) {
  struct Case {
    double value;
    const char* text;
  };
  const Case cases[] = {{0.0, "0"},
                        {-0.0, "0"},
                        {0.1, "0.1"},
                        {-1.5, "-1.5"},
                        {1e-9, "0.000000001"},
                        {123456789.25, "123456789.25"},
                        {1e14, "100000000000000"},
                        {1e15, "1e+15"},
                        {1e-10, "1e-10"},
                        {0.0035087719298245615, "0.0035087719298245615"}};
  for (const Case& sample : cases) EXPECT_EQ(format_double(sample.value), sample.text);
}

TEST(DoubleTextTest, RefusesWhatIsNoFiniteNumber) {
  for (const char* text : {"", "+", "-", ".", "nan", "inf", "-inf", "infinity", "1,5", "50%",
                           "0x10", "1e5x", " 1", "1 ", "+-1", "--1", "1e999", "1e-999", "1e"}) {
    const auto parsed = parse_double(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidInput) << text;
  }
  EXPECT_EQ(parse_double("+1.5e-3").value(), 0.0015);
}

}  // namespace
}  // namespace signalbus
