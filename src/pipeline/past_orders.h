// What an order waited for: the price that it was planned with, and how long it took to fill.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "book/recon.h"
#include "pipeline/past_trades.h"

namespace signalbus::pipeline {

/// When the newest execution of each order was, by client order id.
using LastFills = std::map<std::string, Instant>;
/// Of a journal's executions; a log alone knows only when it heard of them.
LastFills last_fills(const PastTrades& trades);

/// From submission to the execution that completed the order. Absent where it is not filled in
/// full, where an instant is missing, and where two clocks date the fill before the submission.
std::optional<double> seconds_to_fill(const ExecutionLogRow& row, const LastFills& fills);

/// What the order was planned with, to be held against the price it was sent at. Absent where that
/// is not a price of its own moment: in mode dry, for an order that never left, and unless
/// `arrival_is_fresh`.
std::optional<Price> decision_of(const ExecutionLogRow& row, bool arrival_is_fresh);

}  // namespace signalbus::pipeline
