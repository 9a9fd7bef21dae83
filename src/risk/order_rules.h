// Rules of one order, made at planning and again at the gate. Internal to risk/.
#pragma once

#include "risk/limits.h"
#include "risk/rules.h"
#include "risk/views.h"

namespace signalbus::risk {

Words state_allows_order(const OrderView& view, const RiskLimits& limits);
Words duplicate_order(const OrderView& view, const RiskLimits& limits);
Words price_present(const OrderView& view, const RiskLimits& limits);
Words max_share_per_order(const OrderView& view, const RiskLimits& limits);
Words max_notional_per_order(const OrderView& view, const RiskLimits& limits);
Words price_tolerance(const OrderView& view, const RiskLimits& limits);
Words allowed_types(const OrderView& view, const RiskLimits& limits);
Words allowed_tif(const OrderView& view, const RiskLimits& limits);
Words restricted_symbols(const OrderView& view, const RiskLimits& limits);
Words universe(const OrderView& view, const RiskLimits& limits);
Words max_prev_close_move(const OrderView& view, const RiskLimits& limits);
Words max_adv(const OrderView& view, const RiskLimits& limits);
Words max_executions_per_symbol(const OrderView& view, const RiskLimits& limits);

// Of the position that the order leads to.
Words allow_short(const OrderView& view, const RiskLimits& limits);
Words require_etb(const OrderView& view, const RiskLimits& limits);
Words max_position_notional(const OrderView& view, const RiskLimits& limits);
Words max_weight(const OrderView& view, const RiskLimits& limits);

}  // namespace signalbus::risk
