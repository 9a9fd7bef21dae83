#include "reconcile/broker_recon.h"

#include <algorithm>

#include "reconcile/broker_facts.h"

namespace signalbus::reconcile {
namespace {

/// What the broker may tell again is recognised for longer than it is asked for again.
constexpr std::int64_t kFillSecondsKept = 2 * kFillsAgainSeconds;
constexpr int kFlowDaysKept = kFlowsAgainDays + 3;

Cause cause_of(CashFlowKind kind) {
  switch (kind) {
    case CashFlowKind::kDividend:
      return Cause::kDividend;
    case CashFlowKind::kInterest:
      return Cause::kInterest;
    case CashFlowKind::kFee:
      return Cause::kFee;
    case CashFlowKind::kTransfer:
      return Cause::kTransfer;
    case CashFlowKind::kSplit:
      return Cause::kCorporateAction;
    case CashFlowKind::kOther:
      return Cause::kUnknown;
  }
  return Cause::kUnknown;
}

std::string flow_words(const CashFlow& flow) {
  std::string out = flow.word + (flow.symbol ? " " + flow.symbol->text() : "");
  if (!flow.quantity.is_zero()) out += " " + with_sign(flow.quantity) + " shares";
  if (!flow.cash.is_zero()) out += " " + with_sign(flow.cash) + " USD";
  return out + " on " + flow.date.iso();
}

/// An activity of a kind that we do not know proves nothing, so it is told by itself.
Difference unknown_flow(const CashFlow& flow) {
  const bool shares = !flow.quantity.is_zero();
  const Amount none = shares ? Amount(Quantity::zero()) : Amount(Money::zero());
  return {.key = "activity:" + flow.word + ":" + flow.id,
          .subject = shares ? Subject::kPosition : Subject::kCash,
          .symbol = flow.symbol ? flow.symbol->text() : "",
          .expected = none,
          .actual = shares ? Amount(flow.quantity) : Amount(flow.cash),
          .cause = Cause::kUnknown,
          .sentence = "activity " + flow_words(flow) +
                      ": signalbus does not know what this word of the broker means"};
}

void take_flows(Facts& facts, const BrokerView& broker, const JournalView& journal) {
  for (const CashFlow& flow : broker.flows) {
    if (journal.baseline.counted.contains(flow.id)) continue;
    Movement movement{.cause = cause_of(flow.kind),
                      .symbol = flow.symbol,
                      .quantity = flow.quantity,
                      .words = flow_words(flow),
                      .told = flow.kind == CashFlowKind::kOther};
    movement.cash.add(flow.cash);
    facts.movements.push_back(std::move(movement));
    if (flow.kind == CashFlowKind::kOther) {
      facts.result.differences.push_back(unknown_flow(flow));
    }
  }
}

void list_foreign_positions(BrokerRecon& out, const BrokerView& broker,
                            const JournalView& journal) {
  for (const Holding& holding : broker.positions.holdings) {
    if (journal.traded.contains(holding.symbol)) continue;
    std::string line = holding.quantity.text() + " " + holding.symbol.text();
    if (holding.market_value) line += ", worth " + holding.market_value->text() + " USD";
    out.foreign_positions.push_back({holding.symbol.text(), line + ", not traded by signalbus"});
  }
  for (const std::string& name : broker.positions.unnamed) {
    out.foreign_positions.push_back({name, name + ", which signalbus cannot trade"});
  }
}

std::string how_to_go_on(const Difference& difference) {
  return difference.sentence + "; look into it, then `signalbus reconcile --ack '" +
         difference.key + "' --reason TEXT`";
}

void acknowledge_and_block(BrokerRecon& out, const JournalView& journal) {
  std::set<std::string> acknowledged;
  for (const Acknowledgement& seen : journal.acknowledged) acknowledged.insert(seen.key);
  for (Difference& difference : out.differences) {
    difference.acknowledged = acknowledged.contains(difference.key);
    if (!difference.is_open()) continue;
    if (difference.subject == Subject::kCash) {
      out.cash_blocked = out.cash_blocked.value_or(how_to_go_on(difference));
      continue;
    }
    const Result<Symbol> symbol = Symbol::parse(difference.symbol);
    if (symbol.ok()) out.blocked.try_emplace(symbol.value(), how_to_go_on(difference));
  }
}

Baseline baseline_of(const BrokerView& broker, TradeDate today) {
  Baseline out{.at = broker.at,
               .date = today,
               .cash = broker.account.cash,
               .positions = {},
               .orders_after = broker.at,
               .counted = {}};
  for (const Holding& holding : broker.positions.holdings) {
    out.positions.push_back({holding.symbol, holding.quantity});
  }
  for (const BrokerOrder& order : broker.orders) {
    if (is_final(order.event.state) || !order.event.submitted_at) continue;
    // "After" is strict, and the order itself must be listed again.
    out.orders_after = std::min(out.orders_after, order.event.submitted_at->plus_seconds(-1));
  }
  const Instant kept = broker.at.plus_seconds(-kFillSecondsKept);
  for (const Fill& fill : broker.fills) {
    if (fill.at > kept) out.counted.insert(fill.execution_id);
  }
  const TradeDate oldest = today.plus_days(-kFlowDaysKept);
  for (const CashFlow& flow : broker.flows) {
    if (flow.date >= oldest) out.counted.insert(flow.id);
  }
  return out;
}

}  // namespace

bool is_bookkeeping(Cause cause) {
  switch (cause) {
    case Cause::kRounding:
    case Cause::kCorporateAction:
    case Cause::kFee:
    case Cause::kDividend:
    case Cause::kInterest:
    case Cause::kTransfer:
      return true;
    default:
      return false;
  }
}

std::size_t BrokerRecon::open_count() const {
  return static_cast<std::size_t>(std::count_if(differences.begin(), differences.end(),
                                                [](const Difference& d) { return d.is_open(); }));
}

std::size_t BrokerRecon::unexpected() const {
  return static_cast<std::size_t>(
      std::count_if(differences.begin(), differences.end(), [](const Difference& difference) {
        return !difference.acknowledged && !is_bookkeeping(difference.cause);
      }));
}

bool BrokerRecon::all_clear() const { return open_count() == 0; }

Result<BrokerRecon> reconcile_broker(const BrokerView& broker, const JournalView& journal) {
  Facts facts = match_orders(broker, journal);
  take_flows(facts, broker, journal);
  SB_TRY_OK(explain_positions(facts, broker, journal));
  SB_TRY_OK(explain_cash(facts, broker, journal));
  BrokerRecon out = std::move(facts.result);
  out.cash = broker.account.cash;
  list_foreign_positions(out, broker, journal);
  acknowledge_and_block(out, journal);
  return out;
}

Baseline first_baseline(const BrokerView& broker, TradeDate today) {
  return baseline_of(broker, today);
}

Baseline next_baseline(const BrokerView& broker, const JournalView& journal, TradeDate today) {
  Baseline out = baseline_of(broker, today);
  // What stood in for executions is in the amounts too.
  const Instant kept = broker.at.plus_seconds(-kFillSecondsKept);
  for (const Fill& fill : journal.fills) {
    if (fill.at > kept) out.counted.insert(fill.execution_id);
  }
  return out;
}

}  // namespace signalbus::reconcile
