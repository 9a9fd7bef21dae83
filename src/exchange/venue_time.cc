// What time brings to a venue: sessions with their prices, corporate actions, fees, walks, and
// orders whose fill was put off.
#include <algorithm>

#include "calendar/exchange_calendar.h"
#include "calendar/new_york.h"
#include "exchange/venue.h"

namespace signalbus::exchange {
namespace {

constexpr std::int64_t kMinuteMicros = 60'000'000;
constexpr Instant kNever = Instant::from_micros(INT64_MAX);

std::uint64_t mixed(std::uint64_t value) {  // SplitMix64's finaliser
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

Instant midnight_after(Instant instant) {
  return calendar::to_instant(calendar::new_york_date(instant).plus_days(1),
                              calendar::TimeOfDay::of(0, 0));
}

}  // namespace

Instant Venue::next_opening(Instant after) const {
  if (settings_.clock.kind == ClockKind::kOpen) return midnight_after(after);
  const TradeDate today = calendar::new_york_date(after);
  const auto session = calendar::session(today);
  if (session.ok() && session.value().open > after) return session.value().open;
  const auto next = calendar::next_session(today);
  return next.ok() ? next.value().open : kNever;
}

Instant Venue::next_walk(Instant after) const {
  if (settings_.walk_bps == 0) return kNever;
  return Instant::from_micros((after.micros() / kMinuteMicros + 1) * kMinuteMicros);
}

void Venue::settle() { advance_to(std::max(now_, clock_.now())); }

Status Venue::advance_by(std::int64_t seconds) {
  if (!clock_.simulated()) {
    return Error{ErrorCode::kInvalidInput,
                 "the clock is the wall's; start the exchange with --clock DATE@0 to move it"};
  }
  const Instant target = clock_.now().plus_seconds(seconds);
  if (!calendar::next_session(calendar::new_york_date(target)).ok()) {
    return Error{ErrorCode::kInvalidInput, "the calendar ends with 2035"};
  }
  clock_.jump_to(target);
  settle();
  return Ok{};
}

Status Venue::advance_to_next_open() {
  settle();
  const Instant open = next_opening(now_);
  const std::int64_t micros = open.micros() - now_.micros();
  return advance_by((micros + 999'999) / 1'000'000);
}

void Venue::advance_to(Instant target) {
  for (;;) {
    const Instant opening =
        next_open_ == kNever ? kNever : Instant::from_micros(next_open_.micros() - 1);
    const auto due =
        std::min_element(releases_.begin(), releases_.end(),
                         [](const Release& a, const Release& b) { return a.due < b.due; });
    const Instant release = due == releases_.end() ? kNever : due->due;
    const Instant next = std::min({opening, next_walk_, release});
    if (next > target) break;
    now_ = std::max(now_, next);
    exchange_.advance_to(now_);
    drain();
    if (next == opening) {
      open_day(calendar::new_york_date(next_open_));
      next_open_ = next_opening(next_open_);
    } else if (next == release) {
      release_due(now_);
    } else {
      walk_prices(next);
      next_walk_ = next_walk(next);
    }
  }
  now_ = std::max(now_, target);
  exchange_.advance_to(now_);
  drain();
}

void Venue::release_due(Instant now) {
  std::vector<core::OrderNumber> due;
  std::erase_if(releases_, [&](const Release& release) {
    if (release.due > now) return false;
    due.push_back(release.order);
    return true;
  });
  for (const core::OrderNumber order : due) {
    exchange_.release(now_, order);
    drain();
  }
}

void Venue::open_day(TradeDate day) {
  charge_fees();
  for (const CorporateAction& action : inputs_.actions) {
    if (action.ex_date > day_ && action.ex_date <= day) act(action);
  }
  day_ = day;
  exchange_.note("day", {std::to_string(day.days())});
  if (inputs_.prices.is_daily()) quote_all(day);
}

void Venue::act(const CorporateAction& action) {
  const auto asset = exchange_.core().find_asset(action.symbol.view());
  if (!asset) return;
  if (action.is_split) {
    split(*asset, {action.numerator, action.denominator});
  } else {
    exchange_.pay_dividend(now_, *asset, action.amount);
    drain();
  }
}

void Venue::quote_all(TradeDate day) {
  for (std::size_t index = 0; index < asset_of_.size(); ++index) {
    const auto price = inputs_.prices.close_until(index, day);
    if (price) quote(asset_of_[index], *price);
  }
}

void Venue::add_fees(const core::Event& event) {
  const bool is_fill =
      event.kind == core::EventKind::kFill || event.kind == core::EventKind::kPartialFill;
  if (!is_fill) return;
  const bool buys = exchange_.core().order(event.order).side == core::OrderSide::kBuy;
  for (std::size_t index = 0; index < inputs_.fees.size(); ++index) {
    const FeeRule& fee = inputs_.fees[index];
    if (buys ? !fee.buys : !fee.sells) continue;
    const Int128 value = Int128{event.qty.raw()} * event.price.raw();  // 1e-18 USD
    Int128 amount = Int128{event.qty.raw()} * fee.per_share.raw();
    amount += value / pow10(Ratio::kDecimals) * fee.of_value.raw();
    if (fee.order_max) amount = std::min(amount, Int128{fee.order_max->raw()} * pow10(12));
    fees_due_[{event.account.get(), index}] += amount;
  }
}

void Venue::charge_fees() {
  for (const auto& [key, amount] : fees_due_) {
    const Int128 cents = divide(amount, pow10(16), Rounding::kAwayFromZero);
    const auto fee = Money::narrow(cents * pow10(4));
    if (cents == 0 || !fee.ok()) continue;
    const std::string& name = inputs_.fees[key.second].name;
    exchange_.move_cash(now_, core::AccountNumber(key.first), core::ActivityKind::kFee,
                        -fee.value(), name + " fee for " + day_.iso());
  }
  fees_due_.clear();
  drain();
}

void Venue::walk_prices(Instant minute) {
  if (exchange_.core().phase() != core::SessionPhase::kRegular) return;
  for (std::size_t index = 0; index < asset_of_.size(); ++index) {
    const Price last = exchange_.core().asset(asset_of_[index]).quote.last;
    if (!last.is_zero()) quote(asset_of_[index], walked(index, minute, last));
  }
}

Price Venue::walked(std::size_t symbol, Instant minute, Price price) const {
  const auto stamp = static_cast<std::uint64_t>(minute.micros() / kMinuteMicros);
  const std::uint64_t random = mixed(mixed(mixed(settings_.seed) ^ stamp) ^ symbol);
  // A step of -walk_bps to +walk_bps in hundredths of a basis point, on the grid of prices.
  const std::int64_t span = std::int64_t{settings_.walk_bps} * 200 + 1;
  const std::int64_t step =
      static_cast<std::int64_t>(random % static_cast<std::uint64_t>(span)) - span / 2;
  const Int128 moved = Int128{price.raw()} * (1'000'000 + step);
  const std::int64_t tick = price >= Price::whole(1) ? 10'000'000 : 100'000;
  const Int128 ticks = divide(moved, Int128{1'000'000} * tick, Rounding::kHalfEven);
  return ticks > 0 ? Price::from_raw(static_cast<std::int64_t>(ticks) * tick) : price;
}

}  // namespace signalbus::exchange
