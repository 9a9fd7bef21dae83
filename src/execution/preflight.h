// Whether an order can be sent at all: what the broker would refuse is found before it is asked.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "book/market.h"
#include "book/orders.h"

namespace signalbus::execution {

/// An open order at the broker, as far as it stands in the way of ours.
struct OpenOrder {
  Symbol symbol;
  Side side;
  Quantity remaining;
  bool ours;  ///< Of this batch: it is followed, not an obstacle.
};

/// The account and the market as the batch finds them. Spans sorted by symbol.
struct Surroundings {
  std::span<const AssetRule> rules;
  const Holdings& positions;
  std::span<const OpenOrder> open;
  Money min_notional;  ///< The broker's, USD; an order that closes a position is exempt.
};

/// Null where nothing is known of that symbol. `rules` sorted by symbol.
const AssetRule* find_rule(std::span<const AssetRule> rules, const Symbol& symbol);

/// Why a bracket would be refused while the market is at that price, `code: words`; nothing when it
/// can be sent, as every other order.
std::optional<std::string> bracket_obstacle(const PlannedOrder& order, Price market);

/// Why the order would be refused, `code: words`; nothing when it can be sent. What is held counts
/// less what open sells of others hold back.
std::optional<std::string> obstacle(const Intent& intent, const Surroundings& around);

}  // namespace signalbus::execution
