// Model: what the checker knows the journal to hold, from what the journal said it had done. Its
// own bookkeeping: nothing of execution/ or risk/ is used here.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "book/orders.h"
#include "core/decimal.h"

namespace signalbus::sim {

/// One order that a batch wants.
struct KnownOrder {
  Batch batch;
  Intent intent;
  OrderState state = OrderState::kPlanned;
  int write_aheads = 0;
  int sent = 0;        ///< POSTs that left a process.
  std::string body;    ///< Of the first write-ahead.
  Instant written_at;  ///< The first write-ahead, by the right time.
  std::map<std::string, Int128> executions;
  Int128 executed = 0;      ///< Sum of them, 1e-9 shares.
  bool has_reason = false;  ///< For being with a person.
};

struct KnownBatch {
  Batch batch;
  std::vector<std::string> ids;
  bool compared = false;  ///< With the journal, since it was closed.
};

/// About a write whose answer nobody heard.
struct Doubt {
  bool has_reason = false;  ///< As KnownOrder's, if it gave an order to a person.
};

struct Model {
  std::map<std::string, KnownOrder> orders;  ///< By client order id.
  std::map<std::string, KnownBatch> batches;
  ControlRecord control;
  int owner = 0;         ///< The life that took over last.
  std::set<int> failed;  ///< Lives whose journal had a write error.
  std::optional<Doubt>
      in_doubt;  ///< A life died, or failed, between asking for a change and its answer.

  KnownOrder* find(std::string_view id) {
    const auto at = orders.find(std::string(id));
    return at == orders.end() ? nullptr : &at->second;
  }
};

/// Dead for good, and never at the broker.
inline bool never_was(OrderState state) {
  return state == OrderState::kAbandoned || state == OrderState::kNeverAccepted ||
         state == OrderState::kPlanned;
}

/// Whether an order may go from one state to the other, steps in between left out. The checker's
/// own reading of the life cycle's table.
bool may_become(const KnownOrder& order, OrderState next);

}  // namespace signalbus::sim
