// The money side of a plan: what is held, what is foreign, what may be invested.
#include <algorithm>
#include <cmath>

#include "core/text.h"
#include "planning/trade.h"

namespace signalbus::planning {

Result<bool> is_kept(const Holding& holding, ForeignPositions policy) {
  switch (policy) {
    case ForeignPositions::kAuto:
      return holding.origin == HoldingOrigin::kBrokerOnly;
    case ForeignPositions::kKeep:
      return holding.origin != HoldingOrigin::kJournal;
    case ForeignPositions::kSell:
      return false;
    case ForeignPositions::kRefuse:
      break;
  }
  if (holding.origin == HoldingOrigin::kJournal) return false;
  return Error{ErrorCode::kLimitExceeded,
               "holding " + holding.symbol.text() +
                   " has no target and was not traded by this system "
                   "(planning.foreign_positions: refuse); sell it, or choose keep or sell"};
}

Result<Investable> investable_amount(Money equity, Money foreign, Ratio cash_buffer,
                                     ExactUsd quarantined) {
  SB_TRY(const Money own, Money::narrow(static_cast<Int128>(equity.raw()) - foreign.raw()));
  if (own.is_negative()) {
    return Error{ErrorCode::kLimitExceeded, "foreign positions are worth " + foreign.text() +
                                                " USD, more than the equity of " + equity.text()};
  }
  const Ratio invested = Ratio::whole(1) - cash_buffer;
  Investable out{static_cast<Int128>(own.raw()) * invested.raw(), 15};
  out.value -= divide(quarantined, 1000, Rounding::kAwayFromZero);  // 1e-18 to 1e-15
  out.value = std::max<Int128>(0, out.value);
  // A buffer of two decimals leaves zeros behind; without them the division below stays narrow.
  while (out.decimals > 6 && out.value % 1000 == 0) {
    out.value /= 1000;
    out.decimals -= 3;
  }
  return out;
}

Result<Quantity> target_quantity(ExactWeight weight, const Investable& investable, Price price) {
  // weight 1e-18 x investable 1e-d / price 1e-9, wanted in 1e-9 shares: divide by price x 10^d.
  const Int128 divisor = static_cast<Int128>(price.raw()) * pow10(investable.decimals);
  SB_TRY(const Int128 raw,
         multiply_divide(weight.raw(), investable.value, divisor, Rounding::kTowardZero));
  constexpr Int128 kMax = static_cast<Int128>(kQuantityMaxShares) * 1'000'000'000;
  if (raw > kMax || raw < -kMax) {
    return Error{ErrorCode::kInvalidInput, format_scaled(raw, Quantity::kDecimals) + " shares at " +
                                               price.text() + " USD is too large a position"};
  }
  return Quantity::narrow(raw);
}

}  // namespace signalbus::planning
