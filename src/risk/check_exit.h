// The exit gate: one order, at the moment it leaves, inside the transaction that makes its
// write-ahead durable.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "book/orders.h"
#include "core/result.h"
#include "risk/check_orders.h"
#include "risk/facts.h"
#include "risk/rules.h"

namespace signalbus::risk {

/// What the gate decided.
struct ExitVerdict {
  std::optional<Breach> breach;  ///< The first rule that says no.
  bool halted = false;           ///< That rule is the trading state, and it is HALTED.
  std::vector<Pass> passed;      ///< Breaches that `granted` let through.

  /// kHalted or kLimitExceeded with the words, in front of them the symbol.
  Status status(const Symbol& symbol) const;
};

/// Every rule of the gate against one order. Pure. `control` and `day` are the GateFacts of
/// ports/journal.h, read in the transaction. A resend (facts.posts > 0) is checked for the trading
/// state, the session and the price, and counts for no limit a second time.
ExitVerdict check_exit(const ExitFacts& facts, const ControlRecord& control, const DayUse& day,
                       const WriteAhead& post, const RiskLimits& limits,
                       std::span<const Rule> rules = rule_table());

}  // namespace signalbus::risk
