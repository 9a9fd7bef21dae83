// What the rules say of the day's values, and what becomes of their states. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alerts/rule.h"
#include "book/alerts.h"
#include "book/monitoring.h"

namespace signalbus::alerts {

/// The level that the value alone has: thresholds, no memory. kUnknown without a value.
AlertLevel level_of(const Rule& rule, const RiskValue& value);

/// Every value with the thresholds of the rules that watch it; with several the worst level, and
/// of equal ones the first rule's. After them, one row without a value for each value that a rule
/// of one scope and of a measured source misses.
std::vector<RiskRow> judge(std::span<const RiskValue> values, std::span<const Rule> rules,
                           std::span<const Source> measured);

/// A rule's state after one more value, and what there is to tell.
struct Step {
  AlertState state;
  std::optional<AlertChange> change;
};

/// ok -> warn -> critical -> ok (resolved), and kUnknown where there is no value. The same value on
/// the same date again changes nothing; another value on the same date counts instead of the first;
/// a date before the newest one changes nothing. Without `previous` the rule was ok.
Step step(const Rule& rule, const std::optional<AlertState>& previous, const RiskValue& value,
          TradeDate date);

/// All values of one date against all rules whose source was measured.
struct Evaluation {
  TradeDate date;
  std::vector<RiskValue> values;
  std::vector<Source> measured;
};

struct Evaluated {
  std::vector<AlertState> states;    ///< Those that differ from before.
  std::vector<AlertChange> changes;  ///< Worst first, suppressed ones too.
  std::vector<AlertState> open;      ///< Every state that is not ok afterwards, worst first.
};

/// Steps every rule in every scope. A scope of a pattern ("symbol:*") that has no value any more is
/// ok: what it was about is gone. A rule of one scope without its value is kUnknown.
Evaluated evaluate(std::span<const Rule> rules, std::span<const AlertState> states,
                   const Evaluation& evaluation);

/// The state with a person's word on it: silent until it gets worse or is over. Absent when there
/// is nothing to acknowledge: it is ok.
std::optional<AlertState> acknowledge(AlertState state, const std::string& by,
                                      const std::string& reason);

}  // namespace signalbus::alerts
