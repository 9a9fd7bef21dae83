// Rules of the exit gate alone: what leaves, against the day, what is open and what was planned.
// Internal to risk/.
#pragma once

#include "risk/limits.h"
#include "risk/rules.h"
#include "risk/views.h"

namespace signalbus::risk {

Words halted_at_gate(const ExitView& view, const RiskLimits& limits);
Words conservation(const ExitView& view, const RiskLimits& limits);
Words cash_at_gate(const ExitView& view, const RiskLimits& limits);
Words max_quote_age(const ExitView& view, const RiskLimits& limits);
Words max_attempts(const ExitView& view, const RiskLimits& limits);
Words total_notional_at_gate(const ExitView& view, const RiskLimits& limits);
Words daily_notional_at_gate(const ExitView& view, const RiskLimits& limits);
Words daily_orders_at_gate(const ExitView& view, const RiskLimits& limits);
Words open_notional_at_gate(const ExitView& view, const RiskLimits& limits);
Words open_orders_at_gate(const ExitView& view, const RiskLimits& limits);
Words gross_at_gate(const ExitView& view, const RiskLimits& limits);
Words net_at_gate(const ExitView& view, const RiskLimits& limits);
Words sector_at_gate(const ExitView& view, const RiskLimits& limits);

}  // namespace signalbus::risk
