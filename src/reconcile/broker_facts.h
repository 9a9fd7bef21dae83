// What matching found, before positions and cash are explained with it. Internal to reconcile/.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reconcile/broker_recon.h"

namespace signalbus::reconcile {

/// Cash of executions, exactly and as a broker that books each execution to the cent has it. Which
/// of the two a broker does is its own affair: the one that fits is believed.
struct CashSum {
  Int128 exact = 0;  ///< In Money's units, like the next.
  Int128 to_the_cent = 0;
  std::int64_t inexact = 0;  ///< Executions whose amount is no whole number of cents.

  void add(const Fill& fill);
  void add(Money amount) {
    exact += amount.raw();
    to_the_cent += amount.raw();
  }
  void add(const CashSum& other) {
    exact += other.exact;
    to_the_cent += other.to_the_cent;
    inexact += other.inexact;
  }
};

/// Shares and cash that moved at the broker and are not among the executions both sides know.
struct Movement {
  Cause cause;
  std::optional<Symbol> symbol;
  Quantity quantity = Quantity::zero();  ///< Signed.
  CashSum cash = {};
  std::string words;     ///< "bought 3 AAPL at 200 USD (order X)"
  bool told = false;     ///< A difference of its own tells of it already.
  bool doubted = false;  ///< Only the journal has it: the account may contain it or not.
};

struct Facts {
  std::vector<Fill> agreed;  ///< Executions that count for what the journal expects.
  std::vector<Movement> movements;
  BrokerRecon result;  ///< Orders and executions are done; positions and cash are not.
};

/// Signed shares of an execution.
Quantity signed_quantity(const Fill& fill);
/// "bought 3 AAPL at 200 USD"
std::string trade_words(const Fill& fill);
/// With a sign: "+3", "-0.3"; "0" for zero.
template <class T>
std::string with_sign(T amount) {
  return (amount.is_positive() ? "+" : "") + amount.text();
}

/// Orders and executions of both sides, paired.
Facts match_orders(const BrokerView& broker, const JournalView& journal);

/// Adds the differences of positions, of cash. kInvalidInput for amounts beyond what money can
/// represent.
Status explain_positions(Facts& facts, const BrokerView& broker, const JournalView& journal);
Status explain_cash(Facts& facts, const BrokerView& broker, const JournalView& journal);

}  // namespace signalbus::reconcile
