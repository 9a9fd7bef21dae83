// Parts of the page that view_of() puts beside its own: orders and their costs, liquidity, the
// benchmark's sectors, factors.
#pragma once

#include "analytics/performance.h"
#include "report/dashboard_view.h"

namespace signalbus::report {

OrderRow order_row(const analytics::CostedOrder& costed);
std::vector<CostRow> cost_rows(const std::vector<analytics::GroupCost>& groups);
LiquidityView liquidity_view(const analytics::Liquidity& liquidity);
BrinsonView brinson_view(const analytics::SectorAttribution& attribution);
FactorsView factors_view(const analytics::FactorView& factors);

}  // namespace signalbus::report
