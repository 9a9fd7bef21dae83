// Rules of the whole batch, made at planning. Internal to risk/.
#pragma once

#include "risk/limits.h"
#include "risk/rules.h"
#include "risk/views.h"

namespace signalbus::risk {

Words max_total_notional(const BatchView& view, const RiskLimits& limits);
Words min_cash_buffer(const BatchView& view, const RiskLimits& limits);
Words max_gross(const BatchView& view, const RiskLimits& limits);
Words max_net(const BatchView& view, const RiskLimits& limits);
Words max_sector(const BatchView& view, const RiskLimits& limits);
Words max_daily_notional(const BatchView& view, const RiskLimits& limits);
Words max_daily_orders(const BatchView& view, const RiskLimits& limits);
Words max_open_notional(const BatchView& view, const RiskLimits& limits);
Words max_open_orders(const BatchView& view, const RiskLimits& limits);
Words max_vs_last_batch(const BatchView& view, const RiskLimits& limits);

}  // namespace signalbus::risk
