// Profit and loss of one day in exact money, and whether it explains the change of equity.
//
//   overnight + trading + dividends + interest - fees + corporate cash = change of equity - flows
//
// Every value of quantity x price is rounded once to 1e-6 USD, so both sides are integers and agree
// exactly; what the observed cash and positions do not agree with is a break with a name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "book/market.h"
#include "book/orders.h"
#include "core/ids.h"
#include "core/money.h"
#include "core/time.h"

namespace signalbus::analytics {

struct HeldQuantity {
  Symbol symbol;
  Quantity quantity;  ///< Negative is short.
};

/// A dividend goes to whoever held the share the evening before.
struct ExDividend {
  Symbol symbol;
  Price per_share;
};

/// A dividend that is owed to us (by us, for a short) since its ex-date and not paid yet.
struct Receivable {
  Symbol symbol;
  TradeDate ex_date;
  Money amount;
};

/// How the broker books the cash of a fill.
enum class CashBooking {
  kExact,     ///< quantity x price, to Money's 1e-6.
  kToTheCent  ///< Rounded to the cent, half to even, fill by fill.
};
/// quantity x price of a fill as it was booked. kInvalidInput where it does not fit in Money.
Result<Money> booked_amount(const Fill& fill, CashBooking booking);

/// Everything known of a day. Prices are raw closes: adjusted ones would count splits and dividends
/// twice.
struct DayFacts {
  TradeDate date;
  std::vector<HeldQuantity> opening = {};  ///< The evening before, before the day's splits.
  Money cash_before = Money::zero();
  std::vector<Receivable> receivables = {};  ///< Open the evening before, oldest first.
  PriceBook prior_closes = {};
  PriceBook closes = {};
  std::vector<Fill> fills = {};
  std::vector<CashFlow> flows = {};
  std::vector<ExDividend> ex_dividends = {};
  CashBooking booking = CashBooking::kExact;
  /// What broker or books say at the end of the day; absent: what follows from the rest.
  std::optional<Money> cash_after = std::nullopt;
  std::optional<std::vector<HeldQuantity>> closing = std::nullopt;
};

struct NamePnl {
  Symbol symbol;
  Quantity opening;
  Quantity closing;
  Money overnight;     ///< Opening quantity, splits applied, from prior close to close.
  Money trading;       ///< Fills from their price to the close.
  Money dividends;     ///< Accrued at the ex-date; later only what the payment differs by.
  Money corporate;     ///< Cash instead of fractions.
  Money bought;        ///< Paid for buys, positive.
  Money sold;          ///< Received for sells, positive.
  Money market_value;  ///< At the close.

  Money pnl() const { return overnight + trading + dividends + corporate; }
};

enum class BreakKind {
  kCash,          ///< Observed cash is not what fills and flows make it.
  kPosition,      ///< An observed quantity is not what fills and flows make it.
  kNoClose,       ///< Valued at the prior close.
  kNoPriorClose,  ///< Counted from the close on: no overnight profit.
  kUnclassified   ///< A flow of a kind that nobody told us the meaning of.
};
std::string_view to_text(BreakKind kind);  ///< "cash"

struct PnlBreak {
  BreakKind kind;
  std::optional<Symbol> symbol;
  Money amount;  ///< What it adds to equity beyond profit and flows.
  std::string sentence;
};

struct DayPnl {
  TradeDate date;
  std::vector<NamePnl> names;  ///< Sorted by symbol.
  Money overnight = Money::zero();
  Money trading = Money::zero();
  Money dividends = Money::zero();  ///< Those without a name of ours too.
  Money interest = Money::zero();
  Money fees = Money::zero();  ///< Negative: a cost.
  Money corporate = Money::zero();
  Money external = Money::zero();  ///< Deposits less withdrawals, shares moved in at their close.
  Money equity_before = Money::zero();  ///< Cash, positions and receivables.
  Money equity_after = Money::zero();
  Money cash_after = Money::zero();
  std::vector<Receivable> receivables;  ///< For the next day.
  std::vector<PnlBreak> breaks;

  Money profit() const { return overnight + trading + dividends + interest + fees + corporate; }
  /// equity_after - equity_before - external - profit: the sum of the amounts of the breaks.
  Money unexplained() const { return equity_after - equity_before - external - profit(); }
  /// Within a cent, and nothing is unclassified or without a price.
  bool holds() const;
};

/// kInvalidInput when an amount does not fit in Money.
Result<DayPnl> day_pnl(const DayFacts& facts);

}  // namespace signalbus::analytics
