// Goal: whatever happened, the sleeves add up to the account to the unit, and pieces of an order
// make no difference.
// Method: histories at random; the account's side is added up here without sleeves.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "sleeves/fold.h"
#include "sleeves/testing.h"

namespace signalbus::sleeves {
namespace {

using namespace testing;

const std::array kStrategies = {StrategyId("a"), StrategyId("b"), StrategyId("c"),
                                account_sleeve()};
const std::array kSymbols = {sym("AAA"), sym("BBB"), sym("CCC")};

/// A history, and the account at its end.
struct History {
  std::vector<SleeveEntry> entries;
  std::vector<CashFlow> flows;
  Holdings holdings;
  Money cash = Money::zero();
};

Quantity any_quantity(std::int64_t most = 5'000'000'000'000) {
  return Quantity::from_raw(*rc::gen::inRange<std::int64_t>(1, most));
}
Price any_price() {
  return Price::from_raw(*rc::gen::inRange<std::int64_t>(1'000'000, 900'000'000'000));
}
TradeDate any_day() { return TradeDate::from_days(*rc::gen::inRange(20'000, 20'010)); }

std::vector<StrategyShare> any_shares() {
  std::vector<StrategyShare> out;
  for (std::size_t i = 0; i < kStrategies.size(); ++i) {
    if (*rc::gen::inRange(0, 2) == 1) out.push_back({kStrategies[i], any_quantity()});
  }
  return out;
}

SleeveEntry any_move(TradeDate day) {
  const std::size_t from = *rc::gen::inRange<std::size_t>(0, 4);
  const std::size_t to = (from + *rc::gen::inRange<std::size_t>(1, 4)) % 4;
  SleeveMove move{
      .from = kStrategies[from], .to = kStrategies[to], .symbol = std::nullopt, .reason = {}};
  if (*rc::gen::inRange(0, 2) == 0) {
    move.cash = Money::from_raw(*rc::gen::inRange<std::int64_t>(1, 1'000'000'000'000));
    move.reason = "capital";
  } else {
    move.symbol = kSymbols[*rc::gen::inRange<std::size_t>(0, 3)];
    move.quantity = any_quantity();
    move.price = any_price();
    move.cash = notional_half_even(move.quantity, move.price).value();
    move.reason = "crossed";
  }
  return {BatchId(day.compact() + "-1"), move, std::nullopt, {}};
}

/// Fills of some orders, moves and flows, in the order of days.
History any_history() {
  History out;
  struct Order {
    std::string id;
    Symbol symbol;
    Side side;
    std::vector<StrategyShare> shares;
  };
  std::vector<Order> orders;
  const int count = *rc::gen::inRange(1, 6);
  for (int i = 0; i < count; ++i) {
    orders.push_back({"o" + std::to_string(i), kSymbols[*rc::gen::inRange<std::size_t>(0, 3)],
                      *rc::gen::element(Side::kBuy, Side::kSell), any_shares()});
  }
  std::map<Symbol, Int128> positions;
  MoneySum cash;
  for (const Symbol& symbol : kSymbols) {  // what was there before
    positions[symbol] = *rc::gen::inRange<std::int64_t>(0, 9'000'000'000'000);
  }
  cash.add(Money::from_raw(*rc::gen::inRange<std::int64_t>(0, 900'000'000'000)));
  const int events = *rc::gen::inRange(0, 20);
  for (int i = 0; i < events; ++i) {
    const TradeDate day = any_day();
    if (*rc::gen::inRange(0, 3) == 0) {
      out.entries.push_back(any_move(day));
      continue;
    }
    const Order& order = *rc::gen::elementOf(orders);
    Fill fill{.execution_id = std::to_string(i),
              .order_id = OrderId(order.id),
              .client_order_id = ClientOrderId(order.id),
              .symbol = order.symbol,
              .side = order.side,
              .quantity = any_quantity(),
              .price = any_price(),
              .at = Instant::start_of(day).plus_seconds(50'000)};
    const Money paid = notional_half_even(fill.quantity, fill.price).value();
    const bool buys = fill.side == Side::kBuy;
    positions[fill.symbol] += buys ? fill.quantity.raw() : -fill.quantity.raw();
    cash.add(buys ? -paid : paid);
    out.entries.push_back({BatchId(day.compact() + "-1"), std::nullopt, fill, order.shares});
  }
  const int flows = *rc::gen::inRange(0, 6);
  for (int i = 0; i < flows; ++i) {
    CashFlow flow{.id = std::to_string(i),
                  .kind = *rc::gen::element(CashFlowKind::kDividend, CashFlowKind::kFee,
                                            CashFlowKind::kSplit, CashFlowKind::kTransfer),
                  .word = "",
                  .symbol = std::nullopt,
                  .date = any_day()};
    if (*rc::gen::inRange(0, 3) > 0) flow.symbol = kSymbols[*rc::gen::inRange<std::size_t>(0, 3)];
    flow.cash = Money::from_raw(*rc::gen::inRange<std::int64_t>(-5'000'000, 5'000'000));
    if (flow.kind == CashFlowKind::kSplit && flow.symbol) {
      flow.quantity = Quantity::from_raw(*rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000));
      positions[*flow.symbol] += flow.quantity.raw();
    }
    cash.add(flow.cash);
    out.flows.push_back(flow);
  }
  for (const auto& [symbol, raw] : positions) {
    if (raw == 0) continue;
    Holding held = holding(symbol.view(), "1");
    held.quantity = Quantity::narrow(raw).value();
    out.holdings.holdings.push_back(held);
  }
  out.cash = cash.total().value();
  return out;
}

/// The fold, or nothing where longs and shorts of a symbol nearly cancel and a part does not fit.
std::optional<SleeveBook> fold(const History& history) {
  Result<SleeveBook> book =
      fold_sleeves(history.entries, history.flows, AccountNow{history.holdings, history.cash});
  if (!book.ok()) return std::nullopt;
  return std::move(book).value();
}

Quantity total(const SleeveBook& book, const Symbol& symbol) {
  Quantity sum = Quantity::zero();
  for (const Sleeve& sleeve : book.sleeves) sum += sleeve.quantity(symbol);
  return sum;
}

RC_GTEST_PROP(FoldPropertyTest, SleevesAddUpToTheAccount, ()) {
  const History history = any_history();
  const auto book = fold(history);
  RC_PRE(book.has_value());
  Money cash = Money::zero();
  for (const Sleeve& sleeve : book->sleeves) cash += sleeve.cash;
  RC_ASSERT(cash == history.cash);
  for (const Symbol& symbol : kSymbols) {
    const Holding* held = history.holdings.find(symbol);
    RC_ASSERT(total(*book, symbol) == (held == nullptr ? Quantity::zero() : held->quantity));
  }
}

RC_GTEST_PROP(FoldPropertyTest, CashAndCostAreCapitalAndGains, ()) {
  const auto book = fold(any_history());
  RC_PRE(book.has_value());
  for (const Sleeve& sleeve : book->sleeves) {
    if (sleeve.strategy_id == account_sleeve()) continue;  // began with what has no cost
    Money cost = Money::zero();
    for (const SleevePosition& position : sleeve.positions) {
      cost += position.cost;
      RC_ASSERT(!position.quantity.is_zero());
    }
    RC_ASSERT(sleeve.cash + cost == sleeve.capital + sleeve.realised + sleeve.income);
  }
}

/// One order in pieces, at their prices.
struct Pieces {
  std::vector<StrategyShare> shares;
  std::vector<Fill> fills;
};

Pieces any_pieces() {
  Pieces out;
  out.shares = any_shares();
  if (out.shares.empty()) out.shares.push_back({kStrategies[0], any_quantity()});
  const int count = *rc::gen::inRange(1, 9);
  const std::int64_t most = *rc::gen::element<std::int64_t>(5, 1'000, 5'000'000'000'000);
  for (int i = 0; i < count; ++i) {
    out.fills.push_back({.execution_id = std::to_string(i),
                         .order_id = OrderId("o"),
                         .client_order_id = ClientOrderId("o"),
                         .symbol = kSymbols[0],
                         .side = Side::kSell,
                         .quantity = any_quantity(most),
                         .price = any_price(),
                         .at = Instant::from_micros(0)});
  }
  return out;
}

SleeveBook fold_pieces(const std::vector<Fill>& fills, const std::vector<StrategyShare>& shares) {
  std::vector<SleeveEntry> entries;
  for (const Fill& fill : fills) {
    entries.push_back({BatchId("20250728-1"), std::nullopt, fill, shares});
  }
  return fold_sleeves(entries, {}, std::nullopt).value();
}

RC_GTEST_PROP(FoldPropertyTest, TheOrderOfExecutionsChangesNothing, ()) {
  const Pieces pieces = any_pieces();
  std::vector<Fill> shuffled = pieces.fills;
  for (std::size_t i = shuffled.size(); i > 1; --i) {
    std::swap(shuffled[i - 1], shuffled[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  const SleeveBook one = fold_pieces(pieces.fills, pieces.shares);
  const SleeveBook other = fold_pieces(shuffled, pieces.shares);
  for (const StrategyShare& share : pieces.shares) {
    const Sleeve* before = one.find(share.strategy_id);
    const Sleeve* after = other.find(share.strategy_id);
    RC_ASSERT(before->cash == after->cash);
    RC_ASSERT(before->quantity(kSymbols[0]) == after->quantity(kSymbols[0]));
  }
}

RC_GTEST_PROP(FoldPropertyTest, PiecesGiveTheSharesOfTheirSum, ()) {
  const Pieces pieces = any_pieces();
  Fill whole = pieces.fills.front();
  whole.quantity = Quantity::zero();
  for (const Fill& piece : pieces.fills) whole.quantity += piece.quantity;
  const SleeveBook in_pieces = fold_pieces(pieces.fills, pieces.shares);
  const SleeveBook at_once = fold_pieces({whole}, pieces.shares);
  for (const StrategyShare& share : pieces.shares) {
    RC_ASSERT(in_pieces.find(share.strategy_id)->quantity(kSymbols[0]) ==
              at_once.find(share.strategy_id)->quantity(kSymbols[0]));
  }
}

RC_GTEST_PROP(FoldPropertyTest, NobodySellsMoreThanItsShareOfTheOrder, ()) {
  const Pieces pieces = any_pieces();
  Quantity asked = Quantity::zero();
  for (const StrategyShare& share : pieces.shares) asked += share.quantity;
  std::vector<Fill> fills;
  Quantity filled = Quantity::zero();
  for (const Fill& piece : pieces.fills) {  // as much as the order asks for
    if (filled + piece.quantity > asked) break;
    filled += piece.quantity;
    fills.push_back(piece);
  }
  const SleeveBook book = fold_pieces(fills, pieces.shares);
  for (const StrategyShare& share : pieces.shares) {
    const Sleeve* sleeve = book.find(share.strategy_id);
    RC_ASSERT(bool(sleeve == nullptr || sleeve->quantity(kSymbols[0]) >= -share.quantity));
  }
}

RC_GTEST_PROP(FoldPropertyTest, SplitsOfExecutionsAreWhatTheBooksGet, ()) {
  const Pieces pieces = any_pieces();
  Intent intent{.client_order_id = ClientOrderId("o"),
                .sequence = 0,
                .attempt = 1,
                .order = {.asset_id = AssetId("AAA"),
                          .symbol = kSymbols[0],
                          .side = Side::kSell,
                          .quantity = Quantity::whole(1),
                          .type = OrderType::kMarket,
                          .take_profit = std::nullopt,
                          .stop_loss = std::nullopt,
                          .limit_price = std::nullopt,
                          .ref_price = Price::whole(1),
                          .notional = Money::whole(1),
                          .time_in_force = TimeInForce::kDay,
                          .purpose = Purpose::kReduce},
                .state = OrderState::kFilled};
  intent.shares = pieces.shares;
  std::map<StrategyId, Quantity> sold;
  const auto parts = share_fills(pieces.fills, std::span(&intent, 1));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Quantity sum = Quantity::zero();
    for (const StrategyShare& part : parts[i]) {
      RC_ASSERT(part.quantity.is_positive());
      sum += part.quantity;
      sold.try_emplace(part.strategy_id, Quantity::zero()).first->second += part.quantity;
    }
    RC_ASSERT(sum == pieces.fills[i].quantity);
  }
  const SleeveBook book = fold_pieces(pieces.fills, pieces.shares);
  for (const auto& [id, quantity] : sold) {
    RC_ASSERT(book.find(id)->quantity(kSymbols[0]) == -quantity);
  }
}

}  // namespace
}  // namespace signalbus::sleeves
