// M4's files: the execution log and the fills.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "book/recon.h"
#include "core/result.h"
#include "ports/files.h"
#include "report/outputs.h"

namespace signalbus::report {

/// What an order became, as a log row.
ExecutionLogRow log_row_of(const OrderRecord& record);

/// Appends rows that the log does not have yet (by client_order_id and status), so a repeated run
/// adds nothing; a torn last line of a crashed write is dropped. Returns how many were added.
Result<std::size_t> append_execution_log(Files& files, OutputSet& outputs, const std::string& path,
                                         std::span<const ExecutionLogRow> rows);

/// filled_orders.csv of one batch. `shares`, parallel to the fills or empty, become the
/// strategy_split column.
void save_filled_orders(OutputSet& outputs, std::span<const Fill> fills, const std::string& path,
                        std::span<const std::vector<StrategyShare>> shares = {});

}  // namespace signalbus::report
