#include "planning/map_targets.h"

#include <algorithm>

#include "core/text.h"

namespace signalbus::planning {
namespace {

std::string join(const std::vector<Symbol>& symbols) {
  std::string out;
  for (const Symbol& symbol : symbols) out += (out.empty() ? "" : ", ") + symbol.text();
  return out;
}

/// The only symbol for which `has` holds, if exactly one.
template <class Predicate>
std::optional<Symbol> only_one(const std::vector<Symbol>& symbols, Predicate has) {
  std::optional<Symbol> found;
  for (const Symbol& symbol : symbols) {
    if (!has(symbol)) continue;
    if (found) return std::nullopt;
    found = symbol;
  }
  return found;
}

void choose_symbol(MappedTarget& target, const std::vector<Symbol>& symbols,
                   const PriceBook& prices, const Holdings& holdings) {
  if (symbols.size() == 1) {
    target.symbol = symbols.front();
    return;
  }
  target.symbol = only_one(symbols, [&](const Symbol& s) { return holdings.find(s) != nullptr; });
  if (!target.symbol) {
    target.symbol = only_one(symbols, [&](const Symbol& s) { return prices.find(s) != nullptr; });
  }
  if (target.symbol) return;
  target.code = ReasonCode::kAmbiguousMapping;
  target.words = "maps to " + join(symbols) +
                 ", and neither holdings nor prices tell which; keep one in the mapping file";
}

/// Without a mapping file the id is the symbol.
void take_id_as_symbol(MappedTarget& target) {
  Result<Symbol> symbol = Symbol::parse(target.asset_id.get());
  if (symbol.ok()) {
    target.symbol = symbol.value();
    return;
  }
  target.code = ReasonCode::kNoMapping;
  target.words =
      "there is no mapping file and " + quoted(target.asset_id.get()) + " is not a symbol";
}

/// One symbol for two targets would become two orders for one name.
Status check_unique(const std::vector<MappedTarget>& targets) {
  std::vector<const MappedTarget*> mapped;
  for (const MappedTarget& target : targets) {
    if (target.symbol) mapped.push_back(&target);
  }
  const auto by_symbol = [](const MappedTarget* a, const MappedTarget* b) {
    return *a->symbol < *b->symbol;
  };
  std::stable_sort(mapped.begin(), mapped.end(), by_symbol);
  for (std::size_t i = 1; i < mapped.size(); ++i) {
    if (*mapped[i]->symbol != *mapped[i - 1]->symbol) continue;
    return Error{ErrorCode::kInvalidInput, "asset ids " + quoted(mapped[i - 1]->asset_id.get()) +
                                               " and " + quoted(mapped[i]->asset_id.get()) +
                                               " both map to " + mapped[i]->symbol->text() +
                                               "; keep one of them in the mapping file"};
  }
  return Ok{};
}

}  // namespace

Result<MappedTargets> map_targets_to_symbols(const TargetBook& targets,
                                             const std::optional<SymbolMapping>& mapping,
                                             const PriceBook& prices, const Holdings& holdings) {
  MappedTargets out{targets.trade_date, {}};
  out.targets.reserve(targets.targets.size());
  for (const Target& target : targets.targets) {
    Result<ExactWeight> exact = exact_weight(target.weight);
    if (!exact.ok()) return std::move(exact).error().in("target " + quoted(target.asset_id.get()));
    MappedTarget mapped{target.asset_id, std::nullopt,      target.weight,
                        exact.value(),   ReasonCode::kNone, {}};
    if (!mapping) {
      take_id_as_symbol(mapped);
    } else if (const SymbolMapping::Entry* entry = mapping->find(target.asset_id)) {
      choose_symbol(mapped, entry->symbols, prices, holdings);
    } else {
      mapped.code = ReasonCode::kNoMapping;
      mapped.words = "asset id is not in the mapping file";
    }
    out.targets.push_back(std::move(mapped));
  }
  std::stable_sort(out.targets.begin(), out.targets.end(),
                   [](const MappedTarget& a, const MappedTarget& b) {
                     return asset_id_less(a.asset_id, b.asset_id);
                   });
  SB_TRY_OK(check_unique(out.targets));
  return out;
}

}  // namespace signalbus::planning
