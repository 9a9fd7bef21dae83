// What M1 and M2 wrote about strategies: contributions, whose each order is, what moves inside.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "book/orders.h"
#include "book/targets.h"
#include "core/result.h"
#include "ports/files.h"

namespace signalbus::inputs {

/// Reads target_contributions_YYYYMMDD.csv as report::save_contributions writes it: rows sorted by
/// asset and strategy; a row of asset `*` names a quarantined strategy. kInvalidInput for a pair
/// that stands twice and for several trade dates.
Result<Contributions> load_contributions(Files& files, const std::string& path);

/// Reads planned_shares.csv and gives each order its parts, in the file's order. kInvalidInput when
/// a row belongs to no order.
Result<std::vector<std::vector<StrategyShare>>> read_planned_shares(
    Files& files, const std::string& path, std::span<const PlannedOrder> orders);

/// Reads planned_moves.csv.
Result<std::vector<SleeveMove>> read_planned_moves(Files& files, const std::string& path);

}  // namespace signalbus::inputs
