// The reconciliation report and the end-of-day positions when the broker is asked.
#pragma once

#include "reconcile/broker_recon.h"
#include "reconcile/reconcile.h"

namespace signalbus::reconcile {

/// Gives the report of the logs the broker's word: final quantities, positions, cash, equity and
/// weights are the broker's, and a row whose symbol differs says why. Symbols that differ and are
/// in no row get one. `from_logs` may be empty: then nothing was planned.
ReconResult tell_by_broker(ReconResult from_logs, const BrokerView& broker,
                           const BrokerRecon& recon, TradeDate run_date);

/// The price at which the shares are worth that, with the fewest decimals; absent for no shares.
std::optional<Price> price_of(Money market_value, Quantity quantity);

}  // namespace signalbus::reconcile
