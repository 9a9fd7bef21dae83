#include "sleeves/fold.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "sleeves/entries.h"
#include "sleeves/order_sharing.h"

namespace signalbus::sleeves {
namespace {

/// Run date of a batch id, YYYYMMDD-N.
Result<TradeDate> date_of(const BatchId& id) {
  Result<TradeDate> date = TradeDate::parse(std::string_view(id.get()).substr(0, 8));
  if (!date.ok()) return std::move(date).error().in("batch " + id.get());
  return date;
}

/// Shares that who traded got, and cash; negative when it gave.
Quantity signed_quantity(Side side, Quantity quantity) {
  return side == Side::kBuy ? quantity : -quantity;
}
Money signed_cash(Side side, Money notional) { return side == Side::kBuy ? -notional : notional; }

/// The book as it grows.
class Folder {
 public:
  Folder() { account(); }

  Status open(const AccountNow& now, std::span<const SleeveEntry> entries,
              std::span<const CashFlow> flows);
  Status add(const SleeveEntry& entry);
  Status add(const CashFlow& flow);
  SleeveBook take() { return std::move(book_); }

 private:
  Sleeve& account() { return sleeve_of(book_, account_sleeve()); }
  Status add_fill(const Fill& fill, std::span<const StrategyShare> shares);
  Status add_split(const CashFlow& flow);
  Status add_cash_of_symbol(const CashFlow& flow);
  /// Who holds the symbol, and how much; false when that adds up to nothing.
  bool holders(const Symbol& symbol, std::vector<Sleeve*>& who, std::vector<std::int64_t>& held);

  SleeveBook book_;
  std::map<std::string_view, OrderSharing> orders_;  // keys live in the entries
};

/// What history does not explain was there before it.
Status Folder::open(const AccountNow& now, std::span<const SleeveEntry> entries,
                    std::span<const CashFlow> flows) {
  std::map<Symbol, Int128> before;
  MoneySum cash;
  for (const Holding& holding : now.holdings.holdings) {
    before[holding.symbol] += holding.quantity.raw();
  }
  cash.add(now.cash);
  for (const SleeveEntry& entry : entries) {
    if (!entry.fill) continue;
    SB_TRY(const Money notional, notional_half_even(entry.fill->quantity, entry.fill->price));
    const Side side = entry.fill->side;
    before[entry.fill->symbol] -= signed_quantity(side, entry.fill->quantity).raw();
    cash.add(-signed_cash(side, notional));
  }
  for (const CashFlow& flow : flows) {
    cash.add(-flow.cash);
    if (flow.symbol) before[*flow.symbol] -= flow.quantity.raw();
  }
  SB_TRY(account().cash, cash.total());
  for (const auto& [symbol, raw] : before) {
    SB_TRY(const Quantity quantity, Quantity::narrow(raw));
    change_position(account(), symbol, quantity);
  }
  return Ok{};
}

Status Folder::add_fill(const Fill& fill, std::span<const StrategyShare> shares) {
  SB_TRY(const Money notional, notional_half_even(fill.quantity, fill.price));
  see_price(book_, fill.symbol, fill.price);
  if (shares.empty()) {
    book_trade(account(), fill.symbol, signed_quantity(fill.side, fill.quantity),
               signed_cash(fill.side, notional));
    return Ok{};
  }
  const auto at = orders_.try_emplace(fill.client_order_id.get(), shares).first;
  const FillParts parts = at->second.add(fill.quantity, notional);
  SB_CHECK(parts.shares.size() == shares.size());  // an order has one set of shares
  for (std::size_t i = 0; i < shares.size(); ++i) {
    book_trade(sleeve_of(book_, shares[i].strategy_id), fill.symbol,
               signed_quantity(fill.side, Quantity::from_raw(parts.shares[i])),
               signed_cash(fill.side, Money::from_raw(parts.cash[i])));
  }
  return Ok{};
}

Status Folder::add(const SleeveEntry& entry) {
  SB_CHECK(entry.move.has_value() != entry.fill.has_value());
  if (entry.fill) return add_fill(*entry.fill, entry.shares);
  book_move(book_, *entry.move);
  return Ok{};
}

bool Folder::holders(const Symbol& symbol, std::vector<Sleeve*>& who,
                     std::vector<std::int64_t>& held) {
  Int128 sum = 0;
  for (Sleeve& sleeve : book_.sleeves) {
    const Quantity quantity = sleeve.quantity(symbol);
    if (quantity.is_zero()) continue;
    who.push_back(&sleeve);
    held.push_back(quantity.raw());
    sum += quantity.raw();
  }
  return sum != 0;
}

Status Folder::add_split(const CashFlow& flow) {
  std::vector<Sleeve*> who;
  std::vector<std::int64_t> held;
  if (!holders(*flow.symbol, who, held)) {
    change_position(account(), *flow.symbol, flow.quantity);
    return Ok{};
  }
  SB_TRY(const auto parts, share_signed(flow.quantity.raw(), held));
  for (std::size_t i = 0; i < who.size(); ++i) {
    change_position(*who[i], *flow.symbol, Quantity::from_raw(parts[i]));
  }
  return Ok{};
}

Status Folder::add_cash_of_symbol(const CashFlow& flow) {
  std::vector<Sleeve*> who;
  std::vector<std::int64_t> held;
  if (!holders(*flow.symbol, who, held)) {
    account().cash += flow.cash;
    account().income += flow.cash;
    return Ok{};
  }
  SB_TRY(const auto parts, share_signed(flow.cash.raw(), held));
  for (std::size_t i = 0; i < who.size(); ++i) {
    who[i]->cash += Money::from_raw(parts[i]);
    who[i]->income += Money::from_raw(parts[i]);
  }
  return Ok{};
}

Status Folder::add(const CashFlow& flow) {
  if (flow.symbol && !flow.quantity.is_zero()) {
    if (flow.kind == CashFlowKind::kSplit) {
      SB_TRY_OK(add_split(flow));
    } else {  // shares that came or went without a trade are nobody's
      change_position(account(), *flow.symbol, flow.quantity);
    }
  }
  if (flow.cash.is_zero()) return Ok{};
  if (flow.symbol) return add_cash_of_symbol(flow);
  account().cash += flow.cash;
  if (flow.kind != CashFlowKind::kTransfer) account().income += flow.cash;
  return Ok{};
}

}  // namespace

Result<SleeveBook> fold_sleeves(std::span<const SleeveEntry> entries,
                                std::span<const CashFlow> flows,
                                const std::optional<AccountNow>& account) {
  std::vector<const CashFlow*> by_date;
  for (const CashFlow& flow : flows) by_date.push_back(&flow);
  std::sort(by_date.begin(), by_date.end(), [](const CashFlow* a, const CashFlow* b) {
    return a->date != b->date ? a->date < b->date : a->id < b->id;
  });
  Folder folder;
  if (account) SB_TRY_OK(folder.open(*account, entries, flows));
  auto next = by_date.begin();
  const BatchId* batch = nullptr;  // entries of one come together
  TradeDate batch_date = TradeDate::from_days(0);
  for (const SleeveEntry& entry : entries) {
    if (batch == nullptr || *batch != entry.batch_id) {
      SB_TRY(batch_date, date_of(entry.batch_id));
      batch = &entry.batch_id;
    }
    const TradeDate date = entry.fill ? entry.fill->at.utc_date() : batch_date;
    for (; next != by_date.end() && (*next)->date <= date; ++next) {
      SB_TRY_OK(folder.add(**next));
    }
    SB_TRY_OK(folder.add(entry));
  }
  for (; next != by_date.end(); ++next) SB_TRY_OK(folder.add(**next));
  return folder.take();
}

std::vector<SleeveEntry> keep_last_batch_of_each_day(std::span<const SleeveEntry> entries) {
  const auto day_and_number = [](const BatchId& id) {
    const std::string& text = id.get();
    const std::size_t dash = std::min(text.find('-'), text.size());
    const auto number =
        parse_scaled64(text.substr(std::min(dash + 1, text.size())), 0, Rounding::kExact);
    return std::pair(text.substr(0, dash), number.ok() ? number.value() : 0);
  };
  std::map<std::string, std::int64_t> last;
  for (const SleeveEntry& entry : entries) {
    const auto [day, number] = day_and_number(entry.batch_id);
    std::int64_t& highest = last[day];
    highest = std::max(highest, number);
  }
  std::vector<SleeveEntry> out;
  for (const SleeveEntry& entry : entries) {
    const auto [day, number] = day_and_number(entry.batch_id);
    if (number == last[day]) out.push_back(entry);
  }
  return out;
}

std::vector<std::vector<StrategyShare>> share_fills(std::span<const Fill> fills,
                                                    std::span<const Intent> intents) {
  struct Order {
    const Intent* intent;
    OrderSharing sharing;
  };
  std::map<ClientOrderId, Order> orders;
  for (const Intent& intent : intents) {
    if (intent.shares.empty()) continue;
    orders.try_emplace(intent.client_order_id, &intent, OrderSharing(intent.shares));
  }
  std::vector<std::vector<StrategyShare>> out;
  for (const Fill& fill : fills) {
    std::vector<StrategyShare>& parts = out.emplace_back();
    const auto at = orders.find(fill.client_order_id);
    if (at == orders.end()) continue;
    const FillParts shared = at->second.sharing.add(fill.quantity, Money::zero());
    for (std::size_t i = 0; i < shared.shares.size(); ++i) {
      if (shared.shares[i] == 0) continue;
      parts.push_back(
          {at->second.intent->shares[i].strategy_id, Quantity::from_raw(shared.shares[i])});
    }
  }
  return out;
}

}  // namespace signalbus::sleeves
