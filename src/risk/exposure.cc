#include "risk/exposure.h"

#include <algorithm>
#include <map>

#include "risk/words.h"

namespace signalbus::risk {
namespace {

/// Raw shares of one name.
struct NameShares {
  Int128 held = 0;
  Int128 batch = 0;
  Int128 open_buys = 0;
  Int128 open_sells = 0;

  bool moves() const { return batch != 0 || open_buys != 0 || open_sells != 0; }
};

std::map<Symbol, NameShares> shares_of(std::span<const PlannedOrder> orders,
                                       const PlanFacts& facts) {
  std::map<Symbol, NameShares> names;
  for (const Holding& holding : facts.holdings->holdings) {
    names[holding.symbol].held += holding.quantity.raw();
  }
  for (const OpenOrder& open : *facts.open_orders) {
    NameShares& name = names[open.symbol];
    (open.side == Side::kBuy ? name.open_buys : name.open_sells) += open.remaining.raw();
  }
  for (const PlannedOrder& order : orders) {
    const Int128 quantity = order.quantity.raw();
    names[order.symbol].batch += order.side == Side::kBuy ? quantity : -quantity;
  }
  return names;
}

Result<NameValue> value_of(const Symbol& symbol, const NameShares& name, const PriceBook& prices,
                           const Holdings& holdings) {
  if (const PricePoint* point = prices.find(symbol)) {
    const Int128 high = name.held + name.open_buys;
    const Int128 low = name.held - name.open_sells;
    return NameValue{symbol, value_up(high, point->price), value_up(low, point->price),
                     value_up(high + name.batch, point->price),
                     value_up(low + name.batch, point->price)};
  }
  const Holding* holding = holdings.find(symbol);
  if (name.moves() || holding == nullptr || !holding->market_value) {
    return Error{ErrorCode::kNotFound, "price of " + symbol.text()};
  }
  const Int128 value = holding->market_value->raw();
  return NameValue{symbol, value, value, value, value};
}

}  // namespace

Result<std::vector<NameValue>> name_values(std::span<const PlannedOrder> orders,
                                           const PriceBook& prices, const PlanFacts& facts) {
  if (!facts.holdings) return Error{ErrorCode::kNotFound, "what is held"};
  if (!facts.open_orders) return Error{ErrorCode::kNotFound, "what is open at the broker"};
  std::vector<NameValue> out;
  for (const auto& [symbol, name] : shares_of(orders, facts)) {
    SB_TRY(const NameValue value, value_of(symbol, name, prices, *facts.holdings));
    out.push_back(value);
  }
  return out;
}

Result<Exposure> exposure_without(const PriceBook& prices, const PlanFacts& facts,
                                  const Symbol& symbol) {
  SB_TRY(const std::vector<NameValue> names, name_values({}, prices, facts));
  const Int128 unnamed = facts.holdings->unnamed_value.raw();
  Int128 gross = size_of(unnamed);
  Int128 high = unnamed;
  Int128 low = unnamed;
  Int128 in_sector = 0;
  const SymbolFacts* own = facts.find(symbol);
  bool known = own != nullptr && own->sector.has_value();
  for (const NameValue& name : names) {
    const Int128 size = std::max(size_of(name.high_without), size_of(name.low_without));
    gross += size;
    high += name.high_without;
    low += name.low_without;
    const SymbolFacts* other = facts.find(name.symbol);
    if (other == nullptr || !other->sector) {
      known = known && size == 0;
    } else if (known && *other->sector == *own->sector) {
      in_sector += size;
    }
  }
  Exposure out;
  SB_TRY(out.gross, Money::narrow(gross));
  SB_TRY(out.high, Money::narrow(high));
  SB_TRY(out.low, Money::narrow(low));
  if (known) {
    SB_TRY(out.sector, Money::narrow(in_sector));
  }
  return out;
}

}  // namespace signalbus::risk
