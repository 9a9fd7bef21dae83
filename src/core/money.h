// Price, Money, Quantity: fixed-point integers that never mix, with the rounding in every name.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/decimal.h"
#include "core/result.h"

namespace signalbus {

/// An integer count of 10^-kScale units. Comparison is exact; arithmetic beyond 64 bits is a bug
/// (the doors of `inputs/` keep values far below), so it ends the process instead of wrapping.
template <class Tag, int kScale>
class Fixed {
 public:
  static constexpr int kDecimals = kScale;

  static constexpr Fixed from_raw(std::int64_t raw) { return Fixed(raw); }
  static constexpr Fixed zero() { return Fixed(0); }
  /// Whole units: Money::whole(5) is 5 USD.
  static Fixed whole(std::int64_t units) {
    std::int64_t raw = 0;
    SB_CHECK(!__builtin_mul_overflow(units, static_cast<std::int64_t>(pow10(kScale)), &raw));
    return Fixed(raw);
  }
  static Result<Fixed> parse(std::string_view text, Rounding rounding = Rounding::kExact) {
    SB_TRY(const std::int64_t raw, parse_scaled64(text, kScale, rounding));
    return Fixed(raw);
  }
  /// kInvalidInput when a wide intermediate does not fit.
  static Result<Fixed> narrow(Int128 raw) {
    if (raw > INT64_MAX || raw < INT64_MIN) {
      return Error{ErrorCode::kInvalidInput, format_scaled(raw, kScale) + " is too large"};
    }
    return Fixed(static_cast<std::int64_t>(raw));
  }

  constexpr std::int64_t raw() const { return raw_; }
  std::string text() const { return format_scaled(raw_, kScale); }
  /// For display and statistics only.
  double to_double() const {
    return static_cast<double>(raw_) / static_cast<double>(pow10(kScale));
  }

  constexpr bool is_zero() const { return raw_ == 0; }
  constexpr bool is_negative() const { return raw_ < 0; }
  constexpr bool is_positive() const { return raw_ > 0; }
  Fixed abs() const { return raw_ < 0 ? -*this : *this; }

  friend constexpr auto operator<=>(Fixed, Fixed) = default;
  friend Fixed operator+(Fixed a, Fixed b) {
    std::int64_t raw = 0;
    SB_CHECK(!__builtin_add_overflow(a.raw_, b.raw_, &raw));
    return Fixed(raw);
  }
  friend Fixed operator-(Fixed a, Fixed b) {
    std::int64_t raw = 0;
    SB_CHECK(!__builtin_sub_overflow(a.raw_, b.raw_, &raw));
    return Fixed(raw);
  }
  friend Fixed operator-(Fixed a) { return Fixed(0) - a; }
  Fixed& operator+=(Fixed other) { return *this = *this + other; }
  Fixed& operator-=(Fixed other) { return *this = *this - other; }

 private:
  constexpr explicit Fixed(std::int64_t raw) : raw_(raw) {}
  std::int64_t raw_;
};

using Price = Fixed<struct PriceTag, 9>;  ///< USD per share; fill averages have seven decimals.
using Money = Fixed<struct MoneyTag, 6>;  ///< USD.
using Quantity = Fixed<struct QuantityTag, 9>;         ///< Shares; negative is short.
using Ratio = Fixed<struct RatioTag, 9>;               ///< A fraction of one: 0.05 is 5 %.
using ExactWeight = Fixed<struct ExactWeightTag, 18>;  ///< A weight as planning uses it.

/// The largest values a file may bring; sums and differences of such values cannot overflow.
inline constexpr std::int64_t kQuantityMaxShares = 1'000'000'000;
inline constexpr std::int64_t kPriceMaxUsd = 100'000'000;
inline constexpr std::int64_t kMoneyMaxUsd = 1'000'000'000'000;

/// quantity x price in USD. kInvalidInput beyond Money's range.
Result<Money> notional_toward_zero(Quantity quantity, Price price);
Result<Money> notional_up(Quantity quantity, Price price);  ///< Away from zero: what it may cost.
Result<Money> notional_half_even(Quantity quantity, Price price);  ///< Nearest: what is reported.

/// How many shares an amount buys, cut to Quantity's resolution. Price must be positive.
Result<Quantity> shares_toward_zero(Money amount, Price price);

/// Cut toward zero to `decimals` (0..9): never trades more than asked.
Quantity cut_to_decimals(Quantity quantity, int decimals);

/// amount x ratio.
Result<Money> scale_toward_zero(Money amount, Ratio ratio);
Result<Money> scale_up(Money amount, Ratio ratio);

/// Sums any number of amounts without overflow on the way.
class MoneySum {
 public:
  void add(Money amount) { sum_ += amount.raw(); }
  Int128 raw() const { return sum_; }
  /// kInvalidInput when the total does not fit in Money.
  Result<Money> total() const { return Money::narrow(sum_); }

 private:
  Int128 sum_ = 0;
};

/// A weight as its shortest decimal text, held to 1e-18 (half-even beyond).
/// kInvalidInput for NaN, infinity and sizes above 9.2.
Result<ExactWeight> exact_weight(double weight);

}  // namespace signalbus
