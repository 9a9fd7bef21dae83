// The batch decision: resume, leave alone, or open a new one; and the intents a batch is made of.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "book/orders.h"

namespace signalbus::execution {

/// What to do about the batch of a mode, account and run date.
struct BatchDecision {
  enum class Kind {
    kOpenNew,     ///< Plan, then open batch `number`.
    kResume,      ///< Go on with the stored intents of batch `number`; nothing is planned anew.
    kAlreadyDone  ///< Finished; nothing is traded.
  };
  Kind kind;
  int number;
};

/// A finished batch is traded again only when `again` asks for it; an ended one (halt, deadline) is
/// followed by the next; an open one is always resumed, whatever was asked.
BatchDecision decide_batch(const std::optional<Batch>& latest, bool again);

/// Orders are sent in phases, each after the answers of the one before: sells, whose proceeds fund
/// the buys; then buys; then second legs of flips.
inline constexpr int kPhases = 3;
int phase_of(const PlannedOrder& order);

/// One intent per order in sending order: sells, then buys, then second legs of flips.
std::vector<Intent> make_intents(std::span<const PlannedOrder> orders, const Batch& batch,
                                 const std::string& id_prefix);

}  // namespace signalbus::execution
