// The pre-trade gate: every order and the whole batch against every limit. Run on the plan and
// again at the exit.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "book/market.h"
#include "book/plan.h"
#include "risk/facts.h"
#include "risk/limits.h"
#include "risk/rules.h"

namespace signalbus::risk {

/// The account as the batch finds it.
struct AccountState {
  Money starting_cash;  ///< Cash that buys may draw on, before the batch's sells.
  Money base;           ///< Equity without foreign positions: what the cash buffer is a part of.
  Money rounding_allowance;  ///< Value that cutting sells to lots left unsold; the buffer gives way
                             ///< to it.
};

/// A limit that said no.
struct Breach {
  std::string_view rule;  ///< Its name in the table.
  std::string words;      ///< Value, limit and where the limit was set.
};

/// A breach that an override let through.
struct Pass {
  Breach breach;
  Override used;
  std::optional<Symbol> symbol =
      std::nullopt;  ///< Of the order that passed; absent: the batch did.
};

struct RefusedOrder {
  PlannedOrder order;
  Breach breach;
};

struct RiskVerdict {
  std::vector<PlannedOrder> allowed;  ///< In the order given; empty when the batch is refused.
  std::vector<RefusedOrder> refused;
  std::vector<Breach> batch;  ///< Breaches that refuse everything.
  std::vector<Pass> passed;   ///< Breaches that `facts.granted` let through.

  bool batch_refused() const { return !batch.empty(); }
};

/// Checks each order, then the batch of those allowed. Pure. A value equal to its limit passes.
/// `prices` are market prices of this moment, not the plan's; positions without one count with
/// their stated value. Of a batch that is refused anyway, no override is used up by the pipeline:
/// `passed` is empty then.
RiskVerdict risk_check_orders(std::span<const PlannedOrder> orders, const PriceBook& prices,
                              const AccountState& account, const RiskLimits& limits,
                              const PlanFacts& facts = {},
                              std::span<const Rule> rules = rule_table());

}  // namespace signalbus::risk
