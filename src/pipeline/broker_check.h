// The account at the broker held against the journal: asked, compared, and the baseline moved on.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/result.h"
#include "pipeline/workspace.h"
#include "ports/activity_book.h"
#include "ports/broker.h"
#include "ports/journal.h"
#include "reconcile/broker_recon.h"

namespace signalbus::pipeline {

struct BrokerCheckDoors {
  Broker& broker;
  Journal& journal;
  ActivityBook* activities = nullptr;  ///< Where cash flows are kept; absent: nowhere.
};

struct BrokerCheckRequest {
  Mode mode;
  AccountId account;      ///< As the journal's batches have it.
  std::string id_prefix;  ///< Of our client order ids.
  /// Whether the account is ours to write for: late fills are recorded, the baseline moves.
  bool may_write = false;
};

struct BrokerCheck {
  reconcile::BrokerRecon recon;
  reconcile::BrokerView view;
  bool first_look = false;      ///< There was no baseline: what is held now is the start.
  bool baseline_moved = false;  ///< The next check counts from now.
};

/// Asks broker and journal and compares. The account is asked until two looks at its executions
/// agree, and again for a few seconds while something that just traded is not explained: lists and
/// positions of a broker may disagree for a moment. Errors are the broker's (kUnavailable when it
/// trades too fast to be looked at) and the journal's.
Result<BrokerCheck> check_broker(Doors& doors, const BrokerCheckDoors& ask,
                                 const BrokerCheckRequest& request);

/// Sets the baseline of an account that has none, so that the first orders are counted too. To be
/// called by who holds the account, before anything is sent.
Status ensure_baseline(Doors& doors, const BrokerCheckDoors& ask,
                       const BrokerCheckRequest& request);

/// Records that a person has looked at the open difference of that key. kNotFound when no
/// difference of that key is open; the message names those that are.
Status acknowledge_difference(Doors& doors, const BrokerCheckDoors& ask,
                              const BrokerCheckRequest& request, const Acknowledgement& seen);

}  // namespace signalbus::pipeline
