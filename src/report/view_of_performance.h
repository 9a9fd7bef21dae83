// Performance -> DashboardView: what the page shows. Pure; the page calculates nothing.
#pragma once

#include <string>
#include <vector>

#include "analytics/performance.h"
#include "book/monitoring.h"
#include "report/dashboard_view.h"

namespace signalbus::report {

/// What of the page is not in the account's numbers.
struct ViewContext {
  HeaderView header;  ///< Title, account, mode, strategies, hash, build, time, notes; the rest is
                      ///< filled in.
  std::vector<DriftRow> drift;
  std::vector<AlertNotice> alerts;
  std::vector<RiskRow> risk;
  std::vector<RunRowView> runs;
  std::vector<FileView> files;
  /// Link to the reconciliation of a day, relative to the page; empty: none.
  std::vector<std::string> recon_links;  ///< Parallel to the days, or empty.
};

DashboardView view_of(const analytics::Performance& performance, ViewContext context);

}  // namespace signalbus::report
