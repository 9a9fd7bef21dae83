#include "exchange_core/state.h"

#include "exchange_core/sessions.h"

namespace signalbus::exchange_core {
namespace {

constexpr std::uint64_t kAssetIdKey = 2;
constexpr std::uint64_t kSymbolKey = 1;

std::uint64_t client_id_hash(AccountNumber account, std::string_view id) {
  return hash_text(id, mix_bits(account.get()));
}

}  // namespace

State::State(const ExchangeSettings& settings)
    : ids(settings.seed),
      random(mix_bits(settings.seed)),
      partial_fill_probability(settings.partial_fill_probability),
      clock(start_clock(settings.mode, settings.start)) {}

std::uint64_t draw(State& state, std::uint64_t bound) {
  state.random += 0x9E3779B97F4A7C15ULL;
  return static_cast<std::uint64_t>((static_cast<UInt128>(mix_bits(state.random)) * bound) >> 64);
}

Slot& slot_of(State& state, AccountRecord& account, AssetNumber asset) {
  if (asset.get() >= account.slot_of_asset.size()) account.slot_of_asset.resize(asset.get() + 64);
  std::uint32_t& at = account.slot_of_asset[asset.get()];
  if (at == 0) {
    account.slots.push_back(Slot{.asset = asset});
    at = static_cast<std::uint32_t>(account.slots.size());
    state.asset(asset).holders.push_back(account.number);
  }
  return account.slots[at - 1];
}

const Slot* find_slot(const AccountRecord& account, AssetNumber asset) {
  if (asset.get() >= account.slot_of_asset.size()) return nullptr;
  const std::uint32_t at = account.slot_of_asset[asset.get()];
  return at == 0 ? nullptr : &account.slots[at - 1];
}

std::optional<AssetNumber> find_asset(const State& state, std::string_view symbol_or_id) {
  std::optional<std::uint32_t> found =
      state.symbol_index.find(hash_text(symbol_or_id, kSymbolKey), [&](std::uint32_t number) {
        return state.asset(AssetNumber(number)).asset.terms.symbol.view() == symbol_or_id;
      });
  if (!found) {
    const std::optional<Uuid> id = Uuid::parse(symbol_or_id);
    if (!id) return std::nullopt;
    found = state.asset_id_index.find(mix_bits(id->high ^ kAssetIdKey), [&](std::uint32_t number) {
      return state.asset(AssetNumber(number)).asset.id == *id;
    });
  }
  if (!found) return std::nullopt;
  return AssetNumber(*found);
}

void index_asset(State& state, const Asset& asset) {
  state.symbol_index.insert(hash_text(asset.terms.symbol.view(), kSymbolKey), asset.number.get());
  state.asset_id_index.insert(mix_bits(asset.id.high ^ kAssetIdKey), asset.number.get());
}

std::optional<OrderNumber> find_client_order(const State& state, AccountNumber account,
                                             std::string_view id) {
  const auto found =
      state.client_id_index.find(client_id_hash(account, id), [&](std::uint32_t number) {
        const Order& order = state.order(OrderNumber(number)).order;
        return order.account == account && order.client_order_id == id;
      });
  if (!found) return std::nullopt;
  return OrderNumber(*found);
}

void index_client_order(State& state, const Order& order) {
  state.client_id_index.insert(client_id_hash(order.account, order.client_order_id),
                               order.number.get());
}

void prefetch_client_order(const State& state, AccountNumber account, std::string_view id) {
  state.client_id_index.prefetch(client_id_hash(account, id));
}

std::uint32_t keep_note(State& state, std::string_view note) {
  if (note.empty()) return 0;
  for (std::size_t i = state.notes.size(); i > 0 && i + 8 > state.notes.size(); --i) {
    if (state.notes[i - 1] == note) return static_cast<std::uint32_t>(i);
  }
  state.notes.emplace_back(note);
  return static_cast<std::uint32_t>(state.notes.size());
}

Event& raise(State& state, EventKind kind, const Order& order) {
  return state.events.emplace_back(Event{.sequence = ++state.sequence,
                                         .kind = kind,
                                         .account = order.account,
                                         .order = order.number,
                                         .at = state.clock.now,
                                         .state = order.state,
                                         .qty = Quantity::zero(),
                                         .price = Price::zero(),
                                         .position_qty = Quantity::zero()});
}

}  // namespace signalbus::exchange_core
