#include "core/money.h"

#include <cmath>

namespace signalbus {
namespace {

// Quantity (1e-9) x Price (1e-9) is 1e-18; Money is 1e-6.
constexpr std::int64_t kNotionalDivisor = 1'000'000'000'000;

Result<Money> notional(Quantity quantity, Price price, Rounding rounding) {
  const Int128 product = static_cast<Int128>(quantity.raw()) * price.raw();
  return Money::narrow(divide(product, kNotionalDivisor, rounding));
}

Result<Money> scale(Money amount, Ratio ratio, Rounding rounding) {
  const Int128 product = static_cast<Int128>(amount.raw()) * ratio.raw();
  return Money::narrow(divide(product, pow10(Ratio::kDecimals), rounding));
}

}  // namespace

Result<Money> notional_toward_zero(Quantity quantity, Price price) {
  return notional(quantity, price, Rounding::kTowardZero);
}

Result<Money> notional_up(Quantity quantity, Price price) {
  return notional(quantity, price, Rounding::kAwayFromZero);
}

Result<Money> notional_half_even(Quantity quantity, Price price) {
  return notional(quantity, price, Rounding::kHalfEven);
}

Result<Quantity> shares_toward_zero(Money amount, Price price) {
  SB_CHECK(price.is_positive());
  const Int128 scaled = static_cast<Int128>(amount.raw()) * kNotionalDivisor;
  return Quantity::narrow(divide(scaled, price.raw(), Rounding::kTowardZero));
}

Quantity cut_to_decimals(Quantity quantity, int decimals) {
  SB_CHECK(decimals >= 0 && decimals <= Quantity::kDecimals);
  const auto unit = static_cast<std::int64_t>(pow10(Quantity::kDecimals - decimals));
  return Quantity::from_raw(quantity.raw() / unit * unit);
}

Result<Money> scale_toward_zero(Money amount, Ratio ratio) {
  return scale(amount, ratio, Rounding::kTowardZero);
}

Result<Money> scale_up(Money amount, Ratio ratio) {
  return scale(amount, ratio, Rounding::kAwayFromZero);
}

Result<ExactWeight> exact_weight(double weight) {
  if (!std::isfinite(weight)) {
    return Error{ErrorCode::kInvalidInput, "weight is not a finite number"};
  }
  return ExactWeight::parse(format_double(weight), Rounding::kHalfEven);
}

}  // namespace signalbus
