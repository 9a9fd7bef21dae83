// The measured values of a report's last day, as alert rules and risk_snapshot_*.csv take them.
#pragma once

#include <vector>

#include "analytics/performance.h"
#include "book/monitoring.h"

namespace signalbus::analytics {

/// What the days themselves cannot tell.
struct WatchContext {
  /// Sessions that have ended since the last day; absent where no calendar knows.
  std::optional<int> stale_sessions;
};

/// Every metric of the returns under its own id, then the books, trading and data of the last day
/// under the ids of docs/alerts.md. A value that cannot be had is there with its reason.
std::vector<RiskValue> watch_values(const Performance& performance, const WatchContext& context);

}  // namespace signalbus::analytics
