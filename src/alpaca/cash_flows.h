// What an activity other than an execution says about cash and positions.
#pragma once

#include <string_view>

#include "alpaca/account.h"
#include "book/orders.h"

namespace signalbus::alpaca {

/// The kind that Alpaca's word ("DIV", "JNLC") belongs to; kOther for a word we do not know, which
/// therefore explains nothing by itself.
CashFlowKind cash_flow_kind(std::string_view word);

/// The row as a flow of the book. Its quantity counts only where the row moves shares: a cash
/// dividend names the shares it was paid for, which nobody delivered. kUnavailable for a row
/// without a day, or with an amount in another currency than USD.
Result<CashFlow> cash_flow_of(const Activity& row);

}  // namespace signalbus::alpaca
