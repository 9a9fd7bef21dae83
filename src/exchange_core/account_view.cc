// Accounts and positions as queries.h shows them.
#include <algorithm>

#include "exchange_core/ledger.h"
#include "exchange_core/queries.h"
#include "exchange_core/rules.h"

namespace signalbus::exchange_core {
namespace {

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::int64_t kProductToMicros = 1'000'000'000'000;
constexpr std::int64_t kRatioScale = 1'000'000'000;

std::string account_number_of(const Uuid& id) {
  std::string out = "PA";
  for (int i = 0; i < 10; ++i) out += kBase32[id.high >> (59 - 5 * i) & 31];
  return out;
}

Money not_negative(Money amount) { return std::max(amount, Money::zero()); }

Money money_of(Int128 cost) {
  return Money::from_raw(
      static_cast<std::int64_t>(divide(cost, kProductToMicros, Rounding::kHalfEven)));
}

/// part / whole; nothing when the whole is zero or the ratio does not fit.
std::optional<Ratio> ratio_of(Int128 part, Int128 whole) {
  if (whole == 0) return std::nullopt;
  const Result<Ratio> ratio = Ratio::narrow(divide(part * kRatioScale, whole, Rounding::kHalfEven));
  return ratio.ok() ? std::optional(ratio.value()) : std::nullopt;
}

PositionView view_of(const State& state, const Slot& slot) {
  const Asset& asset = state.asset(slot.asset).asset;
  const Quantity free = available(slot);
  PositionView view{.asset = slot.asset,
                    .qty = slot.qty,
                    .qty_available = slot.qty.is_negative() ? -free : free,
                    .avg_entry_price = average_price(slot),
                    .cost_basis = money_of(slot.cost),
                    .current_price = std::nullopt,
                    .lastday_price = std::nullopt,
                    .market_value = std::nullopt,
                    .unrealized_pl = std::nullopt,
                    .unrealized_plpc = std::nullopt,
                    .unrealized_intraday_pl = std::nullopt,
                    .unrealized_intraday_plpc = std::nullopt,
                    .change_today = std::nullopt};
  const Price last = asset.quote.last;
  if (last.is_zero()) return view;
  const Money cost = view.cost_basis;
  const Money day_cost = money_of(slot.day_cost);
  const Price day = asset.last_day_price.is_zero() ? last : asset.last_day_price;
  view.current_price = last;
  view.lastday_price = day;
  view.market_value = slot.value;
  view.unrealized_pl = slot.value - cost;
  view.unrealized_plpc = ratio_of((slot.value - cost).raw(), cost.abs().raw());
  view.unrealized_intraday_pl = slot.value - day_cost;
  view.unrealized_intraday_plpc = ratio_of((slot.value - day_cost).raw(), day_cost.abs().raw());
  view.change_today = ratio_of((last - day).raw(), day.raw());
  return view;
}

}  // namespace

AccountView account_view(const Exchange& exchange, AccountNumber number) {
  const AccountRecord& account = exchange.state().account(number);
  const Uuid id = exchange.account_id(number);
  return {.number = number,
          .id = id,
          .account_number = account_number_of(id),
          .created_at = account.created_at,
          .multiplier = effective_multiplier(account),
          .shorting_enabled = may_short(account),
          .flags = account.flags,
          .configuration = account.configuration,
          .cash = account.cash,
          .equity = account.equity(),
          .last_equity = account.last_equity,
          .balance_asof = account.balance_asof,
          .long_market_value = account.long_value,
          .short_market_value = account.short_value,
          .initial_margin = account.initial,
          .maintenance_margin = account.maintenance,
          .last_maintenance_margin = account.last_maintenance,
          .buying_power = not_negative(buying_power(account)),
          .regt_buying_power = not_negative(regt_buying_power(account)),
          .non_marginable_buying_power = not_negative(non_marginable_buying_power(account)),
          .reserved = account.reserved,
          .accrued_fees = Money::zero()};
}

std::vector<PositionView> positions(const Exchange& exchange, AccountNumber number) {
  const State& state = exchange.state();
  std::vector<PositionView> out;
  for (const Slot& slot : state.account(number).slots) {
    if (!slot.qty.is_zero()) out.push_back(view_of(state, slot));
  }
  std::sort(out.begin(), out.end(), [&](const PositionView& a, const PositionView& b) {
    return state.asset(a.asset).asset.terms.symbol < state.asset(b.asset).asset.terms.symbol;
  });
  return out;
}

Answer<PositionView> position(const Exchange& exchange, AccountNumber number,
                              std::string_view symbol_or_id) {
  const State& state = exchange.state();
  const std::optional<AssetNumber> asset = find_asset(state, symbol_or_id);
  if (!asset) return not_found("symbol not found: " + std::string(symbol_or_id));
  const Slot* const slot = find_slot(state.account(number), *asset);
  if (slot == nullptr || slot->qty.is_zero()) return not_found("position does not exist");
  return view_of(state, *slot);
}

Money equity(const Exchange& exchange, AccountNumber account) {
  return exchange.state().account(account).equity();
}

std::span<const EquityPoint> equity_history(const Exchange& exchange, AccountNumber account) {
  return exchange.state().account(account).history;
}

std::size_t memory_used(const Exchange& exchange) {
  const State& state = exchange.state();
  std::size_t bytes = sizeof(State) + state.orders.bytes() + state.texts.bytes() +
                      state.client_id_index.bytes() + state.symbol_index.bytes() +
                      state.asset_id_index.bytes() + state.assets.capacity() * sizeof(AssetRecord) +
                      state.events.capacity() * sizeof(Event);
  for (const AssetRecord& asset : state.assets) {
    bytes += asset.open.capacity() * sizeof(OrderNumber) +
             asset.holders.capacity() * sizeof(AccountNumber);
  }
  for (const AccountRecord& account : state.accounts) {
    bytes += sizeof account + account.slots.capacity() * sizeof(Slot) +
             account.slot_of_asset.capacity() * sizeof(std::uint32_t) +
             (account.orders.capacity() + account.live.capacity()) * sizeof(OrderNumber) +
             account.activities.bytes();
  }
  return bytes;
}

}  // namespace signalbus::exchange_core
