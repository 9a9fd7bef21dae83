#include "pipeline/past_trades.h"

#include <algorithm>

#include "calendar/new_york.h"
#include "sleeves/fold.h"
#include "sleeves/order_sharing.h"

namespace signalbus::pipeline {
namespace {

using analytics::PastDay;
using analytics::StrategyTrade;

Result<TradeDate> run_date_of(const BatchId& id) {
  Result<TradeDate> date = TradeDate::parse(std::string_view(id.get()).substr(0, 8));
  if (!date.ok()) return std::move(date).error().in("batch " + id.get());
  return date;
}

Quantity signed_quantity(const Fill& fill) {
  return fill.side == Side::kBuy ? fill.quantity : -fill.quantity;
}

using Sharing = std::map<std::string, sleeves::OrderSharing>;

Result<std::vector<StrategyTrade>> parts_of(const SleeveEntry& entry, Sharing& orders) {
  std::vector<StrategyTrade> out;
  const Fill& fill = *entry.fill;
  if (entry.shares.empty()) return out;
  SB_TRY(const Money amount, notional_half_even(fill.quantity, fill.price));
  const auto at = orders.try_emplace(fill.client_order_id.get(), entry.shares).first;
  const sleeves::FillParts parts = at->second.add(fill.quantity, amount);
  const bool buys = fill.side == Side::kBuy;
  for (std::size_t i = 0; i < entry.shares.size(); ++i) {
    const Quantity quantity = Quantity::from_raw(parts.shares[i]);
    const Money cash = Money::from_raw(parts.cash[i]);
    if (quantity.is_zero() && cash.is_zero()) continue;
    out.push_back({entry.shares[i].strategy_id, fill.symbol, buys ? quantity : -quantity,
                   buys ? -cash : cash});
  }
  return out;
}

/// Both sides of shares that moved inside the account; none for cash alone.
std::vector<StrategyTrade> parts_of(const SleeveMove& move) {
  if (!move.symbol) return {};
  return {{move.from, *move.symbol, -move.quantity, move.cash},
          {move.to, *move.symbol, move.quantity, -move.cash}};
}

/// Index of the first day on or after the date; the count of days when there is none.
std::size_t day_of(const std::vector<PastDay>& days, TradeDate date) {
  const auto at = std::lower_bound(
      days.begin(), days.end(), date,
      [](const PastDay& day, TradeDate wanted) { return day.facts.date < wanted; });
  return static_cast<std::size_t>(at - days.begin());
}

Quantity held_in(const EodBook& book, const Symbol& symbol) {
  const auto at = std::lower_bound(
      book.positions.begin(), book.positions.end(), symbol,
      [](const EodPosition& position, const Symbol& s) { return position.symbol < s; });
  return at != book.positions.end() && at->symbol == symbol ? at->quantity : Quantity::zero();
}

/// The fills of one name, day after day, held against the quantities of the evenings.
class NameFills {
 public:
  NameFills(Symbol symbol, std::span<const EodBook> books, bool has_opening_book)
      : symbol_(symbol), books_(books), opening_(has_opening_book) {}

  void add(PastFill* fill, std::size_t day) { fills_.push_back({fill, day}); }
  void add_change(std::size_t day, Quantity change) {
    changes_.try_emplace(day, Quantity::zero()).first->second += change;
  }

  /// Gives each fill its day: the first of whose fills the evening does not contain begin the next.
  template <class Place>
  void place(std::size_t day_count, Place put) {
    std::stable_sort(fills_.begin(), fills_.end(),
                     [](const Dated& a, const Dated& b) { return a.day < b.day; });
    std::size_t next = 0;
    for (std::size_t day = 0; day < day_count; ++day) {
      std::size_t end = next;
      while (end < fills_.size() && fills_[end].day <= day) ++end;
      if (next == end) continue;
      const std::size_t taken = contained(day, next, end, day + 1 < day_count);
      for (; next < taken; ++next) put(*fills_[next].fill, day);
    }
  }

 private:
  struct Dated {
    PastFill* fill;
    std::size_t day;
  };

  /// How many of fills_[begin..end) the evening of the day contains: all, unless leaving out the
  /// newest ones gives its very quantity.
  std::size_t contained(std::size_t day, std::size_t begin, std::size_t end, bool may_wait) const {
    const bool has_evening_before = day > 0 || opening_;
    if (!may_wait || !has_evening_before) return end;
    const std::size_t book = day + (opening_ ? 1 : 0);
    Quantity gap = held_in(books_[book], symbol_) - held_in(books_[book - 1], symbol_);
    const auto change = changes_.find(day);
    if (change != changes_.end()) gap -= change->second;
    for (std::size_t i = begin; i < end; ++i) gap -= signed_quantity(fills_[i].fill->fill);
    for (std::size_t last = end; last > begin && !gap.is_zero(); --last) {
      gap += signed_quantity(fills_[last - 1].fill->fill);
      if (gap.is_zero()) return last - 1;
    }
    return end;
  }

  Symbol symbol_;
  std::span<const EodBook> books_;
  bool opening_;
  std::vector<Dated> fills_;
  std::map<std::size_t, Quantity> changes_;
};

void put_flows(std::span<const KeptFlow> flows, bool has_opening_book, std::vector<PastDay>& days) {
  for (const KeptFlow& kept : flows) {
    const std::size_t day = day_of(days, kept.seen);
    if (day == days.size()) continue;
    // What the first look at an account finds of the time before is in its opening books.
    const bool before_the_books =
        day == 0 && !has_opening_book && kept.flow.date < days.front().facts.date;
    if (!before_the_books) days[day].facts.flows.push_back(kept.flow);
  }
}

}  // namespace

Result<PastTrades> past_trades(std::span<const SleeveEntry> entries, Mode mode) {
  std::vector<SleeveEntry> last;
  if (mode == Mode::kDry) {
    last = sleeves::keep_last_batch_of_each_day(entries);
    entries = last;
  }
  PastTrades out;
  Sharing orders;
  for (const SleeveEntry& entry : entries) {
    SB_TRY(const TradeDate run_date, run_date_of(entry.batch_id));
    if (entry.move) {
      std::vector<StrategyTrade> parts = parts_of(*entry.move);
      if (!parts.empty()) out.crossings.push_back({run_date, std::move(parts)});
      continue;
    }
    const Fill& fill = *entry.fill;
    const TradeDate date = mode == Mode::kDry ? run_date : calendar::new_york_date(fill.at);
    if (!entry.shares.empty()) out.asked.try_emplace(fill.client_order_id.get(), entry.shares);
    SB_TRY(std::vector<StrategyTrade> parts, parts_of(entry, orders));
    out.fills.push_back({fill, date, std::move(parts)});
  }
  return out;
}

void put_into_days(PastTrades trades, std::span<const KeptFlow> flows,
                   std::span<const EodBook> books, bool has_opening_book,
                   analytics::PerformanceFacts& facts) {
  std::vector<PastDay>& days = facts.days;
  const auto keep_before = [&](std::vector<StrategyTrade>& parts) {
    std::move(parts.begin(), parts.end(), std::back_inserter(facts.before));
  };
  put_flows(flows, has_opening_book, days);
  std::map<Symbol, NameFills> names;
  const auto name_of = [&](const Symbol& symbol) -> NameFills& {
    return names.try_emplace(symbol, symbol, books, has_opening_book).first->second;
  };
  const std::optional<TradeDate> before =
      has_opening_book ? std::optional(books.front().run_date) : std::nullopt;
  const auto is_before = [&](TradeDate date) {
    return before ? date <= *before : date < days.front().facts.date;
  };
  for (PastFill& fill : trades.fills) {
    const std::size_t day = day_of(days, fill.date);
    if (is_before(fill.date)) {
      keep_before(fill.parts);
    } else if (day < days.size()) {
      name_of(fill.fill.symbol).add(&fill, day);
    }
  }
  for (std::size_t day = 0; day < days.size(); ++day) {
    for (const CashFlow& flow : days[day].facts.flows) {
      if (flow.symbol && !flow.quantity.is_zero()) {
        name_of(*flow.symbol).add_change(day, flow.quantity);
      }
    }
  }
  for (auto& [symbol, fills] : names) {
    fills.place(days.size(), [&](PastFill& fill, std::size_t day) {
      days[day].facts.fills.push_back(fill.fill);
      std::move(fill.parts.begin(), fill.parts.end(), std::back_inserter(days[day].trades));
    });
  }
  for (PastTrades::Crossing& crossing : trades.crossings) {
    const std::size_t day = day_of(days, crossing.date);
    if (is_before(crossing.date)) keep_before(crossing.parts);
    if (day == days.size() || is_before(crossing.date)) continue;
    std::move(crossing.parts.begin(), crossing.parts.end(), std::back_inserter(days[day].trades));
  }
  for (PastDay& day : days) {
    std::stable_sort(day.facts.fills.begin(), day.facts.fills.end(),
                     [](const Fill& a, const Fill& b) { return a.at < b.at; });
  }
}

}  // namespace signalbus::pipeline
