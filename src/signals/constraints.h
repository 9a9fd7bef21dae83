// Constraints of M1: what turns a producer's weights into weights that may be traded.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "book/targets.h"
#include "core/result.h"
#include "signals/policy.h"

namespace signalbus::signals {

/// A strategy's rows after the constraints, with what was changed and why.
struct Normalized {
  std::vector<SignalRow> rows;     ///< Same order as given; blacklisted rows are gone.
  double raw_sum;                  ///< Of the weights as the producer wrote them.
  std::vector<std::string> notes;  ///< One sentence per change a reader must know.
};

/// Sum with Neumaier's compensation in the order given: the same on every machine.
double compensated_sum(std::span<const SignalRow> rows);

/// Applies, in this order: sign rule, unit-mistake check of the raw sum, blacklist, scaling to 1
/// (or cash), cap per name. Pure. kInvalidInput for a forbidden short, a sum that looks like a unit
/// mistake or gross beyond weights.max_gross; each names the value and the setting.
Result<Normalized> enforce_constraints_and_normalize(std::vector<SignalRow> rows,
                                                     const WeightPolicy& weights,
                                                     const SignalPolicy& signals);

}  // namespace signalbus::signals
