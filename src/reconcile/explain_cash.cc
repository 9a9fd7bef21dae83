// Cash: the baseline and what both sides know of, then what else moved cash, then the rest.
#include <array>
#include <cstdlib>

#include "reconcile/broker_facts.h"

namespace signalbus::reconcile {
namespace {

constexpr Int128 kCent = 10'000;  // in Money's units

/// Causes that can move cash, in the order they are told.
constexpr std::array kCashCauses = {Cause::kTransfer, Cause::kDividend,        Cause::kInterest,
                                    Cause::kFee,      Cause::kCorporateAction, Cause::kManualTrade,
                                    Cause::kUnknown};

std::string cause_sentence(Cause cause, bool negative) {
  switch (cause) {
    case Cause::kTransfer:
      return negative ? "cash was withdrawn" : "cash was deposited";
    case Cause::kDividend:
      return negative ? "dividends or their taxes were paid" : "dividends were received";
    case Cause::kInterest:
      return negative ? "interest was paid" : "interest was received";
    case Cause::kFee:
      return negative ? "fees were charged" : "fees were given back";
    case Cause::kCorporateAction:
      return "a corporate action moved cash";
    case Cause::kManualTrade:
      return "orders that are not ours traded";
    default:
      return "an activity that signalbus does not know moved cash";
  }
}

/// Which way of booking the broker has; both are allowed where the sums are the same.
enum class Booking { kToTheCent, kExact };

Int128 amount_of(const CashSum& sum, Booking booking) {
  return booking == Booking::kToTheCent ? sum.to_the_cent : sum.exact;
}

Int128 size_of(Int128 value) { return value < 0 ? -value : value; }

class Explanation {
 public:
  Explanation(Facts& facts, const BrokerView& broker, const JournalView& journal)
      : facts_(facts), broker_(broker), journal_(journal) {}

  Status explain() {
    CashSum known = sum_known();
    forgive_doubts(known);
    const Int128 cash = broker_.account.cash.raw();
    const bool exact = size_of(cash - known.exact) < size_of(cash - known.to_the_cent);
    booking_ = exact ? Booking::kExact : Booking::kToTheCent;
    reached_ = journal_.baseline.cash.raw() + amount_of(ours_, booking_);
    for (const Movement& movement : facts_.movements) {
      if (movement.told && !movement.doubted) reached_ += amount_of(movement.cash, booking_);
    }
    for (const Cause cause : kCashCauses) {
      SB_TRY_OK(explain_by(cause));
    }
    reached_ += amount_of(doubted_, booking_);
    return cash == reached_ ? Status(Ok{}) : tell_rest(cash, known.inexact);
  }

 private:
  CashSum sum_known();
  void forgive_doubts(CashSum& known);
  Status explain_by(Cause cause);
  Status tell_rest(Int128 cash, std::int64_t inexact);
  std::string key(const std::string& rest) const {
    return "cash:" + journal_.baseline.date.compact() + ":" + rest;
  }

  Facts& facts_;
  const BrokerView& broker_;
  const JournalView& journal_;
  CashSum ours_;     ///< Executions both sides know.
  CashSum doubted_;  ///< What was taken off again, because the broker does not have it.
  Booking booking_ = Booking::kToTheCent;
  Int128 reached_ = 0;
};

CashSum Explanation::sum_known() {
  for (const Fill& fill : facts_.agreed) ours_.add(fill);
  CashSum known = ours_;
  known.add(journal_.baseline.cash);
  for (const Movement& movement : facts_.movements) {
    if (!movement.doubted) known.add(movement.cash);
  }
  return known;
}

/// What only the journal has executed is taken back where the cash is right without it.
void Explanation::forgive_doubts(CashSum& known) {
  CashSum without = known;
  CashSum doubted;
  for (const Movement& movement : facts_.movements) {
    if (movement.doubted) doubted.add(movement.cash);
  }
  without.add(doubted);
  const Int128 cash = broker_.account.cash.raw();
  if (without.exact != cash && without.to_the_cent != cash) return;
  known = without;
  doubted_ = doubted;
}

/// One difference for all movements of that cause; movements of shares alone are none here.
Status Explanation::explain_by(Cause cause) {
  constexpr int kExamplesMax = 5;
  Int128 sum = 0;
  int count = 0;
  std::string words;
  for (const Movement& movement : facts_.movements) {
    const Int128 amount = amount_of(movement.cash, booking_);
    if (movement.told || movement.cause != cause || amount == 0) continue;
    sum += amount;
    if (++count <= kExamplesMax) words += (count == 1 ? "" : "; ") + movement.words;
  }
  if (count == 0) return Ok{};
  if (count > kExamplesMax) words += "; and " + std::to_string(count - kExamplesMax) + " more";
  SB_TRY(const Money change, Money::narrow(sum));
  SB_TRY(const Money before, Money::narrow(reached_));
  SB_TRY(const Money after, Money::narrow(reached_ + sum));
  reached_ += sum;
  if (change.is_zero()) return Ok{};
  facts_.result.differences.push_back(
      {.key = key(std::string(to_text(cause)) + ":" + with_sign(change)),
       .subject = Subject::kCash,
       .symbol = {},
       .expected = before,
       .actual = after,
       .cause = cause,
       .sentence = "cash: " + cause_sentence(cause, change.is_negative()) + ", " +
                   with_sign(change) + " USD: " + words});
  return Ok{};
}

/// Rounding is believed below a cent, and below half a cent for each execution that had to be
/// rounded: a broker's way to book need not be one of the two that were tried.
Status Explanation::tell_rest(Int128 cash, std::int64_t inexact) {
  const Int128 rest = cash - reached_;
  const bool rounding = size_of(rest) < kCent || size_of(rest) * 2 <= Int128{inexact} * kCent;
  SB_TRY(const Money change, Money::narrow(rest));
  SB_TRY(const Money expected, Money::narrow(reached_));
  const std::string amounts = expected.text() + " USD are explained, the broker has " +
                              broker_.account.cash.text() + " USD: ";
  facts_.result.differences.push_back(
      {.key = key(with_sign(change)),
       .subject = Subject::kCash,
       .symbol = {},
       .expected = expected,
       .actual = broker_.account.cash,
       .cause = rounding ? Cause::kRounding : Cause::kUnknown,
       .sentence = "cash: " + amounts +
                   (rounding ? with_sign(change) + " USD is less than a cent, or than half a cent "
                                                   "for each execution that is no whole cents"
                             : "nothing explains " + with_sign(change) + " USD")});
  return Ok{};
}

}  // namespace

Status explain_cash(Facts& facts, const BrokerView& broker, const JournalView& journal) {
  return Explanation(facts, broker, journal).explain();
}

}  // namespace signalbus::reconcile
