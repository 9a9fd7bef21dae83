// Positions: the baseline and what both sides know of, then what else moved shares, then the rest.
#include <algorithm>
#include <array>
#include <map>

#include "reconcile/broker_facts.h"

namespace signalbus::reconcile {
namespace {

/// Everything about one symbol, wide so that no sum overflows.
struct Books {
  Int128 start = 0;
  Int128 executed = 0;
  Int128 held = 0;
  std::vector<const Movement*> movements = {};
};

std::map<Symbol, Books> books_by_symbol(const Facts& facts, const BrokerView& broker,
                                        const JournalView& journal) {
  std::map<Symbol, Books> out;
  for (const BaselinePosition& position : journal.baseline.positions) {
    out[position.symbol].start = position.quantity.raw();
  }
  for (const Fill& fill : facts.agreed) out[fill.symbol].executed += signed_quantity(fill).raw();
  for (const Holding& holding : broker.positions.holdings) {
    out[holding.symbol].held = holding.quantity.raw();
  }
  for (const Movement& movement : facts.movements) {
    if (movement.symbol) out[*movement.symbol].movements.push_back(&movement);
  }
  return out;
}

/// Causes that can move shares, in the order they are told.
constexpr std::array kShareCauses = {Cause::kCorporateAction, Cause::kDividend, Cause::kTransfer,
                                     Cause::kManualTrade, Cause::kUnknown};

std::string cause_sentence(Cause cause) {
  switch (cause) {
    case Cause::kCorporateAction:
      return "a corporate action changed the position";
    case Cause::kDividend:
      return "a dividend was paid in shares";
    case Cause::kTransfer:
      return "shares were moved in or out of the account";
    case Cause::kManualTrade:
      return "an order that is not ours traded it";
    default:
      return "an activity that signalbus does not know moved it";
  }
}

class Explanation {
 public:
  Explanation(Facts& facts, const JournalView& journal, Symbol symbol, const Books& books)
      : facts_(facts), journal_(journal), symbol_(symbol), books_(books) {}

  Status explain() {
    reached_ = books_.start + books_.executed;
    bool told_any = false;
    for (const Movement* movement : books_.movements) {
      if (movement->told && !movement->doubted) reached_ += movement->quantity.raw();
      told_any = told_any || movement->told;
    }
    for (const Cause cause : kShareCauses) {
      SB_TRY_OK(explain_by(cause));
    }
    forgive_doubts();
    if (books_.held != reached_) return tell_rest();
    const bool clean = !told_any && !moved_;
    if (clean && (books_.held != 0 || books_.executed != 0)) ++facts_.result.positions_agree;
    return Ok{};
  }

 private:
  Status explain_by(Cause cause);
  void forgive_doubts();
  Status tell_rest();
  std::string key(const std::string& rest) const {
    return "position:" + symbol_.text() + ":" + journal_.baseline.date.compact() + ":" + rest;
  }

  Facts& facts_;
  const JournalView& journal_;
  Symbol symbol_;
  const Books& books_;
  Int128 reached_ = 0;
  bool moved_ = false;
};

/// One difference for all movements of that cause; movements of cash alone are none here.
Status Explanation::explain_by(Cause cause) {
  Int128 sum = 0;
  std::string words;
  for (const Movement* movement : books_.movements) {
    if (movement->told || movement->cause != cause || movement->quantity.is_zero()) continue;
    sum += movement->quantity.raw();
    words += (words.empty() ? "" : "; ") + movement->words;
  }
  if (words.empty()) return Ok{};
  moved_ = true;
  SB_TRY(const Quantity change, Quantity::narrow(sum));
  SB_TRY(const Quantity before, Quantity::narrow(reached_));
  SB_TRY(const Quantity after, Quantity::narrow(reached_ + sum));
  reached_ += sum;
  if (change.is_zero()) return Ok{};  // bought and sold again: only cash tells of it
  facts_.result.differences.push_back(
      {.key = key(std::string(to_text(cause)) + ":" + with_sign(change)),
       .subject = Subject::kPosition,
       .symbol = symbol_.text(),
       .expected = before,
       .actual = after,
       .cause = cause,
       .sentence = symbol_.text() + ": " + cause_sentence(cause) + ", from " + before.text() +
                   " to " + after.text() + " shares: " + words});
  return Ok{};
}

/// What only the journal has executed is taken back where the position is right without it.
void Explanation::forgive_doubts() {
  Int128 doubted = 0;
  for (const Movement* movement : books_.movements) {
    if (movement->doubted) doubted += movement->quantity.raw();
  }
  if (books_.held == reached_ + doubted) reached_ += doubted;
}

Status Explanation::tell_rest() {
  SB_TRY(const Quantity expected, Quantity::narrow(reached_));
  SB_TRY(const Quantity held, Quantity::narrow(books_.held));
  SB_TRY(const Quantity start, Quantity::narrow(books_.start));
  SB_TRY(const Quantity executed, Quantity::narrow(books_.executed));
  SB_TRY(const Quantity rest, Quantity::narrow(books_.held - reached_));
  facts_.result.differences.push_back(
      {.key = key(with_sign(rest)),
       .subject = Subject::kPosition,
       .symbol = symbol_.text(),
       .expected = expected,
       .actual = held,
       .cause = Cause::kUnknown,
       .sentence = symbol_.text() + ": " + expected.text() + " shares are explained (" +
                   start.text() + " at the start on " + journal_.baseline.date.iso() + ", " +
                   with_sign(executed) + " by our orders" +
                   (moved_ ? ", and what the lines above say" : "") + "), the broker holds " +
                   held.text() + ": nothing explains " + with_sign(rest)});
  return Ok{};
}

}  // namespace

Status explain_positions(Facts& facts, const BrokerView& broker, const JournalView& journal) {
  const std::map<Symbol, Books> books = books_by_symbol(facts, broker, journal);
  for (const auto& [symbol, book] : books) {
    SB_TRY_OK(Explanation(facts, journal, symbol, book).explain());
  }
  return Ok{};
}

}  // namespace signalbus::reconcile
