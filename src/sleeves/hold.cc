#include "sleeves/hold.h"

#include <map>

#include "core/text.h"

namespace signalbus::sleeves {

std::set<StrategyId> strategies_with_a_sleeve(const SleeveBook& book) {
  std::set<StrategyId> out;
  for (const Sleeve& sleeve : book.sleeves) {
    const bool owns = !sleeve.cash.is_zero() || !sleeve.positions.empty();
    if (owns && sleeve.strategy_id != account_sleeve()) out.insert(sleeve.strategy_id);
  }
  return out;
}

std::set<Symbol> owned_symbols(const SleeveBook& book) {
  std::set<Symbol> out;
  for (const Sleeve& sleeve : book.sleeves) {
    if (sleeve.strategy_id == account_sleeve()) continue;
    for (const SleevePosition& position : sleeve.positions) out.insert(position.symbol);
  }
  return out;
}

Result<HeldSleeves> held_sleeves(const SleeveBook& book, const Contributions& contributions) {
  std::map<Symbol, HeldPosition> positions;
  HeldSleeves out;
  for (const HeldStrategy& held : contributions.held) {
    const Sleeve* sleeve = book.find(held.strategy_id);
    if (sleeve == nullptr) {
      return Error{ErrorCode::kInvalidInput,
                   "strategy " + held.strategy_id.get() +
                       " is to be held, and owns nothing according to the journal; run signals "
                       "again"};
    }
    out.cash += sleeve->cash;
    for (const SleevePosition& position : sleeve->positions) {
      const auto [at, is_new] = positions.try_emplace(
          position.symbol, HeldPosition{position.symbol, Quantity::zero(), "kept for "});
      at->second.quantity += position.quantity;
      at->second.words += (is_new ? "" : ", ") + held.strategy_id.get();
    }
  }
  for (auto& [symbol, position] : positions) {
    position.words += " (signals.on_failure: hold_sleeve)";
    if (!position.quantity.is_zero()) out.positions.push_back(std::move(position));
  }
  return out;
}

}  // namespace signalbus::sleeves
