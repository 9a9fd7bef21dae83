// DemoWorkspace: the folder of one demo, made fresh or found again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "ports/files.h"

namespace signalbus::app {

inline constexpr int kDemoDays = 504;  ///< Two years of sessions.

struct DemoWorkspace {
  std::string root;
  std::vector<TradeDate> sessions;  ///< What this demo trades: the newest of the prices.
  std::string days_file() const;    ///< One row per day that is done.
};

/// Writes what is missing of the example into `dir`; never overwrites. Without `dir`:
/// ./signalbus-demo, then ./signalbus-demo-2 and so on, the first that is free or that a killed
/// demo of as many days left unfinished. kUsage for a folder that holds something else, for another
/// count of days than the folder was made for, and for more days than there are weights.
Result<DemoWorkspace> prepare_demo(Files& files, const std::string& dir, std::optional<int> days);

}  // namespace signalbus::app
