#include "execution/preflight.h"

#include <algorithm>

namespace signalbus::execution {
namespace {

/// The broker wants both exits at least so far from the last price.
constexpr Price kBracketGap = Price::from_raw(10'000'000);  // 0.01 USD

bool is_whole(Quantity quantity) { return quantity.raw() % Quantity::whole(1).raw() == 0; }

/// What sells of others hold back of a position.
Quantity held_back(const Symbol& symbol, std::span<const OpenOrder> open) {
  Quantity out = Quantity::zero();
  for (const OpenOrder& order : open) {
    if (order.symbol == symbol && order.side == Side::kSell && !order.ours) out += order.remaining;
  }
  return out;
}

std::optional<std::string> asset_obstacle(const Intent& intent, const AssetRule* rule) {
  if (rule == nullptr || !rule->tradable) {
    return "not_tradable: the broker does not trade " + intent.order.symbol.text();
  }
  const Quantity quantity = intent.asked_quantity();
  if (is_whole(quantity)) return std::nullopt;
  if (!rule->fractionable) {
    return "not_fractionable: " + quantity.text() + " shares, and " + intent.order.symbol.text() +
           " trades in whole shares only";
  }
  if (intent.order.type == OrderType::kBracket || intent.order.time_in_force != TimeInForce::kDay) {
    return "not_fractionable: fractions of a share are simple DAY orders only, and this one asks "
           "for " +
           quantity.text();
  }
  return std::nullopt;
}

/// A sell beyond what is held would be a short sale; one that also crosses zero is refused whole.
std::optional<std::string> position_obstacle(const Intent& intent, const Surroundings& around,
                                             const AssetRule* rule) {
  if (intent.order.side != Side::kSell) return std::nullopt;
  const Holding* held = around.positions.find(intent.order.symbol);
  const Quantity position = held == nullptr ? Quantity::zero() : held->quantity;
  const Quantity quantity = intent.asked_quantity();
  if (!position.is_positive()) {
    if (rule != nullptr && !rule->shortable) {
      return "not_tradable: " + intent.order.symbol.text() + " cannot be sold short";
    }
    if (is_whole(quantity)) return std::nullopt;
    return "not_fractionable: " + quantity.text() + " shares cannot be sold short";
  }
  const Quantity free = position - held_back(intent.order.symbol, around.open);
  if (quantity <= free) return std::nullopt;
  if (quantity <= position) {
    return "foreign_position: open sell orders of others hold " + (position - free).text() +
           " of " + position.text() + " shares; cancel them at the broker";
  }
  return "insufficient_funds: " + quantity.text() + " shares to sell, " + position.text() + " held";
}

/// The broker refuses an order while one of the other side is open in the same name (wash trade).
std::optional<std::string> wash_obstacle(const Intent& intent, std::span<const OpenOrder> open) {
  for (const OpenOrder& order : open) {
    if (order.symbol != intent.order.symbol || order.side == intent.order.side || order.ours) {
      continue;
    }
    return "foreign_position: an open " + std::string(to_text(order.side)) + " order of " +
           order.remaining.text() + " " + order.symbol.text() +
           " that is not ours stands against it (wash trade); cancel it at the broker";
  }
  return std::nullopt;
}

}  // namespace

const AssetRule* find_rule(std::span<const AssetRule> rules, const Symbol& symbol) {
  const auto at =
      std::lower_bound(rules.begin(), rules.end(), symbol,
                       [](const AssetRule& r, const Symbol& s) { return r.symbol < s; });
  return at != rules.end() && at->symbol == symbol ? &*at : nullptr;
}

std::optional<std::string> bracket_obstacle(const PlannedOrder& order, Price market) {
  if (order.type != OrderType::kBracket) return std::nullopt;
  const bool low = order.take_profit && *order.take_profit < market + kBracketGap;
  const bool high = order.stop_loss && *order.stop_loss > market - kBracketGap;
  if (!low && !high) return std::nullopt;
  return "bad_price: the market is at " + market.text() + ", past the " +
         (low ? "take profit of " + order.take_profit->text()
              : "stop loss of " + order.stop_loss->text()) +
         " that was planned at " + order.ref_price.text();
}

std::optional<std::string> obstacle(const Intent& intent, const Surroundings& around) {
  const AssetRule* rule = find_rule(around.rules, intent.order.symbol);
  if (auto words = asset_obstacle(intent, rule)) return words;
  if (auto words = wash_obstacle(intent, around.open)) return words;
  if (auto words = position_obstacle(intent, around, rule)) return words;
  const bool closes =
      intent.order.purpose == Purpose::kClose || intent.order.purpose == Purpose::kCloseToFlip;
  if (!closes && intent.order.notional < around.min_notional) {
    return "below_min_notional: " + intent.order.notional.text() +
           " USD, the broker takes orders from " + around.min_notional.text();
  }
  return std::nullopt;
}

}  // namespace signalbus::execution
