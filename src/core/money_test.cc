// Goal: amounts, prices and shares multiply exactly, round as named, and never wrap.
// Method: Boost's arbitrary-precision integers as the oracle; death tests for what is a bug.
#include "core/money.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <limits>

namespace signalbus {
namespace {

using Big = boost::multiprecision::cpp_int;

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

rc::Gen<std::int64_t> any_raw() {
  return rc::gen::apply(
      [](std::int64_t value, int shift, int kind) {
        return kind == 0 ? kMax : kind == 1 ? kMin : value >> shift;
      },
      rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::int64_t>()),
      rc::gen::inRange(0, 64), rc::gen::inRange(0, 12));
}

Big rounded(const Big& top, const Big& bottom, Rounding rounding) {
  const Big size = abs(top);
  Big quotient = size / bottom;
  const Big twice = 2 * (size % bottom);
  if (rounding == Rounding::kAwayFromZero && twice > 0) ++quotient;
  if (rounding == Rounding::kHalfEven &&
      (twice > bottom || (twice == bottom && quotient % 2 == 1))) {
    ++quotient;
  }
  return top < 0 ? Big(-quotient) : quotient;
}

template <class Value>
void expect_oracle(const Result<Value>& result, const Big& expected) {
  const bool fits = expected >= kMin && expected <= kMax;
  RC_ASSERT(result.ok() == fits);
  if (fits) RC_ASSERT(Big(result.value().raw()).str() == expected.str());
}

const Big kTrillion = 1'000'000'000'000;

RC_GTEST_PROP(MoneyTest, NotionalIsTheExactProductRoundedAsNamed, ()) {
  const std::int64_t quantity = *any_raw();
  const std::int64_t price = *any_raw();
  const Quantity shares = Quantity::from_raw(quantity);
  const Price each = Price::from_raw(price);
  const Big product = Big(quantity) * price;

  expect_oracle(notional_toward_zero(shares, each),
                rounded(product, kTrillion, Rounding::kTowardZero));
  expect_oracle(notional_up(shares, each), rounded(product, kTrillion, Rounding::kAwayFromZero));
  expect_oracle(notional_half_even(shares, each), rounded(product, kTrillion, Rounding::kHalfEven));
}

RC_GTEST_PROP(MoneyTest, SharesTowardZeroIsTheExactQuotient, ()) {
  const std::int64_t amount = *any_raw();
  const std::int64_t price = *any_raw();
  RC_PRE(price > 0);

  expect_oracle(shares_toward_zero(Money::from_raw(amount), Price::from_raw(price)),
                rounded(Big(amount) * kTrillion, price, Rounding::kTowardZero));
}

RC_GTEST_PROP(MoneyTest, SharesNeverCostMoreThanTheAmountThatBoughtThem, ()) {
  const auto amount = Money::from_raw(*rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000'000));
  const auto price = Price::from_raw(*rc::gen::inRange<std::int64_t>(1, 100'000'000'000'000));
  const auto shares = shares_toward_zero(amount, price);
  RC_PRE(shares.ok());

  RC_ASSERT(notional_toward_zero(shares.value(), price).value() <= amount);
  RC_ASSERT(notional_up(shares.value(), price).value() <= amount);
}

RC_GTEST_PROP(MoneyTest, ScalesByTheExactRatio, ()) {
  const std::int64_t amount = *any_raw();
  const std::int64_t ratio = *any_raw();
  const Big product = Big(amount) * ratio;

  expect_oracle(scale_toward_zero(Money::from_raw(amount), Ratio::from_raw(ratio)),
                rounded(product, 1'000'000'000, Rounding::kTowardZero));
  expect_oracle(scale_up(Money::from_raw(amount), Ratio::from_raw(ratio)),
                rounded(product, 1'000'000'000, Rounding::kAwayFromZero));
}

RC_GTEST_PROP(MoneyTest, CutsTowardZeroToWholeUnits, ()) {
  const std::int64_t raw = *any_raw();
  const int decimals = *rc::gen::inRange(0, 10);
  Big unit = 1;
  for (int i = decimals; i < 9; ++i) unit *= 10;

  const Quantity cut = cut_to_decimals(Quantity::from_raw(raw), decimals);

  RC_ASSERT(Big(cut.raw()).str() == Big(Big(raw) / unit * unit).str());
}

RC_GTEST_PROP(MoneyTest, AFixedComesBackFromItsText, ()) {
  const std::int64_t raw = *any_raw();
  RC_ASSERT(Price::parse(Price::from_raw(raw).text()).value().raw() == raw);
  RC_ASSERT(Money::parse(Money::from_raw(raw).text()).value().raw() == raw);
  RC_ASSERT(ExactWeight::parse(ExactWeight::from_raw(raw).text()).value().raw() == raw);
}

RC_GTEST_PROP(MoneyTest, ASumOfManyAmountsIsExactAndTellsWhenItDoesNotFit, ()) {
  const auto raws = *rc::gen::container<std::vector<std::int64_t>>(any_raw());
  MoneySum sum;
  Big expected = 0;
  for (const std::int64_t raw : raws) {
    sum.add(Money::from_raw(raw));
    expected += raw;
  }
  expect_oracle(sum.total(), expected);
}

TEST(MoneyTest, KnownAmounts) {
  const Quantity shares = Quantity::parse("5.17").value();
  const Price price = Price::parse("148.30").value();
  EXPECT_EQ(notional_half_even(shares, price).value().text(), "766.711");
  EXPECT_EQ(shares_toward_zero(Money::whole(1'000), Price::whole(3)).value().text(),
            "333.333333333");
  EXPECT_EQ(cut_to_decimals(Quantity::parse("-1.999999999").value(), 2).text(), "-1.99");
  EXPECT_EQ(scale_up(Money::parse("0.000001").value(), Ratio::parse("0.05").value()).value().raw(),
            1);
}

TEST(MoneyTest, RefusesAProductThatMoneyCannotHold) {
  const auto result = notional_up(Quantity::whole(9'000'000'000), Price::whole(9'000'000'000));

  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(result.error().message, "81000000000000000000 is too large");
}

TEST(MoneyTest, NarrowsExactlyUpToTheEnds) {
  EXPECT_EQ(Money::narrow(kMax).value().raw(), kMax);
  EXPECT_EQ(Money::narrow(kMin).value().raw(), kMin);
  EXPECT_EQ(Money::narrow(static_cast<Int128>(kMax) + 1).error().message,
            "9223372036854.775808 is too large");
  EXPECT_FALSE(Money::narrow(static_cast<Int128>(kMin) - 1).ok());
}

TEST(MoneyTest, AddsSubtractsAndCompares) {
  Money amount = Money::whole(3);
  amount += Money::parse("0.5").value();
  amount -= Money::whole(5);

  EXPECT_EQ(amount.text(), "-1.5");
  EXPECT_EQ(amount.abs().text(), "1.5");
  EXPECT_EQ((-amount).text(), "1.5");
  EXPECT_TRUE(amount.is_negative() && !amount.is_zero() && !amount.is_positive());
  EXPECT_LT(amount, Money::zero());
  EXPECT_DOUBLE_EQ(amount.to_double(), -1.5);
}

TEST(MoneyDeathTest, ArithmeticBeyondSixtyFourBitsEndsTheProcess) {
  const Money max = Money::from_raw(kMax);
  const Money min = Money::from_raw(kMin);
  EXPECT_DEATH((void)(max + Money::from_raw(1)), "internal check failed");
  EXPECT_DEATH((void)(min - Money::from_raw(1)), "internal check failed");
  EXPECT_DEATH((void)(-min), "internal check failed");
  EXPECT_DEATH((void)min.abs(), "internal check failed");
  EXPECT_DEATH((void)Money::whole(kMax), "internal check failed");
  EXPECT_DEATH((void)shares_toward_zero(max, Price::zero()), "internal check failed");
}

TEST(MoneyTest, TheLargestValuesOfFilesCanBeAddedWithoutOverflow) {
  const Quantity quantity = Quantity::whole(kQuantityMaxShares);
  const Money money = Money::whole(kMoneyMaxUsd);
  const Price price = Price::whole(kPriceMaxUsd);
  EXPECT_EQ((quantity + quantity).text(), "2000000000");
  EXPECT_EQ((-money - money).text(), "-2000000000000");
  EXPECT_EQ((price + price).text(), "200000000");
}

TEST(MoneyTest, AnExactWeightIsItsShortestText) {
  EXPECT_EQ(exact_weight(0.1).value().raw(), 100'000'000'000'000'000);
  EXPECT_EQ(exact_weight(0.0035087719298245615).value().text(), "0.003508771929824562");
  EXPECT_EQ(exact_weight(-0.25).value().text(), "-0.25");
  EXPECT_EQ(exact_weight(1e-30).value().raw(), 0);
  EXPECT_EQ(exact_weight(9.3).error().code, ErrorCode::kInvalidInput);
  EXPECT_FALSE(exact_weight(std::nan("")).ok());
  EXPECT_FALSE(exact_weight(std::numeric_limits<double>::infinity()).ok());
}

}  // namespace
}  // namespace signalbus
