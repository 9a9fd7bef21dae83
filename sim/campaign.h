// Campaign: many seeds over several processes. A seed that ends its process counts as failed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/totals.h"

namespace signalbus::sim {

struct CampaignOptions {
  std::vector<std::uint64_t> seeds;
  int jobs = 1;
  std::size_t failures_max = 20;  ///< Per job; then it stops.
  /// One seed of so many is told twice, and must give the same trace both times.
  std::uint64_t twice_every = 100;
};

Totals run_campaign(const CampaignOptions& options);

/// The story again with its last lines kept, and how to see all of it.
std::string describe(const Failure& failure, const std::string& command);

}  // namespace signalbus::sim
