// M6's files: profit of each day, the risk snapshot, the daily series of each name, the digest.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "analytics/performance.h"
#include "book/monitoring.h"
#include "report/outputs.h"

namespace signalbus::report {

/// pnl_daily_YYYYMMDD.csv, named by the last day: a row per day.
void save_pnl_daily(OutputSet& outputs, const analytics::Performance& performance,
                    const std::string& folder);

/// names_daily_YYYYMMDD.csv: a row per day and name that was held or traded.
void save_names_daily(OutputSet& outputs, const analytics::Performance& performance,
                      const std::string& folder);

/// risk_snapshot_YYYYMMDD.csv: a row per value, with its thresholds and the level.
void save_risk_snapshot(OutputSet& outputs, std::span<const RiskRow> rows, TradeDate date,
                        const std::string& folder);

/// The report as plain text for a mail: at most 78 columns, the newest things first.
struct DigestInput {
  const analytics::Performance& performance;
  std::string title;
  std::string mode;
  std::vector<AlertNotice> alerts;  ///< What is open.
  std::vector<std::string> notes;
};
std::string summary_text(const DigestInput& input);

}  // namespace signalbus::report
