// Files of the per-strategy books: whose a plan's orders are, what moves inside, what each owns.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "book/sleeves.h"
#include "core/time.h"
#include "report/outputs.h"

namespace signalbus::report {

/// planned_shares.csv: symbol,side,leg,strategy_id,qty; one row per part of an order.
/// `shares` is parallel to `orders`.
void save_planned_shares(OutputSet& outputs, std::span<const PlannedOrder> orders,
                         std::span<const std::vector<StrategyShare>> shares,
                         const std::string& path);

/// planned_moves.csv: reason,from,to,symbol,qty,price,cash; in the order they are booked.
void save_planned_moves(OutputSet& outputs, std::span<const SleeveMove> moves,
                        const std::string& path);

/// sleeves_YYYYMMDD.csv (one row per sleeve) and sleeve_positions_YYYYMMDD.csv (one per sleeve and
/// symbol) in `folder`. The account's sleeve stands among them without a profit: what it gave to
/// strategies was never its own earning.
void save_sleeves(OutputSet& outputs, std::span<const SleeveResult> results, TradeDate date,
                  const std::string& folder);

/// "momentum:1.2;value:1.8": the strategy_split column, in shares, adding up to the fill.
std::string split_text(std::span<const StrategyShare> shares);

}  // namespace signalbus::report
