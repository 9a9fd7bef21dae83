#include "sim/promises.h"

namespace signalbus::sim {
namespace {

constexpr std::uint32_t kSometimes = 200'000;

template <class T>
risk::MaybeLimit<T> limit(const std::optional<T>& value) {
  if (!value) return std::nullopt;
  return risk::Limit<T>{*value, "simulated"};
}

Money part(Money cash, Rng& rng) { return Money::from_raw(cash.raw() / 100 * rng.between(5, 150)); }

}  // namespace

Promises Promises::sample(Rng& rng, Money cash) {
  Promises out;
  if (rng.chance(kSometimes)) out.order_notional = part(cash, rng);
  if (rng.chance(kSometimes)) out.day_notional = part(cash, rng);
  if (rng.chance(kSometimes)) out.day_orders = rng.between(1, 12);
  if (rng.chance(kSometimes)) out.open_orders = rng.between(1, 8);
  return out;
}

risk::RiskLimits Promises::limits() const {
  risk::RiskLimits out;
  out.allow_short = true;
  out.max_notional_per_order = limit(order_notional);
  out.max_daily_notional = limit(day_notional);
  out.max_daily_orders = limit(day_orders);
  out.max_open_orders = limit(open_orders);
  return out;
}

}  // namespace signalbus::sim
