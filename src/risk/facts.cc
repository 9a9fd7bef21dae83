#include "risk/facts.h"

#include <algorithm>

namespace signalbus::risk {

const SymbolFacts* PlanFacts::find(const Symbol& symbol) const {
  const auto at =
      std::lower_bound(symbols.begin(), symbols.end(), symbol,
                       [](const SymbolFacts& f, const Symbol& s) { return f.symbol < s; });
  return at != symbols.end() && at->symbol == symbol ? &*at : nullptr;
}

BatchTally tally_of(std::span<const OrderState> states) {
  BatchTally tally;
  for (const OrderState state : states) {
    switch (state) {
      case OrderState::kPlanned:
      case OrderState::kSubmitting:
      case OrderState::kAbandoned:
      case OrderState::kNeverAccepted:
        break;  // the broker has said nothing
      case OrderState::kUnknown:
      case OrderState::kQuarantined:
        ++tally.unknown;
        break;
      case OrderState::kRejected:
        ++tally.rejected;
        ++tally.answered;
        break;
      case OrderState::kLive:
      case OrderState::kCancelling:
      case OrderState::kResolving:
      case OrderState::kSimulated:
      case OrderState::kFilled:
      case OrderState::kPartial:
      case OrderState::kCanceled:
      case OrderState::kExpired:
        ++tally.answered;
        break;
    }
  }
  return tally;
}

}  // namespace signalbus::risk
