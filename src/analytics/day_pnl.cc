#include "analytics/day_pnl.h"

#include <algorithm>
#include <map>

#include "analytics/price_cursor.h"

namespace signalbus::analytics {
namespace {

/// Left of a receivable after its payment: rounding of the broker, not money to wait for.
constexpr std::int64_t kCentRaw = 10'000;

/// What happened to one name.
struct Name {
  Quantity opening = Quantity::zero();
  Quantity splits = Quantity::zero();
  Quantity moved = Quantity::zero();  ///< In or out without a trade.
  Money moved_value = Money::zero();  ///< Each move rounded once, as the flows count it.
  Quantity traded = Quantity::zero();
  Money bought = Money::zero();
  Money sold = Money::zero();
  Money dividends = Money::zero();
  Money corporate = Money::zero();
  std::optional<Quantity> observed;

  Quantity expected() const { return opening + splits + moved + traded; }
};

Error in_name(Error error, const Symbol& symbol) {
  return std::move(error).in("profit of " + symbol.text());
}

Result<Money> value_of(const Symbol& symbol, Quantity quantity, Price price) {
  Result<Money> value = notional_half_even(quantity, price);
  if (!value.ok()) return in_name(std::move(value).error(), symbol);
  return value;
}

/// `book` is a PriceBook or its cursor.
template <class Book>
std::optional<Price> price_in(Book& book, const Symbol& symbol) {
  const PricePoint* point = book.find(symbol);
  return point == nullptr ? std::nullopt : std::optional(point->price);
}

class Day {
 public:
  explicit Day(const DayFacts& facts)
      : facts_(facts), closes_(facts.closes), prior_closes_(facts.prior_closes) {
    out_.date = facts.date;
    out_.receivables = facts.receivables;
    cash_ = facts.cash_before;
  }

  Result<DayPnl> count() {
    for (const HeldQuantity& held : facts_.opening) {
      // Mostly in order, so that each is the last so far.
      names_.try_emplace(names_.end(), held.symbol)->second.opening += held.quantity;
    }
    SB_TRY_OK(add_fills());
    SB_TRY_OK(add_ex_dividends());
    for (const CashFlow& flow : facts_.flows) SB_TRY_OK(add_flow(flow));
    observe();
    out_.names.reserve(names_.size());
    for (const auto& [symbol, name] : names_) SB_TRY_OK(value_name(symbol, name));
    finish();
    return std::move(out_);
  }

 private:
  Status add_fills() {
    for (const Fill& fill : facts_.fills) {
      SB_TRY(const Money amount, booked_amount(fill, facts_.booking));
      Name& name = names_[fill.symbol];
      const bool buys = fill.side == Side::kBuy;
      name.traded += buys ? fill.quantity : -fill.quantity;
      (buys ? name.bought : name.sold) += amount;
      cash_ += buys ? -amount : amount;
    }
    return Ok{};
  }

  Status add_ex_dividends() {
    for (const ExDividend& dividend : facts_.ex_dividends) {
      const auto found = names_.find(dividend.symbol);
      if (found == names_.end() || found->second.opening.is_zero()) continue;
      SB_TRY(const Money amount,
             value_of(dividend.symbol, found->second.opening, dividend.per_share));
      found->second.dividends += amount;
      out_.receivables.push_back({dividend.symbol, facts_.date, amount});
    }
    return Ok{};
  }

  Status add_flow(const CashFlow& flow) {
    cash_ += flow.cash;
    switch (flow.kind) {
      case CashFlowKind::kDividend:
        add_dividend(flow);
        return Ok{};
      case CashFlowKind::kInterest:
        out_.interest += flow.cash;
        return Ok{};
      case CashFlowKind::kFee:
        out_.fees += flow.cash;
        return Ok{};
      case CashFlowKind::kSplit:
        add_split(flow);
        return Ok{};
      case CashFlowKind::kTransfer: {
        SB_TRY(const Money moved, move_shares(flow));
        out_.external += flow.cash + moved;
        return Ok{};
      }
      case CashFlowKind::kOther:
        break;
    }
    SB_TRY(const Money moved, move_shares(flow));
    out_.breaks.push_back(
        {BreakKind::kUnclassified, flow.symbol, flow.cash + moved,
         "activity " + flow.id + " of type '" + flow.word + "' is of no known kind; classify it"});
    return Ok{};
  }

  /// A payment ends the oldest receivable of its name; only what it differs by is income now.
  void add_dividend(const CashFlow& flow) {
    Money& income = flow.symbol ? names_[*flow.symbol].dividends : out_.dividends;
    income += flow.cash;
    if (!flow.symbol) return;
    const auto open =
        std::find_if(out_.receivables.begin(), out_.receivables.end(), [&](const Receivable& r) {
          return r.symbol == *flow.symbol && r.amount.is_negative() == flow.cash.is_negative();
        });
    if (open == out_.receivables.end()) return;
    const bool partly = flow.cash.abs() < open->amount.abs();
    const Money settled = partly ? flow.cash : open->amount;
    income -= settled;
    open->amount -= settled;
    if (open->amount.abs().raw() > kCentRaw) return;
    income -= open->amount;
    out_.receivables.erase(open);
  }

  void add_split(const CashFlow& flow) {
    if (!flow.symbol) {
      out_.corporate += flow.cash;
      return;
    }
    Name& name = names_[*flow.symbol];
    name.splits += flow.quantity;
    name.corporate += flow.cash;
  }

  /// Shares that came or went without a trade, at their close.
  Result<Money> move_shares(const CashFlow& flow) {
    if (!flow.symbol || flow.quantity.is_zero()) return Money::zero();
    names_[*flow.symbol].moved += flow.quantity;
    SB_TRY(const Money value, value_of(*flow.symbol, flow.quantity, mark(*flow.symbol)));
    names_[*flow.symbol].moved_value += value;
    return value;
  }

  /// The close; without one the prior close, without both 0: nothing moved that we know.
  Price mark(const Symbol& symbol) const {
    const std::optional<Price> close = price_in(facts_.closes, symbol);
    return close ? *close : price_in(facts_.prior_closes, symbol).value_or(Price::zero());
  }

  void observe() {
    if (!facts_.closing) return;
    for (auto& [symbol, name] : names_) name.observed = Quantity::zero();
    auto next = names_.begin();
    for (const HeldQuantity& held : *facts_.closing) {
      if (next == names_.end() || next->first != held.symbol) {
        next = names_.try_emplace(held.symbol).first;
      }
      next->second.observed = held.quantity;
      ++next;
    }
  }

  Status value_name(const Symbol& symbol, const Name& name) {
    const Quantity closing = name.observed.value_or(name.expected());
    const std::optional<Price> prior = price_in(prior_closes_, symbol);
    const std::optional<Price> close = price_in(closes_, symbol);
    note_missing(symbol, name, closing, prior, close);
    const Price to = close ? *close : prior.value_or(Price::zero());
    const Price from = prior.value_or(to);
    const Quantity kept_quantity = name.opening + name.splits;
    SB_TRY(const Money before, value_of(symbol, name.opening, from));
    SB_TRY(const Money kept, value_of(symbol, kept_quantity, to));
    // Of most names nothing is traded and nothing is missing.
    Money expected = kept;
    if (name.expected() != kept_quantity) {
      SB_TRY(expected, value_of(symbol, name.expected(), to));
    }
    Money after = expected;
    if (closing != name.expected()) {
      SB_TRY(after, value_of(symbol, closing, to));
    }
    note_position(symbol, name, closing, after - expected);
    out_.names.push_back({.symbol = symbol,
                          .opening = name.opening,
                          .closing = closing,
                          .overnight = kept - before,
                          .trading = expected - kept - name.moved_value + name.sold - name.bought,
                          .dividends = name.dividends,
                          .corporate = name.corporate,
                          .bought = name.bought,
                          .sold = name.sold,
                          .market_value = after});
    out_.equity_before += before;
    out_.equity_after += after;
    return Ok{};
  }

  void note_missing(const Symbol& symbol, const Name& name, Quantity closing,
                    const std::optional<Price>& prior, const std::optional<Price>& close) {
    if (!name.opening.is_zero() && !prior) {
      out_.breaks.push_back({BreakKind::kNoPriorClose, symbol, Money::zero(),
                             symbol.text() + " has no close of the day before; add it"});
    }
    if (!close && !(closing.is_zero() && name.moved.is_zero())) {
      out_.breaks.push_back({BreakKind::kNoClose, symbol, Money::zero(),
                             symbol.text() + " has no close of " + facts_.date.iso() +
                                 " and is valued at the one before; add it"});
    }
  }

  void note_position(const Symbol& symbol, const Name& name, Quantity closing, Money amount) {
    if (closing == name.expected()) return;
    out_.breaks.push_back({BreakKind::kPosition, symbol, amount,
                           symbol.text() + ": " + closing.text() + " held, " +
                               name.expected().text() + " expected of fills and flows"});
  }

  void finish() {
    for (const NamePnl& name : out_.names) {
      out_.overnight += name.overnight;
      out_.trading += name.trading;
      out_.dividends += name.dividends;
      out_.corporate += name.corporate;
    }
    out_.cash_after = facts_.cash_after.value_or(cash_);
    if (out_.cash_after != cash_) {
      out_.breaks.push_back({BreakKind::kCash, std::nullopt, out_.cash_after - cash_,
                             "cash is " + out_.cash_after.text() + ", " + cash_.text() +
                                 " expected of fills and flows"});
    }
    out_.equity_before += facts_.cash_before;
    out_.equity_after += out_.cash_after;
    for (const Receivable& r : facts_.receivables) out_.equity_before += r.amount;
    for (const Receivable& r : out_.receivables) out_.equity_after += r.amount;
  }

  const DayFacts& facts_;
  PriceCursor closes_;
  PriceCursor prior_closes_;
  std::map<Symbol, Name> names_;
  Money cash_ = Money::zero();
  DayPnl out_ = {.date = TradeDate::from_days(0), .names = {}, .receivables = {}, .breaks = {}};
};

}  // namespace

std::string_view to_text(BreakKind kind) {
  switch (kind) {
    case BreakKind::kCash:
      return "cash";
    case BreakKind::kPosition:
      return "position";
    case BreakKind::kNoClose:
      return "no_close";
    case BreakKind::kNoPriorClose:
      return "no_prior_close";
    case BreakKind::kUnclassified:
      return "unclassified";
  }
  return "";
}

Result<Money> booked_amount(const Fill& fill, CashBooking booking) {
  if (booking == CashBooking::kExact) return value_of(fill.symbol, fill.quantity, fill.price);
  // From the whole product: rounding twice could round a tie that is none.
  constexpr int kProductDecimals = Quantity::kDecimals + Price::kDecimals;
  const Int128 product = static_cast<Int128>(fill.quantity.raw()) * fill.price.raw();
  const Int128 cents = divide(product, pow10(kProductDecimals - 2), Rounding::kHalfEven);
  Result<Money> amount = Money::narrow(cents * kCentRaw);
  if (!amount.ok()) return in_name(std::move(amount).error(), fill.symbol);
  return amount;
}

bool DayPnl::holds() const {
  const bool silent = std::all_of(breaks.begin(), breaks.end(), [](const PnlBreak& b) {
    return b.kind == BreakKind::kCash || b.kind == BreakKind::kPosition;
  });
  return silent && unexplained().abs().raw() <= kCentRaw;
}

Result<DayPnl> day_pnl(const DayFacts& facts) { return Day(facts).count(); }

}  // namespace signalbus::analytics
