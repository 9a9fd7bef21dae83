// Rules of a run: whether it may start, and when what happens to its orders must stop everything.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "book/orders.h"
#include "core/result.h"
#include "risk/check_orders.h"
#include "risk/facts.h"
#include "risk/rules.h"

namespace signalbus::risk {

struct StartVerdict {
  std::vector<Breach> refused;        ///< Nothing may be sent; empty: the run may start.
  bool halted = false;                ///< The trading state is HALTED, or becomes it.
  std::optional<ControlRecord> halt;  ///< To be set with Journal::set_control().
  std::vector<Pass> passed;           ///< Breaches that `granted` let through.

  /// kHalted or kLimitExceeded with the words of every breach, one per line.
  Status status() const;
};

/// Asked before a run sends anything. Pure. Where the state is HALTED already, `halt` is empty: the
/// first reason stays.
StartVerdict check_start(const StartFacts& facts, const RiskLimits& limits,
                         std::span<const Rule> rules = rule_table());

/// Asked while a batch is sent, after every answer: the halt to be set, if any.
std::optional<ControlRecord> check_breaker(const BatchTally& tally, Instant now,
                                           const RiskLimits& limits,
                                           std::span<const Rule> rules = rule_table());

/// "HALTED by alice since 2025-08-29T14:00:00Z: runaway prices": for plan headers and `status`.
std::string describe(const ControlRecord& control);

}  // namespace signalbus::risk
